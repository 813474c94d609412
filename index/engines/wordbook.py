"""Writes a passage's text and its cut in one: a word that comes up again and again as one character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CODEC = "gb18030"
"""Holds every character, Chinese ones in two bytes instead of three."""
SPELLED = "\0"
"""What stands for a word that is spelled out."""
_FIRST = 1
_MOST = 0xD800
"""Words are the characters below the surrogates: 55,295 of them, some 1.5 MB in a reader."""
_SIGHTINGS = 4
"""
How often a word is spelled out before it is given a character. The words of 100,000 passages take 9.55 MB with 4, 9.39
with 2, which has used up its characters by then (2026-11-25).
"""
_WAITING = 200_000
"""Words that are counted at a time, some 20 MB."""
_LENGTH = bytes(int(chr(one), 36) if one < 128 and chr(one).isalnum() else 0 for one in range(256))
_LENGTHS = np.frombuffer(_LENGTH, np.uint8).astype(np.int64)
_WIDTH = 4
"""Characters of the longest word that can have one of its own: 99 % of all words have no more."""
_BITS, _STEPS = 18, 3
_PLACES = 1 << _BITS
_NO_WORD = (1 << 64) - 1
_GAP = "\uffff"
"""Where a spelled word is missing; no character, and in no word of the list."""


class Coded(NamedTuple):
    """
    One passage.

    words    a character of two bytes for every word; b"" when text and cut do not fit each other and stand as they are
    spelled  the text of the words that are SPELLED, in order, and cut their part of the cut
    """

    words: bytes
    spelled: bytes
    cut: str


class Wordbook:
    """
    The words that have a character, for reading. Words are only ever added, so an older state reads with it too.

    listed  a word's part of a cut and its text, one a line
    """

    def __init__(self, listed: str = "") -> None:
        self.listed = listed
        entries = self.entries
        self._texts = np.array([_GAP, *(entry[2:] for entry in entries)], f"<U{_WIDTH}").view("<u4").reshape(-1, _WIDTH)
        cuts = "".join([2 * SPELLED, *(entry[:2] for entry in entries)])
        self._cuts = np.frombuffer(cuts.encode("ascii"), "<u2")

    @property
    def entries(self) -> list[str]:
        return self.listed.split("\n") if self.listed else []

    def decode(self, coded: Sequence[Coded]) -> list[tuple[str, str]]:
        """Return text and cut of each passage; of many at a time, since each step costs more than what it does."""
        apart = [one for one in coded if one.words]
        words = np.frombuffer(b"".join([one.words for one in apart]), "<u2")
        cuts = self._cuts[words]
        cuts[words == 0] = np.frombuffer("".join([one.cut for one in apart]).encode("ascii"), "<u2")
        characters = self._texts[words]
        text = characters[characters != 0].tobytes().decode("utf-32-le")
        lengths = _LENGTHS[cuts >> 8]
        text = _filled(text, b"".join([one.spelled for one in apart]).decode(CODEC), lengths[words == 0].tolist())
        cut = cuts.tobytes().decode("ascii")
        word_ends = [0, *accumulate(len(one.words) // 2 for one in coded)]
        ends = np.concatenate([[0], np.cumsum(lengths)])[word_ends].tolist()
        return [
            (text[start:end], cut[2 * first : 2 * last]) if one.words else (one.spelled.decode(CODEC), one.cut)
            for one, (start, end), (first, last) in zip(coded, pairwise(ends), pairwise(word_ends), strict=True)
        ]


class WordCoder:
    """
    The same for writing: gives a character to every word that was spelled out a few times.

    Words of many passages are looked up at a time, in a table of places that NumPy reads: a word of up to four
    characters is a number of 64 bits, and one that finds its places taken goes without a character.
    """

    def __init__(self, book: Wordbook) -> None:
        self.entries: list[str] = []
        self._table = np.zeros(_PLACES, np.uint16)
        self._numbers = np.full(_MOST, _NO_WORD, np.uint64)
        self._pairs = np.zeros(_MOST, np.uint16)
        self._seen: defaultdict[str, int] = defaultdict(int)
        self._enter(book.entries)

    def encode(self, texts: Sequence[str], cuts: Sequence[str]) -> list[Coded]:
        """Return the words of passages whose texts and cuts fit each other."""
        text, cut = "".join(texts), "".join(cuts)
        pairs = np.frombuffer(cut.encode("ascii"), "<u2")
        lengths = _LENGTHS[pairs >> 8]
        characters = self._look_up(_numbers(text, lengths), pairs)
        missing = np.flatnonzero(characters == 0)
        ends = np.cumsum(lengths)[missing].tolist()
        places = zip(missing.tolist(), lengths[missing].tolist(), ends, strict=True)
        entries = [cut[2 * at : 2 * at + 2] + text[end - length : end] for at, length, end in places]
        self._count(entries)
        bounds = [0, *accumulate(len(one) // 2 for one in cuts)]
        spelled = np.searchsorted(missing, bounds).tolist()
        written = characters.astype("<u2").tobytes()
        return [
            _coded(written[2 * start : 2 * end], entries[first:last])
            for (start, end), (first, last) in zip(pairwise(bounds), pairwise(spelled), strict=True)
        ]

    def _look_up(self, numbers: NDArray[np.uint64], pairs: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return each word's character, 0 where it has none."""
        found = np.zeros(len(pairs), np.uint16)
        left = np.arange(len(pairs))
        for step in range(_STEPS):
            characters = self._table[_places(numbers[left], step)]
            right = (self._numbers[characters] == numbers[left]) & (self._pairs[characters] == pairs[left])
            found[left[right]] = characters[right]
            left = left[~right]
        return found

    def _count(self, entries: Iterable[str]) -> None:
        seen = self._seen
        if len(seen) > _WAITING:
            seen.clear()
        for entry in entries:
            seen[entry] += 1
        frequent = [entry for entry in dict.fromkeys(entries) if seen[entry] >= _SIGHTINGS]
        for entry in frequent:
            del seen[entry]
        self._enter([entry for entry in frequent if _fit(entry)])

    def _enter(self, entries: Sequence[str]) -> None:
        """Give characters to words, as long as there are any."""
        entries = entries[: _MOST - _FIRST - len(self.entries)]
        words = [entry[2:] for entry in entries]
        numbers = _numbers("".join(words), np.array([len(word) for word in words], np.int64))
        pairs = "".join([entry[:2] for entry in entries]).encode("ascii")
        first = len(self.entries) + _FIRST
        self.entries += entries
        self._numbers[first : first + len(entries)] = numbers
        self._pairs[first : first + len(entries)] = np.frombuffer(pairs, "<u2")
        places = zip(*(_places(numbers, step).tolist() for step in range(_STEPS)), strict=True)
        for character, own in enumerate(places, first):
            for place in own:
                if not self._table[place]:
                    self._table[place] = character
                    break


def fit(text: str, cut: str) -> bool:
    """Tell whether a cut, as `tokens.pack` writes it, covers a text: a tag and a length in base 36 for every word."""
    if not cut or len(cut) % 2 or not cut.isascii():
        return False
    return sum(cut[1::2].encode("ascii").translate(_LENGTH)) == len(text)


def _coded(words: bytes, entries: Sequence[str]) -> Coded:
    spelled = "".join([entry[2:] for entry in entries]).encode(CODEC)
    return Coded(words, spelled, "".join([entry[:2] for entry in entries]))


def _numbers(text: str, lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the first four characters of each word as a number, each 65,535 at most."""
    starts = np.cumsum(lengths) - lengths
    characters = np.frombuffer(text.encode("utf-32-le") + bytes(4 * _WIDTH), "<u4")
    characters = np.minimum(characters, 0xFFFF).astype(np.uint64)
    numbers = np.zeros(len(starts), np.uint64)
    for at in range(_WIDTH):
        numbers |= np.where(lengths > at, characters[starts + at], np.uint64(0)) << np.uint64(16 * at)
    return numbers


def _places(numbers: NDArray[np.uint64], step: int) -> NDArray[np.uint64]:
    """Return where in the table words may be: Fibonacci hashing (Knuth, vol. 3, 6.4), and the places behind."""
    return ((numbers * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64 - _BITS)) + np.uint64(step)) % np.uint64(_PLACES)


def _fit(entry: str) -> bool:
    """Tell whether a word can have a character: told from what is spelled, one a line, its number its own."""
    word = entry[2:]
    return 0 < len(word) <= _WIDTH and not {"\n", SPELLED} & set(entry) and max(word) < "\uffff"


def _filled(text: str, spelled: str, lengths: Sequence[int]) -> str:
    """Put spelled words of these lengths into the gaps of a text."""
    parts = text.split(_GAP)
    filled = [parts[0]]
    at = 0
    for length, part in zip(lengths, parts[1:], strict=True):
        filled += (spelled[at : at + length], part)
        at += length
    return "".join(filled)
