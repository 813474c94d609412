"""Reads the files in .zip, .tar, .tar.gz and .gz: each from a temporary copy that keeps its place among the others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index import readers
from index.errors import BadPaperFile, UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import unpack
from index.readers.context import PAPER_FILE, context_for, source_name
from index.readers.unpack import Budget

DEPTH = 3
"""Containers within one another at most, the outermost counted."""


def claims(head: bytes) -> bool:
    """Tell whether a file begins as one of these containers does; a Word document, a zip too, is none."""
    return unpack.kind_of(head) != "" and not unpack.is_document(head)


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield what the members' readers yield, in the order of their paths, under the name "container!member".

    Members are passed over as files in a folder would be: hidden ones, unknown suffixes, READMEs. What may not be
    unpacked, or cannot be read, is rejected by its name, and the rest is read.

    Raises UnreadableSource when the container cannot be opened, or nothing in it can be unpacked.
    """
    yield from _read(source, context, Budget(), 1)


def _read(source: Path, context: ReadContext, budget: Budget, depth: int) -> Iterator[Article | Rejected]:
    name = source_name(source, context)
    with tempfile.TemporaryDirectory(prefix="wenbao-", ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        members: list[str] = []
        refused: list[Rejected] = []
        for member in unpack.unpack(source, root, budget, _wanted):
            if isinstance(member, Rejected):
                refused.append(replace(member, source=f"{name}!{member.source}" if member.source else name))
            elif member.rpartition("/")[2] != PAPER_FILE:
                members.append(member)
        if not members:
            reason = refused[0].reason if refused else "里面没有能读的文件；请检查内容"
            raise UnreadableSource(str(source), reason if len(refused) < 2 else f"{reason}（共 {len(refused)} 处）")
        yield from refused
        for member in sorted(members, key=lambda member: member.split("/")):
            yield from _member(root, member, name, context, budget, depth)


def _wanted(member: str) -> bool:
    """Tell whether a member is unpacked: it has a reader, or says what is in its folder."""
    *folders, file = member.split("/")
    if any(part.startswith(".") or part == "__MACOSX" for part in (*folders, file)):
        return False
    return file == PAPER_FILE or readers.reader_named(file) is not None


def _member(
    root: Path, member: str, name: str, context: ReadContext, budget: Budget, depth: int
) -> Iterator[Article | Rejected]:
    """Yield what one member's reader yields; what is wrong with it is said of the member, not of its copy."""
    copy, named = root / member, f"{name}!{member}"

    def said(reason: str) -> str:
        return reason.replace(str(copy), named).replace(f"{root}/", f"{name}!")

    reader = readers.reader_for(copy)
    if reader is None:
        return
    try:
        own = replace(context_for(copy, root, context), name=named)
        if reader is not readers.container:
            entries = reader.read(copy, own)
        elif depth < DEPTH:
            entries = _read(copy, own, budget, depth + 1)
        else:
            yield Rejected(named, f"压缩包套了 {DEPTH} 层以上，没有再解开；请解开后重新打包")
            return
        for entry in entries:
            yield replace(entry, source=said(entry.source)) if isinstance(entry, Rejected) else entry
    except UnreadableSource as error:
        yield Rejected(said(error.source), said(error.reason))
    except (BadPaperFile, UnicodeError) as error:
        yield Rejected(named, said(str(error)))
    except OSError as error:
        yield Rejected(named, f"打不开（{error.strerror or error}）")
    finally:
        if reader is readers.container:
            copy.unlink(missing_ok=True)
