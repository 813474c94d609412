"""The learned weights: those in index/models, or others put in their place for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")


def load(name: str, parse: Callable[[str], T]) -> T:
    """Return what `parse` makes of index/models/{name}.txt, or what `using` put in its place."""
    found: T = _instead[name] if name in _instead else _shipped(name, parse)
    return found


@contextmanager
def using(others: Mapping[str, object]) -> Iterator[None]:
    """Put other weights in the place of the shipped ones: for scores out of fold. Not for several threads."""
    before = dict(_instead)
    _instead.update(others)
    try:
        yield
    finally:
        _instead.clear()
        _instead.update(before)


_instead: dict[str, Any] = {}


@cache
def _shipped(name: str, parse: Callable[[str], Any]) -> Any:
    return parse(files("index.models").joinpath(f"{name}.txt").read_text("utf-8"))
