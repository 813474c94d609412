"""Reads quantities out of a text: their value, their unit and what qualifies them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from index.model import Figure
from index.normalize import fold
from index.numerals import DIGITS, MIXED, SCALE, SIGNS, BadFigure, amount, parse_amount, plain, power_of
from index.units import in_common, is_counter, plain_unit, same_unit, unit_at

__all__ = ["BadFigure", "figure_of", "find_figures", "parse_amount", "same_figure", "same_unit"]

Sense = Literal["=", "~", "<", ">"]
"""exactly; about; less or at most; more or at least"""


_D = DIGITS
_C = SIGNS
_SPOKEN = rf"(?:[{_D}十百万亿]|千(?![瓦卡赫伏]))+"
_POINT = rf"点[{_D}]+(?!十|分(?!之)|钟|刻)[万亿]*"
_N = rf"(?:\d+|[{_C}]+)"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|二十[一二三四五六七八九]|三十一?|二十|十[一二三四五六七八九]|[一二三四五六七八九十])"

_ANY_NUMERAL = re.compile(rf"[0-9０-９{_C}兩萬億半]")
_CIRCLED = re.compile(r"[\u2460-\u24ff\u2776-\u2793]")
"""List marks such as ①, which would fold into a digit of the number behind them."""
_BEGINS = re.compile(rf"[\d{_C}第几数半过a-z+#*×-]")
_TOKEN = re.compile(
    rf"""
    (?=\d)(?:
        \d+(?: (?::\d+)+ | (?:-\d+){{2,}} | (?:\.\d+){{2,}}[{_C}%]* | (?:/\d+){{2,}} | (?<=\d{{3}})号(?!人) )
      | 0\d(?:\d{{1,2}}-\d{{7,8}} | 年)
      | (?:19|20)\d\d[届级款版]
    )
  | 第\s?{_N}(?:\s?[、,~-]\s?\d+)*
  | [a-z]++(?:-?\d[a-z\d.-]*+(?!\s?[万亿%]))?
  | [+#*×]\d+(?:\.\d+)? | (?<=[\u4e00-\u9fff])-\d[\d.]*+(?!\s?[%℃度])
  | {_MONTH}\s?月(?:\s?{_DAY}\s?[日号])? | {_DAY}\s?(?:日|号(?!人))
  | [{_D}]{{4}}(?![{_C}多余个家名])
  | {_N}(?:世纪|年代|季度|号楼|楼|年级|等奖|线城市) | [几数][十百千万亿]+(?![{_D}])
  | (?P<year>(?:1\d|20)\d\d)\s?年(?!代)度?
  | (?P<divisor>{_SPOKEN}|\d+)分之(?P<part>{_SPOKEN}(?:{_POINT})?|\d+(?:\.\d+)?)
  | (?P<quotient>\d{{1,3}}/\d{{1,4}}(?!\d))
  | (?P<half>一半|半数|过半数?)
  | (?P<point>(?:零下)?{_SPOKEN}{_POINT})
  | {_N}\s?[时点](?:\s?{_N}分(?!钟)(?:\s?{_N}秒)?|{_N}刻|半|整)?
  | (?P<number>(?:-|零下)?(?:{MIXED}|{_SPOKEN}))
    """,
    re.VERBOSE | re.ASCII,
)
_BEFORE = re.compile(
    r"(?:将近|接近|大约|超过|突破|(?<![马雷到抵发下送])达到?|高达|多达|不足|不到|不少于|不低于|不超过|至少|至多|最多|最少|未满"
    r"|(?<![附最邻临靠])近|(?<![节签预条合公契相履违])约|(?<![赶中英西德意])超|逾)+[为有了]?\s?$"
)
_BEFORE_POWER = re.compile(rf"{_BEFORE.pattern}|[上过破]$")
_ROUNDED = re.compile(rf"([多余来几])({SCALE})?")
_LONG_SPAN = re.compile("个多(月|小时|星期|百分点)")
_BEHIND = re.compile(r"(?:多|有?余(?!人|下))?(?:左右(?![手侧两])|以上|以下|以内|之多|上下(?![游级班车]))?")
_TO = re.compile(rf"\s?(?:-|~|—+|至|到)\s?(?=[\d{_C}])")
_ANOTHER = re.compile(rf"\s?[、和与或]\s?[\d{_C}]|[)）]|[.、](?!\d)")
_SENSES: tuple[tuple[Sense, re.Pattern[str]], ...] = (
    ("<", re.compile("不足|不到|不超过|至多|最多|未满|以下|以内|近")),
    (">", re.compile("超|逾|突破|至少|最少|不少于|不低于|以上|多(?!达)|余|几|^[上过破]")),
    ("~", re.compile("约|左右|上下|来")),
)
_SIGNED = frozenset(("℃", "度", "%", "‰", ""))
_VAGUE_ONES = frozenset("年天周载度")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


def find_figures(text: str, *, ranges: bool = False) -> list[Figure]:
    """
    Return the quantities in `text`, in order.

    Dates, clock times, telephone numbers, ordinals and codes are none, nor is 一 before a counter: 一家 is mostly
    "a firm". Nor is what is left open: 数十家, 三五个, 30-50家. The ends of 30家至50家 are two.

    ranges  30-50家 is one too, with its upper end for a value
    """
    return list(_scan(text, alone=False, ranges=ranges)) if _ANY_NUMERAL.search(text) else []


def figure_of(answer_text: str) -> Figure | None:
    """Return the figure that `answer_text` as a whole is; None for a range (30家至50家) and for anything else."""
    figure = next(_scan(answer_text, alone=True), None) if _ANY_NUMERAL.search(answer_text) else None
    return figure if figure and figure.written == answer_text.strip() else None


def same_figure(a: Figure, b: Figure) -> bool:
    """Tell whether both say the same: 30万只 and 300000只 do, 140家 and 140多家 do not."""
    alike = same_unit(a.unit, b.unit) and in_common(a.value, a.unit) == in_common(b.value, b.unit)
    return alike and _sense(a.written) == _sense(b.written)


def _scan(text: str, *, alone: bool, ranges: bool = False) -> Iterator[Figure]:
    """Yield the figures of `text`; with `alone` also those that are one only when nothing stands beside them."""
    folded = fold(_CIRCLED.sub(" ", text))
    at = 0
    while begin := _BEGINS.search(folded, at):
        found = _TOKEN.match(folded, begin.start())
        if not found:
            at = begin.end()
            continue
        at = found.end()
        if not found.lastgroup:
            continue
        if found["number"] and (to := _TO.match(folded, at)):
            other = _TOKEN.match(folded, to.end())
            at = other.end() if other else to.end()
            if ranges and other and other["number"]:
                upper, at = _read(folded, text, other, alone)
                if upper:
                    end = upper.start + len(upper.written)
                    yield replace(upper, written=text[begin.start() : end], start=begin.start())
            continue
        figure, at = _read(folded, text, found, alone)
        if figure:
            yield figure


def _read(folded: str, text: str, found: re.Match[str], alone: bool) -> tuple[Figure | None, int]:
    """Return the figure whose numeral is `found`, if it is one, and where to read on."""
    numeral = found["year"] or found[0]
    start = found.start()
    end = start + len(numeral)
    power = numeral[0] in "百千万亿" and not found["divisor"]
    before = (_BEFORE_POWER if power else _BEFORE).search(folded, max(0, start - 8), start)
    if found["year"] and not (before and numeral.endswith("00")):
        return None, found.end()
    try:
        value, unit = _share(found) or (amount(numeral.replace(" ", "")), "")
    except BadFigure:
        return None, end
    spoken = numeral[0] in _C
    if found["number"] or found["point"] or found["year"]:
        scale, unit, end = _unit_behind(folded, end, spoken)
        value *= scale
    if behind := _BEHIND.match(folded, end):
        end = behind.end()
    first = before.start() if before else start
    if found["number"]:
        qualified = bool(before) or _sense(folded[first:end]) != "="
        if spoken and not (alone or _counts(folded, numeral, unit, (start, end), qualified)):
            return None, end
        if not spoken and not unit and not qualified and not _is_bare_figure(folded, numeral, start):
            return None, end
        if numeral[0] == "-" and unit not in _SIGNED:
            first, value = start + 1, -value
    return Figure(plain(value), plain_unit(unit), text[first:end], first), end


def _unit_behind(folded: str, at: int, spoken: bool) -> tuple[int, str, int]:
    """Return the scale behind a rounded numeral (30多万), its unit as printed or compared, and where both end."""
    rounded = _ROUNDED.match(folded, at)
    after = rounded.end() if rounded else at
    after += folded[after : after + 1] == " "
    unit = unit_at(folded, after, spoken)
    if rounded and not (unit or rounded[2] or rounded[1] in "多余"):
        return 1, "", at
    scale = power_of(rounded[2]) if rounded and rounded[2] else 1
    if not unit:
        return scale, "", rounded.end() if rounded else at
    end = after + len(unit)
    if unit == "个" and (span := _LONG_SPAN.match(folded, after)):
        return scale, "个" + span[1], span.end()
    if folded[end : end + 1] == "/" and (per := unit_at(folded, end + 1)):
        return scale, f"{plain_unit(unit)}/{plain_unit(per)}", end + 1 + len(per)
    return scale, unit, end


def _share(found: re.Match[str]) -> tuple[Decimal, str] | None:
    """Return the value and unit of 百分之三十, 三分之一, 1/3 or 一半; None when `found` is none of them."""
    if found["half"]:
        return Decimal("0.5"), ""
    if found["quotient"]:
        part, whole = map(Decimal, found["quotient"].split("/"))
        if not part < whole:
            raise BadFigure(found[0])
        return part / whole, ""
    if not found["divisor"]:
        return None
    part, whole = amount(found["part"]), amount(found["divisor"])
    if not whole:
        raise BadFigure(found[0])
    unit = {100: "%", 1000: "‰"}.get(int(whole), "")
    return (part, unit) if unit else (part / whole, "")


def _counts(folded: str, numeral: str, unit: str, place: tuple[int, int], qualified: bool) -> bool:
    """Tell whether a Chinese numeral in running text is a quantity, not a word, a name, a rank or a reign."""
    if numeral[0] in "百千万亿":
        return qualified
    if numeral in "一零〇" and (not unit or is_counter(unit) or unit in _VAGUE_ONES):
        return qualified and bool(unit)
    if (numeral == "二" and is_counter(unit)) or (unit == "年" and folded.startswith("(", place[1])):
        return qualified
    if unit or (qualified and len(numeral) > 1):
        return True
    before, behind = folded[: place[0]][-1:], folded[place[1] :][:1]
    return len(numeral) > 1 and not before.isalnum() and not behind.isalnum() and before + behind not in ("“”", '""')


def _is_bare_figure(folded: str, numeral: str, start: int) -> bool:
    """Tell whether Arabic digits without a unit are a quantity, not a code, a year, a telephone or list number."""
    end = start + len(numeral)
    before, behind = folded[max(0, start - 1) : start], folded[end : end + 1]
    if not numeral.isdigit():
        return not behind.isalnum() or not numeral[-1].isdigit()
    if len(numeral) > 6 or _YEAR.fullmatch(numeral) or _ANOTHER.match(folded, end):
        return False
    return not (behind.isalnum() or (behind and behind in "+-#_~/°》^*[]=") or (before and before in "+-#_.比、/"))


@lru_cache(maxsize=4096)
def _sense(written: str) -> Sense:
    folded = fold(written)
    return next((sense for sense, pattern in _SENSES if pattern.search(folded)), "=")
