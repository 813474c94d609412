"""Writes a passage's text and its cut in one: a word that comes up again and again as one character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from operator import add
from typing import NamedTuple

CODEC = "gb18030"
"""Holds every character, Chinese ones in two bytes instead of three."""
SPELLED, END = "\0", "\1"
"""What stands for a word that is spelled out, and what stands between passages."""
_FIRST = 2
_MOST = 0xD800
"""Words are the characters below the surrogates: 55,294 of them, some 6 MB in a reader."""
_SIGHTINGS = 4
"""
How often a word is spelled out before it is given a character. The words of 100,000 passages take 9.55 MB with 4, 9.39
with 2, which has used up its characters by then (2026-11-25).
"""
_WAITING = 200_000
"""Words that are counted at a time, some 20 MB."""
_LENGTHS = bytes(int(chr(one), 36) if chr(one) in "0123456789abcdefghijklmnopqrstuvwxyz" else 0 for one in range(256))


class Coded(NamedTuple):
    """
    One passage.

    words    a character for every word; "" when text and cut do not fit each other and stand as they are
    spelled  the text of the words that are SPELLED, in order, and cut their part of the cut
    """

    words: str
    spelled: bytes
    cut: str


class Wordbook:
    """The words that have a character, for reading. Words are only ever added, so an older state reads with it too."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self.entries = list(entries)
        self._texts = [SPELLED, END, *(entry[2:] for entry in self.entries)]
        self._cuts = [SPELLED, END, *(entry[:2] for entry in self.entries)]

    def decode(self, words: str, spelled: str, cut: str) -> tuple[str, str]:
        """Return text and cut."""
        if not words:
            return spelled, cut
        text, whole = words.translate(self._texts), words.translate(self._cuts)
        if not cut:
            return text, whole
        ends = [0, *_ends(cut)]
        missing = map(spelled.__getitem__, map(slice, ends, ends[1:]))
        return _filled(text, missing), _filled(whole, map(add, cut[::2], cut[1::2]))


class WordCoder:
    """The same for writing: tells the character of a word, and gives one to words that have been seen a few times."""

    def __init__(self, book: Wordbook) -> None:
        self.entries = list(book.entries)
        self._characters = _Characters({_key(entry): chr(at) for at, entry in enumerate(self.entries, _FIRST)})
        self._seen: defaultdict[str, int] = defaultdict(int)

    def encode(self, text: str, cut: str) -> Coded:
        """
        Return one passage.

        Raises UnicodeEncodeError when there is half a character in it.
        """
        ends = [0, *_ends(cut)]
        if len(ends) == 1 or ends[-1] != len(text) or len(cut) % 2:
            return Coded("", text.encode(CODEC), cut)
        keys = list(map(add, cut[::2], map(text.__getitem__, map(slice, ends, ends[1:]))))
        words = "".join(map(self._characters.__getitem__, keys))
        if SPELLED not in words:
            return Coded(words, b"", "")
        places = [at for at, word in enumerate(words) if word == SPELLED]
        spelled = "".join([keys[at][1:] for at in places]).encode(CODEC)
        entries = [cut[2 * at : 2 * at + 2] + keys[at][1:] for at in places]
        self._count(entries)
        return Coded(words, spelled, "".join([entry[:2] for entry in entries]))

    def _count(self, entries: Iterable[str]) -> None:
        seen = self._seen
        if len(seen) > _WAITING:
            seen.clear()
        for entry in entries:
            seen[entry] += 1
            if seen[entry] == _SIGHTINGS and len(self.entries) < _MOST - _FIRST and _fit(entry):
                self._characters[_key(entry)] = chr(len(self.entries) + _FIRST)
                self.entries.append(entry)
                del seen[entry]


class _Characters(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return SPELLED


def _key(entry: str) -> str:
    """Return tag and text: the length between them is the text's."""
    return entry[0] + entry[2:]


def _fit(entry: str) -> bool:
    """Tell whether an entry can stand in a list, one a line, and be told from what is spelled."""
    return len(entry) > 2 and not {"\n", SPELLED, END} & set(entry)


def _ends(cut: str) -> Iterable[int]:
    """Return where each word of a cut ends, as `tokens.pack` wrote it: a tag and a length in base 36 a word."""
    return accumulate(cut[1::2].encode("latin-1", "replace").translate(_LENGTHS))


def _filled(text: str, missing: Iterable[str]) -> str:
    first, *rest = text.split(SPELLED)
    return "".join([first, *(part for pair in zip(missing, rest, strict=True) for part in pair)])
