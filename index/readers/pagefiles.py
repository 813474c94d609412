"""
Reads the page files of a digital newspaper: what page, of which issue, the articles beside them stand on.

A page file (`node_2.htm`, `nbs.D110000renmrb_01.htm`) shows the page's picture with an image map over it, and lists its
articles by title. It holds no article. An article that does not say itself where it stood is found in the page files of
its own folder, or of the `layout` folder beside its `content` folder; the image map comes first, a list second, and
only where one page alone lists the article.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from index.errors import UnreadableSource
from index.readers import html
from index.readers.context import PageFacts, page_label, parse_date

_PAGE_FILE = re.compile(r"(?:node_|nbs\.).*\.s?html?", re.IGNORECASE)
_ARTICLE_FILE = re.compile(r"(?:[^?#]*/)?((?:content_|nw\.)[^/?#]+\.s?html?)(?:[?#].*)?", re.IGNORECASE)
_LINKED_FILE = re.compile(r"(?:[^?#]*/)?([^/?#]+)(?:[?#].*)?")
_MOST = 500
"""Page files of one folder that are read: an issue has up to a hundred."""
_ARTICLE_FOLDERS = ("content", "con", "article")
_LAYOUT_FOLDER = "layout"

_PROPERTIES = re.compile(r"<!--\s*enpproperty\b(.*?)(?:/enpproperty\s*-->|-->|\Z)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"<(?:founder-)?([a-z]{2,20})>([^\0]{0,4000}?)</(?:founder-)?\1>", re.IGNORECASE)
_LONGEST_PROPERTIES, _MOST_PROPERTIES = 60_000, 4
_PAGE_HEAD = re.compile(
    r"(?:第\s*)?([A-Za-z]{0,2}\d{1,3})\s*版?\s*[:：]\s*([^\s:：|｜<>（）()]{1,12})|第\s*([A-Za-z]{0,2}\d{1,3})\s*版\s*([^\s:：|｜<>（）()]{0,12})"
)
_IN_TEXT = re.compile(r"第\s*([A-Za-z]{0,2}\d{1,3})\s*版\s*[:：\s]\s*([^\s:：|｜<>（）()]{1,12})")
_LONGEST_HEAD = 60
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


_State = tuple[str, int, int]
"""A page file's path, size and time of change."""


@dataclass(slots=True)
class _PageFile:
    """One page file: what it says of its page, and the file names of the articles it links."""

    facts: PageFacts
    mapped: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)


def is_page_file(source: Path, properties: Mapping[str, str]) -> bool:
    """Tell whether a file is a page and no article: by `founder-type`, which is 2, else by its name."""
    return properties.get("type") == "2" or _PAGE_FILE.fullmatch(source.name) is not None


def properties_of(text: str) -> dict[str, str]:
    """
    Return what the publishing system wrote into the comment `enpproperty`, by names without "founder-".

    Founder's e-paper names each property founder-title or the like, its web pages title; of several, the first that is
    not empty counts.
    """
    found: dict[str, str] = {}
    for comment in islice(_PROPERTIES.finditer(text), _MOST_PROPERTIES):
        for name, value in _PROPERTY.findall(comment[1][:_LONGEST_PROPERTIES]):
            said = html.plain(value)
            if said and not found.get(name.lower()):
                found[name.lower()] = said
    return found


def facts_for(source: Path) -> PageFacts:
    """Return what the page files beside an article's file say of it; nothing when none links it."""
    for folder in _folders(source):
        if facts := _linked_from(_page_files(folder)).get(source.name.lower()):
            return facts
    return PageFacts()


def signature(folder: Path) -> str:
    """
    Return a text that changes with the page files that speak of a folder's articles; "" where there are none.

    Who keeps it sees when the articles have to be read again.
    """
    return "\n".join(
        f"{name} {size} {changed}"
        for layout in _folders(folder / "content_1.htm")
        for name, size, changed in _page_files(layout)
    )


def page_in_text(tree: LexborHTMLParser) -> tuple[str, str]:
    """Return page and page name if the page says just one outside its links: 第A01版：头版."""
    if tree.body is None:
        return "", ""
    said = {match.groups() for line in html.lines(tree.body, frozenset("a")) for match in _IN_TEXT.finditer(line.text)}
    if len({page for page, _ in said}) != 1:
        return "", ""
    page, name = max(said)
    return page_label(page), name


