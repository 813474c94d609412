"""Lists the sources under given paths and says which reader reads each: a new format is a module and a line here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from index.errors import BadPaperFile, MissingPath, UnreadableSource
from index.model import Article, Reader, Rejected
from index.readers import (
    container,
    docx,
    epaper,
    feed,
    jsonarray,
    jsonl,
    markdown,
    pdf,
    scan,
    textpage,
    trs,
    unsupported,
)
from index.readers.context import PAPER_FILE, context_for

__all__ = ["READERS", "articles_of", "context_for", "list_sources", "reader_for", "reader_named"]

READERS: Mapping[str, Reader] = {
    ".txt": textpage,
    ".md": markdown,
    ".markdown": markdown,
    ".jsonl": jsonl,
    ".ndjson": jsonl,
    ".json": jsonarray,
    ".zip": container,
    ".tar": container,
    ".tgz": container,
    ".gz": container,
    ".htm": epaper,
    ".html": epaper,
    ".shtml": epaper,
    ".xml": feed,
    ".rss": feed,
    ".atom": feed,
    ".trs": trs,
    ".pdf": pdf,
    ".docx": docx,
    ".jpg": scan,
    ".jpeg": scan,
    ".png": scan,
    ".tif": scan,
    ".tiff": scan,
}
"""
Each suffix with its reader. A reader whose files can be told by how they begin says so in
`claims(head: bytes) -> bool`, given the first HEAD bytes: it then reads them whatever their name. No two readers claim
the same file.
"""

HEAD = 4096

_Kind = Literal["folder", "file", "other"]


def reader_named(name: str) -> Reader | None:
    """Return the reader for a file name's suffix; None for unknown suffixes and README files."""
    if name[:6].upper() == "README":
        return None
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122  ten times as fast as a Path for each file of an archive
    return READERS.get(suffix) or (unsupported if suffix in unsupported.ADVICE else None)


def reader_for(path: Path) -> Reader | None:
    """
    Return the reader for a file whose suffix is known: the one its content belongs to, else the suffix's own.

    None for unknown suffixes and README files. A file that cannot be opened is left to its suffix's reader to name.
    """
    named = reader_named(path.name)
    if named is None:
        return None
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError):
        return named
    return next((reader for reader in (named, *READERS.values(), unsupported) if _claims(reader, head)), named)


def articles_of(source: Path) -> Iterator[Article]:
    """Yield the articles of a file that can be read; what cannot is passed over, and so is a file nobody reads."""
    reader = reader_for(source)
    if reader is None:
        return
    try:
        for entry in reader.read(source, context_for(source)):
            if isinstance(entry, Article):
                yield entry
    except (UnreadableSource, BadPaperFile, UnicodeError, OSError):
        return


def list_sources(paths: Sequence[Path]) -> tuple[list[Path], int, list[Rejected]]:
    """
    Return the files under `paths` that have a reader, how many others there are, and what could not be looked at.

    The files are absolute, resolved and sorted. Hidden files and folders below a given path are passed over; each
    folder is entered once however it is linked. No file is opened.

    Raises MissingPath.
    """
    found: set[str] = set()
    ignored: set[str] = set()
    rejected: list[Rejected] = []
    entered: set[tuple[int, int]] = set()
    waiting = [_given(path) for path in paths]
    while waiting:
        path, kind = waiting.pop()
        name = path.rpartition("/")[2]
        if kind == "folder":
            try:
                status = os.stat(path)  # noqa: PTH116
                if (status.st_dev, status.st_ino) not in entered:
                    entered.add((status.st_dev, status.st_ino))
                    waiting.extend(_inside(path, rejected))
            except OSError as error:
                rejected.append(Rejected(path, f"打不开（{error.strerror or error}）；请检查权限"))
        elif reader_named(name) is None:
            if name != PAPER_FILE:
                ignored.add(path)
        elif kind == "file":
            found.add(path)
        else:
            rejected.append(Rejected(path, "不是普通文件（管道、设备或套接字）"))
    in_order = sorted(found, key=lambda path: path.split("/"))
    return list(map(Path, in_order)), len(ignored), sorted(rejected, key=lambda entry: entry.source)


def _claims(reader: Reader, head: bytes) -> bool:
    claims = getattr(reader, "claims", None)
    return claims is not None and bool(claims(head))


def _given(path: Path) -> tuple[str, _Kind]:
    try:
        return _followed(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise MissingPath(f"{path}：没有这个文件或文件夹，或者打不开；请检查路径和权限") from error


def _followed(path: str) -> tuple[str, _Kind]:
    """Return where a path leads, links resolved, and what is there."""
    resolved = str(Path(path).resolve(strict=True))
    mode = os.stat(resolved).st_mode  # noqa: PTH116
    return resolved, "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


def _inside(folder: str, rejected: list[Rejected]) -> Iterator[tuple[str, _Kind]]:
    """Yield what is visible in a resolved folder; only links cost a look at the file itself."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_symlink():
                folder_or_other: _Kind = "folder" if entry.is_dir(follow_symlinks=False) else "other"
                yield entry.path, "file" if entry.is_file(follow_symlinks=False) else folder_or_other
                continue
            try:
                yield _followed(entry.path)
            except (OSError, RuntimeError):
                if reader_named(entry.name) is None:
                    yield entry.path, "other"
                else:
                    rejected.append(Rejected(entry.path, "链接指向的文件不存在，或链接绕成了圈；请修复或删除它"))
