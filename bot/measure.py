"""Measures and cuts text as Telegram counts it: in UTF-16 code units."""

from __future__ import annotations

import re

MESSAGE = 4096
"""The longest message, in units after its markup is taken out."""

_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units: an emoji counts two."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Return `text` without control characters, direction marks and lone surrogates; line breaks and tabs stay."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clip(text: str, limit: int) -> str:
    """Return `text`, or as much of its beginning as fits into `limit` units together with an ellipsis."""
    if units(text) <= limit:
        return text
    return text[: _longest(text, limit - 1)] + "…"


def clip_around(text: str, start: int, end: int, limit: int) -> tuple[str, int, int]:
    """
    Return a stretch of `text` of at most `limit` units that holds text[start:end], and where that now stands.

    What is left out at either side is marked by an ellipsis; a span longer than `limit` is cut too.
    """
    if units(text) <= limit:
        return text, start, end
    span = clip(text[start:end], limit - 2)
    before = text[:start][::-1]
    room = limit - 2 - units(span)
    lead = before[: _longest(before, room // 3)][::-1]
    tail = text[end:]
    tail = tail[: _longest(tail, room - units(lead))] if span == text[start:end] else ""
    head = "…" if len(lead) < start else ""
    close = "…" if tail and end + len(tail) < len(text) else ""
    return f"{head}{lead}{span}{tail}{close}", len(head) + len(lead), len(head) + len(lead) + len(span)


def pieces(text: str, limit: int) -> list[str]:
    """Cut `text` into pieces of at most `limit` units, after a sentence where there is one."""
    out = []
    while units(text) > limit:
        at = _longest(text, limit)
        stop = max(text.rfind(mark, at // 2, at) for mark in "。！？；\n")
        at = stop + 1 if stop > 0 else at
        out.append(text[:at])
        text = text[at:]
    return [*out, text] if text else out


def _longest(text: str, limit: int) -> int:
    """Return how many characters from the beginning fit into `limit` units."""
    size = 0
    for at, character in enumerate(text):
        size += 2 if character > "\uffff" else 1
        if size > limit:
            return at
    return len(text)
