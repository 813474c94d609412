"""Reads one written numeral, in Arabic digits, in Chinese characters or in both."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from index.normalize import fold


class BadFigure(ValueError):
    """A numeral that states no value, such as what bad OCR leaves: 1.2.3万."""


DIGITS = "零〇○一二两三四五六七八九"
SIGNS = DIGITS + "十百千万亿"

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
SCALE = r"(?:[十百千]?万亿|[十百千]?[万亿]|(?<!\d{3})[百千](?![\d瓦克米卡赫伏分度强]))"
MIXED = rf"{ARABIC}(?:\s?{SCALE}(?:{ARABIC}{SCALE})*(?:(?<=万)\d{{3,4}}(?![\d.,]))?)?"
"""Arabic digits with or without a scale: 1,234.5, 1.2万, 1亿2000万, 1万2000."""

_VALUES = {sign: value for value, signs in enumerate(("零〇○", "一", "二两", *"三四五六七八九")) for sign in signs}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_LONGEST = 24
"""Characters in a numeral; longer runs are codes."""
_MIXED = re.compile(MIXED, re.ASCII)
_PIECE = re.compile(r"([\d,.]+)([十百千万亿]*)", re.ASCII)
_BELOW_10000 = re.compile(
    r"(?P<k>[一二两三四五六七八九]?千)?(?:[零〇○]?(?P<h>(?:(?<!.)|[一二两三四五六七八九])百))?"
    r"(?:[零〇○]?(?P<t>[一二三四五六七八九]?十))?(?P<zero>[零〇○]?)(?P<one>[一二两三四五六七八九])?"
)


def parse_amount(written: str) -> Decimal:
    """
    Return the value of one written numeral: 1.2万 -> 12000, 一百四十二 -> 142, 三分之一 -> 0.333….

    Raises BadFigure for anything else, such as OCR debris like "1.2.3万".
    """
    return amount("".join(fold(written).split()))


@lru_cache(maxsize=4096)
def amount(numeral: str) -> Decimal:
    """`parse_amount` of a numeral that is folded and without spaces."""
    sign = -1 if numeral.startswith(("-", "零下")) else 1
    bare = numeral.removeprefix("-").removeprefix("零下")
    if not bare or len(bare) > _LONGEST:
        raise BadFigure(numeral)
    if "分之" in bare or "/" in bare:
        one, mark, other = bare.partition("分之") if "分之" in bare else bare.partition("/")
        part, whole = (other, one) if mark == "分之" else (one, other)
        if not (divisor := amount(whole)):
            raise BadFigure(numeral)
        return sign * amount(part) / divisor
    return plain(sign * (_arabic(bare) if bare[0].isdigit() else _spoken(bare)))


def _arabic(numeral: str) -> Decimal:
    """1亿2000万 -> 120000000: what each scale multiplies, the scales falling."""
    if not _MIXED.fullmatch(numeral):
        raise BadFigure(numeral)
    total, last = Decimal(0), 10**17
    for digits, signs in _PIECE.findall(numeral):
        scale = power_of(signs)
        if scale >= last:
            raise BadFigure(numeral)
        total += Decimal(digits.replace(",", "")) * scale
        last = scale
    return total


def _spoken(numeral: str) -> Decimal:
    """三亿五千万 -> 350000000, 二〇二四 -> 2024, 三点五亿 -> 350000000, 百 -> 100."""
    if "点" in numeral:
        whole, _, rest = numeral.partition("点")
        digits = rest.rstrip("万亿")
        if not digits or not all(sign in _VALUES for sign in digits):
            raise BadFigure(numeral)
        decimals = "".join(str(_VALUES[sign]) for sign in digits)
        return (_spoken(whole) + Decimal(f"0.{decimals}")) * power_of(rest[len(digits) :])
    if all(sign in _VALUES for sign in numeral):
        if not numeral or (len(numeral) == 2 and not set("零〇○") & set(numeral)):
            raise BadFigure(numeral)
        return Decimal("".join(str(_VALUES[sign]) for sign in numeral))
    return Decimal(_grouped(numeral))


def _grouped(numeral: str) -> int:
    """Return the value of a numeral with 十, 百, 千, 万 or 亿; a last digit may omit the next lower (三千五)."""
    for sign in "亿万":
        head, found, tail = numeral.rpartition(sign)
        if not found:
            continue
        power = _POWERS[sign]
        many = _grouped(head) if head else 1
        few = _grouped(tail.lstrip("零〇○")) if tail else 0
        if (sign == "万" and many >= power) or few >= power:
            raise BadFigure(numeral)
        if len(tail) == 1:
            few *= power // 10
        return many * power + few
    parts = _BELOW_10000.fullmatch(numeral)
    if not parts:
        raise BadFigure(numeral)
    total, last = 0, 1
    for name, power in (("k", 1000), ("h", 100), ("t", 10)):
        if parts[name]:
            total += power * _VALUES.get(parts[name][0], 1)
            last = power
    if parts["one"]:
        total += _VALUES[parts["one"]] * (last // 10 if last > 10 and not parts["zero"] else 1)
    return total


def power_of(signs: str) -> int:
    """Return what `signs` multiply together: 千万 -> 10000000, "" -> 1."""
    power = 1
    for sign in signs:
        power *= _POWERS[sign]
    return power


def plain(value: Decimal) -> Decimal:
    """Return `value` without trailing zeros and without an exponent."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
