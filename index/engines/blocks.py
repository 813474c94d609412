"""How passages lie together in a block: what their articles share once, then line for line, then their words."""

from __future__ import annotations

import datetime as dt
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress
from typing import NamedTuple, cast

import zstandard

from index.engines.wordbook import CODEC, Coded, Wordbook, WordCoder, fit
from index.model import Citation, DateSource, Kind, Passage

WORDS = 1_000
"""
Words after which a block is closed, about twenty passages. Rows of 100,000 passages take 13.5 MB, with 250 words
16.5; reading the 40 candidates of a question takes 1.7 and 1.5 ms of CPU (2026-11-25, a busy machine).
"""
_LEVEL = 3
"""9 takes three times as long to save one hundredth."""
_FIELD, _LIST, _LINE = "\x1f", "\x1e", "\x1d"
_FIELD_BYTES, _LINE_BYTES = _FIELD.encode(), _LINE.encode()
_SIZES = struct.Struct("<III")


class _Zstd(threading.local):
    """A compressor and a decompressor for every thread: making one costs more than unpacking a block."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor()


_ZSTD = _Zstd()


class Block:
    """
    Passages that will be compressed together.

    words  how many there are so far
    """

    def __init__(self, coder: WordCoder) -> None:
        self._coder = coder
        self._articles: dict[bytes, int] = {}
        self._facts: list[str] = []
        self._texts: list[str] = []
        self._cuts: list[str] = []
        self.words = 0

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, passage: Passage) -> None:
        """Raises UnicodeEncodeError when there is half a character in it, and leaves the block as it was."""
        passage.text.encode("utf-16")
        facts = _own(passage)
        facts.encode(CODEC)
        article = self._articles.setdefault(_article(passage).encode(CODEC), len(self._articles))
        self._facts.append(f"{article}{_FIELD}{facts}")
        self._texts.append(passage.text)
        self._cuts.append(passage.cut)
        self.words += max(len(passage.cut), len(passage.text)) // 2

    def packed(self) -> bytes:
        """
        Return one zstd frame with its checksum. Words, lines and spelled words have each their own statistics in it,
        which saves 3 %.
        """
        coded = self._coded()
        words_at = accumulate((len(one.words) for one in coded), initial=0)
        spelled_at = accumulate((len(one.spelled) for one in coded), initial=0)
        lines = [
            _FIELD.join((facts, one.cut, str(words), str(spelled))).encode(CODEC)
            for facts, one, words, spelled in zip(self._facts, coded, words_at, spelled_at, strict=False)
        ]
        words = b"".join([one.words for one in coded])
        listed = _LINE_BYTES.join([*self._articles, *lines])
        spelled = b"".join([one.spelled for one in coded])
        parts = (_SIZES.pack(len(self), len(words), len(listed)), words), (listed,), (spelled,)
        frame = _ZSTD.compressor.compressobj(size=sum(len(piece) for part in parts for piece in part))
        packed = []
        for part in parts:
            packed += [*map(frame.compress, part), frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)]
        return b"".join([*packed, frame.flush()])

    def _coded(self) -> list[Coded]:
        fitting = [fit(text, cut) for text, cut in zip(self._texts, self._cuts, strict=True)]
        coded = iter(self._coder.encode([*compress(self._texts, fitting)], [*compress(self._cuts, fitting)]))
        return [
            next(coded) if fits else Coded(b"", text.encode(CODEC), cut)
            for fits, text, cut in zip(fitting, self._texts, self._cuts, strict=True)
        ]


class Row(NamedTuple):
    """One passage, its words not yet read: what its article's passages share, what is its own, and the words."""

    article: bytes
    own: Sequence[str]
    coded: Coded


def unpacked(packed: bytes, places: Iterable[int]) -> Iterator[Row]:
    """
    Yield the rows at some places of a block.

    Raises ValueError, LookupError or ZstdError when the block is damaged.
    """
    content = _ZSTD.decompressor.decompress(packed)
    many, words_size, lines_size = _SIZES.unpack_from(content)
    lines_at = _SIZES.size + words_size
    spelled_at = lines_at + lines_size
    lines = content[lines_at:spelled_at].split(_LINE_BYTES)
    lines.append(b"%b%d%b%d" % (_FIELD_BYTES, words_size, _FIELD_BYTES, len(content) - spelled_at))
    for place in places:
        at = len(lines) - 1 - many + place
        article, *own, cut, word, letter = lines[at].decode(CODEC).split(_FIELD)
        _, next_word, next_letter = lines[at + 1].rsplit(_FIELD_BYTES, 2)
        words = content[_SIZES.size + int(word) : _SIZES.size + int(next_word)]
        spelled = content[spelled_at + int(letter) : spelled_at + int(next_letter)]
        yield Row(lines[int(article)], own, Coded(words, spelled, cut))


def passages(rows: Sequence[Row], book: Wordbook) -> list[Passage]:
    """Return the passages of some rows. Raises ValueError or LookupError when they are damaged."""
    read = book.decode([row.coded for row in rows])
    return [
        _passage(row.article.decode(CODEC), row.own, text, cut) for row, (text, cut) in zip(rows, read, strict=True)
    ]


def _article(passage: Passage) -> str:
    """Return what the passages of an article have in common."""
    cited = passage.citation
    return _joined(
        (
            passage.kind,
            cited.article_id,
            cited.source,
            cited.title,
            "1" if cited.title_inferred else "",
            cited.section,
            cited.paper,
            cited.date.isoformat() if cited.date else "",
            cited.date_source,
            cited.page,
            cited.page_name,
            cited.author,
            cited.url,
            _LIST.join(name.replace(_LIST, " ") for name in cited.also),
        )
    )


def _own(passage: Passage) -> str:
    """Return what is a passage's own: of its id what follows the article's."""
    cited = passage.citation
    own = cited.passage_id.removeprefix(cited.article_id)
    return _joined((own if own.startswith(".") else cited.passage_id, str(cited.paragraph), str(passage.part)))


def _joined(facts: Sequence[str]) -> str:
    joined = _FIELD.join(facts)
    if _LINE in joined or joined.count(_FIELD) >= len(facts):
        joined = _FIELD.join(fact.replace(_FIELD, " ").replace(_LINE, " ") for fact in facts)
    return joined


def _passage(article: str, own: Sequence[str], text: str, cut: str) -> Passage:
    # fmt: off
    (kind, article_id, source, title, inferred, section, paper, date, date_source, page, page_name, author, url,
     also) = article.split(_FIELD)
    # fmt: on
    name, paragraph, part = own
    citation = Citation(
        article_id + name if name.startswith(".") else name,
        article_id,
        source,
        int(paragraph),
        title,
        inferred == "1",
        section,
        paper,
        dt.date.fromisoformat(date) if date else None,
        cast(DateSource, date_source),
        page,
        page_name,
        author,
        url,
        tuple(also.split(_LIST)) if also else (),
    )
    return Passage(text, citation, cut, cast(Kind, kind), int(part))