def _folders(source: Path) -> Iterator[Path]:
    """Yield the folders whose page files may link an article."""
    yield source.parent
    parts = source.parent.parts
    for number in range(len(parts) - 1, 0, -1):
        if parts[number].lower() in _ARTICLE_FOLDERS:
            yield Path(*parts[:number], _LAYOUT_FOLDER, *parts[number + 1 :])
            return


def _page_files(folder: Path) -> tuple[_State, ...]:
    """Return the page files of a folder as they are now."""
    states = []
    try:
        for name in _names(folder, folder.stat().st_mtime_ns):
            status = os.stat(name)  # noqa: PTH116
            states.append((name, status.st_size, status.st_mtime_ns))
    except OSError:
        return ()
    return tuple(states)


@lru_cache(maxsize=64)
def _names(folder: Path, changed: int) -> list[str]:
    """Return the paths of a folder's page files; a folder changes when files come and go."""
    with os.scandir(folder) as entries:
        return sorted(entry.path for entry in entries if _PAGE_FILE.fullmatch(entry.name))[:_MOST]


@lru_cache(maxsize=64)
def _linked_from(page_files: tuple[_State, ...]) -> Mapping[str, PageFacts]:
    """Return what page files say of each article they link, by its file's name in lower case."""
    pages = [page for path, _, _ in page_files if (page := _read(Path(path)))]
    found: dict[str, PageFacts] = {}
    listed: defaultdict[str, list[PageFacts]] = defaultdict(list)
    for page in pages:
        for name in page.mapped:
            found.setdefault(name, page.facts)
        for name in page.listed:
            listed[name].append(page.facts)
    for name, facts in listed.items():
        if name not in found and len({one.page for one in facts}) == 1:
            found[name] = facts[0]
    return found


def _read(page_file: Path) -> _PageFile | None:
    """Return what a page file says; None when it cannot be read, which is reported where it is read as a source."""
    try:
        text = html.read_page(page_file)
        tree = html.parse(text, str(page_file))
    except UnreadableSource:
        return None
    said = properties_of(text)
    links = [(node.text(), node.attributes.get("href") or "") for node in tree.css("a")]
    page, name = _own_head(page_file.name, links)
    in_text = page_in_text(tree)
    date = parse_date(said.get("date", ""))
    page = page_label(said.get("pagenum", "")) or page or in_text[0]
    facts = PageFacts(
        paper=said.get("papername", ""),
        date=date,
        date_source="markup" if date else "",
        page=page,
        page_name=said.get("pagename", "") or name or (in_text[1] if _same(in_text[0], page) else ""),
    )
    mapped = [node.attributes.get("href") or "" for node in tree.css("map area")]
    return _PageFile(facts, _articles(mapped), _articles([href for _, href in links]))


def _own_head(file_name: str, links: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return page and page name from the list of all pages: the link that leads to this very file."""
    for text, href in links:
        target = _LINKED_FILE.fullmatch(href)
        if not target or target[1].lower() != file_name.lower() or len(text) > _LONGEST_HEAD:
            continue
        head = _PAGE_HEAD.fullmatch(" ".join(text.split()))
        if head:
            return page_label(head[1] or head[3]), head[2] or head[4]
    return "", ""


def _articles(hrefs: Sequence[str]) -> set[str]:
    return {match[1].lower() for href in hrefs if len(href) < 1000 and (match := _ARTICLE_FILE.fullmatch(href.strip()))}


def merged(first: PageFacts, second: PageFacts) -> PageFacts:
    """Return `first` with what it does not say taken from `second`."""
    return replace(
        first,
        paper=first.paper or second.paper,
        date=first.date or second.date,
        date_source=first.date_source if first.date else second.date_source,
        page=first.page or second.page,
        page_name=first.page_name or (second.page_name if not first.page or _same(first.page, second.page) else ""),
    )


def _same(page: str, other: str) -> bool:
    """A1 and A01 are one page."""
    return _ZEROS.sub("", page) == _ZEROS.sub("", other)
