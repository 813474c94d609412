"""
Reads RSS (0.9 to 2.0) and Atom files: an article an entry.

The XML is read with defusedxml, which takes no entity and fetches nothing, so that a few lines cannot grow into
gigabytes; the named characters of HTML that feeds use without declaring them are resolved first. What comes before a
break in the XML is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from html import escape
from html.entities import html5
from pathlib import Path

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, ReadContext, Rejected
from index.readers import credits, html
from index.readers.context import PageFacts, page_facts, parse_date, source_name
from index.readers.markup import LONGEST
from index.readers.webpage import is_address
from index.segment import marks

_LARGEST = 20_000_000
"""Bytes of a feed at most: some 5,000 whole articles."""
_DEEPEST = 200
_PIECE = 1 << 16
_ROOTS = ("rss", "feed", "RDF")
_EMPTY_ROOTS = ("period_list",)
"""Lists of issues that e-paper sites keep for their calendars: rightly without articles."""
_BEGINS = re.compile(rb"(?:<!DOCTYPE[^>]{0,300}>\s*)?<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)
_SPACES = frozenset(
    (
        *("", "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/"),
        *("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/modules/content/"),
        *("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", "http://backend.userland.com/rss2"),
    )
)
_FIELDS = {
    "title": ("title",),
    "body": ("encoded", "content", "description", "summary"),
    "date": ("pubDate", "published", "issued", "date", "updated", "modified"),
    "author": ("author", "creator"),
    "url": ("link",),
    "id": ("guid", "id"),
}
_WANTED = frozenset(name for names in _FIELDS.values() for name in names)
_NAME = re.compile(r"<name>(.*?)</name>", re.DOTALL)
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,30});|(?!#\d+;|#[xX][0-9A-Fa-f]+;))")
_XML_ENTITIES = ("lt", "gt", "amp", "quot", "apos")
_BEIJING = dt.timezone(dt.timedelta(hours=8))


def claims(head: bytes) -> bool:
    """Tell whether a file begins as feeds do."""
    return _BEGINS.match(html.first_tag(head)) is not None


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield an article an entry, or the entry's number and what is wrong with it.

    Moments are days in Beijing. The feed's own title is the paper's name where nothing else gives one.

    Raises UnreadableSource.
    """
    place = page_facts(source, context)
    name = source_name(source, context)
    feed = _Feed()
    seen: dict[str, int] = {}
    number = 0
    broken = ""
    for entry in _entries(_mended(html.read_page(source, _LARGEST)), feed):
        if isinstance(entry, str):
            broken = entry
            continue
        number += 1
        try:
            article = _article(entry, feed.title, name, number, place, context.section)
            first = seen.setdefault(article.id, number)
            if first != number:
                raise UnreadableSource(str(source), f"与第 {first} 条的编号相同")
            yield article
        except UnreadableSource as problem:
            yield Rejected(f"{source}#第{number}条", problem.reason)
    if broken and number:
        yield Rejected(f"{source}#第{number}条之后", broken)
    elif broken:
        raise UnreadableSource(str(source), broken)
    elif not number and feed.root not in _EMPTY_ROOTS:
        raise UnreadableSource(str(source), "里面没有一条文章")


def _entries(text: str, feed: _Feed) -> Iterator[Mapping[str, str] | str]:
    """Yield the entries as they end; last, if the XML is broken or refused, what is wrong as a Chinese sentence."""
    parser = DefusedXMLParser(target=feed, encoding="utf-8")
    try:
        for start in range(0, len(text), _PIECE):
            parser.feed(text[start : start + _PIECE].encode())
            yield from feed.taken()
        parser.close()
    except ParseError as error:
        yield from feed.taken()
        yield f"XML 在第 {error.position[0]} 行断了或坏了，后面的读不出来；请重新下载或导出"
    except DefusedXmlException:
        yield "XML 里声明了实体，可能是恶意文件，没有读；请去掉 <!ENTITY …> 再试"
    except _Refused as refused:
        yield from feed.taken()
        yield str(refused)


class _Refused(Exception):
    """Why no more of a file is read, as a Chinese sentence."""


