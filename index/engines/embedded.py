"""The embedded engine: a tantivy index in one directory, nothing to start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import tantivy

from index.engines import storage
from index.engines.storage import FIELDS, Holding, State
from index.errors import CorruptIndex
from index.model import Candidate, IndexMeta, Passage, Query, SourceRecord, Stats

_SCHEMA = storage.schema()
_LAST_DAY = 99991231
_UNDATED = 5_000
"""Passages without a date that a list of them is made from."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One committed state; threads that began with it finish with it."""

    generation: Path
    index: tantivy.Index
    searcher: tantivy.Searcher
    state: State


class EmbeddedEngine:
    """The committed state of a directory."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._opened = open_current(location)

    @property
    def meta(self) -> IndexMeta:
        return self._opened.state.meta

    @property
    def stats(self) -> Stats:
        return self._opened.state.stats

    @property
    def generation(self) -> str:
        return self._opened.state.generation

    def search(self, query: Query, limit: int) -> list[Candidate]:
        asked = self._query(query)
        if asked is None or limit < 1:
            return []
        searcher = self._opened.searcher
        with storage.reading(self._location):
            found = searcher.search(asked, limit, count=False).hits
            return [Candidate(storage.read_passage(_stored(searcher, at)), score) for score, at in found]

    def document_frequencies(self, words: Sequence[str], bigrams: Sequence[str]) -> tuple[list[int], list[int]]:
        """Deleted passages count until tantivy merges their segment away."""
        opened = self._opened
        most = opened.state.stats.passages
        count = opened.searcher.doc_freq
        with storage.reading(self._location):
            return (
                [min(most, count("words", word) + count("notice_words", word)) for word in words],
                [min(most, count("bigrams", pair) + count("notice_bigrams", pair)) for pair in bigrams],
            )

    def passage(self, passage_id: str) -> Passage | None:
        return next(self._passages("id", passage_id), None)

    def article(self, article_id: str) -> list[Passage]:
        found = list(self._passages("article", article_id))
        one = [passage for passage in found if passage.citation.source == found[0].citation.source]
        return sorted(one, key=lambda passage: (passage.citation.paragraph, passage.part))

    def manifest(self) -> dict[str, SourceRecord]:
        with storage.reading(self._location):
            return {source: holding.record for source, holding in holdings(self._opened.searcher).items()}

    def passages(self, source: str) -> Iterator[Passage]:
        with storage.reading(self._location):
            row = next(_rows(self._opened.searcher, "source", source), None)
        if row is not None:
            yield from self._passages("revision", storage.read_holding(row).revision)

    def issue(self, date: dt.date | None) -> list[Passage]:
        """Of the undated, only as many as make a list somebody reads."""
        firsts: dict[str, Passage] = {}
        with storage.reading(self._location):
            searcher, asked = self._opened.searcher, _of_day(date)
            limit = min(_count(searcher, asked), _UNDATED if date is None else _LAST_DAY)
            for _, at in searcher.search(asked, max(limit, 1), count=False).hits:
                passage = storage.read_passage(_stored(searcher, at))
                first = firsts.setdefault(passage.citation.article_id, passage)
                if _place(passage) < _place(first):
                    firsts[passage.citation.article_id] = passage
        return sorted(firsts.values(), key=_printed_order)

    def issue_dates(self) -> list[dt.date]:
        with storage.reading(self._location):
            searcher = self._opened.searcher
            dated = tantivy.Query.range_query(_SCHEMA, "day", tantivy.FieldType.Unsigned, 1, _LAST_DAY)
            limit = max(_count(searcher, dated), 1)
            hits = searcher.search(dated, limit, count=False, order_by_field="day").hits
        days = sorted({day for day, _ in hits})
        return [dt.date(day // 10000, day // 100 % 100, day % 100) for day in days]

    def reload(self) -> None:
        opened = self._opened
        if storage.current(self._location) == opened.generation:
            try:
                with storage.reading(self._location):
                    opened.index.reload()
                    searcher = opened.index.searcher()
                    self._opened = replace(opened, searcher=searcher, state=_state(searcher))
                return
            except CorruptIndex:
                if storage.current(self._location) == opened.generation:
                    raise
        self._opened = open_current(self._location)

    def close(self) -> None:
        """Nothing to give back: tantivy unmaps its files when the last search is done with them."""

    def _passages(self, field: str, value: str) -> Iterator[Passage]:
        with storage.reading(self._location):
            for stored in _rows(self._opened.searcher, field, value):
                yield storage.read_passage(stored)

    def _query(self, query: Query) -> tantivy.Query | None:
        """Return what tantivy is asked; None when nothing can match."""
        kinds = set(query.kinds)
        terms = [
            tantivy.Query.boost_query(tantivy.Query.term_query(_SCHEMA, field, term, "freq"), weight)
            for words, bigrams in sorted({FIELDS[kind] for kind in kinds})
            for field, weighted in ((words, query.words), (bigrams, query.bigrams))
            for term, weight in weighted.items()
        ]
        if not terms:
            return None
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        filters = []
        if len(kinds & {"news", "excerpt"}) == 1:
            filters.append(tantivy.Query.term_set_query(_SCHEMA, "row", sorted(kinds)))
        if query.dates is not None:
            first, last = map(storage.day, query.dates)
            filters.append(tantivy.Query.range_query(_SCHEMA, "day", tantivy.FieldType.Unsigned, first, last))
        if not filters:
            return asked
        silent = [(tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0)) for one in filters]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, asked), *silent])


def _of_day(date: dt.date | None) -> tantivy.Query:
    """Ask for the passages of one day, or for those without a day."""
    first, last = (1, _LAST_DAY) if date is None else (storage.day(date), storage.day(date))
    dated = tantivy.Query.range_query(_SCHEMA, "day", tantivy.FieldType.Unsigned, first, last)
    if date is not None:
        return tantivy.Query.const_score_query(dated, 0.0)
    any_kind = tantivy.Query.term_set_query(_SCHEMA, "row", list(FIELDS))
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, any_kind), (tantivy.Occur.MustNot, dated)])


def _count(searcher: tantivy.Searcher, asked: tantivy.Query) -> int:
    counted: Any = searcher.search(asked, 1, count=True)
    return cast(int, counted.count)


def _place(passage: Passage) -> tuple[int, int]:
    return passage.citation.paragraph, passage.part


def _printed_order(passage: Passage) -> tuple[str, str, str]:
    """Articles of one source stay in the order they were added in."""
    cited = passage.citation
    return cited.paper, cited.page, cited.source


def open_current(location: Path) -> Opened:
    """Return the newest committed state. Tries again when a full rebuild has just swapped the generation away."""
    for attempt in (1, 2, 3):
        generation = storage.current(location)
        try:
            with storage.reading(location):
                index = tantivy.Index.open(str(generation))
                index.config_reader("manual")
                index.reload()
                searcher = index.searcher()
                return Opened(generation, index, searcher, _state(searcher))
        except CorruptIndex:
            if attempt == 3 or storage.current(location) == generation:
                raise
    raise AssertionError


def _state(searcher: tantivy.Searcher) -> State:
    row = next(_rows(searcher, "row", "state"), None)
    if row is None:
        raise LookupError("没有提交过的状态")
    return storage.read_state(row)


def holdings(searcher: tantivy.Searcher) -> dict[str, Holding]:
    rows = map(storage.read_holding, _rows(searcher, "row", "manifest"))
    return {holding.record.source: holding for holding in rows}


def _rows(searcher: tantivy.Searcher, field: str, value: str) -> Iterator[bytes]:
    """Yield what is stored of every row whose raw `field` is `value`."""
    limit = searcher.doc_freq(field, value)
    if limit:
        asked = tantivy.Query.term_query(_SCHEMA, field, value, "basic")
        for _, at in searcher.search(asked, limit, count=False).hits:
            yield _stored(searcher, at)


def _stored(searcher: tantivy.Searcher, at: tantivy.DocAddress) -> bytes:
    return cast(bytes, searcher.doc(at).get_first("stored"))
