"""Recognises an article that was printed or saved twice, by fingerprints that stand in for its text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.model import Article
from index.normalize import fold_all

SHORTEST = 60
"""Letters and digits an article needs to be recognised by likeness; shorter ones, and notices, by being equal."""

SHORT = 150
"""Below this many, one name more or less is what tells two notes of one template apart."""

SAME_DAY = 0.91
SAME_DAY_SHORT = 0.94
SAME_DAY_FIGURES = 0.35
"""
Of one day: the share of the shorter text found in the longer one, for texts under SHORT, and the likeness of figures.

Chosen on 19,541 articles of 1,426 days of TV news (2026-11-24; .85, .90, .91, .92 tried), all pairs at least 45 % alike
read: 15 of one day, none a repetition; the nearest are two sessions of one congress, estimated at .907, and among the
short two receptions of guests at .83. Of copies of 800 of these articles with 1 % of the characters wrong, 97 in 100
are recognised at .91, with 2 % 70; under SHORT 70 and 37. What is not recognised is found twice, the lesser harm.
"""

ANOTHER_DAY = 0.97
ANOTHER_DAY_FIGURES = 0.8
REPRINTED_WITHIN = 31
"""
Of two days at most so many apart, or of an unknown day: the likeness of the texts, and of their figures.

Same archive and date (.90, .95, .97 tried): one true repetition, equal to the letter; the nearest other pair, one
book in two languages 11 days apart, is estimated at .95. The days count because an anniversary's note returns, equal
to the letter, a year later.
"""

LENGTHS = 0.6
"""The shorter text has at least this share of the longer one's letters: more missing is another article."""

_GRAM = 4
_CELLS = 96
_FIGURE_CELLS = 16
_BANDS, _ROWS = 14, 3
"""Texts that are 60 % alike share a band of three equal cells with 97 % probability, 70 % alike with 99.7 %."""

_NUMERALS = "〇零一二三四五六七八九十百千万亿两"
_MIXED = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], np.uint32)
_HTML = (".htm", ".html", ".shtml", ".xhtml")
_NO_DAY = 4_000_000

PRINTING = np.dtype(
    [
        ("article", "S16"),
        ("text", "u1", _CELLS),
        ("figures", "u1", _FIGURE_CELLS),
        ("digest", "u8"),
        ("length", "u4"),
        ("day", "u4"),
        ("standing", "u1"),
        ("notice", "?"),
        ("hidden", "?"),
        ("kept", "?"),
        ("passages", "u4"),
        ("words", "u4"),
        ("bigrams", "u4"),
    ]
)
"""
One article as one source prints it; a source's printings in order are kept as bytes beside its manifest line.

text      fingerprint of the letters and digits: cells of equal value are as many as the texts' likeness says
figures   the same of its digits and numerals alone
digest    of the letters and digits, in order
length    their number
day       ordinal, _NO_DAY without a date
standing  what makes it the better one to cite: HTML first, then how much is known of title, date, page and URL
hidden    retracted: never indexed, and with it whatever repeats it
kept      in the index; else it repeats one that is, or is hidden
passages, words, bigrams  what the index holds of it
"""

assert PRINTING.fields is not None
_TEXT_AT = PRINTING.fields["text"][1]
"""Bytes of a printing before its text."""

Printings = NDArray[np.void]
Ends = NDArray[np.int64]


class Printing(NamedTuple):
    """
    A row, and what it is found by.

    bands  a hash of each of its bands
    """

    row: np.void
    bands: Sequence[int]


def printings(articles: Sequence[Article]) -> list[Printing]:
    """Return what each article is recognised by, nothing counted yet; of many at once they cost half."""
    texts = ["".join([paragraph.text for paragraph in article.paragraphs]) for article in articles]
    return printed(articles, fingerprints(texts))


def printed(articles: Sequence[Article], rows: Printings) -> list[Printing]:
    """Return the articles' printings from the rows of their fingerprints, which are changed."""
    rows["article"] = [article.id for article in articles]
    rows["day"] = [article.date.toordinal() if article.date else _NO_DAY for article in articles]
    rows["standing"] = [_standing(article) for article in articles]
    rows["notice"] = [article.kind == "notice" for article in articles]
    return list(map(Printing, rows, _bands(rows["text"]).tolist()))


