"""Snippets are verbatim, whole clauses, and every differing figure gets one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import extraction, learned, snippets
from index.boundaries import TAGS
from index.figures import find_figures
from index.model import Snippet
from index.question import read_question
from index.spans import Spans
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


@pytest.mark.parametrize(
    ("scores", "read"), [([0] * 6, 4), ([2, 1.5, -0.5, -2.5, -3], 3), ([9, 0, 0, 0], 1), ([-4], 1)]
)
def test_passages_are_read_that_stand_in_front_and_not_far_behind_the_best(jieba, scores, read):
    some = ranked([passage("时间谷", jieba, article=f"a{number}") for number in range(len(scores))])
    some = replace(some, scores=np.array(scores, float))
    assert extraction.foremost(some) == some.passages[:read]


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


@pytest.mark.parametrize(
    ("printed", "question", "taken", "meant"),
    [
        ("时间谷签约企业142家，其中投产110家。", "时间谷有多少企业投产", "142家", "110家"),
        ("时间谷签约企业142家，其中投产110家。", "时间谷签约多少企业", "142家", "142家"),
        ("规模企业15家、高新技术企业8家。", "有多少高新技术企业", "15家", "8家"),
        ("学校有90位教师、400余位学生。", "学校有多少学生", "400余位", "400余位"),
        ("机上有379名旅客，25人受伤。", "有多少人受伤", "25人", "25人"),
        ("河长72公里。另一条河面宽20公里。", "河面有多宽", "72公里", "72公里"),
    ],
)
def test_of_a_listing_the_amount_behind_its_label_is_meant(jieba, printed, question, taken, meant):
    start = printed.index(taken)
    asked, figures = read_question(question, jieba), find_figures(printed)
    begin, end = snippets._labelled(printed, start, start + len(taken), asked, figures)
    assert printed[begin:end] == meant


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


@given(scores=st.lists(st.integers(0, 5), max_size=30), most=st.integers(1, 10))
def test_the_best_are_those_a_full_sort_puts_first(scores, most):
    values = np.array(scores, float)
    assert extraction._best(values, most).tolist() == np.argsort(-values, kind="stable")[:most].tolist()


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("如今聚着140多家做钟表的企业。", "如今聚着140多家做钟表", "140多家"),
        ("海拔350公里处有云。", "海拔350公里", "350公里"),
        ("用电18小时停一次。", "18", "18小时"),
        ("签约142家,投产110家。", "142家,投产110家", "142家,投产110家"),
    ],
)
def test_the_one_amount_in_the_span_of_a_number_question_is_its_answer(text, span, shown):
    start = text.index(span)
    start, end = snippets._whole_amount(text, start, start + len(span), find_figures(text))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("question", "span", "is_none"),
    [
        ("海关有多少人", "2005年", True),
        ("票房是多少", "到2003年4月19日", True),
        ("他今年多大", "2月24日", True),
        ("票房是多少", "2003年的1.2亿元", False),
        ("海关有多少人", "142人", False),
        ("海关有多少人", "全体", True),
        ("工资是多少", "加工零件", True),
        ("编号是多少", "L3", False),
        ("占多少", "三分之一", False),
        ("厂子办了多少年", "1905年", False),
        ("会开了几天", "5日", False),
        ("合同期多久", "三年", False),
    ],
)
def test_a_date_or_no_number_at_all_is_no_amount(jieba, question, span, is_none):
    text = newsprint.concordance([span], jieba)
    whole = Spans(*(np.array([at]) for at in (0, len(text.token_start) - 1, 0, len(span))))
    assert extraction.amountless(read_question(question, jieba), whole, text).tolist() == [is_none]


@pytest.mark.parametrize(("question", "lead"), [("大桥什么时候通车", extraction.NO_TIME), ("大桥怎么通车", 0)])
def test_what_names_no_time_is_behind_what_does_where_a_time_is_asked(jieba, question, lead):
    asked = read_question(question, jieba)
    names = newsprint.feature_names(jieba)
    with learned.using({name: ensemble(names[name], {"tokens": (-1, 0)}) for name in ("spans", "finalists")}):
        passages = [passage("王工设计的大桥西汉末才通车。", jieba)]
        reading = extraction.read_closely(asked, terms(asked), ranked(passages))
    told = [reading.text.text[a:b] for a, b in zip(reading.spans.start, reading.spans.end, strict=True)]
    timed = np.array(["末" in span for span in told])
    assert timed.any()
    assert not timed.all()
    assert (reading.scores[timed][:, None] - reading.scores[~timed] == lead).all()


@pytest.mark.parametrize(
    ("span", "names_none"),
    [
        ("8800余亩", True),
        ("142家", True),
        ("大桥", True),
        ("1998", False),
        ("1998-2003", False),
        ("二〇〇三", False),
        ("八十", False),
        ("上午8点", False),
        ("10:30", False),
        ("今年5月20日", False),
        ("西汉末", False),
        ("长征二号丁运载火箭", True),
        ("5月20号", False),
        ("20号", False),
    ],
)
def test_a_number_with_another_unit_names_no_time(jieba, span, names_none):
    text = newsprint.concordance([span], jieba)
    whole = Spans(*(np.array([at]) for at in (0, len(text.token_start) - 1, 0, len(span))))
    assert extraction._timeless(whole, text).tolist() == [names_none]
