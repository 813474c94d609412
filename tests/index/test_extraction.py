"""Which passages are read closely, and what their spans lose when they are not of the sort asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import extraction, learned
from index.question import read_question
from index.spans import Spans

from . import newsprint
from .newsprint import ensemble, passage, ranked, terms


@pytest.mark.parametrize(
    ("scores", "read"), [([0] * 6, 4), ([2, 1.5, -0.5, -2.5, -3], 3), ([9, 0, 0, 0], 1), ([-4], 1)]
)
def test_passages_are_read_that_stand_in_front_and_not_far_behind_the_best(jieba, scores, read):
    some = ranked([passage("时间谷", jieba, article=f"a{number}") for number in range(len(scores))])
    some = replace(some, scores=np.array(scores, float))
    assert extraction.foremost(some) == some.passages[:read]


@given(scores=st.lists(st.integers(0, 5), max_size=30), most=st.integers(1, 10))
def test_the_best_are_those_a_full_sort_puts_first(scores, most):
    values = np.array(scores, float)
    assert extraction._best(values, most).tolist() == np.argsort(-values, kind="stable")[:most].tolist()


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
