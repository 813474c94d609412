"""Cuts snippets around the likeliest answers of what was read closely."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.boundaries import content_around
from index.concordance import Bools, Concordance, Ints
from index.dates import resolve
from index.extraction import Reading, lay_out
from index.figures import figure_of, find_figures, same_figure, same_unit
from index.model import Figure, Passage, Snippet
from index.normalize import fold
from index.question import Question
from index.ranking import Terms
from index.units import in_common

Floats = NDArray[np.float64]
_ANY_DAY = dt.date(2000, 1, 1)
_SENTENCE_END = re.compile("[。!?;]")
_CLAUSE_END = ",、。;!?:)》”"
_ENDS = re.compile("[,、。;!?:)》”]")
COUNTED_WITHIN, COUNTED_LEAD = 10, 0.25
"""
Characters behind an amount that say what is counted, and by how much more of the question's own they must have at
another amount. Of the number questions of CMRC2018- and DRCD-dev 77.5 and 70.8 % are exact with it, 77.8 and 68.3
without (out of fold, 2026-11-26).
"""
_SOUNDS = re.compile(
    "[阿埃艾奥巴贝比伯博布查达丹德迪蒂杜厄恩尔法菲费弗福盖格瓜哈赫霍吉加杰卡凯科克肯库拉莱兰劳雷里利林卢鲁罗洛马迈曼梅米莫姆"
    "穆纳内尼诺努帕佩皮普奇乔切瑟萨塞桑沙施什史斯松索塔泰汤特提图托瓦威韦维沃乌西希夏雅亚伊尤扎詹兹佐]+"
)
"""What foreign names are mostly written with."""
_BRACKETS = {"(": ")", "（": "）"}
_RANGE = re.compile("[至到~～—-]")
LONGEST = 100
"""Characters in a snippet, unless one clause alone is longer."""
MORE_FIGURES = 5
"""Snippets looked at beyond those shown, for a second amount."""
SAME_SUBJECT = 0.6
"""Share of the first snippet's sentence cover that makes another sentence one about the same subject."""
LABEL_LEAD = 0.85
"""
By how much another label must hold more of the words around the question word. Of the 505 number questions of
CMRC2018- and DRCD-dev 67.3 % are exact, out of fold, with .5 and .85, 66.9 % without the rule (2026-11-24).
"""
_ORDINAL = "第首前后"
"""
Belongs to the amount behind it: 首六位. Cutting a span down to its one amount changed 9 of 509 number questions of
CMRC2018- and DRCD-dev: exact 72.8 % before and after, and 59.8 % before, 61.3 % after (out of fold, 2026-11-25).
"""
AGREEMENT = 1.0
LEAST = 1e-5
"""Probability of a span that is still worth a snippet."""
NEGLIGIBLE = 0.01
"""Share of a snippet's probability that is given up for whole sentences."""


def cut(reading: Reading, question: Question, most: int) -> list[Snippet]:
    """
    Return at most `most` snippets, best first, no two overlapping.

    Each is the run of whole clauses that holds the most of the probability left; its answer is the best span
    in it.
    Behind the first come those that state another amount of the same unit about the same subject, newest first.
    """
    start, end = reading.spans.start, reading.spans.end
    left = reading.probability.copy()
    taken = np.zeros(len(reading.text.codes) + 1, np.bool_)
    bounds = _windows(reading.text)
    snippets: list[Snippet] = []
    covers: list[float] = []
    wanted = most + (MORE_FIGURES if question.kind == "number" else 0)
    while len(snippets) < wanted and left.max(initial=0) > LEAST:
        windows = _free(bounds, taken)
        if not len(windows):
            break
        inside: Bools = (start[None, :] >= windows[:, :1]) & (end[None, :] <= windows[:, 1:])
        window = int((inside @ left).argmax())
        held = inside[window] & (left > 0)
        if not held.any():
            break
        span = int(np.argmax(np.where(held, reading.probability + AGREEMENT * reading.agreement, -1)))
        begin, stop = _trim(reading, windows[window], np.where(held, reading.probability, 0), span)
        left[(start < stop) & (end > begin)] = 0
        taken[begin:stop] = True
        snippet = _snippet(reading, begin, stop, span, question)
        if not any(_same_amount(snippet, other) for other in snippets):
            snippets.append(snippet)
            covers.append(float(reading.evidence.sentence_cover[reading.text.sentence_at[start[span]]]))
    return _amounts_first(snippets, covers)[:most]


def _same_amount(one: Snippet, other: Snippet) -> bool:
    return bool(one.figure and other.figure and same_figure(one.figure, other.figure))


def _amounts_first(snippets: list[Snippet], covers: list[float]) -> list[Snippet]:
    """Move the snippets that contradict or complete the first one's amount right behind it: newest, then nearest."""
    if not snippets or not (first := snippets[0].figure):
        return snippets
    alike = [
        snippet
        for snippet, cover in zip(snippets[1:], covers[1:], strict=True)
        if snippet.figure and same_unit(first.unit, snippet.figure.unit) and cover >= SAME_SUBJECT * covers[0]
    ]
    alike.sort(key=lambda one: _distance(first, one.figure))
    alike.sort(key=lambda one: one.citation.date or dt.date.min, reverse=True)
    return [snippets[0], *alike, *(snippet for snippet in snippets[1:] if snippet not in alike)]


