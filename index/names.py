"""Finds the name a question means when it is misspelt, by sound or by one wrong character."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from index.model import Engine, Query
from index.normalize import fold, is_cjk
from index.pinyin import readings
from index.tokens import Token, bigrams

SHORTEST = 3
"""Characters in a name that is corrected at all: two characters have too many homophones."""
SHORTEST_BY_EDIT = 4
"""
Characters in a name that may be one edit away without sounding alike.

With these limits, of 6,743 questions (CMRC2018-dev, DRCD-dev) on 1,249 names of news none was corrected, and of 497
such names with one wrong character of the same sound 437 were; the others mostly have a numeral or function word there
(2026-11).
"""
_LOOKED_AT = 30
"""Passages read to see whether the archive holds a text: one that does has all its bigrams and ranks high."""
_NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千万亿两廿半甲乙丙丁")
_FUNCTION = frozenset("的了吗呢吧啊有是在和与及或被把从对为以于到这那哪谁什么几多少怎如何我你他她它们")
_SAME_SOUND, _LIKE_SOUND, _ONE_EDIT = range(3)


@dataclass(frozen=True, slots=True)
class Correction:
    """
    A misspelt name: `question_folded[start:end] == written`, and `name` is what the archive has.

    Both are folded.
    """

    written: str
    name: str
    start: int
    end: int


class NameIndex:
    """The archive's names of at least SHORTEST characters, all Chinese, found by what they share with a text."""

    def __init__(self, names: Iterable[str]) -> None:
        folded = fold("\n".join(names)).split("\n")
        self.names = frozenset(name for name in folded if len(name) >= SHORTEST and all(map(is_cjk, name)))
        self.lengths = sorted({len(name) for name in self.names})
        self._by_bigram: dict[str, list[tuple[str, int]]] | None = None
        self._by_character: dict[tuple[int, int, str], list[str]] | None = None

    def sharing(self, bigram: str) -> Sequence[tuple[str, int]]:
        """Return the names with `bigram` in them, and where."""
        if self._by_bigram is None:
            self._by_bigram = defaultdict(list)
            for name in self.names:
                for at in range(len(name) - 1):
                    self._by_bigram[name[at : at + 2]].append((name, at))
        return self._by_bigram.get(bigram, ())

    def sounding(self, written: str) -> set[str]:
        """Return the names of the same length, one character at least the same, that sound roughly like `written`."""
        if self._by_character is None:
            self._by_character = defaultdict(list)
            for name in self.names:
                for at, character in enumerate(name):
                    self._by_character[len(name), at, character].append(name)
        alike = {
            name
            for at, character in enumerate(written)
            for name in self._by_character.get((len(written), at, character), ())
        }
        if not alike:
            return alike
        sound = _rough_sound(written)
        return {name for name in alike if _rough_sound(name) == sound}


def correct(
    question_folded: str, tokens: Sequence[Token], lexicon: NameIndex, known: Callable[[str], bool]
) -> Correction | None:
    """
    Return the one name in the question that is misspelt beyond doubt; None when there is none, or several fit as well.

    tokens  of `question_folded`: a word is not cut to make a name
    known   tells whether the archive holds a text as written; what it holds is never corrected
    """
    if not lexicon.names:
        return None
    suspects = _suspects(question_folded, tokens, lexicon, known)
    close = [
        (closeness, start, end, name)
        for start, end, name in suspects
        if (closeness := _closeness(question_folded[start:end], name, known)) is not None
    ]
    kept = _named_as_written(question_folded, lexicon) if close else []
    found: dict[tuple[int, int], list[Correction]] = defaultdict(list)
    for closeness, start, end, name in close:
        if not _changes(question_folded, start, end, name, kept):
            found[closeness, -len(name)].append(Correction(question_folded[start:end], name, start, end))
    for rank in sorted(found):
        unheld = [correction for correction in found[rank] if not known(correction.written)]
        if unheld:
            return unheld[0] if len({correction.name for correction in unheld}) == 1 else None
    return None


def held_by(engine: Engine, holders: Mapping[str, int]) -> Callable[[str], bool]:
    """
    Return the `known` of an archive for one question: whether some passage holds a piece of it as it stands.

    holders  by each bigram of the folded question, how many passages hold it
    """

    @cache
    def known(written: str) -> bool:
        if written in holders:
            return holders[written] > 0
        pairs = bigrams(written)
        if not pairs or not all(holders[pair] for pair in pairs):
            return False
        query = Query({}, dict.fromkeys(pairs, 1.0), kinds=("news", "excerpt", "notice"))
        return any(written in fold(candidate.passage.text) for candidate in engine.search(query, _LOOKED_AT))

    return known


