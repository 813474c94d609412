"""Writes the one line under a snippet that says where it stands."""

from __future__ import annotations

import re

from bot import messages
from index.dates import iso_of
from index.model import Citation, Snippet

_SAYS_ITS_YEAR = re.compile(r"(?:1\d|20)\d\d|[一二][〇零九八]..年")


def cite(citation: Citation, previous: Citation | None = None) -> str:
    """
    Return "《title》 › section · 第n段 · paper date 第A01版（name）", without the URL.

    After a snippet of the same article, `previous`, only "同一篇 · 第n段".
    """
    if previous is not None and previous.article_id == citation.article_id:
        return f"{messages.SAME_ARTICLE} · {messages.paragraph(citation.paragraph)}"
    title = heading(citation.title) or messages.UNTITLED
    place = f"{title} › {citation.section}" if citation.section else title
    parts = [place, messages.paragraph(citation.paragraph), issue(citation)]
    if citation.title_inferred:
        parts[-1] += f", {messages.TITLE_INFERRED}"
    return " · ".join(parts)


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
