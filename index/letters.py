"""What a character says of an answer that begins or ends beside it: learned odds, kept as text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index import learned

Odds = NDArray[np.float32]

PLACES = ("before", "first", "last", "behind")
"""Where a character stands: right before an answer, its first, its last, right behind it."""
_PLANE = 0x10000
_UNIT = 10
"""Odds are written in tenths."""
_LITTLE = 6
"""Tenths: characters whose odds are all within are left out, three in five, which saves 30 KB."""
_DOUBT = 2.0
"""Occurrences added to both sides: a rare character says little."""


def load() -> Odds:
    """
    Return the natural logarithms of the odds, places × characters of the basic plane; 0 says nothing.

    Above 0 the character stands there of answers more often than of other words.
    """
    return learned.load("letters", parse)


def parse(text: str) -> Odds:
    """Return the odds that `text` writes: a line a character, its code and its odds in tenths."""
    odds = np.zeros((len(PLACES), _PLANE), np.float32)
    for line in text.splitlines():
        if not line.startswith("#"):
            code, *tenths = line.split()
            odds[:, int(code, 16)] = [int(tenth) / _UNIT for tenth in tenths]
    return odds


def write(odds: Odds) -> str:
    """Return `odds` in the form `parse` reads, without the characters that say little."""
    tenths = np.rint(odds * _UNIT).astype(int)
    telling = np.flatnonzero(abs(tenths).max(axis=0) > _LITTLE)
    lines = (f"{code:x} {' '.join(map(str, tenths[:, code]))}" for code in telling)
    return "\n".join(["# letters: odds in tenths, made as README.md says", *lines]) + "\n"


def learn(of_answers: NDArray[np.int64], of_others: NDArray[np.int64]) -> Odds:
    """Return the odds from how often each character stood in each place, of answers and of other words."""
    expected = of_others * of_answers.sum(axis=1, keepdims=True) / np.maximum(of_others.sum(axis=1, keepdims=True), 1)
    odds: Odds = np.log((of_answers + _DOUBT) / (expected + _DOUBT)).astype(np.float32)
    return odds


def count(codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how often each character stands in each place of what begins at `starts` and of what ends at `ends`."""
    beside: Iterable[NDArray[np.int64]] = (starts - 1, starts, ends - 1, np.minimum(ends, len(codes) - 1))
    plane = np.minimum(codes, _PLANE - 1)
    return np.stack([np.bincount(plane[places], minlength=_PLANE) for places in beside])
