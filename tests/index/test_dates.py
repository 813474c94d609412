"""It is true of dates that …"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import AskedDates, iso_of, question_dates, resolve

TODAY = dt.date(2026, 11, 24)
ISSUE = dt.date(2025, 8, 12)


def asked(question: str) -> AskedDates:
    result = question_dates(question, TODAY)
    assert result is not None, question
    return result


def days(question: str) -> list[str]:
    return [f"{first}..{last}" for first, last in asked(question).ranges]


def named(text: str, issue: dt.date | None = ISSUE) -> list[tuple[str, str, str]]:
    return [(text[d.start : d.end], d.first.isoformat(), d.last.isoformat()) for d in resolve(text, issue)]


class TestQuestionDates:
    @pytest.mark.parametrize(
        ("question", "rest"),
        [
            ("2023年一季度铁路投资多少", "一季度铁路投资多少"),
            ("2025年2月俄美在哪里会谈", "俄美在哪里会谈"),
            ("2025年前8个月新设多少家", "前8个月新设多少家"),
            ("去年外贸出口多少", "外贸出口多少"),
            ("2025年10月27日击落多少架", "10月27日击落多少架"),
            ("10月27日击落多少架", "10月27日击落多少架"),
            ("茶厂2024年以来产值多少", "茶厂 产值多少"),
            ("茶厂从2023年到2024年产值多少", "茶厂 产值多少"),
        ],
    )
    def test_rest_is_what_an_article_of_those_days_may_say(self, question, rest):
        assert " ".join(asked(question).rest.split()) == rest

    @pytest.mark.parametrize(
        ("question", "range_", "written"),
        [
            ("2024年茶厂产值多少", "2024-01-01..2024-12-31", "2024年"),
            ("二〇二四年谁获奖", "2024-01-01..2024-12-31", "二〇二四年"),
            ("2024年5月20日发生了什么", "2024-05-20..2024-05-20", "2024年5月20日"),
            ("2024-05-20的报纸", "2024-05-20..2024-05-20", "2024-05-20"),
            ("二○二四年五月二十日", "2024-05-20..2024-05-20", "二○二四年五月二十日"),
            ("2024年2月", "2024-02-01..2024-02-29", "2024年2月"),
            ("2024年上半年产值", "2024-01-01..2024-06-30", "2024年上半年"),
            ("2024年第三季度", "2024-07-01..2024-09-30", "2024年第三季度"),
            ("去年前三季度产值", "2025-01-01..2025-09-30", "去年前三季度"),
            ("去年产值", "2025-01-01..2025-12-31", "去年"),
            ("前年谁当选", "2024-01-01..2024-12-31", "前年"),
            ("今年计划", "2026-01-01..2026-12-31", "今年"),
            ("上个月开了几次会", "2026-10-01..2026-10-31", "上个月"),
            ("上个月15日", "2026-10-15..2026-10-15", "上个月15日"),
            ("本月谁来访", "2026-11-01..2026-11-30", "本月"),
            ("昨天谁来访", "2026-11-23..2026-11-23", "昨天"),
            ("上周五谁来访", "2026-11-20..2026-11-20", "上周五"),
            ("5月20日启用的是什么", "2026-05-20..2026-05-20", "5月20日"),
            ("上半年产值", "2026-01-01..2026-06-30", "上半年"),
            ("第一季度产值", "2026-01-01..2026-03-31", "第一季度"),
            ("最近有什么展览", "2026-10-25..2026-11-24", "最近"),
            ("近日", "2026-10-25..2026-11-24", "近日"),
            ("2024年底", "2024-12-01..2024-12-31", "2024年底"),
            ("2024年中国队", "2024-01-01..2024-12-31", "2024年"),
            ("3月15日至18日的会", "2026-03-15..2026-03-18", "3月15日至18日"),
        ],
    )
    def test_the_days_count_from_today_and_exclude_nothing(self, question: str, range_: str, written: str) -> None:
        assert days(question) == [range_]
        assert asked(question).written == written
        assert not asked(question).strict

    @pytest.mark.parametrize(
        ("question", "range_"),
        [
            ("今年以来办了多少展览", "2026-01-01..2026-11-24"),
            ("2024年至今", "2024-01-01..2026-11-24"),
            ("2020年以前成立的", "0001-01-01..2019-12-31"),
            ("2024年底前", "0001-01-01..2024-12-31"),
            ("2024年之后", "2025-01-01..9999-12-31"),
            ("2024年5月期间", "2024-05-01..2024-05-31"),
            ("从2023年到2024年产值", "2023-01-01..2024-12-31"),
            ("2023年至2025年期间", "2023-01-01..2025-12-31"),
        ],
    )
    def test_only_words_that_bound_the_time_are_strict(self, question: str, range_: str) -> None:
        assert days(question) == [range_]
        assert asked(question).strict

    def test_a_year_before_and_after_another_event_is_not_strict(self) -> None:
        assert not asked("2014年前后").strict

    def test_the_written_span_takes_in_what_bounds_it(self) -> None:
        assert asked("厂子从2023年到2024年产值").written == "从2023年到2024年"
        assert asked("今年以来产值").written == "今年以来"

    def test_two_years_are_alternatives(self) -> None:
        assert days("2023年和2024年产值") == ["2023-01-01..2023-12-31", "2024-01-01..2024-12-31"]

    def test_a_day_without_year_is_the_last_one_and_the_coming_one_when_it_is_near(self) -> None:
        assert days("12月20日有什么活动") == ["2025-12-20..2025-12-20", "2026-12-20..2026-12-20"]

    @pytest.mark.parametrize("question", ["今年计划", "去年产值", "5月20日启用", "昨天谁来", "上半年产值"])
    def test_what_counts_from_today_may_count_from_the_article(self, question: str) -> None:
        assert asked(question).relative_to_article

    @pytest.mark.parametrize("question", ["2024年", "2024年5月", "2024-05-20", "最近", "2024年3月至5月"])
    def test_what_names_its_year_does_not(self, question: str) -> None:
        assert not asked(question).relative_to_article

    @pytest.mark.parametrize(
        "question",
        [
            "茶厂有多少家",
            "三年级多少人",
            "离我最近的医院",
            "目前日产量",
            "如今天气",
            "公元前221年",
            "20世纪90年代",
            "2024届",
            "2月30日",
            "",
        ],
    )
    def test_other_words_with_the_same_characters_are_no_dates(self, question: str) -> None:
        assert question_dates(question, TODAY) is None


class TestResolve:
    def test_relative_dates_count_from_the_issue(self) -> None:
        assert named("今年5月20日开园,去年动工,昨日闭园,本月再开") == [
            ("今年5月20日", "2025-05-20", "2025-05-20"),
            ("去年", "2024-01-01", "2024-12-31"),
            ("昨日", "2025-08-11", "2025-08-11"),
            ("本月", "2025-08-01", "2025-08-31"),
        ]

    def test_without_an_issue_only_dates_with_a_year_resolve(self) -> None:
        assert named("2024年2月动工,今年5月20日开园,昨日闭园", None) == [("2024年2月", "2024-02-01", "2024-02-29")]

    @pytest.mark.parametrize(
        ("text", "issue", "first"),
        [
            ("5月20日", dt.date(2025, 8, 12), "2025-05-20"),
            ("12月30日", dt.date(2025, 1, 5), "2024-12-30"),
            ("1月3日", dt.date(2024, 12, 28), "2025-01-03"),
            ("2月29日", dt.date(2025, 1, 5), "2024-02-29"),
            ("30日", dt.date(2025, 8, 2), "2025-07-30"),
        ],
    )
    def test_a_day_without_a_year_is_the_one_nearest_to_the_issue(self, text: str, issue: dt.date, first: str) -> None:
        assert [date[1] for date in named(text, issue)] == [first]

    def test_a_date_joined_to_another_goes_with_its_year_and_month(self) -> None:
        assert [date[1:] for date in named("2019年3月至5月,6月1日至3日")] == [
            ("2019-03-01", "2019-03-31"),
            ("2019-05-01", "2019-05-31"),
            ("2025-06-01", "2025-06-01"),
            ("2025-06-03", "2025-06-03"),
        ]

    def test_the_same_and_the_next_year_follow_the_year_told(self) -> None:
        assert [date[1] for date in named("2016年建厂,同年5月投产,次年3月扩建", None)] == [
            "2016-01-01",
            "2016-05-01",
            "2017-03-01",
        ]

    def test_offsets_are_into_the_text_given_in_any_width_and_script(self) -> None:
        assert named("於２０２４年５月２０日開園，昨日關閉")[0][0] == "２０２４年５月２０日"

    @pytest.mark.parametrize(
        "text",
        [
            "未来三年",
            "近年来",
            "20日内",
            "3个月",
            "5000年历史",
            "电话0734-8812345",
            "18460367976",
            "1.5万",
            "第3日",
            "最近",
            "113月",
        ],
    )
    def test_durations_numbers_and_vague_words_are_none(self, text: str) -> None:
        assert named(text) == []


class TestIsoOf:
    @pytest.mark.parametrize(
        ("span", "iso"),
        [
            ("今年5月20日", "2025-05-20"),
            ("2024年2月", "2024-02"),
            ("2016年", "2016"),
            ("去年", "2024"),
            ("昨日", "2025-08-11"),
            ("于2016年", "2016"),
            ("2024年底", "2024-12"),
            ("上半年", "2025-01-01/2025-06-30"),
            ("12月", "2025-12"),
            ("2024年3月至5月", "2024-03-01/2024-05-31"),
            ("2025年8月10日10时30分", "2025-08-10"),
            ("8月9日上午", "2025-08-09"),
        ],
    )
    def test_a_span_that_is_a_date_has_an_iso_form(self, span: str, iso: str) -> None:
        assert iso_of(span, ISSUE) == iso

    @pytest.mark.parametrize("span", ["142家", "今年5月20日正式启用", "2024年中国", "", "2023年、2024年", "最近"])
    def test_anything_else_has_none(self, span: str) -> None:
        assert iso_of(span, ISSUE) is None

    def test_a_relative_date_of_an_undated_article_has_none(self) -> None:
        assert iso_of("今年5月20日", None) is None
        assert iso_of("2024年5月20日", None) == "2024-05-20"


PIECES = st.one_of(
    st.sampled_from(
        ["0", "1", "2", "3", "9", "20", "2024", "五", "十", "三", "年", "月", "日", "号", "周", "季度", "半年"]
    ),
    st.sampled_from(["-", "/", ".", "至", "去年", "今年", "前年", "同年", "本月", "昨天", "最近"]),
    st.sampled_from(["上", "下", "底", "初", "第", "前", "后", "以来"]),
)


@given(st.lists(PIECES, max_size=12).map("".join), st.none() | st.dates())
def test_any_text_and_any_issue_give_dates_in_order(text: str, issue: dt.date | None) -> None:
    end = 0
    for date in resolve(text, issue):
        assert end <= date.start < date.end <= len(text)
        assert date.first <= date.last
        end = date.end
    iso_of(text, issue)
    question_dates(text, issue or TODAY)
