"""Finds questions that an archive answers, for /help: the names and titles it knows, asked in a few ways."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from index.answer import Archive, ask
from index.model import Answer

WANTED = 3
_WAYS = ("{name}有多少企业", "{name}什么时候启用", "{name}在哪里", "{name}有多少人", "{name}")
_NAMES = 12
_SURE = 0.6


def find_examples(archive: Archive, today: dt.date) -> tuple[str, ...]:
    """Return up to three questions, each about another name and asked in another way; none for an empty archive."""
    found: list[str] = []
    names = _names(archive) + _titles(archive)
    for way in _WAYS:
        for name in names:
            outcome = ask(way.format(name=name), archive, k=1, today=today)
            if isinstance(outcome, Answer) and outcome.confidence >= _SURE:
                found.append(way.format(name=name))
                names.remove(name)
                break
        if len(found) == WANTED:
            break
    return tuple(found)


def _names(archive: Archive) -> list[str]:
    """Return local names of four characters and more that the most passages mention."""
    names = [name for name in archive.segmenter.lexicon if 4 <= len(name) <= 12]
    counts, _ = archive.engine.document_frequencies(names, [])
    ranked = sorted(zip(counts, names, strict=True), key=lambda one: (-one[0], one[1]))
    return [name for count, name in islice(ranked, _NAMES) if count]


def _titles(archive: Archive) -> list[str]:
    """Return short titles of the newest issue, or of what is undated: a bare title is a question too."""
    articles = archive.engine.issue(archive.engine.stats.last)
    titles = (first.citation.title for first in articles if first.kind == "news")
    return list(islice((title for title in titles if 4 <= len(title) <= 16), _NAMES))
