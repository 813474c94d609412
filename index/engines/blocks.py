"""How passages lie together in a block: lines of JSON, each passage's own and then their articles', in a zstd frame."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import threading
from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
import zstandard

from index.model import Citation, DateSource, Kind, Passage

CHARACTERS = 500
"""Characters of text after which a block is closed, some five passages."""
FEWEST, _MOST = 1_000, 6_000
"""Blocks that a dictionary is taken from."""
_SHARE, _LARGEST = 32, 1 << 20
"""
Bytes of a dictionary for each block packed by it, and at most. Blocks of 100,000 passages take 23.6 MB without one,
17.7 with 256 KB, 16.8 with 1 MB; blocks four times as long take 4 % less, and unpacking them twice the time
(2026-11-26).
"""
_SEGMENT = 200
"""
Bytes taken from one place, as zstd's trainer counts them: with 500, which it finds by trying in five times the time,
blocks take half a hundredth more.
"""
_CODEC = "gb18030"
"""Holds every character, Chinese ones in two bytes instead of three: packed they take 5 % less than in UTF-8."""
_LEVEL, _PASSING = 3, -1
"""9 takes three times as long to save one hundredth. What will be packed anew, by a dictionary, is packed fast."""
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
_quoted = json.encoder.encode_basestring
"""A text as `_WRITTEN` writes it, without what an encoder sets up for each value."""
_READ = json.JSONDecoder().raw_decode
_PARAGRAPH = Citation._fields.index("paragraph")
"""Where in a citation the paragraph's number stands; the passage's id stands first, all else is its article's."""


class Dictionary:
    """
    What blocks have in common, so that none has to say it again; zstd's own kind. Safe to use from several threads.

    content  as it is kept; b"" for none
    """

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self._shared = zstandard.ZstdCompressionDict(content) if content else None
        self._own = threading.local()

    def unpacked(self, packed: bytes) -> bytes:
        """Raises ZstdError when the frame is damaged."""
        try:
            decompressor = self._own.decompressor
        except AttributeError:
            decompressor = self._own.decompressor = zstandard.ZstdDecompressor(dict_data=self._shared)
        return cast(bytes, decompressor.decompress(packed))

    def compressor(self) -> zstandard.ZstdCompressor:
        if self._shared is None:
            return zstandard.ZstdCompressor(level=_PASSING, write_checksum=True)
        self._shared.precompute_compress(level=_LEVEL)
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=self._shared, write_checksum=True)


def some(of: Sequence[int]) -> Sequence[int]:
    """Return the blocks to take a dictionary from, evenly from among all; none when they are too few."""
    return [of[at] for at in np.linspace(0, len(of) - 1, min(len(of), _MOST)).astype(int)] if len(of) >= FEWEST else []


def dictionary_of(written: Iterable[bytes], packed: int) -> Dictionary:
    """
    Return what some blocks, before they are packed, have most in common; an empty one if there is nothing.

    packed  how many blocks will be packed by it
    """
    samples: list[bytes | bytearray | memoryview[int]] = list(written)
    size = min(_SHARE * packed, _LARGEST)
    with contextlib.suppress(zstandard.ZstdError):
        if samples:
            return Dictionary(zstandard.train_dictionary(size, samples, k=_SEGMENT, d=8).as_bytes())
    return Dictionary()


class Block:
    """
    Passages that will be compressed together.

    characters  how long their texts are so far
    """

    def __init__(self) -> None:
        self._facts: tuple[Any, ...] = ()
        self._article = b""
        self._articles: dict[bytes, int] = {}
        self._own: list[bytes] = []
        self.characters = 0

    def __len__(self) -> int:
        return len(self._own)

    def add(self, passage: Passage) -> None:
        """Raises UnicodeEncodeError when there is half a character in it, and leaves the block as it was."""
        facts = _facts(passage)
        article = self._article if facts == self._facts else _WRITTEN.encode(facts).encode(_CODEC)
        number = self._articles.get(article, len(self._articles))
        self._own.append(_own(number, passage).encode(_CODEC))
        self._articles[article] = number
        self._facts, self._article = facts, article
        self.characters += len(passage.text)

    def written(self) -> bytes:
        return b"\n".join([*self._own, *reversed(self._articles)])


def read(written: bytes, place: int) -> Passage:
    """Return the passage at a place of a block. Raises ValueError or LookupError when it is damaged."""
    own = written.split(b"\n", place + 1)[place]
    number = int(own[1 : own.index(b",")])
    article = written.rsplit(b"\n", number + 1)[-1 - number]
    (own_facts, article_facts), _ = _READ((b"[%b,%b]" % (own, article)).decode(_CODEC))
    return _passage(own_facts, article_facts)


def _facts(passage: Passage) -> tuple[Any, ...]:
    """Return what the passages of an article have in common: their kind, and their citation but for its own parts."""
    cited = passage.citation
    return passage.kind, *cited[1:_PARAGRAPH], *cited[_PARAGRAPH + 1 :]


def _own(number: int, passage: Passage) -> str:
    """Return what is a passage's own as JSON, behind its article's number: of its id what follows the article's."""
    cited = passage.citation
    rest = cited.passage_id.removeprefix(cited.article_id)
    name = rest if rest.startswith(".") else cited.passage_id
    own = f"{_quoted(name)},{cited.paragraph},{passage.part},{_quoted(passage.cut)},{_quoted(passage.text)}"
    return f"[{number},{own}]"


def _passage(own: Sequence[Any], article: Sequence[Any]) -> Passage:
    kind, article_id, source, title, inferred, section, paper, date, date_source, *printed, also = article
    page, page_name, author, url = printed
    _, name, paragraph, part, cut, text = own
    citation = Citation(
        article_id + name if name.startswith(".") else name,
        article_id,
        source,
        paragraph,
        title,
        inferred,
        section,
        paper,
        date and dt.date.fromisoformat(date),
        cast(DateSource, date_source),
        page,
        page_name,
        author,
        url,
        tuple(also),
    )
    return Passage(text, citation, cut, cast(Kind, kind), part)
