"""Cuts snippets around the likeliest answers of what was read closely."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import named, when, wording
from index.concordance import Bools, Concordance, Ints
from index.extraction import Reading, lay_out
from index.figures import find_figures, same_figure, same_unit
from index.model import Figure, Passage, Snippet
from index.question import Question
from index.ranking import Terms
from index.units import in_common

Floats = NDArray[np.float64]
LONGEST = 100
"""Characters in a snippet, unless one clause alone is longer."""
MORE_FIGURES = 5
"""Snippets looked at beyond those shown, for a second amount."""
SAME_SUBJECT = 0.6
"""Share of the first snippet's sentence cover that makes another sentence one about the same subject."""
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
    windows = _windows(reading.text)
    snippets: list[Snippet] = []
    covers: list[float] = []
    wanted = most + (MORE_FIGURES if question.kind == "number" else 0)
    while len(windows) and len(snippets) < wanted and left.max(initial=0) > LEAST:
        inside: Bools = (start[None, :] >= windows[:, :1]) & (end[None, :] <= windows[:, 1:])
        window = int((inside @ left).argmax())
        held = inside[window] & (left > 0)
        if not held.any():
            break
        span = int(np.argmax(np.where(held, reading.probability + reading.agreement, -1)))
        begin, stop = _trim(reading, windows[window], np.where(held, reading.probability, 0), span)
        left[(start < stop) & (end > begin)] = 0
        windows = _free(windows, begin, stop)
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


def _free(windows: Ints, begin: int, stop: int) -> Ints:
    """Return the windows without what lies from `begin` to `stop`; of one that reaches over both, what is in front."""
    starts, stops = windows.T
    in_front = starts < begin
    left = np.column_stack([starts, np.where(in_front, np.minimum(stops, begin), stops)])
    free: Ints = left[in_front | (starts >= stop)]
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
    first, stop_at = named.whole_name(reading.text, int(reading.spans.start[span]), int(reading.spans.end[span]))
    if question.kind == "person":
        first, stop_at = named.bare_name(reading.text, first, stop_at)
    start, end = max(first, shift) - shift, min(stop_at, stop) - shift
    if question.kind == "time":
        start, end = when.meant_time(text, start, end, question, passage.citation.date)
    if question.kind == "place":
        start, end = named.meant_place(text, start, end, question)
    figures = None
    if question.kind == "number":
        figures = find_figures(text)
        start, end = wording.meant_amount(text, start, end, question, figures)
    return Snippet(text, start, end, passage.citation, wording.figure_at(text, start, end, figures))
