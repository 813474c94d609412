"""
Puts the printed lines of a newspaper page into reading order: columns from left to right, headlines before them.

The page is cut along its white: above headlines that stand across columns, then between columns, then again inside each
part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

TITLE = 1.45
"""Least size, in the body's, of an article's title."""
HEADING = 1.15
"""Least size of a section's heading, of a kicker or subtitle: read as such where it is short."""

_GUTTER = 0.45
_GUTTER_OF_ONE = 1.2
_AS_WIDE = 1.1
_SPACE = 0.8
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Run:
    """
    A stretch of one printed line; x to the right, y downwards, in one unit for the whole page.

    top, bottom  of its characters' bodies, not of the line: lines of a paragraph do not touch
    size         of its characters
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


Ends = Callable[[Run], tuple[float, float]]


def down(run: Run) -> tuple[float, float]:
    return run.top, run.bottom


def across(run: Run) -> tuple[float, float]:
    return run.left, run.right


def cut(runs: Sequence[Run], ends: Ends, gap: float) -> list[list[Run]]:
    """Return the runs in groups between which at least `gap` is white along one axis, in that axis' order."""
    groups: list[list[Run]] = []
    reach = 0.0
    for run in sorted(runs, key=lambda run: ends(run)[0]):
        start, end = ends(run)
        if not groups or start - reach < gap or start <= reach:
            if not groups:
                groups.append([])
                reach = end
            groups[-1].append(run)
            reach = max(reach, end)
        else:
            groups.append([run])
            reach = end
    return groups


def whole_titles(runs: Sequence[Run], body: float) -> list[Run]:
    """Return the runs, those of a title that only a space parts put together again."""
    titles = sorted((run for run in runs if _is_title(run, body)), key=lambda run: (run.left, run.top))
    whole: list[Run] = []
    for run in titles:
        for at, before in enumerate(whole):
            alike = abs(before.bottom - run.bottom) < 0.2 * run.size and abs(before.size - run.size) < 0.1 * run.size
            if alike and 0 <= run.left - before.right <= _SPACE * run.size:
                text = f"{before.text} {run.text}"
                top, bottom = min(before.top, run.top), max(before.bottom, run.bottom)
                whole[at] = Run(text, before.left, run.right, top, bottom, run.size)
                break
        else:
            whole.append(run)
    return [*(run for run in runs if not _is_title(run, body)), *whole]


def parts(runs: Sequence[Run], body: float, depth: int = 0) -> list[list[Run]]:
    """Return the columns and headings of a region in reading order."""
    bands = cut(runs, down, 0)
    if len(bands) < 2 and len(_columns(runs, body)) < 2:
        return [list(runs)] if runs else []
    if depth > _DEEPEST:
        return [list(runs)]
    if at := _next_story(bands, body):
        return _split(bands, at, body, depth)
    columns = _columns(runs, body)
    top = _heading_bands(bands, body)
    if 0 < top < len(bands) and _stands_over(bands, top, columns, body):
        heading = [run for band in bands[:top] for run in band]
        return [heading, *parts([run for band in bands[top:] for run in band], body, depth + 1)]
    if len(columns) > 1:
        return [part for column in columns for part in parts(column, body, depth + 1)]
    if at := _column_change(bands, body):
        return _split(bands, at, body, depth)
    return [list(runs)]


def _split(bands: Sequence[Sequence[Run]], at: int, body: float, depth: int) -> list[list[Run]]:
    above = [run for band in bands[:at] for run in band]
    below = [run for band in bands[at:] for run in band]
    return [*parts(above, body, depth + 1), *parts(below, body, depth + 1)]


def _columns(runs: Sequence[Run], body: float) -> list[list[Run]]:
    """
    Return the columns of a region; one when no white goes through from top to bottom.

    Only the widest white parts them, and what is nearly as wide: a box beside columns stands further off than they do
    from each other.
    """
    gutter = _GUTTER * body
    columns = cut(runs, across, gutter)
    if any(len(column) < 2 for column in columns):
        gutter = _GUTTER_OF_ONE * body
        columns = cut(runs, across, gutter)
    whites = [min(run.left for run in right) - max(run.right for run in left) for left, right in pairwise(columns)]
    return cut(runs, across, max(gutter, max(whites) / _AS_WIDE)) if whites else columns


def _is_title(run: Run, body: float) -> bool:
    return run.size >= TITLE * body


def _heading_bands(bands: Sequence[Sequence[Run]], body: float) -> int:
    """Return how many of the first bands are one heading: nothing but larger type, a title among it."""
    count = 0
    for band in bands:
        if not all(run.size >= HEADING * body for run in band):
            break
        count += 1
    while count and not any(_is_title(run, body) for band in bands[:count] for run in band):
        count = 0
    return count


def _next_story(bands: Sequence[Sequence[Run]], body: float) -> int:
    """
    Return the first band below the top that begins another story for all columns, 0 when there is none.

    It holds titles only, and they stand across columns, or the columns beside them leave a hole there and go on below.
    """
    at = max(1, _heading_bands(bands, body))
    while at < len(bands):
        count = _heading_bands(bands[at:], body)
        if count:
            titles = [run for band in bands[at : at + count] for run in band]
            above = [run for band in bands[:at] for run in band]
            below = [run for band in bands[at + count :] for run in band]
            columns = _columns([run for run in (*above, *below) if not _is_title(run, body)], body)
            spans = [(min(run.left for run in column), max(run.right for run in column)) for column in columns]
            crossed = sum(any(run.left < right and run.right > left for run in titles) for left, right in spans)
            beside = any(
                any(run.left < right and run.right > left for run in below)
                for left, right in spans
                if not any(run.left < right and run.right > left for run in titles)
            )
            if crossed > 1 or beside or len(spans) < 2:
                return at
        at += max(1, count)
    return 0


def _stands_over(bands: Sequence[Sequence[Run]], top: int, columns: Sequence[Sequence[Run]], body: float) -> bool:
    """The heading at the top belongs to all that stands below it, not to one column beside others with their own."""
    if len(columns) < 2:
        return True
    titles = [run for band in bands[:top] for run in band if _is_title(run, body)]
    if sum(any(run in titles for run in column) for column in columns) > 1:
        return False
    below = [run for band in bands[top:] for run in band]
    return not any(_heading_bands(cut(column, down, 0), body) for column in _columns(below, body))


def _column_change(bands: Sequence[Sequence[Run]], body: float) -> int:
    """Return the band before which lines across columns give way to columns or the other way round, 0 for none."""
    whole = [len(_columns([run for band in bands[at:] for run in band], body)) for at in range(1, min(len(bands), 60))]
    for at, count in enumerate(whole, 1):
        if count > 1:
            return at
    for at in range(len(bands) - 1, max(0, len(bands) - 60), -1):
        if len(_columns([run for band in bands[:at] for run in band], body)) > 1:
            return at
    return 0
