"""Reads JSONL: one article a line, as other systems export it."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.encoding import decode, opened
from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers.context import page_facts, source_name
from index.readers.entry import BadEntry, article_of

LONGEST_LINE = 4_000_000
"""Bytes in a line at most: over six articles of the longest paragraph."""
_HOPELESS = 100
"""So many bad lines before the first good one, and the file is no JSONL."""


def claims(head: bytes) -> bool:
    """Tell whether a file begins with an object that ends on its line: `[` or an open object is a JSON document."""
    first, _, rest = head.removeprefix(BOM_UTF8).lstrip().partition(b"\n")
    return first.startswith(b'{"') and first.rstrip().endswith(b"}") and rest.lstrip()[:1] in (b"", b"{")


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield an article a line, or the line's number and what is wrong with it; blank lines are passed over.

    A line is an object as `entry.article_of` reads it.

    Raises UnreadableSource.
    """
    place = page_facts(source, context)
    name = source_name(source, context)
    seen: dict[str, int] = {}
    bad = 0
    for number, line in _lines(source):
        try:
            article = article_of(_fields(line, str(source)), name, number, place, context.section, f"第 {number} 行")
            first = seen.setdefault(article.id, number)
            if first != number:
                raise BadEntry(f"id 与第 {first} 行的相同；请改成不同的 id")
            yield article
        except (BadEntry, UnreadableSource) as problem:
            yield Rejected(f"{source}#第{number}行", getattr(problem, "reason", str(problem)))
            bad += 1
            if bad >= _HOPELESS and not seen:
                raise UnreadableSource(str(source), f"前 {bad} 行都用不了，不像 JSONL；请检查这个文件") from problem
    if not bad and not seen:
        raise UnreadableSource(str(source), "文件是空的")


def _lines(source: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; of one that is too long, only its beginning."""
    with opened(source) as file:
        head = file.read(65536)
        if b"\0" in head:
            raise UnreadableSource(str(source), "是二进制文件或 UTF-16 文本，不是 JSONL；请另存为 UTF-8")
        file.seek(len(BOM_UTF8) if head.startswith(BOM_UTF8) else 0)
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if line.strip():
                yield number, line
            while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE + 1)


def _fields(line: bytes, source: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise BadEntry(f"一行超过 {LONGEST_LINE} 字节，不像一篇文章")
    try:
        fields = json.loads(decode(line, source))
    except json.JSONDecodeError as error:
        raise BadEntry(f"不是完整的 JSON（第 {error.colno} 个字符：{error.msg}）") from error
    except RecursionError as error:
        raise BadEntry("JSON 嵌套太深") from error
    except ValueError as error:
        raise BadEntry("JSON 里有长得离谱的数字") from error
    if not isinstance(fields, dict):
        raise BadEntry('不是 JSON 对象；一行应是 {"paragraphs": [...]}')
    return fields
