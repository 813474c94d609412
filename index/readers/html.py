"""Takes web pages apart: a page's tree, kept within bounds, and the paragraphs of a part of it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.encoding import decode, opened
from index.errors import UnknownEncoding, UnreadableSource
from index.readers.markup import Line, tidy

LARGEST = 4_000_000
"""Bytes in a page at most. Saved e-paper pages have 20 to 300 KB; a tree of this size takes up to 200 MB."""
_DEEPEST = 2_000
"""Tags open at once at most: the parser's time grows with the square, 20,000 take 1.4 s (2026-11-24)."""
_MOST_ATTRIBUTES = 5_000
"""Attributes of one tag at most, for the same reason: 5,000 take 0.04 s, 40,000 take 7 s (2026-11-24)."""
_MOST_REOPENED = 300_000
"""How often the parser may reopen <b>, <font> and the like that a page leaves open: each time is a node."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([^<>]*)")
_FORMATS = frozenset(("a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"))
_CLOSE_THEMSELVES = frozenset(
    (
        *("area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta"),
        *("option", "p", "param", "source", "tbody", "td", "th", "thead", "tr", "wbr"),
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | frozenset(
    (
        *("address", "article", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "figcaption"),
        *("figure", "footer", "founder-content", "header", "hr", "li", "ol", "p", "pre", "section", "table"),
        *("tr", "ul"),
    )
)
_CELLS = frozenset(("td", "th"))
_BOLD = _HEADINGS | {"b", "strong"}
_SILENT = frozenset(
    (
        *("button", "head", "iframe", "map", "noscript", "object", "option", "script", "select", "style"),
        *("template", "textarea", "title"),
    )
)
_BEGINS = re.compile(rb"<(?:!doctype\s+html|html|head|meta)\b", re.IGNORECASE)
_INDENT = re.compile(
    r"(?:(?<=\n)|(?<=[。！？!?…”’』」）)》】：；]))[ \t\r\n\xa0]*(?:\u3000{2,}|(?:\xa0[ \t]*){4,}|\n[ \t]*\u3000)"
)
_WRAPPED = re.compile(r"(?<=[^\x00-\u2fff])[ \t\r]*\n[ \t\r\n]*(?=[^\x00-\u2fff])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_WRITTEN_TAG = re.compile(
    r"</?(?:a|b|big|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|script|small|span|strong|style|sub|sup|table"
    r"|tbody|td|th|tr|u|ul)(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_WRITTEN_BREAK = re.compile(r"</?(?:br|div|p|tr)(?:\s[^<>]*|/)?>", re.IGNORECASE)


def read_page(source: Path, largest: int = LARGEST) -> str:
    """
    Return the text of a page: by what its bytes are, whatever its `charset` claims.

    A last character that was cut in two is left out. Raises UnreadableSource, for too many bytes too.
    """
    with opened(source) as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise UnreadableSource(str(source), f"超过 {largest // 1_000_000} MB，不像一个网页；请检查这个文件")
    try:
        return decode(data, str(source))
    except UnknownEncoding as error:
        for cut in (1, 2, 3):
            try:
                return decode(data[:-cut], str(source))
            except UnreadableSource:
                continue
        raise error


def parse(text: str, source: str) -> LexborHTMLParser:
    """
    Return the tree of a page; `source` names it in errors.

    Raises UnreadableSource for a page whose tags are nested beyond all measure.
    """
    return LexborHTMLParser(checked(text, source))


def checked(text: str, source: str) -> str:
    """
    Return `text` if it is HTML that can be parsed in reasonable time and memory.

    Raises UnreadableSource.
    """
    if _tangled(text):
        raise UnreadableSource(source, "HTML 标签嵌套太深或太乱，不像正常的网页；请重新保存或重新导出")
    return text


def lines(part: LexborNode | str, outside: frozenset[str] = frozenset()) -> list[Line]:
    """
    Return the paragraphs of a node, or of a piece of HTML that `checked` has let pass, by itself or in its page.

    `<p>`, `<br>` and other blocks end a paragraph, and so do two ideographic blanks after a line's or a sentence's end;
    the cells of a table's row stay together. Tags that were escaped as text are taken for tags. What stands in the
    elements named `outside` is left out.
    """
    if isinstance(part, str):
        given = part
        root = LexborHTMLParser(f"<body>{part}").body
    else:
        given, root = "", part
    found = _Paragraphs(outside).take(root) if root is not None else []
    if any(_WRITTEN_BREAK.search(line.text) for line in found) and not _tangled(text := "<br>".join(_texts(found))):
        root = LexborHTMLParser(f"<body>{text}").body
        found = _Paragraphs(outside).take(root) if root is not None else found
    keeps = "\ufffd" in given
    cleaned = (Line(_clean(line.text, keeps), line.bold, line.heading) for line in found)
    return [line for line in cleaned if line.text]


def plain(part: LexborNode | str) -> str:
    """Return a node or a piece of HTML as one line: a title."""
    if isinstance(part, str) and "<" not in part and "&" not in part:
        return _clean(part, True)
    return " ".join(_texts(lines(part)))


def claims(head: bytes) -> bool:
    """Tell whether a file begins as web pages do, after an XML declaration and comments."""
    return _BEGINS.match(first_tag(head)) is not None


def first_tag(head: bytes) -> bytes:
    """Return a file's first bytes from its first tag on: after a byte-order mark, an XML declaration and comments."""
    rest = head.removeprefix(BOM_UTF8).lstrip()
    while rest.startswith((b"<?", b"<!--")):
        rest = rest.partition(b"-->" if rest.startswith(b"<!--") else b">")[2].lstrip()
    return rest


