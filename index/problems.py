"""Sums up what was wrong in one source: the same trouble in many places is one sentence with a count."""

from __future__ import annotations

import re
from collections.abc import Iterable

KEPT = 100
"""Sentences kept of one source: enough to see what kind of file it is."""

_SINGLE = 3
_COUNTED = re.compile(r"(.*) ×(\d+)", re.DOTALL)


def summed(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """
    Return a sentence for each place and reason, or one for all places with the same reason where there are many.

    A place is "" for the source as a whole. What exceeds KEPT sentences is counted in the last one.
    """
    places: dict[str, list[str]] = {}
    for place, reason in found:
        places.setdefault(reason, []).append(place)
    sentences = []
    for reason, there in places.items():
        if len(there) > _SINGLE:
            named = "、".join(filter(None, there[:_SINGLE]))
            sentences.append((f"{reason}（{named} 等）" if named else reason) + f" ×{len(there)}")
        else:
            sentences += [f"{place}：{reason}" if place else reason for place in there]
    rest = sum(counted(sentence)[1] for sentence in sentences[KEPT:])
    return (*sentences[:KEPT], *([f"还有别的问题 ×{rest}"] if rest else []))


def counted(sentence: str) -> tuple[str, int]:
    """Return a sentence of `summed` without its count, and the count: 1 when it has none."""
    match = _COUNTED.fullmatch(sentence)
    return (match[1], int(match[2])) if match else (sentence, 1)
