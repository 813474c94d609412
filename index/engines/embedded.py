"""The embedded engine: a tantivy index in one directory, nothing to start."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import tantivy

from index.engines import storage
from index.engines.alike import DAYS, UNDATED, Term, printed_order, rare
from index.engines.rows import RowFile, Rows, read_blocks
from index.engines.storage import FIELDS, Holding, State
from index.errors import CorruptIndex
from index.model import Candidate, IndexMeta, Passage, Query, SourceRecord, Stats, leading

_SCHEMA = storage.schema()
_LAST_DAY = 99991231
_NEARLY_ALL, _COUNTED = 0.98, 5_000
"""With more than this share of the rows alive counts are as tantivy has them; else up to so many rows are counted."""

_AT_ONCE = 1_000
"""Passages of a source that are in memory at a time."""

_REMEMBERED = 50_000
"""Terms whose counts are remembered, some 10 MB."""
_KEPT = 4_000
"""Passages kept after reading them, some 5 MB: questions asked one after another are often about the same."""


@dataclass(frozen=True, slots=True)
class Opened:
    """
    One committed state; threads that began with it finish with it.

    living     share of the rows in the segments that are not deleted
    reprinted  the names of the rows that tell of further sources
    counted    what was looked up of terms: a question's are asked for twice, and many by the next one too
    kept       passages read of late, by their rows' numbers
    """

    generation: Path
    index: tantivy.Index
    searcher: tantivy.Searcher
    state: State
    rows: Rows
    living: float
    reprinted: frozenset[str]
    counted: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[int, Passage] = field(default_factory=dict)

    def holders(self, field: str, text: str) -> int:
        """Return how many rows hold a term."""
        term = field, text
        held = self.counted.get(term)
        if held is None:
            if len(self.counted) >= _REMEMBERED:
                self.counted.clear()
            held = self.counted[term] = self._count_holders(field, text)
        return held

    def _count_holders(self, field: str, text: str) -> int:
        held = self.searcher.doc_freq(field, text)
        if not held or self.living > _NEARLY_ALL:
            return held
        if held > _COUNTED:
            return round(held * self.living)
        return _count(self.searcher, tantivy.Query.term_query(_SCHEMA, field, text, "basic"))

    def find(self, terms: Sequence[Term], query: Query, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
        """Return at most `limit` rows with scores, best first, that hold one of the terms."""
        if not terms or limit < 1:
            return []
        return self.searcher.search(_asked(terms, query), limit, count=False).hits

    def read(self, addresses: list[tantivy.DocAddress]) -> list[Passage]:
        """Return the passages of some rows, their citations with the further sources of their articles."""
        if not addresses:
            return []
        numbers: list[Any] = self.searcher.fast_field_values("number", addresses)
        found = {number: passage for number in numbers if (passage := self.kept.get(number))}
        missing = [number for number in numbers if number not in found]
        found.update(zip(missing, map(self._with_reprints, self.rows.read(missing)), strict=True))
        if len(self.kept) >= _KEPT:
            self.kept.clear()
        self.kept.update(found)
        return [found[number] for number in numbers]

    def _with_reprints(self, passage: Passage) -> Passage:
        cited = passage.citation
        name = storage.also_id(cited.article_id)
        row = next(rows(self.searcher, "id", name), None) if name in self.reprinted else None
        return passage if row is None else passage._replace(citation=cited._replace(also=storage.read_also(row)))


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
        """
        Frequent terms beyond what a search may read take part only when the others find less than `limit`: their long
        lists of passages are most of its time, and what they are in is among the candidates anyway. Ranking counts all.
        """
        opened = self._opened
        with storage.reading(self._location):
            terms = _terms(query, opened.holders)
            chosen = rare(terms, opened.state.stats.passages)
            found = opened.find(chosen, query, limit)
            if len(found) < limit and len(chosen) < len(terms):
                found = opened.find(terms, query, limit)
            found = found[: leading([score for score, _ in found], query.least)]
            passages = opened.read([at for _, at in found])
            return [Candidate(passage, score) for passage, (score, _) in zip(passages, found, strict=True)]

    def document_frequencies(self, words: Sequence[str], bigrams: Sequence[str]) -> tuple[list[int], list[int]]:
        """
        tantivy counts deleted rows until it merges their segment away. Where there are more than a few, the rows of a
        rare term are counted one by one, and those of a frequent one taken to be deleted in the same share as all.
        """
        opened = self._opened
        with storage.reading(self._location):
            return (
                [opened.holders("words", word) + opened.holders("notice_words", word) for word in words],
                [opened.holders("bigrams", pair) + opened.holders("notice_bigrams", pair) for pair in bigrams],
            )

    def passage(self, passage_id: str) -> Passage | None:
        """A passage's id begins with its article's."""
        found = self._passages("article", passage_id.rpartition(".")[0])
        return next((passage for passage in found if passage.citation.passage_id == passage_id), None)

    def article(self, article_id: str) -> list[Passage]:
        found = list(self._passages("article", article_id))
        one = [passage for passage in found if passage.citation.source == found[0].citation.source]
        return sorted(one, key=lambda passage: (passage.citation.paragraph, passage.part))

    def manifest(self) -> dict[str, SourceRecord]:
        with storage.reading(self._location):
            return {source: holding.record for source, holding in holdings(self._opened.searcher).items()}

    def passages(self, source: str) -> Iterator[Passage]:
        with storage.reading(self._location):
            row = next(rows(self._opened.searcher, "source", source), None)
        if row is not None:
            yield from self._passages("revision", storage.read_holding(row).revision)

    def issue(self, date: dt.date | None) -> list[Passage]:
        """Of the undated, only as many as make a list somebody reads."""
        firsts: dict[str, Passage] = {}
        with storage.reading(self._location):
            opened, asked = self._opened, _of_day(date)
            searcher = opened.searcher
            limit = min(_count(searcher, asked), UNDATED if date is None else _LAST_DAY)
            found = searcher.search(asked, max(limit, 1), count=False).hits
            for passage in opened.read([at for _, at in found]):
                first = firsts.setdefault(passage.citation.article_id, passage)
                if _place(passage) < _place(first):
                    firsts[passage.citation.article_id] = passage
        return sorted(firsts.values(), key=printed_order)

    def issue_dates(self) -> list[dt.date]:
        by_day = {"days": {"terms": {"field": "day", "size": DAYS}}}
        with storage.reading(self._location):
            found = self._opened.searcher.aggregate(tantivy.Query.all_query(), by_day)
        days = sorted(int(bucket["key"]) for bucket in found["days"]["buckets"])
        return [dt.date(day // 10000, day // 100 % 100, day % 100) for day in days]

    def reload(self) -> None:
        opened = self._opened
        if storage.current(self._location) == opened.generation:
            try:
                with storage.reading(self._location):
                    self._opened = _opened(opened.generation, opened.index, opened)
                return
            except CorruptIndex:
                if storage.current(self._location) == opened.generation:
                    raise
        self._opened = open_current(self._location)

    def close(self) -> None:
        """Nothing to give back: tantivy unmaps its files when the last search is done with them."""

    def _passages(self, field: str, value: str) -> Iterator[Passage]:
        with storage.reading(self._location):
            opened = self._opened
            addresses = _addresses(opened.searcher, field, value)
            for at in range(0, len(addresses), _AT_ONCE):
                yield from opened.read(addresses[at : at + _AT_ONCE])


def _terms(query: Query, holders: Callable[[str, str], int]) -> list[Term]:
    """Return the query's terms in the fields of its kinds, those that are nowhere left out."""
    return [
        Term(field, text, weight, held)
        for words, bigrams in sorted({FIELDS[kind] for kind in query.kinds})
        for field, weighted in ((words, query.words), (bigrams, query.bigrams))
        for text, weight in weighted.items()
        if (held := holders(field, text))
    ]


