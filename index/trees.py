"""Evaluates gradient-boosted trees kept as text, so that LightGBM is needed for training only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Trees:
    """
    An ensemble, all its nodes in one numbering; a leaf is its own child.

    features   names, in column order
    feature, threshold, value   of each node; a value no higher than the threshold goes left
    child      left and right child of node n at 2n and 2n + 1
    roots      the trees' first nodes
    depth      steps from a root that reach every leaf
    """

    features: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    child: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    depth: int

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the raw score of each row (rows × features): the sum of its leaf in every tree."""
        cells = np.ascontiguousarray(rows, np.float64).ravel()
        row_start = np.repeat(np.arange(len(rows), dtype=np.intp) * rows.shape[1], len(self.roots))
        at = np.tile(self.roots, len(rows))
        where, cell, limit = np.empty_like(at), np.empty(len(at)), np.empty(len(at))
        for _ in range(self.depth):
            self.feature.take(at, out=where, mode="clip")
            where += row_start
            cells.take(where, out=cell, mode="clip")
            self.threshold.take(at, out=limit, mode="clip")
            at *= 2
            at += cell > limit
            self.child.take(at, out=where, mode="clip")
            at, where = where, at
        total: NDArray[np.float64] = self.value.take(at).reshape(len(rows), len(self.roots)).sum(axis=1)
        return total


def load(name: str) -> Trees:
    """Return the ensemble in index/models/{name}.txt, or the one that `using` put in its place."""
    return _instead.get(name) or _shipped(name)


@contextmanager
def using(ensembles: Mapping[str, Trees]) -> Iterator[None]:
    """Put other ensembles in the place of the shipped ones: for scores out of fold. Not for several threads."""
    before = dict(_instead)
    _instead.update(ensembles)
    try:
        yield
    finally:
        _instead.clear()
        _instead.update(before)


_instead: dict[str, Trees] = {}


@cache
def _shipped(name: str) -> Trees:
    return parse(files("index.models").joinpath(f"{name}.txt").read_text("utf-8"))


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
    child: list[int] = []
    roots = []
    deepest = 0
    for line in lines[1:]:
        roots.append(len(feature))
        open_branches: list[int] = []
        for node in line.split():
            number = len(feature)
            if number > roots[-1]:
                parent = open_branches[-1]
                if child[2 * parent] < 0:
                    child[2 * parent] = number
                else:
                    child[2 * parent + 1] = number
                    open_branches.pop()
            column, split, limit = node.partition("<=")
            feature.append(int(column) if split else 0)
            threshold.append(float(limit) if split else np.inf)
            value.append(0.0 if split else float(column))
            child.extend((-1, -1) if split else (number, number))
            if split:
                open_branches.append(number)
        deepest = max(deepest, _depth(child, roots[-1]))
    return Trees(
        names,
        np.array(feature, np.intp),
        np.array(threshold),
        np.array(child, np.intp),
        np.array(value),
        np.array(roots, np.intp),
        deepest,
    )


def _depth(child: list[int], root: int) -> int:
    level, steps = [root], 0
    while level := [after for node in level for after in child[2 * node : 2 * node + 2] if after != node]:
        steps += 1
    return steps
