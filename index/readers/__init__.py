"""Lists the sources under given paths and says which reader reads each: a new format is a module and a line here."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.errors import MissingPath
from index.model import Reader, Rejected
from index.readers import jsonl, markdown, textpage
from index.readers.context import PAPER_FILE, context_for

__all__ = ["READERS", "context_for", "list_sources", "reader_for"]

READERS: Mapping[str, Reader] = {
    ".txt": textpage,
    ".md": markdown,
    ".markdown": markdown,
    ".jsonl": jsonl,
    ".ndjson": jsonl,
}


def reader_for(path: Path) -> Reader | None:
    """Return the reader for the file's suffix; None for unknown suffixes and README files."""
    if path.name.upper().startswith("README"):
        return None
    return READERS.get(path.suffix.lower())


def list_sources(paths: Sequence[Path]) -> tuple[list[Path], int, list[Rejected]]:
    """
    Return the files under `paths` that have a reader, how many others there are, and what could not be looked at.

    The files are absolute, resolved and sorted. Hidden files and folders below a given path are passed over; each
    folder is entered once however it is linked.

    Raises MissingPath.
    """
    found: set[Path] = set()
    ignored: set[Path] = set()
    rejected: list[Rejected] = []
    folders: set[tuple[int, int]] = set()
    waiting = []
    for path in paths:
        try:
            waiting.append(path.resolve(strict=True))
        except (OSError, RuntimeError, ValueError) as error:
            raise MissingPath(f"{path}：没有这个文件或文件夹，或者打不开；请检查路径和权限") from error
    while waiting:
        path = waiting.pop()
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) not in folders:
                    folders.add((status.st_dev, status.st_ino))
                    waiting.extend(entry for entry in path.iterdir() if not entry.name.startswith("."))
            elif reader_for(path.resolve()) is None:
                if path.name != PAPER_FILE:
                    ignored.add(path.resolve())
            elif stat.S_ISREG(status.st_mode):
                found.add(path.resolve())
            else:
                rejected.append(Rejected(str(path), "不是普通文件（管道、设备或套接字）"))
        except OSError as error:
            if path.is_symlink() and reader_for(path) is None:
                ignored.add(path)
            else:
                rejected.append(Rejected(str(path), _why(path, error)))
    return sorted(found), len(ignored), sorted(rejected, key=lambda entry: entry.source)


def _why(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "链接指向的文件不存在，或链接绕成了圈；请修复或删除它"
    return f"打不开（{error.strerror or error}）；请检查权限"