def _asked(terms: Sequence[Term], query: Query) -> tantivy.Query:
    """Return what tantivy is asked: any of the terms, and within the days and the kinds."""
    kinds = set(query.kinds)
    wanted = [
        tantivy.Query.boost_query(tantivy.Query.term_query(_SCHEMA, term.field, term.text, "freq"), term.weight)
        for term in terms
    ]
    asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in wanted])
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


def of_article(revision: str, article_id: str) -> tantivy.Query:
    """Ask for the passages of one article of a source."""
    terms = (("revision", revision), ("article", article_id))
    asked = [tantivy.Query.term_query(_SCHEMA, field, value, "basic") for field, value in terms]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in asked])


def _count(searcher: tantivy.Searcher, asked: tantivy.Query) -> int:
    counted: Any = searcher.search(asked, 1, count=True)
    return cast(int, counted.count)


def _place(passage: Passage) -> tuple[int, int]:
    return passage.citation.paragraph, passage.part


def open_current(location: Path) -> Opened:
    """Return the newest committed state. Tries again when a full rebuild has just swapped the generation away."""
    for attempt in (1, 2, 3):
        generation = storage.current(location)
        try:
            return open_generation(location, generation)
        except CorruptIndex:
            if attempt == 3 or storage.current(location) == generation:
                raise
    raise AssertionError


