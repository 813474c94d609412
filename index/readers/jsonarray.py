"""Reads JSON: an array of articles, one article alone, or an object that holds such an array."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from index.encoding import decode, opened
from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers.context import page_facts, source_name
from index.readers.entry import BadEntry, article_of

LARGEST = 128 << 20
"""Bytes in a file at most: it is decoded as a whole, which JSONL is not."""

_HOPELESS = 100
"""So many bad entries before the first good one, and the file holds no articles."""
_ARRAYS = ("articles", "items", "data")
_BEGINS = re.compile(rb'\s*(?:\[\s*\{\s*"|\{\s*\n\s*"|\{\s*"articles"\s*:)')
_ARRAY_OF_OBJECTS = re.compile(r"\[\s*\{")
_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class _Broken(Exception):
    """Where the JSON ends before it should, and how."""


def claims(head: bytes) -> bool:
    """Tell whether a file begins as an array of objects or as an object spread over lines does."""
    return _BEGINS.match(head.removeprefix(BOM_UTF8)) is not None


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield an article for each object, or its number and what is wrong with it; what follows a break is lost.

    An object is as `entry.article_of` reads it; the array may stand alone or under "articles", "items" or "data".

    Raises UnreadableSource.
    """
    place = page_facts(source, context)
    name = source_name(source, context)
    seen: dict[str, int] = {}
    number = bad = 0
    entries = _entries(_text(source))
    while True:
        try:
            fields = next(entries, None)
            if fields is None:
                break
            number += 1
            article = article_of(_object(fields), name, number, place, context.section, f"第 {number} 篇")
            first = seen.setdefault(article.id, number)
            if first != number:
                raise BadEntry(f"id 与第 {first} 篇的相同；请改成不同的 id")
            yield article
        except _Broken as problem:
            if not seen:
                raise UnreadableSource(str(source), f"{problem}；请检查文件是否完整") from problem
            yield Rejected(f"{source}#第{number + 1}篇", f"{problem}，后面的没有读；请检查文件是否完整")
            return
        except BadEntry as problem:
            yield Rejected(f"{source}#第{number}篇", str(problem))
            bad += 1
            if bad >= _HOPELESS and not seen:
                raise UnreadableSource(str(source), f"前 {bad} 篇都用不了，不像文章；请检查这个文件") from problem
    if not number:
        raise UnreadableSource(str(source), '里面没有文章；应是 [{"paragraphs": [...]}, ...]')


def _text(source: Path) -> str:
    with opened(source) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UnreadableSource(str(source), f"超过 {LARGEST >> 20} MB；请改存为 JSONL（一行一篇）")
    return decode(data, str(source))


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadEntry('不是 JSON 对象；一篇应是 {"paragraphs": [...]}')
    return value


def _entries(text: str) -> Iterator[object]:
    """
    Yield the values of an array, of the arrays that an object holds articles in, or the object itself, one at a time.

    Raises _Broken.
    """
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            at = yield from _array(text, at)
        elif text[at] == "{":
            at = yield from _document(text, at)
        else:
            raise _Broken(f"不是 JSON（{_place(text, at)}）")
        at = _skip(text, at)


def _array(text: str, at: int) -> Generator[object, None, int]:
    """Yield the values of the array that begins at `at`; return where it ends."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        value, at = _value(text, at)
        yield value
        at = _next(text, at, "]")
    return at + 1


def _document(text: str, at: int) -> Generator[object, None, int]:
    """Yield the articles of the object that begins at `at`, or itself when it holds none; return where it ends."""
    fields: dict[str, object] = {}
    held = False
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = _value(text, at)
        at = _skip(text, at)
        if not isinstance(key, str) or text[at : at + 1] != ":":
            raise _Broken(f"JSON 不完整（{_place(text, at)}）")
        at = _skip(text, at + 1)
        if key in _ARRAYS and _ARRAY_OF_OBJECTS.match(text, at):
            held = True
            at = yield from _array(text, at)
        else:
            fields[key], at = _value(text, at)
        at = _next(text, at, "}")
    if not held:
        yield fields
    return at + 1


def _value(text: str, at: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _Broken(f"JSON 不完整（{_place(text, error.pos)}：{error.msg}）") from error
    except RecursionError as error:
        raise _Broken("JSON 嵌套太深") from error
    except ValueError as error:
        raise _Broken("JSON 里有长得离谱的数字") from error


def _next(text: str, at: int, end: str) -> int:
    """Return where the next value begins, or where `end` stands, after the comma or at the end."""
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return _skip(text, at + 1)
    if text[at : at + 1] != end:
        raise _Broken(f"JSON 不完整（{_place(text, at)}）")
    return at


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _place(text: str, at: int) -> str:
    return f"第 {text.count(chr(10), 0, at) + 1} 行" if at < len(text) else "到结尾断了"
