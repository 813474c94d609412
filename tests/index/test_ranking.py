"""Candidates come in the order of what they hold of the question, weighed by what the whole archive holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Plus

from index import learned, ranking
from index.answer import Archive
from index.model import Candidate, Query
from index.question import Question, read_question
from index.ranking import FEATURES, Ranked
from index.tokens import Segmenter

from . import newsprint

MAY, JUNE = dt.date(2025, 5, 20), dt.date(2025, 6, 3)
ARTICLES = [
    {
        "id": "bridge",
        "title": "望城二桥通车",
        "date": "2025-05-20",
        "paragraphs": ["望城二桥昨日通车。", "大家都去看桥。"],
    },
    {"id": "park", "title": "公园开放", "date": "2025-06-03", "paragraphs": ["星湖公园开放，大家都去看花。"]},
    {"id": "market", "title": "集市", "paragraphs": ["大家都去赶集，有人从望城来。", "大家都去看戏。"]},
    {"id": "school", "title": "新学校", "date": "2025-06-03", "paragraphs": ["大家都去报名。"]},
]
PAGE = """望城新闻

## 大家都去看热闹

望城二桥边上的街市今天热闹起来,大家都去看热闹,买东西的人排起了长队。

公告栏

拍卖公告
望城二桥旁店铺租赁权竞价,定于2025年8月10日10:30开始。咨询电话:林先生15500000000。

2025年8月1日
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder: Path = tmp_path_factory.mktemp("ranking")
    (folder / "page").mkdir()
    (folder / "page" / "河口晚报-20250801-A02.txt").write_text(PAGE, "utf-8")
    built = newsprint.build(folder, ARTICLES)
    built.engine.close()
    return newsprint.opened([folder / "page"], folder / "index")


@pytest.fixture
def by_score() -> Iterator[None]:
    """The learned ranker replaced by the plain score: a step every half point."""
    steps = [{"score": (step / 2, np.inf)} for step in range(200)]
    with learned.using({"passages": newsprint.ensemble(FEATURES, *steps, worth=1)}):
        yield


def ask(text: str, archive: Archive) -> Question:
    return read_question(text, archive.segmenter)


def rank(text: str, archive: Archive) -> Ranked:
    question = ask(text, archive)
    terms = ranking.weigh(question, archive.engine)
    return ranking.rank(question, terms, ranking.find(question, archive.engine), archive.engine.stats.average_bigrams)


def found(text: str, archive: Archive, **changes) -> set[str]:
    candidates = ranking.find(ask(text, archive), archive.engine, **changes)
    return {candidate.passage.citation.title for candidate in candidates}


class Listening:
    """An engine that writes down what it is asked and finds nothing."""

    def search(self, query: Query, limit: int) -> list:
        self.asked = query
        return []


def test_a_word_of_two_characters_is_sought_by_its_bigram_and_weighs_as_a_word(archive):
    engine = Listening()
    assert ranking.find(ask("星湖公园的花", archive), engine) == []
    words, pairs = engine.asked.words, engine.asked.bigrams
    assert not any(len(word) == 2 for word in words)
    assert pairs["公园"] == ranking.BIGRAM_WEIGHT + 1
    assert pairs["湖公"] == ranking.BIGRAM_WEIGHT


def test_the_engine_leaves_out_poor_candidates_unless_all_are_wanted_or_the_best_may_be_taken_away(archive):
    engine = Listening()
    ranking.find(ask("星湖公园的花", archive), engine)
    assert engine.asked.least == ranking.LEAST
    ranking.find(ask("星湖公园的花", archive), engine, frozenset(["a1"]))
    assert engine.asked.least == 0
    ranking.find(ask("星湖公园的花", archive), engine, least=0.0)
    assert engine.asked.least == 0


def test_with_articles_left_out_candidates_are_measured_by_the_best_of_the_rest(archive):
    passage = archive.engine.article(archive.engine.issue(JUNE)[0].citation.article_id)[0]
    scores = [100.0, *(10.0 - step / 4 for step in range(39))]
    every = [Candidate(passage, score) for score in scores]
    assert len(ranking.worth_reading(every)) == 10
    assert [one.score for one in ranking.worth_reading(every[1:])] == [
        score for score in scores[1:] if score >= 10 * ranking.LEAST
    ]


class TestHowRareATermIs:
    def test_weighs_more_the_rarer_it_is_and_never_less_than_nothing(self):
        weights = ranking.idf([0, 1, 10, 99, 100], 100)
        assert (np.diff(weights) < 0).all()
        assert (weights >= 0).all()

    @pytest.mark.parametrize("total", [0, 1, 2])
    def test_is_known_in_the_smallest_archives(self, total):
        assert np.isfinite(ranking.idf([0, total], total)).all()

    def test_is_counted_over_the_whole_archive(self, archive):
        terms = ranking.weigh(ask("大家在望城二桥做什么", archive), archive.engine)
        idf = dict(zip(terms.bigrams, terms.bigram_idf, strict=True))
        assert idf["大家"] < idf["望城"] < idf["二桥"] or idf["大家"] < idf["望城"] == idf["二桥"]

    def test_is_nothing_of_no_terms(self, archive):
        terms = ranking.weigh(ask("？", archive), archive.engine)
        assert terms.words == terms.bigrams == ()
        assert len(terms.word_idf) == len(terms.bigram_idf) == 0


