"""Describes every token of a few passages as the first and as the last of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index import letters, trees
from index.concordance import CLAUSE_ENDS, Bools, Concordance, Ints, is_any
from index.question import KINDS, Question
from index.trees import Column

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]

TAGS = "nRSTZtmqvVaideclprfsbjkuxw"
OPENING, CLOSING = "《“‘「『(〈", "》”’」』)〉"
_COUNTED_TAGS = {
    "numerals": "m",
    "persons": "R",
    "places": "S",
    "names": "TZ",
    "times": "t",
    "nouns": "nV",
    "verbs": "v",
    "unknown": "x",
    "functions": "pcudr",
}
_MARKS = {
    "clauses": CLAUSE_ENDS,
    "listings": "、",
    "digits": "0123456789零一二三四五六七八九十百千万亿两半几数",
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "year": "年",
    "day": "日",
    "of": "的",
    "opening": OPENING,
    "closing": CLOSING,
    "bracket": "(",
}
_COUNTED_MARKS = 7
"""The first so many marks are counted in a span."""
_LETTERS = "\n,。、:;!?《》“”「」()的是为在于由至到以叫称被与和及对向从自因了有使将把当出后中时等而并也又就"
_SORTS = (
    "人员者家长王帝手师生民士客子女",
    "国省市县区州镇村乡地岛山河江湖海洲站路街城港湾",
    "司院校所会局部党团队社厂署行馆盟军",
    "书歌曲片剧影刊报集志传记诗典词",
    "年月日期代纪初末",
    "语文族教学派科类种式型法制",
    "号名称字",
    "率度额量数米里元吨亩顷",
)
"""Last characters that say what sort of thing a noun names: person, place, body, work, time, kind, name, measure."""


_FAR = 40
_NEAR = 12
_NEVER = 1 << 30
NAMES = """
characters tokens matched_inside mass_inside mass_within_30 mass_within_80 rare_inside rare_before rare_behind
rare_near_before rare_near_behind rare_within_30 letters_inside letters_before letters_behind
letters_near_before letters_near_behind letters_within_30 characters_asked repeated gap_before gap_behind
first_matched last_matched sentence_cover sentence_lag sentence_words words_lag rare_cover rare_lag
rare_cover_before rare_cover_behind letters_cover letters_lag letters_cover_before letters_cover_behind
context_cover passage_score passage_rank sentence_place sentence_size place_in_sentence clauses at_clause_start
at_clause_end listing_behind listing_before quoted in_quotes bracketed listings clause_rare_before
clause_rare_behind clause_letters_before clause_letters_behind first_tag last_tag tag_before tag_behind
second_before second_behind numerals persons places names times nouns verbs unknown functions digits first_digit
last_digit latin year day of asked_place asked_behind question_size bigram_total left left2 right right_inside
right2 right2_inside focus_last focus_last_character focus_gap_before focus_gap_behind left_gap_before_0
left_gap_behind_0 left_gap_before_1 left_gap_behind_1 right_gap_before_0 right_gap_behind_0 right_gap_before_1
right_gap_behind_1 kind focus_sort last_sort sorts_agree first_letter last_letter before behind
odds_before odds_first odds_last odds_behind several
""".split()  # noqa: SIM905 - a page of quoted lines otherwise
_ROW = {name: row for row, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What ranking knows of the passages and sentences spans stand in.

    bigram_idf        for each bigram of the question
    passage_score     learned score of each passage, best 0, worse negative
    bigram_rarity     the same times how few sentences of the passages hold it: tells sentences of one topic apart
    letter_rarity     for each character of the question's bigrams, how few sentences hold it
    sentence_cover    share of the question's idf mass in each sentence
    sentence_words    the same in words
    context_cover     the same with the sentences before and behind in the passage
    sentence_rare     share of the bigrams' rarity in each sentence
    sentence_letters  the same of the characters'
    """

    bigram_idf: NDArray[np.float64]
    bigram_rarity: NDArray[np.float64]
    letter_rarity: NDArray[np.float64]
    passage_score: NDArray[np.float64]
    sentence_cover: NDArray[np.float64]
    sentence_words: NDArray[np.float64]
    context_cover: NDArray[np.float64]
    sentence_rare: NDArray[np.float64]
    sentence_letters: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """
    What each token says of a span that begins or ends with it; all arrays are features × tokens.

    place            column of each of the text's tokens; beyond the last one when it was not weighed
    first, last      features that the first or the last token alone decides: their places in NAMES, and the values
    before, behind   sums up to a token's start and up to its end, in the order of HELD: a span holds their difference
    opens, closes    whether a quotation opens with the token or right before it; closes with it or right behind it
    repeated         how often a token's like stands in all the passages
    same             features that are the same for every span of a question
    """

    place: Ints
    first: tuple[Ints, Floats]
    last: tuple[Ints, Floats]
    before: Sums
    behind: Sums
    opens: Bools
    closes: Bools
    repeated: Ints
    same: tuple[Ints, Floats]

    def describe(self, first: Ints, last: Ints) -> Floats:
        """Return the features of the spans from each `first` to each `last` token, spans × NAMES."""
        first, last = self.place[first], self.place[last]
        cells = np.empty((len(NAMES), len(first)), np.float32)
        cells[self.first[0]] = self.first[1].take(first, axis=1)
        cells[self.last[0]] = self.last[1].take(last, axis=1)
        cells[self.same[0]] = self.same[1]
        held = self.behind.take(last, axis=1) - self.before.take(first, axis=1)
        held[_AROUND] -= held[_AROUND_WHAT]
        held[_IN_SHARES] /= held[_CHARACTERS]
        cells[_HELD_ROWS] = held
        cells[_ROW["repeated"]] = np.minimum(self.repeated[first], self.repeated[last])
        cells[[_ROW["quoted"], _ROW["in_quotes"]]] = self.opens.take(first, axis=1) & self.closes.take(last, axis=1)
        return cells.T


