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

    A line "features NAME …", then a line a tree: its nodes depth first, left before right, "COLUMN<=THRESHOLD" or a
    leaf's value. Lines that begin with "#" are about the model.
    """
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    names = tuple(lines[0].split()[1:])
    feature: list[int] = []
    threshold: list[float] = []
    value: list[float] = []
    children: list[list[int]] = []
    roots = []
    for line in lines[1:]:
        roots.append(len(feature))
        open_branches: list[int] = []
        for node in line.split():
            number = len(feature)
            if open_branches:
                parent = open_branches[-1]
                children[parent].append(number)
                if len(children[parent]) == 2:
                    open_branches.pop()
            column, split, limit = node.partition("<=")
            feature.append(int(column) if split else 0)
            threshold.append(float(limit) if split else np.inf)
            value.append(0.0 if split else float(column))
            children.append([])
            if split:
                open_branches.append(number)
    levels = [roots]
    while below := [child for number in levels[-1] for child in children[number]]:
        levels.append(below)
    order = [number for level in levels for number in level]
    place = {number: n for n, number in enumerate(order)}
    return Trees(
        names,
        np.array(feature, np.intp)[order],
        _no_higher(np.array(threshold))[order],
        np.array([place[(children[number] or [number])[0]] for number in order], np.intp),
        np.array(value)[order],
        len(roots),
        len(levels) - 1,
    )


def _no_higher(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the greatest float32 up to each threshold: the same values of that precision are above it."""
    nearest = thresholds.astype(np.float32)
    return np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
