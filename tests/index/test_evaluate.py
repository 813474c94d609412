"""The scores say what was asked of them, by the published definitions."""

from __future__ import annotations

import pytest

from index import reindex
from index.answer import Archive
from index.engines import open_engine
from index.evaluate import Sitting, auroc, evaluate, exact_match, overlap, score
from index.ids import article_id
from index.model import Answer, Citation, NoAnswer, Snippet
from index.testset import Place, TestQuestion, TestSet
from index.tokens import open_segmenter

CITATION = Citation("a.1", "a", "s", 1)


def answered(text: str = "全长1268米", confidence: float = 0.9, took: float = 1.0) -> Answer:
    return Answer("?", (Snippet(text, 0, len(text), CITATION),), confidence, took)


def refused(confidence: float = 0.1, took: float = 1.0) -> NoAnswer:
    return NoAnswer("?", (), confidence, took)


def sitting(outcome=None, *, answers=("1268米",), kind="number", **told) -> Sitting:
    return Sitting(TestQuestion("桥多长", answers), kind, outcome or answered(), **told)


class TestTheSpanMetrics:
    @pytest.mark.parametrize(
        ("answer", "gold", "same"),
        [
            ("1268米", "1268米", True),
            ("“芙蓉”牌、“南岳”牌", "芙蓉牌南岳牌", True),
            ("１２６８米", "1268米", True),
            ("ABC", "abc", True),
            ("臺灣", "台湾", True),
            ("1268米长", "1268米", False),
            ("", "1268米", False),
        ],
    )
    def test_exact_match_overlooks_punctuation_width_case_and_script_alone(self, answer, gold, same):
        assert exact_match(answer, [gold]) is same

    @pytest.mark.parametrize(
        ("answer", "gold", "f1"),
        [
            ("光荣", "光荣", 1.0),
            ("光荣和", "光荣", 0.8),
            ("甲乙丙丁", "甲乙戊丁", 0.5),  # the longest common run is 甲乙, not the subsequence 甲乙丁
            ("1268米", "1268米长", 0.8),
            ("3.5%", "3.5", 2 / 3),
            ("天", "地", 0.0),
            ("", "地", 0.0),
        ],
    )
    def test_overlap_is_the_f1_of_the_longest_common_run_of_characters_and_words(self, answer, gold, f1):
        assert overlap(answer, [gold]) == pytest.approx(f1)

    def test_the_best_gold_answer_counts(self):
        assert overlap("光荣", ["别的", "光荣"]) == 1.0
        assert exact_match("光荣", ["别的", "光荣"])


class TestTheAbstention:
    def test_auroc_is_the_share_of_pairs_in_the_right_order_with_ties_counted_half(self):
        assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
        assert auroc([0.1], [0.9]) == 0.0
        assert auroc([0.5, 0.9], [0.5, 0.1]) == pytest.approx(3.5 / 4)

    def test_auroc_needs_both_sides(self):
        assert auroc([], [0.1]) is None
        assert auroc([0.1], []) is None

    def test_questions_without_an_answer_and_those_asked_without_their_article_are_to_be_refused(self):
        scores = score(
            [
                sitting(answered(confidence=0.9)),
                sitting(refused(confidence=0.4)),
                sitting(refused(confidence=0.1), answers=()),
                sitting(answered(confidence=0.6), removed=True),
            ]
        )
        assert (scores.answerable, scores.unanswerable) == (2, 2)
        assert scores.kept == 0.5
        assert scores.refused == 0.5
        assert scores.auroc == pytest.approx(3 / 4)


