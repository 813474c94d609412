"""The archive's nouns, and the protocols between its rooms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, Self, overload, runtime_checkable

Kind = Literal["news", "notice", "excerpt"]
"""news: an article; notice: 公告/声明/启事; excerpt: page text that could not be told apart (版面摘录)."""

DateSource = Literal["", "front_matter", "markup", "manifest", "file_name", "path"]


class Paragraph(NamedTuple):
    """
    One paragraph as printed.

    section  the heading it stands under, "" before the first
    joined   True when a column break had cut it and two blocks were put together
    """

    text: str
    section: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """
    One article of one issue, as a reader understood it.

    id              short and URL-safe (see `index.ids`), the same at every reading
    source          absolute path of the file, "archive.zip!member" inside an archive
    title           "" when the page gives none
    title_inferred  True when the title stood after the body and was matched to it
    flags           what a reader was unsure of, in Chinese, for `status --problems`
    """

    id: str
    source: str
    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    title_inferred: bool = False
    kicker: str = ""
    subtitle: str = ""
    paper: str = ""
    date: dt.date | None = None
    date_source: DateSource = ""
    page: str = ""
    page_name: str = ""
    author: str = ""
    url: str = ""
    kind: Kind = "news"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry a reader could not use: `source` names it, `reason` is a Chinese sentence for people."""

    source: str
    reason: str


class Citation(NamedTuple):
    """
    Where a passage stands, all that is needed to find it on paper again.

    paragraph  1-based within the article
    also       further sources that hold the same text
    """

    passage_id: str
    article_id: str
    source: str
    paragraph: int
    title: str = ""
    title_inferred: bool = False
    section: str = ""
    paper: str = ""
    date: dt.date | None = None
    date_source: DateSource = ""
    page: str = ""
    page_name: str = ""
    author: str = ""
    url: str = ""
    also: tuple[str, ...] = ()


class Passage(NamedTuple):
    """
    The unit that is searched: a paragraph of at most 300 characters, or a run of whole sentences of a longer one.

    cut   the segmentation of `text`, packed by `tokens.pack`
    part  0-based among the passages of one paragraph
    """

    text: str
    citation: Citation
    cut: str
    kind: Kind = "news"
    part: int = 0


@dataclass(frozen=True, slots=True)
class JoinedTerms(Sequence[str]):
    """Terms as one text, apart by spaces: they go from process to process, and into an index, as they are."""

    text: str

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self.text.split(" ")[at] if self.text else [][at]

    def __len__(self) -> int:
        return self.text.count(" ") + 1 if self.text else 0


class IndexedPassage(NamedTuple):
    """A passage with the terms it is found by, repeated as often as they occur in it; no word is a bigram as well."""

    passage: Passage
    words: Sequence[str]
    bigrams: Sequence[str]


@dataclass(frozen=True, slots=True)
class Query:
    """
    What an engine is asked: terms with weights, already tokenised.

    kinds  only passages of these kinds
    dates  first and last day, inclusive; None for any day, undated passages included
    least  share of the best score that a candidate beyond the first ten must have
    """

    words: Mapping[str, float]
    bigrams: Mapping[str, float]
    kinds: tuple[Kind, ...] = ("news", "excerpt")
    dates: tuple[dt.date, dt.date] | None = None
    least: float = 0.0


def leading(scores: Sequence[float], least: float) -> int:
    """Return how many scores, best first, are among the first ten or have at least this share of the best."""
    return sum(place < 10 or score >= least * scores[0] for place, score in enumerate(scores))


class Candidate(NamedTuple):
    """A passage an engine found. Scores compare only within one search."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A quantity as one passage states it.

    value    in `unit`, multipliers applied: "1.2万人" is Decimal(12000), "人"
    written  as printed, with what qualifies it: "140多家", "近90亿元"
    start    offset of `written` in the text it was read from, a Python str index
    """

    value: Decimal
    unit: str
    written: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.written)