def _distance(one: Figure, other: Figure | None) -> float:
    """Return how far apart two amounts of one unit are, as a ratio's logarithm: of one thing they are mostly alike."""
    if other is None:
        return math.inf
    a, b = (abs(float(in_common(figure.value, figure.unit))) + 1e-9 for figure in (one, other))
    return abs(math.log(a / b))


def whole_passages(passages: Sequence[Passage], terms: Terms, most: int) -> list[Snippet]:
    """Return the best-covered clauses of each passage, with no claim: start == end."""
    if not passages:
        return []
    text = lay_out(passages, terms)
    windows = _windows(text)
    places, which = text.bigram_hits
    snippets = []
    for number, passage in enumerate(passages[:most]):
        origin = int(text.passage_start[number])
        own = windows[text.passage_at[windows[:, 0]] == number]
        if not len(own):
            continue
        hits = (places[None, :] >= own[:, :1]) & (places[None, :] < own[:, 1:] - 1)
        begin, stop = (int(at) - origin for at in own[int((hits @ terms.bigram_idf[which]).argmax())])
        snippets.append(Snippet(passage.text[begin:stop].strip(), 0, 0, passage.citation))
    return snippets


def _windows(text: Concordance) -> Ints:
    """Return the longest runs of whole clauses of one passage, LONGEST characters at most: n × 2."""
    bounds = text.clause_bounds
    starts = bounds[:-1]
    last = np.searchsorted(bounds, starts + LONGEST, side="right") - 1
    stops = bounds[np.maximum(last, np.arange(len(starts)) + 1)]
    passage_end = text.passage_start + text.lengths
    stops = np.minimum(stops, passage_end[text.passage_at[starts]])
    windows: Ints = np.column_stack([starts, stops])[stops > starts]
    return windows


def _free(windows: Ints, taken: Bools) -> Ints:
    """Return what is left of each window in front of the first character taken."""
    if not taken.any():
        return windows
    barriers = np.append(np.flatnonzero(taken), len(taken))
    stops = np.minimum(windows[:, 1], barriers[np.searchsorted(barriers, windows[:, 0])])
    free: Ints = np.column_stack([windows[:, 0], stops])[stops > windows[:, 0]]
    return free


def _trim(reading: Reading, window: Ints, probability: Floats, span: int) -> tuple[int, int]:
    """Return `window` without the sentences broken off at its ends, if next to nothing is lost with them."""
    begin, stop = int(window[0]), int(window[1])
    starts, ends = reading.spans.start, reading.spans.end
    sentences = reading.text.sentence_start
    negligible = NEGLIGIBLE * probability.sum()
    first = int(sentences[np.searchsorted(sentences, begin)]) if begin <= sentences[-1] else begin
    if begin < first <= starts[span] and probability[starts < first].sum() < negligible:
        begin = first
    last = int(sentences[np.searchsorted(sentences, stop, side="right") - 1])
    if ends[span] <= last < stop and probability[ends > last].sum() < negligible:
        stop = last
    return begin, stop


def _snippet(reading: Reading, begin: int, stop: int, span: int, question: Question) -> Snippet:
    number = int(reading.text.passage_at[begin])
    passage = reading.passages[number]
    origin = int(reading.text.passage_start[number])
    raw = passage.text[begin - origin : stop - origin]
    text = raw.strip()
    shift = begin + len(raw) - len(raw.lstrip())
    first, stop_at = _whole_name(reading.text, int(reading.spans.start[span]), int(reading.spans.end[span]))
    start, end = max(first, shift) - shift, min(stop_at, stop) - shift
    if question.kind == "time" and "年" not in question.folded[slice(*question.asked)]:
        start, end = _whole_date(text, start, end, passage.citation.date)
    figures = None
    if question.kind == "number":
        figures = find_figures(text)
        start, end = _whole_amount(text, start, end, figures)
        start, end = _labelled(text, start, end, question, figures)
        start, end = _counted(text, start, end, question, figures)
    return Snippet(text, start, end, passage.citation, _figure_at(text, start, end, figures))


def _whole_name(text: Concordance, start: int, end: int) -> tuple[int, int]:
    """Return a span with the pieces beside it of a foreign name that was cut in it: 兰特 of 加|兰特."""
    before, behind = int(text.token_end.searchsorted(start)), int(text.token_start.searchsorted(end))
    while before >= 0 and _sounds(text, before) and _SOUNDS.match(text.text, start):
        start = int(text.token_start[before])
        before -= 1
    while behind < len(text.token_start) and _sounds(text, behind) and _SOUNDS.match(text.text, end - 1):
        end = int(text.token_end[behind])
        behind += 1
    return start, end


def _sounds(text: Concordance, token: int) -> bool:
    return bool(_SOUNDS.fullmatch(text.text, int(text.token_start[token]), int(text.token_end[token])))


