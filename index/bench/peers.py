"""The search engines that ours is measured against, each fed the same tokens."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sqlite3
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.errors import NotInstalled

Search = Callable[[Sequence[str], int], list[int]]
"""From the words of a question to the numbers of the best passages, best first."""


class Peer(Protocol):
    """A way to search: `build` from a file of one passage a line, its words apart by spaces; `load` what was built."""

    def build(self, tokens: Path, place: Path) -> None: ...

    def load(self, tokens: Path, place: Path) -> Search: ...


class Tantivy:
    """tantivy itself over words alone, with its own BM25, and segments as large as ours."""

    def build(self, tokens: Path, place: Path) -> None:
        from index.engines.writer import HEAP

        tantivy = importlib.import_module("tantivy")
        writer = tantivy.Index(self._schema(tantivy), str(_emptied(place))).writer(HEAP, 1)
        for number, words in enumerate(_lines(tokens)):
            row = tantivy.Document()
            row.add_unsigned("number", number)
            row.add_text("words", words)
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()

    def load(self, tokens: Path, place: Path) -> Search:
        tantivy = importlib.import_module("tantivy")
        schema = self._schema(tantivy)
        searcher = tantivy.Index.open(str(place)).searcher()

        def search(words: Sequence[str], limit: int) -> list[int]:
            terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word, "freq")) for word in words]
            hits = searcher.search(tantivy.Query.boolean_query(terms), limit, count=False).hits
            numbers: list[int] = searcher.fast_field_values("number", [at for _, at in hits])
            return numbers

        return search

    def _schema(self, tantivy: Any) -> Any:
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        fields.add_unsigned_field("number", fast=True)
        return fields.build()


class Fts5:
    """SQLite's full-text index, the text itself left out."""

    def build(self, tokens: Path, place: Path) -> None:
        with sqlite3.connect(_emptied(place) / "fts.db") as connection:
            connection.execute("CREATE VIRTUAL TABLE passages USING fts5(words, content='')")
            rows = ((number, words) for number, words in enumerate(_lines(tokens)))
            connection.executemany("INSERT INTO passages(rowid, words) VALUES (?, ?)", rows)
            connection.execute("INSERT INTO passages(passages) VALUES ('optimize')")
        connection.close()

    def load(self, tokens: Path, place: Path) -> Search:
        connection = sqlite3.connect(f"file:{place / 'fts.db'}?mode=ro", uri=True)
        asked = "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?"

        def search(words: Sequence[str], limit: int) -> list[int]:
            terms = " OR ".join(f'"{word}"' for word in words if word.isalnum())
            return [number for (number,) in connection.execute(asked, (terms or '""', limit))]

        weakref.finalize(search, connection.close)
        return search


class Bm25s:
    """bm25s, compiled by numba."""

    def build(self, tokens: Path, place: Path) -> None:
        engine = importlib.import_module("bm25s").BM25(backend="numba")
        engine.index([words.split() for words in _lines(tokens)], show_progress=False)
        engine.save(str(_emptied(place)), show_progress=False)

    def load(self, tokens: Path, place: Path) -> Search:
        engine = importlib.import_module("bm25s").BM25.load(str(place), mmap=True)
        engine.backend = "numba"
        engine.activate_numba_scorer()

        def search(words: Sequence[str], limit: int) -> list[int]:
            known = [word for word in words if word in engine.vocab_dict]
            if not known:
                return []
            found = engine.retrieve([known], k=limit, show_progress=False, n_threads=1)
            return [int(number) for number in found.documents[0]]

        return search


class RankBM25:
    """rank_bm25.BM25Okapi, which keeps nothing on disk: loading it is building it."""

    def build(self, tokens: Path, place: Path) -> None:
        _emptied(place)

    def load(self, tokens: Path, place: Path) -> Search:
        engine = importlib.import_module("rank_bm25").BM25Okapi([words.split() for words in _lines(tokens)])

        def search(words: Sequence[str], limit: int) -> list[int]:
            scores = engine.get_scores(list(words))
            best = np.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
            return [int(number) for number in best[np.argsort(-scores[best], kind="stable")]]

        return search


PEERS: dict[str, Peer] = {"tantivy": Tantivy(), "fts5": Fts5(), "bm25s": Bm25s(), "rank_bm25": RankBM25()}
_PACKAGES = {"bm25s": ("bm25s", "numba")}


def check(names: Sequence[str]) -> None:
    """Raise NotInstalled when a package that one of the peers needs is not there."""
    for name in names:
        for package in _PACKAGES.get(name, ()):
            if importlib.util.find_spec(package) is None:
                raise NotInstalled(f"没有安装 {package}，无法与 {name} 相比；请 pip install 'wenbao[bench]'，或不选它")


def _lines(tokens: Path) -> Iterator[str]:
    with tokens.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _emptied(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
