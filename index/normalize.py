"""Folds text for comparison without moving a character: offsets into the folded text are offsets into the original."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_COMPATIBILITY = ((0xA0, 0x100), (0x2100, 0x2500), (0x2E80, 0x2FE0), (0x3000, 0x3400), (0xF900, 0xFB00), (0xFF00, 0xFFF0))
_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
_HALF_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}”》）])[,:;!?()]|[,:;!?()](?=[{_CJK}“《（])")


def fold(text: str) -> str:
    """Return `text` in half width, lower case and simplified characters, every character in its place."""
    narrow = text.translate(_width_table())
    lower = narrow.lower()
    return to_simplified(lower if len(lower) == len(text) else narrow)


def to_simplified(text: str) -> str:
    """Return `text` in simplified characters, of the same length."""
    if _traditional().isdisjoint(text):
        return text
    converted = _t2s().convert(text)
    return converted if len(converted) == len(text) else "".join(map(_simplify_one, text))


def widen(text: str) -> str:
    """Return `text` with half-width punctuation made full-width beside Chinese characters only: 10:30 stays."""
    return _HALF_BESIDE_CJK.sub(lambda match: _FULL_WIDTH[match[0]], text)


def is_cjk(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


@cache
def _width_table() -> dict[int, str]:
    table = {}
    for first, last in _COMPATIBILITY:
        for code in range(first, last):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code):
                table[code] = folded
    return table


@cache
def _t2s() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters that OpenCC changes, found by asking it once."""
    every = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = _t2s().convert("\n".join(every)).split("\n")
    return frozenset(before for before, after in zip(every, simplified, strict=True) if before != after)


@cache
def _simplify_one(character: str) -> str:
    converted = _t2s().convert(character)
    return converted if len(converted) == 1 else character
