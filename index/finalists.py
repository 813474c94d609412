"""Compares the likeliest spans with one another: which of several that overlap, or say the same, is the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import trees
from index.concordance import Bools, Concordance, Ints
from index.spans import Spans
from index.trees import Column

Floats = NDArray[np.float64]

FINALISTS = 40
"""Spans compared: 97.3 and 99.3 % of the right ones shortlisted (CMRC2018- and DRCD-dev, out of fold, 2026-11-25)."""
_NONE = -20.0
"""Takes the place of a score's difference where there is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class Finalists:
    """
    Spans as they are compared, likeliest first; arrays of one length.

    start, end  character offsets into the text
    sentence    where each stands
    score       as the span ranker has it
    same        whether two are worded alike, spans × spans
    alike       overlap of two as character F1, 1 where they are worded alike, spans × spans
    """

    start: Ints
    end: Ints
    sentence: Ints
    score: Floats
    same: Bools
    alike: Floats


def choose(spans: Spans, text: Concordance, scores: Floats) -> tuple[Ints, Finalists]:
    """Return the places of the best-scored spans, likeliest first, and what they are compared by."""
    best: Ints = np.argsort(-scores, kind="stable")[:FINALISTS]
    start, end = spans.start[best], spans.end[best]
    numbers: dict[str, int] = {}
    pairs = zip(start.tolist(), end.tolist(), strict=True)
    wording = np.array([numbers.setdefault(text.text[begin:stop], len(numbers)) for begin, stop in pairs], np.int64)
    same = wording[:, None] == wording
    shared, size = _shared(start, end, start, end), end - start
    alike = np.where(same, 1.0, 2 * shared / np.maximum(size[:, None] + size, 1))
    return best, Finalists(start, end, text.token_sentence[spans.first[best]], scores[best], same, alike)


def describe(rows: NDArray[np.float32], some: Finalists) -> NDArray[np.float32]:
    """Return the features of finalists (spans × features): `rows`, those they have, and behind them COMPARED."""
    score, start, end = some.score, some.start, some.end
    lag = score - score.max(initial=-np.inf)
    chance = np.exp(lag)
    chance = chance / max(chance.sum(), 1e-9)
    size, many = end - start, len(score)
    agreement = some.alike @ chance
    beside = some.sentence[:, None] == some.sentence
    others = ~np.eye(many, dtype=np.bool_)
    within = (start[:, None] >= start) & (end[:, None] <= end) & others
    with_first = _shared(start, end, start[:1], end[:1]).sum(axis=1)
    columns: dict[str, Column] = {
        "score": score,
        "score_lag": lag,
        "standing": np.arange(many),
        "chance": chance,
        "agreement": agreement,
        "agreement_lag": agreement - agreement.max(initial=0),
        "chance_around": within @ chance,
        "chance_within": within.T @ chance,
        "chance_in_sentence": beside @ chance,
        "chance_of_wording": (some.same & others) @ chance,
        "chance_of_start": (start[:, None] == start) @ chance,
        "chance_of_end": (end[:, None] == end) @ chance,
        "chance_apart": (beside & (some.alike == 0)) @ chance,
        "share_of_first": with_first / np.maximum(size, 1),
        "share_in_first": with_first / np.maximum(size[:1], 1),
        "wider": _best(within, score) - score,
        "narrower": _best(within.T, score) - score,
        "longer": size - size[:1],
        "further": start - start[:1],
        "doubt": -float((chance * np.log(chance + 1e-12)).sum()),
    }
    return np.vstack([rows.T, trees.table(columns.values(), many).T]).T


COMPARED = """
score score_lag standing chance agreement agreement_lag chance_around chance_within chance_in_sentence
chance_of_wording chance_of_start chance_of_end chance_apart share_of_first share_in_first wider narrower
longer further doubt
""".split()  # noqa: SIM905 - a page of quoted lines otherwise


def _shared(start: Ints, end: Ints, others_start: Ints, others_end: Ints) -> Ints:
    """Return how many characters each span shares with each other one."""
    shared: Ints = np.minimum(end[:, None], others_end) - np.maximum(start[:, None], others_start)
    return np.maximum(shared, 0)


def _best(pairs: Bools, score: Floats) -> Floats:
    """Return the best score among each span's pairs."""
    best: Floats = np.where(pairs, score, _NONE).max(axis=1, initial=_NONE)
    return best
