"""Says which days a question asks about, and which days the dates in an article are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.daywords import JOIN, Days, Named, month_or_day, read_dates
from index.normalize import fold


@dataclass(frozen=True, slots=True)
class AskedDates:
    """
    The days a question means.

    ranges               alternatives, likeliest first
    strict               True when only these days will do: 以来, 之前, 之后, 期间, 至今, 从…到…
    relative_to_article  True when the words (今年, 昨天) may count from an article's own date
    written              the words, as they stand in the question
    rest                 the question without the words that an article of those days need not have: the year, and the
                         month where no day is named
    """

    ranges: tuple[Days, ...]
    strict: bool
    relative_to_article: bool
    written: str
    rest: str


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A date a text names at `text[start:end]`, and its first and last day."""

    start: int
    end: int
    first: dt.date
    last: dt.date


_NUMERAL = "[0-9零〇一二三四五六七八九十]"
_STAYS = re.compile(
    rf"(?:{_NUMERAL}+\s?月\s?{_NUMERAL}+\s?[日号]|[上下]半年|第?[一二三四1-4首]季度|前{_NUMERAL}+个?(?:月|季度))$"
)
"""What of a date the articles of those days say, too."""
_FROM = re.compile("[从自]$")
_SINCE = re.compile("以来|至今|迄今|到现在|到目前")
_BEFORE = re.compile(r"[之以]前|前(?![后夕期往身景沿来\d一二两三四五六七八九十])")
_AFTER = re.compile(r"[之以]后|后(?![来期天续备勤面代人\d一二两三四五六七八九十])")
_DURING = re.compile("期间|之间|这段时间")
_LITTLE_WORDS = re.compile(r"[在于自从到至\s,、]*")
_CLOCK = re.compile(r"[\s,]*(?:[上中下]午|凌晨|清晨|早上|晚上?)?\s?(?:\d{1,2}\s?[:时点]\s?(?:\d{1,2}|半)?分?)?[\s,。]*")


def question_dates(folded: str, today: dt.date) -> AskedDates | None:
    """Return the days a folded question asks about, seen from `today`; None when it names none."""
    named = list(read_dates(folded, today, past=True))
    if not named:
        return None
    start, end = named[0].start, named[-1].end
    ranges: list[Days] = []
    for date in named:
        if date.joined and ranges and ranges[-1][0] <= date.choices[0][1]:
            ranges[-1] = (ranges[-1][0], date.choices[0][1])
        else:
            ranges.extend(date.choices)
    strict = False
    if any(date.joined for date in named) and (opening := _FROM.search(folded, max(0, start - 1), start)):
        strict, start = True, opening.start()
    late = folded[end - 1] in "底末"
    for pattern in (_SINCE, _BEFORE, _AFTER, _DURING):
        if not (found := pattern.match(folded, end)):
            continue
        strict, end = True, found.end()
        if pattern is _SINCE:
            ranges = [(first, max(first, today)) for first, _ in ranges]
        elif pattern is _BEFORE:
            ranges = [(dt.date.min, last if late else first - dt.timedelta(days=1)) for first, last in ranges]
        elif pattern is _AFTER:
            ranges = [(last + dt.timedelta(days=1), dt.date.max) for _, last in ranges]
        break
    relative = any(date.relative and not date.vague for date in named)
    dropped = [(start, end)] if strict else [_dropped(folded, date) for date in named]
    return AskedDates(tuple(dict.fromkeys(ranges)), strict, relative, folded[start:end], _without(folded, dropped))


def _dropped(folded: str, date: Named) -> tuple[int, int]:
    stays = _STAYS.search(folded, date.start, date.end)
    return date.start, stays.start() if stays else date.end


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return `text` with a space for each of some places in it."""
    parts, at = [], 0
    for start, end in places:
        parts.append(text[at:start])
        at = end
    return " ".join([*parts, text[at:]]).strip()


def resolve(text: str, issue: dt.date | None) -> list[ResolvedDate]:
    """
    Return the dates `text` names, in order, seen from the day its issue appeared.

    Without `issue` only those that say their year. 最近 and the like are none. A day or month without a year is the one
    nearest to the issue, or goes with the date it is joined to: 2024年3月至5月.
    """
    dates = read_dates(fold(text), issue, past=False)
    return [ResolvedDate(date.start, date.end, *date.choices[0]) for date in dates if not date.vague]


def iso_of(span_text: str, issue: dt.date | None) -> str | None:
    """
    Return the date that `span_text` is, as ISO 8601: 2025-05-20, 2024-02, 2024, or first/last of another stretch.

    A clock time behind it is passed over. None when it is anything else, or needs the issue's date and `issue` is None.
    """
    dates = resolve(span_text, issue)
    folded = fold(span_text)
    if (
        not dates
        or not _LITTLE_WORDS.fullmatch(folded, 0, dates[0].start)
        or not _CLOCK.fullmatch(folded, dates[-1].end)
    ):
        return None
    if len(dates) == 1:
        return _iso(dates[0].first, dates[0].last)
    join = JOIN.fullmatch(folded, dates[0].end, dates[1].start)
    if len(dates) > 2 or not join or not join["range"] or dates[0].first > dates[1].last:
        return None
    return _iso(dates[0].first, dates[1].last)


def _iso(first: dt.date, last: dt.date) -> str:
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{first.year:04}"
    if (first.year, first.month) == (last.year, last.month) and month_or_day(first.year, first.month, 0) == (
        first,
        last,
    ):
        return f"{first:%Y-%m}"
    return f"{first.isoformat()}/{last.isoformat()}"
