"""Our way through jieba's dictionary comes to jieba's own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from index import tokens
from index.jiebacut import Tokenizer

CORPUS = Path(__file__).resolve().parents[2] / "docs_corpus"
PAGES = [line for page in sorted(CORPUS.rglob("*.*")) for line in page.read_text("utf-8").splitlines()]
LETTERS = sorted(set("".join(PAGES)))
PIECES = ["船山时间谷", "谷有", "142", "，", "。”", "\n", "\r\n", "\r", "　", "B.c%", "#", "C++", "龘", "𠀀", "鿕"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = tokens._Jieba(None)._tokenizer
    for word in ("时间谷", "船山时间谷", "谷有企"):
        tokenizer.add_word(word)
    return tokenizer


def test_every_page_is_cut_as_jieba_cuts_it(tokenizer):
    assert [tokenizer.words(line) for line in PAGES] == [list(tokenizer.cut(line)) for line in PAGES]


@settings(deadline=None, max_examples=300)
@given(text=some.lists(some.sampled_from(PIECES) | some.text(LETTERS, max_size=12), max_size=30).map("".join))
def test_any_text_is_cut_as_jieba_cuts_it(tokenizer, text):
    assert tokenizer.words(text) == list(tokenizer.cut(text))


def test_a_word_that_is_added_later_is_taken(tokenizer):
    assert "乔其纱厂" not in tokenizer.words("她在乔其纱厂上班")
    tokenizer.add_word("乔其纱厂", 2_000_000)
    assert "乔其纱厂" in tokenizer.words("她在乔其纱厂上班")
    assert tokenizer.words("有意见分歧") == list(tokenizer.cut("有意见分歧"))
