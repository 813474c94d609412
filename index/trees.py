"""Evaluates gradient-boosted trees kept as text, so that LightGBM is needed for training only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import learned

Column = NDArray[Any] | list[int] | float
"""The values of one feature, a row each, or the one value of all rows."""
Nodes = NDArray[np.intp]
_WORDS = [np.dtype(f"u{size}") for size in (1, 2, 4, 8)]
_DEEPEST = 8
"""Levels of nodes above the leaves, which are then told apart by one byte."""


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """
    An ensemble, each of its trees filled up to the same depth.

    features    names, in column order
    feature     column that each condition asks for; conditions that several nodes share are one
    threshold   value above which it is met, conditions × 1
    conditions  the one of each node, nodes × trees: a node, then those of its left side, then as many of its right
    value       of each tree's leaves from left to right, trees × leaves
    """

    features: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    conditions: NDArray[np.intp]
    value: NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many trees there are."""
        return len(self.value)

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """
        Return the raw score of each row (rows × features): the sum of the leaf it comes to in every tree.

        Every condition is asked once, of all rows. What they say is kept in words of up to 64 bits, a row a bit: so
        many rows are led down a tree together, from each node to the side that it sends them to.
        """
        many = len(rows)
        word = next((word for word in _WORDS if many <= 8 * word.itemsize), _WORDS[-1])
        words = -(-many // (8 * word.itemsize))
        columns = np.zeros((rows.shape[1], 8 * words * word.itemsize), np.float32)
        columns[:, :many] = rows.T
        met = columns.take(self.feature, axis=0) > self.threshold
        answers = np.packbits(met, bitorder="little").view(word).reshape(len(met), words)
        node = answers.take(self.conditions, axis=0)
        turns = np.empty((self.value.shape[1].bit_length() - 1, self.count, words), word)
        for turn in turns:
            turn[:], beside = node[0], len(node) // 2 + 1
            left, right = node[1:beside], node[beside:]
            right ^= left
            right &= turn
            right ^= left
            node = right
        leaf, *later = _spread().take(turns.view(np.uint8))
        for turn in later:
            leaf <<= np.uint64(1)
            leaf |= turn
        first = np.arange(0, self.value.size, self.value.shape[1])[:, None]
        total: NDArray[np.float64] = self.value.take(leaf.view(np.uint8)[:, :many] + first).sum(axis=0)
        return total

    def predict_best(self, rows: NDArray[np.float32], first: int, most: int) -> NDArray[np.float64]:
        """
        Return the raw score of the `most` rows that the first trees score best, -inf for the others.

        What the first trees of an ensemble put far behind, the later ones do not bring to the front.
        """
        if len(rows) <= most or self.count <= first:
            return self.predict(rows)
        some, others = self.split(first)
        scores = some.predict(rows)
        best = np.argpartition(-scores, most)[:most]
        found = np.full(len(rows), -np.inf)
        found[best] = scores[best] + others.predict(rows[best])
        return found

    @lru_cache(16)  # noqa: B019 - the ensembles are few, and live as long as the process
    def split(self, first: int) -> tuple[Trees, Trees]:
        """Return the first trees and the others, whose scores add up to all trees'."""
        return self._some(slice(first)), self._some(slice(first, None))

    def _some(self, which: slice) -> Trees:
        asked, conditions = np.unique(self.conditions[:, which], return_inverse=True)
        shape = self.conditions[:, which].shape
        return Trees(
            self.features, self.feature[asked], self.threshold[asked], conditions.reshape(shape), self.value[which]
        )


@cache
def _spread() -> NDArray[np.uint64]:
    """The eight bits of each byte as the bytes of a word."""
    return np.unpackbits(np.arange(256, dtype=np.uint8), bitorder="little").view(np.uint64)


def table(columns: Iterable[Column], many: int) -> NDArray[np.float32]:
    """Return `many` rows for `predict` from their columns."""
    listed = list(columns)
    cells = np.empty((len(listed), many), np.float32)
    for row, column in zip(cells, listed, strict=True):
        row[:] = column
    return cells.T


def load(name: str) -> Trees:
    """Return the ensemble in index/models/{name}.txt, or the one that was put in its place."""
    return learned.load(name, parse)


def parse(text: str) -> Trees:
    """
    Return the ensemble that `text` writes.

    A line "features NAME …", then a line a tree: its nodes level by level, "COLUMN:THRESHOLD" (values up to it go left)
    or a leaf's value; the n-th that is no leaf, counted from 0, has the nodes 2n + 1 and 2n + 2 below it. Lines that
    begin with "#" are about the model. Raises ValueError when a tree is deeper than eight levels.
    """
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    forest = [line.split() for line in lines[1:]]
    nodes = [node.partition(":") for tree in forest for node in tree]
    inner = np.array([bool(split) for _, split, _ in nodes])
    sizes = np.array([len(tree) for tree in forest])
    roots = np.cumsum(sizes) - sizes
    root, earlier = np.repeat(roots, sizes), np.cumsum(inner) - inner
    left = np.where(inner, root + 2 * (earlier - earlier[root]) + 1, np.arange(len(nodes)))
    asking, leaves = _filled_up(roots, left, left + inner)
    asked = np.array([int(column) if split else 0 for column, split, _ in nodes], np.int64)
    limit = _no_higher(np.array([float(limit) if split else np.inf for _, split, limit in nodes]))
    told, conditions = np.unique((asked << 32) + limit.view(np.uint32), return_inverse=True)
    return Trees(
        tuple(lines[0].split()[1:]),
        (told >> 32).astype(np.intp),
        told.astype(np.uint32).view(np.float32)[:, None],
        conditions.reshape(-1)[asking],
        np.array([0.0 if split else float(value) for value, split, _ in nodes])[leaves],
    )


def _filled_up(roots: Nodes, left: Nodes, right: Nodes) -> tuple[Nodes, Nodes]:
    """
    Return the nodes of some trees in the order of `Trees.conditions`, and the leaves, from the nodes beside below each.

    A leaf stands for all that is below it in a deeper tree, as its own left and right.
    """
    levels = [roots[:, None]]
    while len(levels) == 1 or (left[levels[-1]] != levels[-1]).any():
        if len(levels) > _DEEPEST:
            raise ValueError(f"a tree has more than {_DEEPEST} levels above its leaves")
        levels.append(np.stack([left[levels[-1]], right[levels[-1]]], axis=2).reshape(len(roots), -1))
    *above, leaves = levels
    every = np.hstack(above).T
    return every[_with_those_below(0, len(every))], leaves


def _with_those_below(node: int, many: int) -> list[int]:
    """Return a node, those of its left and those of its right, of `many` that are numbered level by level."""
    if node >= many:
        return []
    return [node, *_with_those_below(2 * node + 1, many), *_with_those_below(2 * node + 2, many)]


def _no_higher(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the greatest float32 up to each threshold: the same values of that precision are above it."""
    nearest = thresholds.astype(np.float32)
    return np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
