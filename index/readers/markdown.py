"""
Reads Markdown: one article a file, or an issue's articles under headings of one level.

A file is one article and its deeper headings are the sections, unless its front matter has no title and
- several `#` headings stand in it: each is an article; or
- its `#` heading names an issue, a date with or without the paper's name: 《衡阳日报》 (20250812); or
- two or more headings of one level have a link of their own to the original: [查看原文](https://…).
In the last two cases the articles are at the level of those links; without links, at the first level below `#` where at
least half of the headings have prose right under them (a list of headlines has none). What stands outside the
articles is the issue's own and passed over.

A short paragraph set all in bold before one that is not is taken for a section heading, and stays a paragraph too: in
briefs it is the item's headline and may say what nothing below it says. The paper is named by front matter, else by the
issue's heading, else by `_paper.toml`, else by the file's name; the date by front matter, heading, file name, folder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.encoding import read_text
from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, DateSource, Paragraph, ReadContext, Rejected
from index.readers import markup
from index.readers.context import page_facts, page_label, parse_date, source_name

_LONGEST_LINE = 1_000_000
_FIELDS = frozenset(("id", "title", "paper", "date", "page", "page_name", "section", "author", "url"))
_KEY = re.compile(r"#|[A-Za-z_]+\s*:")
_LONGEST_FRONT = 200
_LIST_LINE = re.compile(r"\s*(?:[-*+•·][ \t]|\d{1,3}[.、．)）]|[（(][\d一二三四五六七八九十]{1,3}[）)]|[①-⑳])")
_SENTENCE_END = re.compile(r"[。！？]")
_BRACKETED = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")
_DATELINE = re.compile(
    r"(?:本报|本刊|本台|\w{1,12}[报社网台])[^。！？，]{0,30}?(?:消息|电|讯|报道)\s*(?:[（(][^（()）]{0,20}[）)])?\s*[：:]?"
)
_HOLLOW = frozenset(("undefined", "null", "none", "nan", "[object object]"))
_ISSUE_DATE = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?|\d{8}")
_ISSUE_PAPER = re.compile(r"《([^《》]+)》|([\u4e00-\u9fff]{2,10}[报刊])")
_ISSUE_REST = re.compile(r"(?:星期[一二三四五六日天]|[\s()（）\[\]【】,，·|—-])*")
_LONGEST_SECTION = 60


@dataclass(slots=True)
class _Entry:
    """An article's heading, and the blocks up to the next article."""

    title: str
    blocks: list[markup.Block] = field(default_factory=list)


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the file's articles in order, and what could not be used of it.

    Raises UnreadableSource.
    """
    front, lines = _front_matter(read_text(source).split("\n"))
    reason = "文件里没有正文"
    for number, line in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            reason = f"有一行长达 {len(line)} 个字符，不像文章，已跳过；请检查这个文件"
            yield Rejected(str(source), reason)
            lines[number] = ""
    blocks = _without_footer(list(markup.blocks(lines)))
    if not any(block.level == 0 for block in blocks):
        raise UnreadableSource(str(source), reason)
    level = 0 if "title" in front else _article_level(blocks)
    pattern = _pattern(source, context, front, _issue(blocks) if level > 1 else {})
    section = front.get("section") or context.section
    if level:
        for ordinal, entry in enumerate(_entries(blocks, level)):
            yield from _article(entry, ordinal, pattern, section, "")
    else:
        yield from _article(_whole(blocks, front.get("title", "")), 0, pattern, section, front.get("id", ""))


def _front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """
    Return the known fields that have a value, and the lines after them.

    The fields are flat `key: value` lines, not YAML: titles hold colons, pages and ids have leading zeros.
    """
    ends = [number for number, line in enumerate(lines[:_LONGEST_FRONT]) if line.rstrip() == "---"]
    if len(ends) < 2 or ends[0] != 0 or not _KEY.match(lines[1]):
        return {}, lines
    end = ends[1]
    fields: dict[str, str] = {}
    key = ""
    for line in lines[1:end]:
        name, colon, value = line.partition(":")
        if colon and name[:1] not in (" ", "-", "#"):
            key = name.strip().lower()
            fields[key] = _unquoted(value)
        elif key and line.strip():
            fields[key] = "、".join(filter(None, (fields[key], _unquoted(line.strip().removeprefix("-")))))
    return {key: value for key, value in fields.items() if key in _FIELDS and value}, lines[end + 1 :]


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return markup.tidy(value)


def _without_footer(blocks: list[markup.Block]) -> list[markup.Block]:
    """Drop a line in brackets that stands alone after a break at the end of the file: (更新时间戳: …)."""
    if len(blocks) > 1 and blocks[-2].level == -1 and _BRACKETED.fullmatch(blocks[-1].text):
        blocks = blocks[:-2]
    return [block for block in blocks if block.level >= 0]


def _article_level(blocks: Sequence[markup.Block]) -> int:
    """Return the heading level of the articles, 0 when the file is one article (see the module's first lines)."""
    headings: Counter[int] = Counter()
    linked: Counter[int] = Counter()
    prose: Counter[int] = Counter()
    level = 0
    told = False
    for block in blocks:
        if block.level:
            level, told = block.level, False
            headings[level] += 1
        elif level and markup.original(block.text):
            linked[level] += 1
        elif level and not told and _SENTENCE_END.search(block.text) and not _LIST_LINE.match(block.text):
            told = True
            prose[level] += 1
    if headings[1] > 1:
        return 1
    names_issue = bool(_issue(blocks))
    best = max(linked, key=lambda level: linked[level], default=0)
    if best > 1 and (names_issue or linked[best] > 1):
        return best
    if not names_issue:
        return 0
    return next((level for level in range(2, 7) if prose[level] and 2 * prose[level] >= headings[level]), 0)


def _issue(blocks: Sequence[markup.Block]) -> dict[str, str]:
    """Return date and perhaps paper of a first heading that says nothing else, {} for any other."""
    if not blocks or blocks[0].level != 1:
        return {}
    title = blocks[0].text
    date = _ISSUE_DATE.search(title)
    if not date or not parse_date(date[0]):
        return {}
    rest = title.replace(date[0], " ")
    paper = _ISSUE_PAPER.search(rest)
    if not _ISSUE_REST.fullmatch(rest.replace(paper[0], " ") if paper else rest):
        return {}
    return {"date": date[0], "paper": (paper[1] or paper[2]) if paper else ""}


def _entries(blocks: Sequence[markup.Block], level: int) -> Iterator[_Entry]:
    entry = None
    for block in blocks:
        if 0 < block.level <= level:
            if entry:
                yield entry
            entry = _Entry(block.text) if block.level == level else None
        elif entry:
            entry.blocks.append(block)
    if entry:
        yield entry


def _whole(blocks: Sequence[markup.Block], title: str) -> _Entry:
    """Return the file as one article under `title`, else its `#` heading, else the heading it begins with."""
    heading = next((block for block in blocks if block.level == 1), blocks[0])
    if heading.level and title in ("", heading.text):
        return _Entry(heading.text, [block for block in blocks if block is not heading])
    return _Entry(title, list(blocks))


def _pattern(source: Path, context: ReadContext, front: Mapping[str, str], issue: Mapping[str, str]) -> Article:
    """Return what all articles of the file have in common."""
    place = page_facts(source, context)
    date: dt.date | None = None
    date_source: DateSource = ""
    flags = []
    if "date" in front:
        date, date_source = parse_date(front["date"]), "front_matter"
        if not date:
            flags.append(f"文件头的 date 写的是“{front['date']}”，不是日期")
    if not date and issue:
        date, date_source = parse_date(issue["date"]), "markup"
    if not date:
        date, date_source = place.date, place.date_source
    return Article(
        id="",
        source=source_name(source, context),
        paragraphs=(),
        paper=front.get("paper") or issue.get("paper") or place.paper,
        date=date,
        date_source=date_source,
        page=page_label(front.get("page", "")) or place.page,
        page_name=front.get("page_name") or place.page_name,
        author=front.get("author", ""),
        url=front.get("url", ""),
        flags=tuple(flags),
    )


def _article(entry: _Entry, ordinal: int, pattern: Article, section: str, native: str) -> Iterator[Article | Rejected]:
    """Yield the article of one entry, or why it is none, and what had to be left out of it."""
    name = f"{pattern.source}#{entry.title}"
    links = [link for block in entry.blocks if (link := markup.original(block.text))]
    body = [line for block in entry.blocks if not markup.original(block.text) for line in _lines(block)]
    dateline = body.pop(0).text if body and _DATELINE.fullmatch(body[0].text) else ""
    paragraphs: list[Paragraph] = []
    too_long = ""
    for line, following in zip(body, [*body[1:], None], strict=False):
        if len(line.text) > markup.LONGEST:
            too_long = f"有一段长达 {len(line.text)} 个字符，不像文章，已跳过；请检查这个文件"
            continue
        if line.heading or (line.bold and following and not following.bold and _may_head(line.text)):
            section = line.text
        if not line.heading:
            paragraphs.append(Paragraph(line.text, section))
    why = _why_none(entry.title, paragraphs, dateline)
    if too_long or why:
        yield Rejected(name, too_long or why)
    if why:
        return
    yield replace(
        pattern,
        id=article_id(pattern.source, ordinal, native=native, paper=pattern.paper, date=pattern.date),
        title=entry.title,
        paragraphs=tuple(paragraphs),
        url=links[-1] if links else pattern.url,
    )


def _lines(block: markup.Block) -> list[markup.Line]:
    if block.level:
        return [markup.Line(block.text, bold=True, heading=True)]
    return markup.lines(block.text)


def _may_head(text: str) -> bool:
    return len(text) <= _LONGEST_SECTION and text[-1] not in "。；，："


def _why_none(title: str, paragraphs: Sequence[Paragraph], dateline: str) -> str:
    """Return why an entry is no article, "" when it is one."""
    if title.lower() in _HOLLOW:
        return f"标题是 {title}，不是文章"
    if len(paragraphs) == 1 and paragraphs[0].text.lower() in _HOLLOW:
        return f"正文是 {paragraphs[0].text}，不是文章"
    if not paragraphs:
        return f"正文只有“{dateline}”，没有内容" if dateline else "没有正文"
    return ""
