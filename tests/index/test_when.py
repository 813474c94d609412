"""An answer that is a time is the whole date, with its era and without what follows it."""

from __future__ import annotations

import datetime as dt

import pytest

from index import when
from index.question import read_question


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("今天（11月23日）正式搬迁。", "今天", "今天（11月23日）"),
        ("今天(11月23日)正式搬迁。", "今天", "今天(11月23日)"),
        ("今年5月20日启用。", "今年", "今年5月20日"),
        ("今天（星期日）正式搬迁。", "今天", "今天"),
        ("今天正式搬迁（11月23日）。", "今天", "今天"),
        ("今天（11月23日上午）正式搬迁。", "今天", "今天"),
    ],
)
def test_a_day_is_shown_with_the_date_that_explains_it(text, span, shown):
    start = text.index(span)
    start, end = when.whole_date(text, start, start + len(span), dt.date(2022, 11, 23))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("text", "question", "span", "shown"),
    [
        ("老桥于民国16年通车。", "老桥哪一年通车", "16年", "民国16年"),
        ("老桥于崇祯四年通车。", "老桥什么时候通车", "四年", "崇祯四年"),
        ("老桥于公元372年通车。", "老桥哪一年通车", "372年", "公元372年"),
        ("老橋於道光二十年落成。", "老桥哪一年落成", "二十年", "道光二十年"),
        ("佛教372年传入。", "佛教哪一年传入", "372年", "372年"),
        ("老桥于1927年通车。", "老桥哪一年通车", "1927年", "1927年"),
        ("他的任期四年。", "他的任期是几年", "四年", "四年"),
        ("民国16年通车。", "老桥民国几年通车", "16年", "民国16年"),
    ],
)
def test_a_year_is_shown_with_the_era_it_counts_in(jieba, text, question, span, shown):
    start = text.index(span)
    begin, end = when.meant_time(text, start, start + len(span), read_question(question, jieba), None)
    assert text[begin:end] == shown


@pytest.mark.parametrize(
    ("question", "span", "shown"),
    [
        ("老桥哪一年通车", "1999年7月1日", "1999年"),
        ("老桥什么时候通车", "1999年7月1日", "1999年7月1日"),
        ("老桥是哪一年几月通车的", "1999年7月1日", "1999年7月1日"),
        ("老桥何年通车", "1947年初", "1947年"),
        ("老桥哪一年通车", "同年9月", "同年9月"),
        ("老桥什么时候通车", "2002年时", "2002年"),
        ("老桥从哪天起收费", "9月15日起", "9月15日"),
        ("老桥哪天通车", "5月11日在京举行", "5月11日"),
        ("老桥什么时候通车", "天命六年(1621年)六十岁", "天命六年(1621年)"),
        ("老桥什么时候通车", "十月廿一", "十月廿一"),
        ("老桥什么时候通车", "2017年12月19日18时", "2017年12月19日18时"),
        ("老桥什么时候通车", "1807年至1809年间", "1807年至1809年间"),
        ("老桥什么时候通车", "大桥通车那天", "大桥通车那天"),
        ("老桥什么时候通车", "1980年代", "1980年代"),
        ("老桥在2012年奥运会前什么时候通车", "2012年奥运会", "2012年奥运会"),
    ],
)
def test_the_date_that_is_asked_is_shown_without_what_follows_it(jieba, question, span, shown):
    start, end = when.meant_time(span, 0, len(span), read_question(question, jieba), None)
    assert span[start:end] == shown
