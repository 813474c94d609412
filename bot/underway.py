"""Lets other processes see how far a re-index is: a file in the index directory, locked for as long as it is true."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from bot import messages
from index.model import Progress, Report

NAME = "progress.json"
_SECONDS = 0.5
"""The least time between two entries of one stage."""

_WIDTH = 120
"""Every entry is as long as any other, so that none is read half."""


@contextlib.contextmanager
def announced(directory: Path, report: Report) -> Iterator[Report]:
    """
    Yield a Report that tells other processes as well as `report`.

    A directory that does not take the file, or in which another process announces, is no reason not to index.
    """
    board = _Board(directory / NAME)

    def tell(progress: Progress) -> None:
        board.show(progress)
        report(progress)

    try:
        yield tell
    finally:
        board.close()


def under_way(directory: Path) -> Progress | None:
    """Return how far the re-index is that some process is at; None when none is, or it was killed."""
    with contextlib.suppress(OSError, ValueError, KeyError), (directory / NAME).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            told = json.loads(file.read(_WIDTH))
            return Progress(told["stage"], told["done"], told["total"])
    return None


def describe(progress: Progress | None, rate: float = 0.0) -> str:
    """Return one line on how far a re-index is, "" for none; `rate` in sources a second, when it is known."""
    if progress is None:
        return ""
    stage, done = messages.STAGES[progress.stage], f"{progress.done:,}"
    if progress.total is None or progress.stage != "reading":
        return messages.REINDEX_PROGRESS.format(stage=stage, done=done if progress.done else "").strip()
    told = messages.REINDEX_PROGRESS_OF.format(stage=stage, done=done, total=f"{progress.total:,}")
    return told + messages.REINDEX_RATE.format(rate=f"{rate:,.0f}") if rate else told


class _Board:
    """The file, once it could be taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._stage = ""
        self._shown_at = 0.0

    def show(self, progress: Progress) -> None:
        if progress.stage == self._stage and time.monotonic() - self._shown_at < _SECONDS:
            return
        self._stage, self._shown_at = progress.stage, time.monotonic()
        with contextlib.suppress(OSError):
            if self._file is None:
                self._file = self._take()
            told = {"stage": progress.stage, "done": progress.done, "total": progress.total}
            os.pwrite(self._file, json.dumps(told).ljust(_WIDTH).encode(), 0)

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(self._file)

    def _take(self) -> int:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise
        return file