class TestTheScores:
    def test_recall_and_reciprocal_rank_count_the_first_right_passage(self):
        scores = score([sitting(right=(True, False)), sitting(right=(False, False, True)), sitting(right=(False,))])
        assert scores.located == 3
        assert scores.recall_1 == pytest.approx(1 / 3)
        assert scores.recall_5 == scores.recall_10 == pytest.approx(2 / 3)
        assert scores.mrr == pytest.approx((1 + 1 / 3) / 3)

    def test_a_right_passage_at_the_eleventh_place_is_no_recall_at_ten(self):
        scores = score([sitting(right=(False,) * 5 + (True,))])
        assert (scores.recall_5, scores.recall_10) == (0.0, 1.0)

    def test_questions_whose_right_passage_is_not_known_are_no_part_of_recall(self):
        scores = score([sitting(right=(True,)), sitting()])
        assert (scores.answerable, scores.located, scores.recall_1) == (2, 1, 1.0)

    def test_a_refused_question_is_a_miss_in_every_other_column(self):
        scores = score([sitting(refused(), right=())])
        columns = (scores.recall_10, scores.mrr, scores.snippet_1, scores.snippet_3, scores.exact, scores.f1)
        assert columns == (0.0,) * 6

    def test_nothing_to_measure_is_none_not_zero(self):
        scores = score([sitting(refused(), answers=())])
        assert (scores.recall_1, scores.snippet_1, scores.f1, scores.kept, scores.auroc) == (None,) * 5

    def test_milliseconds_are_the_median_and_the_95th_percentile(self):
        scores = score([sitting(answered(took=float(number))) for number in range(101)])
        assert (scores.p50_ms, scores.p95_ms) == (50.0, 95.0)

    @pytest.mark.parametrize(
        ("one", "failed"),
        [
            (sitting(snippet_1=True, f1=0.5), False),
            (sitting(snippet_1=True, f1=0.0), True),
            (sitting(snippet_1=False, f1=0.5), True),
            (sitting(refused()), True),
            (sitting(refused(), answers=()), False),
            (sitting(answered(), answers=()), True),
            (sitting(answered(), snippet_1=True, f1=1.0, removed=True), True),
        ],
    )
    def test_a_failure_is_a_missed_answer_a_wrong_highlight_or_a_claim_without_ground(self, one, failed):
        assert one.failed is failed


BRIDGE = "东洲大桥全长1268米，设双向六车道。大桥由江城路桥公司承建，工期28个月。"
PARK = "星湖公园今年开放，园内有荷花池三处。游客中心提供雨伞和轮椅，周末还有讲解员。"


def question(text: str, gold: str, article: int, context: str) -> TestQuestion:
    start = context.index(gold)
    return TestQuestion(text, (gold,), (Place(article, 0, context, start, start + len(gold)),))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    lines = [f'{{"id": "{name}", "paragraphs": ["{text}"]}}' for name, text in (("bridge", BRIDGE), ("park", PARK))]
    (folder / "pages.jsonl").write_text("\n".join(lines), "utf-8")
    reindex.run([folder / "pages.jsonl"], folder / "index")
    engine = open_engine(folder / "index")
    yield Archive(engine, open_segmenter(engine.meta))
    engine.close()


@pytest.fixture(scope="module")
def articles():
    return [article_id("", 0, native=name) for name in ("bridge", "park")]


class TestAnArchive:
    TESTSET = TestSet(
        "set",
        (
            question("东洲大桥全长多少米？", "1268米", 0, BRIDGE),
            question("东洲大桥由哪家公司承建？", "江城路桥公司", 0, BRIDGE),
            question("星湖公园有几处荷花池？", "三处", 1, PARK),
        ),
    )

    def test_the_right_passage_is_known_by_its_article_and_the_answers_offset(self, archive, articles):
        found = evaluate(self.TESTSET, archive, articles=articles)
        assert found.scores.located == found.scores.answerable == 3
        kept = [one for one in found.sittings if isinstance(one.outcome, Answer)]
        assert all(one.right is not None and one.right[0] for one in kept)
        strangers = evaluate(self.TESTSET, archive, articles=articles[::-1])
        assert not any(one.right and any(one.right) for one in strangers.sittings)

    def test_the_right_passage_of_a_question_with_evidence_holds_it(self, archive):
        asked = TestQuestion("东洲大桥全长多少米？", ("1268米",), evidence=("東洲大橋全長1268米",))
        found = evaluate(TestSet("set", (asked,)), archive)
        assert found.scores.located == 1
        assert found.scores.recall_1 == found.scores.kept

    def test_without_its_article_a_question_is_asked_a_second_time(self, archive, articles):
        found = evaluate(self.TESTSET, archive, articles=articles, without="article")
        assert (found.scores.answerable, found.scores.unanswerable) == (3, 3)
        for one in found.sittings:
            shown = one.outcome.snippets if isinstance(one.outcome, Answer) else one.outcome.nearest
            own = articles[one.question.places[0].article]
            assert not (one.removed and any(snippet.citation.article_id == own for snippet in shown))

    def test_without_all_articles_nothing_is_left_of_an_archive_that_holds_no_others(self, archive, articles):
        found = evaluate(self.TESTSET, archive, articles=articles, without="articles")
        assert found.scores.refused == 1.0

    def test_each_kind_of_question_has_scores_of_its_own(self, archive, articles):
        found = evaluate(self.TESTSET, archive, articles=articles)
        assert set(found.kinds) == {one.kind for one in found.sittings}
        assert sum(scores.answerable for scores in found.kinds.values()) == 3

    def test_progress_is_told_question_by_question(self, archive):
        told = []
        evaluate(self.TESTSET, archive, report=lambda done, of: told.append((done, of)))
        assert told == [(1, 3), (2, 3), (3, 3)]
