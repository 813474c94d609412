"""The whole way from a question to an answer, or to an honest none."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from index import confidence, ranking, snippets
from index.model import Answer, Engine, NoAnswer, Passage
from index.question import read_question
from index.tokens import Segmenter

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Archive:
    """An open index and the segmenter it was built with."""

    engine: Engine
    segmenter: Segmenter


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

    today    what 去年 and 昨天 in the question count from
    without  ids of articles to leave out, to measure refusal
    """
    began = time.thread_time()
    asked = read_question(question, archive.segmenter)
    candidates = ranking.find(asked, archive.engine, without)

    def took() -> float:
        return (time.thread_time() - began) * 1000

    if not candidates:
        return NoAnswer(question, (), 0.0, took())
    terms = ranking.weigh(asked, archive.engine)
    ranked = ranking.rank(asked, terms, candidates, archive.engine.stats.average_words)
    reading = snippets.read_closely(asked, terms, ranked)
    sure = confidence.of(asked, terms, ranked, reading)
    if sure >= confidence.CLAIM and (found := snippets.cut(reading, asked, k)):
        return Answer(question, tuple(found), sure, took())
    related = ranked.passages[:NEAREST] if sure >= confidence.RELATED else []
    return NoAnswer(question, tuple(snippets.whole_passages(related, terms, NEAREST)), sure, took())


def ranked(
    question: str, archive: Archive, *, k: int = 10, without: frozenset[str] = frozenset()
) -> list[Passage]:
    """Return the `k` best passages, best first; [] when nothing matches."""
    asked = read_question(question, archive.segmenter)
    candidates = ranking.find(asked, archive.engine, without)
    if not candidates:
        return []
    terms = ranking.weigh(asked, archive.engine)
    return ranking.rank(asked, terms, candidates, archive.engine.stats.average_words).passages[:k]