def _labelled(text: str, start: int, end: int, question: Question, every: Sequence[Figure]) -> tuple[int, int]:
    """
    Return the amount of a listing that the words nearest to the question word stand before, if only it has them.

    签约142家,其中投产110家: asked how many are 投产, 110家 is meant, however well 142家 fits the rest. There amounts
    stand last in their clauses; where one does not (90位教师、400余位学生), what is counted stands behind it. The
    subject before the question word is all amounts'; of 企业投产 the noun may stand at the first amount only.
    """
    figures, own = _beside(text, start, end, every)
    if own is None or len(figures) < 2:
        return start, end
    folded = fold(text)
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded[:start])), default=0)
    bounds = [begin, *(figure.end for figure in figures)]
    labels = [folded[a : figure.start] for a, figure in zip(bounds, figures, strict=False)]
    before, behind = content_around(question)
    near = [(behind[0], 1), (behind[1], 2)] if len(behind) > 1 else [(word, 1) for word in (*before[:2], *behind)]
    worth = [0.0] * len(labels)
    for word, weight in near:
        holding = [n for n, label in enumerate(labels) if word in label]
        for n in holding:
            worth[n] += weight / len(holding) ** 2
    best = max(range(len(labels)), key=lambda n: worth[n])
    meant, taken = figures[best], figures[own]
    listed = all(folded[figure.end : figure.end + 1] in _CLAUSE_END for figure in (meant, taken))
    if listed and same_unit(meant.unit, taken.unit) and worth[best] >= worth[own] + LABEL_LEAD:
        return meant.start, meant.end
    return start, end


def _counted(text: str, start: int, end: int, question: Question, every: Sequence[Figure]) -> tuple[int, int]:
    """Return the amount of a sentence that what is counted stands behind: 51座桥梁、20座隧道, asked for 隧道."""
    wanted = "".join(content_around(question)[1][:2])
    figures, own = _beside(text, start, end, every)
    if own is None or len(figures) < 2 or not wanted:
        return start, end
    folded = fold(text)
    ends = [*(figure.start for figure in figures[1:]), len(text)]
    counted = [folded[figure.end : stop] for figure, stop in zip(figures, ends, strict=True)]
    counted = [_ENDS.split(behind, maxsplit=1)[0][:COUNTED_WITHIN] for behind in counted]
    worth = [sum(letter in behind for letter in wanted) / len(wanted) for behind in counted]
    best = max(range(len(worth)), key=lambda n: worth[n])
    meant, taken = figures[best], figures[own]
    if same_unit(meant.unit, taken.unit) and worth[best] >= worth[own] + COUNTED_LEAD:
        return meant.start, meant.end
    return start, end


def _beside(text: str, start: int, end: int, every: Sequence[Figure]) -> tuple[list[Figure], int | None]:
    """Return the amounts of the sentence that a span stands in, and which of them it is part of."""
    folded = fold(text)
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded[:start])), default=0)
    stop = next((match.start() for match in _SENTENCE_END.finditer(folded, end)), len(text))
    figures = [figure for figure in every if begin <= figure.start and figure.end <= stop]
    return figures, next((n for n, figure in enumerate(figures) if figure.start <= start and end <= figure.end), None)


def _whole_date(text: str, start: int, end: int, issue: dt.date | None) -> tuple[int, int]:
    """Return the whole date that a span is a piece of: 今年 -> 今年5月20日, 今天 -> 今天(5月20日)."""
    dates = [(date.start, date.end) for date in resolve(text, issue or _ANY_DAY)]
    start, end = _wider(text, start, end, dates)
    closing = dict(dates).get(end + 1, 0)
    explained = _BRACKETS.get(text[end : end + 1]) == text[closing : closing + 1] and closing
    return start, (closing + 1 if explained else end)


def _whole_amount(text: str, start: int, end: int, figures: Sequence[Figure]) -> tuple[int, int]:
    """Return the whole amount that a span is a piece of, or the one in it: 18 -> 18小时, 聚着140多家 -> 140多家."""
    within = [figure for figure in figures if figure.start < end and start < figure.end]
    if len(within) == 1 and within[0].end <= end:
        first = within[0].start
        return (first if start < first and text[first - 1] not in _ORDINAL else start), within[0].end
    return _wider(text, start, end, [(start, figure.end) for figure in figures if figure.start <= start])


def _wider(text: str, start: int, end: int, around: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first of some stretches that a span is a piece of, if it is no range; else the span."""
    wider = [(a, b) for a, b in around if a <= start and end <= b and not _RANGE.search(text[a:b])]
    return wider[0] if wider else (start, end)


def _figure_at(text: str, start: int, end: int, figures: Sequence[Figure] | None) -> Figure | None:
    """Return the amount an answer states, with what qualifies it in the text around: 90亿元 in 近90亿元."""
    stated = figure_of(text[start:end])
    if stated is None:
        return None
    known = find_figures(text) if figures is None else figures
    return next((figure for figure in known if figure.start <= start and end <= figure.end), stated)
