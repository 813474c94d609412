"""Writes what the readers understood of given files as JSONL, the archive's own form, to be checked and kept."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.errors import BadPaperFile, NothingToIndex, TargetExists, UnreadableSource
from index.model import Article, Progress, Rejected, Report, ignore_progress
from index.readers import context_for, jsonl, list_sources, reader_for
from index.readers.entry import fields_of


@dataclass(frozen=True, slots=True)
class Exported:
    """
    What an export wrote.

    sources  files that gave at least one article
    skipped  what could not be read, or is there twice
    flags    articles of which a reader was unsure
    """

    sources: int
    articles: int
    flags: int
    skipped: tuple[Rejected, ...]
    ignored: int


def export(paths: Sequence[Path], target: Path, *, force: bool = False, report: Report = ignore_progress) -> Exported:
    """
    Write an article a line to `target`, all at once or not at all; of articles with the same id the first.

    Indexing the file gives the same ids, titles, dates and sections as indexing `paths`. `target` itself is not read.

    Raises TargetExists unless `force`, MissingPath, and NothingToIndex when no article was found.
    """
    if target.exists() and not force:
        raise TargetExists(f"{target}：已经有这个文件；要覆盖它请加 --force，或换一个文件名")
    report(Progress("listing", 0, None))
    found, ignored, unseen = list_sources(paths)
    sources = [source for source in found if source != target.resolve()]
    skipped = list(unseen)
    giving: set[Path] = set()
    flags = 0
    ids: dict[str, str] = {}
    with _replacing(target) as file:
        for number, source in enumerate(sources):
            report(Progress("reading", number, len(sources), str(source)))
            for entry in _entries(source):
                if isinstance(entry, Article):
                    entry = _write(entry, file, ids)
                if isinstance(entry, Rejected):
                    skipped.append(entry)
                    continue
                giving.add(source)
                flags += bool(entry.flags)
        if not ids:
            raise NothingToIndex(_nothing(paths, skipped))
    return Exported(len(giving), len(ids), flags, tuple(skipped), ignored)


def _entries(source: Path) -> Iterator[Article | Rejected]:
    """Yield what a file's reader yields; that the file cannot be read is an entry too."""
    reader = reader_for(source)
    if reader is None:
        return
    name = str(source).encode("utf-8", "backslashreplace").decode()
    try:
        yield from reader.read(source, context_for(source))
    except UnreadableSource as error:
        yield Rejected(name, error.reason)
    except (BadPaperFile, UnicodeError) as error:
        yield Rejected(name, str(error))
    except OSError as error:
        yield Rejected(name, f"打不开（{error.strerror or error}）；请检查文件和权限")


def _write(article: Article, file: BinaryIO, ids: dict[str, str]) -> Article | Rejected:
    """Write an article unless it is there already, or longer than a line may be; return it, or why not."""
    line = json.dumps(fields_of(article), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    if article.id in ids:
        return Rejected(article.source, f"《{article.title}》与 {ids[article.id]} 里的是同一篇，只留了前一份")
    if len(line) > jsonl.LONGEST_LINE:
        return Rejected(article.source, f"《{article.title}》太长，放不进一行；请检查原文")
    ids[article.id] = article.source
    file.write(line)
    return article


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the target's place when the block ends well."""
    aside = target.with_name(f".{target.name}.new")
    try:
        with aside.open("wb") as file:
            yield file
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _nothing(paths: Sequence[Path], skipped: Sequence[Rejected]) -> str:
    names = "、".join(map(str, paths))
    if not skipped:
        return f"{names} 里没有能读的文件；请检查路径"
    return f"{names} 里没有读出文章（跳过 {len(skipped)} 处，如 {skipped[0].source}：{skipped[0].reason}）"
