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
from index.engines.blocks import Block, Dictionary
from index.model import Passage

_DEAD = 1 / 3
"""A file with more than this share in blocks of sources gone is packed anew without them."""
_GROWN = 2
"""And one that has so many times the blocks it was packed with, if they are enough for a dictionary."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """
    The blocks of one committed state, in order, behind the dictionary that the file begins with.

    file        the name of the file they are in; it changes when it is packed anew
    dictionary  bytes of the dictionary, 0 when there is none
    packed      how many blocks were packed when the dictionary was taken from them
    after       the number of the next row: every passage that was ever added has one of its own
    firsts      the number of each block's first row
    ends        where each block ends in the file
    """

    file: str
    dictionary: int
    packed: int
    after: int
    firsts: Numbers
    ends: Numbers

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def size(self) -> int:
        """Bytes of the file that belong to this state; what lies behind was never committed."""
        return int(self.ends[-1]) if len(self) else self.dictionary

    @property
    def lengths(self) -> Numbers:
        return np.diff(self.ends, prepend=self.dictionary)

    def bounds(self, block: int) -> tuple[int, int]:
        return int(self.ends[block - 1]) if block else self.dictionary, int(self.ends[block])

    def written(self) -> bytes:
        told = f"{self.file} {self.dictionary} {self.packed} {self.after}\n".encode("ascii")
        gaps = [np.diff(column, prepend=0).astype("<i8").tobytes() for column in (self.firsts, self.ends)]
        return zstandard.compress(b"".join([told, *gaps]))


NO_BLOCKS = Blocks("rows.0", 0, 0, 0, np.empty(0, np.int64), np.empty(0, np.int64))


def read_blocks(stored: bytes) -> Blocks:
    told, _, columns = zstandard.decompress(stored).partition(b"\n")
    file, *numbers = told.decode("ascii").split()
    dictionary, packed, after = map(int, numbers)
    firsts, ends = np.frombuffer(columns, "<i8").reshape(2, -1).cumsum(axis=1)
    return Blocks(file, dictionary, packed, after, firsts, ends)


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

    def __init__(self, path: Path, held: Blocks) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        if os.fstat(self._descriptor).st_size < held.size:
            raise ValueError(f"{path.name} 不完整")
        self.dictionary = Dictionary(self.read(0, held.dictionary))

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

    def read(self, numbers: Sequence[int]) -> list[Passage]:
        """
        Return the passages with these numbers, in their order; each block is unpacked once.

        Raises ValueError, LookupError or ZstdError when they are damaged.
        """
        held = np.searchsorted(self.blocks.firsts, numbers, side="right") - 1
        places = (numbers - self.blocks.firsts[held]).tolist()
        written: dict[int, bytes] = {}
        found = []
        for block, place in zip(held.tolist(), places, strict=True):
            if block not in written:
                written[block] = self.written(block)
            found.append(blocks.read(written[block], place))
        return found

    def written(self, block: int) -> bytes:
        """Return a block as it was before it was packed. Raises ValueError or ZstdError when it is damaged."""
        return self.file.dictionary.unpacked(self.file.read(*self.blocks.bounds(block)))


class RowWriter:
    """Appends to the file of the last committed state; what a killed writer left behind its end is cut off."""

    def __init__(self, generation: Path, held: Blocks) -> None:
        self._generation = generation
        self.held = held
        self.after = held.after
        self._file = _opened(generation / held.file, held.size)
        self._packer = RowFile(generation / held.file, held).dictionary.compressor()
        self._block = Block()
        self._firsts: list[int] = []
        self._lengths: list[int] = []

    def add(self, passage: Passage) -> int:
        """
        Add a passage and return its number.

        Raises UnicodeEncodeError or OSError.
        """
        self._block.add(passage)
        number, self.after = self.after, self.after + 1
        if self._block.characters >= blocks.CHARACTERS:
            self._close_block()
        return number

    def settle(self, living: Iterable[tuple[int, int]]) -> Blocks:
        """
        Bring everything to the disk and return what is to be committed.

        living  the numbers of the first and after the last row of each source that stays

        Raises OSError, or ValueError or ZstdError when what was there before is damaged.
        """
        self._close_block()
        held = self.held
        ends = held.size + np.cumsum(np.array(self._lengths, np.int64))
        firsts = np.concatenate([held.firsts, np.array(self._firsts, np.int64)])
        whole = Blocks(held.file, held.dictionary, held.packed, self.after, firsts, np.concatenate([held.ends, ends]))
        self._firsts, self._lengths = [], []
        alive = _alive(whole, living)
        dead = whole.lengths[~alive].sum() > whole.size * _DEAD
        if dead or len(whole) >= max(blocks.FEWEST, _GROWN * whole.packed):
            whole = self._pack(whole, alive)
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
            packed = self._packer.compress(self._block.written())
            self._file.write(packed)
            self._firsts.append(self.after - len(self._block))
            self._lengths.append(len(packed))
            self._block = Block()

    def _pack(self, whole: Blocks, alive: NDArray[np.bool_]) -> Blocks:
        """Pack the blocks that live into a new file, by a dictionary taken from all of them, and go on with that."""
        self._file.flush()
        rows = Rows(RowFile(self._generation / whole.file, whole), whole)
        kept = np.flatnonzero(alive).tolist()
        dictionary = blocks.dictionary_of(map(rows.written, blocks.some(kept)), len(kept))
        name = f"rows.{int(whole.file.rpartition('.')[2]) + 1}"
        packer = dictionary.compressor()
        with contextlib.ExitStack() as given_up:
            new = given_up.enter_context(_opened(self._generation / name, 0))
            new.write(dictionary.content)
            lengths = [new.write(packer.compress(rows.written(block))) for block in kept]
            given_up.pop_all()
        self._file.close()
        self._file, self._packer = new, packer
        size = len(dictionary.content)
        ends = size + np.cumsum(np.array(lengths, np.int64))
        return Blocks(name, size, len(kept), whole.after, whole.firsts[alive], ends)


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


def _alive(whole: Blocks, living: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    """Tell of each block whether a row of a living source may be in it."""
    starts, stops = np.array([range_ for range_ in living if range_[0] < range_[1]], np.int64).reshape(-1, 2).T
    marks = np.zeros(len(whole.firsts) + 1, np.int64)
    np.add.at(marks, np.searchsorted(whole.firsts, starts, side="right") - 1, 1)
    np.add.at(marks, np.searchsorted(whole.firsts, stops), -1)
    return marks[:-1].cumsum() > 0