HELD = (
    "mass_inside",
    "rare_inside",
    "letters_inside",
    "matched_inside",
    "characters_asked",
    *list(_MARKS)[:_COUNTED_MARKS],
    "mass_within_30",
    "mass_within_80",
    "rare_within_30",
    "letters_within_30",
    "characters",
    "tokens",
    *_COUNTED_TAGS,
)
_HELD_ROWS = [_ROW[name] for name in HELD]
_CHARACTERS = HELD.index("characters")
_IN_SHARES = [HELD.index(name) for name in ("matched_inside", "characters_asked")]
_AROUND = [HELD.index(name) for name in ("mass_within_30", "mass_within_80", "rare_within_30", "letters_within_30")]
_AROUND_WHAT = [HELD.index(name) for name in ("mass_inside", "mass_inside", "rare_inside", "letters_inside")]
"""What is around a span does not count what is in it."""


def weigh(text: Concordance, question: Question, evidence: Evidence, sentences: Ints | None = None) -> Boundaries:
    """Return what every token of some sentences, or of all, says of a span that begins or ends with it."""
    every = np.arange(len(text.token_start))
    token = every if sentences is None else np.flatnonzero(text.inside(sentences))
    codes = np.minimum(text.codes, 0xFFFF)
    start, end, sentence = text.token_start[token], text.token_end[token], text.token_sentence[token]
    from_, to = text.sentence_start[sentence], text.sentence_end[sentence]
    at_end = np.minimum(end, len(codes) - 1)
    marks = (_mark_table()[codes] & _BITS) != 0
    mass = _match_mass(text, evidence.bigram_idf)
    matched = mass > 0
    total = float(evidence.bigram_idf.sum()) + 1e-9

    sums = _sums(text, question, evidence, mass, marks[:_COUNTED_MARKS])

    passage = text.passage_at[start]
    passage_start = text.passage_start[passage]
    passage_end = passage_start + text.lengths[passage]
    clause_bounds = np.flatnonzero(np.concatenate(([True], marks[0])))
    clause_start = clause_bounds[np.searchsorted(clause_bounds, start, side="right") - 1]
    clause_stop = clause_bounds[np.minimum(np.searchsorted(clause_bounds, end), len(clause_bounds) - 1)]
    left = [np.maximum(start - radius, passage_start) for radius in (30, 80)]
    right = [np.minimum(end + radius, passage_end) for radius in (30, 80)]
    tags = text.token_tag
    tag_sums = np.zeros((len(_COUNTED_TAGS), len(tags) + 1))
    np.cumsum(_tag_flags()[:, tags], axis=1, out=tag_sums[:, 1:])
    before = np.vstack(
        [sums[:, start], sums[0, left[0]], sums[0, left[1]], sums[1:3, left[0]], start, token, tag_sums[:, token]]
    )
    behind = np.vstack(
        [
            sums[:, end],
            sums[0, right[0]],
            sums[0, right[1]],
            sums[1:3, right[0]],
            end,
            token + 1,
            tag_sums[:, token + 1],
        ]
    )

    found = sums[1:3]
    here = found[:, start]
    rare_before, letters_before = here - found[:, from_]
    rare_near_before, letters_near_before = here - found[:, np.maximum(start - _NEAR, from_)]
    rare_clause_before, letters_clause_before = here - found[:, clause_start]
    here = found[:, end]
    rare_behind, letters_behind = found[:, to] - here
    rare_near_behind, letters_near_behind = found[:, np.minimum(end + _NEAR, to)] - here
    rare_clause_behind, letters_clause_behind = found[:, np.maximum(clause_stop, end)] - here

    gap_names, gaps_before, gaps_behind = _gaps(text, question, matched, (start, end), (from_, to))
    letter_class, tag = _letter_table()[codes], _tag_numbers()[tags]
    odds = letters.load()
    opening, closing = marks[_MARK["opening"]], marks[_MARK["closing"]]
    listing, digit = marks[_MARK["listings"]], marks[_MARK["digits"]]
    asked_from, asked_to = question.asked
    asked_before, asked_behind = question.folded[:asked_from], question.folded[asked_to:].rstrip("?。!")
    beside_start = text.codes.take([start - 2, start - 1], mode="clip")
    beside_end = text.codes.take([end - 2, end - 1, end, end + 1], mode="clip")
    one, two = asked_before[-1:], asked_before[-2:]
    of_first: dict[str, Column] = {
        "rare_before": rare_before,
        "rare_near_before": rare_near_before,
        "clause_rare_before": rare_clause_before,
        "letters_before": letters_before,
        "letters_near_before": letters_near_before,
        "clause_letters_before": letters_clause_before,
        "first_matched": matched[start],
        "place_in_sentence": (start - from_) / np.maximum(to - from_, 1),
        "at_clause_start": (start == from_) | marks[0, start - 1],
        "listing_before": listing[start - 1],
        "bracketed": marks[_MARK["bracket"], start - 1],
        "first_tag": tag[token],
        "tag_before": tag[np.maximum(token - 1, 0)],
        "second_before": tag[np.maximum(token - 2, 0)],
        "first_digit": digit[start],
        "left": _stands(beside_start[1:], one),
        "left2": _stands(beside_start[2 - len(two) :], two),
        "first_letter": letter_class[start],
        "before": letter_class[start - 1],
        "odds_before": odds[0, codes[start - 1]],
        "odds_first": odds[1, codes[start]],
        **dict(zip((f"{name}_before{which}" for name, which in gap_names), gaps_before, strict=True)),
    }
    one, two = asked_behind[:1], asked_behind[:2]
    focus = question.focus
    focus_sort = _sort_of(focus[-1:])
    focus_ends = np.zeros(len(codes) + 1, np.bool_)
    focus_ends[_occurrences(text.text, focus) + len(focus)] = True
    last_sort = _sorts()[codes[end - 1]]
    of_last: dict[str, Column] = {
        "rare_behind": rare_behind,
        "rare_near_behind": rare_near_behind,
        "clause_rare_behind": rare_clause_behind,
        "letters_behind": letters_behind,
        "letters_near_behind": letters_near_behind,
        "clause_letters_behind": letters_clause_behind,
        "last_matched": matched[end - 1],
        "at_clause_end": marks[0, at_end],
        "listing_behind": listing[at_end],
        "last_tag": tag[token],
        "tag_behind": tag[np.minimum(token + 1, len(tag) - 1)],
        "second_behind": tag[np.minimum(token + 2, len(tag) - 1)],
        "last_digit": digit[end - 1],
        "right": _stands(beside_end[2:], one),
        "right_inside": _stands(beside_end[2 - len(one) :], one),
        "right2": _stands(beside_end[2:], two),
        "right2_inside": _stands(beside_end[2 - len(two) :], two),
        "focus_last": focus_ends[end],
        "focus_last_character": _stands(beside_end[1:], focus[-1:]),
        "last_sort": last_sort,
        "sorts_agree": (last_sort == focus_sort) & (last_sort >= 0),
        "last_letter": letter_class[end - 1],
        "behind": letter_class[at_end],
        "odds_last": odds[2, codes[end - 1]],
        "odds_behind": odds[3, codes[at_end]],
        **dict(zip((f"{name}_behind{which}" for name, which in gap_names), gaps_behind, strict=True)),
    }
    of_sentence = _of_sentences(text, evidence)
    of_question: dict[str, Column] = {
        "asked_place": asked_from / max(1, len(question.folded)),
        "asked_behind": len(asked_behind),
        "question_size": len(question.folded),
        "bigram_total": total,
        "kind": KINDS.index(question.kind),
        "several": question.several,
        "focus_sort": focus_sort,
    }
    first_rows, first = _rows(of_first, len(token))
    sentence_rows, of_all = _rows(of_sentence, len(text.sentence_start))
    place = np.full(len(every), len(token))
    place[token] = np.arange(len(token))
    return Boundaries(
        place=place,
        first=(np.concatenate([first_rows, sentence_rows]), np.vstack([first, of_all[:, sentence]])),
        last=_rows(of_last, len(token)),
        before=before,
        behind=behind,
        opens=np.stack([opening[start], opening[start - 1]]),
        closes=np.stack([closing[end - 1], closing[at_end]]),
        repeated=_repeated(text, token),
        same=_rows(of_question, 1),
    )


