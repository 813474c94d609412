"""Snippets are verbatim, whole clauses, and every differing figure gets one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import extraction, learned, snippets
from index.boundaries import TAGS
from index.model import Snippet
from index.question import read_question
from index.tokens import Segmenter

from . import newsprint
from .newsprint import check_snippet, ensemble, passage, ranked, terms

NUMERAL, MEASURE = TAGS.index("m"), TAGS.index("q")
QUESTION = "时间谷有多少企业"


@pytest.fixture(scope="module")
def counting(jieba: Segmenter) -> Iterator[None]:
    """Ensembles that take a numeral with its measure word for the answer, those of the first passage before others."""
    names = newsprint.feature_names(jieba)
    first = {"first_tag": (NUMERAL - 0.5, NUMERAL + 0.5)}
    last = {"last_tag": (NUMERAL - 0.5, MEASURE + 0.5)}
    whole = {**first, **last, "tokens": (1, 3), "characters": (2, 9)}
    instead = {
        "begins": ensemble(names["begins"], first),
        "ends": ensemble(names["ends"], last),
        **{
            name: ensemble(names[name], whole, whole, {"passage_rank": (-1, 0)}, {"passage_rank": (-1, 1)})
            for name in ("spans", "finalists")
        },
        "sentences": ensemble(names["sentences"], {"standing": (-1, 0)}, {"standing": (-1, 1)}),
    }
    with learned.using(instead):
        yield


def read(texts: Sequence[str], segmenter: Segmenter, most: int = 5, years: Sequence[int | None] = ()) -> list[Snippet]:
    asked = read_question(QUESTION, segmenter)
    passages = [
        passage(text, segmenter, article=f"a{number}", date=dt.date(year, 1, 1) if year else None)
        for number, (text, year) in enumerate(zip_longest(texts, years))
    ]
    reading = extraction.read_closely(asked, terms(asked), ranked(passages))
    found = snippets.cut(reading, asked, most)
    for snippet in found:
        check_snippet(snippet, texts[int(snippet.citation.article_id[1:])])
    return found


pytestmark = pytest.mark.usefixtures("counting")


def test_the_answer_stands_in_its_place_in_whichever_passage_it_is(jieba):
    found = read(
        ["协会成立了。一切都好。", "镇上的时间谷有企业73家。", "另一处的企业只有21家，都在时间谷。"], jieba, most=2
    )
    assert [snippet.answer for snippet in found] == ["73家", "21家"]
    assert [snippet.citation.article_id for snippet in found] == ["a1", "a2"]


def test_different_figures_come_one_per_snippet(jieba):
    found = read(["时间谷有企业142家，其中投产的企业110家。", "在时间谷，集聚了140多家企业。"], jieba)
    figures = [snippet.figure.written for snippet in found if snippet.figure]
    assert len(figures) == len(set(figures))
    assert {"140多家"} < set(figures)


def test_equal_figures_merge_however_they_are_written(jieba):
    found = read(["时间谷一天生产手表30万台。", "手表年年增产。时间谷一天出300000台。", "时间谷一天30万台表。"], jieba)
    assert [snippet.figure.value for snippet in found if snippet.figure] == [300000]


def test_an_amount_and_more_than_that_amount_do_not_merge(jieba):
    found = read(["时间谷有企业140家。", "时间谷有企业140多家。"], jieba, most=2)
    assert sorted(snippet.answer for snippet in found) == ["140多家", "140家"]


def test_behind_the_first_come_other_amounts_of_its_unit_newest_first(jieba):
    texts = ["时间谷有企业142家。", "时间谷有企业110家。", "时间谷有企业130家。", "时间谷有企业120家。"]
    found = read(texts, jieba, years=[2023, 2022, None, 2024])
    assert [snippet.answer for snippet in found] == ["142家", "120家", "110家", "130家"]


def test_an_amount_of_another_unit_does_not_come_between(jieba):
    found = read(["时间谷有企业142家。", "时间谷有企业的机器30台。", "时间谷有企业110家。"], jieba)
    assert [snippet.answer for snippet in found] == ["142家", "110家", "30台"]


def test_there_are_never_more_than_asked_for(jieba):
    texts = [f"时间谷有企业{number}家。" for number in (11, 22, 33, 44)]
    assert [len(read(texts, jieba, most)) for most in (1, 2, 3)] == [1, 2, 3]


def test_no_two_snippets_overlap(jieba):
    text = "".join(
        f"第一批时间谷企业{number}家，年年都有新的面孔进来，各有各的本事和打算。" for number in range(11, 18)
    )
    found = read([text], jieba)
    assert len(found) > 1
    places = sorted((text.find(snippet.text), text.find(snippet.text) + len(snippet.text)) for snippet in found)
    assert all(before[1] <= after[0] for before, after in pairwise(places))


@pytest.mark.parametrize("comma", [",", "，"])
def test_snippets_of_long_sentences_are_whole_clauses_of_at_most_100_characters(jieba, comma):
    text = (
        comma.join([*("这一段是关于园区建设的背景说明文字没有答案" for _ in range(9)), "时间谷有企业142家", "好"])
        + "。"
    )
    (first, *_) = read([text], jieba)
    assert "142家" in first.text
    assert len(first.text) <= 100
    assert first.text[-1] in f"{comma}。"


def test_one_clause_over_100_characters_is_shown_whole(jieba):
    clause = "时间谷有企业142家并且" + "在很长的一句没有任何标点的话里继续说下去" * 7
    (first, *_) = read([f"前面的话，{clause}，后面的话。"], jieba, most=1)
    assert first.text.strip("，") == clause
    assert first.answer == "142家"


def test_half_width_punctuation_and_traditional_characters_stay_as_printed(jieba):
    text = "據統計,時間谷現有企業142家,其中投產110家!"
    (first, *_) = read([text], jieba, most=1)
    assert first.text == text
    assert first.answer == "142家"


def test_full_width_digits_are_an_answer_as_printed(jieba):
    (first, *_) = read(["　　时间谷有企业１４２家。　"], jieba, most=1)
    assert first.answer == "１４２家"
    assert first.text == "时间谷有企业１４２家。"
    assert first.figure
    assert first.figure.value == 142


def test_a_closing_quotation_mark_stays_with_its_sentence(jieba):
    text = "他说：“时间谷有企业142家。”" + "此外没有别的消息可以告诉大家了，" * 8
    (first, *_) = read([text], jieba, most=1)
    assert first.text.count("“") == first.text.count("”")


class TestPassagesShownWithoutAClaim:
    def test_each_is_the_best_covered_run_of_clauses(self, jieba):
        asked = read_question(QUESTION, jieba)
        text = "无关的话说了很多很多，" * 12 + "时间谷的企业今天开会。"
        (shown,) = snippets.whole_passages([passage(text, jieba)], terms(asked), 3)
        assert "时间谷的企业" in shown.text
        assert shown.start == shown.end
        check_snippet(shown, text)

    def test_they_come_in_order_and_no_more_than_asked_for(self, jieba):
        asked = read_question(QUESTION, jieba)
        passages = [passage(f"时间谷第{n}号。", jieba, article=f"a{n}") for n in range(5)]
        shown = snippets.whole_passages(passages, terms(asked), 3)
        assert [snippet.citation.article_id for snippet in shown] == ["a0", "a1", "a2"]

    def test_none_of_none(self, jieba):
        assert snippets.whole_passages([], terms(read_question(QUESTION, jieba)), 3) == []


NEWSPRINT = st.text(
    st.one_of(
        st.sampled_from("时间谷有企业家多142３４0万只，,。.：:；;！!“”《》（）()、…—%\n 　時間產😀𠮷"),
        st.characters(codec="utf-8"),
    ),
    max_size=260,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(NEWSPRINT, min_size=1, max_size=4))
def test_any_texts_keep_the_snippets_whole_and_verbatim(jieba, texts):
    printed = [text.strip() for text in texts if text.strip()]
    if printed:
        read(printed, jieba)
