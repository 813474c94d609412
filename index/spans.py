"""Lists the spans of a few passages that could answer a question, and describes each in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.concordance import CLAUSE_ENDS, Bools, Concordance, Ints, is_any
from index.question import KINDS, Question

Floats = NDArray[np.float32]

LONGEST_IN_TOKENS = 14
LONGEST_IN_CHARACTERS = 80
TAGS = "nRSTZtmqvVaideclprfsbjkuxw"
_OPENING, _CLOSING = "《“‘「『(〈", "》”’」』)〉"
_CUES = "是为叫称因于由有在即以至到使让指含括:"
_DIGITS = "0123456789零一二三四五六七八九十百千万亿两半几数"
_FAR = 40
_NOWHERE = 10_000


@dataclass(frozen=True, slots=True)
class Spans:
    """
    Candidate answers, as arrays of one length.

    first, last  token numbers, inclusive
    start, end   character offsets into the concordance's text
    """

    first: Ints
    last: Ints
    start: Ints
    end: Ints

    def take(self, which: Ints) -> Spans:
        return Spans(self.first[which], self.last[which], self.start[which], self.end[which])


def list_spans(text: Concordance, sentences: Ints) -> Spans:
    """
    Return the spans of the given sentences: up to 14 tokens from any token to any, and longer runs of whole clauses.

    Quotes and brackets are balanced in every one; none begins or ends on other punctuation.
    """
    codes = text.codes
    opening, closing = is_any(codes, _OPENING), is_any(codes, _CLOSING)
    depth = np.concatenate(([0], np.cumsum(opening.astype(np.int64) - closing)))
    lowest_at = depth[text.token_start]
    punctuation = text.token_tag == ord("w")
    inside = np.isin(text.token_sentence, sentences)
    can_begin = inside & (~punctuation | opening[text.token_start])
    can_end = inside & (~punctuation | closing[text.token_end - 1] | is_any(codes[text.token_end - 1], "%"))
    begins = np.flatnonzero(can_begin)
    firsts, lasts = [], []
    total = len(text.token_start)
    for size in range(LONGEST_IN_TOKENS):
        last = begins + size
        fits = last < total
        first, last = begins[fits], last[fits]
        good = can_end[last] & (text.token_sentence[first] == text.token_sentence[last])
        firsts.append(first[good])
        lasts.append(last[good])
    clause_end = is_any(codes, CLAUSE_ENDS)
    after_end = np.concatenate(([True], clause_end[:-1]))
    cue = np.concatenate(([False], is_any(codes[:-1], _CUES)))
    heads = begins[(after_end | cue)[text.token_start[begins]]]
    tails = np.flatnonzero(can_end & clause_end[np.minimum(text.token_end, len(codes) - 1)])
    low = np.searchsorted(tails, heads + LONGEST_IN_TOKENS)
    high = np.searchsorted(text.token_start[tails], text.token_start[heads] + LONGEST_IN_CHARACTERS)
    for head, a, b in zip(heads.tolist(), low.tolist(), high.tolist(), strict=True):
        long = tails[a:b]
        long = long[text.token_sentence[long] == text.token_sentence[head]]
        firsts.append(np.full(len(long), head))
        lasts.append(long)
    first, last = np.concatenate(firsts), np.concatenate(lasts)
    balanced = lowest_at[first] == depth[text.token_end[last]]
    first, last = first[balanced], last[balanced]
    closings = np.concatenate(([0], np.cumsum(closing)))
    start, end = text.token_start[first], text.token_end[last]
    nested = np.ones(len(first), np.bool_)
    for n in np.flatnonzero(closings[end] > closings[start]).tolist():
        nested[n] = depth[start[n] : end[n] + 1].min() >= depth[start[n]]
    first, last = first[nested], last[nested]
    return Spans(first, last, text.token_start[first], text.token_end[last])


def single_tokens(text: Concordance, sentences: Ints) -> Spans:
    """Return every token of the given sentences as a span of its own."""
    tokens = np.flatnonzero(np.isin(text.token_sentence, sentences))
    return Spans(tokens, tokens, text.token_start[tokens], text.token_end[tokens])


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


def describe(spans: Spans, text: Concordance, question: Question, evidence: Evidence) -> tuple[Floats, list[str]]:
    """Return the features of each span (spans × features) and their names."""
    codes = text.codes
    start, end, first, last = spans.start, spans.end, spans.first, spans.last
    sentence = text.token_sentence[first]
    s_start, s_end = text.sentence_start[sentence], text.sentence_end[sentence]
    columns: dict[str, NDArray[np.generic]] = {}
    size = end - start
    columns["characters"] = size
    columns["tokens"] = last - first + 1

    mass = _match_mass(text, evidence.bigram_idf)
    total = float(evidence.bigram_idf.sum()) + 1e-9
    running = np.concatenate(([0.0], np.cumsum(mass))) / total
    matched = np.concatenate(([0], np.cumsum(mass > 0)))
    columns["matched_inside"] = (matched[end] - matched[start]) / size
    columns["mass_inside"] = running[end] - running[start]
    near_left, near_right = np.maximum(start - 12, s_start), np.minimum(end + 12, s_end)
    p_start = text.passage_start[text.passage_at[start]]
    p_end = p_start + text.lengths[text.passage_at[start]]
    for radius in (30, 80):
        left, right = np.maximum(start - radius, p_start), np.minimum(end + radius, p_end)
        columns[f"mass_within_{radius}"] = running[right] - running[left] - columns["mass_inside"]
    rare = _running(text.bigram_hits, evidence.bigram_rarity, len(codes), 2)
    letters_found = _running(text.character_hits, evidence.letter_rarity, len(codes), 1)
    for name, found in (("rare", rare), ("letters", letters_found)):
        within = found[end] - found[start]
        columns[f"{name}_inside"] = within
        columns[f"{name}_before"] = found[start] - found[s_start]
        columns[f"{name}_behind"] = found[s_end] - found[end]
        columns[f"{name}_near_before"] = found[start] - found[near_left]
        columns[f"{name}_near_behind"] = found[near_right] - found[end]
        left, right = np.maximum(start - 30, p_start), np.minimum(end + 30, p_end)
        columns[f"{name}_within_30"] = found[right] - found[left] - within
    asked_characters = "".join(sorted(set(filter(str.isalnum, question.folded))))
    columns["characters_asked"] = _count(is_any(codes, asked_characters), start, end) / size
    columns["repeated"] = _repeats(text, first, last)
    places = np.flatnonzero(mass > 0)
    columns["gap_before"] = _gap_before(places, start, s_start)
    columns["gap_behind"] = _gap_behind(places, end, s_end)
    columns["first_matched"] = mass[start] > 0
    columns["last_matched"] = mass[end - 1] > 0

    columns["sentence_cover"] = evidence.sentence_cover[sentence]
    columns["sentence_lag"] = evidence.sentence_cover.max() - evidence.sentence_cover[sentence]
    columns["sentence_words"] = evidence.sentence_words[sentence]
    columns["words_lag"] = evidence.sentence_words.max() - evidence.sentence_words[sentence]
    for name, share in (("rare", evidence.sentence_rare), ("letters", evidence.sentence_letters)):
        columns[f"{name}_cover"] = share[sentence]
        columns[f"{name}_lag"] = share.max() - share[sentence]
        alone = np.concatenate(([0.0], share, [0.0]))
        columns[f"{name}_cover_before"], columns[f"{name}_cover_behind"] = alone[sentence], alone[sentence + 2]
    columns["context_cover"] = evidence.context_cover[sentence]
    passage = text.sentence_passage[sentence]
    columns["passage_score"] = evidence.passage_score[passage]
    columns["passage_rank"] = passage
    columns["sentence_place"] = sentence - np.searchsorted(text.sentence_passage, passage)
    columns["sentence_size"] = s_end - s_start
    columns["place_in_sentence"] = (start - s_start) / np.maximum(s_end - s_start, 1)

    clause = np.concatenate(([0], np.cumsum(is_any(codes, CLAUSE_ENDS))))
    columns["clauses"] = clause[end] - clause[start]
    columns["at_clause_start"] = (start == s_start) | is_any(codes[start - 1], CLAUSE_ENDS)
    columns["at_clause_end"] = is_any(codes[np.minimum(end, len(codes) - 1)], CLAUSE_ENDS)
    columns["listing_behind"] = codes[np.minimum(end, len(codes) - 1)] == ord("、")
    columns["listing_before"] = codes[start - 1] == ord("、")
    columns["quoted"] = is_any(codes[start], _OPENING) & is_any(codes[end - 1], _CLOSING)
    columns["in_quotes"] = is_any(codes[start - 1], _OPENING) & is_any(codes[np.minimum(end, len(codes) - 1)], _CLOSING)
    columns["bracketed"] = codes[start - 1] == ord("(")
    columns["listings"] = _count(codes == ord("、"), start, end)
    clause_bounds = np.flatnonzero(np.concatenate(([True], is_any(codes, CLAUSE_ENDS))))
    c_start = clause_bounds[np.searchsorted(clause_bounds, start, side="right") - 1]
    c_stop = clause_bounds[np.minimum(np.searchsorted(clause_bounds, end), len(clause_bounds) - 1)]
    for name, found in (("rare", rare), ("letters", letters_found)):
        columns[f"clause_{name}_before"] = found[start] - found[c_start]
        columns[f"clause_{name}_behind"] = found[np.maximum(c_stop, end)] - found[end]

    tags = text.token_tag
    tag_number = np.full(256, -1)
    tag_number[[ord(tag) for tag in TAGS]] = range(len(TAGS))
    columns["first_tag"] = tag_number[tags[first]]
    columns["last_tag"] = tag_number[tags[last]]
    columns["tag_before"] = tag_number[tags[np.maximum(first - 1, 0)]]
    columns["tag_behind"] = tag_number[tags[np.minimum(last + 1, len(tags) - 1)]]
    columns["second_before"] = tag_number[tags[np.maximum(first - 2, 0)]]
    columns["second_behind"] = tag_number[tags[np.minimum(last + 2, len(tags) - 1)]]
    for name, letters in (
        ("numerals", "m"),
        ("persons", "R"),
        ("places", "S"),
        ("names", "TZ"),
        ("times", "t"),
        ("nouns", "nV"),
        ("verbs", "v"),
        ("unknown", "x"),
        ("functions", "pcudr"),
    ):
        columns[name] = _count(is_any(tags, letters), first, last + 1)
    digit = is_any(codes, _DIGITS)
    columns["digits"] = _count(digit, start, end)
    columns["first_digit"] = digit[start]
    columns["last_digit"] = digit[end - 1]
    latin = is_any(codes, "abcdefghijklmnopqrstuvwxyz")
    columns["latin"] = _count(latin, start, end)
    for name, which in (("year", "年"), ("day", "日"), ("of", "的")):
        columns[name] = _count(is_any(codes, which), start, end)

    asked_from, asked_to = question.asked
    before, behind = question.folded[:asked_from], question.folded[asked_to:].rstrip("?。!")
    columns["asked_place"] = np.full(len(start), asked_from / max(1, len(question.folded)))
    columns["asked_behind"] = np.full(len(start), len(behind))
    columns["question_size"] = np.full(len(start), len(question.folded))
    columns["bigram_total"] = np.full(len(start), total)
    for name, letters in (("left", before[-1:]), ("left2", before[-2:])):
        columns[name] = _stands(codes, start - len(letters), letters)
    for name, letters in (("right", behind[:1]), ("right2", behind[:2])):
        columns[name] = _stands(codes, end, letters)
        columns[name + "_inside"] = _stands(codes, end - len(letters), letters)
    focus = question.focus
    columns["focus_last"] = _stands(codes, end - len(focus), focus)
    columns["focus_last_character"] = _stands(codes, end - 1, focus[-1:])
    focus_places = _occurrences(text.text, focus)
    columns["focus_gap_before"] = _gap_before(focus_places + max(len(focus) - 1, 0), start, s_start)
    columns["focus_gap_behind"] = _gap_behind(focus_places, end, s_end)
    for name, words in zip(("left", "right"), content_around(question), strict=True):
        for distance in (0, 1):
            word = words[distance] if distance < len(words) else ""
            places = _occurrences(text.text, word)
            columns[f"{name}_gap_before_{distance}"] = _gap_before(places + max(len(word) - 1, 0), start, s_start)
            columns[f"{name}_gap_behind_{distance}"] = _gap_behind(places, end, s_end)
    columns["kind"] = np.full(len(start), KINDS.index(question.kind))
    columns["focus_sort"] = np.full(len(start), _sort_of(focus[-1:]))
    sorts = _sorts()[np.minimum(codes[end - 1], 0xFFFF)]
    columns["last_sort"] = sorts
    columns["sorts_agree"] = (sorts == _sort_of(focus[-1:])) & (sorts >= 0)
    columns["first_letter"] = _letter_class(codes[start])
    columns["last_letter"] = _letter_class(codes[end - 1])
    columns["before"] = _letter_class(codes[start - 1])
    columns["behind"] = _letter_class(codes[np.minimum(end, len(codes) - 1)])
    return np.stack(list(columns.values()), axis=1).astype(np.float32), list(columns)


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


@cache
def _sorts() -> Ints:
    table = np.full(0x10000, -1)
    for sort, letters in enumerate(_SORTS):
        table[[ord(letter) for letter in letters]] = sort
    return table


def _sort_of(letter: str) -> int:
    return int(_sorts()[ord(letter)]) if letter and ord(letter) < 0x10000 else -1


def _letter_class(codes: NDArray[np.uint32]) -> Ints:
    table = np.array(sorted(ord(c) for c in _LETTERS))
    slot = np.minimum(np.searchsorted(table, codes), len(table) - 1)
    return np.where(table[slot] == codes, slot, -1)


def nearness(spans: Spans, text: Concordance, question: Question, evidence: Evidence) -> tuple[Floats, list[str]]:
    """
    Return how much of the question stands close around each span (spans × features), and the features' names.

    Every character and bigram counts once, by its rarity and where it stands nearest in the passage, outside the span;
    for "focus" the more, the nearer to the question word it is in the question; "in_order" only on the side of the span
    that it has of the question word.
    """
    columns: dict[str, NDArray[np.float64]] = {}
    for name, hits, terms, weight in (
        ("letters", text.character_hits, text.characters, evidence.letter_rarity),
        ("rare", text.bigram_hits, text.bigrams, evidence.bigram_rarity),
    ):
        left, right = _nearest(spans, text, hits, len(terms), len(terms[0]) if terms else 1)
        gap = np.minimum(left, right)
        close = 1 / (1 + gap / 10)
        before, behind = _sides(question, terms)
        part = weight / (weight.sum() + 1e-9)
        focus = weight * np.exp(-np.minimum(before, behind) / 6)
        focus /= focus.sum() + 1e-9
        for radius in (6, 20, 50):
            columns[f"{name}_found_within_{radius}"] = (gap <= radius) @ part
        columns[f"{name}_nearness"] = close @ part
        columns[f"{name}_focus_within_6"] = (gap <= 6) @ focus
        columns[f"{name}_focus_nearness"] = close @ focus
        ordered = np.where(before <= behind, left, right)
        columns[f"{name}_in_order"] = 1 / (1 + ordered / 10) @ part
        columns[f"{name}_in_order_focus"] = 1 / (1 + ordered / 10) @ focus
    stacked = np.stack(list(columns.values()), axis=1).astype(np.float32)
    lags = stacked.max(axis=0, initial=0) - stacked
    return np.hstack([stacked, lags]), [*columns, *(f"{name}_lag" for name in columns)]


def _sides(question: Question, terms: Sequence[str]) -> tuple[Ints, Ints]:
    """Return how far before and how far behind the question word each term stands in the question."""
    start, end = question.asked
    before, behind = question.folded[:start], question.folded[end:]
    return (
        np.array([start - at - len(term) if (at := before.rfind(term)) >= 0 else _NOWHERE for term in terms], np.int64),
        np.array([at if (at := behind.find(term)) >= 0 else _NOWHERE for term in terms], np.int64),
    )


def _nearest(spans: Spans, text: Concordance, hits: tuple[Ints, Ints], kinds: int, width: int) -> tuple[Ints, Ints]:
    """Return how far before and behind each span the nearest hit of each kind in its passage stands: spans × kinds."""
    places, which = hits
    size = len(text.codes) + 1
    keys = np.sort(which * size + places)
    passage = text.passage_at[spans.start]
    floor = text.passage_start[passage][:, None]
    ceiling = floor + text.lengths[passage][:, None]
    bounds = np.concatenate(([-1], keys, [kinds * size]))
    base = np.arange(kinds) * size
    before = bounds[np.searchsorted(keys, base + (spans.start - width)[:, None], side="right")] - base
    behind = bounds[np.searchsorted(keys, base + spans.end[:, None]) + 1] - base
    left: Ints = np.where(before >= floor, spans.start[:, None] - width - before, _NOWHERE)
    right: Ints = np.where(behind < ceiling, behind - spans.end[:, None], _NOWHERE)
    return left, right


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


def _count(flags: Bools, start: Ints, end: Ints) -> Ints:
    running = np.concatenate(([0], np.cumsum(flags)))
    counted: Ints = running[end] - running[start]
    return counted


def _repeats(text: Concordance, first: Ints, last: Ints) -> Ints:
    """Return how often each span's rarer end token stands in all the passages: a topic's name does often."""
    codes = text.codes.astype(np.int64)
    keys = (codes[text.token_start] << 26) + (codes[text.token_end - 1] << 5) + (text.token_end - text.token_start)
    _, which, times = np.unique(keys, return_inverse=True, return_counts=True)
    counted = times[which]
    rarer: Ints = np.minimum(counted[first], counted[last])
    return rarer


def _gap_before(places: Ints, start: Ints, floor: Ints) -> Ints:
    """Return the characters between each start and the nearest place before it in its sentence, 40 when none is."""
    slot = np.searchsorted(places, start) - 1
    near = np.where(slot >= 0, places[np.maximum(slot, 0)] if len(places) else -1, -1)
    return np.where(near >= floor, np.minimum(start - 1 - near, _FAR), _FAR + 1)


def _gap_behind(places: Ints, end: Ints, ceiling: Ints) -> Ints:
    slot = np.searchsorted(places, end)
    near = np.where(slot < len(places), places[np.minimum(slot, len(places) - 1)] if len(places) else 0, 1 << 40)
    return np.where(near < ceiling, np.minimum(near - end, _FAR), _FAR + 1)


def _stands(codes: NDArray[np.uint32], at: Ints, letters: str) -> Bools:
    """Return where `letters` stand at offsets `at`; never when there are no letters."""
    found: Bools = np.full(len(at), bool(letters))
    for shift, letter in enumerate(letters):
        place = np.clip(at + shift, 0, len(codes) - 1)
        found &= codes[place] == ord(letter)
    return found


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
