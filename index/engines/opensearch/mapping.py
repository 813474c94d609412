"""What lies in an index of the cluster: its fields, its rows, and the state that says which of them count."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from index.engines.opensearch.client import Json
from index.errors import CorruptIndex
from index.model import Citation, IndexedPassage, IndexMeta, JoinedTerms, Passage, SourceRecord, Stats

LAYOUT = 1
"""Raised whenever the fields or a row change: an index of another LAYOUT must be rebuilt."""

STATE = "state"
PASSAGES = "p"
"""What the marks of passages begin with, and no others."""
K1, B = 1.2, 0.75
"""tantivy's own, which its index cannot change: both engines choose their candidates alike."""

_UNSEEN = {"type": "object", "enabled": False}
_TEXT = {"type": "text", "analyzer": "whitespace", "similarity": "bm25", "index_options": "freqs"}
_NAME = {"type": "keyword", "doc_values": False}
_CITATION = (
    "title", "title_inferred", "section", "paper", "date_source", "page", "page_name", "author", "url",
)  # fmt: skip


def definition(shards: int) -> Json:
    """
    Return the body that creates an index.

    row      what a document is: a passage's kind, manifest, printings, also, state
    born     number of the writer's run that wrote it; those after the state's `epoch` do not count yet
    marks    by any of them the state can declare a document dead
    nth      its place among what one source brought, by which it can be listed
    place    of a passage within its article
    passage, record, printings, also, state  kept as they are, not searched; words and bigrams are searched, not kept
    """
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "auto_expand_replicas": "0-1",
                "refresh_interval": "-1",
                "similarity": {"bm25": {"type": "BM25", "k1": K1, "b": B}},
            }
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"excludes": ["words", "bigrams"]},
            "properties": {
                "row": {"type": "keyword"},
                "born": {"type": "long"},
                "marks": _NAME,
                "source": {"type": "keyword"},
                "article": {"type": "keyword"},
                "day": {"type": "date", "format": "strict_date"},
                "nth": {"type": "integer", "index": False},
                "place": {"type": "long", "index": False},
                "words": _TEXT,
                "bigrams": _TEXT,
                "passage": _UNSEEN,
                "record": _UNSEEN,
                "printings": {"type": "binary"},
                "also": _UNSEEN,
                "state": _UNSEEN,
            },
        },
    }


def new_name(index: str) -> str:
    return f"{index}-g{LAYOUT}-{secrets.token_hex(4)}"


