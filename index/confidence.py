"""Says how likely the first snippet answers, from what was found of the question and what was not."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from index import trees
from index.question import KINDS, Question
from index.ranking import FEATURES, Ranked, Terms
from index.snippets import Reading
from index.spans import TAGS

CLAIM = 0.1
"""From it on an answer is claimed: .1 to .5 tried on CMRC2018-dev, DRCD-dev and 23 local questions (2026-11)."""
RELATED = 0.02
_MONEY_ASKED = re.compile("(?:价格?|费用?|资金|产值|收入|税收?|金额|投资额|利润|营收)[总额是为有达到约]*多少|多少钱")
_MONEY = re.compile("[元币镑圆金两文克郎盾]|%|倍|分之")
_DIGITS = "0123456789〇零一二三四五六七八九十百千万亿两半几"
_OF_PASSAGE = (
    "bigram_cover",
    "word_cover",
    "sentence_bigrams",
    "sentence_words",
    "two_sentences",
    "rarest_bigrams",
    "rarest_words",
    "title_cover",
    "article_siblings",
    "idf_total",
    "question_bigrams",
    "score",
)
NAMES = (
    *_OF_PASSAGE,
    "lead",
    "any_cover",
    "title_or_passage",
    "span_score",
    "boundary",
    "mass",
    "agreement",
    "focus_found",
    "kind",
    "matched_near",
    "answer_digits",
    "answer_characters",
    "answer_tag",
    "answer_asked",
)


def of(question: Question, terms: Terms, ranked: Ranked, reading: Reading) -> float:
    """Return the calibrated probability that the first snippet answers the question."""
    score = trees.load("confidence").predict(describe(question, terms, ranked, reading)[None, :])[0]
    return float(1 / (1 + np.exp(-score))) * _doubt(question, reading)


def _doubt(question: Question, reading: Reading) -> float:
    """
    Return what is left of the confidence in an answer that is not of the sort asked for, 1 for all others.

    The factors were chosen on 23 questions about one local page (2026-11); their cost elsewhere was not measured.
    """
    if not len(reading.scores):
        return 1.0
    text, start, end = reading.text, int(reading.spans.start[0]), int(reading.spans.end[0])
    answer = text.text[start:end]
    if question.kind == "number":
        left = 0.5 if len(question.focus) > 1 and question.focus not in text.text else 1.0
        left *= 1.0 if any(letter in _DIGITS for letter in answer) else 0.3
        return left * (0.2 if _MONEY_ASKED.search(question.folded) and not _MONEY.search(answer) else 1.0)
    if question.focus and question.folded[question.asked[0] : question.asked[1]].startswith("哪"):
        sentence = int(text.sentence_at[start])
        around = text.text[int(text.sentence_start[sentence]) : int(text.sentence_end[sentence])]
        return 1.0 if question.focus[-1] in around else 0.6
    return 1.0


def describe(question: Question, terms: Terms, ranked: Ranked, reading: Reading) -> NDArray[np.float32]:
    """Return the features of one question's outcome, in the order of NAMES."""
    first = ranked.features[0]
    at = {name: FEATURES.index(name) for name in _OF_PASSAGE}
    of_passage = [float(first[at[name]]) for name in _OF_PASSAGE]
    lead = float(ranked.scores[0] - ranked.scores[1]) if len(ranked.scores) > 1 else 5.0
    some = len(reading.scores) > 0
    rest = {
        "lead": lead,
        "any_cover": float(ranked.features[:, at["bigram_cover"]].max()),
        "title_or_passage": min(1.0, float(first[at["bigram_cover"]] + first[at["title_cover"]])),
        "span_score": float(reading.scores[0]) if some else -10.0,
        "boundary": float(reading.boundary) if some else -20.0,
        "mass": float(reading.probability[:1].sum()),
        "agreement": float(reading.agreement.max()) if some else 0.0,
        "focus_found": float(bool(question.focus) and question.focus in reading.text.text),
        "kind": float(KINDS.index(question.kind)),
        "matched_near": float(reading.evidence.context_cover.max()),
    }
    return np.array([*of_passage, *rest.values(), *_of_answer(question, reading)], np.float32)


def _of_answer(question: Question, reading: Reading) -> list[float]:
    """Return what sort of text the likeliest span is, to be held against the kind of the question."""
    if not len(reading.scores):
        return [0.0, 0.0, 0.0, 0.0]
    answer = reading.text.text[int(reading.spans.start[0]) : int(reading.spans.end[0])]
    asked = sum(letter in question.folded for letter in answer) / len(answer)
    tag = reading.text.token_tag[reading.spans.first[0]]
    return [float(sum(letter in _DIGITS for letter in answer)), float(len(answer)), float(TAGS.find(chr(tag))), asked]
