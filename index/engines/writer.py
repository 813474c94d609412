"""The embedded engine's writer."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import tantivy

from index.engines import embedded, storage
from index.engines.alike import Added, statistics
from index.engines.rows import NO_BLOCKS, Blocks, RowWriter, clean
from index.engines.storage import FIELDS, Holding, State
from index.errors import CorruptIndex, IndexWriteFailed, NoIndex
from index.model import IndexedPassage, IndexMeta, JoinedTerms, SourceRecord

HEAP = 400_000_000
"""
Bytes tantivy may fill before it writes a segment out: some 500,000 passages. With a quarter of it a million passages
were ten segments, an index of 495 MB instead of 433 to 453, and searched in 5.7 ms instead of 3.7 to 4.2 (2026-11-26).
"""


class EmbeddedBuilder:
    """
    The writer of a directory: one tantivy commit publishes passages, manifest and statistics together.

    A first or full build goes into a generation of its own, which takes over when it is committed.
    """

    def __init__(self, location: Path) -> None:
        self._location = location
        self._lock: int | None = None
        self._fresh: Path | None = None
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._begun: tuple[Path, Blocks] | None = None
        self._rows: RowWriter | None = None
        self._holdings: dict[str, Holding] | None = None
        self._meta: IndexMeta | None = None
        self._added = _nothing_yet()
        self._printings: dict[str, bytes] = {}
        self._first = self._kept = False

    def __enter__(self) -> Self:
        self._lock = storage.lock(self._location)
        return self

    def __exit__(self, *exc: object) -> None:
        self._roll_back()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def meta(self) -> IndexMeta | None:
        self._held()
        return self._meta

    def manifest(self) -> dict[str, SourceRecord]:
        return {source: holding.record for source, holding in self._held().items()}

    @property
    def unfinished(self) -> bool:
        self._held()
        return self._first and self._meta is not None

    def checkpoint(self, meta: IndexMeta) -> None:
        self._held()
        if not self._first or self._fresh is None or self._added.passages:
            return
        self._put_state(meta)
        with storage.writing(self._location):
            self._writing().commit()
            clean(self._fresh, self._writing_rows().held)
        self._kept = True

    def clear(self) -> None:
        self._kept = self._first = False
        self._roll_back()
        with storage.writing(self._location):
            self._fresh = storage.make_generation(self._location)
            self._index = storage.create(self._fresh)
        self._begun = self._fresh, NO_BLOCKS
        self._holdings, self._meta, self._added = {}, None, _nothing_yet()

    def add(self, passages: Iterable[IndexedPassage]) -> None:
        writer, rows = self._writing(), self._writing_rows()
        with storage.writing(self._location):
            for indexed in passages:
                row = _passage_row(indexed, self._added.revision)
                row.add_unsigned("number", rows.add(indexed.passage))
                writer.add_document(row)
                self._added.count(indexed)

    def keep(self, record: SourceRecord, printings: bytes = b"") -> None:
        self.delete(record.source)
        added, self._added = self._added, _nothing_yet()
        stop = self._writing_rows().after
        start = stop - added.passages
        self._put(Holding(record, added.revision, start, stop, added.words, added.bigrams, added.first, added.last))
        self._printings[record.source] = printings

    def drop(self) -> None:
        added, self._added = self._added, _nothing_yet()
        if added.passages:
            self._delete("revision", added.revision)

    def touch(self, record: SourceRecord, printings: bytes | None = None) -> None:
        self._delete("source", record.source)
        self._put(replace(self._held()[record.source], record=record))
        if printings is not None:
            self._printings[record.source] = printings

    def withdraw(self, source: str, article_id: str, words: int, bigrams: int) -> None:
        held = self._held()[source]
        writer = self._writing()
        with storage.writing(self._location):
            writer.delete_documents_by_query(embedded.of_article(held.revision, article_id))
        self._held()[source] = replace(held, words=held.words - words, bigrams=held.bigrams - bigrams)

    def cite(self, source: str, article_id: str, also: Sequence[str]) -> None:
        name = storage.also_id(article_id)
        self._delete("id", name)
        if also:
            self._put_beside(source, "also", name, storage.write_also(also))

    def printings(self) -> Iterator[tuple[str, bytes]]:
        self._held()
        if self._index is not None and (self._fresh is None or self._kept):
            searcher = self._index.searcher()
            with storage.reading(self._location):
                yield from map(storage.read_printings, embedded.rows(searcher, "row", "printings"))

    def delete(self, source: str) -> None:
        self._printings.pop(source, None)
        held = self._held().pop(source, None)
        if held is not None:
            self._delete("revision", held.revision)
            self._delete("source", source)
            self._delete("beside", source)

    def commit(self, meta: IndexMeta) -> None:
        self._put_state(meta)
        writer = self._writing()
        with storage.writing(self._location):
            writer.commit()
            if self._fresh is not None:
                storage.publish(self._location, self._fresh)
                self._fresh = None
                self._first = self._kept = False
            self._writer = None
            writer.wait_merging_threads()
            self._end_rows()
        self._meta = meta

    def _held(self) -> dict[str, Holding]:
        if self._holdings is None:
            try:
                opened = embedded.open_current(self._location)
            except NoIndex:
                self._holdings = self._resume()
            else:
                with storage.reading(self._location):
                    self._holdings = embedded.holdings(opened.searcher)
                self._go_on(opened)
        return self._holdings

    def _resume(self) -> dict[str, Holding]:
        """Take up a first build that was cut short where it was last committed; begin one when there is none."""
        self._first = True
        for generation in storage.unfinished(self._location):
            with contextlib.suppress(CorruptIndex):
                opened = embedded.open_generation(self._location, generation)
                with storage.reading(self._location):
                    held = embedded.holdings(opened.searcher)
                self._fresh, self._kept = generation, True
                self._go_on(opened)
                return held
        return {}

    def _go_on(self, opened: embedded.Opened) -> None:
        """Take up what is committed, and remove what killed writers left behind in its generation and beside it."""
        self._index, self._meta = opened.index, opened.state.meta
        self._begun = opened.generation, opened.rows.blocks
        storage.remove_generations(self._location, but=opened.generation)
        with storage.writing(self._location):
            storage.sweep(opened.generation)
            clean(opened.generation, opened.rows.blocks)

    def _put_state(self, meta: IndexMeta) -> None:
        """Bring the rows to the disk, so that the state can name them."""
        self._put_printings()
        held = self._held().values()
        self._put_one("state", storage.write_state(State(meta, statistics(held), secrets.token_hex(8))))
        rows = self._writing_rows()
        with storage.reading(self._location), storage.writing(self._location):
            blocks = rows.settle((holding.start, holding.stop) for holding in held)
        self._put_one("blocks", blocks.written())

    def _put_one(self, kind: str, stored: bytes) -> None:
        """Put the only row of its kind in the place of the one before."""
        self._delete("row", kind)
        writer = self._writing()
        with storage.writing(self._location):
            writer.add_document(_row(kind, stored))

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._held()
            if self._index is None:
                self.clear()
                self._first = True
            assert self._index is not None
            with storage.writing(self._location):
                self._writer = self._index.writer(HEAP, 1)
        return self._writer

    def _writing_rows(self) -> RowWriter:
        if self._rows is None:
            self._writing()
            assert self._begun is not None
            with storage.writing(self._location):
                self._rows = RowWriter(*self._begun)
        return self._rows

    def _end_rows(self) -> None:
        """Go on, if anything follows, from what was committed."""
        if self._rows is not None and self._begun is not None:
            self._begun = self._begun[0], self._rows.held
            self._rows.close()
            self._rows = None
            clean(self._begun[0], self._begun[1])

    def _put(self, holding: Holding) -> None:
        self._held()[holding.record.source] = holding
        row = _row("manifest", storage.write_holding(holding))
        row.add_text("source", holding.record.source)
        writer = self._writing()
        with storage.writing(self._location):
            writer.add_document(row)

    def _put_printings(self) -> None:
        """Put what is kept beside sources: not before, since most of it changes once more where there are copies."""
        for source, printings in self._printings.items():
            self._delete("id", _printings_id(source))
            if printings:
                stored = storage.write_printings(source, printings)
                self._put_beside(source, "printings", _printings_id(source), stored)
        self._printings.clear()

    def _put_beside(self, source: str, kind: str, name: str, stored: bytes) -> None:
        """Add a row that goes when the source does, or is read anew."""
        row = _row(kind, stored)
        row.add_text("id", name)
        row.add_text("beside", source)
        writer = self._writing()
        with storage.writing(self._location):
            writer.add_document(row)

    def _delete(self, field: str, value: str) -> None:
        writer = self._writing()
        with storage.writing(self._location):
            writer.delete_documents_by_term(field, value)

    def _roll_back(self) -> None:
        """Forget what is not committed. A writer holds its files until it is told, whoever still refers to it."""
        writer, self._writer = self._writer, None
        rows, self._rows = self._rows, None
        self._index = self._holdings = self._begun = None
        self._printings.clear()
        if rows is not None:
            rows.close()
        if writer is not None:
            with contextlib.suppress(IndexWriteFailed), storage.writing(self._location):
                writer.rollback()
                writer.wait_merging_threads()
        if self._fresh is not None:
            if not self._kept:
                shutil.rmtree(self._fresh, ignore_errors=True)
            self._fresh = None
        self._first = self._kept = False


def _nothing_yet() -> Added:
    return Added(secrets.token_hex(8))


def _row(kind: str, stored: bytes) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text("row", kind)
    row.add_bytes("stored", stored)
    return row


def _printings_id(source: str) -> str:
    return f"printings {source}"


def _passage_row(indexed: IndexedPassage, revision: str) -> tantivy.Document:
    passage = indexed.passage
    words, bigrams = FIELDS[passage.kind]
    row = tantivy.Document()
    row.add_text("row", passage.kind)
    row.add_text("article", passage.citation.article_id)
    row.add_text("revision", revision)
    row.add_text(words, _joined(indexed.words))
    row.add_text(bigrams, _joined(indexed.bigrams))
    if passage.citation.date is not None:
        row.add_unsigned("day", storage.day(passage.citation.date))
    return row


def _joined(terms: Sequence[str]) -> str:
    return terms.text if isinstance(terms, JoinedTerms) else " ".join(terms)
