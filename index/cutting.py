"""Cuts articles into indexed passages and takes their fingerprints, in worker processes once there is enough to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from index import workers
from index.duplicates import PRINTING, Printing, fingerprints, printed
from index.model import Article, IndexedPassage
from index.passages import Piece, Written, cut_up, put_together, written
from index.tokens import Segmenter

Item = TypeVar("Item")


class Cut(NamedTuple):
    """
    What became of an article; of anything else, nothing.

    printing  what it is recognised by
    error     why it cannot be cut
    """

    passages: Sequence[IndexedPassage] = ()
    printing: Printing | None = None
    error: Exception | None = None


_Sent = tuple[list[list[Piece] | Exception], bytes]
"""Cuts on their way: each article's pieces, and the rows of all fingerprints; the receiver has the articles."""

_ALONE = 4_000
"""Passages cut before workers are started: starting them takes a second or two, jieba's dictionary read in each."""
_CHARACTERS = 20_000
"""In one batch, some 150 passages: sending it takes a hundredth of what cutting it does."""
_AHEAD = 4
"""Batches read ahead for each worker; what bounds the memory, whatever the archive's size."""


class Cutting:
    """
    Workers that cut what the one writer will take next. Without a second processor it cuts by itself.

    segmenter  called when the first article comes
    many       how many workers; None for one a processor
    """

    def __init__(self, segmenter: Callable[[], Segmenter], cache_dir: Path | None, many: int | None = None) -> None:
        self._segmenter = segmenter
        self._cache_dir = cache_dir
        self._workers = workers.processors() if many is None else many
        self._pool: ProcessPoolExecutor | None = None
        self._cut_alone = 0

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def cut(self, items: Iterable[Item]) -> Iterator[tuple[Item, Cut]]:
        """Yield every item in order, an article with what became of it, anything else with Cut()."""
        coming = iter(items)
        for item in coming:
            found = self._alone(item)
            yield item, found
            self._cut_alone += len(found.passages)
            if self._cut_alone >= _ALONE and self._workers > 1:
                break
        waiting: deque[tuple[Sequence[Item], Future[_Sent] | None]] = deque()
        for batch in _batches(coming):
            waiting.append((batch, self._submit([item for item in batch if isinstance(item, Article)])))
            if len(waiting) > self._workers * _AHEAD:
                yield from self._result(*waiting.popleft())
        while waiting:
            yield from self._result(*waiting.popleft())

    def _submit(self, articles: list[Article]) -> Future[_Sent] | None:
        if not articles or self._workers < 2:
            return None
        if self._pool is None:
            segmenter = self._segmenter()
            self._pool = workers.pool(self._workers, _begin, (segmenter.name, segmenter.lexicon, self._cache_dir))
        try:
            return self._pool.submit(_cut_all, list(map(written, articles)))
        except BrokenProcessPool:
            return None

    def _result(self, batch: Sequence[Item], future: Future[_Sent] | None) -> Iterator[tuple[Item, Cut]]:
        """A worker that was killed, for want of memory perhaps, leaves its work to this process."""
        cuts = None
        if future is not None:
            try:
                cuts = _received([item for item in batch if isinstance(item, Article)], future.result())
            except BrokenProcessPool:
                self._workers = 1
        for item in batch:
            if cuts is not None and isinstance(item, Article):
                yield item, next(cuts)
            else:
                yield item, self._alone(item)

    def _alone(self, item: object) -> Cut:
        if not isinstance(item, Article):
            return Cut()
        return next(_received([item], _cut([written(item)], self._segmenter())))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    characters = 0
    for item in items:
        batch.append(item)
        # What is no article costs nothing to send, and is not kept for ever either.
        characters += sum(len(one.text) for one in item.paragraphs) if isinstance(item, Article) else 50
        if characters >= _CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _cut(articles: Sequence[Written], segmenter: Segmenter) -> _Sent:
    """Return what becomes of each article; all are cut at once unless one of them cannot be."""
    try:
        pieces = cut_up(articles, segmenter)
        return [*pieces], fingerprints(["".join(paragraphs) for _, paragraphs in articles]).tobytes()
    except (UnicodeError, OSError) as error:
        if len(articles) == 1:
            return [error], np.zeros(1, PRINTING).tobytes()
        found, rows = zip(*[_cut([one], segmenter) for one in articles], strict=True)
        return list(chain(*found)), b"".join(rows)


def _received(articles: Sequence[Article], sent: _Sent) -> Iterator[Cut]:
    found, rows = sent
    printings = printed(articles, np.frombuffer(bytearray(rows), PRINTING))
    for article, pieces, printing in zip(articles, found, printings, strict=True):
        if isinstance(pieces, Exception):
            yield Cut(error=pieces)
        else:
            yield Cut(put_together(article, pieces), printing)


_segmenter: Segmenter
"""A worker's own."""


def _begin(name: str, lexicon: Sequence[str], cache_dir: Path | None) -> None:
    global _segmenter
    _segmenter = Segmenter("rjieba" if name == "rjieba" else "jieba", lexicon, cache_dir)


def _cut_all(articles: Sequence[Written]) -> _Sent:
    return _cut(articles, _segmenter)
