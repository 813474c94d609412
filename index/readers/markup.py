"""Takes Markdown apart: a file into headings and text, text with HTML in it into plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from index.normalize import is_cjk

LONGEST = 100_000
"""Characters in a paragraph at most; the longest of the TV-news transcripts has 2,300 (2026-11-24)."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PARTS = frozenset(("address", "article", "blockquote", "div", "figcaption", "figure", "footer", "header", "section"))
_LISTS = frozenset(("dd", "dl", "dt", "li", "ol", "table", "tbody", "td", "th", "thead", "tr", "ul"))
_BLOCKS = _HEADINGS | _PARTS | _LISTS | {"br", "center", "hr", "p", "pre"}
_BOLD = _HEADINGS | {"b", "strong"}
_SILENT = frozenset(("script", "style", "noscript", "template"))
_LONGEST_HEADING = 1000
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_CLOSING_MARKS = re.compile(r"\s+#+\s*$")
_RULE = re.compile(r" {0,3}(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}")
_QUOTE_MARKS = re.compile(r"^ {0,3}(?:>[ \t]?)+")
_BULLET = re.compile(r"^\s*[-*+][ \t]+(?=\S)")
_OWN_PARAGRAPH = re.compile(r"\s*(?:[-*+][ \t]+\S|\||\d{1,3}(?:[.)][ \t]+|、)\S)")
_TABLE_RULE = re.compile(r"\|[\s:|-]+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ORIGINAL = re.compile(r"\[[^\]\n]*(?:原文|来源|source|original)[^\]\n]*\]\((https?://\S+)\)", re.IGNORECASE)
_LONGEST_LINK = 2000
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]+|[abipqsuABIPQSU])(?:[\s/][^<>]*)?>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])")


@dataclass(frozen=True, slots=True)
class Block:
    """
    A heading or a paragraph, as written.

    level  1 to 6 for a heading, 0 for text, -1 for a thematic break
    """

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """
    One paragraph of plain text.

    bold     True when all of it is set bold, as headings inside an article often are
    heading  True when it is marked as one
    """

    text: str
    bold: bool = False
    heading: bool = False


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield what stands in the lines of a Markdown file; a link to the original and a table's row are blocks too."""
    waiting: list[str] = []
    for line in [*(_QUOTE_MARKS.sub("", line, count=1) for line in lines), ""]:
        heading = _HEADING.match(line) if len(line) < _LONGEST_HEADING else None
        alone = bool(heading) or bool(_RULE.fullmatch(line)) or bool(original(line))
        if waiting and (alone or not line.strip() or _OWN_PARAGRAPH.match(line)):
            yield Block(0, _joined(waiting))
            waiting = []
        if heading:
            yield Block(len(heading[1]), plain(_CLOSING_MARKS.sub("", heading[2])))
        elif alone:
            yield Block(-1 if _RULE.fullmatch(line) else 0, line.strip())
        elif line.lstrip().startswith("|"):
            yield from [] if _TABLE_RULE.fullmatch(line) else [Block(0, line.replace("|", " ").strip())]
        elif line.strip() and not _FENCE.match(line):
            waiting.append(_BULLET.sub("", line, count=1))


def _joined(lines: Sequence[str]) -> str:
    """Put the lines of one paragraph together: without a blank between Chinese characters."""
    text = ""
    for line in map(str.strip, lines):
        blank = " " if text and not (is_cjk(text[-1]) or is_cjk(line[0]) or not text[-1].isalnum()) else ""
        text += blank + line
    return text


def original(text: str) -> str:
    """Return the address when `text` is nothing but a link to the original, else ""."""
    link = _ORIGINAL.fullmatch(text.strip()) if len(text) < _LONGEST_LINK else None
    return link[1] if link else ""


def plain(markdown: str) -> str:
    """Return one line of Markdown without its markup: a title."""
    return " ".join(line.text for line in lines(markdown))


def lines(markdown: str) -> list[Line]:
    """
    Return the paragraphs of a piece of Markdown with HTML in it, without markup, blanks trimmed, entities resolved.

    `<p>`, `<br>`, `<li>` and other blocks end a paragraph; emphasis, spans and links leave their text, images nothing.
    """
    if "[" in markdown:
        markdown = _LINK.sub(r"\1", _IMAGE.sub("", markdown))
    if "**" in markdown or "__" in markdown:
        markdown = _STRONG.sub(r"<strong>\2</strong>", markdown)
    if "\\" in markdown:
        markdown = _ESCAPED.sub(r"\1", markdown)
    if "<" not in markdown and "&" not in markdown:
        text = tidy(markdown)
        return [Line(text)] if text else []
    return _Paragraphs().take(_without_comments(markdown))


def tidy(text: str) -> str:
    """Return `text` with every run of blanks, no-break and ideographic ones too, as one space, none at its ends."""
    return " ".join(_INVISIBLE.sub("", text).split())


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    return first + "".join(rest if mark else text for text, mark, rest in (other.partition("-->") for other in others))


class _Paragraphs:
    """Collects the text between tags into paragraphs; a bracket that opens no tag is text."""

    def __init__(self) -> None:
        self.found: list[Line] = []
        self._text: list[str] = []
        self._all_bold = True
        self._bold = 0
        self._silent = 0

    def take(self, html: str) -> list[Line]:
        at = 0
        for tag in _TAG.finditer(html):
            self._say(html[at : tag.start()])
            self._pass(tag[2].lower(), -1 if tag[1] else 1)
            at = tag.end()
        self._say(html[at:])
        self._end()
        return self.found

    def _pass(self, tag: str, step: int) -> None:
        if tag in _BLOCKS:
            self._end(heading=tag in _HEADINGS and step < 0)
        if tag in _BOLD:
            self._bold = max(0, self._bold + step)
        elif tag in _SILENT:
            self._silent = max(0, self._silent + step)

    def _say(self, html: str) -> None:
        text = unescape(html)
        if self._silent or not text:
            return
        self._text.append(text)
        if not self._bold and text.strip():
            self._all_bold = False

    def _end(self, heading: bool = False) -> None:
        text = tidy("".join(self._text))
        if text:
            self.found.append(Line(text, self._all_bold, heading))
        self._text.clear()
        self._all_bold = True
