"""
Reads TRS exports: records that begin with `<REC>`, each a list of `<字段>=值` in any order.

A value goes on over the lines that follow, up to the next field. The body is plain text, a paragraph a line or, where
lines are indented, from one indented line to the next; tags in it are taken for HTML.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

from index.encoding import decode, opened
from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, ReadContext, Rejected
from index.readers import credits, html
from index.readers.context import PageFacts, page_facts, page_label, parse_date, source_name
from index.readers.markup import LONGEST, Line
from index.readers.webpage import is_address
from index.segment import marks

_LARGEST = 4_000_000
"""Bytes of one record at most: over six articles of the longest paragraph."""
_HOPELESS = 100
"""So many bad records before the first good one, and the file is no TRS export."""

_FIELDS = {
    "title": ("标题", "正题", "主题", "主标题", "正标题", "题名", "IR_URLTITLE", "TITLE"),
    "kicker": ("引题", "肩标题", "肩题", "眉题", "引标题"),
    "subtitle": ("副题", "副标题"),
    "paper": ("报名", "报纸名称", "报刊名称", "报纸", "媒体名称"),
    "date": ("日期", "出版日期", "见报日期", "发布日期", "发表日期", "IR_URLDATE", "IR_URLTIME"),
    "page": ("版次", "版号", "版面号"),
    "page_name": ("版名", "版面名称", "版面"),
    "section": ("栏目", "专栏", "栏目名称"),
    "author": ("作者", "文章作者", "记者", "IR_AUTHORS"),
    "url": ("链接", "网址", "URL", "IR_URLNAME"),
    "id": ("ID", "文章ID", "稿件ID", "文章编号", "稿件编号", "DOCID"),
    "body": ("正文", "全文", "内容", "文章内容", "IR_CONTENT"),
}
"""What each of our fields is called in exports, best first; TRS databases name their fields as they like."""
_RECORD = re.compile(rb"\s*<REC>", re.IGNORECASE)
_FIELD = re.compile(r"\s*<([^<>\s=/]{1,20})>[ \t]*=[ \t]?(.*)")
_CLAIMED = re.compile(rb"\s*<REC>\s*<[^<>\r\n]{1,60}>[ \t]*=", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|br|div|table)\b[^<>]*>", re.IGNORECASE)
_INDENTED = re.compile(r"\u3000|[ \xa0]{2,}|\t")


def claims(head: bytes) -> bool:
    """Tell whether a file begins with a record."""
    return _CLAIMED.match(head.removeprefix(BOM_UTF8)) is not None


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield an article a record, or the record's number and line and what is wrong with it.

    Raises UnreadableSource.
    """
    place = page_facts(source, context)
    name = source_name(source, context)
    seen: dict[str, int] = {}
    bad = number = 0
    for number, (line, data) in enumerate(_records(source), 1):
        try:
            article = _article(_values(data, str(source)), name, number, place, context.section)
            first = seen.setdefault(article.id, number)
            if first != number:
                raise UnreadableSource(str(source), f"编号与第 {first} 条的相同；请改成不同的编号")
            yield article
        except UnreadableSource as problem:
            yield Rejected(f"{source}#第{number}条（第{line}行）", problem.reason)
            bad += 1
            if bad >= _HOPELESS and not seen:
                raise UnreadableSource(str(source), f"前 {bad} 条都用不了，不像 TRS 导出；请检查这个文件") from problem
    if not number:
        raise UnreadableSource(str(source), "里面没有以 <REC> 开头的记录，不是 TRS 导出；请检查这个文件")


def _records(source: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each record's first line number and bytes, `<REC>` left out; of one that is too large, its beginning."""
    with opened(source) as file:
        begun = 0
        lines: list[bytes] = []
        size = number = 0
        at_start = True
        while line := file.readline(_LARGEST):
            if number == 0 and b"\0" in line:
                raise UnreadableSource(str(source), "是二进制文件或 UTF-16 文本；请重新导出为 GB18030 或 UTF-8")
            number += at_start
            mark = _RECORD.match(line.removeprefix(BOM_UTF8) if number == 1 else line) if at_start else None
            at_start = line.endswith(b"\n")
            if mark:
                if begun:
                    yield begun, b"".join(lines)
                begun, lines, size = number, [], 0
                line = line.removeprefix(BOM_UTF8)[mark.end() :] if number == 1 else line[mark.end() :]
            if begun and size <= _LARGEST:
                lines.append(line)
                size += len(line)
        if begun:
            yield begun, b"".join(lines)


def _values(data: bytes, source: str) -> dict[str, str]:
    """Return the values by the export's own field names; of two of one name, the first that is not empty."""
    if len(data) > _LARGEST:
        raise UnreadableSource(source, f"一条超过 {_LARGEST // 1_000_000} MB，不像一篇文章")
    if not data.strip():
        raise UnreadableSource(source, "一条空记录")
    values: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in decode(data, source).split("\n"):
        field = _FIELD.match(line)
        if field:
            held = values.get(field[1].upper())
            lines = [field[2]]
            if held is None or not "".join(held).strip():
                values[field[1].upper()] = lines
        else:
            lines.append(line)
    return {name: "\n".join(lines) for name, lines in values.items()}


def _article(values: dict[str, str], source: str, ordinal: int, place: PageFacts, section: str) -> Article:
    texts = {name: _one_line(_first(values, name), source) for name in _FIELDS if name != "body"}
    if not any(name in values for name in _FIELDS["body"]):
        raise UnreadableSource(source, "没有 <正文>= 这一项")
    told = credits.body(_body(_first(values, "body"), source), texts["section"] or section, texts["title"])
    if not told.paragraphs:
        raise UnreadableSource(source, "正文里有一段太长，不像文章" if told.too_long else "没有正文")
    date = parse_date(texts["date"])
    paper = texts["paper"].strip("《》") or place.paper
    day = date or place.date
    flags = [f"第 {ordinal} 条的日期写的是“{texts['date']}”，不是日期"] if texts["date"] and not date else []
    if told.too_long:
        flags.append(f"第 {ordinal} 条有一段长达 {told.too_long} 个字符，超过 {LONGEST}，没有收入")
    return Article(
        id=article_id(source, ordinal, native=texts["id"], paper=paper, date=day),
        source=source,
        paragraphs=told.paragraphs,
        title=texts["title"],
        kicker=texts["kicker"],
        subtitle=texts["subtitle"],
        paper=paper,
        date=day,
        date_source="markup" if date else place.date_source,
        page=page_label(texts["page"]) or place.page,
        page_name=texts["page_name"] or place.page_name,
        author=texts["author"] or told.author,
        url=texts["url"] if is_address(texts["url"]) else "",
        kind="notice" if marks.names_notice(texts["title"]) else "news",
        flags=tuple(flags),
    )


def _first(values: dict[str, str], name: str) -> str:
    return next((value for field in _FIELDS[name] if (value := values.get(field, "")).strip()), "")


def _one_line(text: str, source: str) -> str:
    return html.plain(html.checked(text.replace("\n", " "), source)) if text else ""


def _body(text: str, source: str) -> list[Line]:
    html.checked(text, source)
    if _BLOCK_TAG.search(text):
        return html.lines(text)
    written = [line for line in text.split("\n") if line.strip()]
    indented = sum(_INDENTED.match(line) is not None for line in written)
    paragraphs: list[str] = []
    for line in written:
        if paragraphs and indented > 1 and not _INDENTED.match(line):
            paragraphs[-1] += line.strip()
        else:
            paragraphs.append(line)
    return [line for paragraph in paragraphs for line in html.lines(paragraph)]
