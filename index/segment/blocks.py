"""Cuts the text of a newspaper page into blocks and says what each looks like, line by line and without context."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from index.segment.marks import (
    has_dateline,
    is_byline,
    is_closed,
    is_date,
    is_furniture,
    is_notice_column,
    is_source,
    leads_on,
    names_notice,
)

Look = Literal["title", "head", "scrap", "lead_in", "body", "source", "byline", "date", "column", "notice"]
"""
title    marked with #
head     one to three short lines without closing punctuation
scrap    as head, but as wide as the column: a heading, or the first lines of a paragraph cut there
lead_in  an unterminated line ending in —— or ：, a kicker if a title follows
source   (综合), (本报记者 …): ends an article
byline   本报记者 …, not in brackets
date     nothing but a day
column   公告栏: the heading over notices
notice   a head that names a notice: 拍卖公告, 遗失声明
"""

HEAD_LINE = 26
_HEAD_LINES = 3
_LEAD_IN = 60
_WIDEST_COLUMN = 60
_INDENTED = 3
"""Indented lines from which on a page is taken to indent all of its paragraphs."""

_UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff]")
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_RULE = re.compile(r"[-*_=—－·.\s]{3,}|#+")
_INDENT = re.compile(r"\u3000{2}|\t| {4}")
_MARKED = re.compile(r"(?:(#{1,6})\s+|(#{2,6})(?=[^\s#]))(.{1,200}?)\s*#*")
_BOLD = re.compile(r"\*\*(.+)\*\*")

_NOT_A_HEAD = re.compile(r"。|^[（(].*[）)]$|(?:[。；;，,、！？!?…]|(?<![A-Za-z0-9])\.)[”’」』）)】]*$")
_PAUSE = re.compile("[，,、；;]")
_PHONE = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True)
class Block:
    """
    Lines that belong together. `level` is the number of # of a title, else 0.

    Body blocks have one line: wrapped columns are put together again.
    """

    look: Look
    lines: tuple[str, ...]
    level: int = 0

    @property
    def text(self) -> str:
        return join_lines(self.lines)


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page in their order, page furniture (版次, 责编, 下转…版) left out."""
    cleaned = _UNPRINTED.sub("", _BREAKS.sub("\n", text))
    lines = [line.rstrip() for line in cleaned.split("\n")]
    width = _column_width([line for line in lines if line.strip() and not _MARKED.fullmatch(line.strip())])
    indented = width > 0 and sum(map(bool, map(_INDENT.match, lines))) >= _INDENTED
    found: list[Block] = []
    for run in _runs(lines):
        for piece in _pieces(run, width):
            after_end = not found or found[-1].look != "body" or is_closed(found[-1].text)
            unlike_text = piece.wide or (indented and not piece.indented) or _stands_alone(piece.lines[0])
            if not piece.full:
                found.append(_look_at(piece.lines))
            elif not _is_scrap(piece.lines):
                found.append(_look_at((unwrapped(piece.lines),), may_head=False))
            elif after_end and unlike_text:
                found.append(_look_at(piece.lines))
            else:
                found.append(Block("scrap", piece.lines))
    return found


def join_lines(lines: Sequence[str]) -> str:
    """Return heading lines as one, a space between them unless punctuation already parts them."""
    joined = ""
    for line in lines:
        joined += f" {line}" if joined and not re.search(r"[：:，,、—]$", joined) else line
    return joined


def _runs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines between blank lines, rules and # titles; a title is a run of its own."""
    run: list[str] = []
    for line in lines:
        bare = line.strip()
        marked = _MARKED.fullmatch(bare)
        if not bare or marked or _RULE.fullmatch(bare):
            if run:
                yield run
            run = []
            if marked:
                yield [bare]
        else:
            run.append(line)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Piece:
    """
    The lines of a heading or paragraph.

    full  the first reaches the width of the column
    wide  it goes beyond
    """

    lines: tuple[str, ...]
    full: bool = False
    wide: bool = False
    indented: bool = False