def _suspects(
    question: str, tokens: Sequence[Token], lexicon: NameIndex, known: Callable[[str], bool]
) -> list[tuple[int, int, str]]:
    """Return stretches of Chinese characters, each with a name that it may stand for and is not."""
    reach = _chinese_until(question)
    no_start, no_end = _inside_words(tokens)

    def may_be_a_name(start: int, end: int) -> bool:
        return 0 <= start < end <= reach[start] and start not in no_start and end not in no_end

    suspects = {(start, end, name) for start, end, name in _sharing(question, lexicon) if may_be_a_name(start, end)}
    strange = [at for at in range(len(question) - 1) if at + 2 <= reach[at] and not known(question[at : at + 2])]
    stretches = {
        (start, start + length)
        for at in strange
        for length in lexicon.lengths
        for start in range(max(0, at + 2 - length), min(at, len(question) - length) + 1)
        if may_be_a_name(start, start + length)
    }
    suspects.update((start, end, name) for start, end in stretches for name in lexicon.sounding(question[start:end]))
    return sorted(
        (start, end, name)
        for start, end, name in suspects
        if (written := question[start:end]) not in name and name not in written
    )


def _chinese_until(question: str) -> list[int]:
    """Return up to where all characters from each one on are Chinese; the last is for the end."""
    reach = [0] * (len(question) + 1)
    for at in range(len(question) - 1, -1, -1):
        if is_cjk(question[at]):
            reach[at] = max(at + 1, reach[at + 1])
    return reach


def _sharing(question: str, lexicon: NameIndex) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches that share as many neighbouring characters with a name as one wrong character leaves."""
    shared: dict[tuple[int, str], int] = {}
    for place in range(len(question) - 1):
        for name, at in lexicon.sharing(question[place : place + 2]):
            shared[place - at, name] = shared.get((place - at, name), 0) + 1
    for (start, name), count in shared.items():
        length = len(name)
        if count < max(1, (length - 2) // 2):
            continue
        end = start + length
        yield start, end, name
        if length >= SHORTEST_BY_EDIT:
            yield from ((start, end - 1, name), (start, end + 1, name), (start - 1, end, name), (start + 1, end, name))


def _named_as_written(question: str, lexicon: NameIndex) -> list[tuple[int, int]]:
    """Return where the question names something just as the archive does."""
    return [
        (start, start + length)
        for length in lexicon.lengths
        for start in range(len(question) - length + 1)
        if question[start : start + length] in lexicon.names
    ]


def _inside_words(tokens: Sequence[Token]) -> tuple[set[int], set[int]]:
    """
    Return where a name cannot begin and where it cannot end.

    Function words that the segmenter glued to a strange word leave it free: 时间谷有 cut as 时间, 谷有.
    """
    no_start, no_end = set(), set()
    for token in tokens:
        for at in range(token.start + 1, token.end):
            if not _FUNCTION.issuperset(token.word[: at - token.start]):
                no_start.add(at)
            if not _FUNCTION.issuperset(token.word[at - token.start :]):
                no_end.add(at)
    return no_start, no_end


def _changes(question: str, start: int, end: int, name: str, kept: Sequence[tuple[int, int]]) -> bool:
    """Tell whether `name` in the place of question[start:end] would change a name that the archive has as it stands."""
    return any(
        first < end and start < last and not (start <= first and last <= end and question[first:last] in name)
        for first, last in kept
    )


def _closeness(written: str, name: str, known: Callable[[str], bool]) -> int | None:
    """Return how `written` is close to `name`, the closest way first; None when it is not."""
    if len(written) == len(name):
        wrong = [(a, b) for a, b in zip(written, name, strict=True) if a != b]
        if len(wrong) == len(name) or any(a in _NUMERALS or b in _NUMERALS or a in _FUNCTION for a, b in wrong):
            return None
        unlike = [(a, b) for a, b in wrong if set(_readings(a)).isdisjoint(_readings(b))]
        if not unlike:
            return _SAME_SOUND
        if len(unlike) == 1 and _confusable(*unlike[0]):
            return _LIKE_SOUND
    if len(name) < SHORTEST_BY_EDIT:
        return None
    from rapidfuzz.distance import Levenshtein

    if Levenshtein.distance(written, name, score_cutoff=1) != 1:
        return None
    changed = Counter(written)
    changed.subtract(name)
    if any(count and (letter in _NUMERALS or letter in _FUNCTION) for letter, count in changed.items()):
        return None
    if len(name) == SHORTEST_BY_EDIT and (written[0] != name[0] or written[-1] != name[-1]):
        return None
    strange = set(bigrams(written)) - set(bigrams(name))
    return None if not strange or any(map(known, strange)) else _ONE_EDIT


def _confusable(a: str, b: str) -> bool:
    return not {_rough(reading) for reading in _readings(a)}.isdisjoint(map(_rough, _readings(b)))


def _rough_sound(name: str) -> tuple[str, ...]:
    return tuple(_rough(_readings(character)[0]) for character in name)


@cache
def _readings(character: str) -> tuple[str, ...]:
    """Return how a character is read, without tones, its two commonest readings at most."""
    return readings(character)[:2]


@cache
def _rough(syllable: str) -> str:
    """Return what is left of a syllable where people mix up n and l, zh and z, f and hu, ang and an."""
    if syllable.startswith("f"):
        syllable = {"fu": "hu", "fei": "hui", "fen": "hun", "feng": "hong"}.get(syllable, "hu" + syllable[1:])
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    if syllable.startswith("n"):
        syllable = "l" + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable
