"""Lays the candidates of one question end to end and marks, in arrays, where each of its terms stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from index.normalize import fold

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SENTENCE_ENDS = "。!?;…\n"
CLAUSE_ENDS = ",:、—()《》" + SENTENCE_ENDS
SNIPPET_ENDS = ",:" + SENTENCE_ENDS
_CLOSING = "”’」』)》"
_PAIR_BASE = 1 << 21


class Concordance:
    """
    The folded texts of some passages, one "\\n" behind each, as arrays over characters, tokens and sentences.

    words, bigrams    the terms looked for, in column order of the counts
    passage_at        passage number of each character
    sentence_at       sentence number of each character, counted over all passages
    sentence_passage  passage number of each sentence
    token_start, token_end, token_tag, token_sentence   over all tokens; tags as character codes
    """

    def __init__(self, texts: Sequence[str], cuts: Sequence[str], words: Sequence[str], bigrams: Sequence[str]) -> None:
        self.text = fold("\n".join([*texts, ""]))
        self.words = list(words)
        self.bigrams = list(bigrams)
        self.lengths: Ints = np.fromiter(map(len, texts), np.int64, len(texts))
        self.passage_start: Ints = (
            np.concatenate(([0], np.cumsum(self.lengths + 1)[:-1])) if texts else np.zeros(0, np.int64)
        )
        self.codes = np.frombuffer(self.text.encode("utf-32-le"), np.uint32)
        self.passage_at: Ints = np.repeat(np.arange(len(texts)), self.lengths + 1)
        self._cut(cuts)
        ends = self._ends(SENTENCE_ENDS)
        self.sentence_at: Ints = np.concatenate(([0], np.cumsum(ends)[:-1]))
        sentences = int(self.sentence_at[-1]) + 1 if len(self.codes) > 1 else 0
        self.sentence_start: Ints = np.searchsorted(self.sentence_at, np.arange(sentences))
        self.sentence_end: Ints = np.concatenate((self.sentence_start[1:], [len(self.codes)]))[:sentences]
        self.sentence_passage: Ints = self.passage_at[self.sentence_start]
        self.token_sentence: Ints = self.sentence_at[self.token_start]

    def _cut(self, cuts: Sequence[str]) -> None:
        packed = np.frombuffer("w1".join([*cuts, ""]).encode("ascii"), np.uint8)
        digits = packed[1::2].astype(np.int64)
        sizes = np.where(digits >= ord("a"), digits - ord("a") + 10, digits - ord("0"))
        self.token_end: Ints = np.cumsum(sizes)
        self.token_start: Ints = self.token_end - sizes
        self.token_tag = packed[0::2]
        self.begins: Bools = np.zeros(len(self.codes) + 1, np.bool_)
        self.begins[self.token_start] = True
        self.begins[-1] = True

    def _ends(self, marks: str) -> Bools:
        """Return where a unit that `marks` close has its last character, closing quotes behind the mark included."""
        ends = is_any(self.codes, marks)
        closing = is_any(self.codes, _CLOSING)
        for _ in range(2):
            carried = np.concatenate(([False], ends[:-1])) & closing
            ends = (ends & ~np.concatenate((carried[1:], [False]))) | carried
        return ends

    @cached_property
    def clause_bounds(self) -> Ints:
        """Offsets where clauses meet, the beginning and the end included."""
        return np.concatenate(([0], np.flatnonzero(self._ends(SNIPPET_ENDS)) + 1))

    @cached_property
    def bigram_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a bigram of the question begins, and which it is."""
        pairs = self.codes[:-1].astype(np.int64) * _PAIR_BASE + self.codes[1:]
        wanted = np.array([ord(pair[0]) * _PAIR_BASE + ord(pair[1]) for pair in self.bigrams], np.int64)
        return _find(pairs, wanted)

    @cached_property
    def character_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a character of the question's bigrams stands, and which it is."""
        return _find(self.codes.astype(np.int64), np.array([ord(c) for c in self.characters], np.int64))

    @cached_property
    def characters(self) -> list[str]:
        return sorted(set("".join(self.bigrams)))

    @cached_property
    def word_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a word of the question begins as a whole token or run of tokens, and which it is."""
        places: list[int] = []
        which: list[int] = []
        for number, word in enumerate(self.words):
            for match in re.finditer(re.escape(word), self.text):
                if self.begins[match.start()] and self.begins[match.end()]:
                    places.append(match.start())
                    which.append(number)
        return np.array(places, np.int64), np.array(which, np.int64)

    def count(self, hits: tuple[Ints, Ints], kinds: int, unit_at: Ints, units: int) -> Ints:
        """Return how often each kind of hit stands in each unit (passage or sentence): units × kinds."""
        places, which = hits
        flat = np.bincount(unit_at[places] * kinds + which, minlength=units * kinds)
        return flat.reshape(units, kinds)


def is_any(codes: NDArray[np.uint32] | NDArray[np.uint8], characters: str) -> Bools:
    """Return where `codes` holds one of `characters`, those beyond the basic plane aside."""
    table = _table(characters)
    return table[codes] if codes.dtype == np.uint8 else table[np.minimum(codes, 0xFFFF)]


@lru_cache(1024)
def _table(characters: str) -> Bools:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(character) for character in characters if ord(character) < 0x10000]] = True
    return table


def _find(codes: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    if not len(wanted):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.argsort(wanted)
    slot = np.searchsorted(wanted, codes, sorter=order)
    slot[slot == len(wanted)] = 0
    which = order[slot]
    places = np.flatnonzero(wanted[which] == codes)
    return places, which[places]