def fingerprints(texts: Sequence[str]) -> Printings:
    """Return a row for each text of an article, with what the text alone tells."""
    rows = np.zeros(len(texts), PRINTING)
    folded = fold_all(texts)
    every = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes, ends = _only(_written(), every, np.cumsum([0, *map(len, folded)]))
    figures, figure_ends = _only(_figures(), codes, ends)
    padded = np.insert(figures, np.repeat(figure_ends[:-1], _GRAM - 1), 0)
    rows["text"] = _cells(codes, ends, _CELLS)
    rows["figures"] = _cells(padded, figure_ends + (_GRAM - 1) * np.arange(len(figure_ends)), _FIGURE_CELLS)
    rows["digest"] = [
        int.from_bytes(hashlib.blake2b(codes[start:end].tobytes(), digest_size=8).digest())
        for start, end in pairwise(ends.tolist())
    ]
    rows["length"] = np.diff(ends)
    return rows


def alike(one: np.void, others: Printings) -> NDArray[np.bool_]:
    """Tell of each of `others` whether it and `one` are the same article; symmetric, not transitive."""
    equal = (others["digest"] == one["digest"]) & (others["length"] == one["length"])
    length = np.minimum(others["length"], one["length"]).astype(np.float64)
    longer = np.maximum(others["length"], one["length"])
    likeness = np.mean(others["text"] == one["text"], axis=1)
    figures = np.mean(others["figures"] == one["figures"], axis=1)
    shared = likeness / (1 + likeness) * (length + longer) / np.maximum(length, 1)
    apart = np.abs(others["day"].astype(np.int64) - int(one["day"]))
    dated = (others["day"] != _NO_DAY) & (one["day"] != _NO_DAY)
    same_day = dated & (apart == 0)
    comparable = (length >= SHORTEST) & (length >= LENGTHS * longer) & ~others["notice"] & ~one["notice"]
    enough = np.where(length < SHORT, SAME_DAY_SHORT, SAME_DAY)
    by_likeness = np.where(
        same_day,
        (shared >= enough) & (figures >= SAME_DAY_FIGURES),
        (likeness >= ANOTHER_DAY) & (figures >= ANOTHER_DAY_FIGURES),
    )
    near = ~dated | (apart <= REPRINTED_WITHIN)
    found: NDArray[np.bool_] = near & (one["length"] > 0) & (equal | (comparable & by_likeness))
    return found


