"""Opens the engine that a location names, for reading or for writing."""

from __future__ import annotations

from pathlib import Path

from index.engines import embedded, storage, writer
from index.model import Builder, Engine


def open_engine(location: str | Path) -> Engine:
    """
    Return the committed state of the index at `location`, a directory.

    Raises NoIndex, CorruptIndex or IndexMismatch.
    """
    return embedded.EmbeddedEngine(Path(location))


def open_builder(location: str | Path) -> Builder:
    """Return the writer for the index at `location`; it takes hold of it when its context is entered."""
    return writer.EmbeddedBuilder(Path(location))


def cache_dir(location: str | Path) -> Path:
    """Return where a segmenter may cache beside the index at `location`; a full rebuild leaves it alone."""
    return Path(location) / storage.CACHE
