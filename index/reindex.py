"""The only writer of the index: finds what changed under the given paths, reads it, and publishes it at once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from index.engines import cache_dir, open_builder, open_engine
from index.errors import (
    BadPaperFile,
    CorruptIndex,
    IndexingCancelled,
    IndexMismatch,
    NoIndex,
    NothingToIndex,
    UnreadableSource,
)
from index.lexicon import local_names
from index.model import (
    Article,
    Builder,
    Engine,
    IndexedPassage,
    Passage,
    Progress,
    ReadContext,
    Reindexed,
    Rejected,
    Report,
    SourceRecord,
    ignore_progress,
)
from index.normalize import fold
from index.passages import split
from index.readers import context_for, list_sources, reader_for
from index.tokens import Choice, Segmenter, bigrams, check, index_words, open_segmenter, pack, unpack


def run(
    paths: Sequence[Path],
    location: str | Path,
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
        if full:
            builder.clear()
        known = old.manifest() if old else builder.manifest()
        found = [source for source in found if str(source) not in retracted]
        gone = _gone(known, paths, found, unseen) | (known.keys() & set(retracted))
        others = known.keys() - gone - set(map(str, found)) if full else ()
        sources = sorted([*found, *map(Path, others)])
        meta = builder.meta
        if meta is not None:
            check(meta, segmenter)

        def words() -> Segmenter:
            cache = cache_dir(location)
            if meta is not None:
                return open_segmenter(meta, segmenter, cache)
            names = local_names(_articles(sources, go_on), Segmenter(segmenter, (), cache))
            return Segmenter(segmenter, [*names, *lexicon], cache)

        desk = _Desk(builder, known, old, words, go_on, retracted)
        desk.stale = _sources_of(retracted, old or _committed(location)) if retracted else set()
        if meta is None and sources:
            _ = desk.segmenter
        for number, source in enumerate(sources):
            go_on(Progress("reading", number, len(sources), _printable(source)))
            desk.take(source)
        for name in sorted(gone):
            desk.remove(name)
        records = builder.manifest().values()
        passages = sum(record.passages for record in records)
        if not passages and not (desk.left_out or gone & set(retracted)):
            raise _nothing(paths, [*unseen, *desk.skipped])
        if desk.wrote:
            go_on(Progress("committing", 0, None))
            builder.commit(meta or desk.segmenter.meta)
    return Reindexed(
        added=desk.added,
        changed=desk.changed,
        removed=len(gone),
        unchanged=desk.unchanged,
        articles=sum(record.articles for record in records),
        passages=passages,
        skipped=(*unseen, *desk.skipped),
        seconds=time.monotonic() - started,
        ignored=ignored,
    )


class _Desk:
    """
    Takes one source after another and remembers what became of it.

    known  the manifest before this run
    old    the committed state a full rebuild replaces, if it can still be read
    stale  sources to be read again although they have not changed
    """

    def __init__(
        self,
        builder: Builder,
        known: Mapping[str, SourceRecord],
        old: Engine | None,
        words: Callable[[], Segmenter],
        go_on: Callable[[], None],
        retracted: Collection[str] = (),
    ) -> None:
        self._builder = builder
        self._known = known
        self._old = old
        self._words = words
        self._go_on = go_on
        self._retracted = retracted
        self.stale: set[str] = set()
        self.left_out = 0
        self._contexts: dict[Path, tuple[ReadContext, str]] = {}
        self.added = self.changed = self.unchanged = 0
        self.skipped: list[Rejected] = []
        self.wrote = False

    @cached_property
    def segmenter(self) -> Segmenter:
        """Loaded when the first source has to be read: a run without changes does without."""
        return self._words()

    def take(self, source: Path) -> None:
        """Index `source` if it is new or changed; skip it with its reason if it cannot be read."""
        known = self._known.get(str(source))
        try:
            record, changed = self._look(source, known)
            changed = changed or str(source) in self.stale
            if not changed and self._old is None:
                self.unchanged += 1
                if record != known:
                    self._builder.touch(record)
                    self.wrote = True
                return
            record = self._read(source, record)
        except (UnreadableSource, BadPaperFile, UnicodeError, OSError) as error:
            self._builder.drop()
            self._skip(source, error)
            if known is not None and self._old is not None:
                self._carry_over(known, self._old)
            return
        self._builder.keep(record)
        self.wrote = True
        if known is None:
            self.added += 1
        elif changed:
            self.changed += 1
        else:
            self.unchanged += 1

    def remove(self, name: str) -> None:
        """Forget a source that is gone; in a full rebuild it was never added."""
        self._builder.delete(name)
        self.wrote = True

    def _look(self, source: Path, known: SourceRecord | None) -> tuple[SourceRecord, bool]:
        """Return the source's record as it is on disk, with the counts `known` has, and whether it must be read."""
        name = str(source)
        name.encode()
        context = self._context(source)[1]
        status = source.stat()
        if known is not None and (known.size, known.mtime_ns, known.context) == (
            status.st_size,
            status.st_mtime_ns,
            context,
        ):
            return known, False
        sha256 = _sha256(source)
        if known is not None and (known.sha256, known.context) == (sha256, context):
            return replace(known, size=status.st_size, mtime_ns=status.st_mtime_ns), False
        return SourceRecord(name, status.st_size, status.st_mtime_ns, sha256, 0, 0, context), True

    def _read(self, source: Path, record: SourceRecord) -> SourceRecord:
        """Add the source's passages and return its record with counts and problems."""
        reader = reader_for(source)
        if reader is None:
            raise UnreadableSource(record.source, "没有能读这种文件的程序")
        articles = passages = 0
        problems: list[str] = []
        rejected: list[Rejected] = []
        for entry in reader.read(source, self._context(source)[0]):
            self._go_on()
            if isinstance(entry, Rejected):
                rejected.append(entry)
                problems.append(f"{entry.source.removeprefix(record.source)}：{entry.reason}".lstrip("#："))
                continue
            if entry.id in self._retracted:
                self.left_out += 1
                continue
            pieces = split(entry, self.segmenter)
            self._builder.add(_indexed(passage, self.segmenter) for passage in pieces)
            articles += 1
            passages += len(pieces)
            problems.extend(f"{entry.title or entry.id}：{flag}" for flag in entry.flags)
        self.skipped.extend(rejected)
        if not passages and not self.left_out:
            raise UnreadableSource(record.source, "没有可用的文章")
        return replace(record, articles=articles, passages=passages, problems=tuple(problems))

    def _carry_over(self, known: SourceRecord, old: Engine) -> None:
        """Bring what the replaced index holds of a source into the new one, cut anew."""
        try:
            self._builder.add(
                _indexed(replace(passage, cut=pack(self.segmenter.cut(fold(passage.text)))), self.segmenter)
                for passage in old.passages(known.source)
            )
        except CorruptIndex:
            self._builder.drop()
            return
        self._builder.keep(known)
        self.wrote = True

    def _skip(self, source: Path, error: Exception) -> None:
        self.skipped.append(Rejected(_printable(source), _reason(error)))

    def _context(self, source: Path) -> tuple[ReadContext, str]:
        """Return the folder's context and its digest, found once a folder."""
        folder = source.parent
        if folder not in self._contexts:
            context = context_for(source)
            digest = hashlib.sha256(repr(context).encode()).hexdigest()[:12] if context != ReadContext() else ""
            self._contexts[folder] = context, digest
        return self._contexts[folder]


