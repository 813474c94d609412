"""Processes of our own that take work off the one that writes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BETWEEN = 100_000
"""Objects that a worker makes before it looks for cycles among them: it makes many and leaves next to no cycles."""
_PARTS = 100
"""Into which a long list is divided at most, so that no worker is left with much when the others are done."""


def pool(many: int, begin: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()) -> ProcessPoolExecutor:
    """
    Return processes that import the main module again; each calls `begin` first.

    They end with the process that started them, and leave Ctrl-C to that.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(many, context, _begin, (begin, arguments))


def each(does: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield what `does` returns of each item, in order; what workers that were killed leave undone is done here."""
    done = 0
    many = min(processors(), len(items))
    if many > 1:
        workers = pool(many)
        try:
            for result in workers.map(does, items, chunksize=-(-len(items) // _PARTS)):
                done += 1
                yield result
        except BrokenProcessPool:
            pass
        finally:
            workers.shutdown(cancel_futures=True)
    yield from map(does, items[done:])


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(begin: Callable[..., None] | None, arguments: Iterable[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(_BETWEEN)
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
