"""Takes one source after another into the index, and remembers what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Self

from index.copies import Copies, own_problems
from index.cutting import Cut, Cutting
from index.duplicates import printings
from index.errors import BadPaperFile, CorruptIndex, UnreadableSource
from index.model import (
    Article,
    Builder,
    Engine,
    Paragraph,
    Passage,
    ReadContext,
    Rejected,
    SourceRecord,
)
from index.passages import index_again
from index.problems import summed
from index.readers import context_for, pagefiles, reader_for
from index.tokens import Segmenter

_UNREADABLE = (UnreadableSource, BadPaperFile, UnicodeError, OSError)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """
    A source, and what a look at it told.

    record   as it is on disk; why it cannot be looked at
    to_read  its articles follow, then an _End
    """

    source: Path
    known: SourceRecord | None
    record: SourceRecord | Exception
    changed: bool = False
    to_read: bool = False


@dataclass(frozen=True, slots=True)
class _End:
    """The last of a source, or why no more of it can be read."""

    error: Exception | None = None


_Events = Iterator[tuple[_Beginning | _End | Article | Rejected, Cut]]


class Intake:
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
        cache_dir: Path | None,
        go_on: Callable[[], None],
        retracted: Collection[str] = (),
    ) -> None:
        self._builder = builder
        self._known = known
        self._old = old
        self._words = words
        self._go_on = go_on
        self._retracted = frozenset(retracted)
        self.stale: set[str] = set()
        self._found: list[tuple[str, str]] = []
        self.left_out = 0
        self._contexts: dict[Path, tuple[ReadContext, str]] = {}
        self.added = self.changed = self.unchanged = 0
        self.skipped: list[Rejected] = []
        self.wrote = False
        self._copies = Copies(builder)
        self._cutting = Cutting(lambda: self.segmenter, cache_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._cutting.close()

    @cached_property
    def segmenter(self) -> Segmenter:
        """Loaded when the first source has to be read: a run without changes does without."""
        return self._words()

    def take(self, sources: Iterable[Path], begun: Callable[[int, Path], None]) -> None:
        """
        Index the sources that are new or changed; skip those that cannot be read, with the reason.

        begun  told of each source, and how many were taken before it
        """
        for number, (event, events) in enumerate(self._each(sources)):
            begun(number, event.source)
            self._take(event, events)

    def _take(self, beginning: _Beginning, events: _Events) -> None:
        source, known, changed = beginning.source, beginning.known, beginning.changed
        self._found = []
        try:
            record = beginning.record
            if isinstance(record, Exception):
                raise record
            if not beginning.to_read:
                self.unchanged += 1
                if record != known:
                    self._builder.touch(record)
                    self.wrote = True
                return
            record = self._read(record, events)
        except _UNREADABLE as error:
            self._builder.drop()
            self._skip(source, error)
            if known is not None and self._old is not None:
                known = self._carry_over(known, self._old)
            self.note(str(source), known, ("", reason(error)), *self._found)
            return
        self._builder.keep(record, self._copies.written(record.source))
        self.wrote = True
        if known is None or not known.indexed:
            self.added += 1
        elif changed:
            self.changed += 1
        else:
            self.unchanged += 1

    def _each(self, sources: Iterable[Path], *, again: bool = False) -> Iterator[tuple[_Beginning, _Events]]:
        """Yield how each source begins, and what follows: of the one before nothing is left then."""
        events = self._cutting.cut(self._events(sources, again=again))
        for event, _ in events:
            if isinstance(event, _Beginning):
                yield event, events

    def _events(self, sources: Iterable[Path], *, again: bool) -> Iterator[_Beginning | _End | Article | Rejected]:
        """Read the sources, some way ahead of what is done with them."""
        for source in sources:
            known = None if again else self._known.get(str(source))
            try:
                record, changed = self._look(source, known)
            except _UNREADABLE as error:
                yield _Beginning(source, known, error)
                continue
            changed = changed or str(source) in self.stale
            to_read = changed or self._old is not None
            yield _Beginning(source, known, record, changed, to_read)
            if to_read:
                yield from self._contents(source)

    def _contents(self, source: Path) -> Iterator[_End | Article | Rejected]:
        try:
            reader = reader_for(source)
            if reader is None:
                raise UnreadableSource(str(source), "没有能读这种文件的程序")
            yield from reader.read(source, self._context(source)[0])
        except _UNREADABLE as error:
            yield _End(error)
        else:
            yield _End()

    def note(self, name: str, held: SourceRecord | None, *found: tuple[str, str]) -> None:
        """Remember why a source could not be read, beside what is `held` of it; it will be read again next time."""
        record = replace(held or SourceRecord(name, 0, 0, "", 0, 0), mtime_ns=0, sha256="", problems=summed(found))
        if record == held or printable(Path(name)) != name:
            return
        if held is None:
            self._builder.keep(record)
        else:
            self._builder.touch(record)
        self.wrote = True

    def remove(self, name: str) -> None:
        """Forget a source that is gone; in a full rebuild it was never added."""
        self._copies.open(name)
        self._builder.delete(name)
        self.wrote = True

    def resume(self) -> None:
        """Take what an earlier run, cut short, has indexed already as this run's own."""
        self._copies.reconsider(self._known)
        self.wrote = True

    def settle(self) -> None:
        """
        After the last source: index each article once, the best printing of it.

        A source outside the run's paths, or unchanged, is read again when an article of it has become the best.
        """
        again: set[str] = set()
        while missing := self._copies.missing() - again:
            self._read_again(map(Path, sorted(missing)))
            again |= missing
        if self._copies.concerned:
            self._copies.publish(self._builder.manifest())

    def _read_again(self, sources: Iterable[Path]) -> None:
        for beginning, events in self._each(sources, again=True):
            self._go_on()
            name = str(beginning.source)
            skipped, self._found = len(self.skipped), []
            try:
                if isinstance(beginning.record, Exception):
                    raise beginning.record
                record = self._read(beginning.record, events)
            except _UNREADABLE as error:
                self._builder.drop()
                self._skip(beginning.source, error)
                self.note(name, self._builder.manifest()[name], ("", reason(error)))
                continue
            del self.skipped[skipped:]
            self._builder.keep(record, self._copies.written(record.source))

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

    def _read(self, record: SourceRecord, events: _Events) -> SourceRecord:
        """Add the source's passages and return its record with counts and problems."""
        self._copies.open(record.source)
        try:
            return self._take_articles(events, record)
        except _UNREADABLE:
            self._copies.reopen(record.source)
            raise

    def _take_articles(self, events: _Events, record: SourceRecord) -> SourceRecord:
        articles = passages = elsewhere = 0
        for entry, cut in events:
            self._go_on()
            if isinstance(entry, _End):
                if entry.error is not None:
                    raise entry.error
                break
            if isinstance(entry, Rejected):
                self.skipped.append(entry)
                self._found.append((entry.source.removeprefix(record.source).lstrip("#!"), entry.reason))
                continue
            assert isinstance(entry, Article)
            hidden = entry.id in self._retracted
            if hidden or entry.source in self._retracted:
                self.left_out += 1
                elsewhere += 1
            if entry.source in self._retracted:
                continue
            if cut.error is not None:
                raise cut.error
            assert cut.printing is not None
            if self._copies.enter(record.source, entry.source, cut.printing, hidden=hidden):
                self._builder.add(cut.passages)
                self._copies.count(cut.passages)
                articles += 1
                passages += len(cut.passages)
                self._found.extend((entry.title or entry.id, flag) for flag in entry.flags)
            elif not hidden:
                elsewhere += 1
        if not passages and not elsewhere and (articles or self._found):
            raise UnreadableSource(record.source, "没有可用的文章")
        return replace(record, articles=articles, passages=passages, problems=summed(self._found))

    def _carry_over(self, known: SourceRecord, old: Engine) -> SourceRecord | None:
        """Bring what the replaced index holds of a source into the new one, cut anew; None when it holds nothing."""
        if not known.indexed:
            return None
        self._copies.open(known.source)
        articles = passages = 0
        try:
            for article_id, run in groupby(old.passages(known.source), lambda passage: passage.citation.article_id):
                held = list(run)
                article, hidden = _put_together(held), article_id in self._retracted
                if self._copies.enter(known.source, article.source, *printings([article]), hidden=hidden):
                    indexed = [index_again(_alone(passage), self.segmenter) for passage in held]
                    self._builder.add(indexed)
                    self._copies.count(indexed)
                    articles += 1
                    passages += len(indexed)
        except CorruptIndex:
            self._builder.drop()
            self._copies.reopen(known.source)
            return None
        problems = own_problems(known)
        known = replace(known, articles=articles, passages=passages, problems=problems, duplicates=0)
        self._builder.keep(known, self._copies.written(known.source))
        self.wrote = True
        return known

    def _skip(self, source: Path, error: Exception) -> None:
        self.skipped.append(Rejected(printable(source), reason(error)))

    def _context(self, source: Path) -> tuple[ReadContext, str]:
        """Return the folder's context and its digest, found once a folder."""
        folder = source.parent
        if folder not in self._contexts:
            context = context_for(source)
            told = (repr(context) if context != ReadContext() else "") + pagefiles.signature(folder)
            digest = hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:12] if told else ""
            self._contexts[folder] = context, digest
        return self._contexts[folder]


def _alone(passage: Passage) -> Passage:
    """Return the passage without its further sources, which are to be found anew."""
    return passage._replace(citation=passage.citation._replace(also=()))


def _put_together(passages: Sequence[Passage]) -> Article:
    """Return the article that the passages were, as far as telling it from others goes."""
    first = passages[0]
    cited = first.citation
    return Article(
        id=cited.article_id,
        source=cited.source,
        paragraphs=tuple(Paragraph(passage.text) for passage in passages),
        title=cited.title,
        title_inferred=cited.title_inferred,
        date=cited.date,
        page=cited.page,
        url=cited.url,
        kind=first.kind,
    )


def _sha256(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def printable(source: Path) -> str:
    return str(source).encode("utf-8", "backslashreplace").decode()


def reason(error: Exception) -> str:
    if isinstance(error, UnreadableSource):
        return error.reason
    if isinstance(error, OSError):
        return f"打不开（{error.strerror or error}）；请检查文件和权限"
    if isinstance(error, UnicodeError):
        return "文件名或内容里有存不下的字符（不成对的代理字符）；请改名或改正"
    return str(error)
