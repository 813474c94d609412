"""The whole way from a question to an answer, or to an honest none."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index import confidence, contacts, dated, extraction, introduction, ranking, snippets
from index.dates import question_dates
from index.model import Answer, Candidate, Engine, NoAnswer, Passage
from index.names import NameIndex, correct, held_by
from index.question import Question, read_question
from index.ranking import Ranked, Terms
from index.tokens import Segmenter, bigrams

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Archive:
    """An open index and the segmenter it was built with."""

    engine: Engine
    segmenter: Segmenter


@dataclass(frozen=True, slots=True)
class _Search:
    """What a question led to; `ranked` is None when nothing in the archive has any of its words."""

    question: Question
    terms: Terms
    ranked: Ranked | None
    understood: str


def ask(
    question: str,
    archive: Archive,
    *,
    k: int = 5,
    today: dt.date | None = None,
    without: frozenset[str] = frozenset(),
) -> Answer | NoAnswer:
    """
    Answer `question` with at most `k` snippets, best first.

    today    what 去年 and 昨天 in the question count from; None for the machine's own date
    without  ids of articles to leave out, to measure refusal
    """
    began = time.thread_time()

    def took() -> float:
        return (time.thread_time() - began) * 1000

    search = _search(question, archive, today, without)
    asked, terms, ranked = search.question, search.terms, search.ranked
    if ranked is None:
        return NoAnswer(question, (), 0.0, took(), search.understood)
    if introduced := introduction.of(asked, terms, ranked, k):
        return Answer(question, tuple(introduced), introduction.CONFIDENCE, took(), search.understood)
    if numbers := contacts.of(asked, ranked, k):
        return Answer(question, tuple(numbers), contacts.CONFIDENCE, took(), search.understood)
    reading = extraction.read_closely(asked, terms, ranked)
    sure = confidence.of(asked, terms, ranked, reading)
    if sure >= confidence.CLAIM and (found := snippets.cut(reading, asked, k)):
        return Answer(question, tuple(found), sure, took(), search.understood)
    related = ranked.passages[:NEAREST] if sure >= confidence.RELATED else []
    nearest = snippets.whole_passages(related, terms, NEAREST)
    return NoAnswer(question, tuple(nearest), min(sure, confidence.CLAIM), took(), search.understood)


def ranked(question: str, archive: Archive, *, k: int = 10, without: frozenset[str] = frozenset()) -> list[Passage]:
    """Return the `k` best passages, best first; [] when nothing matches."""
    found = _search(question, archive, None, without).ranked
    return found.passages[:k] if found else []


def _search(text: str, archive: Archive, today: dt.date | None, without: frozenset[str]) -> _Search:
    engine = archive.engine
    asked = read_question(text, archive.segmenter)
    longer, _ = ranking.indexed_terms(asked)
    pairs = bigrams(asked.folded)
    # The words are counted along for the search, which then finds them remembered: one request to a cluster serves.
    _, holders = engine.document_frequencies(longer, pairs)
    known = held_by(engine, dict(zip(pairs, holders, strict=True)))
    misspelt = correct(asked.folded, asked.tokens, _names(engine.meta.lexicon), known)
    if misspelt:
        asked = read_question(
            asked.folded[: misspelt.start] + misspelt.name + asked.folded[misspelt.end :], archive.segmenter
        )
    understood = misspelt.name if misspelt else ""
    dates = question_dates(asked.folded, today or dt.date.today())  # noqa: DTZ011 - the machine's own day is meant
    only = dates.ranges[0] if dates and dates.strict else None
    candidates = ranking.find(asked, engine, without, only)
    if dates and (sought := dated.find(dates, candidates, archive.segmenter, engine, without)):
        terms, found = _ranked(sought.question, sought.candidates, engine)
        found, fit = dated.favour(found, dates.ranges, dated.AGAINST)
        if fit[0]:
            return _Search(sought.question, terms, found, understood)
    if not candidates:
        return _Search(asked, ranking.weigh(asked, engine), None, understood)
    terms, found = _ranked(asked, candidates, engine)
    if dates:
        found, _ = dated.favour(found, dates.ranges)
    return _Search(asked, terms, found, understood)


def _ranked(question: Question, candidates: Sequence[Candidate], engine: Engine) -> tuple[Terms, Ranked]:
    terms = ranking.weigh(question, engine)
    return terms, ranking.rank(question, terms, candidates, engine.stats.average_bigrams)


@lru_cache(2)
def _names(lexicon: tuple[str, ...]) -> NameIndex:
    return NameIndex(lexicon)
