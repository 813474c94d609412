"""The file that holds a generation's passages in blocks: appended to by the writer, read at any committed state."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray

from index.engines import blocks
from index.engines.blocks import Block
from index.engines.wordbook import CODEC, Wordbook, WordCoder
from index.model import Passage

_DEAD = 1 / 3
"""A file with more than this share in blocks of sources gone is written anew without them."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """
    The blocks of one committed state, in order.

    file    the name of the file they are in; it changes when it is written anew
    after   the number of the next row: every passage that was ever added has one of its own
    firsts  the number of each block's first row
    ends    where each block ends in the file
    """

    file: str
    after: int
    firsts: Numbers
    ends: Numbers

    @property
    def size(self) -> int:
        """Bytes of the file that belong to this state; what lies behind was never committed."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def written(self) -> bytes:
        told = f"{self.file} {self.after}\n".encode("ascii")
        gaps = [np.diff(column, prepend=0).astype("<i8").tobytes() for column in (self.firsts, self.ends)]
        return zstandard.compress(b"".join([told, *gaps]))


NO_BLOCKS = Blocks("rows.0", 0, np.empty(0, np.int64), np.empty(0, np.int64))


def read_blocks(stored: bytes) -> Blocks:
    told, _, columns = zstandard.decompress(stored).partition(b"\n")
    file, after = told.decode("ascii").split()
    firsts, ends = np.frombuffer(columns, "<i8").reshape(2, -1).cumsum(axis=1)
    return Blocks(file, int(after), firsts, ends)


def write_words(entries: Sequence[str]) -> bytes:
    return zstandard.compress("\n".join(entries).encode(CODEC))


def read_words(stored: bytes) -> Wordbook:
    """Return the words of a committed state, none when there is nothing stored."""
    return Wordbook(zstandard.decompress(stored).decode(CODEC) if stored else "")


def clean(generation: Path, held: Blocks) -> None:
    """Remove the files that the committed state does not name; readers that hold one open go on reading it."""
    for file in generation.glob("rows.*"):
        if file.name != held.file:
            file.unlink()


class RowFile:
    """
    A file held open, also when its name is gone; closed when the last state that reads it is given up.

    Raises ValueError when it is shorter than a state says.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        if os.fstat(self._descriptor).st_size < size:
            raise ValueError(f"{path.name} 不完整")

    def read(self, start: int, end: int) -> bytes:
        """Raises ValueError when the file is too short."""
        found = os.pread(self._descriptor, end - start, start)
        if len(found) != end - start:
            raise ValueError(f"{self.path.name} 不完整")
        return found


@dataclass(frozen=True, slots=True)
class Rows:
    """The passages of one committed state."""

    file: RowFile
    blocks: Blocks
    book: Wordbook

    def read(self, numbers: Sequence[int]) -> list[Passage]:
        """
        Return the passages with these numbers, in their order; each block is unpacked once.

        Raises ValueError or LookupError when they are damaged.
        """
        of_block: dict[int, list[int]] = {}
        for at, block in enumerate((np.searchsorted(self.blocks.firsts, numbers, side="right") - 1).tolist()):
            of_block.setdefault(block, []).append(at)
        found: dict[int, blocks.Row] = {}
        for block, wanted in of_block.items():
            first = int(self.blocks.firsts[block])
            places = [numbers[at] - first for at in wanted]
            found.update(zip(wanted, blocks.unpacked(self._packed(block), places), strict=True))
        return blocks.passages([found[at] for at in range(len(numbers))], self.book)

    def _packed(self, block: int) -> bytes:
        start = int(self.blocks.ends[block - 1]) if block else 0
        return self.file.read(start, int(self.blocks.ends[block]))


class RowWriter:
    """Appends to the file of the last committed state; what a killed writer left behind its end is cut off."""

    def __init__(self, generation: Path, held: Blocks, book: Wordbook) -> None:
        self._generation = generation
        self.held = held
        self._coder = WordCoder(book)
        self._known_words = len(book.entries)
        self._block = Block(self._coder)
        self._firsts: list[int] = []
        self._lengths: list[int] = []
        self.after = held.after
        self._file = _opened(generation / held.file, held.size)

    def add(self, passage: Passage) -> int:
        """
        Add a passage and return its number.

        Raises UnicodeEncodeError or OSError.
        """
        self._block.add(passage)
        number, self.after = self.after, self.after + 1
        if self._block.words >= blocks.WORDS:
            self._close_block()
        return number

    def book(self) -> Wordbook:
        return Wordbook("\n".join(self._coder.entries))

    def new_words(self) -> bytes | None:
        """Return all words as they are to be committed with what was settled, None when there are no new ones."""
        known, self._known_words = self._known_words, len(self._coder.entries)
        return write_words(self._coder.entries) if self._known_words > known else None

    def settle(self, living: Iterable[tuple[int, int]]) -> Blocks:
        """
        Bring everything to the disk and return what is to be committed.

        living  the numbers of the first and after the last row of each source that stays

        Raises OSError.
        """
        self._close_block()
        held = self.held
        ends = held.size + np.cumsum(np.array(self._lengths, np.int64))
        whole = Blocks(held.file, self.after, _joined(held.firsts, self._firsts), _joined(held.ends, ends))
        self._firsts, self._lengths = [], []
        alive = _alive(whole, living)
        if _lengths(whole)[~alive].sum() > whole.size * _DEAD:
            whole = self._compact(whole, alive)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.held = whole
        return whole

    def close(self) -> None:
        """Close the file without what was added since it was last settled."""
        with contextlib.suppress(OSError):
            self._file.truncate(self.held.size)
        with contextlib.suppress(OSError):
            self._file.close()

    def _close_block(self) -> None:
        if len(self._block):
            packed = self._block.packed()
            self._file.write(packed)
            self._firsts.append(self.after - len(self._block))
            self._lengths.append(len(packed))
            self._block = Block(self._coder)

    def _compact(self, whole: Blocks, alive: NDArray[np.bool_]) -> Blocks:
        """Copy the blocks that live to a new file and go on with that."""
        self._file.flush()
        name = f"rows.{int(whole.file.rpartition('.')[2]) + 1}"
        lengths = _lengths(whole)
        new = _opened(self._generation / name, 0)
        for end, length in zip(whole.ends[alive].tolist(), lengths[alive].tolist(), strict=True):
            self._file.seek(end - length)
            new.write(self._file.read(length))
        self._file.close()
        self._file = new
        return Blocks(name, whole.after, whole.firsts[alive], np.cumsum(lengths[alive]))


def _opened(path: Path, size: int) -> BufferedRandom:
    """Open a file to be written behind its first `size` bytes."""
    there = path.exists()
    file = path.open("r+b" if there else "w+b")
    file.truncate(size)
    file.seek(size)
    if not there:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return file


def _joined(column: Numbers, more: Iterable[int] | Numbers) -> Numbers:
    return np.concatenate([column, np.array(more, np.int64)])


def _lengths(whole: Blocks) -> Numbers:
    return np.diff(whole.ends, prepend=0)


def _alive(whole: Blocks, living: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    """Tell of each block whether a row of a living source may be in it."""
    starts, stops = np.array([range_ for range_ in living if range_[0] < range_[1]], np.int64).reshape(-1, 2).T
    marks = np.zeros(len(whole.firsts) + 1, np.int64)
    np.add.at(marks, np.searchsorted(whole.firsts, starts, side="right") - 1, 1)
    np.add.at(marks, np.searchsorted(whole.firsts, stops), -1)
    return marks[:-1].cumsum() > 0