def _indexed(passage: Passage, segmenter: Segmenter) -> IndexedPassage:
    folded = fold(passage.text)
    return IndexedPassage(passage, index_words(unpack(folded, passage.cut), segmenter), bigrams(folded))


def _articles(sources: Sequence[Path], go_on: Callable[[Progress], None]) -> Iterator[Article]:
    """Yield every article that can be read; what cannot is reported when it is read for the index."""
    for number, source in enumerate(sources):
        go_on(Progress("lexicon", number, len(sources), _printable(source)))
        reader = reader_for(source)
        if reader is None:
            continue
        try:
            for entry in reader.read(source, context_for(source)):
                if isinstance(entry, Article):
                    yield entry
        except (UnreadableSource, BadPaperFile, UnicodeError, OSError):
            continue


def _sources_of(article_ids: Collection[str], engine: Engine | None) -> set[str]:
    """Return the sources that still hold one of these articles."""
    if engine is None:
        return set()
    held = [engine.article(article_id) for article_id in article_ids]
    return {passages[0].citation.source for passages in held if passages}


def _committed(location: str | Path) -> Engine | None:
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


def _sha256(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _printable(source: Path) -> str:
    return str(source).encode("utf-8", "backslashreplace").decode()


def _reason(error: Exception) -> str:
    if isinstance(error, UnreadableSource):
        return error.reason
    if isinstance(error, OSError):
        return f"打不开（{error.strerror or error}）；请检查文件和权限"
    if isinstance(error, UnicodeError):
        return "文件名或内容里有存不下的字符（不成对的代理字符）；请改名或改正"
    return str(error)


def _nothing(paths: Sequence[Path], skipped: Sequence[Rejected]) -> NothingToIndex:
    names = "、".join(_printable(path) for path in paths) or "给出的路径"
    if not skipped:
        return NothingToIndex(f"{names} 里没有可以建索引的文件；请放入报纸文本，或检查路径")
    first = skipped[0]
    return NothingToIndex(
        f"{names} 里没有可以建索引的文件（跳过 {len(skipped)} 个，如 {first.source}：{first.reason}）"
    )
