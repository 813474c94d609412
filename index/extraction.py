"""Reads the best passages closely: weighs every span of theirs that could answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index import answertype, boundaries, finalists, sentences, trees
from index import spans as span_features
from index.boundaries import Boundaries, Evidence
from index.concordance import Bools, Concordance, Ints
from index.model import Passage
from index.question import Question
from index.ranking import Ranked, Terms, rareness, share
from index.spans import Spans

Floats = NDArray[np.float64]

PASSAGES = 4
"""Passages read closely: 98 % of the right ones are among them (CMRC2018-dev, DRCD-dev, 2026-11)."""
GAP = 4.0
"""
A passage whose score the ranker has so far behind the best is not read closely. Weights taught with 3.0 have .1 and .1
points less in the first snippet with that, EM -.3 and +.1, F1 -.25 and +.2 (all of both sets, out of fold, 2026-11-26).
"""
SHORTLIST = 100
FIRST_TREES, EDGES = 20, 100
"""
After so many trees of seventy only so many tokens are still weighed as a beginning, and as an end. As many right spans
are shortlisted as when all two hundred are (85.9 and 91.8 % of every sixth question, 2026-11-25).
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    The best passages of one question, read closely.

    spans        likeliest first
    probability  of each span to be the answer, given that the passages hold it; they add up to 1
    agreement    expected overlap (character F1) of each span with the answer
    boundary     greatest score of a beginning and an end together, before the spans were compared
    likeliest    features of the likeliest span; {} when there is no span
    lacking      whether a number, a time or where somebody is from is asked and the likeliest span does not state it
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
    lacking: bool


def read_closely(question: Question, terms: Terms, ranked: Ranked) -> Reading:
    """Return every likely answer span of the best passages, weighed."""
    seen = weigh(question, terms, ranked)
    rows, of = by_sentence(seen, ranked)
    seen = replace(seen, scores=seen.scores + sentences.corrections(rows)[of])
    probability = seen.chance()
    order = np.argsort(-seen.scores, kind="stable")
    return Reading(
        seen.passages,
        seen.text,
        seen.evidence,
        seen.spans.take(order),
        seen.scores[order],
        probability[order],
        seen.agreement(probability)[order],
        boundary=seen.boundary,
        likeliest=dict(zip(seen.names, seen.rows[order[0]].tolist(), strict=True)) if len(order) else {},
        lacking=bool(seen.lacking[order[:1]].any()),
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """
    The shortlisted spans of the best passages, each weighed for itself, before their sentences are compared.

    rows, names  features of the spans, spans × names
    finalists    places of the likeliest spans
    alike        overlap of two of those as character F1, finalists × finalists
    boundary     greatest score of a beginning and an end together
    lacking      as in Reading, of each span
    """

    passages: list[Passage]
    text: Concordance
    evidence: Evidence
    spans: Spans
    rows: NDArray[np.float32]
    names: list[str]
    scores: Floats
    finalists: Ints
    alike: Floats
    boundary: float
    lacking: Bools

    def chance(self) -> Floats:
        """Return the probability of each span to be the answer."""
        weight = np.exp(self.scores - self.scores.max(initial=-np.inf))
        chance: Floats = weight / max(weight.sum(), 1e-9)
        return chance

    def agreement(self, chance: Floats) -> Floats:
        """Return the expected overlap of each span with the answer, 0 for those that are no finalists."""
        agreement = np.zeros(len(chance))
        agreement[self.finalists] = self.alike @ chance[self.finalists]
        return agreement


def weigh(question: Question, terms: Terms, ranked: Ranked) -> Weighed:
    """Return the likely answer spans of the best passages, each weighed for itself."""
    passages = foremost(ranked)
    text = lay_out(passages, terms)
    evidence = gather(text, terms, ranked.scores[: len(passages)])
    read = sentences.worth_reading(text, evidence)
    tokens = boundaries.weigh(text, question, evidence, read)
    spans = shortlist(question, text, evidence, read, tokens)
    rows, names = describe(spans.spans, spans.boundary, text, question, evidence, tokens)
    scores = trees.load("spans").predict(rows)
    best, some = finalists.choose(spans.spans, text, scores)
    final = trees.load("finalists").predict(finalists.describe(rows[best], some))
    scores = scores - scores[best].min(initial=np.inf) + final.min(initial=np.inf)
    scores[best] = final
    taken, lacking = answertype.penalties(question, spans.spans, text)
    scores = scores - taken
    boundary = float(spans.boundary.sum(axis=1).max(initial=-np.inf))
    return Weighed(passages, text, evidence, spans.spans, rows, names, scores, best, some.alike, boundary, lacking)


def by_sentence(seen: Weighed, ranked: Ranked) -> tuple[NDArray[np.float32], Ints]:
    """Return the features of the sentences that the spans stand in, and which of those is each span's."""
    sentence, chance = seen.text.token_sentence[seen.spans.first], seen.chance()
    return sentences.describe(sentence, chance, seen.agreement(chance), seen.text, seen.evidence, ranked.features)


def foremost(ranked: Ranked) -> list[Passage]:
    """Return the passages to read closely: those that the ranker puts in front, and not far behind the best."""
    return ranked.passages[: int((ranked.scores[:PASSAGES] > ranked.scores[0] - GAP).sum())]


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


def shortlist(
    question: Question, text: Concordance, evidence: Evidence, read: Ints, known: Boundaries | None = None
) -> Shortlist:
    """Return the spans of the sentences `read` whose first and last tokens look most like an answer's."""
    every = span_features.list_spans(text, read)
    needed = np.zeros(len(text.token_start), np.bool_)
    needed[every.first] = needed[every.last] = True
    tokens = span_features.single_tokens(text, read)
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