class Catalogue:
    """
    All printings of all files, each findable by what it is like.

    A printing is a number here. One that was taken out keeps its number and is found no more.

    rows  what is known of each printing
    file  the name of the file in the manifest that holds it
    name  its source as a citation gives it: the file, or a member of it
    """

    def __init__(self, stored: Iterable[tuple[str, bytes]] = ()) -> None:
        self.file: list[str] = []
        self.name: list[str] = []
        self.rows: Printings = np.zeros(0, PRINTING)
        self._of: dict[str, list[int]] = {}
        self._found: dict[int, Sequence[int]] = {}
        self._there = np.zeros(0, np.bool_)
        parts = []
        for file, written in stored:
            part, names = _read(file, written)
            self._of[file] = list(range(len(self.file), len(self.file) + len(part)))
            self.file.extend([file] * len(part))
            self.name.extend(names)
            parts.append(part)
        self._make_room(np.concatenate(parts) if parts else self.rows)

    def of(self, file: str) -> list[int]:
        """Return the file's printings, in order."""
        return self._of.get(file, [])

    def written(self, file: str) -> bytes:
        """Return the file's printings as bytes, b"" when there are none."""
        numbers = self.of(file)
        inside = "\0".join(self.name[number].removeprefix(file) for number in numbers)
        rows: bytes = self.rows[numbers].tobytes()
        return rows and len(numbers).to_bytes(4, "little") + rows + inside.rstrip("\0").encode()

    def enter(self, file: str, printing: Printing, name: str, *, hidden: bool = False) -> int:
        """Take a printing in, after those of its file that are there; `name` is its source as citations give it."""
        number = len(self.file)
        if number == len(self.rows):
            self._make_room(self.rows)
        self.rows[number] = printing.row
        self.rows[number]["hidden"] = hidden
        self.file.append(file)
        self.name.append(file if name == file else name)
        self._of.setdefault(file, []).append(number)
        slots = self._slots(printing.bands)
        alikes = self._alike(number, slots)
        for other in alikes:
            if other in self._found:
                self._found[other] = [*self._found[other], number]
        self._found[number] = alikes
        self._link(number, slots)
        return number

    def take_out(self, file: str) -> list[int]:
        """Take the file's printings out and return them."""
        numbers = self._of.pop(file, [])
        self._there[numbers] = False
        return numbers

    def put_back(self, file: str, numbers: list[int]) -> None:
        """Undo `take_out`, and what was entered since."""
        self.take_out(file)
        self._there[numbers] = True
        if numbers:
            self._of[file] = numbers

    def like(self, number: int) -> list[int]:
        """Return the other printings that are the same article."""
        if number not in self._found:
            (bands,) = _bands(self.rows["text"][number : number + 1]).tolist()
            self._found[number] = self._alike(number, self._slots(bands))
        return [other for other in self._found[number] if self._there[other]]

    def order(self, number: int) -> tuple[bool, int, int, str, int]:
        """Return the key by which the printing to cite comes first."""
        row = self.rows[number]
        return not row["hidden"], -int(row["standing"]), int(row["day"]), self.name[number], number

    def leader(self, number: int) -> int | None:
        """Return the indexed or hidden printing that is to be cited in this one's place; None when there is none."""
        rows, own = self.rows, self.order(number)
        leaders = [other for other in self.like(number) if rows["kept"][other] or rows["hidden"][other]]
        best = min(leaders, key=self.order, default=None)
        return best if best is not None and self.order(best) < own else None

    def decide(self, numbers: Iterable[int]) -> dict[int, int | None]:
        """
        Return the leader of each of `numbers` and of all that are connected with them, None of those to be indexed.

        Taken best first, a printing that is like one to be indexed before it follows the best of these. It depends on
        what the printings are and not on the order they came in.
        """
        waiting = [number for number in numbers if self._there[number]]
        connected = set(waiting)
        while waiting:
            new = set(self.like(waiting.pop())) - connected
            connected |= new
            waiting.extend(new)
        decided: dict[int, int | None] = {}
        for number in sorted(connected, key=self.order):
            leaders = [other for other in self.like(number) if other in decided and decided[other] is None]
            hidden = self.rows["hidden"][number]
            decided[number] = min(leaders, key=self.order) if leaders and not hidden else None
        return decided

    def _make_room(self, rows: Printings) -> None:
        """Let twice as many printings as `rows` fit, and make all of them findable again."""
        room = max(1024, 2 * len(rows))
        there = np.ones(room, np.bool_)
        there[: len(self._there)] = self._there
        self.rows, self._there = np.zeros(room, PRINTING), there
        self.rows[: len(rows)] = rows
        bits = room.bit_length()
        self._shift = 32 - bits
        self._first = np.full((_BANDS, 1 << bits), -1, np.int32)
        self._next = np.full((_BANDS, room), -1, np.int32)
        slots = _bands(self.rows["text"][: len(rows)]) >> np.uint32(self._shift)
        for band in range(_BANDS):
            order = np.argsort(slots[:, band], kind="stable")
            same = slots[order[1:], band] == slots[order[:-1], band]
            self._next[band, order[1:][same]] = order[:-1][same]
            self._first[band, slots[order, band]] = order
        # One cell at a time, a memoryview is read in a fifth of the time that an array is.
        self._heads, self._links = self._first.data, self._next.data
        self._written = self.rows.view(np.uint8).data

    def _link(self, number: int, slots: Sequence[int]) -> None:
        heads, links = self._heads, self._links
        for band, slot in enumerate(slots):
            links[band, number], heads[band, slot] = heads[band, slot], number

    def _alike(self, number: int, slots: Sequence[int]) -> Sequence[int]:
        candidates = self._candidates(number, slots)
        if not candidates:
            return ()
        cells = self.rows["text"]
        equal_cells = (cells[candidates] == cells[number]).sum(axis=1)
        likely = np.array(candidates)[equal_cells >= _CELLS // 3]
        if not len(likely):
            return ()
        return [int(other) for other in likely[alike(self.rows[number], self.rows[likely])]]

    def _candidates(self, number: int, slots: Sequence[int]) -> list[int]:
        """Return the other printings there that have a band in common: those that are alike, and a few that are not."""
        heads, links, written = self._heads, self._links, self._written
        own = self.rows["text"][number].tobytes()
        found = {number}
        for band, slot in enumerate(slots):
            place, band_cells = _TEXT_AT + band * _ROWS, own[band * _ROWS : (band + 1) * _ROWS]
            other = heads[band, slot]
            while other >= 0:
                if other not in found:
                    at = other * PRINTING.itemsize + place
                    if written[at : at + _ROWS] == band_cells:
                        found.add(other)
                other = links[band, other]
        return [other for other in sorted(found) if other != number and self._there[other]]

    def _slots(self, bands: Sequence[int]) -> list[int]:
        return [band >> self._shift for band in bands]


def _read(file: str, written: bytes) -> tuple[Printings, list[str]]:
    """Return what `Catalogue.written` wrote: the rows, and the name of each."""
    count = int.from_bytes(written[:4], "little")
    end = 4 + count * PRINTING.itemsize
    inside = written[end:].decode().split("\0") if written[end:] else []
    names = [file + member if member else file for member in inside]
    return np.frombuffer(written[4:end], PRINTING), names + [file] * (count - len(names))


def _bands(texts: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return a hash of each band of each text's cells, texts × _BANDS."""
    cells = texts[:, : _BANDS * _ROWS].reshape(len(texts), _BANDS, _ROWS).astype(np.uint32)
    hashes: NDArray[np.uint32] = (
        cells[:, :, 0] << np.uint32(16) | cells[:, :, 1] << np.uint32(8) | cells[:, :, 2]
    ) * _MIXED[0]
    return hashes


def _only(kind: NDArray[np.bool_], codes: NDArray[np.uint32], ends: Ends) -> tuple[NDArray[np.uint32], Ends]:
    """Return the characters of a kind, and where texts meet among them that meet at `ends` in `codes`."""
    places = np.flatnonzero(kind.take(codes, mode="clip"))
    return codes.take(places), np.searchsorted(places, ends)


def _cells(codes: NDArray[np.uint32], ends: Ends, cells: int) -> NDArray[np.uint8]:
    """
    Return for each text one byte of the least hash in each of `cells` equal ranges, of the next range's where there is
    none, and 0 for a text without any; texts × cells.

    That is one-permutation min-hashing with rotation (Shrivastava and Li 2014), cut to a byte.
    """
    hashes, bounds = _grams(codes), _bounds(cells)
    found = np.zeros((len(ends) - 1, cells), np.uint8)
    for row, start, end in zip(found, ends[:-1].tolist(), (ends[1:] - _GRAM + 1).tolist(), strict=True):
        if start < end:
            ordered = np.sort(hashes[start:end])
            row[:] = ordered.take(np.searchsorted(ordered, bounds), mode="wrap")
    return found


@cache
def _bounds(cells: int) -> NDArray[np.uint32]:
    return (np.arange(cells, dtype=np.uint64) * np.uint64((1 << 32) // cells)).astype(np.uint32)


def _grams(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return a well-mixed hash of each _GRAM neighbouring codes."""
    count = max(len(codes) - _GRAM + 1, 0)
    mixed: NDArray[np.uint32] = codes[:count] * _MIXED[0]
    for at in range(1, _GRAM):
        mixed += codes[at : at + count] * _MIXED[at]
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed ^= mixed >> np.uint32(shift)
        mixed *= np.uint32(factor)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def _standing(article: Article) -> int:
    html = article.source.lower().endswith(_HTML)
    known: Sequence[object] = (
        article.title and not article.title_inferred,
        article.date,
        article.page,
        article.url,
        article.title,
    )
    return 8 * html + sum(map(bool, known))


@cache
def _written() -> NDArray[np.bool_]:
    """Tell of each character of the basic plane whether it is a letter or digit."""
    return np.fromiter((chr(code).isalnum() for code in range(0x10000)), np.bool_, 0x10000)


@cache
def _figures() -> NDArray[np.bool_]:
    """Tell of each whether it is a digit or a Chinese numeral."""
    every = map(chr, range(0x10000))
    return np.fromiter((one.isdecimal() or one in _NUMERALS for one in every), np.bool_, 0x10000)
