"""Compares short texts by their pairs of neighbouring characters, whatever their widths, script and punctuation."""

from __future__ import annotations

from itertools import pairwise

from index.normalize import fold

ALIKE = 0.8
"""Least Dice coefficient of two texts that are one text read twice."""


def alike(one: str, other: str, least: float = ALIKE) -> bool:
    """They are the same text but for slips of the reading: "" is like nothing."""
    return likeness(one, other) >= least


def likeness(one: str, other: str) -> float:
    """Return the Dice coefficient of the texts' pairs, 1.0 for the same letters and digits."""
    if not letters(one) or not letters(other):
        return 0.0
    ours, theirs = pairs(one), pairs(other)
    if letters(one) == letters(other):
        return 1.0
    return 2 * len(ours & theirs) / max(1, len(ours) + len(theirs))


def share_within(head: str, text: str) -> float:
    """Return how many of the head's pairs stand in `text`, 0 to 1; 0 for a head without pairs."""
    wanted = pairs(head)
    return len(wanted & pairs(text)) / len(wanted) if wanted else 0.0


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring letters and digits, punctuation between them left out."""
    return folded_pairs(fold(text))


def folded_pairs(folded: str) -> set[str]:
    """Return the pairs of a text that is folded already."""
    run = "".join(filter(str.isalnum, folded))
    return set(map("".join, pairwise(run)))


def letters(text: str) -> str:
    """Return the folded letters and digits of `text`."""
    return "".join(filter(str.isalnum, fold(text)))
