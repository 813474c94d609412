"""Judges what a heading without a mark is: the title of what follows, of what stands before, or a part's heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from index.segment.marks import is_closed
from index.segment.wording import Wording

_LEAD = 150
_NEAR = 8
_FARTHEST = 12
"""Characters of an opening, paragraphs on either side, and paragraphs back, in which words are compared."""

BEGINS = 0.7
"""Least chance at which an article begins with its title; of those that began so 96 % did, of those that did 93 %."""
MAY_BEGIN = 0.4
"""Least chance at which what follows is better called an excerpt than given to the article before."""
MAY_BEGIN_UNHEARD = 0.55
"""The same where the text does not speak of the heading."""
SPEAKS = 0.4
"""
Least share of a line as wide as its column that the text below it must hold for it to be a heading.

The three were tried on 500 made-up pages of the tuning part (2026-11-24): BEGINS .6, .7, .8 gave 91.8, 91.4, 90.0 % of
titles right and 3.1 % wrong each time, .7 leaves room for papers with more section headings; MAY_BEGIN .2 to .5 gave
91.1 to 91.8 right, 3.0 to 3.1 wrong; SPEAKS .3 to .6 gave 91.5 to 90.9 right, 3.0 to 3.1 wrong.
"""
_PLAIN = 0.4
_NAMES, _NAMES_NOT = 0.5, 0.2
"""
Least share of a title in the text before it, greatest in the text after, for one that stands behind its article.
Of 2,835 headings before their articles and 757 section headings, of both parts, none and two are taken for one at .4,
none at .6; of 33 behind their articles 28 and 26 are found (2026-11-24).
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a heading stands between.

    title   of the article before, "" when it has none
    before  the paragraphs of that article
    after   the paragraphs up to the next heading
    """

    title: str
    before: Sequence[str]
    after: Sequence[str]


def chance_to_begin(heading: Sequence[str], around: Surroundings, words: Wording) -> float:
    """Return how likely an article begins with the lines of `heading`, 0 to 1."""
    signs = signs_of(heading, around, words)
    return 1 / (1 + exp(-_BIAS - sum(weight * sign for weight, sign in zip(_WEIGHTS, signs, strict=True))))


def signs_of(heading: Sequence[str], around: Surroundings, words: Wording) -> tuple[float, ...]:
    """Return what speaks for a beginning and against it, in the order of the weights."""
    before, after = around.before[-_NEAR:], around.after[:_NEAR]
    text = "".join(heading)
    return (
        words.share(text, words.of(after[0][:_LEAD])) if after else 0.0,
        words.share(text, words.together(before)),
        words.share(around.title, words.together(after)),
        words.kinship(before, after),
        float(heading[0].endswith("——") or heading[0].startswith("【") or heading[-1].startswith("——")),
        float("，" in text or "," in text),
    )


_BIAS = 3.0
_WEIGHTS = (2.1, -4.0, -5.0, -17.5, 3.0, -1.5)
"""
Logistic regression on 3,628 headings between two texts of 1,200 made-up pages (`tests/bench/pages.py`, tuning part,
seed 21, 2026-11-24): area under the curve .974, and .982 on 1,111 of held-out articles. The weight of kickers and
subtitles, 16.9 since no section heading of those pages has any, is set to 3. Tried and left out, for they tell how
those pages are made: the number and length of the lines, spaces, whether the text before ends with its sentence.
"""


def naming_lines(lines: Sequence[str], before: Sequence[str], after: Sequence[str], words: Wording) -> int:
    """Return how many of the first lines between two texts speak of the text before and not of the one after."""
    earlier, later = words.together(before), words.together(after)
    leaning = [(words.share(line, earlier) - words.share(line, later)) * len(line) for line in lines]
    best = max(range(len(lines) + 1), key=lambda count: sum(leaning[:count]) - sum(leaning[count:]))
    named = "".join(lines[:best])
    plain = words.share(named, earlier) >= _NAMES and words.share(named, later) <= _NAMES_NOT
    return best if plain else 0


def where_named_began(named: str, title: str, paragraphs: Sequence[str], words: Wording) -> int:
    """
    Return which paragraph begins the article that `named` stands behind, 0 when that is not plain.

    The paragraphs before it belong to another article, `title`: its words stay behind, those of `named` begin.
    """
    best, gain = 0, _PLAIN
    for at in range(max(1, len(paragraphs) - _FARTHEST), len(paragraphs)):
        if not is_closed(paragraphs[at - 1]):
            continue
        earlier, later = words.together(paragraphs[:at]), words.together(paragraphs[at:])
        gained = words.share(named, later) - words.share(named, earlier) - words.share(title, later)
        gained += 0.5 * words.share(title, earlier) - words.kinship(paragraphs[:at], paragraphs[at:])
        if gained > gain:
            best, gain = at, gained
    return best
