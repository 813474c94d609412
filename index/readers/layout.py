"""
Makes the printed lines of a newspaper page the text that `index.segment` wants: paragraphs, and headings marked with #.

Lines become paragraphs by indent, white space and short last lines, also across a column's end. A line clearly larger
than the body's type is a heading.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from index.readers.columns import HEADING, TITLE, Run, cut, down, parts, whole_titles
from index.readers.context import page_label
from index.segment import Story, segment
from index.segment.marks import is_closed, is_furniture

_SAME_SIZE = 1.12
_INDENT = 1.2
_SHORT = 2.5
_BLANK = 1.6
_LONGEST_HEADING = 60
_HEADING_LINES = 4
_MARGIN = 0.07
_FOLIO = re.compile(r"第\s*([A-Za-z]?\d{1,3})\s*版|(?<![A-Za-z\d])([A-H]\d{1,2})(?!\d)")


@dataclass(slots=True)
class _Line:
    """A line of one column. `begins` and `full` place it in the column's width."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    begins: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """
    A page as `index.segment` reads it.

    subtitles  the lines set under a title and smaller than it, which stand unmarked in `text`
    furniture  what the page's upper and lower edge say: date, page, editors
    """

    text: str
    subtitles: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()


def page_text(runs: Sequence[Run], height: float) -> PageText:
    """Return the text of one page, "" when nothing is printed on it."""
    runs = [run for run in runs if run.text.strip()]
    if not runs:
        return PageText("")
    body = _body_size(runs)
    runs, furniture = _without_edges(whole_titles(runs, body), height)
    columns = [_lines(part, body) for part in parts(runs, body)]
    text = _Text(body)
    for column in columns:
        text.take(column)
    return PageText("\n\n".join(text.blocks), tuple(text.subtitles), tuple(furniture))


def _body_size(runs: Sequence[Run]) -> float:
    """Return the size most characters are set in."""
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[round(run.size * 2) / 2] += len(run.text)
    around = {size: sum(count for other, count in sizes.items() if abs(other - size) <= 0.06 * size) for size in sizes}
    best = max(around, key=lambda size: (around[size], size))
    near = [run.size for run in runs if abs(run.size - best) <= 0.06 * best + 0.25]
    return statistics.median(near)


def _without_edges(runs: list[Run], height: float) -> tuple[list[Run], list[str]]:
    """Split off the lines at the page's upper and lower edge that hold a date, a page number or the editors."""
    edges: list[Run] = []
    bands = cut(runs, down, 0)
    for band in (*bands[:2], *bands[-2:]):
        near = max(run.bottom for run in band) < height * _MARGIN or min(run.top for run in band) > height * (
            1 - _MARGIN
        )
        if near and any(is_furniture(run.text.strip()) for run in band) and all(len(run.text) < 40 for run in band):
            edges += [run for run in band if run not in edges]
    return [run for run in runs if run not in edges], [run.text.strip() for run in edges]


def _lines(runs: Sequence[Run], body: float) -> list[_Line]:
    """Return the lines of one column from top to bottom."""
    lines: list[_Line] = []
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.top + run.bottom) / 2):
        middle = (run.top + run.bottom) / 2
        if rows and middle < max(other.bottom - 0.3 * other.size for other in rows[-1]):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda run: run.left)
        spaced = len(row) > 2 and all(len(run.text) == 1 for run in row)
        text = row[0].text
        for before, run in pairwise(row):
            apart = run.left - before.right > 0.6 * min(run.size, before.size) and not spaced
            text += (" " if apart else "") + run.text
        lines.append(
            _Line(
                text,
                row[0].left,
                max(run.right for run in row),
                min(run.top for run in row),
                max(run.bottom for run in row),
                max(run.size for run in row),
            )
        )
    _place(lines, body)
    return lines


def _place(lines: Sequence[_Line], body: float) -> None:
    """Tell which lines of a column begin a paragraph by their indent, and which fill the column's width."""
    set_in_body = [line for line in lines if line.size < HEADING * body] or list(lines)
    left = min(line.left for line in set_in_body)
    right = max(line.right for line in set_in_body)
    for line in lines:
        line.begins = line.left - left > _INDENT * body or bool(re.match(r"\u3000{2}", line.text))
        line.full = right - line.right < _SHORT * body and right - left > 4 * body


