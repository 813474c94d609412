"""Every term of a question is found where it stands, in the passage as printed."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.concordance import Concordance, is_any
from index.normalize import fold

from .newsprint import concordance


def sentences(text: Concordance) -> list[str]:
    return [text.text[start:end].strip("\n") for start, end in zip(text.sentence_start, text.sentence_end, strict=True)]


def clauses(text: Concordance) -> list[str]:
    bounds = text.clause_bounds
    return [text.text[a:b].strip("\n") for a, b in pairwise(bounds)]


TEXTS = ["時間谷,有企業１４２家。", "“時間谷”在衡陽!", "𠮷祥（即吉祥）的時間谷…"]


def test_offsets_are_offsets_into_the_printed_passage(jieba):
    text = concordance(TEXTS, jieba)
    for number, printed in enumerate(TEXTS):
        start = text.passage_start[number]
        assert text.text[start : start + text.lengths[number]] == fold(printed)
        assert len(fold(printed)) == len(printed)
        assert set(text.passage_at[start : start + len(printed)]) == {number}


def test_tokens_cover_the_whole_text_in_order(jieba):
    text = concordance(TEXTS, jieba)
    assert text.token_start[0] == 0
    assert text.token_end[-1] == len(text.text)
    assert (text.token_start[1:] == text.token_end[:-1]).all()
    assert len(text.token_tag) == len(text.token_start) == len(text.token_sentence)


def test_bigrams_of_a_simplified_question_are_found_in_traditional_text(jieba):
    text = concordance(TEXTS, jieba, "时间")
    places, which = text.bigram_hits
    found = [(int(text.passage_at[at]), int(at - text.passage_start[text.passage_at[at]])) for at in places]
    assert found == [(number, printed.index("時間")) for number, printed in enumerate(TEXTS)]
    assert {text.bigrams[n] for n in which} == {"时间"}


def test_words_are_found_only_as_whole_tokens_or_runs_of_them(jieba):
    text = concordance(["时间谷开了会。", "时间长。", "有时间,谷子熟。"], jieba, "时间谷")
    found = {(int(text.passage_at[at]), text.words[n]) for at, n in zip(*text.word_hits, strict=True)}
    assert (0, "时间谷") in found
    assert (0, "时间") not in found
    assert (1, "时间") in found
    assert not any(word == "时间谷" for number, word in found if number)


def test_hits_are_counted_by_passage_and_by_sentence(jieba):
    text = concordance(["时间。没有。时间又时间。", "间时"], jieba, "时间")
    column = text.bigrams.index("时间")
    by_passage = text.count(text.bigram_hits, len(text.bigrams), text.passage_at, 2)
    many = len(text.sentence_start)
    by_sentence = text.count(text.bigram_hits, len(text.bigrams), text.sentence_at, many)[:, column]
    counts = dict(zip(sentences(text), by_sentence.tolist(), strict=True))
    assert by_passage[:, column].tolist() == [3, 0]
    assert counts == {"时间。": 1, "没有。": 0, "时间又时间。": 2, "间时": 0, "": 0}


@pytest.mark.parametrize(
    ("printed", "cut"),
    [
        ("他来了。她走了！谁？", ["他来了。", "她走了!", "谁?"]),
        ("他说：“来了。”她走了。", ["他说:“来了。”", "她走了。"]),
        ("(他来了。)她走了", ["(他来了。)", "她走了"]),
        ("真的吗？！是的……好", None),
        ("3.5米;4.0米;", ["3.5米;", "4.0米;"]),
    ],
)
def test_sentences_end_behind_their_mark_and_what_closes_with_it(jieba, printed, cut):
    text = concordance([printed], jieba)
    assert "".join(sentences(text)) == fold(printed)
    if cut:
        assert [part for part in sentences(text) if part] == cut


def test_no_sentence_reaches_into_the_next_passage(jieba):
    text = concordance(["没有句号", "也没有", "有。"], jieba)
    assert [part for part in sentences(text) if part] == ["没有句号", "也没有", "有。"]
    assert set(text.sentence_passage) == {0, 1, 2}


def test_clauses_meet_at_commas_and_colons_of_either_width(jieba):
    assert [part for part in clauses(concordance(["他说：来了,走了，“又来，”完。"], jieba)) if part] == [
        "他说:",
        "来了,",
        "走了,",
        "“又来,”",
        "完。",
    ]


def test_nothing_is_found_in_nothing():
    text = Concordance([], [], ["时间"], ["时间"])
    assert len(text.lengths) == len(text.sentence_start) == 0
    assert len(text.bigram_hits[0]) == len(text.word_hits[0]) == len(text.character_hits[0]) == 0


def test_without_terms_nothing_is_found(jieba):
    text = concordance(["时间谷"], jieba, "")
    assert len(text.bigram_hits[0]) == len(text.word_hits[0]) == len(text.character_hits[0]) == 0
    assert text.count(text.bigram_hits, 0, text.passage_at, 1).shape == (1, 0)


def test_characters_beyond_the_basic_plane_are_no_punctuation():
    codes = np.array([ord(c) for c in "。𠮷😀a"], np.uint32)
    assert is_any(codes, "。a").tolist() == [True, False, False, True]


PRINTED = st.text(
    st.one_of(st.sampled_from("时间谷時間企业,，。”“…!🎉𠮷 "), st.characters(codec="utf-8")), min_size=1, max_size=60
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(PRINTED, max_size=5))
def test_any_text_is_tiled_by_sentences_and_searched_without_omission(jieba, texts):
    text = concordance(texts, jieba, "时间谷的企业")
    assert text.lengths.tolist() == [len(printed) for printed in texts]
    if texts:
        assert text.sentence_start[0] == 0
        assert text.sentence_end[-1] == len(text.text)
        assert (text.sentence_start[1:] == text.sentence_end[:-1]).all()
    found = {(int(at), text.bigrams[n]) for at, n in zip(*text.bigram_hits, strict=True)}
    naive = {
        (match.start(), pair) for pair in text.bigrams for match in re.finditer(f"(?={re.escape(pair)})", text.text)
    }
    assert found == naive
    for at, n in zip(*text.word_hits, strict=True):
        word = text.words[n]
        assert text.text[at : at + len(word)] == word
        assert at in text.token_start
        assert at + len(word) in text.token_end