def layout_of(index: str, name: str) -> int | None:
    """Return the layout of a generation of the archive `index`, None for an index that is none of its generations."""
    found = re.fullmatch(re.escape(index) + r"-g(\d+)-[0-9a-f]{8}", name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class State:
    """
    The one document that describes a commit; what does not count is told by it, so that writing it is publishing.

    epoch      number of the run that committed
    abandoned  runs before it that never committed: (first, last), both inclusive
    dead       marks of documents that were replaced or removed, but perhaps not deleted yet
    cited      articles that have further sources
    """

    meta: IndexMeta
    stats: Stats
    generation: str
    epoch: int
    abandoned: tuple[tuple[int, int], ...] = ()
    dead: tuple[str, ...] = ()
    cited: int = 0

    def hidden(self) -> list[Json]:
        """Return the clauses of `must_not` that leave the documents that count."""
        runs: list[Json] = [{"range": {"born": {"gte": first, "lte": last}}} for first, last in self.abandoned]
        marks: list[Json] = [{"terms": {"marks": list(some)}} for some in chunks(self.dead, 10_000)]
        return [{"range": {"born": {"gt": self.epoch}}}, *runs, *marks]

    @property
    def hides_passages(self) -> bool:
        """Whether passages may be in the index that do not count, those of a run under way left aside."""
        return bool(self.abandoned) or any(mark.startswith(PASSAGES) for mark in self.dead)


@dataclass(slots=True)
class Holding:
    """
    A source's row: its manifest line, the marks of what else is kept of it, and what it adds to the statistics.

    mark       of this row
    revision   of its passages
    printings  of its printings, "" when it has none
    also       by article, of the row that names its further sources
    """

    record: SourceRecord
    mark: str
    revision: str
    words: int = 0
    bigrams: int = 0
    first: str = ""
    last: str = ""
    printings: str = ""
    also: dict[str, str] = field(default_factory=dict)

    def marks(self) -> list[str]:
        return [mark for mark in (self.mark, self.revision, self.printings, *self.also.values()) if mark]


def chunks(entries: Sequence[str], size: int) -> list[Sequence[str]]:
    return [entries[at : at + size] for at in range(0, len(entries), size)]


def article_mark(revision: str, article_id: str) -> str:
    """Return the second mark of a passage: by it one article of a source can be taken away."""
    return f"{revision} {article_id}"


def write_passage(indexed: IndexedPassage, revision: str) -> Json:
    passage, cited = indexed.passage, indexed.passage.citation
    kept: Json = {
        "id": cited.passage_id,
        "article": cited.article_id,
        "source": cited.source,
        "paragraph": cited.paragraph,
        "text": passage.text,
        "cut": passage.cut,
        **{name: value for name in _CITATION if (value := getattr(cited, name))},
    }
    if passage.part:
        kept["part"] = passage.part
    if cited.also:
        kept["also"] = list(cited.also)
    row: Json = {
        "row": passage.kind,
        "marks": [revision, article_mark(revision, cited.article_id)],
        "article": cited.article_id,
        "place": cited.paragraph * 100_000 + passage.part,
        "words": _spaced(indexed.words),
        "bigrams": _spaced(indexed.bigrams),
        "passage": kept,
    }
    if cited.date is not None:
        row["day"] = kept["date"] = cited.date.isoformat()
    return row


def _spaced(terms: Sequence[str]) -> str:
    return terms.text if isinstance(terms, JoinedTerms) else " ".join(terms)


def read_passage(row: Json, also: Sequence[str] = ()) -> Passage:
    kept = row["passage"]
    citation = Citation(
        kept["id"],
        kept["article"],
        kept["source"],
        kept["paragraph"],
        date=dt.date.fromisoformat(kept["date"]) if "date" in kept else None,
        also=tuple(also or kept.get("also", ())),
        **{name: kept[name] for name in _CITATION if name in kept},
    )
    return Passage(kept["text"], citation, kept["cut"], row["row"], kept.get("part", 0))


def write_holding(holding: Holding) -> Json:
    return {
        "row": "manifest",
        "marks": [holding.mark],
        "source": holding.record.source,
        "record": asdict(holding),
    }


def read_holding(row: Json) -> Holding:
    fields = dict(row["record"])
    record = dict(fields.pop("record"))
    return Holding(SourceRecord(**record | {"problems": tuple(record["problems"])}), **fields)


def write_printings(source: str, mark: str, printings: bytes) -> Json:
    return {
        "row": "printings",
        "marks": [mark],
        "source": source,
        "printings": base64.b64encode(printings).decode(),
    }


def read_printings(row: Json) -> tuple[str, bytes]:
    return row["source"], base64.b64decode(row["printings"])


def write_also(article_id: str, mark: str, also: Sequence[str]) -> Json:
    return {"row": "also", "marks": [mark], "article": article_id, "also": {"sources": list(also)}}


def write_state(state: State) -> Json:
    written = json.loads(json.dumps(asdict(state), default=_isoformat))
    return {"row": STATE, "born": state.epoch, "state": written}


def read_state(row: Json, where: str) -> State:
    """Raises CorruptIndex when it is none of ours."""
    try:
        kept: dict[str, Any] = dict(row["state"])
        meta, stats = dict(kept.pop("meta")), dict(kept.pop("stats"))
        for name in ("first", "last"):
            stats[name] = dt.date.fromisoformat(stats[name]) if stats[name] else None
        stats["committed_at"] = dt.datetime.fromisoformat(stats["committed_at"])
        abandoned = cast("tuple[tuple[int, int], ...]", tuple(map(tuple, kept.pop("abandoned"))))
        return State(
            IndexMeta(**meta | {"lexicon": tuple(meta["lexicon"])}),
            Stats(**stats),
            abandoned=abandoned,
            dead=tuple(kept.pop("dead")),
            **kept,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptIndex(f"{where} 里的状态读不懂（{error!r}）；请用 wenbao index --full 重建索引") from error


def _isoformat(value: dt.date) -> str:
    return value.isoformat()