@dataclass(frozen=True, slots=True)
class Snippet:
    """
    Whole clauses of one passage with the answer in them: `text[start:end] == answer`.

    text  a verbatim substring of the passage, at most 100 characters unless one clause alone is longer
    """

    text: str
    start: int
    end: int
    citation: Citation
    figure: Figure | None = None

    @property
    def answer(self) -> str:
        return self.text[self.start : self.end]


DOUBTFUL = 0.3
"""
An answer of less confidence is said to be doubtful. Of 180 questions on the news and as many near misses that it does
not answer, written alike, 25 % of the answers below it are right and 62 % of those above; 64 % of the claims on near
misses are below, and 26 % of the right answers (2026-11-26). Chosen on those, and tried on no others.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The claim that the first snippet answers; further snippets are best first.

    confidence  calibrated probability that the first snippet answers
    understood  the name the question was taken to mean when it was misspelt, else ""
    """

    question: str
    snippets: tuple[Snippet, ...]
    confidence: float
    took_ms: float
    understood: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a reader should be told to look for himself: where half of what is asked has no answer, most fail."""
        return self.confidence < DOUBTFUL


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No claim. `nearest` are passages on the topic, at most three, possibly none."""

    question: str
    nearest: tuple[Snippet, ...]
    confidence: float
    took_ms: float
    understood: str = ""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """
    One line of the manifest: a file as it was when it was indexed.

    mtime_ns, size  to see without reading that nothing changed
    sha256          of the bytes, to see that only the time stamp did
    context         digest of the ReadContext and page files it was read with; when it changes, the folder is read anew
    problems        skipped entries and flags, each a sentence of `problems.summed`
    duplicates      articles left out because another source's, or another of its own, is in the index

    A file that could not be read has a line too, which says why; its `sha256` is "", so that it is read next time.
    """

    source: str
    size: int
    mtime_ns: int
    sha256: str
    articles: int
    passages: int
    context: str = ""
    problems: tuple[str, ...] = ()
    duplicates: int = 0

    @property
    def indexed(self) -> bool:
        """False when the line says no more than why the file could not be read."""
        return bool(self.sha256 or self.passages)


@dataclass(frozen=True, slots=True)
class Progress:
    """
    How far a re-index is.

    total  sources to read, None while they are still being listed
    """

    stage: Literal["listing", "lexicon", "reading", "committing"]
    done: int
    total: int | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What a re-index did; sources are counted, articles and passages are the archive's totals afterwards."""

    added: int
    changed: int
    removed: int
    unchanged: int
    articles: int
    passages: int
    skipped: tuple[Rejected, ...]
    seconds: float
    ignored: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """
    Archive-wide statistics of the committed state.

    passages        searchable passages, N in idf
    average_words   mean length of a passage in index words
    average_bigrams same in bigrams
    first, last     earliest and latest dated issue
    committed_at    when the state was committed, UTC
    """

    articles: int
    passages: int
    average_words: float
    average_bigrams: float
    first: dt.date | None
    last: dt.date | None
    committed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class IndexMeta:
    """
    What an index was built with; questions must use the same.

    fingerprint  of segmenter, normaliser and lexicon: `tokens.Segmenter.fingerprint`
    segmenter    "jieba" or "rjieba"
    lexicon      local words frozen at the last full rebuild
    """

    fingerprint: str
    segmenter: Literal["jieba", "rjieba"]
    lexicon: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadContext:
    """
    What a reader is told besides the file: the folder's `_paper.toml`, merged from the top down.

    filename  regular expressions with named groups date, page, page_name, paper, tried in order
    name      what the source is called when the file is a copy of it: "/papers/2024.zip!0812/a01.txt"
    """

    paper: str = ""
    section: str = ""
    filename: tuple[str, ...] = ()
    name: str = ""


