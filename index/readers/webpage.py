"""Finds the article in any web page: what its head says of it, and the text that trafilatura makes out."""

from __future__ import annotations

import datetime as dt
import re

from selectolax.lexbor import LexborHTMLParser

from index.errors import UnreadableSource
from index.readers import html
from index.readers.context import parse_date
from index.readers.markup import Line

_ADVICE = "不是认得的数字报页面；要读一般的新闻网页，请运行 pip install 'wenbao[html]'，再运行 wenbao index"
_NOTHING = "网页里没有认出文章正文（可能是首页或列表页）；请移走它，或检查是否保存完整"

_DATES = (
    *("article:published_time", "og:release_date", "publishdate", "pubdate", "publish_date", "publishtime"),
    *("firstpublishedtime", "datepublished", "dc.date", "dc.date.issued", "weibo: article:create_at"),
)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s>]{1,500})\s*-->", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s*(?:[_|｜]|[-—－]{1,3})+\s*")
_SITE = re.compile(
    r"(?:日报|晚报|晨报|时报|早报|商报|都市报|数字报|电子报|数字报刊|电子版|多媒体版|网|客户端|在线|平台)$"
)


def main_text(text: str, source: str) -> list[Line]:
    """
    Return the paragraphs of the page's article.

    Raises UnreadableSource when there is none, or the extra `html` is not installed.
    """
    try:
        from trafilatura import extract
    except ImportError:
        raise UnreadableSource(source, _ADVICE) from None
    try:
        found = extract(text, output_format="html", include_comments=False, favor_precision=True)
    except Exception as error:  # a broken page is reported whatever the libraries below make of it
        raise UnreadableSource(source, _NOTHING) from error
    lines = html.lines(found) if found else []
    if not lines:
        raise UnreadableSource(source, _NOTHING)
    return lines


def meta(tree: LexborHTMLParser, *names: str) -> str:
    """Return the content of the first `<meta>` with one of these names or properties, in lower case; else ""."""
    for node in tree.css("meta"):
        name = node.attributes.get("name") or node.attributes.get("property") or node.attributes.get("itemprop") or ""
        content = html.plain(node.attributes.get("content") or "")
        if name.strip().lower() in names and content:
            return content
    return ""


def published(tree: LexborHTMLParser) -> dt.date | None:
    """Return the day the page's head says it was published; never one from its text."""
    return parse_date(meta(tree, *_DATES))


def address(tree: LexborHTMLParser, text: str) -> str:
    """Return where the page says it is from: its canonical address, or what the browser noted on saving it."""
    links = [node.attributes.get("href") or "" for node in tree.css("link[rel=canonical]")]
    saved = _SAVED_FROM.search(text[:4000])
    return next((url for url in [*links, meta(tree, "og:url"), saved[1] if saved else ""] if is_address(url)), "")


def is_address(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"]{3,2000}", url) is not None


def title(tree: LexborHTMLParser) -> str:
    """Return the article's title by the page's head or its first `<h1>`, the site's own name taken off."""
    said = meta(tree, "og:title", "articletitle", "contenttitle")
    if not said:
        headings = [text for node in tree.css("h1") if (text := html.plain(node))]
        said = headings[0] if len(headings) == 1 else ""
    if said:
        return said
    node = tree.css_first("title")
    whole = html.plain(node.text().replace("\ufffd", "")) if node is not None else ""
    parts = [part for part in _TITLE_PARTS.split(whole) if part and not _SITE.search(part)]
    return max(parts, key=len, default="")
