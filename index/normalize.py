"""Folds text for comparison without moving a character: offsets into the folded text are offsets into the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

_COMPATIBILITY = (
    (0xA0, 0x100),
    (0x2100, 0x2500),
    (0x2E80, 0x2FE0),
    (0x3000, 0x3400),
    (0xF900, 0xFB00),
    (0xFF00, 0xFFF0),
)
_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
_CONTEXTUAL = "沈乾藉覆於鍊昇坏徵鍾逕瞭蒐脩祕麼氾鉅釐剋吒衹甦哩畫薹么谿噁扞陞袷濛俱彷劄麽計"
"""Characters that OpenCC simplifies by those beside them: what differs in its TSPhrases (1.4.2) from each by itself."""
_TRADITIONAL = np.uint32(1 << 31)
"""Marks in a table what its character is simplified to, which may need a look at those beside it."""
_HALF_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}”》）])[,:;!?()]|[,:;!?()](?=[{_CJK}“《（])")


def fold(text: str) -> str:
    """
    Return `text` in half width, lower case and simplified characters, every character in its place.

    No line depends on those around it.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = _folded(codes)
    traditional = np.flatnonzero(folded & _TRADITIONAL)
    if len(traditional):
        folded &= ~_TRADITIONAL
    narrow = folded.tobytes().decode("utf-32-le", "surrogatepass")
    return _by_context(text, codes, narrow, traditional) if len(traditional) else narrow


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return `fold` of every text, at the price of one."""
    folded = fold("\n".join(texts))
    ends = accumulate(len(text) + 1 for text in texts)
    return [folded[end - 1 - len(text) : end - 1] for text, end in zip(texts, ends, strict=True)]


def _folded(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return each character by itself in half width, lower case and simplified; what was traditional is marked so."""
    folded = _table().take(codes, mode="clip")
    if codes.max(initial=0) >= len(_table()):
        beyond = codes >= len(_table())
        folded[beyond] = codes[beyond]
    return folded


def to_simplified(text: str) -> str:
    """Return `text` in simplified characters, of the same length."""
    return text if _simplified().keys().isdisjoint(text) else _convert(text)


def _convert(text: str) -> str:
    lines, converted = text.split("\n"), _t2s().convert(text).split("\n")
    return "\n".join(
        [
            after if len(after) == len(before) else "".join([_simplified().get(one, one) for one in before])
            for before, after in zip(lines, converted, strict=True)
        ]
    )


def _by_context(text: str, codes: NDArray[np.uint32], simplified: str, traditional: NDArray[np.intp]) -> str:
    """
    Return `simplified`, made of `text` character by character, as OpenCC's phrases have it.

    It is asked only of the runs of Chinese characters with one in them that depends on others, in lines with one that
    is `traditional` without doubt: a tenth of what it would take for all of DRCD's texts.
    """
    contextual = np.flatnonzero(_contextual_table().take(codes, mode="clip"))
    ends = np.flatnonzero(codes == ord("\n"))
    contextual = contextual[np.isin(np.searchsorted(ends, contextual), np.searchsorted(ends, traditional))]
    if not len(contextual):
        return simplified
    breaks = np.flatnonzero((codes < 0x3400) | (codes >= 0xA000))
    runs = np.unique(np.searchsorted(breaks, contextual))
    bounds = np.concatenate(([-1], breaks, [len(text)]))
    places = list(zip((bounds[runs] + 1).tolist(), bounds[runs + 1].tolist(), strict=True))
    converted = _convert("\n".join([text[start:end] for start, end in places])).split("\n")
    parts, at = [], 0
    for (start, end), run in zip(places, converted, strict=True):
        parts += [simplified[at:start], run]
        at = end
    return "".join([*parts, simplified[at:]])


def widen(text: str) -> str:
    """Return `text` with half-width punctuation made full-width beside Chinese characters only: 10:30 stays."""
    return _HALF_BESIDE_CJK.sub(lambda match: _FULL_WIDTH[match[0]], text)


def is_cjk(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


@cache
def _table() -> NDArray[np.uint32]:
    """What each character of the basic plane is folded to, where that is one character; _TRADITIONAL is set in some."""
    table = np.arange(0x10000, dtype=np.uint32)
    cased = (range(0x41, 0x5B), range(0xC0, 0x180), range(0x386, 0x530))
    for code in chain(*cased, *(range(first, last) for first, last in _COMPATIBILITY)):
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(folded) == 1:
            table[code] = ord(_simplified().get(folded, folded))
    for character, simplified in _simplified().items():
        table[ord(character)] = ord(simplified) | _TRADITIONAL
    return table


@cache
def _contextual_table() -> NDArray[np.bool_]:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(character) for character in _CONTEXTUAL]] = True
    return table


@cache
def _t2s() -> OpenCC:
    return OpenCC("t2s")


@cache
def _simplified() -> dict[str, str]:
    """The characters that OpenCC changes, and to what one by itself, found by asking it once."""
    every = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = _t2s().convert("\n".join(every)).split("\n")
    return {
        before: after for before, after in zip(every, simplified, strict=True) if before != after and len(after) == 1
    }
