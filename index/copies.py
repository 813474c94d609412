"""Keeps an article that stands in several sources in the index once, the best printing of it, and cites the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from index.duplicates import Catalogue, Printing
from index.model import Builder, IndexedPassage, SourceRecord
from index.problems import counted, summed

_MARK = "只收录一次"


class Copies:
    """
    Decides for one run which printings are indexed.

    While sources are read, an article is left out when a better printing of it is known already. `missing` then
    corrects what was decided too early, and `publish` writes citations and flags. So the outcome does not depend on the
    order of the sources, nor on how many runs they came in.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._touched: set[int] = set()
        self._decided: dict[int, int | None] = {}
        self._before: list[int] = []
        self._now: int = 0

    @cached_property
    def _catalogue(self) -> Catalogue:
        """Loaded when the first source is read or removed: a run without changes does without."""
        return Catalogue(self._builder.printings())

    def reconsider(self, files: Iterable[str]) -> None:
        """Decide again on all that is in `files`: the run that read them was cut short before it could."""
        catalogue = self._catalogue
        for file in files:
            self._touched.update(number for number in catalogue.of(file) if catalogue.like(number))

    def open(self, file: str) -> None:
        """Forget the file's printings, as it is read anew or gone; what was like them may change its part."""
        for number in self._catalogue.of(file):
            self._touched.update(self._catalogue.like(number))
        self._before = self._catalogue.take_out(file)

    def reopen(self, file: str) -> None:
        """Let the file's printings be as they were before `open`: it could not be read."""
        self._catalogue.put_back(file, self._before)

    def enter(self, file: str, source: str, printing: Printing, *, hidden: bool = False) -> bool:
        """
        Take note of an article, and tell whether it is to be indexed; then `count` follows.

        source  the article's own: the file, or a member of it
        hidden  it was retracted: it is not indexed, and neither is what repeats it
        """
        catalogue = self._catalogue
        number = self._now = catalogue.enter(file, printing, source, hidden=hidden)
        if not catalogue.like(number):
            return not hidden
        self._touched.add(number)
        return not hidden and catalogue.leader(number) is None

    def count(self, passages: Sequence[IndexedPassage]) -> None:
        """Remember what the index holds of the article just entered."""
        row = self._catalogue.rows[self._now]
        row["kept"] = True
        row["passages"] = len(passages)
        row["words"] = sum(len(passage.words) for passage in passages)
        row["bigrams"] = sum(len(passage.bigrams) for passage in passages)

    def written(self, file: str) -> bytes:
        """Return what is to be kept beside the file."""
        return self._catalogue.written(file)

    def missing(self) -> set[str]:
        """Withdraw what better printings have come for; return the files that hold articles to be indexed after all."""
        if not self._touched:
            return set()
        rows, file = self._catalogue.rows, self._catalogue.file
        self._decided = self._catalogue.decide(self._touched)
        self._touched.update(self._decided)
        wanted = set()
        for number, leader in self._decided.items():
            row = rows[number]
            if leader is not None and row["kept"]:
                name = row["article"].decode()
                self._builder.withdraw(file[number], name, int(row["words"]), int(row["bigrams"]))
                row["kept"] = False
            elif leader is None and not row["kept"] and not row["hidden"]:
                wanted.add(file[number])
        return wanted

    @property
    def concerned(self) -> bool:
        """Whether `publish` has anything to write."""
        return bool(self._decided)

    def publish(self, records: Mapping[str, SourceRecord]) -> None:
        """Write the further sources of every article concerned, and the counts and flags of every file concerned."""
        rows, file, name = self._catalogue.rows, self._catalogue.file, self._catalogue.name
        also: dict[int, set[str]] = {number: set() for number in self._decided if rows["kept"][number]}
        for number, leader in self._decided.items():
            if leader in also and name[number] != name[leader]:
                also[leader].add(name[number])
        for number in sorted(also, key=lambda number: len(also[number])):
            self._builder.cite(file[number], rows["article"][number].decode(), sorted(also[number]))
        for one in sorted({file[number] for number in self._decided}):
            self._builder.touch(self._restated(records[one]), self.written(one))

    def _restated(self, record: SourceRecord) -> SourceRecord:
        catalogue = self._catalogue
        rows, numbers = catalogue.rows, catalogue.of(record.source)
        repeated = []
        for place, number in enumerate(numbers, 1):
            leader = None if rows["kept"][number] or rows["hidden"][number] else catalogue.leader(number)
            if leader is not None:
                what = "已移除的文章" if rows["hidden"][leader] else f" {catalogue.name[leader]} "
                repeated.append((f"第{place}篇" if len(numbers) > 1 else "", f"与{what}相同，{_MARK}"))
        kept = rows[[number for number in numbers if rows["kept"][number]]]
        return replace(
            record,
            articles=len(kept),
            passages=int(kept["passages"].sum()),
            problems=(*own_problems(record), *_flags(repeated)),
            duplicates=len(repeated),
        )


def own_problems(record: SourceRecord) -> tuple[str, ...]:
    """Return the file's problems without the flags on articles that repeat another."""
    return tuple(problem for problem in record.problems if _MARK not in problem)


def _flags(repeated: Sequence[tuple[str, str]]) -> list[str]:
    flags = list(summed(repeated))
    if flags and _MARK not in flags[-1]:
        flags[-1] = f"还有 {counted(flags[-1])[1]} 篇与别处相同，{_MARK}"
    return flags