def _pieces(run: Sequence[str], width: float) -> Iterator[_Piece]:
    """Yield the headings and paragraphs of one run of lines."""
    run = [line for line in run if not is_furniture(line.strip())]
    bare = [line.strip() for line in run]
    width = width or _column_width(run)
    full = [width > 0 and _printed(line) >= width - 2 for line in run]
    if len(run) <= _HEAD_LINES and _is_heading(bare) and not all(full):
        yield _Piece(tuple(bare))
        return
    at = 0
    while at < len(run):
        end = at + 1
        if full[at]:
            wide = _printed(run[at]) > width + 2
            while end < len(run) and full[end - 1] and not _INDENT.match(run[end]):
                if (wide and _printed(run[end]) <= width + 2) or (not full[end] and _stands_alone(bare[end])):
                    break
                end += 1
            yield _Piece(tuple(bare[at:end]), True, wide, bool(_INDENT.match(run[at])))
        else:
            while end < len(run) and end - at < _HEAD_LINES and not full[end] and _is_heading(bare[at : end + 1]):
                end += 1
            yield _Piece(tuple(bare[at:end]))
        at = end


def unwrapped(lines: Sequence[str]) -> str:
    """Return the lines of a wrapped paragraph as one."""
    parts = [lines[0]]
    for before, line in pairwise(lines):
        latin = before[-1].isascii() and before[-1].isalpha() and line[0].isascii() and line[0].isalpha()
        parts.append(f" {line}" if latin else line)
    return "".join(parts)


def _look_at(piece: tuple[str, ...], may_head: bool = True) -> Block:
    first = piece[0]
    if marked := _MARKED.fullmatch(first):
        title = _BOLD.sub(r"\1", marked[3])
        return Block("column" if is_notice_column(title) else "title", (title,), len(marked[1] or marked[2]))
    lines = tuple(_BOLD.sub(r"\1", line) if len(line) <= _LEAD_IN else line for line in piece)
    text = join_lines(lines)
    if len(text) > 3 * _LEAD_IN:
        return Block("body", lines)
    if is_source(text):
        return Block("source", lines)
    if is_date(text):
        return Block("date", lines)
    if is_notice_column(text):
        return Block("column", lines)
    if may_head and _could_be_lines(lines):
        if names_notice(text):
            return Block("notice", lines)
        if len(lines) == 1 and is_byline(text):
            return Block("byline", lines)
        if not leads_on(text):
            return Block("head", lines)
    if leads_on(text) and len(text) <= _LEAD_IN and not re.search(r"[。！？]", text):
        return Block("lead_in", lines)
    return Block("body", lines)


def _could_head(line: str) -> bool:
    return len(line) <= HEAD_LINE and not (_NOT_A_HEAD.search(line) or _PHONE.search(line) or has_dateline(line))


def _is_scrap(lines: Sequence[str]) -> bool:
    return len(lines) <= _HEAD_LINES and all(_could_head(line) and not _PAUSE.search(line) for line in lines)


def _is_heading(lines: Sequence[str]) -> bool:
    """They are the two or three lines of one heading."""
    return len(lines) > 1 and _could_be_lines(lines) and not any(map(_stands_alone, lines))


def _could_be_lines(lines: Sequence[str]) -> bool:
    """They could be the lines of one heading: all but the last may end in a comma."""
    return _could_head(lines[-1]) and all(_could_head(line) or _goes_on(line) for line in lines[:-1])


def _goes_on(line: str) -> bool:
    return len(line) <= HEAD_LINE and line.endswith((",", "，", "、"))


def _stands_alone(line: str) -> bool:
    """Never one of several heading lines, even when only a line break parts it from them."""
    return is_source(line) or is_date(line) or is_notice_column(line) or is_byline(line) or names_notice(line)


def _column_width(lines: Sequence[str]) -> float:
    """
    Return the width in full-width characters at which `lines` were wrapped, 0 when they were not.

    They were when half of them reach the common width and half of those end within a sentence.
    """
    widths = sorted(map(_printed, lines))
    if len(lines) < 3 or (len(lines) == 3 and not is_closed(lines[-1])):
        return 0
    width = widths[int(0.9 * (len(widths) - 1))]
    full = [line for line in lines if width - 2 <= _printed(line) <= width + 2]
    within = sum(not is_closed(line) for line in full)
    wrapped = 8 <= width <= _WIDEST_COLUMN and len(full) >= len(lines) / 2 and within >= len(full) / 2
    return width if wrapped else 0


@lru_cache(maxsize=1024)
def _printed(line: str) -> float:
    """Return the width of a line with its indent, in full-width characters; exact up to three of the widest columns."""
    return sum(map(_cell, line.strip()[: 3 * _WIDEST_COLUMN])) + (2 if _INDENT.match(line) else 0)


@cache
def _cell(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5
