"""Scores an archive's answers to questions whose answers are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from index.answer import Archive, ask, ranked
from index.errors import NotInstalled
from index.model import Answer, NoAnswer, Passage, Snippet
from index.normalize import fold
from index.question import read_question
from index.testset import Place, TestQuestion, TestSet, read_from

DEPTH = 10
_PUNCTUATION = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""What CMRC 2018 leaves out before it compares; half-width commas, points and … are not among it."""
_UNIT = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,'][^\W\u4e00-\u9fa5]+)*|[^\w\s]")

Removal = Literal["", "article", "articles"]
"""What is left out when a question is asked again to be refused: its own article, or all of the test set's."""
Report = Callable[[int, int], None]
"""Told how many questions of how many are done."""


@dataclass(frozen=True, slots=True)
class Scores:
    """
    What a group of questions came to; shares are 0 to 1, None where there was nothing to measure.

    A refused question is a miss in every column but the abstention's.

    answerable    questions with an answer in the archive: the base of all columns but refused
    located       of these, questions whose right passage is known: the base of recall and mrr
    recall_N      share with a right passage among the first N; mrr: reciprocal rank among the first ten
    snippet_N     share with a gold answer inside one of the first N snippets
    exact, f1     CMRC 2018's, of the first snippet's answer
    kept          share answered
    unanswerable  questions to refuse, those asked again without their article among them; refused: share refused
    auroc         how well confidence tells answerable from unanswerable
    p50_ms        CPU time of ask(), median; p95_ms: the 95th percentile
    """

    answerable: int
    located: int
    recall_1: float | None
    recall_5: float | None
    recall_10: float | None
    mrr: float | None
    snippet_1: float | None
    snippet_3: float | None
    exact: float | None
    f1: float | None
    kept: float | None
    unanswerable: int
    refused: float | None
    auroc: float | None
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """
    One question as it was answered.

    removed  True when it was asked without its article, to be refused
    right    for each of the best passages whether it is a right one; None when the right ones are not known
    """

    question: TestQuestion
    kind: str
    outcome: Answer | NoAnswer
    removed: bool = False
    right: tuple[bool, ...] | None = None
    snippet_1: bool = False
    snippet_3: bool = False
    exact: bool = False
    f1: float = 0.0

    @property
    def answerable(self) -> bool:
        return bool(self.question.answers) and not self.removed

    @property
    def failed(self) -> bool:
        """The first snippet does not answer, its highlight misses the answer, or there was nothing to answer."""
        if self.answerable:
            return not self.snippet_1 or not self.f1
        return isinstance(self.outcome, Answer)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of all questions and of each kind of question, and the sittings they come from."""

    scores: Scores
    kinds: dict[str, Scores]
    sittings: list[Sitting] = field(repr=False)


def evaluate(
    testset: TestSet,
    archive: Archive,
    *,
    articles: Sequence[str] = (),
    without: Removal = "",
    report: Report = lambda done, of: None,
) -> Evaluation:
    """
    Ask every question and return what came of it.

    articles  ids under which the archive has the test set's articles, in their order; () when it does not have them
    without   asks each question that has an article a second time with this left out, to see whether it is refused

    Raises NotInstalled, and BadQuestionFile when answers are named by passages that the archive does not have.
    """
    testset = read_from(testset, archive.engine)
    sittings = []
    everything = frozenset(articles)
    if testset.questions:
        ask(testset.questions[0].text, archive)  # what is loaded once is no part of a question's time
    for number, question in enumerate(testset.questions):
        kind = read_question(question.text, archive.segmenter).kind
        sittings.append(_ask(question, kind, archive, articles))
        own = frozenset(articles[place.article] for place in question.places) if articles else frozenset()
        if without and own:
            left_out = own if without == "article" else everything
            sittings.append(Sitting(question, kind, ask(question.text, archive, without=left_out), removed=True))
        report(number + 1, len(testset.questions))
    kinds = sorted({sitting.kind for sitting in sittings})
    return Evaluation(
        score(sittings), {kind: score([one for one in sittings if one.kind == kind]) for kind in kinds}, sittings
    )


def score(sittings: Sequence[Sitting]) -> Scores:
    """Return the scores of some sittings. Raises NotInstalled."""
    answerable = [one for one in sittings if one.answerable]
    hopeless = [one for one in sittings if not one.answerable]
    located = [one for one in answerable if one.right is not None]
    milliseconds = [one.outcome.took_ms for one in sittings]
    recall_1, recall_5, recall_10, mrr = _retrieval([one.right or () for one in located])
    return Scores(
        answerable=len(answerable),
        located=len(located),
        recall_1=recall_1,
        recall_5=recall_5,
        recall_10=recall_10,
        mrr=mrr,
        snippet_1=_mean(one.snippet_1 for one in answerable),
        snippet_3=_mean(one.snippet_3 for one in answerable),
        exact=_mean(one.exact for one in answerable),
        f1=_mean(one.f1 for one in answerable),
        kept=_mean(isinstance(one.outcome, Answer) for one in answerable),
        unanswerable=len(hopeless),
        refused=_mean(isinstance(one.outcome, NoAnswer) for one in hopeless),
        auroc=auroc([one.outcome.confidence for one in answerable], [one.outcome.confidence for one in hopeless]),
        p50_ms=float(np.percentile(milliseconds, 50)) if milliseconds else 0.0,
        p95_ms=float(np.percentile(milliseconds, 95)) if milliseconds else 0.0,
    )


def auroc(above: Sequence[float], below: Sequence[float]) -> float | None:
    """Return how often one of `above` is greater than one of `below`, ties counted half; None when either is empty."""
    if not above or not below:
        return None
    lower = np.sort(np.asarray(below, float))
    wins = np.searchsorted(lower, above, "left") + np.searchsorted(lower, above, "right")
    return float(wins.mean() / (2 * len(lower)))


def exact_match(answer: str, golds: Sequence[str]) -> bool:
    """Tell whether the answer is a gold one but for punctuation (CMRC 2018), width, case and script."""
    return any(_bare(answer) == _bare(gold) for gold in golds)


def overlap(answer: str, golds: Sequence[str]) -> float:
    """
    Return CMRC 2018's F1, the best over the gold answers.

    Common is the longest run that answer and gold share; units are Chinese characters, Latin words and numbers.
    """
    return max((_f1(_units(answer), _units(gold)) for gold in golds), default=0.0)


def _ask(question: TestQuestion, kind: str, archive: Archive, articles: Sequence[str]) -> Sitting:
    outcome = ask(question.text, archive)
    if not question.answers:
        return Sitting(question, kind, outcome)
    known = bool(articles and question.places) or bool(question.evidence)
    if not isinstance(outcome, Answer):
        return Sitting(question, kind, outcome, right=() if known else None)
    best = ranked(question.text, archive, k=DEPTH) if known else []
    first = outcome.snippets[0].answer if outcome.snippets else ""
    return Sitting(
        question,
        kind,
        outcome,
        right=tuple(_is_right(passage, question, articles) for passage in best) if known else None,
        snippet_1=_answers(outcome.snippets[:1], question.answers),
        snippet_3=_answers(outcome.snippets[:3], question.answers),
        exact=exact_match(first, question.answers),
        f1=overlap(first, question.answers),
    )


def _is_right(passage: Passage, question: TestQuestion, articles: Sequence[str]) -> bool:
    """Tell whether a passage holds a gold answer where it stands, or else some of the evidence for it."""
    if question.places and articles:
        return any(_holds(passage, place, articles[place.article]) for place in question.places)
    text = fold(passage.text)
    return any(fold(evidence) in text for evidence in question.evidence)


def _holds(passage: Passage, place: Place, article_id: str) -> bool:
    if (passage.citation.article_id, passage.citation.paragraph) != (article_id, place.paragraph + 1):
        return False
    at = place.context.find(passage.text)
    return 0 <= at <= place.start and place.end <= at + len(passage.text)


def _answers(snippets: Iterable[Snippet], golds: Sequence[str]) -> bool:
    texts = [fold(snippet.text) for snippet in snippets]
    return any(fold(gold) in text for gold in golds for text in texts)


def _retrieval(right: Sequence[Sequence[bool]]) -> tuple[float | None, ...]:
    """Return recall at 1, 5 and 10 and the mean reciprocal rank of runs of passages, each told whether it is right."""
    if not right:
        return None, None, None, None
    try:
        import ir_measures
        from ir_measures import RR, Success
    except ImportError as error:
        raise NotInstalled("评测排序要用 ir-measures，而这里没有安装；请 pip install 'wenbao[eval]'") from error
    runs = [
        ir_measures.ScoredDoc(str(number), str(place), float(-place))
        for number, run in enumerate(right)
        for place in range(len(run))
    ]
    relevant = [
        ir_measures.Qrel(str(number), name, 1)
        for number, run in enumerate(right)
        for name in ([str(place) for place, hit in enumerate(run) if hit] or ["none of these"])
    ]
    measures = (Success @ 1, Success @ 5, Success @ 10, RR @ DEPTH)
    measured = ir_measures.calc_aggregate(measures, relevant, runs) if runs else {}
    return tuple(float(measured.get(measure, 0.0)) for measure in measures)


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _bare(text: str) -> str:
    return fold(text.translate(_PUNCTUATION).strip())


def _units(text: str) -> list[str]:
    return _UNIT.findall(_bare(text))


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    longest = 0
    before = [0] * (len(gold) + 1)
    for unit in answer:
        row = [0] * (len(gold) + 1)
        for at, other in enumerate(gold, 1):
            if unit == other:
                row[at] = before[at - 1] + 1
                longest = max(longest, row[at])
        before = row
    return 2 * longest / (len(answer) + len(gold)) if longest else 0.0