def open_generation(location: Path, generation: Path) -> Opened:
    """
    Return what was last committed to a generation, the current one or not.

    Raises CorruptIndex.
    """
    with storage.reading(location):
        index = tantivy.Index.open(str(generation))
        index.config_reader("manual")
        return _opened(generation, index, None)


def _opened(generation: Path, index: tantivy.Index, before: Opened | None) -> Opened:
    """Return the newest state of a generation; looks again when its file of rows was written anew meanwhile."""
    for attempt in (1, 2, 3):
        index.reload()
        searcher = index.searcher()
        state = _state(searcher)
        try:
            held = _rows(generation, searcher, before)
        except FileNotFoundError:
            if attempt == 3:
                raise
        else:
            reprinted = frozenset(name for name, _ in searcher.terms_with_prefix("id", storage.also_id("")))
            return Opened(generation, index, searcher, state, held, _living(generation, searcher), reprinted)
    raise AssertionError


def _rows(generation: Path, searcher: tantivy.Searcher, before: Opened | None) -> Rows:
    """Return the passages, with the file of the state before where it is the same."""
    blocks = read_blocks(next(rows(searcher, "row", "blocks")))
    same = before and before.rows.blocks.file == blocks.file
    return Rows(before.rows.file if before and same else RowFile(generation / blocks.file, blocks), blocks)


def _living(generation: Path, searcher: tantivy.Searcher) -> float:
    """Return the share of rows that are not deleted, 1.0 when a commit came in between and it cannot be told."""
    segments = json.loads((generation / "meta.json").read_text("utf-8"))["segments"]
    every: int = sum(segment["max_doc"] for segment in segments)
    return min(1.0, searcher.num_docs / max(1, every))


def _state(searcher: tantivy.Searcher) -> State:
    row = next(rows(searcher, "row", "state"), None)
    if row is None:
        raise LookupError("没有提交过的状态")
    return storage.read_state(row)


def holdings(searcher: tantivy.Searcher) -> dict[str, Holding]:
    found = map(storage.read_holding, rows(searcher, "row", "manifest"))
    return {holding.record.source: holding for holding in found}


def rows(searcher: tantivy.Searcher, field: str, value: str) -> Iterator[bytes]:
    """Yield what is stored of every row whose raw `field` is `value`; of passages nothing is."""
    for at in _addresses(searcher, field, value):
        yield cast(bytes, searcher.doc(at).get_first("stored"))


def _addresses(searcher: tantivy.Searcher, field: str, value: str) -> list[tantivy.DocAddress]:
    limit = searcher.doc_freq(field, value)
    if not limit:
        return []
    asked = tantivy.Query.term_query(_SCHEMA, field, value, "basic")
    return [at for _, at in searcher.search(asked, limit, count=False).hits]
