"""Files as accidents leave them, for property tests, and what no text read from them may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from index.errors import ArchiveError
from index.model import Article, ReadContext, Reader, Rejected

_TAG = re.compile(r"</?(?:p|br|b|strong|div|span|font|table|tr|td|a|img|script|founder-content|title)\b[^<>]*>", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read(reader: Reader, path: Path, data: bytes) -> list[Article | Rejected]:
    """Return what a reader makes of a file with these bytes: nothing when it names the file as unreadable."""
    path.write_bytes(data)
    problem = ""
    try:
        return list(reader.read(path, ReadContext()))
    except ArchiveError as error:
        problem = str(error)
    assert path.name in problem
    return []


def assert_clean(entries: Iterable[Article | Rejected], data: bytes) -> None:
    """Fail if an article has no text, or text that no printed page has."""
    for entry in entries:
        if isinstance(entry, Rejected):
            assert entry.reason
            continue
        assert entry.paragraphs
        shown = [entry.title, entry.kicker, entry.subtitle, entry.paper, entry.page, entry.page_name, entry.author]
        for text in [*shown, entry.url, *(paragraph.text for paragraph in entry.paragraphs)]:
            assert not _TAG.search(text), text
            assert not _CONTROL.search(text), text
            assert text == text.strip()
            assert "\ufffd" not in text or b"\xef\xbf\xbd" in data or b"\x84\x31\xa4\x37" in data
        assert all(paragraph.text for paragraph in entry.paragraphs)
