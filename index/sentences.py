"""Compares the sentences of a few passages: which are worth reading, and which of those read tells what is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index import ranking, trees
from index.boundaries import Evidence
from index.concordance import Concordance, Ints
from index.trees import Column

Floats = NDArray[np.float64]

SENTENCES = 8
"""
98.1 % of the right sentences of these passages are among them, 98.9 among 10 (every third question, 2026-11-24). With
10, of all of CMRC2018- and DRCD-dev, out of fold, the first snippet answers as many, the first three .3 and 0 points
more, and EM is .2 and .1 points less (2026-11-26), by weights that were taught on 10.
"""
_LEAST = 1e-12
_OWN = """
chance log_chance log_chance_lag best_span best_span_lag share_of_best agreement agreement_lag spans standing second
chance_of_passage passage passage_score place size cover words context rare letters cover_lag words_lag context_lag
rare_lag letters_lag
""".split()  # noqa: SIM905 - a page of quoted lines otherwise
FEATURES = [*_OWN, *(f"ranked_{name}" for name in ranking.FEATURES)]
_LOG_CHANCE = FEATURES.index("log_chance")


def worth_reading(text: Concordance, evidence: Evidence) -> Ints:
    """Return the sentences worth reading, in their order."""
    worth = (
        evidence.sentence_rare
        + 0.5 * (evidence.sentence_letters + evidence.context_cover)
        + 0.15 * evidence.passage_score[text.sentence_passage]
    )
    chosen: Ints = np.sort(np.argsort(-worth, kind="stable")[:SENTENCES])
    return chosen


def corrections(rows: NDArray[np.float32]) -> Floats:
    """
    Return what the scores of a sentence's spans change by when it is seen as a whole, for each of `describe`'s rows.

    What the spans' scores say of a sentence is replaced with what the sentences compared with each other say of it; the
    spans of one sentence stay as they are to each other.
    """
    scores = trees.load("sentences").predict(rows)
    lags = scores - scores.max(initial=-np.inf)
    changed: Floats = lags - np.log(np.exp(lags).sum() + _LEAST) - rows[:, _LOG_CHANCE]
    return changed


def describe(
    sentence: Ints,
    chance: Floats,
    agreement: Floats,
    text: Concordance,
    evidence: Evidence,
    passages: NDArray[np.float32],
) -> tuple[NDArray[np.float32], Ints]:
    """
    Return the features of the sentences that spans stand in (sentences × FEATURES), and which of them is each span's.

    sentence   number of each span's sentence
    chance     probability of each span to be the answer
    agreement  expected overlap of each span with the answer
    passages   features of the passages as the ranker has them, passages × ranking.FEATURES
    """
    holds = np.zeros(len(text.sentence_start), np.bool_)
    holds[sentence] = True
    numbers, of = np.flatnonzero(holds), (np.cumsum(holds) - 1)[sentence]
    count, many = len(numbers), np.bincount(of)
    by_sentence = np.bincount(of, chance)
    best, agreeing = np.zeros((2, count))
    np.maximum.at(best, of, chance)
    np.maximum.at(agreeing, of, agreement)
    passage = text.sentence_passage[numbers]
    by_passage = np.bincount(passage, by_sentence, minlength=len(passages))
    certain, likely = np.log(by_sentence + _LEAST), np.log(best + _LEAST)
    ordered = np.sort(by_sentence)
    covers = np.stack(
        [
            evidence.sentence_cover,
            evidence.sentence_words,
            evidence.context_cover,
            evidence.sentence_rare,
            evidence.sentence_letters,
        ]
    )
    columns: dict[str, Column] = {
        "chance": by_sentence,
        "log_chance": certain,
        "log_chance_lag": certain.max(initial=-np.inf) - certain,
        "best_span": best,
        "best_span_lag": likely.max(initial=-np.inf) - likely,
        "share_of_best": best / (by_sentence + _LEAST),
        "agreement": agreeing,
        "agreement_lag": agreeing.max(initial=0) - agreeing,
        "spans": many,
        "standing": (by_sentence[:, None] < by_sentence).sum(axis=1),
        "second": ordered[-2] if count > 1 else 0.0,
        "chance_of_passage": by_passage[passage],
        "passage": passage,
        "passage_score": evidence.passage_score[passage],
        "place": numbers - np.searchsorted(text.sentence_passage, passage),
        "size": (text.sentence_end - text.sentence_start)[numbers],
    }
    own, lags = covers[:, numbers], (covers.max(axis=1)[:, None] - covers)[:, numbers]
    rows = np.vstack(
        [trees.table(columns.values(), count).T, own, lags, passages[passage].T], dtype=np.float32, casting="same_kind"
    )
    return rows.T, of