class Reader(Protocol):
    """A module of `index.readers`: one file format."""

    def read(self, source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
        """
        Yield the file's articles in order; none at all of a file that rightly holds none, such as an e-paper's page.

        Raises UnreadableSource when nothing of the file can be used.
        """
        ...


class Engine(Protocol):
    """A committed state of the index, for reading. Never tokenises; safe to use from several threads."""

    @property
    def meta(self) -> IndexMeta: ...

    @property
    def stats(self) -> Stats: ...

    @property
    def generation(self) -> str:
        """Changes with every commit: a key for caches."""
        ...

    def search(self, query: Query, limit: int) -> list[Candidate]:
        """Return at most `limit` candidates, best first; [] when no term matches."""
        ...

    def document_frequencies(self, words: Sequence[str], bigrams: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return for each term the number of passages holding it, archive-wide, in the order given."""
        ...

    def passage(self, passage_id: str) -> Passage | None: ...

    def article(self, article_id: str) -> list[Passage]:
        """Return the article's passages in reading order; [] when there is none."""
        ...

    def manifest(self) -> dict[str, SourceRecord]:
        """Return every indexed source by its name."""
        ...

    def passages(self, source: str) -> Iterator[Passage]:
        """Yield the passages of one source, article after article."""
        ...

    def issue(self, date: dt.date | None) -> list[Passage]:
        """Return the first passage of each article of a day, by paper, page and source; None: of the undated."""
        ...

    def issue_dates(self) -> list[dt.date]:
        """Return the days that have articles, earliest first."""
        ...

    def reload(self) -> None:
        """Move on to the newest committed state."""
        ...

    def close(self) -> None: ...


class Builder(Protocol):
    """
    The one writer. Nothing is visible before `commit`; leaving the context without it rolls back.

    Entering raises IndexBusy while another writer is at work; writing raises IndexWriteFailed.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    @property
    def meta(self) -> IndexMeta | None:
        """What the committed state was built with; None when there is none. Raises CorruptIndex."""
        ...

    def manifest(self) -> dict[str, SourceRecord]:
        """Return every source as it will be after `commit`. Raises CorruptIndex."""
        ...

    def clear(self) -> None:
        """Start again from nothing, whatever state the index is in; the old one answers until `commit`."""
        ...

    def add(self, passages: Iterable[IndexedPassage]) -> None:
        """Add passages, all of one source, to be kept or dropped next."""
        ...

    def keep(self, record: SourceRecord, printings: bytes = b"") -> None:
        """
        Let what was added since the last keep or drop take the place of the source's passages.

        printings  stored beside the source as they are, for `printings` of later runs
        """
        ...

    def drop(self) -> None:
        """Forget what was added since the last keep or drop: the source stays as it was."""
        ...

    def touch(self, record: SourceRecord, printings: bytes | None = None) -> None:
        """Replace a source's manifest line, its printings too if given, and leave its passages."""
        ...

    def withdraw(self, source: str, article_id: str, words: int, bigrams: int) -> None:
        """Remove the passages of one article, with so many words and bigrams; `touch` follows with the new counts."""
        ...

    def cite(self, source: str, article_id: str, also: Sequence[str]) -> None:
        """Let the citations of one article name `also` as further sources, none when it is empty."""
        ...

    def printings(self) -> Iterator[tuple[str, bytes]]:
        """Yield each committed source that has printings with them; none after `clear`."""
        ...

    def delete(self, source: str) -> None:
        """Remove a source with its passages."""
        ...

    def commit(self, meta: IndexMeta) -> None:
        """Publish everything since the last commit at once."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A Builder whose first build, cut short, goes on where it was last checked in: `manifest` then tells how far."""

    @property
    def unfinished(self) -> bool:
        """Whether there is such a build; readers do not see it yet."""
        ...

    def checkpoint(self, meta: IndexMeta) -> None:
        """Let what was kept so far outlive a kill. Does nothing where there is an index already."""
        ...


Report = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """The Report that says nothing."""
