"""Lists the spans of a few passages that could answer a question, and describes each in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import boundaries
from index.boundaries import CLOSING, OPENING, Boundaries, Evidence
from index.concordance import CLAUSE_ENDS, Concordance, Ints, is_any
from index.question import Question

Floats = NDArray[np.float32]

LONGEST_IN_TOKENS = 14
LONGEST_IN_CHARACTERS = 80
_CUES = "是为叫称因于由有在即以至到使让指含括:"
_NOWHERE = 10_000


@dataclass(frozen=True, slots=True)
class Spans:
    """
    Candidate answers, as arrays of one length.

    first, last  token numbers, inclusive
    start, end   character offsets into the concordance's text
    """

    first: Ints
    last: Ints
    start: Ints
    end: Ints

    def take(self, which: Ints) -> Spans:
        return Spans(self.first[which], self.last[which], self.start[which], self.end[which])


def list_spans(text: Concordance, sentences: Ints) -> Spans:
    """
    Return the spans of the given sentences: up to 14 tokens from any token to any, and longer runs of whole clauses.

    Quotes and brackets are balanced in every one; none begins or ends on other punctuation.
    """
    codes = text.codes
    opening, closing = is_any(codes, OPENING), is_any(codes, CLOSING)
    depth = np.concatenate(([0], np.cumsum(opening.astype(np.int64) - closing)))
    lowest_at = depth[text.token_start]
    punctuation = text.token_tag == ord("w")
    inside = np.isin(text.token_sentence, sentences)
    can_begin = inside & (~punctuation | opening[text.token_start])
    can_end = inside & (~punctuation | closing[text.token_end - 1] | is_any(codes[text.token_end - 1], "%"))
    begins = np.flatnonzero(can_begin)
    total = len(text.token_start)
    reach = begins + np.arange(LONGEST_IN_TOKENS)[:, None]
    near = np.minimum(reach, total - 1)
    good = (reach < total) & can_end[near] & (text.token_sentence[near] == text.token_sentence[begins])
    size, which = np.nonzero(good)
    clause_end = is_any(codes, CLAUSE_ENDS)
    after_end = np.concatenate(([True], clause_end[:-1]))
    cue = np.concatenate(([False], is_any(codes[:-1], _CUES)))
    heads = begins[(after_end | cue)[text.token_start[begins]]]
    tails = np.flatnonzero(can_end & clause_end[np.minimum(text.token_end, len(codes) - 1)])
    low = np.searchsorted(tails, heads + LONGEST_IN_TOKENS)
    high = np.searchsorted(text.token_start[tails], text.token_start[heads] + LONGEST_IN_CHARACTERS)
    many = np.maximum(high - low, 0)
    long_first = np.repeat(heads, many)
    long_last = tails[np.arange(len(long_first)) + np.repeat(low - np.cumsum(many) + many, many)]
    whole = text.token_sentence[long_last] == text.token_sentence[long_first]
    first = np.concatenate((begins[which], long_first[whole]))
    last = np.concatenate((begins[which] + size, long_last[whole]))
    balanced = lowest_at[first] == depth[text.token_end[last]]
    first, last = first[balanced], last[balanced]
    closings = np.concatenate(([0], np.cumsum(closing)))
    start, end = text.token_start[first], text.token_end[last]
    closing_inside = np.flatnonzero(closings[end] > closings[start])
    bounds = np.stack([start[closing_inside], end[closing_inside] + 1], axis=1).ravel()
    lowest = np.minimum.reduceat(depth, bounds)[::2] if len(bounds) else depth[:0]
    nested = np.ones(len(first), np.bool_)
    nested[closing_inside] = lowest >= depth[start[closing_inside]]
    return Spans(first[nested], last[nested], start[nested], end[nested])


def single_tokens(text: Concordance, sentences: Ints) -> Spans:
    """Return every token of the given sentences as a span of its own."""
    tokens = np.flatnonzero(np.isin(text.token_sentence, sentences))
    return Spans(tokens, tokens, text.token_start[tokens], text.token_end[tokens])


def describe(
    spans: Spans, text: Concordance, question: Question, evidence: Evidence, tokens: Boundaries | None = None
) -> tuple[Floats, list[str]]:
    """
    Return the features of each span (spans × features) and their names.

    tokens  what `boundaries.weigh` says of the same text and question, when more spans than these are described
    """
    known = tokens or boundaries.weigh(text, question, evidence)
    return known.describe(spans.first, spans.last), list(boundaries.NAMES)


def nearness(spans: Spans, text: Concordance, question: Question, evidence: Evidence) -> tuple[Floats, list[str]]:
    """
    Return how much of the question stands close around each span (spans × features), and the features' names.

    Every character and bigram counts once, by its rarity and where it stands nearest in the passage, outside the span;
    for "focus" the more, the nearer to the question word it is in the question; "in_order" only on the side of the span
    that it has of the question word.
    """
    columns: dict[str, NDArray[np.float64]] = {}
    for name, hits, terms, weight in (
        ("letters", text.character_hits, text.characters, evidence.letter_rarity),
        ("rare", text.bigram_hits, text.bigrams, evidence.bigram_rarity),
    ):
        left, right = _nearest(spans, text, hits, len(terms), len(terms[0]) if terms else 1)
        gap = np.minimum(left, right)
        close = 1 / (1 + gap / 10)
        before, behind = _sides(question, terms)
        part = weight / (weight.sum() + 1e-9)
        focus = weight * np.exp(-np.minimum(before, behind) / 6)
        focus /= focus.sum() + 1e-9
        for radius in (6, 20, 50):
            columns[f"{name}_found_within_{radius}"] = (gap <= radius) @ part
        columns[f"{name}_nearness"] = close @ part
        columns[f"{name}_focus_within_6"] = (gap <= 6) @ focus
        columns[f"{name}_focus_nearness"] = close @ focus
        ordered = np.where(before <= behind, left, right)
        columns[f"{name}_in_order"] = 1 / (1 + ordered / 10) @ part
        columns[f"{name}_in_order_focus"] = 1 / (1 + ordered / 10) @ focus
    stacked = np.stack(list(columns.values()), axis=1).astype(np.float32)
    lags = stacked.max(axis=0, initial=0) - stacked
    return np.hstack([stacked, lags]), [*columns, *(f"{name}_lag" for name in columns)]


def _sides(question: Question, terms: Sequence[str]) -> tuple[Ints, Ints]:
    """Return how far before and how far behind the question word each term stands in the question."""
    start, end = question.asked
    before, behind = question.folded[:start], question.folded[end:]
    return (
        np.array([start - at - len(term) if (at := before.rfind(term)) >= 0 else _NOWHERE for term in terms], np.int64),
        np.array([at if (at := behind.find(term)) >= 0 else _NOWHERE for term in terms], np.int64),
    )


def _nearest(spans: Spans, text: Concordance, hits: tuple[Ints, Ints], kinds: int, width: int) -> tuple[Ints, Ints]:
    """Return how far before and behind each span the nearest hit of each kind in its passage stands: spans × kinds."""
    places, which = hits
    size = len(text.codes) + 1
    keys = np.sort(which * size + places)
    passage = text.passage_at[spans.start]
    floor = text.passage_start[passage][:, None]
    ceiling = floor + text.lengths[passage][:, None]
    bounds = np.concatenate(([-1], keys, [kinds * size]))
    base = np.arange(kinds) * size
    before = bounds[np.searchsorted(keys, base + (spans.start - width)[:, None], side="right")] - base
    behind = bounds[np.searchsorted(keys, base + spans.end[:, None]) + 1] - base
    left: Ints = np.where(before >= floor, spans.start[:, None] - width - before, _NOWHERE)
    right: Ints = np.where(behind < ceiling, behind - spans.end[:, None], _NOWHERE)
    return left, right
