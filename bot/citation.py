"""Writes the one line under a snippet that says where it stands."""

from __future__ import annotations

import re

from bot import messages
from index.dates import iso_of
from index.model import Citation, Snippet

_SAYS_ITS_YEAR = re.compile(r"(?:1\d|20)\d\d|[一二][〇零九八]..年")


_ALSO = 2
"""Further files that are named; more are counted."""


def cite(citation: Citation, previous: Citation | None = None) -> str:
    """
    Return "《title》 › section · 第n段 · paper date 第A01版（name） · 另见 1 处：a.pdf", without the URL.

    After a snippet of the same article, `previous`, only "同一篇 · 第n段".
    """
    if previous is not None and previous.article_id == citation.article_id:
        return f"{messages.SAME_ARTICLE} · {messages.paragraph(citation.paragraph)}"
    title = heading(citation.title) or messages.UNTITLED
    place = f"{title} › {citation.section}" if citation.section else title
    parts = [place, messages.paragraph(citation.paragraph), issue(citation)]
    if citation.title_inferred:
        parts[-1] += f", {messages.TITLE_INFERRED}"
    if citation.also:
        named = messages.ALSO_NAMED.format(n=len(citation.also), names=also(citation))
        parts.append(named.removeprefix(" · "))
    return " · ".join(parts)


def also(citation: Citation) -> str:
    """Return "a.pdf、b.jsonl": the names of the further files, or members of archives, that hold the article."""
    names = [name.rpartition("/")[2].rpartition("!")[2] for name in citation.also]
    return "、".join(names[:_ALSO]) + ("……" if names[_ALSO:] else "")


def issue(citation: Citation) -> str:
    """Return paper, date and page, as far as known; the date's absence is said."""
    date = citation.date.isoformat() if citation.date else messages.UNDATED
    return " ".join(filter(None, (citation.paper, date, messages.page(citation.page, citation.page_name))))


def day_meant(snippet: Snippet) -> str:
    """Return "（2025-05-20）" for an answer such as 今年5月20日 in a dated issue, "" where nothing needs explaining."""
    if _SAYS_ITS_YEAR.search(snippet.answer):
        return ""
    day = iso_of(snippet.answer, snippet.citation.date)
    return f"（{day}）" if day else ""


def heading(title: str) -> str:
    """Return the title in 《》, those inside it in 〈〉 as print has it; "" for none."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》" if title else ""
