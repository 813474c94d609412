"""Reads the best passages closely: weighs every span that could answer, then cuts snippets around the likeliest."""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import boundaries, finalists, trees
from index import spans as span_features
from index.boundaries import Boundaries, Evidence, content_around
from index.concordance import Bools, Concordance, Ints, is_any
from index.dates import resolve
from index.figures import figure_of, find_figures, same_figure, same_unit
from index.model import Figure, Passage, Snippet
from index.normalize import fold
from index.question import Question
from index.ranking import Ranked, Terms, rareness, share
from index.spans import Spans
from index.units import in_common

Floats = NDArray[np.float64]

PASSAGES = 4
"""Passages read closely: 98 % of the right ones are among them (CMRC2018-dev, DRCD-dev, 2026-11)."""
GAP = 4.0
"""
A passage whose score the ranker has so far behind the best is not read closely. Weights taught with 3.0 have .1 and .1
points less in the first snippet with that, EM -.3 and +.1, F1 -.25 and +.2 (all of both sets, out of fold, 2026-11-26).
"""
SENTENCES = 10
"""98.9 % of the right sentences of these passages are among them, 98.1 among 8 (every third question, 2026-11-24)."""
SHORTLIST = 100
FIRST_TREES, EDGES = 20, 100
"""
After so many trees of seventy only so many tokens are still weighed as a beginning, and as an end. As many right spans
are shortlisted as when all two hundred are (85.9 and 91.8 % of every sixth question, 2026-11-25).
"""
_ANY_DAY = dt.date(2000, 1, 1)
_SENTENCE_END = re.compile("[。!?;]")
_CLAUSE_END = ",、。;!?:)》”"
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
NO_FIGURE = 3.0
"""
Taken from the score of a span without a number, or with none but a date's, where a number is asked: 505 of 519 answers
have a digit. Of the 508 questions of CMRC2018- and DRCD-dev 93.1 and 90.6 % have the answer in the first snippet, for
90.8 and 89.1 without the rule; EM 76.5 and 66.8 for 74.5 and 61.4 (out of fold, 2026-11-26).
"""
UNNAMED = 0.5
"""
Taken where a person or a place is asked from a span without a word that may name one. F1 +1.3 and +1.1 on
CMRC2018-dev's 650 such questions, +1.8 and +.5 on DRCD-dev's 910; 1.0 gives one set more and the other less
(2026-11-26).
"""
_NAMING = {"person": "Rx", "place": "STxn"}
NO_TIME = 3.0
"""
The same of one that names no time where one is asked. Of the 823 time questions of CMRC2018- and DRCD-dev 67.0 and
68.5 % are exact with 2 to 5, 65.9 and 66.9 % without; F1 79.4 and 81.0 for 77.2 and 78.7 (out of fold, 2026-11-25).
A number with another unit (8800余亩) names none: .1 and .2 of F1 over all questions (2026-11-26).
The letters of _TIME were completed from the 28 of their answers that have no digit and no word of time.
"""
_TIME = re.compile(
    "[年月日时后前代朝期末初昨今明晚晨午夜春夏秋冬周天季]|世纪|星期|战国|阶段|[0-9零一二三四五六七八九十两半][点分秒]"
    "|[0-9]号(?![\u3400-\u9fff])"
)
_BARE_NUMBER = re.compile("(?=.*[0-9零一二三四五六七八九十])(?:[^\u3400-\u9fff]|[零一二三四五六七八九十百千至到约])+")
_DAYS_ASKED = re.compile("[年月日号天]|世纪|多久以?前|历史")
_NUMERALS = "0123456789一二三四五六七八九十百千万亿两半几"
"""
These, and what is a number (三辑 and 五年 are, 零件 and 郭达年 not), were settled on the number questions of
CMRC2018- and DRCD-dev whose answer was no figure, and on a few about news, which were looked at.
"""
_ORDINAL = "第首前后"
"""
Belongs to the amount behind it: 首六位. Cutting a span down to its one amount changed 9 of 509 number questions of
CMRC2018- and DRCD-dev: exact 72.8 % before and after, and 59.8 % before, 61.3 % after (out of fold, 2026-11-25).
"""
LEAST = 1e-5
"""Probability of a span that is still worth a snippet."""
NEGLIGIBLE = 0.01
"""Share of a snippet's probability that is given up for whole sentences."""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    The best passages of one question, read closely.

    spans        likeliest first
    probability  of each span to be the answer, given that the passages hold it; they add up to 1
    agreement    expected overlap (character F1) of each span with the answer
    boundary     greatest score of a beginning and an end together, before the spans were compared
    likeliest    features of the likeliest span; {} when there is no span
    numberless   whether a number is asked and the likeliest span states none
    """

    passages: list[Passage]
    text: Concordance
    evidence: Evidence
    spans: Spans
    scores: Floats
    probability: Floats
    agreement: Floats
    boundary: float
    likeliest: Mapping[str, float]
    numberless: bool


def read_closely(question: Question, terms: Terms, ranked: Ranked) -> Reading:
    """Return every likely answer span of the best passages, weighed."""
    passages = foremost(ranked)
    text = lay_out(passages, terms)
    evidence = gather(text, terms, ranked.scores[: len(passages)])
    sentences = best_sentences(text, evidence)
    tokens = boundaries.weigh(text, question, evidence, sentences)
    spans = shortlist(question, text, evidence, sentences, tokens)
    rows, names = describe(spans.spans, spans.boundary, text, question, evidence, tokens)
    scores = trees.load("spans").predict(rows)
    best, some = finalists.choose(spans.spans, text, scores)
    final = trees.load("finalists").predict(finalists.describe(rows[best], some))
    scores = scores - scores[best].min(initial=np.inf) + final.min(initial=np.inf)
    scores[best] = final
    none = np.zeros(len(scores), np.bool_)
    if question.kind == "number":
        none = amountless(question, spans.spans, text)
        scores = scores - NO_FIGURE * none
    if question.kind in _NAMING:
        scores = scores - UNNAMED * ~_tagged(spans.spans, text, _NAMING[question.kind])
    if question.kind == "time":
        told = rows[:, names.index("times")] > 0
        scores = scores - NO_TIME * (~told & _timeless(spans.spans, text))
    probability = np.exp(scores - scores.max(initial=-np.inf))
    probability = probability / max(probability.sum(), 1e-9)
    agreement = np.zeros(len(scores))
    agreement[best] = some.alike @ probability[best]
    order = np.argsort(-scores, kind="stable")
    return Reading(
        passages,
        text,
        evidence,
        spans.spans.take(order),
        scores[order],
        probability[order],
        agreement[order],
        boundary=float(spans.boundary.sum(axis=1).max(initial=-np.inf)),
        likeliest=dict(zip(names, rows[order[0]].tolist(), strict=True)) if len(order) else {},
        numberless=bool(none[order[:1]].any()),
    )


def foremost(ranked: Ranked) -> list[Passage]:
    """Return the passages to read closely: those that the ranker puts in front, and not far behind the best."""
    return ranked.passages[: int((ranked.scores[:PASSAGES] > ranked.scores[0] - GAP).sum())]


def _tagged(spans: Spans, text: Concordance, tags: str) -> Bools:
    """Return which spans have a token with one of the tags."""
    counted = np.append(0, np.cumsum(is_any(text.token_tag, tags)))
    found: Bools = counted[spans.last + 1] > counted[spans.first]
    return found


def amountless(question: Question, spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no number in them, or none but a date's where no years or days are counted."""
    numeral, digit = is_any(text.codes, _NUMERALS), is_any(text.codes, string.digits)
    begin, stop = question.asked
    if not _DAYS_ASKED.search(question.folded, begin, stop + 3):
        for date in resolve(text.text, _ANY_DAY):
            numeral[date.start : date.end] = False
    numerals, digits = (np.append(0, np.cumsum(some)) for some in (numeral, digit))
    plain = ~_tagged(spans, text, "mtx") & (digits[spans.end] == digits[spans.start])
    none: Bools = plain | (numerals[spans.end] == numerals[spans.start])
    return none


