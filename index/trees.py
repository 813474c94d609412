"""Evaluates gradient-boosted trees kept as text, so that LightGBM is needed for training only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import learned

Column = NDArray[Any] | list[int] | float
"""The values of one feature, a row each, or the one value of all rows."""


@dataclass(frozen=True, slots=True)
class Trees:
    """
    An ensemble, its nodes numbered level by level, the trees' roots first, a right child behind its left.

    features   names, in column order
    feature, threshold, value   of each node; a value no higher than the threshold goes left
    child      left child of each node; a leaf is its own child, its threshold infinite
    count      how many trees there are
    depth      steps from a root that reach every leaf
    """

    features: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    child: NDArray[np.intp]
    value: NDArray[np.float64]
    count: int
    depth: int

    def predict(self, rows: NDArray[np.float32], first: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """
        Return the raw score of each row (rows × features): the sum of its leaf in every tree, or in some of them.

        Rows are walked side by side, tree by tree: neighbours in memory then read the same few nodes and cells.
        """
        columns = np.ascontiguousarray(rows.T, np.float32)
        cells, column, row = columns.ravel(), self.feature * len(rows), np.arange(len(rows))
        roots = slice(first, self.count if stop is None else min(stop, self.count))
        right = columns[self.feature[roots]] > self.threshold[roots, None]
        at = self.child[roots, None] + right
        where, cell, limit = np.empty_like(at), np.empty(at.shape, np.float32), np.empty(at.shape, np.float32)
        for _ in range(self.depth - 1):
            column.take(at, out=where, mode="clip")
            where += row
            cells.take(where, out=cell, mode="clip")
            self.threshold.take(at, out=limit, mode="clip")
            np.greater(cell, limit, out=right)
            self.child.take(at, out=where, mode="clip")
            np.add(where, right, out=at)
        total: NDArray[np.float64] = self.value.take(at).sum(axis=0)
        return total

    def predict_best(self, rows: NDArray[np.float32], first: int, most: int) -> NDArray[np.float64]:
        """
        Return the raw score of the `most` rows that the first trees score best, -inf for the others.

        What the first trees of an ensemble put far behind, the later ones do not bring to the front.
        """
        if len(rows) <= most or self.count <= first:
            return self.predict(rows)
        scores = self.predict(rows, stop=first)
        best = np.argpartition(-scores, most)[:most]
        found = np.full(len(rows), -np.inf)
        found[best] = scores[best] + self.predict(rows[best], first)
        return found


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

    A line "features NAME …", then a line a tree: its nodes level by level, "COLUMN<=THRESHOLD" or a leaf's value; the
    n-th that is no leaf, counted from 0, has the nodes 2n + 1 and 2n + 2 below it. Lines that begin with "#" are about
    the model.
    """
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    forest = [line.split() for line in lines[1:]]
    nodes = [node.partition("<=") for tree in forest for node in tree]
    inner = np.array([bool(split) for _, split, _ in nodes])
    sizes = np.array([len(tree) for tree in forest])
    roots = np.cumsum(sizes) - sizes
    root, earlier = np.repeat(roots, sizes), np.cumsum(inner) - inner
    child = np.where(inner, root + 2 * (earlier - earlier[root]) + 1, np.arange(len(nodes)))
    levels = [roots]
    while len(parents := levels[-1][inner[levels[-1]]]):
        levels.append((child[parents, None] + [0, 1]).ravel())
    order = np.concatenate(levels)
    return Trees(
        tuple(lines[0].split()[1:]),
        np.array([int(column) if split else 0 for column, split, _ in nodes], np.intp)[order],
        _no_higher(np.array([float(limit) if split else np.inf for _, split, limit in nodes]))[order],
        np.argsort(order)[child[order]],
        np.array([0.0 if split else float(value) for value, split, _ in nodes])[order],
        len(roots),
        len(levels) - 1,
    )


def _no_higher(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the greatest float32 up to each threshold: the same values of that precision are above it."""
    nearest = thresholds.astype(np.float32)
    return np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