def _sums(text: Concordance, question: Question, evidence: Evidence, mass: Sums, marks: Bools) -> Sums:
    """Return what is found up to each offset, in the order of HELD as far as `marks`: sums × (characters + 1)."""
    size = len(text.codes)
    asked = is_any(text.codes, "".join(filter(str.isalnum, question.folded)))
    sums = np.zeros((5 + len(marks), size + 1))
    np.cumsum(mass, out=sums[0, 1:])
    sums[0] /= float(evidence.bigram_idf.sum()) + 1e-9
    sums[1] = _running(text.bigram_hits, evidence.bigram_rarity, size, 2)
    sums[2] = _running(text.character_hits, evidence.letter_rarity, size, 1)
    np.cumsum(np.vstack([mass > 0, asked, marks]), axis=1, out=sums[3:, 1:])
    return sums


def _of_sentences(text: Concordance, evidence: Evidence) -> dict[str, Column]:
    passage = text.sentence_passage
    columns: dict[str, Column] = {
        "sentence_cover": evidence.sentence_cover,
        "sentence_lag": evidence.sentence_cover.max() - evidence.sentence_cover,
        "sentence_words": evidence.sentence_words,
        "words_lag": evidence.sentence_words.max() - evidence.sentence_words,
        "context_cover": evidence.context_cover,
        "passage_score": evidence.passage_score[passage],
        "passage_rank": passage,
        "sentence_place": np.arange(len(passage)) - np.searchsorted(passage, passage),
        "sentence_size": text.sentence_end - text.sentence_start,
    }
    for name, share in (("rare", evidence.sentence_rare), ("letters", evidence.sentence_letters)):
        alone = np.concatenate(([0.0], share, [0.0]))
        columns[f"{name}_cover"], columns[f"{name}_lag"] = share, share.max() - share
        columns[f"{name}_cover_before"], columns[f"{name}_cover_behind"] = alone[:-2], alone[2:]
    return columns


