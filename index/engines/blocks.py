"""How passages lie together in a block: what their articles share once, then line for line, then their words."""

from __future__ import annotations

import datetime as dt
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import zstandard

from index.engines.wordbook import CODEC, END, Wordbook, WordCoder
from index.model import Citation, DateSource, Kind, Passage

WORDS = 2_000
"""
Words after which a block is closed, about forty passages. Rows of 100,000 passages take 13.0 MB, with 2,000 words
12.1, with 4,000 11.5; reading one row unpacks its block, in 14, 21 and 35 µs (2026-11-25, a busy machine).
"""
_LEVEL = 3
"""9 takes three times as long to save one hundredth."""
_FIELD, _LIST, _LINE = "\x1f", "\x1e", "\x1d"
_SIZES = struct.Struct("<II")


class _Zstd(threading.local):
    """A compressor and a decompressor for every thread: making one costs more than unpacking a block."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor()


_ZSTD = _Zstd()


class Block:
    """Passages that will be compressed together."""

    def __init__(self, coder: WordCoder) -> None:
        self._coder = coder
        self._articles: dict[bytes, int] = {}
        self._lines: list[bytes] = []
        self._words: list[str] = []
        self._spelled: list[bytes] = []
        self._spelled_size = 0
        self.words = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, passage: Passage) -> None:
        """Raises UnicodeEncodeError when there is half a character in it, and leaves the block as it was."""
        article = _article(passage).encode(CODEC)
        at = self._articles.get(article, len(self._articles))
        coded = self._coder.encode(passage.text, passage.cut)
        line = _line(passage, at, coded.cut, self._spelled_size).encode(CODEC)
        self._articles[article] = at
        self._lines.append(line)
        self._words.append(coded.words)
        self._spelled.append(coded.spelled)
        self._spelled_size += len(coded.spelled)
        self.words += len(coded.words) or len(coded.spelled)

    def packed(self) -> bytes:
        """
        Return one zstd frame with its checksum. Words, lines and spelled words have each their own statistics in it,
        which saves 3 %.
        """
        words = END.join(self._words).encode("utf-16-le")
        lines = _LINE.encode().join([*self._articles, *self._lines])
        parts = (_SIZES.pack(len(words), len(lines)) + words, lines, b"".join(self._spelled))
        frame = _ZSTD.compressor.compressobj(size=sum(map(len, parts)))
        packed = []
        for part in parts:
            packed += [frame.compress(part), frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)]
        return b"".join([*packed, frame.flush()])


def unpacked(packed: bytes, places: Iterable[int], book: Wordbook) -> Iterator[Passage]:
    """
    Yield the passages at some places of a block.

    Raises ValueError, LookupError or ZstdError when the block is damaged.
    """
    content = _ZSTD.decompressor.decompress(packed)
    words_size, lines_size = _SIZES.unpack_from(content)
    lines_at = _SIZES.size + words_size
    spelled_at = lines_at + lines_size
    words = content[_SIZES.size : lines_at].decode("utf-16-le").split(END)
    lines = content[lines_at:spelled_at].split(_LINE.encode())
    lines.append(b"%d" % (len(content) - spelled_at))
    for place in places:
        at = len(lines) - len(words) - 1 + place
        *line, start = lines[at].decode(CODEC).split(_FIELD)
        spelled = content[spelled_at + int(start) : spelled_at + int(lines[at + 1].rpartition(_FIELD.encode())[2])]
        text, cut = book.decode(words[place], spelled.decode(CODEC), line[-1])
        yield _passage(lines[int(line[0])].decode(CODEC), line, text, cut)


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


def _line(passage: Passage, article: int, cut: str, start: int) -> str:
    """Return what is a passage's own: of its id what follows the article's."""
    cited = passage.citation
    own = cited.passage_id.removeprefix(cited.article_id)
    name = own if own.startswith(".") else cited.passage_id
    return _joined((str(article), name, str(cited.paragraph), str(passage.part), cut, str(start)))


def _joined(facts: Sequence[str]) -> str:
    joined = _FIELD.join(facts)
    if _LINE in joined or joined.count(_FIELD) >= len(facts):
        joined = _FIELD.join(fact.replace(_FIELD, " ").replace(_LINE, " ") for fact in facts)
    return joined


def _passage(article: str, line: Sequence[str], text: str, cut: str) -> Passage:
    # fmt: off
    (kind, article_id, source, title, inferred, section, paper, date, date_source, page, page_name, author, url,
     also) = article.split(_FIELD)
    # fmt: on
    _, name, paragraph, part, _ = line
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
