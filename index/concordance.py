"""Lays the candidates of one question end to end and marks, in arrays, where each of its terms stands."""

from __future__ import annotations

import string
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
_SIZES = np.zeros(256, np.int64)
_SIZES[[ord(digit) for digit in string.digits + string.ascii_lowercase]] = range(36)
"""What the digits of a packed cut say."""


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
        self.codes: Ints = np.frombuffer(self.text.encode("utf-32-le"), np.uint32).astype(np.int64)
        self.passage_at: Ints = np.repeat(np.arange(len(texts)), self.lengths + 1)
        self._cut(cuts)
        self.sentence_end: Ints = self._ends(SENTENCE_ENDS)
        self.sentence_start: Ints = np.concatenate(([0], self.sentence_end))[:-1]
        self.sentence_at: Ints = np.repeat(np.arange(len(self.sentence_end)), self.sentence_end - self.sentence_start)
        self.sentence_passage: Ints = self.passage_at[self.sentence_start]
        self.token_sentence: Ints = self.sentence_at[self.token_start]

    def _cut(self, cuts: Sequence[str]) -> None:
        packed = np.frombuffer("w1".join([*cuts, ""]).encode("ascii"), np.uint8)
        sizes = _SIZES[packed[1::2]]
        self.token_end: Ints = np.cumsum(sizes)
        self.token_start: Ints = self.token_end - sizes
        self.token_tag = packed[0::2]
        self.begins: Bools = np.zeros(len(self.codes) + 1, np.bool_)
        self.begins[self.token_start] = True
        self.begins[-1] = True

    def _ends(self, marks: str) -> Ints:
        """Return where units that `marks` close end, closing quotes behind the mark included: the last at the end."""
        ends = np.flatnonzero(is_any(self.codes, marks))
        for _ in range(2):
            ends += is_any(self.codes[np.minimum(ends + 1, len(self.codes) - 1)], _CLOSING)
        return ends + 1

    def inside(self, sentences: Ints) -> Bools:
        """Return which tokens stand in one of the sentences."""
        chosen = np.zeros(len(self.sentence_start), np.bool_)
        chosen[sentences] = True
        tokens: Bools = chosen[self.token_sentence]
        return tokens

    @cached_property
    def clause_bounds(self) -> Ints:
        """Offsets where clauses meet, the beginning and the end included."""
        return np.concatenate(([0], self._ends(SNIPPET_ENDS)))

    @cached_property
    def bigram_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a bigram of the question begins, and which it is."""
        letter = self._letter
        held = letter > 0
        places = np.flatnonzero(held[:-1] & held[1:])
        number = {character: n for n, character in enumerate(self.characters, 1)}
        base = len(number) + 1
        wanted = np.array([number[pair[0]] * base + number[pair[1]] for pair in self.bigrams], np.int64)
        found, which = _find(letter[places].astype(np.int64) * base + letter[places + 1], wanted)
        return places[found], which

    @cached_property
    def character_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a character of the question's bigrams stands, and which it is."""
        places = np.flatnonzero(self._letter)
        return places, self._letter[places].astype(np.int64) - 1

    @cached_property
    def _letter(self) -> NDArray[np.int16]:
        """Which of `characters` each character is, counted from 1; 0 for any other."""
        wanted = [ord(character) for character in self.characters]
        numbers = np.zeros(max(wanted, default=0) + 2, np.int16)
        numbers[wanted] = range(1, len(wanted) + 1)
        return numbers.take(self.codes, mode="clip")

    @cached_property
    def characters(self) -> list[str]:
        return sorted(set("".join(self.bigrams)))

    @cached_property
    def word_hits(self) -> tuple[Ints, Ints]:
        """Character offsets where a word of the question begins as a whole token or run of tokens, and which it is."""
        others = {word: number for number, word in enumerate(self.words)}
        of_pair = np.array([others.pop(pair, -1) for pair in self.bigrams], np.int64)
        stands: list[int] = []
        many: list[int] = []
        for word in others:
            before = len(stands)
            at = self.text.find(word)
            while at >= 0:
                stands.append(at)
                at = self.text.find(word, at + len(word))
            many.append(len(stands) - before)
        pair_places, pair = self.bigram_hits
        named = of_pair[pair]
        places = np.concatenate((pair_places[named >= 0], np.array(stands, np.int64)))
        which = np.concatenate((named[named >= 0], np.repeat(np.array([*others.values()], np.int64), many)))
        sizes = np.fromiter(map(len, self.words), np.int64, len(self.words))
        whole = self.begins[places] & self.begins[places + sizes[which]]
        return places[whole], which[whole]

    def count(self, hits: tuple[Ints, Ints], kinds: int, unit_at: Ints, units: int) -> Ints:
        """Return how often each kind of hit stands in each unit (passage or sentence): units × kinds."""
        places, which = hits
        flat = np.bincount(unit_at[places] * kinds + which, minlength=units * kinds)
        return flat.reshape(units, kinds)


def is_any(codes: Ints | NDArray[np.uint8], characters: str) -> Bools:
    """Return where `codes` holds one of `characters`."""
    return _table(characters).take(codes, mode="clip")


@lru_cache(64)
def _table(characters: str) -> Bools:
    """Return a table no longer than the characters need: one of punctuation stays in a processor's nearest memory."""
    codes = [ord(character) for character in characters]
    table = np.zeros(max(codes, default=0) + 2, np.bool_)
    table[codes] = True
    return table


def _find(codes: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    if not len(wanted):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.argsort(wanted)
    slot = np.searchsorted(wanted[order], codes)
    slot[slot == len(wanted)] = 0
    which = order[slot]
    places = np.flatnonzero(wanted[which] == codes)
    return places, which[places]