class TestCandidates:
    def test_are_passages_with_a_word_of_the_question(self, archive):
        assert {"望城二桥通车", "集市"} <= found("望城二桥", archive)
        assert "新学校" not in found("望城二桥", archive)

    def test_are_none_when_no_word_is_known(self, archive):
        assert found("鲲鹏", archive) == set()

    def test_are_no_notices_unless_these_are_asked_for(self, archive):
        assert "拍卖公告" not in found("望城二桥的店铺", archive)
        assert "拍卖公告" in found("望城二桥的店铺拍卖", archive)

    def test_leave_out_the_articles_named(self, archive):
        everything = ranking.find(ask("望城二桥", archive), archive.engine)
        gone = everything[0].passage.citation.article_id
        rest = ranking.find(ask("望城二桥", archive), archive.engine, frozenset([gone]))
        assert [c.passage for c in rest] == [c.passage for c in everything if c.passage.citation.article_id != gone]

    def test_are_only_of_the_days_given(self, archive):
        assert found("大家都去", archive, dates=(JUNE, JUNE)) == {"公园开放", "新学校"}


@pytest.mark.usefixtures("by_score")
class TestTheOrder:
    def test_puts_the_passage_with_most_of_the_question_first(self, archive):
        best = rank("望城二桥什么时候通车", archive)
        assert best.passages[0].text == "望城二桥昨日通车。"
        assert (np.diff(best.scores) <= 0).all()

    def test_lets_a_rare_word_outweigh_a_common_one(self, archive):
        assert rank("大家赶集", archive).passages[0].text.startswith("大家都去赶集")

    def test_is_the_same_for_a_traditional_question(self, archive):
        assert [p.text for p in rank("望城二橋何時通車", archive).passages] == [
            p.text for p in rank("望城二桥何时通车", archive).passages
        ]

    def test_loses_no_candidate(self, archive):
        question = ask("大家都去哪里", archive)
        candidates = ranking.find(question, archive.engine)
        best = rank("大家都去哪里", archive)
        assert sorted(p.text for p in best.passages) == sorted(c.passage.text for c in candidates)
        assert best.features.shape == (len(candidates), len(FEATURES))


class TestFeatures:
    def test_are_finite_numbers_of_each_candidate_in_the_order_named(self, archive):
        question = ask("大家去望城二桥看什么", archive)
        candidates = ranking.find(question, archive.engine)
        terms = ranking.weigh(question, archive.engine)
        rows = ranking.describe(question, terms, candidates, archive.engine.stats.average_bigrams)
        assert rows.shape == (len(candidates), len(FEATURES))
        assert np.isfinite(rows).all()
        column = dict(zip(FEATURES, rows.T, strict=True))
        assert column["length"].tolist() == [len(c.passage.text) for c in candidates]
        assert column["score_to_best"].max() == pytest.approx(1)
        for name in ("bigram_cover", "word_cover", "sentence_bigrams", "title_cover"):
            assert ((column[name] >= 0) & (column[name] <= 1.0001)).all()

    def test_hold_for_a_question_of_one_character(self, archive):
        question = ask("桥", archive)
        candidates = ranking.find(question, archive.engine)
        terms = ranking.weigh(question, archive.engine)
        if candidates:
            assert np.isfinite(ranking.describe(question, terms, candidates, 10)).all()

    @pytest.mark.parametrize(
        ("question", "answers", "does_not"),
        [
            ("瓷厂几个车间投产", "瓷厂3个车间投产。", "瓷厂的车间投产。3月有雨。"),
            ("瓷厂什么时候投产", "瓷厂今年投产。", "瓷厂昂然投产。今年有雨。"),
            ("瓷厂什么时候投产", "瓷厂5月投产。", "瓷厂5人投产。"),
            ("谁办了瓷厂", "王小明办了瓷厂。", "大家办了瓷厂。王小明走了。"),
            ("瓷厂迁到哪里", "瓷厂迁到衡阳。", "瓷厂迁到河边。衡阳有雨。"),
        ],
    )
    def test_know_the_sentences_with_a_word_of_the_sort_asked_for(self, jieba, question, answers, does_not):
        with_one, without = described(question, [answers, does_not], jieba, "answering_sentence")
        assert with_one > 0
        assert without < with_one

    def test_know_the_sentences_with_a_number_of_what_is_counted(self, jieba):
        texts = ["瓷厂有142家企业。", "瓷厂有142个人,每家企业都有。", "瓷厂有企业。另有9家。"]
        counted = described("瓷厂有多少家企业", texts, jieba, "measured_sentence")
        assert counted[0] > counted[2] >= counted[1] == 0

    def test_take_every_sentence_where_anything_may_answer(self, jieba):
        assert all(described("瓷厂做什么", ["瓷厂做碗。", "瓷厂做盘。"], jieba, "answering_sentence") > 0)


def described(text: str, texts: list[str], jieba: Segmenter, feature: str) -> np.ndarray:
    """One feature of passages, each an article of its own."""
    question = read_question(text, jieba)
    found = [Candidate(newsprint.passage(one, jieba, article=str(n)), 1.0) for n, one in enumerate(texts)]
    return ranking.describe(question, newsprint.terms(question), found, 10.0)[:, FEATURES.index(feature)]


def test_all_terms_scored_at_once_add_up_to_what_rank_bm25_gives_whole_documents():
    counts, lengths, weights = np.array([[2, 0, 1], [0, 0, 0], [1, 3, 0]]), np.array([9, 4, 12]), np.array([0.5, 2, 1])
    documents = [{f"t{term}": int(many) for term, many in enumerate(row) if many} for row in counts]
    whole = BM25Plus([["t0"], ["t1"], ["t2"]], k1=ranking.K1, b=ranking.B, delta=0)
    whole.doc_freqs, whole.doc_len, whole.avgdl = documents, lengths, 8.0
    whole.idf = {f"t{term}": weight for term, weight in enumerate(weights)}
    scores = ranking.ArchiveBM25(counts, lengths, 8.0).term_scores(weights)
    assert scores.shape == counts.shape
    assert np.allclose(scores.sum(axis=1), whole.get_scores(["t0", "t1", "t2"]))
