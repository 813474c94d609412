"""What every engine does alike, so that one archive answers the same from each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple, Protocol

from index.model import IndexedPassage, Passage, SourceRecord, Stats

UNDATED = 5_000
"""Passages without a date that a list of them is made from."""
DAYS = 65_000
"""Days that can have issues, the most buckets a search can count in: 177 years."""
_FREQUENT, _FREQUENT_PAIR, _FEW = 0.1, 0.03, 2_000
"""
A word in over a tenth of all passages, a mere pair of characters in over 3 % of them, and either in over 2,000, is very
frequent. A pair that is a word of the question weighs as one.

Among 108,000 passages with 40 candidates, the right one is found as often as with .1 for both (CMRC2018-dev 98.0 %,
DRCD-dev 98.8 %, every third question); with .03 for all pairs 97.8 and 98.5 % (2026-11-25).
"""
POSTINGS, LEAST_TERMS = 60_000, 6
"""
What a search reads of the other terms: their lists together, unless those of six terms are longer. It bounds
a search's time whatever the archive's size. Among a million passages the right one is found as often as without it,
95.25 % of every third question of CMRC2018-dev, 95.15 with 40,000. There tantivy takes .75 instead of 1.4 ms at the
median, 1.0 instead of 4 at the 95th percentile (by itself, 2026-11-26).
"""


class Term(NamedTuple):
    """A term of a query in one field, with the number of passages that hold it."""

    field: str
    text: str
    weight: float
    holders: int


def rare(terms: Sequence[Term], passages: int) -> list[Term]:
    """
    Return the terms of a query that a search among so many passages reads first.

    None is very frequent. They are the rarest for their weight, and hold POSTINGS together or are LEAST_TERMS.
    """
    uncommon = [
        term
        for term in terms
        if term.holders <= max(_FEW, passages * (_FREQUENT_PAIR if _mere_pair(term) else _FREQUENT))
    ]
    uncommon.sort(key=lambda term: term.holders / term.weight)
    postings = accumulate(term.holders for term in uncommon)
    enough = sum(read <= POSTINGS for read in postings)
    return uncommon[: max(enough, LEAST_TERMS)]


def _mere_pair(term: Term) -> bool:
    return term.field.endswith("bigrams") and term.weight < 1


def printed_order(passage: Passage) -> tuple[str, str, str]:
    cited = passage.citation
    return cited.paper, cited.page, cited.source


@dataclass(slots=True)
class Added:
    """
    What was added since the last keep or drop.

    revision     marks it in the index
    first, last  earliest and latest day, "" when none is dated
    """

    revision: str
    passages: int = 0
    words: int = 0
    bigrams: int = 0
    first: str = ""
    last: str = ""

    def count(self, indexed: IndexedPassage) -> None:
        self.passages += 1
        self.words += len(indexed.words)
        self.bigrams += len(indexed.bigrams)
        date = indexed.passage.citation.date
        if date is not None:
            day = date.isoformat()
            self.first = min(self.first or day, day)
            self.last = max(self.last, day)


class Held(Protocol):
    """What a source adds to the statistics."""

    @property
    def record(self) -> SourceRecord: ...
    @property
    def words(self) -> int: ...
    @property
    def bigrams(self) -> int: ...
    @property
    def first(self) -> str: ...
    @property
    def last(self) -> str: ...


def statistics(holdings: Collection[Held]) -> Stats:
    """Return the sums over all sources, as of now."""
    passages = sum(held.record.passages for held in holdings)
    days = [day for held in holdings for day in (held.first, held.last) if day]
    return Stats(
        articles=sum(held.record.articles for held in holdings),
        passages=passages,
        average_words=sum(held.words for held in holdings) / max(passages, 1),
        average_bigrams=sum(held.bigrams for held in holdings) / max(passages, 1),
        first=dt.date.fromisoformat(min(days)) if days else None,
        last=dt.date.fromisoformat(max(days)) if days else None,
        committed_at=dt.datetime.now(dt.UTC),
    )