@dataclass(slots=True)
class _Text:
    """The page's text as it grows, column after column."""

    body: float
    blocks: list[str] = field(default_factory=list)
    subtitles: list[str] = field(default_factory=list)
    _open: bool = False
    _indents: bool = False

    def take(self, lines: Sequence[_Line]) -> None:
        """Add one column, or a heading that stands alone."""
        self._indents = self._indents or any(line.begins for line in lines)
        one_liners = _ends_everywhere(lines)
        by_indent = self._indents and not one_liners
        leading = _leading(lines)
        at = 0
        before: _Line | None = None
        while at < len(lines):
            end = self._heading_end(lines, at)
            if end:
                self._add_heading(lines[at:end])
                before, at = None, end
                continue
            line = lines[at]
            if before is None:
                goes_on = self._open and not line.begins and (by_indent or not is_closed(self.blocks[-1]))
            else:
                goes_on = (
                    (before.full or (by_indent and not is_closed(before.text)))
                    and not line.begins
                    and not (one_liners and is_closed(before.text))
                    and line.top - before.top < _BLANK * leading
                    and max(line.size, before.size) < _SAME_SIZE * min(line.size, before.size)
                )
            if goes_on and self.blocks:
                self.blocks[-1] = _joined(self.blocks[-1], line.text.strip())
            else:
                self.blocks.append(line.text.strip())
            self._open = line.full or (by_indent and not is_closed(line.text))
            before = line
            at += 1

    def _heading_end(self, lines: Sequence[_Line], at: int) -> int:
        """Return the line after the heading that begins at `at`, 0 when none does."""
        end = at
        while end < len(lines) and lines[end].size >= HEADING * self.body:
            if end > at and lines[end].top - lines[end - 1].bottom > 1.5 * lines[end].size:
                break
            end += 1
        if end == at:
            return 0
        text = "".join(line.text for line in lines[at:end])
        titled = any(line.size >= TITLE * self.body for line in lines[at:end])
        if end - at > _HEADING_LINES + 2 or len(text) > 2 * _LONGEST_HEADING:
            return 0 if not titled else at + 1
        is_text = len(text) > _LONGEST_HEADING or bool(re.search("。|[，；、,;]$", text)) or self._fill(lines, at, end)
        return 0 if is_text and not titled else end

    def _fill(self, lines: Sequence[_Line], at: int, end: int) -> bool:
        """Lines `at` to `end` reach across their column as its text does: a little larger by chance or for emphasis."""
        text = [line for line in lines if line.size < HEADING * self.body]
        if not text:
            return False
        width = max(line.right for line in text) - min(line.left for line in text)
        return all(line.full and not line.begins and line.right - line.left > 0.8 * width for line in lines[at:end])

    def _add_heading(self, lines: Sequence[_Line]) -> None:
        """Kicker, title and subtitle by their sizes: what stands before the largest leads to it."""
        self._open = False
        groups: list[list[_Line]] = []
        for line in lines:
            last = groups[-1][-1].size if groups else 0.0
            if groups and max(line.size, last) < _SAME_SIZE * min(line.size, last):
                groups[-1].append(line)
            else:
                groups.append([line])
        sizes = [group[0].size for group in groups]
        main = sizes.index(max(sizes))
        if sizes[main] < TITLE * self.body:
            self.blocks += [f"#### {_heading(group)}" for group in groups]
            return
        self.blocks += [f"## {_heading(group)}" for group in groups[: main + 1]]
        for group in groups[main + 1 :]:
            if group[0].size >= TITLE * self.body and group[0].top - groups[main][-1].bottom > self.body:
                self.blocks.append(f"## {_heading(group)}")
            else:
                self.subtitles.append(_heading(group))
                self.blocks.append(self.subtitles[-1])


def _heading(lines: Sequence[_Line]) -> str:
    """Return the lines of one heading as one: with a space where the break was meant, without where it ran over."""
    text = lines[0].text.strip()
    for before, line in pairwise(lines):
        ran_over = abs(line.left - before.left) < before.size / 2 and before.right - line.right > before.size / 2
        text = _joined(text, line.text.strip(), "" if ran_over else " ")
    return re.sub(r"\s+", " ", text)


def _ends_everywhere(lines: Sequence[_Line]) -> bool:
    """They may be paragraphs of one line each, all indented, so that no indent shows."""
    return not any(line.begins for line in lines) and 2 * sum(is_closed(line.text) for line in lines) >= len(lines)


def _leading(lines: Sequence[_Line]) -> float:
    steps = [after.top - before.top for before, after in pairwise(lines) if after.size < _SAME_SIZE * before.size]
    return statistics.median(steps) if steps else 0.0


def _joined(text: str, more: str, between: str = "") -> str:
    """Return `text` going on with `more`: a space between Latin words, none between Chinese characters."""
    if not text or not more:
        return text + more
    latin = _is_latin(text[-1]) and _is_latin(more[0])
    return text + (" " if latin else between) + more


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.east_asian_width(character) not in "WF"


def stories(page: PageText) -> list[Story]:
    """Return the page's articles and notices, a subtitle as their subtitle and not as their first section."""
    found = list(segment(page.text).stories)
    for story in found:
        heading, under = next(groupby(story.paragraphs, key=lambda paragraph: paragraph.section), ("", ()))
        if heading in page.subtitles and not story.subtitle:
            story.subtitle = heading
            plain = [paragraph._replace(section="") for paragraph in under]
            story.paragraphs[: len(plain)] = plain
    return found


def printed_page(page: PageText) -> str:
    """Return the page as the paper prints it at its edge: "A03", or "" where it does not or in several ways."""
    labels = {label for line in page.furniture if (label := _page_label(line))}
    return labels.pop() if len(labels) == 1 else ""


def _page_label(line: str) -> str:
    match = _FOLIO.search(line)
    return page_label(next(filter(None, match.groups()))) if match else ""
