"""From a question to the words of the archive that answer it, or to an honest none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import answer, learned, trees
from index.answer import Archive
from index.model import Answer, NoAnswer, Snippet
from index.normalize import fold

from . import newsprint

TODAY = dt.date(2026, 11, 24)
SEED = "船山时间谷有多少企业"
SURE = {"confidence": trees.parse("features any\n3")}
"""Claims to answer whatever was found."""


def ask(question: str, archive: Archive, **changes) -> Answer | NoAnswer:
    outcome = answer.ask(question, archive, **{"today": TODAY, **changes})
    newsprint.check(outcome, archive, changes.get("k", 5))
    assert outcome.question == question
    return outcome


def answered(question: str, archive: Archive, **changes) -> tuple[Snippet, ...]:
    outcome = ask(question, archive, **changes)
    assert isinstance(outcome, Answer), f"refused at {outcome.confidence:.2f}"
    return outcome.snippets


def shown(outcome: Answer | NoAnswer) -> list[str]:
    return [snippet.text for snippet in (outcome.snippets if isinstance(outcome, Answer) else outcome.nearest)]


class TestTheSampleArchive:
    @pytest.mark.parametrize(
        ("question", "printed"),
        [
            ("唐灵军什么时候回到衡阳", "2015年"),
            ("智能衡器计量产业子基金的总规模是多少", "20亿元"),
            ("产业园的规划面积是多少亩", "8800余亩"),
            ("嘉树镇炻瓷产业协会是哪一年成立的", "2016年"),
            ("醴陵市炻瓷产业协会的会长是谁", "唐英"),
            ("嘉树镇有多少家炻瓷企业", "20家"),
            ("首开区什么时候启用", "5月20日"),
            ("南华大学订单班首批学员有多少名", "30名"),
        ],
    )
    def test_has_the_answer_in_its_first_snippet(self, sample, question, printed):
        assert printed in answered(question, sample)[0].text

    def test_shows_every_differing_figure_it_has_for_one_question(self, sample):
        found = [snippet.answer for snippet in answered(SEED, sample)]
        assert found[0] == "142家"
        assert "140多家" in found

    def test_shows_no_figure_twice(self, sample):
        written = [snippet.figure.written for snippet in answered(SEED, sample) if snippet.figure]
        assert len(written) == len(set(written)) >= 2

    @pytest.mark.parametrize("question", ["衡阳市长是谁", "北京奥运会有多少运动员", "谁发明了电话", "明天下雨吗"])
    def test_refuses_what_it_does_not_tell(self, sample, question):
        assert isinstance(ask(question, sample), NoAnswer)

    def test_gives_as_many_snippets_as_asked_for_at_most(self, sample):
        assert len(answered(SEED, sample, k=1)) == 1
        assert answered(SEED, sample, k=1)[0] == answered(SEED, sample, k=5)[0]

    def test_answers_from_the_other_articles_when_one_is_left_out(self, sample):
        gone = answered(SEED, sample)[0].citation.article_id
        outcome = ask(SEED, sample, without=frozenset([gone]))
        left = outcome.snippets if isinstance(outcome, Answer) else outcome.nearest
        assert all(snippet.citation.article_id != gone for snippet in left)

    @pytest.mark.parametrize("question", ["衡阳手表厂在哪里", "手表厂怎么停的产", "时间谷 投产"])
    def test_says_the_same_every_time(self, sample, question):
        one, other = ask(question, sample), ask(question, sample)
        assert shown(one) == shown(other)
        assert one.confidence == other.confidence


class TestNames:
    @pytest.mark.parametrize("name", ["船山时间谷", "“船山时间谷”", "船山時間谷"])
    def test_a_bare_name_is_introduced_once_an_article(self, sample, name):
        found = answered(name, sample)
        assert all("船山时间谷" in fold(snippet.text) for snippet in found)
        articles = [snippet.citation.article_id for snippet in found]
        assert len(articles) == len(set(articles)) > 1

    @pytest.mark.parametrize("written", ["穿山时间谷", "传山时间谷"])
    def test_a_misspelt_name_is_understood_and_answered_as_if_spelt_right(self, sample, written):
        outcome, right = ask(f"{written}有多少企业", sample), ask(SEED, sample)
        assert outcome.understood == "船山时间谷"
        assert shown(outcome) == shown(right)

    def test_a_misspelt_bare_name_is_introduced(self, sample):
        outcome = ask("穿山时间谷", sample)
        assert outcome.understood == "船山时间谷"
        assert shown(outcome) == shown(ask("船山时间谷", sample))

    @pytest.mark.parametrize("question", [SEED, "嘉树镇有什么特产", "北方光电做什么"])
    def test_a_name_spelt_right_is_left_alone(self, sample, question):
        assert ask(question, sample).understood == ""


class TestWaysOfAsking:
    @pytest.mark.parametrize(
        "question", ["船山時間谷有多少企業", "請問船山時間谷有多少企業？", "　船山时间谷有多少企业?"]
    )
    def test_scripts_widths_and_politeness_change_nothing(self, sample, question):
        assert shown(ask(question, sample)) == shown(ask(SEED, sample))

    @pytest.mark.parametrize(
        ("keywords", "sentence"),
        [
            ("时间谷 企业数", "时间谷有多少企业"),
            ("时间谷 投产 企业数", "时间谷有多少企业投产"),
            ("子基金 总规模", "子基金的总规模是多少"),
            ("首开区 面积", "首开区的面积是多少"),
        ],
    )
    def test_keywords_find_what_the_sentence_finds(self, sample, keywords, sentence):
        best = answer.ranked(sentence, sample)
        assert answer.ranked(keywords, sample)[0] in best[:2]

    @pytest.mark.parametrize("question", ["拍卖公告的咨询电话是多少", "苗圃租赁权什么时候竞价"])
    def test_notices_answer_who_asks_for_them(self, sample, question):
        assert "notice" in {passage.kind for passage in answer.ranked(question, sample)}

    def test_a_telephone_number_answers_who_asks_for_it(self, sample):
        assert answered("拍卖公告的咨询电话是多少", sample)[0].answer == "18460367976"

    @pytest.mark.parametrize("question", ["安仁县的苗圃在哪里", "谢先生是谁", SEED])
    def test_notices_do_not_answer_others(self, sample, question):
        assert "notice" not in {passage.kind for passage in answer.ranked(question, sample)}


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n\t",
        "🎉",
        "🎉🎊 👨‍👩‍👧",
        "\ud800",
        "\udfff\ud800？",
        "？？？",
        "的",
        "\x00\x01",
        "\u202e\u200b",
        "……",
        "‽" * 5000,
    ],
)
def test_what_says_nothing_gets_no_answer_and_nothing_near(sample, question):
    outcome = ask(question, sample)
    assert isinstance(outcome, NoAnswer)
    assert outcome.nearest == ()
    assert outcome.confidence == 0


@pytest.mark.parametrize("question", [SEED * 200, "鲲鹏" * 2000, "a" * 4000, "1" * 4000, "“" * 3000 + "时间谷"])
def test_a_very_long_question_does_no_harm(sample, question):
    ask(question, sample)


class TestDates:
    @pytest.fixture(scope="class")
    @classmethod
    def archive(cls, tmp_path_factory: pytest.TempPathFactory) -> Archive:
        """One sentence in three issues and in an undated page."""
        folder: Path = tmp_path_factory.mktemp("dates")
        years = {"2023-03-05": "16", "2024-03-05": "17", "2025-03-05": "18", "": "19"}
        return newsprint.build(
            folder,
            [
                {
                    "title": f"游客{count}",
                    "paragraphs": [f"星湖公园一年接待游客{count}万人次。"],
                    **({"date": day} if day else {}),
                }
                for day, count in years.items()
            ],
        )

    def days(self, question: str, archive: Archive) -> list[dt.date | None]:
        return [passage.citation.date for passage in answer.ranked(question, archive)]

    @pytest.mark.parametrize("year", [2023, 2024, 2025])
    def test_named_in_the_question_are_favoured_and_exclude_nothing(self, archive, year):
        days = self.days(f"{year}年星湖公园接待游客多少", archive)
        assert days[0] == dt.date(year, 3, 5)
        assert len(days) == 4
        assert None in days

    @pytest.mark.parametrize(
        ("asked", "days"),
        [
            ("2024年以来", {2024, 2025}),
            ("2024年之前", {2023}),
            ("2023年到2024年期间", {2023, 2024}),
            ("二〇二四年之后", {2025}),
        ],
    )
    def test_with_since_before_or_between_exclude(self, archive, asked, days):
        found = self.days(f"{asked}星湖公园接待游客多少", archive)
        assert {day and day.year for day in found} == days

    @pytest.mark.parametrize("year", [2023, 2024])
    def test_count_from_the_day_of_the_question(self, archive, year):
        with learned.using(SURE):
            found = answered("去年星湖公园接待游客多少", archive, today=dt.date(year + 1, 6, 1))
        assert found[0].citation.date == dt.date(year, 3, 5)

    def test_without_any_issue_get_no_answer(self, archive):
        outcome = ask("2019年之前星湖公园接待游客多少", archive)
        assert isinstance(outcome, NoAnswer)
        assert outcome.nearest == ()


class TestTraditionalText:
    @pytest.fixture(scope="class")
    @classmethod
    def archive(cls, tmp_path_factory: pytest.TempPathFactory) -> Archive:
        return newsprint.build(
            tmp_path_factory.mktemp("traditional"),
            [
                {
                    "title": "公園",
                    "paragraphs": ["星湖公園佔地九十畝,由縣裡出資興建,二〇二四年六月開放。", "門票免費。"],
                },
                {"title": "别的", "paragraphs": ["望城二桥昨日通车，大家都去看桥。"]},
            ],
        )

    @pytest.mark.parametrize("question", ["星湖公园什么时候开放", "星湖公園什麼時候開放"])
    def test_is_found_in_either_script_and_shown_as_printed(self, archive, question):
        assert answer.ranked(question, archive)[0].citation.title == "公園"
        assert "星湖公園" in shown(ask(question, archive))[0]

    def test_does_not_hide_simplified_text_from_a_traditional_question(self, archive):
        assert answer.ranked("望城二橋何時通車", archive)[0].citation.title == "别的"


WORDS = [
    "船山时间谷",
    "唐灵军",
    "嘉树镇",
    "企业",
    "多少",
    "什么时候",
    "在哪里",
    "公告",
    "2024年",
    "去年以来",
    "100",
    "？",
    "，",
    "電話",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("".join),
        st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=6).map(" ".join),
        st.text(st.characters(), max_size=60),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30),
    ),
    k=st.integers(1, 8),
)
def test_any_text_gets_an_outcome_that_keeps_its_promises(sample, question, k):
    ask(question, sample, k=k)
