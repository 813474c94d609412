"""Tells an article's text from what is printed around it: photo credits, editors, their notes, page references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.model import Paragraph
from index.readers import markup
from index.readers.markup import Line
from index.segment import marks

LONGEST_SECTION = 60
_LONGEST_CREDIT = 60
_BRACKETS = str.maketrans("", "", "()（）[]【】〔〕")
_NAMES = r"[一-鿿·]{2,4}(?:[\s、，,]+[一-鿿·]{2,4}){0,5}"
_WHO = r"(?:[一-鿿]{0,12}(?:记者|通讯员|特约摄影师|摄影师|作者|新华社|中新社|本报|本刊|图片社)[^。！？；]{0,30})"
_CREDITS = (
    re.compile(rf"(?:{_WHO}|{_NAMES})\s*(?:[/／]\s*)?(?:摄影报道|摄影|摄|供图|制图|绘图)"),
    re.compile(rf"(?:文[/／]?图|图文|文|图)\s*[/／:：\s]\s*(?:{_WHO}|{_NAMES})"),
    re.compile(r"[^。！？；，]{0,20}(?:资料图片?|资料照片|供图|图片社发?)"),
    re.compile(r"(?:图片|照片|本版图片|本版照片|图|资料图)(?:均?由|来源|来自|提供|作者)[^。！？；]{1,40}"),
    re.compile(r"(?:摄影|图片|照片|供图|制图|绘图|图|漫画|本版摄影|摄)\s*[:：/／丨|]\s*[^。！？；]{1,40}"),
)
_ROLE = (
    r"(?:(?:本报|本版|本期|今日|责任|值班|执行|版面|美术|视觉|文字|图片|首席)?"
    r"(?:责编|编辑|主编|编审|美编|校对|校检|版式|组版|美术|视觉|审核|监制|统筹|策划|检校))"
)
_EDITORS = (
    re.compile(rf"{_ROLE}\s*[:：/／丨|]\s*[^。！？；]{{1,70}}"),
    re.compile(rf"(?:(?:责任编辑|责编|{_ROLE}(?<!统筹)(?<!策划)(?<!监制)(?<!审核)(?<!美术)(?<!视觉))\s+{_NAMES}\s*)+"),
)
_NOTE = re.compile(r"[■□●◆▲☆★\s]*[【〔\[（(]?\s*编者(?:的)?(?:按|话|语)\s*(?:[】〕\]）)]|[:：]|[\s\u3000]|$|——)")
_NOTE_ALONE = re.compile(r"[■□●◆▲☆★\s]*[【〔\[（(]?\s*编者(?:的)?(?:按|话|语)\s*[】〕\]）)]?\s*[:：]?")
_OPENS, _CLOSES = r"[>＞→▶►▲▼\s]*[（(\[【]?\s*", r"\s*[）)\]】]?"
_PAGE = r"第?\s*(?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})"
_PAGES = rf"{_PAGE}\s*(?:[-—－–~～至、，,]\s*{_PAGE}\s*)*"
_LEADS = (
    r"(?:全文|报道|相关报道|更多报道|相关内容|更多内容|内容)?(?:均|请)?"
    r"(?:详见|见|刊于|刊|下转|上接|紧接|转接|转|接)\s*(?:今日|本报|本期)?"
)
_REFERENCES = (
    re.compile(rf"{_OPENS}{_LEADS}{_PAGES}(?:版面?{_CLOSES}|[）)\]】])"),
    re.compile(rf"{_OPENS}(?:今日|本报|本期)?{_PAGES}版面?{_CLOSES}"),
    re.compile(r"[>＞→▶►▲▼\s]*[（(\[【]\s*[A-Za-z]\d{1,3}(?:\s*[-—－–~～至、，,]\s*[A-Za-z]\d{1,3})*\s*[）)\]】]"),
)
_LONGEST_REFERENCE = 30


@dataclass(frozen=True, slots=True)
class Body:
    """
    An article's paragraphs, and what was printed among them.

    author    the reporters' own line, "" when there was none
    too_long  characters of the longest paragraph left out because no article has one like it, else 0
    """

    paragraphs: tuple[Paragraph, ...]
    author: str = ""
    too_long: int = 0


def body(lines: Sequence[Line], section: str = "", title: str = "") -> Body:
    """
    Return what of an article's lines is text.

    Photo credits, names of editors, page references and a repeated title are left out; a note of the editor too, unless
    it is all there is. A short line set in bold before one that is not stands over what follows, and stays a paragraph.
    """
    authors = [line.text for line in lines if marks.is_byline(line.text)]
    kept = [line for line in lines if not marks.is_byline(line.text) and not _is_credit(line.text)]
    if title and kept and kept[0].text == title:
        kept = kept[1:]
    told = list(_without_notes(kept))
    paragraphs: list[Paragraph] = []
    too_long = 0
    chosen = told or [line for line in kept if not _NOTE_ALONE.fullmatch(line.text)]
    for line, following in zip(chosen, [*chosen[1:], None], strict=False):
        if len(line.text) > markup.LONGEST:
            too_long = max(too_long, len(line.text))
            continue
        if line.heading or (line.bold and following and not following.bold and _may_head(line.text)):
            section = line.text
        paragraphs.append(Paragraph(line.text, section))
    return Body(tuple(paragraphs), authors[0] if authors else "", too_long)


def is_reference(text: str) -> bool:
    """Tell whether a line only says where the article is or goes on: （A04）, （下转第三版）."""
    return len(text) <= _LONGEST_REFERENCE and any(shape.fullmatch(text) for shape in _REFERENCES)


def _is_credit(text: str) -> bool:
    if is_reference(text) or marks.is_furniture(text):
        return True
    if len(text) > _LONGEST_CREDIT + 20:
        return False
    bare = text.strip().translate(_BRACKETS).strip("。 \u3000▲▼△▽↑↓←→")
    if any(shape.fullmatch(bare) for shape in _EDITORS):
        return True
    return len(bare) <= _LONGEST_CREDIT and any(shape.fullmatch(bare) for shape in _CREDITS)


def _without_notes(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines that are no editor's note; of one whose label stands alone, the next line is the note."""
    waits = False
    for line in lines:
        if waits:
            waits = False
        elif _NOTE.match(line.text):
            waits = _NOTE_ALONE.fullmatch(line.text) is not None
        else:
            yield line


def _may_head(text: str) -> bool:
    return len(text) <= LONGEST_SECTION and text[-1] not in "。；，："
