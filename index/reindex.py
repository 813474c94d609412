"""The only writer of the index: finds what changed under the given paths, reads it, and publishes it at once."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from index.engines import Location, cache_dir, open_builder, open_engine
from index.errors import (
    CorruptIndex,
    IndexingCancelled,
    IndexMismatch,
    NoIndex,
    NothingToIndex,
)
from index.intake import Intake, printable
from index.lexicon import counted, local_names
from index.model import (
    Builder,
    Engine,
    Progress,
    Reindexed,
    Rejected,
    Report,
    Resumable,
    ignore_progress,
)
from index.readers import list_sources
from index.readers.context import file_of
from index.tokens import Choice, Segmenter, check, open_segmenter

CHECK_IN_SECONDS = 30.0
"""How often a first build is committed aside: what a kill costs at most, beside the source it was reading."""


def run(
    paths: Sequence[Path],
    location: Location,
    *,
    full: bool = False,
    segmenter: Choice = "auto",
    lexicon: Sequence[str] = (),
    retracted: Collection[str] = (),
    report: Report = ignore_progress,
    cancelled: Callable[[], bool] = lambda: False,
) -> Reindexed:
    """
    Bring the index at `location` up to date with `paths`.

    Sources under `paths` that are gone are removed, all others stay. A source that cannot be read is skipped, and what
    was indexed of it before stays. A first or full build derives the local lexicon anew, adds `lexicon` and freezes it;
    a full one reads every source of the index again, under `paths` or not. The sources and article ids in `retracted`
    are left out, and removed if they are there.

    Large runs start worker processes, which import the main module again: a script calls this under
    `if __name__ == "__main__":`.

    Raises MissingPath, NothingToIndex, IndexBusy, IndexWriteFailed, IndexingCancelled, and unless `full` CorruptIndex
    and IndexMismatch; then the index is as it was.
    """
    started = time.monotonic()

    def go_on(progress: Progress | None = None) -> None:
        if progress is not None:
            report(progress)
        if cancelled():
            raise IndexingCancelled("建立索引已取消；原有的索引不受影响")

    go_on(Progress("listing", 0, None))
    found, ignored, unseen = list_sources(paths)
    with open_builder(location) as builder:
        old = _committed(location) if full else None
        if full or _outdated(builder, segmenter, retracted):
            builder.clear()
        known = old.manifest() if old else builder.manifest()
        found = [source for source in found if str(source) not in retracted]
        gone = _gone(known, paths, found, unseen) | (known.keys() & set(retracted))
        rest = known.keys() - gone - set(map(str, found)) if full else ()
        others = [name for name in rest if known[name].indexed or Path(name).is_file()]
        sources = sorted([*found, *map(Path, others)])
        meta = builder.meta
        if meta is not None:
            check(meta, segmenter)
        resumable = builder if not full and isinstance(builder, Resumable) else None

        def words() -> Segmenter:
            cache = cache_dir(location)
            if meta is not None:
                return open_segmenter(meta, segmenter, cache)
            names = local_names(_names(sources, go_on), Segmenter(segmenter, (), cache))
            return Segmenter(segmenter, [*names, *lexicon], cache)

        checked_in = time.monotonic()

        def begun(number: int, source: Path) -> None:
            nonlocal checked_in
            go_on(Progress("reading", number, len(sources), printable(source)))
            if resumable and time.monotonic() - checked_in > CHECK_IN_SECONDS:
                resumable.checkpoint(meta or intake.segmenter.meta)
                checked_in = time.monotonic()

        with Intake(builder, known, old, words, cache_dir(location), go_on, retracted) as intake:
            intake.stale = _sources_of(retracted, old or _committed(location)) if retracted else set()
            if meta is None and sources:
                _ = intake.segmenter
            if resumable and resumable.unfinished:
                intake.resume()
            for name in sorted(gone):
                intake.remove(name)
            intake.take(sources, begun)
            held = builder.manifest() if unseen else {}
            for entry in unseen:
                intake.note(entry.source, held.get(entry.source), ("", entry.reason))
            intake.settle()
        records = builder.manifest().values()
        passages = sum(record.passages for record in records)
        if not passages and not (intake.left_out or gone & set(retracted)):
            raise _nothing(paths, [*unseen, *intake.skipped])
        if intake.wrote:
            go_on(Progress("committing", 0, None))
            builder.commit(meta or intake.segmenter.meta)
    return Reindexed(
        added=intake.added,
        changed=intake.changed,
        removed=sum(known[name].indexed for name in gone),
        unchanged=intake.unchanged,
        articles=sum(record.articles for record in records),
        passages=passages,
        skipped=(*unseen, *intake.skipped),
        seconds=time.monotonic() - started,
        ignored=ignored,
        duplicates=sum(record.duplicates for record in records),
    )


def _outdated(builder: Builder, segmenter: Choice, retracted: Collection[str]) -> bool:
    """
    Tell whether a first build that was cut short was another version's, or cut words another way.

    With retractions it is, too: some may have come since, and what is unfinished cannot be searched for them.
    """
    if not isinstance(builder, Resumable) or not builder.unfinished:
        return False
    assert builder.meta is not None
    if retracted:
        return True
    try:
        check(builder.meta, segmenter)
    except IndexMismatch:
        return True
    return False


def _names(sources: Sequence[Path], go_on: Callable[[Progress], None]) -> Iterator[Counter[str]]:
    """Yield the names of each source; what cannot be read is reported when it is read for the index."""
    with contextlib.closing(counted(sources)) as names:
        for number, source in enumerate(sources):
            go_on(Progress("lexicon", number, len(sources), printable(source)))
            yield next(names)


def _sources_of(retracted: Collection[str], engine: Engine | None) -> set[str]:
    """Return the files that still hold one of these articles, or of these members of a container."""
    if engine is None:
        return set()
    files = engine.manifest()
    held = [engine.article(what) for what in retracted]
    standing = [passages[0].citation.source for passages in held if passages]
    return {file_of(source, files) for source in (*standing, *(what for what in retracted if "!" in what))}


def _committed(location: Location) -> Engine | None:
    try:
        return open_engine(location)
    except (NoIndex, CorruptIndex, IndexMismatch):
        return None


def _gone(known: Collection[str], paths: Sequence[Path], found: Sequence[Path], unseen: Sequence[Rejected]) -> set[str]:
    """Return the sources under `paths` that are not there any more; not those in a folder that could not be entered."""
    there = set(map(str, found))
    roots = [str(path.resolve()) for path in paths]
    closed = [entry.source for entry in unseen]
    return {name for name in known if name not in there and _under(name, roots) and not _under(name, closed)}


def _under(name: str, roots: Sequence[str]) -> bool:
    return any(name == root or name.startswith(root.rstrip("/") + "/") for root in roots)


def _nothing(paths: Sequence[Path], skipped: Sequence[Rejected]) -> NothingToIndex:
    names = "、".join(printable(path) for path in paths) or "给出的路径"
    if not skipped:
        return NothingToIndex(f"{names} 里没有可以建索引的文件；请放入报纸文本，或检查路径")
    first = skipped[0]
    return NothingToIndex(
        f"{names} 里没有可以建索引的文件（跳过 {len(skipped)} 个，如 {first.source}：{first.reason}）"
    )