def _rows(columns: Mapping[str, Column], many: int) -> tuple[Ints, Floats]:
    """Return the places of some features in NAMES and their values, features × tokens."""
    return np.array([_ROW[name] for name in columns], np.int64), trees.table(columns.values(), many).T


def _gaps(
    text: Concordance, question: Question, matched: Bools, tokens: tuple[Ints, Ints], sentences: tuple[Ints, Ints]
) -> tuple[list[tuple[str, str]], Ints, Ints]:
    """
    Return how far before and behind each token the nearest of each sort in its sentence is: sorts × tokens.

    The sorts are what the question shares with the text, its focus and the content words around the question word; a
    gap is 40 at most, 41 where there is nothing. Tokens and their sentences are given by their starts and ends.
    """
    around = content_around(question)
    words = {
        ("focus_gap", ""): question.focus,
        **{
            (f"{side}_gap", f"_{n}"): some[n] if n < len(some) else ""
            for side, some in zip(("left", "right"), around, strict=True)
            for n in (0, 1)
        },
    }
    size = len(text.codes)
    last = np.full((len(words) + 1, size + 1), -1, np.int32)
    coming = np.full((len(words) + 1, size + 1), _NEVER, np.int32)
    for row, word in enumerate(["", *words.values()]):
        begins = _occurrences(text.text, word) if row else np.flatnonzero(matched)
        ends = begins + max(len(word) - 1, 0)
        last[row, ends + 1], coming[row, begins] = ends, begins
    (start, end), (floor, ceiling) = tokens, sentences
    last = np.maximum.accumulate(last, axis=1)[:, start]
    coming = np.minimum.accumulate(coming[:, ::-1], axis=1)[:, size - end]
    before = np.where(last >= floor, np.minimum(start - 1 - last, _FAR), _FAR + 1)
    behind = np.where(coming < ceiling, np.minimum(coming - end, _FAR), _FAR + 1)
    return [("gap", ""), *words], before, behind


