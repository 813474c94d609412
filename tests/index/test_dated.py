"""Questions about days are answered from what appeared on them, or tells of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import answer, dated, ranking
from index.answer import Archive
from index.dates import question_dates
from index.model import Passage
from index.question import read_question
from index.ranking import Ranked

from . import newsprint

TODAY = dt.date(2026, 11, 26)
SPRING = (dt.date(2023, 1, 1), dt.date(2023, 3, 31))


def on(issue: dt.date | None, text: str, jieba) -> Passage:
    some = newsprint.passage(text, jieba, article=text)
    return some._replace(citation=some.citation._replace(date=issue))


@pytest.mark.parametrize(
    ("issue", "text", "how_well"),
    [
        (dt.date(2023, 4, 9), "一季度投资1135亿元。", 1.0),
        (dt.date(2025, 4, 9), "一季度投资1312亿元。", 0.0),
        (dt.date(2025, 4, 9), "2023年一季度投资1135亿元。", 1.0),
        (dt.date(2023, 2, 1), "投资增长。", 1.0),
        (dt.date(2023, 2, 1), "2022年投资增长。", dated.ELSEWHEN),
        (dt.date(2023, 2, 1), "2022年12月3日停工。", 1.0),
        (dt.date(2023, 4, 9), "投资增长。", 0.0),
        (None, "投资增长。", 0.0),
        (None, "2023年2月投资增长。", 1.0),
    ],
)
def test_a_passage_fits_days_it_appeared_on_or_names(jieba, issue, text, how_well):
    assert dated.fit(on(issue, text, jieba), [SPRING]) == how_well


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One report a year in other words, and a look back at the first of them."""
    folder: Path = tmp_path_factory.mktemp("dated")
    reports = {
        "2022-03-05": ["今年，星湖公园接待游客16万人次。"],
        "2023-03-05": ["今年，星湖公园接待游客17万人次。"],
        "2024-03-05": ["星湖公园接待游客18万人次，公园接待游客的能力提高。"],
        "2025-03-05": ["公园史馆开放。展板上说，2022年星湖公园接待游客16万人次。"],
    }
    return newsprint.build(
        folder, [{"title": f"报道{day}", "paragraphs": told, "date": day} for day, told in reports.items()]
    )


@pytest.mark.parametrize(("year", "first"), [(2022, {2022, 2025}), (2023, {2023}), (2024, {2024})])
def test_the_issue_stands_for_the_year_that_an_article_does_not_name(archive, year, first):
    found = answer.ranked(f"{year}年星湖公园接待游客多少", archive)
    assert found[0].citation.date.year in first
    assert len(found) == 4


def test_its_words_are_not_missed_in_the_articles_of_those_days(archive):
    question = read_question("2023年星湖公园接待游客多少", archive.segmenter)
    sought = dated.find(question_dates(question.folded, TODAY), [], archive.segmenter, archive.engine)
    assert sought.question.folded == "星湖公园接待游客多少"
    assert not any("2023" in word for word in sought.question.words)


@pytest.mark.parametrize("asked", ["1998年星湖公园接待游客多少", "2023年"])
def test_nothing_is_found_of_days_without_an_article_or_of_dates_alone(archive, asked):
    question = read_question(asked, archive.segmenter)
    dates = question_dates(question.folded, TODAY)
    assert dated.find(dates, [], archive.segmenter, archive.engine) is None


def test_what_is_of_other_days_comes_along_once(archive):
    question = read_question("2023年星湖公园接待游客多少", archive.segmenter)
    others = ranking.find(question, archive.engine)
    sought = dated.find(question_dates(question.folded, TODAY), others, archive.segmenter, archive.engine)
    names = [found.passage.citation.passage_id for found in sought.candidates]
    assert len(names) == len(set(names)) == 4


def test_strict_days_bring_nothing_else(archive):
    question = read_question("2024年以来星湖公园接待游客多少", archive.segmenter)
    sought = dated.find(question_dates(question.folded, TODAY), [], archive.segmenter, archive.engine)
    assert {found.passage.citation.date.year for found in sought.candidates} == {2024, 2025}
    assert sought.question.folded == "星湖公园接待游客多少"


class TestFavouredDays:
    @pytest.fixture
    def level(self, jieba) -> Ranked:
        days = [dt.date(2025, 5, 20), dt.date(2023, 2, 1), None, dt.date(2023, 3, 3)]
        return newsprint.ranked([on(day, f"投资增长{number}。", jieba) for number, day in enumerate(days)])

    def test_move_their_passages_up_and_lose_no_other(self, level):
        level = replace(level, scores=np.zeros(4))
        favoured, fits = dated.favour(level, [SPRING])
        assert [passage.text[4] for passage in favoured.passages] == ["1", "3", "0", "2"]
        assert fits.tolist() == [1, 1, 0, 0]
        assert favoured.scores.tolist() == [dated.FAVOUR, dated.FAVOUR, 0, 0]

    def test_do_not_bring_up_what_is_far_behind(self, level):
        apart = replace(level, scores=-100.0 * np.arange(4))
        assert dated.favour(apart, [SPRING], dated.AGAINST)[0].passages == level.passages

    def test_set_the_others_back_where_the_question_goes_without_its_dates(self, level):
        favoured, _ = dated.favour(replace(level, scores=np.zeros(4)), [SPRING], 4.0)
        assert favoured.scores.tolist() == [dated.FAVOUR, dated.FAVOUR, -4, -4]

    def test_without_any_passage_of_theirs_change_nothing(self, level):
        favoured, fits = dated.favour(level, [(dt.date(1998, 1, 1), dt.date(1998, 12, 31))], 4.0)
        assert favoured.scores.tolist() == level.scores.tolist()
        assert not fits.any()

    def test_keep_the_features_with_their_passages(self, level):
        marked = replace(level, scores=np.zeros(4), features=np.arange(4.0, dtype=np.float32)[:, None])
        assert dated.favour(marked, [SPRING])[0].features[:, 0].tolist() == [1, 3, 0, 2]
