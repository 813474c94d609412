"""Says which words of a snippet are the amount that is asked for: the whole one, and of several the one meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.boundaries import content_around
from index.figures import figure_of, find_figures, same_unit
from index.model import Figure
from index.normalize import fold
from index.question import Question
from index.units import unit_at

_SENTENCE_END = re.compile("[。!?;]")
_CLAUSE_END = ",、。;!?:)》”"
_ENDS = re.compile(f"[{_CLAUSE_END}]")
_RANGE = re.compile("[至到~～—-]")
_NUMBER_CUT = re.compile(r"\d[\d,，.]*$", re.ASCII)
_GOES_ON_IN_DIGITS = re.compile(r"(?<=\d[秒米比])\d+", re.ASCII)
"""12秒87, 1比3."""
LABEL_LEAD = 0.85
"""
By how much another label must hold more of the words around the question word. Of the 505 number questions of
CMRC2018- and DRCD-dev 67.3 % are exact, out of fold, with .5 and .85, 66.9 % without the rule (2026-11-24).
"""
COUNTED_WITHIN, COUNTED_LEAD = 10, 0.25
"""
Characters behind an amount that say what is counted, and by how much more of the question's own they must have at
another amount. Of the number questions of CMRC2018- and DRCD-dev 77.5 and 70.8 % are exact with it, 77.8 and 68.3
without (out of fold, 2026-11-26).
"""
_ORDINAL = "第首前后"
"""
Belongs to the amount behind it: 首六位. Cutting a span down to its one amount changed 9 of 509 number questions of
CMRC2018- and DRCD-dev: exact 72.8 % before and after, and 59.8 % before, 61.3 % after (out of fold, 2026-11-25).
"""


def meant_amount(text: str, start: int, end: int, question: Question, every: Sequence[Figure]) -> tuple[int, int]:
    """
    Return the amount that a span is a piece of or holds, or another one of its sentence that is meant instead.

    every  all amounts of `text`
    """
    start, end = _whole_amount(text, start, end, every)
    folded = fold(text)
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded[:start])), default=0)
    stop = next((match.start() for match in _SENTENCE_END.finditer(folded, end)), len(text))
    figures = [figure for figure in every if begin <= figure.start and figure.end <= stop]
    own = next((n for n, figure in enumerate(figures) if figure.start <= start and end <= figure.end), None)
    if own is None or len(figures) < 2:
        return start, end
    meant = _labelled(folded, begin, figures, own, question)
    meant = _counted(folded, figures, meant, question)
    return (start, end) if meant == own else (figures[meant].start, figures[meant].end)


def _labelled(folded: str, begin: int, figures: Sequence[Figure], own: int, question: Question) -> int:
    """
    Return the amount of a listing that the words nearest to the question word stand before, if only it has them.

    签约142家,其中投产110家: asked how many are 投产, 110家 is meant, however well 142家 fits the rest. There amounts
    stand last in their clauses; where one does not (90位教师、400余位学生), what is counted stands behind it. The
    subject before the question word is all amounts'; of 企业投产 the noun may stand at the first amount only.
    """
    bounds = [begin, *(figure.end for figure in figures)]
    labels = [folded[a : figure.start] for a, figure in zip(bounds, figures, strict=False)]
    before, behind = content_around(question)
    near = [(behind[0], 1), (behind[1], 2)] if len(behind) > 1 else [(word, 1) for word in (*before[:2], *behind)]
    worth = [0.0] * len(labels)
    for word, weight in near:
        holding = [n for n, label in enumerate(labels) if word in label]
        for n in holding:
            worth[n] += weight / len(holding) ** 2
    best = _better(figures, own, worth, LABEL_LEAD)
    listed = all(folded[figures[n].end : figures[n].end + 1] in _CLAUSE_END for n in (best, own))
    return best if listed else own


def _counted(folded: str, figures: Sequence[Figure], own: int, question: Question) -> int:
    """Return the amount that what is counted stands behind: 20座 of 51座桥梁、20座隧道, asked for 隧道."""
    wanted = "".join(content_around(question)[1][:2])
    if not wanted:
        return own
    stops = [*(figure.start for figure in figures[1:]), len(folded)]
    behind = [folded[figure.end : stop] for figure, stop in zip(figures, stops, strict=True)]
    counted = [_ENDS.split(one, maxsplit=1)[0][:COUNTED_WITHIN] for one in behind]
    worth = [sum(letter in one for letter in wanted) / len(wanted) for one in counted]
    return _better(figures, own, worth, COUNTED_LEAD)


def _better(figures: Sequence[Figure], own: int, worth: Sequence[float], lead: float) -> int:
    """Return the amount worth most, if it is one of the same unit and worth more by `lead`; else `own`."""
    best = max(range(len(worth)), key=lambda n: worth[n])
    return best if same_unit(figures[best].unit, figures[own].unit) and worth[best] >= worth[own] + lead else own


def figure_at(text: str, start: int, end: int, figures: Sequence[Figure] | None) -> Figure | None:
    """Return the amount an answer states, with what qualifies it in the text around: 90亿元 in 近90亿元."""
    stated = figure_of(text[start:end])
    if stated is None:
        return None
    known = find_figures(text) if figures is None else figures
    return next((figure for figure in known if figure.start <= start and end <= figure.end), stated)


def _whole_amount(text: str, start: int, end: int, figures: Sequence[Figure]) -> tuple[int, int]:
    """Return the whole amount that a span is a piece of, or the one in it: 18 -> 18小时, 聚着140多家 -> 140多家."""
    within = [figure for figure in figures if figure.start < end and start < figure.end]
    if len(within) == 1 and (within[0].end <= end or start < within[0].start):
        first = within[0].start
        start, end = (first if start < first and text[first - 1] not in _ORDINAL else start), within[0].end
    else:
        start, end = wider(text, start, end, [(start, figure.end) for figure in figures if figure.start <= start])
    if within and start > within[0].start and (number := _NUMBER_CUT.search(text, within[0].start, start)):
        start = number.start()
    if text[:start].endswith("第"):
        start -= 1
    if text.startswith("第", start) and text[end - 1].isnumeric():
        end += len(unit_at(fold(text), end))
    behind = _GOES_ON_IN_DIGITS.match(text, end)
    return start, behind.end() if behind else end


def wider(text: str, start: int, end: int, around: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first of some stretches that a span is a piece of, if it is no range; else the span."""
    holding = ((a, b) for a, b in around if a <= start and end <= b and not _RANGE.search(text[a:b]))
    return next(holding, (start, end))
