"""Times the stages of `ask()` while it answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from index import answer, confidence, contacts, dated, extraction, introduction, ranking, snippets
from index.answer import Archive
from index.engines.embedded import Opened

STAGES: dict[str, tuple[tuple[Any, str], ...]] = {
    "tokenise": ((answer, "read_question"), (answer, "correct"), (answer, "question_dates")),
    "rank": ((ranking, "find"), (ranking, "weigh"), (ranking, "rank"), (dated, "favour")),
    "pick": (
        (introduction, "of"),
        (contacts, "of"),
        (extraction, "read_closely"),
        (snippets, "cut"),
        (snippets, "whole_passages"),
    ),
    "refuse": ((confidence, "of"),),
}
"""
The functions that `ask()` calls, by stage. Within ranking it calls the engine: "search" finds candidates and counts how
many passages hold a term, "read" brings the candidates' texts, tags and citations.
"""


class Clock:
    """CPU milliseconds spent in each stage since `start`, what a stage calls of another one left out."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inner = [0.0]

    def start(self) -> None:
        self.spent = {}
        self._inner = [0.0]

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def run(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = time.thread_time()
            try:
                return function(*args, **named)
            finally:
                took = (time.thread_time() - began) * 1000
                self.spent[stage] = self.spent.get(stage, 0.0) + took - self._inner.pop()
                self._inner[-1] += took

        return run


@contextmanager
def watched(archive: Archive) -> Iterator[Clock]:
    """Put a clock around every stage while the context lasts."""
    clock = Clock()
    engine: Any = archive.engine
    places = [(stage, where, name) for stage, functions in STAGES.items() for where, name in functions]
    places += [("search", engine, "search"), ("search", engine, "document_frequencies"), ("read", Opened, "read")]
    before = [getattr(where, name) for _, where, name in places]
    try:
        for (stage, where, name), function in zip(places, before, strict=True):
            setattr(where, name, clock.timed(stage, function))
        yield clock
    finally:
        for (_, where, name), function in zip(places, before, strict=True):
            setattr(where, name, function)