class _Feed:
    """Takes the parser's events and keeps the entries that have ended."""

    def __init__(self) -> None:
        self.root = ""
        self.title = ""
        self._path: list[str] = []
        self._done: list[Mapping[str, str]] = []
        self._entry: dict[str, str] | None = None
        self._entry_level = 0
        self._field = ""
        self._field_level = 0
        self._text: list[str] = []

    def taken(self) -> list[Mapping[str, str]]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        space, _, name = tag.rpartition("}")
        self._path.append(name)
        level = len(self._path)
        if level == 1:
            self.root = name
            if name not in (*_ROOTS, *_EMPTY_ROOTS):
                raise _Refused("不是 RSS 或 Atom 文件；请移走它，或转换成网页、文本或 JSONL")
        if level > _DEEPEST:
            raise _Refused("XML 嵌套太深，不像 RSS 或 Atom；请检查这个文件")
        if self._field:
            self._text.append(f"<{name}>")
        elif self._entry is None and name in ("item", "entry"):
            self._entry, self._entry_level = {}, level
        elif space.lstrip("{") in _SPACES and self._begins_field(name, level):
            self._field, self._field_level = name, level
            if name == "link" and attributes.get("rel", "alternate") == "alternate":
                self._text.append(attributes.get("href", ""))

    def data(self, text: str) -> None:
        if self._field:
            self._text.append(text if len(self._path) == self._field_level else escape(text, quote=False))

    def end(self, tag: str) -> None:
        level = len(self._path)
        name = self._path.pop()
        if self._field and level > self._field_level:
            self._text.append(f"</{name}>")
        elif self._field:
            text = "".join(self._text).strip()
            if self._entry is None:
                self.title = self.title or text
            elif text and not self._entry.get(name):
                self._entry[name] = text
            self._field = ""
            self._text = []
        elif self._entry is not None and level == self._entry_level:
            self._done.append(self._entry)
            self._entry = None

    def close(self) -> None:
        """The parser asks for it."""

    def _begins_field(self, name: str, level: int) -> bool:
        if self._entry is not None:
            return level == self._entry_level + 1 and name in _WANTED
        return name == "title" and self._path[:-1] in (["rss", "channel"], ["RDF", "channel"], ["feed"])


def _article(
    entry: Mapping[str, str], feed_title: str, source: str, number: int, place: PageFacts, section: str
) -> Article:
    texts = {name: html.plain(html.checked(_first(entry, name), source)) for name in ("title", "date", "url", "id")}
    author = _first(entry, "author")
    named = _NAME.search(author)
    told = _told(entry, section, texts["title"], source)
    date = _day(texts["date"])
    paper = place.paper or html.plain(html.checked(feed_title, source))
    url = texts["url"] if is_address(texts["url"]) else texts["id"] if is_address(texts["id"]) else ""
    flags = [f"第 {number} 条的日期写的是“{texts['date']}”，看不懂"] if texts["date"] and not date else []
    if told.too_long:
        flags.append(f"第 {number} 条有一段长达 {told.too_long} 个字符，超过 {LONGEST}，没有收入")
    day = date or place.date
    return Article(
        id=article_id(source, number, native=texts["id"] or url, paper=paper, date=day),
        source=source,
        paragraphs=told.paragraphs,
        title=texts["title"],
        paper=paper,
        date=day,
        date_source="markup" if date else place.date_source,
        page=place.page,
        page_name=place.page_name,
        author=html.plain(html.checked(named[1] if named else author, source)) or told.author,
        url=url,
        kind="notice" if marks.names_notice(texts["title"]) else "news",
        flags=tuple(flags),
    )


def _told(entry: Mapping[str, str], section: str, title: str, source: str) -> credits.Body:
    """Return the longest of the entry's texts: a summary is often cut short, a content sometimes left empty."""
    longest = credits.Body(())
    for name in _FIELDS["body"]:
        if text := entry.get(name):
            told = credits.body(html.lines(html.checked(text, source)), section, title)
            if _size(told) > _size(longest) or told.too_long:
                longest = told
    if not longest.paragraphs:
        raise UnreadableSource(source, "有一段太长，不像文章" if longest.too_long else "没有正文，只有标题或链接")
    return longest


def _size(told: credits.Body) -> int:
    return sum(len(paragraph.text) for paragraph in told.paragraphs)


def _first(entry: Mapping[str, str], field: str) -> str:
    return next((text for name in _FIELDS[field] if (text := entry.get(name, ""))), "")


def _day(written: str) -> dt.date | None:
    """Return the day of an RFC 822 or ISO 8601 moment, in Beijing where it names a time zone; else a plain date's."""
    for parse in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(written.strip())
            day = moment.astimezone(_BEIJING).date() if moment.tzinfo else moment.date()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return parse_date(day.isoformat())
    return parse_date(written)


def _mended(text: str) -> str:
    """Return XML with what feeds get wrong put right: characters it may not have, bare ampersands, HTML's entities."""
    return _AMPERSAND.sub(_entity, _UNREADABLE.sub("", text))


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if not name:
        return "&amp;"
    return html5.get(f"{name};", match[0]) if name not in _XML_ENTITIES else match[0]
