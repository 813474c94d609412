"""Lists the spans of a few passages that could answer a question, and describes each in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import boundaries, trees
from index.boundaries import CLOSING, OPENING, Boundaries, Evidence
from index.concordance import CLAUSE_ENDS, Bools, Concordance, Ints, is_any
from index.question import Question
from index.trees import Column

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

    def take(self, which: Ints | Bools) -> Spans:
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
    inside = text.inside(sentences)
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
    tokens = np.flatnonzero(text.inside(sentences))
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
    terms = [*text.characters, *text.bigrams]
    letters, many = len(text.characters), len(terms)
    (letter_places, letter_which), (pair_places, pair_which) = text.character_hits, text.bigram_hits
    hits = np.concatenate((letter_places, pair_places)), np.concatenate((letter_which, pair_which + letters))
    left, right = _nearest(spans, text, hits, np.repeat([1, 2], [letters, many - letters]))
    before, behind = _sides(question, terms)
    gap = np.minimum(left, right)
    ordered = np.where(before <= behind, left, right)

    weights = np.zeros((many, 4))
    near_question = np.exp(-np.minimum(before, behind) / 6)
    for column, weight, rows in (
        (0, evidence.letter_rarity, slice(letters)),
        (2, evidence.bigram_rarity, slice(letters, None)),
    ):
        focus = weight * near_question[rows]
        weights[rows, column] = weight / (weight.sum() + 1e-9)
        weights[rows, column + 1] = focus / (focus.sum() + 1e-9)
    within_6, within_20, within_50 = (((gap <= radius).astype(float) @ weights).T for radius in (6, 20, 50))
    close, in_order = ((1 / (1 + apart / 10) @ weights).T for apart in (gap, ordered))
    columns: dict[str, Column] = {}
    for name, part, focused in (("letters", 0, 1), ("rare", 2, 3)):
        columns[f"{name}_found_within_6"] = within_6[part]
        columns[f"{name}_found_within_20"] = within_20[part]
        columns[f"{name}_found_within_50"] = within_50[part]
        columns[f"{name}_nearness"] = close[part]
        columns[f"{name}_focus_within_6"] = within_6[focused]
        columns[f"{name}_focus_nearness"] = close[focused]
        columns[f"{name}_in_order"] = in_order[part]
        columns[f"{name}_in_order_focus"] = in_order[focused]
    cells = trees.table(columns.values(), len(spans.start)).T
    lags = cells.max(axis=1, initial=0)[:, None] - cells
    return np.vstack([cells, lags]).T, [*columns, *(f"{name}_lag" for name in columns)]


def _sides(question: Question, terms: Sequence[str]) -> tuple[Ints, Ints]:
    """Return how far before and how far behind the question word each term stands in the question."""
    start, end = question.asked
    before, behind = question.folded[:start], question.folded[end:]
    return (
        np.array([start - at - len(term) if (at := before.rfind(term)) >= 0 else _NOWHERE for term in terms], np.int64),
        np.array([at if (at := behind.find(term)) >= 0 else _NOWHERE for term in terms], np.int64),
    )


def _nearest(spans: Spans, text: Concordance, hits: tuple[Ints, Ints], width: Ints) -> tuple[Ints, Ints]:
    """
    Return how far before and behind each span the nearest hit of each kind in its passage stands: spans × kinds.

    width  characters in a hit of each kind
    """
    places, which = hits
    size = len(text.codes) + 1
    keys = np.sort(which * size + places)
    passage = text.passage_at[spans.start]
    floor = text.passage_start[passage][:, None]
    ceiling = floor + text.lengths[passage][:, None]
    bounds = np.concatenate(([-1], keys, [len(width) * size]))
    base = np.arange(len(width)) * size
    starts, of_start = np.unique(spans.start, return_inverse=True)
    ends, of_end = np.unique(spans.end, return_inverse=True)
    before = (bounds[np.searchsorted(keys, base + (starts[:, None] - width), side="right")] - base)[of_start]
    behind = (bounds[np.searchsorted(keys, base + ends[:, None]) + 1] - base)[of_end]
    left: Ints = np.where(before >= floor, spans.start[:, None] - width - before, _NOWHERE)
    right: Ints = np.where(behind < ceiling, behind - spans.end[:, None], _NOWHERE)
    return left, right
