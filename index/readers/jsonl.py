"""Reads JSONL: one article a line, as other systems export it."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.encoding import decode, opened
from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, Paragraph, ReadContext, Rejected
from index.readers import markup
from index.readers.context import PageFacts, page_facts, page_label, parse_date, source_name

_LONGEST_LINE = 4_000_000
"""Bytes in a line at most: over six articles of the longest paragraph."""
_HOPELESS = 100
"""So many bad lines before the first good one, and the file is no JSONL."""
_TEXTS = ("title", "paper", "date", "page", "page_name", "section", "author", "url")


class _BadLine(Exception):
    """What is wrong with one line, as a Chinese sentence."""


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield an article a line, or the line's number and what is wrong with it; blank lines are passed over.

    A line is an object with "paragraphs", a list of texts, and perhaps "id", "title", "paper", "date", "page",
    "page_name", "section", "author", "url"; other keys are ignored.

    Raises UnreadableSource.
    """
    place = page_facts(source, context)
    name = source_name(source, context)
    seen: dict[str, int] = {}
    bad = 0
    for number, line in _lines(source):
        try:
            article = _article(_fields(line, str(source)), name, number, place, context.section)
            first = seen.setdefault(article.id, number)
            if first != number:
                raise _BadLine(f"id 与第 {first} 行的相同；请改成不同的 id")
            yield article
        except (_BadLine, UnreadableSource) as problem:
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
        while line := file.readline(_LONGEST_LINE + 1):
            number += 1
            if line.strip():
                yield number, line
            while len(line) > _LONGEST_LINE and not line.endswith(b"\n"):
                line = file.readline(_LONGEST_LINE + 1)


def _fields(line: bytes, source: str) -> dict[str, Any]:
    if len(line) > _LONGEST_LINE:
        raise _BadLine(f"一行超过 {_LONGEST_LINE} 字节，不像一篇文章")
    try:
        fields = json.loads(decode(line, source))
    except json.JSONDecodeError as error:
        raise _BadLine(f"不是完整的 JSON（第 {error.colno} 个字符：{error.msg}）") from error
    except RecursionError as error:
        raise _BadLine("JSON 嵌套太深") from error
    if not isinstance(fields, dict):
        raise _BadLine('不是 JSON 对象；一行应是 {"paragraphs": [...]}')
    return fields


def _article(fields: dict[str, Any], source: str, number: int, place: PageFacts, section: str) -> Article:
    texts = {name: _text(fields.get(name), name) for name in _TEXTS}
    native = fields.get("id")
    if isinstance(native, bool) or not isinstance(native, str | int | None):
        raise _BadLine("“id” 应是文字或整数")
    date = parse_date(texts["date"])
    paper = texts["paper"] or place.paper
    standing = texts["section"] or section
    return Article(
        id=article_id(source, number, native=str(native or ""), paper=paper, date=date or place.date),
        source=source,
        paragraphs=tuple(Paragraph(text, standing) for text in _paragraphs(fields)),
        title=texts["title"],
        paper=paper,
        date=date or place.date,
        date_source="manifest" if date else place.date_source,
        page=page_label(texts["page"]) or place.page,
        page_name=texts["page_name"] or place.page_name,
        author=texts["author"],
        url=texts["url"],
        flags=(f"第 {number} 行的 date 写的是“{texts['date']}”，不是日期",) if texts["date"] and not date else (),
    )


def _paragraphs(fields: dict[str, Any]) -> list[str]:
    written = fields.get("paragraphs")
    if not isinstance(written, list):
        raise _BadLine("“paragraphs” 应是一组文字" if "paragraphs" in fields else "缺少 “paragraphs”")
    paragraphs = [text for paragraph in written if (text := _text(paragraph, "paragraphs"))]
    if not paragraphs:
        raise _BadLine("没有正文")
    longest = max(map(len, paragraphs))
    if longest > markup.LONGEST:
        raise _BadLine(f"有一段长达 {longest} 个字符，不像文章")
    return paragraphs


def _text(value: object, name: str) -> str:
    """Return a text without blanks around it, "" for null; half a surrogate pair becomes "?"."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLine(f"“{name}” 应是文字")
    return value.strip().encode("utf-8", "replace").decode()
