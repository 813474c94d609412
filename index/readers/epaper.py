"""
Reads saved web pages of digital newspapers, above all those of Founder's system; any other news page with `[html]`.

An article is told by its body: between the comments `enpcontent`, else in `<founder-content>`, between the comments
`npm:article-content`, in `#articleContent` or `#ozoom`. What it is, the comment `enpproperty` says, else the page's
headings; page and page name also come from the page files beside it (see `index.readers.pagefiles`), the date also from
the path. A page file, a picture without words or a mere 见A04版 holds no article: then nothing is yielded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, ReadContext, Rejected
from index.readers import credits, html, pagefiles, webpage
from index.readers.context import PageFacts, page_facts, page_label, parse_date, source_name
from index.readers.markup import LONGEST, Line, tidy
from index.segment import marks

claims = html.claims

_CONTENT = re.compile(r"<!--\s*enpcontent\s*-->", re.IGNORECASE)
_CONTENT_ENDS = re.compile(r"<!--\s*/\s*enpcontent\s*-->", re.IGNORECASE)
_CONTENT_LOST = re.compile(r"<!--\s*enpproperty|</founder-content>|<!--\s*<?/npm:article-content|\Z", re.IGNORECASE)
_CONTAINERS = ("founder-content", "#articleContent", "#ozoom")
_PART = r"<!--\s*<?{end}npm:article-{name}\s*/?>?\s*-->"
_PARTS = {
    name: tuple(re.compile(_PART.format(end=end, name=name), re.IGNORECASE) for end in ("", r"/\s*"))
    for name in ("pretitle", "title", "subtitle", "author", "content")
}
_STANDS = re.compile(
    r"《([^《》]{2,20})》\s*[（(]\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:第?\s*([A-Za-z]?\d{1,3})\s*版)?\s*[）)]"
)
_ARTICLE_NAME = re.compile(r"content_(\w{1,60})|(nw\.[\w.-]{5,80})", re.IGNORECASE)
_PAGE_IN_NAME = re.compile(r"nw\..+_\d{8}_\d+-([A-Za-z]?\d{1,3})", re.IGNORECASE)
_REFRESH = re.compile(r"<meta[^<>]{0,200}http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the page's article; nothing for a page file and the like.

    Raises UnreadableSource.
    """
    text = html.read_page(source)
    properties = pagefiles.properties_of(text)
    if pagefiles.is_page_file(source, properties):
        return
    tree = html.parse(text, str(source))
    lines = _body(text, tree)
    if lines is None:
        if tree.css_first("map area") is not None or _REFRESH.search(text[:20_000]):
            return
        lines = webpage.main_text(text, str(source))
    title = properties.get("title") or _part(text, "title") or webpage.title(tree)
    told = credits.body(lines, context.section, title)
    if told.paragraphs:
        yield _article(source, context, text, tree, properties, title, told)
    elif told.too_long:
        raise UnreadableSource(str(source), f"有一段长达 {told.too_long} 个字符，不像文章；请检查这个文件")
    elif not lines and not properties and "</html>" not in text[-2000:].lower():
        raise UnreadableSource(str(source), "正文是空的，网页好像没有存完整；请重新保存")


def _body(text: str, tree: LexborHTMLParser) -> list[Line] | None:
    """Return the lines of the article's body; None where the page has no place for one."""
    there = False
    for part in _between(text):
        there = True
        if lines := html.lines(part):
            return _without_replacements(lines, text)
    for container in _CONTAINERS:
        for node in tree.css(container):
            there = True
            if lines := html.lines(node):
                return _without_replacements(lines, text)
        if container == "founder-content" and (marked := _marked(text, "content")):
            there = True
            if lines := html.lines(marked):
                return _without_replacements(lines, text)
    return [] if there else None


def _between(text: str) -> Iterator[str]:
    """Yield what stands between the comments `enpcontent`: all of it as one piece, paragraphs apart."""
    pieces = []
    at = 0
    whole = True
    while begins := _CONTENT.search(text, at):
        ends = _CONTENT_ENDS.search(text, begins.end()) if whole else None
        if ends is None:
            whole = False
            ends = _CONTENT_LOST.search(text, begins.end())
        at = ends.end() if ends else len(text)
        pieces.append(text[begins.end() : ends.start() if ends else at])
    if pieces:
        yield "<br>".join(pieces)


def _without_replacements(lines: Sequence[Line], text: str) -> list[Line]:
    """Drop the marks of unreadable characters that the parser put in itself, for &#0; and the like."""
    if "\ufffd" in text:
        return list(lines)
    cleaned = (replace(line, text=tidy(line.text.replace("\ufffd", ""))) for line in lines)
    return [line for line in cleaned if line.text]