def _texts(found: list[Line]) -> list[str]:
    return [line.text for line in found]


def _clean(text: str, keeps_replacements: bool) -> str:
    """Return a line without what no line of print has: control characters, tags that were escaped as text."""
    text = _CONTROL.sub("", text)
    if not keeps_replacements:
        text = text.replace("\ufffd", "")
    before = ""
    while "<" in text and text != before:
        before, text = text, _WRITTEN_TAG.sub("", text)
    return tidy(text)


def _tangled(text: str) -> bool:
    """Tell whether the parser would take more time or memory for a text than its size warrants."""
    depth = reopened = 0
    formats: Counter[str] = Counter()
    opened_formats = 0
    for match in _TAG.finditer(text):
        closes, name, rest = match[1], match[2].lower(), match[3]
        if len(rest) > _MOST_ATTRIBUTES and len(rest.split()) > _MOST_ATTRIBUTES:
            return True
        if name in _FORMATS:
            if closes:
                if formats[name]:
                    formats[name] -= 1
                    opened_formats -= 1
            else:
                formats[name] += 1
                opened_formats += 1
        elif name not in _CLOSE_THEMSELVES:
            depth = max(0, depth - 1) if closes else depth + 1
            if depth > _DEEPEST:
                return True
        elif not closes:
            reopened += max(0, opened_formats - 20)
        if opened_formats > _DEEPEST or reopened > _MOST_REOPENED:
            return True
    return False


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield the nodes under `root` in their order, elements when they begin and when they end."""
    depth = 0
    node = root.child
    while node is not None:
        yield node, True
        below = node.child if node.is_element_node and node.tag not in _SILENT else None
        if below is not None:
            node, depth = below, depth + 1
            continue
        yield node, False
        while node is not None and node.next is None:
            node, depth = (node.parent, depth - 1) if depth else (None, 0)
            if node is not None:
                yield node, False
        node = node.next if node is not None else None


class _Paragraphs:
    """Collects the text under a node into paragraphs."""

    def __init__(self, outside: frozenset[str]) -> None:
        self._outside = outside
        self._found: list[Line] = []
        self._text: list[str] = []
        self._all_bold = True
        self._bold = 0
        self._left_out = 0

    def take(self, root: LexborNode) -> list[Line]:
        for node, begins in _walk(root):
            if node.is_text_node:
                self._say(node.text_content or "" if begins else "")
            elif node.is_element_node and node.tag:
                self._pass(node.tag, 1 if begins else -1)
        self._end()
        return self._found

    def _pass(self, tag: str, step: int) -> None:
        if tag in _BLOCKS:
            self._end(heading=tag in _HEADINGS and step < 0)
        elif tag in _CELLS:
            self._text.append(" ")
        if tag in _BOLD:
            self._bold += step
        if tag in self._outside:
            self._left_out += step

    def _say(self, text: str) -> None:
        if self._left_out or not text:
            return
        self._text.append(text)
        if not self._bold and text.strip():
            self._all_bold = False

    def _end(self, heading: bool = False) -> None:
        for piece in _INDENT.split("".join(self._text)):
            if text := tidy(_WRAPPED.sub("", piece)):
                self._found.append(Line(text, self._all_bold, heading))
        self._text.clear()
        self._all_bold = True
