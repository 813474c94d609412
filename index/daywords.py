"""Finds the dates a folded text names, and works out their days from an anchor: today, or the day an issue appeared."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

Days = tuple[dt.date, dt.date]
"""First and last day, inclusive."""


@dataclass(frozen=True, slots=True)
class Named:
    """
    One date as named.

    choices   the days it can be, likeliest first
    relative  True when another anchor would make other days of it
    vague     True for 最近 and the like, which name no days
    joined    True when a range sign ties it to the date before it
    """

    start: int
    end: int
    choices: tuple[Days, ...]
    relative: bool
    vague: bool = False
    joined: bool = False


_HINT = re.compile(r"\d[-/.]\d|[年月日号天周季]|星期|礼拜|最近|近期|近来|不久|[昨今明][晚夜晨早]")
_D = "零〇○一二三四五六七八九"
_FEW = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_EDGE = r"[上中下]旬|初(?![一二三步级中次始夏春秋冬])|中(?=[,。、;的至到]|$)|底|末"

_NUMERAL = re.compile(rf"[\d{_D}十]+", re.ASCII)
_BEGINS = re.compile(rf"[\d{_D}十大前去今昨明后上下本这同当次翌年第首最近过日不]", re.ASCII)
_LIKELY = re.compile(
    rf"\d|[{_D}十]+\s?[年月季]|大?前[年天]|前[\d{_D}两十]|[今明][年天日晚夜晨早]|去年|昨|后[年天]|上[一上个月周星礼季半年]|下[个月周星礼半]"
    rf"|本[月年周星礼季]|这[个周星礼季]|[同当次翌]年|年[初中底末]|第.季|首季|前日|最近|过去|近[\d{_D}两十日期来]|日前|不久前",
    re.ASCII,
)
_ISO = re.compile(
    r"(?<![\d.])(?P<year>(?:1\d|20)\d\d)(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?P=mark)(?P<day>[12]\d|3[01]|0?[1-9])|(?<=[-/]\d\d))(?![\d/.-]|年)"
)
_YEAR = re.compile(
    rf"(?<!\d)(?<!公元前)(?!\d\d00\s?年(?:来|的?历史))(?P<year>(?:1\d|20)\d\d|[一二][{_D}]{{3}})\s?年(?!代)度?"
    rf"|(?<![过如以晚])(?P<word>大前年|前年|去年|今年|本年度?(?!级)|上一?年度?(?![级纪])|明年|后年)"
    rf"|(?P<told>[同当次翌]年)(?=\s?{_MONTH}\s?月)"
)
_WITHIN = re.compile(
    rf"(?P<month>{_MONTH})\s?月份?(?:\s?(?P<day>{_DAY})\s?[日号](?![线楼])|(?P<third>{_EDGE}))?"
    rf"|(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4首])季度|前(?P<many>{_FEW})(?P<piece>个?季度|个月)|年?(?P<edge>{_EDGE})",
    re.VERBOSE,
)
_OTHER = re.compile(
    rf"""
    (?<!日)(?P<moon>上上个?|上一?个?|本|这个|下个?)月(?![球光亮])(?:\s?(?P<moon_day>{_DAY})\s?[日号]|份?(?P<moon_third>{_EDGE}))?
  | (?P<season>上一?|本|这)个?季度
  | (?<!日)(?P<week>上上|上一?|本|这|下)个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])?(?![刊边岁年末])
  | (?<![目此之以当如至迄然随最前])(?P<offset>大前天|前[天日]|昨[天日晚夜]|今[天日晚晨早]|明[天日晚早]|后天)
  | (?<![附邻临])(?:最近|近|过去)的?这?(?P<span>{_FEW})(?P<unit>年|个月|天|周|个星期)
  | (?<![附邻临离])(?P<recent>最近(?![的处点距])|近日|近期|近来|不久前)|(?<![\d节生假末次当])(?P<before>日前)
  | (?<![\d第/:.月-])(?P<alone>[12]\d|3[01]|0?[1-9])\s?日(?![内元均益])
    """,
    re.VERBOSE,
)
JOIN = re.compile(r"\s?(?:(?P<range>至|到|-|~|—+)|[、和与及或])\s?")
_YEARS_AWAY = {"大": -3, "前": -2, "去": -1, "上": -1, "今": 0, "本": 0, "明": 1, "后": 2}
_DAYS_AWAY = {"大": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}
_DIGITS = {sign: str(value) for value, signs in enumerate(("零〇○", "一", "二两", *"三四五六七八九")) for sign in signs}
_SOON = dt.timedelta(days=62)
_RECENT = dt.timedelta(days=30)


def read_dates(folded: str, anchor: dt.date | None, past: bool) -> Iterator[Named]:
    """
    Yield the dates of `folded`; `past` prefers the past one where the year is left out.

    Without `anchor` (or with one at the ends of the calendar) only those that say their year.
    """
    if not _HINT.search(folded):
        return
    if anchor and not dt.MINYEAR + 99 < anchor.year < dt.MAXYEAR - 1:
        anchor = None
    at = 0
    year: int | None = None
    last: Named | None = None
    while begin := _BEGINS.search(folded, at):
        start = begin.start()
        at = start + 1
        if not _LIKELY.match(folded, start):
            continue
        join = JOIN.fullmatch(folded, last.end, start) if last and start <= last.end + 4 else None
        before = last.choices[0][1] if last and join else None
        found = _date_at(folded, start, anchor, year, before, past)
        if not found:
            numeral = _NUMERAL.match(folded, start)
            at = numeral.end() if numeral else at
            continue
        end, choices, relative, vague = found
        at = end
        if not choices:
            continue
        relative = relative and not (before and last and not last.relative)
        last = Named(start, end, choices, relative, vague, bool(join and join["range"]))
        year = choices[0][0].year
        yield last


_Found = tuple[int, tuple[Days, ...], bool, bool]
"""Where it ends, the days it can be, whether relative, whether vague; no days: a date of which nothing is known."""


def _date_at(
    folded: str, at: int, anchor: dt.date | None, told: int | None, before: dt.date | None, past: bool
) -> _Found | None:
    """
    Return the date that begins at `at`.

    told    the year named last, for 同年
    before  the last day of the date this one is joined to
    """
    if found := _ISO.match(folded, at):
        month, day = int(found["month"]), int(found["day"] or 0)
        return found.end(), _kept(month_or_day(int(found["year"]), month, day)), False, False
    if found := _YEAR.match(folded, at):
        year = int(_arabic(found["year"])) if found["year"] else None
        if found["word"] and anchor:
            year = anchor.year + _YEARS_AWAY[found["word"][0]]
        if found["told"] and told:
            year = told + (found["told"][0] in "次翌")
        within = _WITHIN.match(folded, found.end() + (folded[found.end() : found.end() + 1] == " "))
        end = within.end() if within else found.end()
        if year is None:
            return end, (), True, False
        days = _within(within, year) if within else _whole_months(year, 1, 12)
        return end, _kept(days), bool(found["word"]), False
    within = _WITHIN.match(folded, at)
    if within and not (within["edge"] and folded[at] != "年") and folded[at - 1 : at] not in tuple("第半" + _D + "十"):
        years = [before.year] if before else _years_near(anchor)
        options = [days for year in years if (days := _within(within, year))]
        if within["month"] and anchor and not before:
            return within.end(), _likeliest(options, anchor, past), True, False
        return within.end(), tuple(options[:1]), True, False
    return _other_at(folded, at, anchor, before, past)


def _other_at(folded: str, at: int, anchor: dt.date | None, before: dt.date | None, past: bool) -> _Found | None:
    """Return the date that begins at `at` and counts from the day it is said: 上个月, 昨天, 最近."""
    found = _OTHER.match(folded, at)
    if not found:
        return None
    end = found.end()
    if found["alone"] and before:
        return end, _kept(month_or_day(before.year, before.month, int(found["alone"]))), True, False
    if anchor is None:
        return end, (), True, False
    day = dt.timedelta(days=1)
    if found["alone"]:
        months = [_month_away(anchor, away) for away in (0, -1, 1)]
        options = [days for year, month in months if (days := month_or_day(year, month, int(found["alone"])))]
        return end, _likeliest(options, anchor, past)[:1], True, False
    if found["moon"]:
        away = {"上上": -2, "上": -1, "下": 1}.get(found["moon"].rstrip("一个"), 0)
        year, month = _month_away(anchor, away)
        if found["moon_third"]:
            return end, _kept(_third(year, month, found["moon_third"])), True, False
        return end, _kept(month_or_day(year, month, _number(found["moon_day"]))), True, False
    if found["season"]:
        year, month = _month_away(anchor.replace(day=1), -3 if found["season"][0] == "上" else 0)
        first = (month - 1) // 3 * 3 + 1
        return end, _kept(_whole_months(year, first, first + 2)), True, False
    if found["week"]:
        away = {"上上": -2, "上": -1, "下": 1}.get(found["week"].rstrip("一"), 0)
        monday = anchor + day * (7 * away - anchor.weekday())
        if found["weekday"]:
            monday += day * "一二三四五六日".index(found["weekday"].replace("天", "日"))
            return end, ((monday, monday),), True, False
        return end, ((monday, monday + 6 * day),), True, False
    if found["offset"]:
        the_day = anchor + day * _DAYS_AWAY[found["offset"][0]]
        return end, ((the_day, the_day),), True, False
    if found["span"]:
        length = {"年": 365, "个月": 30, "天": 1}.get(found["unit"], 7)
        return end, ((anchor - day * length * _number(found["span"]), anchor),), True, True
    return end, ((anchor - _RECENT, anchor),), True, True


def _within(found: re.Match[str], year: int) -> Days | None:
    if found["month"]:
        month = _number(found["month"])
        return (
            _third(year, month, found["third"]) if found["third"] else month_or_day(year, month, _number(found["day"]))
        )
    if found["half"]:
        return _whole_months(year, 1, 6) if found["half"] == "上" else _whole_months(year, 7, 12)
    if found["quarter"]:
        quarter = 1 if found["quarter"] == "首" else _number(found["quarter"])
        return _whole_months(year, quarter * 3 - 2, quarter * 3)
    if found["many"]:
        return _whole_months(year, 1, _number(found["many"]) * (1 if found["piece"] == "个月" else 3))
    return {"初": _whole_months(year, 1, 3), "中": _whole_months(year, 6, 7)}.get(
        found["edge"], _whole_months(year, 12, 12)
    )


def _third(year: int, month: int, third: str) -> Days | None:
    whole = month_or_day(year, month, 0)
    if not whole:
        return None
    first, last = {"上": (1, 10), "初": (1, 10), "中": (11, 20)}.get(third[0], (21, whole[1].day))
    return whole[0].replace(day=first), whole[0].replace(day=last)


def month_or_day(year: int, month: int, day: int) -> Days | None:
    """Return the day, or with `day` 0 the whole month; None when the calendar has no such day."""
    length = calendar.monthrange(year, month)[1]
    if day > length:
        return None
    return dt.date(year, month, day or 1), dt.date(year, month, day or length)


def _whole_months(year: int, first: int, last: int) -> Days | None:
    if last > 12:
        return None
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _month_away(anchor: dt.date, away: int) -> tuple[int, int]:
    years, month = divmod(anchor.month - 1 + away, 12)
    return anchor.year + years, month + 1


def _years_near(anchor: dt.date | None) -> list[int]:
    return [anchor.year, anchor.year - 1, anchor.year + 1] if anchor else []


def _likeliest(options: list[Days], anchor: dt.date, past: bool) -> tuple[Days, ...]:
    """Return the option nearest to `anchor`; with `past` the latest that has begun, then one that is soon to come."""
    if not past:
        return tuple(sorted(options, key=lambda days: abs((days[0] - anchor).days))[:1])
    begun = sorted((days for days in options if days[0] <= anchor), reverse=True)[:1]
    coming = sorted(days for days in options if anchor < days[0] <= anchor + _SOON)[:1]
    return tuple(begun + coming)


def _kept(days: Days | None) -> tuple[Days, ...]:
    return (days,) if days else ()


def _arabic(digits: str) -> str:
    return "".join(_DIGITS.get(sign, sign) for sign in digits)


def _number(written: str | None) -> int:
    """Return the value of a numeral up to 99, 0 for none."""
    if not written:
        return 0
    if "十" not in written:
        return int(_arabic(written))
    tens, _, ones = written.partition("十")
    return int(_arabic(tens) or 1) * 10 + int(_arabic(ones) or 0)