def _article(
    source: Path,
    context: ReadContext,
    text: str,
    tree: LexborHTMLParser,
    properties: Mapping[str, str],
    title: str,
    told: credits.Body,
) -> Article:
    kicker, subtitle = _beside_title(text, tree, properties)
    place = page_facts(source, context)
    facts = _facts(source, tree, properties, place)
    url = properties.get("url", "")
    flags = [f"有一段长达 {told.too_long} 个字符，超过 {LONGEST}，没有收入"] if told.too_long else []
    if facts.date and place.date and facts.date != place.date and properties.get("date"):
        flags.append(f"网页里写的日期是 {facts.date}，路径里是 {place.date}；用的是前一个")
    return Article(
        id=_id(source, context, properties, facts),
        source=source_name(source, context),
        paragraphs=told.paragraphs,
        title=title,
        kicker=kicker if kicker != title else "",
        subtitle=subtitle if subtitle != title else "",
        paper=facts.paper,
        date=facts.date,
        date_source=facts.date_source,
        page=facts.page,
        page_name=facts.page_name,
        author=_author(text, tree, properties) or told.author,
        url=url if webpage.is_address(url) else webpage.address(tree, text),
        kind="notice" if marks.names_notice(title) else "news",
        flags=tuple(flags),
    )


def _facts(source: Path, tree: LexborHTMLParser, properties: Mapping[str, str], place: PageFacts) -> PageFacts:
    """Return where the article stood: by its properties, its page's text, the page files beside it, the path."""
    date = parse_date(properties.get("date", "")) or webpage.published(tree)
    facts = PageFacts(
        paper=properties.get("papername", ""),
        date=date,
        date_source="markup" if date else "",
        page=page_label(properties.get("pagenum", "")),
        page_name=properties.get("pagename", ""),
    )
    if not (facts.paper and facts.date and facts.page):
        facts = pagefiles.merged(facts, _stands(tree))
    if not (facts.paper and facts.date and facts.page and facts.page_name):
        facts = pagefiles.merged(facts, pagefiles.facts_for(source))
    if not (facts.page and facts.page_name):
        page, name = pagefiles.page_in_text(tree)
        facts = pagefiles.merged(facts, PageFacts(page=page, page_name=name))
    named = _PAGE_IN_NAME.match(source.name)
    facts = pagefiles.merged(facts, PageFacts(page=page_label(named[1]) if named else ""))
    facts = pagefiles.merged(facts, place)
    return facts if facts.paper else replace(facts, paper=webpage.meta(tree, "og:site_name"))


def _stands(tree: LexborHTMLParser) -> PageFacts:
    """Return what 《河口日报》（2024年3月6日 第 01 版） above an article says."""
    for line in html.lines(tree.body) if tree.body is not None else []:
        match = _STANDS.search(line.text) if len(line.text) < 300 else None
        date = parse_date(match[2]) if match else None
        if match and date:
            return PageFacts(match[1], date, "markup", page_label(match[3] or ""))
    return PageFacts()


def _beside_title(text: str, tree: LexborHTMLParser, properties: Mapping[str, str]) -> tuple[str, str]:
    """Return kicker and subtitle; where only headings tell, an `<h3>` before the `<h1>` and an `<h2>` after it."""
    kicker = properties.get("introtitle") or _part(text, "pretitle")
    subtitle = properties.get("subtitle") or _part(text, "subtitle")
    main = tree.css_first(".article h1")
    if main is None or "introtitle" in properties or "subtitle" in properties:
        return kicker, subtitle
    before, after = main.prev, main.next
    while before is not None and before.tag != "h3":
        before = before.prev
    while after is not None and after.tag != "h2":
        after = after.next
    return (
        kicker or (html.plain(before) if before is not None else ""),
        subtitle or (html.plain(after) if after is not None else ""),
    )


def _author(text: str, tree: LexborHTMLParser, properties: Mapping[str, str]) -> str:
    said = properties.get("author") or _part(text, "author")
    if said:
        return said
    node = tree.css_first(".article .sec")
    return tidy(_STANDS.sub("", html.plain(node))) if node is not None else webpage.meta(tree, "author")


def _part(text: str, name: str) -> str:
    return html.plain(_marked(text, name))


def _marked(text: str, name: str) -> str:
    """Return what stands between the comments `npm:article-…` of a name, "" without both."""
    begins, ends = _PARTS[name]
    first = begins.search(text)
    last = ends.search(text, first.end()) if first else None
    return text[first.end() : last.start()] if first and last else ""


def _id(source: Path, context: ReadContext, properties: Mapping[str, str], facts: PageFacts) -> str:
    """Return an id that stays when the file moves: by the publisher's number, which file names bear too."""
    native = properties.get("articleid") or properties.get("id") or ""
    named = _ARTICLE_NAME.match(source.name)
    if not native and named and facts.paper and facts.date:
        native = named[1] or named[2].rsplit(".", 1)[0]
    return article_id(source_name(source, context), 1, native=native, paper=facts.paper, date=facts.date)
