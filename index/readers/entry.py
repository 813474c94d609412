"""Turns one JSON object of the archive's own form into an article, and an article into such an object."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, cast

from index.ids import article_id, is_article_id
from index.model import Article, DateSource, Kind, Paragraph
from index.readers import markup
from index.readers.context import PageFacts, page_label, parse_date

_TEXTS = ("title", "kicker", "subtitle", "paper", "date", "page", "page_name", "section", "author", "url")
_KINDS = ("news", "notice", "excerpt")
_DATE_SOURCES = ("front_matter", "markup", "manifest", "file_name", "path")


class BadEntry(Exception):
    """What is wrong with one object, as a Chinese sentence."""


def article_of(
    fields: dict[str, Any], source: str, ordinal: int, place: PageFacts, section: str, named: str
) -> Article:
    """
    Return the article that an object describes.

    Required is "paragraphs", a list of texts. "sections" are pairs of a paragraph's number, from 1, and the heading
    that stands before it; "section" stands over all paragraphs otherwise. An "id" of `ids.article_id`'s form is kept,
    any other is the publisher's. Unknown keys are ignored. `named` says in a flag which object it was.

    Raises BadEntry.
    """
    texts = {name: _text(fields.get(name), name) for name in _TEXTS}
    native = fields.get("id")
    if isinstance(native, bool) or not isinstance(native, str | int | None):
        raise BadEntry("“id” 应是文字或整数")
    native = str(native or "")
    date = parse_date(texts["date"])
    day, paper = date or place.date, texts["paper"] or place.paper
    flags = _texts(fields.get("flags"), "flags")
    if texts["date"] and not date:
        flags.append(f"{named}的 date 写的是“{texts['date']}”，不是日期")
    said = _one_of(fields.get("date_source"), _DATE_SOURCES, "date_source") or "manifest"
    return Article(
        id=native if is_article_id(native) else article_id(source, ordinal, native=native, paper=paper, date=day),
        source=source,
        paragraphs=_paragraphs(fields, texts["section"] or section),
        title=texts["title"],
        title_inferred=_flag(fields.get("title_inferred"), "title_inferred"),
        kicker=texts["kicker"],
        subtitle=texts["subtitle"],
        paper=paper,
        date=day,
        date_source=cast(DateSource, said) if date else place.date_source,
        page=page_label(texts["page"]) or place.page,
        page_name=texts["page_name"] or place.page_name,
        author=texts["author"],
        url=texts["url"],
        kind=cast(Kind, _one_of(fields.get("kind"), _KINDS, "kind") or "news"),
        flags=tuple(flags),
    )


def fields_of(article: Article) -> dict[str, Any]:
    """Return the object that `article_of` reads as this article; what is empty is left out, "source" is for people."""
    sections = _headings(article.paragraphs)
    throughout = len(sections) == 1 and sections[0][0] == 1
    fields = {
        "id": article.id,
        "title": article.title,
        "title_inferred": article.title_inferred,
        "kicker": article.kicker,
        "subtitle": article.subtitle,
        "paper": article.paper,
        "date": article.date.isoformat() if article.date else "",
        "date_source": article.date_source if article.date else "",
        "page": article.page,
        "page_name": article.page_name,
        "section": sections[0][1] if throughout else "",
        "author": article.author,
        "url": article.url,
        "kind": "" if article.kind == "news" else article.kind,
        "flags": list(article.flags),
        "source": article.source,
        "sections": [] if throughout else sections,
        "joined": [number for number, paragraph in enumerate(article.paragraphs, 1) if paragraph.joined],
        "paragraphs": [paragraph.text for paragraph in article.paragraphs],
    }
    return {name: value for name, value in fields.items() if value}


def _headings(paragraphs: Sequence[Paragraph]) -> list[tuple[int, str]]:
    """Return where a section begins, with its heading, "" where one ends; none when no paragraph has a heading."""
    found: list[tuple[int, str]] = []
    number = 1
    for section, under in groupby(paragraphs, key=lambda paragraph: paragraph.section):
        if section or found:
            found.append((number, section))
        number += len(list(under))
    return found


def _paragraphs(fields: dict[str, Any], section: str) -> tuple[Paragraph, ...]:
    written = fields.get("paragraphs")
    if not isinstance(written, list):
        raise BadEntry("“paragraphs” 应是一组文字" if "paragraphs" in fields else "缺少 “paragraphs”")
    headings = _sections(fields.get("sections"))
    joined = fields.get("joined") or []
    if not isinstance(joined, list) or not all(isinstance(number, int) for number in joined):
        raise BadEntry("“joined” 应是一组段落序号")
    joined = frozenset(joined)
    standing = "" if headings else section
    paragraphs = []
    for number, text in enumerate((_text(paragraph, "paragraphs") for paragraph in written), 1):
        standing = headings.get(number, standing)
        if len(text) > markup.LONGEST:
            raise BadEntry(f"有一段长达 {len(text)} 个字符，不像文章")
        if text:
            paragraphs.append(Paragraph(text, standing, number in joined))
    if not paragraphs:
        raise BadEntry("没有正文")
    return tuple(paragraphs)


def _sections(value: object) -> dict[int, str]:
    """Return the headings by the number of the paragraph they stand before."""
    wanted = "“sections” 应是 [段落序号, 小标题] 的列表"
    if value is None:
        return {}
    if not isinstance(value, list):
        raise BadEntry(wanted)
    found = {}
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or isinstance(pair[0], bool) or not isinstance(pair[0], int):
            raise BadEntry(wanted)
        found[pair[0]] = _text(pair[1], "sections")
    return found


def _texts(value: object, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadEntry(f"“{name}” 应是一组文字")
    return [text for one in value if (text := _text(one, name))]


def _text(value: object, name: str) -> str:
    """Return a text without blanks around it, "" for null; half a surrogate pair becomes "?"."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadEntry(f"“{name}” 应是文字")
    text = value.strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _flag(value: object, name: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise BadEntry(f"“{name}” 应是 true 或 false")
    return bool(value)


def _one_of(value: object, choices: Sequence[str], name: str) -> str:
    text = _text(value, name)
    if text and text not in choices:
        raise BadEntry(f"“{name}” 应是 {'、'.join(choices)} 之一")
    return text