def _repeated(text: Concordance, tokens: Ints) -> Ints:
    """Return how often each token, told by ends and length, stands in all the passages: a topic's name often."""
    codes = text.codes
    keys = (codes[text.token_start] << 26) + (codes[text.token_end - 1] << 5) + (text.token_end - text.token_start)
    ordered = np.sort(keys)
    wanted = keys[tokens]
    counted: Ints = np.searchsorted(ordered, wanted, side="right") - np.searchsorted(ordered, wanted)
    return counted


_MARK = {name: row for row, name in enumerate(_MARKS)}
_BITS = (1 << np.arange(len(_MARKS), dtype=np.uint16))[:, None]


@cache
def _mark_table() -> NDArray[np.uint16]:
    """The marks that each character of the basic plane is, as bits."""
    table = np.zeros(0x10000, np.uint16)
    for bit, some in zip(_BITS[:, 0], _MARKS.values(), strict=True):
        table[[ord(letter) for letter in some]] |= bit
    return table


@cache
def _letter_table() -> NDArray[np.int8]:
    """The number of each character among those told apart, in the order of their codes; -1 for all others."""
    table = np.full(0x10000, -1, np.int8)
    table[sorted(map(ord, _LETTERS))] = range(len(_LETTERS))
    return table


@cache
def _sorts() -> NDArray[np.int8]:
    table = np.full(0x10000, -1, np.int8)
    for sort, some in enumerate(_SORTS):
        table[[ord(letter) for letter in some]] = sort
    return table


def _sort_of(letter: str) -> int:
    return int(_sorts()[ord(letter)]) if letter and ord(letter) < 0x10000 else -1


@cache
def _tag_numbers() -> NDArray[np.int8]:
    table = np.full(256, -1, np.int8)
    table[[ord(tag) for tag in TAGS]] = range(len(TAGS))
    return table


@cache
def _tag_flags() -> Bools:
    """Whether each tag is of each counted sort, sorts × codes."""
    table = np.zeros((len(_COUNTED_TAGS), 256), np.bool_)
    for row, tags in enumerate(_COUNTED_TAGS.values()):
        table[row, [ord(tag) for tag in tags]] = True
    return table


def _stands(beside: Ints, letters: str) -> Bools:
    """Return where `letters` stand in the first rows of `beside`, one row a place; never when there are no letters."""
    found: Bools = np.full(beside.shape[1], bool(letters))
    for row, letter in zip(beside, letters, strict=False):
        found &= row == ord(letter)
    return found


def _running(hits: tuple[Ints, Ints], weight: NDArray[np.float64], size: int, width: int) -> NDArray[np.float64]:
    """Return the share of all weight that is found up to each offset; what is found twice counts twice."""
    places, which = hits
    mass = np.bincount(places + width - 1, weight[which], minlength=size)[:size]
    running: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(mass))) / (weight.sum() + 1e-9)
    return running


def _match_mass(text: Concordance, idf: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each character the idf of the question's bigrams on it: half of each, the greater where two meet."""
    places, which = text.bigram_hits
    mass = np.zeros(len(text.codes))
    weight = idf[which] / 2
    np.maximum.at(mass, places, weight)
    np.maximum.at(mass, places + 1, weight)
    return mass


def _occurrences(text: str, word: str) -> Ints:
    places = []
    at = text.find(word) if word else -1
    while at >= 0:
        places.append(at)
        at = text.find(word, at + 1)
    return np.array(places, np.int64)


_SAYS_LITTLE = frozenset("有是为在叫称于共共有一共总共分别曾经")


def content_around(question: Question) -> tuple[list[str], list[str]]:
    """Return the words that say what is asked, before and behind the question word, nearest first."""
    content = [token for token in question.tokens if token.tag not in "wuqdcpry" and token.word not in _SAYS_LITTLE]
    before = [token.word for token in content if token.end <= question.asked[0]]
    behind = [token.word for token in content if token.start >= question.asked[1]]
    return before[::-1], behind
