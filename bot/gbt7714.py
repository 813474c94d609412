"""Writes a citation as GB/T 7714 words a newspaper article: 作者. 题名[N]. 报名, 日期(版次)."""

from __future__ import annotations

from bot import messages
from bot.measure import clean, clip, units
from index.model import Citation

LONGEST = 256
"""What a CopyTextButton takes, in characters."""


def reference(citation: Citation) -> str:
    """Return the reference, at most 256 units; what is unknown is left out and an over-long title is shortened."""
    author = f"{clip(clean(citation.author).strip(), 40)}. " if citation.author.strip() else ""
    page = f"({clip(clean(citation.page), 12)})" if citation.page else ""
    date = f"{citation.date.isoformat() if citation.date else ''}{page}"
    issue = ", ".join(part for part in (clip(clean(citation.paper).strip(), 40), date) if part)
    tail = f"[N]. {issue}." if issue else "[N]."
    title = " ".join(clean(citation.title).split()) or messages.UNTITLED
    return author + clip(title, LONGEST - units(author) - units(tail)) + tail