def _timeless(spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no letter in them that times are told by, and are no plain number either: 8800余亩."""
    written = (text.text[start:end] for start, end in zip(spans.start.tolist(), spans.end.tolist(), strict=True))
    return ~np.fromiter((bool(_TIME.search(one) or _BARE_NUMBER.fullmatch(one)) for one in written), np.bool_)


def lay_out(passages: Sequence[Passage], terms: Terms) -> Concordance:
    """Return the passages end to end with the question's terms marked."""
    return Concordance([p.text for p in passages], [p.cut for p in passages], terms.words, terms.bigrams)


def gather(text: Concordance, terms: Terms, passage_scores: Floats) -> Evidence:
    """Return what is known of the sentences of `text` before any span is looked at."""
    count = len(text.sentence_start)
    found = text.count(text.bigram_hits, len(terms.bigrams), text.sentence_at, count) > 0
    words = text.count(text.word_hits, len(terms.words), text.sentence_at, count) > 0
    letters = text.count(text.character_hits, len(text.characters), text.sentence_at, count) > 0
    bigram_rarity, letter_rarity = terms.bigram_idf * rareness(found), rareness(letters)
    near = found.copy()
    together = (text.sentence_passage[1:] == text.sentence_passage[:-1])[:, None]
    near[1:] |= found[:-1] & together
    near[:-1] |= found[1:] & together
    return Evidence(
        bigram_idf=terms.bigram_idf,
        bigram_rarity=bigram_rarity,
        letter_rarity=letter_rarity,
        passage_score=passage_scores - passage_scores[0],
        sentence_cover=share(found, terms.bigram_idf),
        sentence_words=share(words, terms.word_idf),
        context_cover=share(near, terms.bigram_idf),
        sentence_rare=share(found, bigram_rarity),
        sentence_letters=share(letters, letter_rarity),
    )


@dataclass(frozen=True, slots=True)
class Shortlist:
    """
    Spans that the cheap models let through.

    boundary  spans × 2: scores of the first token as a beginning and of the last as an end
    """

    spans: Spans
    boundary: Floats


def best_sentences(text: Concordance, evidence: Evidence) -> Ints:
    """Return the sentences worth reading, in their order."""
    worth = (
        evidence.sentence_rare
        + 0.5 * (evidence.sentence_letters + evidence.context_cover)
        + 0.15 * evidence.passage_score[text.sentence_passage]
    )
    chosen: Ints = np.sort(np.argsort(-worth, kind="stable")[:SENTENCES])
    return chosen


def shortlist(
    question: Question, text: Concordance, evidence: Evidence, sentences: Ints, known: Boundaries | None = None
) -> Shortlist:
    """Return the spans of some sentences whose first and last tokens look most like an answer's."""
    every = span_features.list_spans(text, sentences)
    needed = np.zeros(len(text.token_start), np.bool_)
    needed[every.first] = needed[every.last] = True
    tokens = span_features.single_tokens(text, sentences)
    tokens = tokens.take(needed[tokens.first])
    rows, _ = span_features.describe(tokens, text, question, evidence, known)
    begins = np.full(len(needed), -np.inf)
    ends = begins.copy()
    begins[tokens.first] = trees.load("begins").predict_best(rows, FIRST_TREES, EDGES)
    ends[tokens.first] = trees.load("ends").predict_best(rows, FIRST_TREES, EDGES)
    scores = begins[every.first] + ends[every.last]
    best = _best(scores, SHORTLIST)
    best = best[np.isfinite(scores[best])]
    spans = every.take(best)
    return Shortlist(spans, np.stack([begins[spans.first], ends[spans.last]], axis=1))


def _best(scores: Floats, most: int) -> Ints:
    """Return the places of the greatest scores, greatest first, of equal ones the first."""
    if len(scores) <= most:
        return np.argsort(-scores, kind="stable")
    high = np.flatnonzero(scores >= np.partition(scores, -most)[-most])
    return high[np.argsort(-scores[high], kind="stable")[:most]]


def describe(
    spans: Spans,
    boundary: Floats,
    text: Concordance,
    question: Question,
    evidence: Evidence,
    known: Boundaries | None = None,
) -> tuple[NDArray[np.float32], list[str]]:
    """Return the features of shortlisted spans and their names."""
    rows, names = span_features.describe(spans, text, question, evidence, known)
    both = boundary.sum(axis=1)
    lag = both - (both.max() if len(both) else 0.0)
    extra = np.column_stack([boundary, both, lag, np.arange(len(both))])
    near, near_names = span_features.nearness(spans, text, question, evidence)
    return (
        np.vstack([rows.T, near.T, extra.T], dtype=np.float32, casting="same_kind").T,
        [*names, *near_names, "begin", "end", "boundaries", "lag", "place"],
    )


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
        span = int(np.argmax(np.where(held, reading.probability + reading.agreement, -1)))
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
    start, end = int(reading.spans.start[span]) - shift, int(reading.spans.end[span]) - shift
    if question.kind == "time" and "年" not in question.folded[slice(*question.asked)]:
        start, end = _whole_date(text, start, end, passage.citation.date)
    figures = None
    if question.kind == "number":
        figures = find_figures(text)
        start, end = _whole_amount(text, start, end, figures)
        start, end = _labelled(text, start, end, question, figures)
    return Snippet(text, start, end, passage.citation, _figure_at(text, start, end, figures))


def _labelled(text: str, start: int, end: int, question: Question, every: Sequence[Figure]) -> tuple[int, int]:
    """
    Return the amount of a listing that the words nearest to the question word stand before, if only it has them.

    签约142家,其中投产110家: asked how many are 投产, 110家 is meant, however well 142家 fits the rest. There amounts
    stand last in their clauses; where one does not (90位教师、400余位学生), what is counted stands behind it. The
    subject before the question word is all amounts'; of 企业投产 the noun may stand at the first amount only.
    """
    folded = fold(text)
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded[:start])), default=0)
    stop = next((match.start() for match in _SENTENCE_END.finditer(folded, end)), len(text))
    figures = [figure for figure in every if begin <= figure.start and figure.end <= stop]
    own = next((n for n, figure in enumerate(figures) if figure.start <= start and end <= figure.end), None)
    if own is None or len(figures) < 2:
        return start, end
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


def _whole_date(text: str, start: int, end: int, issue: dt.date | None) -> tuple[int, int]:
    """Return the whole date that a span is a piece of: 今年 -> 今年5月20日."""
    return _wider(text, start, end, [(date.start, date.end) for date in resolve(text, issue or _ANY_DAY)])


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
