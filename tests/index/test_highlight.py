"""Whatever the words of a snippet are put right to, they stay words of it."""

from __future__ import annotations

import datetime as dt

from hypothesis import assume, given
from hypothesis import strategies as st

from index import named, when, wording
from index.figures import find_figures
from index.question import read_question

from . import newsprint

PIECES = (
    *(
        "第",
        "1",
        "2",
        "000",
        ",",
        "，",
        ".",
        "年",
        "月",
        "日",
        "号",
        "民国",
        "公元",
        "十二",
        "廿",
        "时",
        "起",
        "12秒87",
    ),
    *(
        "·",
        "大卫",
        "莱斯特",
        "由约翰",
        "小说家",
        "熊召政",
        "的",
        "、",
        "和",
        "葡萄牙",
        "人",
        "省",
        "辽宁省",
        "西南部",
        "共和国",
    ),
    *("24,672人", "近90亿元", "1比3", "“", "”", "（", "）", "。", "\n", "主题", "为", "至", "今天", "5月20日"),
)
QUESTIONS = ("谁来了", "哪一年通车", "什么时候通车", "他是哪国人", "在哪个省", "有多少人", "排名第几", "民国几年")


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join), st.sampled_from(QUESTIONS), st.data())
def test_a_span_of_a_text_is_put_right_within_it(jieba, text, question, data):
    laid_out, asked = newsprint.concordance([text], jieba), read_question(question, jieba)
    assume(text.strip())
    first = data.draw(st.integers(0, len(laid_out.token_start) - 1))
    last = data.draw(st.integers(first, len(laid_out.token_start) - 1))
    start, end = int(laid_out.token_start[first]), min(int(laid_out.token_end[last]), len(text))
    assume(start < end)
    for begin, stop in (
        named.whole_name(laid_out, start, end),
        named.bare_name(laid_out, start, end),
        named.meant_place(text, start, end, asked),
        when.meant_time(text, start, end, asked, dt.date(2025, 5, 20)),
        wording.meant_amount(text, start, end, asked, find_figures(text)),
    ):
        assert 0 <= begin < stop <= len(text)
