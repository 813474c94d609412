"""Cutting for the index gives what cutting and looking up give; bigrams are pairs with a Chinese character."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from index import tokens
from index.normalize import fold, fold_all, is_cjk
from index.tokens import Segmenter, bigrams, bigrams_of_all, index_words, is_bigram, pack

CORPUS = Path(__file__).resolve().parents[2] / "docs_corpus"
PAGES = [fold(line) for page in sorted(CORPUS.rglob("*.*")) for line in page.read_text("utf-8").splitlines() if line]
INSTALLED = ["jieba", *(["rjieba"] if importlib.util.find_spec("rjieba") else [])]


@pytest.fixture(scope="module", params=INSTALLED)
def segmenter(request) -> Segmenter:
    return Segmenter(request.param, ["时间谷"])


def test_cutting_for_the_index_packs_and_finds_the_same_words(segmenter):
    for text in PAGES:
        cut = segmenter.cut(text)
        packed, words = segmenter.cut_and_index(text)
        assert packed == pack(cut)
        assert sorted(words) == sorted(index_words(cut, segmenter))


@pytest.mark.parametrize("text", ["他打进了三个", "下半场可达一球", "下半场设于一球"])
def test_a_word_that_falls_apart_by_itself_has_its_tag_from_the_text(segmenter, text):
    assert segmenter.cut_and_index(text)[0] == pack(segmenter.cut(text))


def test_cutting_for_the_index_remembers_a_bounded_number_of_words(segmenter, monkeypatch):
    monkeypatch.setattr(tokens, "_MOST_ENTRIES", 50)
    for text in PAGES:
        assert segmenter.cut_and_index(text)[0] == pack(segmenter.cut(text))
        assert len(segmenter._entries) <= 50 + len(text)


@settings(deadline=None)
@given(some.text(alphabet="中国〇々三𠮷ａaB_7①½é，。 \n-", max_size=30))
def test_bigrams_are_the_neighbours_with_a_chinese_character_among_letters_and_digits(text):
    expected = [
        a + b for a, b in pairwise(text) if (is_cjk(a) and (is_cjk(b) or b.isalnum())) or (is_cjk(b) and a.isalnum())
    ]
    assert bigrams(text) == expected
    assert is_bigram(text) == (len(text) == 2 and expected == [text])


@settings(deadline=None)
@given(some.lists(some.text(alphabet="中国〇々三𠮷ａaB_7①½é，。 \n-", max_size=12)))
def test_the_bigrams_of_many_texts_are_those_of_each(texts):
    assert [(list(found), len(found)) for found in bigrams_of_all(texts)] == [
        (bigrams(text), len(bigrams(text))) for text in texts
    ]


@settings(deadline=None)
@given(some.lists(some.text(alphabet="中國国深沈英哩ＡA，。\n😀é", max_size=8)))
def test_many_texts_are_folded_as_each_is(texts):
    assert fold_all(texts) == [fold(text) for text in texts]
