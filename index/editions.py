"""Tells numbered things apart: what is asked of the 第133届广交会 is not told by an article on the 第134届."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from index.model import Passage
from index.normalize import fold
from index.numerals import SIGNS, BadFigure, amount

OTHER = 3.0
"""
Taken from the learned score of a passage that names the thing with another number only. Of the 93 questions of
CMRC2018- and DRCD-dev that name one, one more is answered in the first snippet and none less, with 1.0 to 5.0
(out of fold, 2026-11-26).
"""
_NUMBERED = re.compile(
    rf"第(?P<ordinal>[\d{SIGNS}]+)(?P<sort>[届次期批轮])(?=(?P<of>[\u4e00-\u9fff]{{2}}))"
    rf"|(?P<name>[\u4e00-\u9fff]{{2}})(?P<number>[\d{SIGNS}]+)号",
    re.ASCII,
)


def penalties(folded: str, passages: list[Passage]) -> NDArray[np.float64]:
    """Return what is taken from the score of each passage: OTHER where it is about another edition than is asked."""
    taken = np.zeros(len(passages))
    if wanted := dict(_numbered(folded)):
        for place, passage in enumerate(passages):
            taken[place] = OTHER * any(_differs(number, thing, passage) for thing, number in wanted.items())
    return taken


def _differs(number: Decimal, thing: str, passage: Passage) -> bool:
    for text in (passage.text, passage.citation.title):
        found = {value for what, value in _numbered(fold(text)) if what == thing}
        if found:
            return number not in found
    return False


def _numbered(folded: str) -> Iterator[tuple[str, Decimal]]:
    """Yield what is numbered in a folded text and its number: 第133届广交会 -> 届广交, 133; 神舟二十号 -> 神舟, 20."""
    for match in _NUMBERED.finditer(folded):
        try:
            number = amount(match["ordinal"] or match["number"])
        except BadFigure:
            continue
        yield (match["sort"] + match["of"] if match["sort"] else match["name"]), number
