"""Puts the candidates an engine found in order: rank-bm25 with archive-wide statistics, then a learned ranker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from index import trees
from index.concordance import Bools, Concordance, Ints, is_any
from index.model import Candidate, Engine, Passage, Query
from index.normalize import fold
from index.question import KINDS, Question
from index.tokens import is_bigram

Floats = NDArray[np.float64]
Days = tuple[dt.date, dt.date]
"""First and last, inclusive."""

CANDIDATES = 40
"""98.4 % of the right passages are among them, 98.6 among 60 (CMRC2018-dev and DRCD-dev, every third, 2026-11-24)."""
K1, B = 0.6, 0.1
"""Taken from the design's ablation on CMRC2018-dev among 100,000 news paragraphs; not searched again."""
BIGRAM_WEIGHT, CHARACTER_WEIGHT = 0.5, 0.25
_TAUGHT_ON = np.log(108_400)
FAVOUR = 1.2
"""Added to the learned score of a passage from the days asked for. Not fitted: no question set has dates."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The question's terms with their archive-wide weights; `word_idf` has the words' own weights in it."""

    words: tuple[str, ...]
    bigrams: tuple[str, ...]
    word_idf: Floats
    bigram_idf: Floats


@dataclass(frozen=True, slots=True)
class Ranked:
    """
    Passages, best first.

    scores    learned, comparable within one question only
    features  passages × features, as the ranker saw them
    """

    passages: list[Passage]
    scores: Floats
    features: NDArray[np.float32]


class ArchiveBM25(BM25Plus):  # type: ignore[misc]
    """rank-bm25's BM25+ over some documents of an archive: counts are theirs, idf and mean length the archive's."""

    def __init__(self, counts: list[dict[str, int]], lengths: Ints, idf: dict[str, float], average: float) -> None:
        self.k1, self.b, self.delta = K1, B, 0.0
        self.corpus_size, self.avgdl = len(counts), average
        self.doc_freqs, self.doc_len, self.idf = counts, lengths, idf


def weigh(question: Question, engine: Engine) -> Terms:
    """Look up how rare each term of the question is in the archive."""
    words, bigrams = tuple(question.words), tuple(question.bigrams)
    longer, pairs = _apart(question)
    held = dict(zip((*longer, *pairs), chain(*engine.document_frequencies(longer, pairs)), strict=True))
    total = engine.stats.passages
    weights = np.fromiter(question.words.values(), float, len(words))
    return Terms(
        words,
        bigrams,
        idf([held[word] for word in words], total) * weights,
        idf([held[pair] for pair in bigrams], total),
    )


def _apart(question: Question) -> tuple[list[str], list[str]]:
    """Return the question's words that an index holds as words, and all that it holds as bigrams."""
    longer = [word for word in question.words if not is_bigram(word)]
    return longer, [*dict.fromkeys((*question.bigrams, *filter(is_bigram, question.words)))]


def idf(document_frequencies: Sequence[int], total: int) -> Floats:
    """
    Lucene's inverse document frequency, which is never negative, ln(1 + (N - n + 0.5) / (n + 0.5)), in shares of ln N.

    The models were taught on 108,000 passages; in these units a small archive looks to them like a large one.
    """
    df = np.asarray(document_frequencies, float)
    result: Floats = np.log1p((total - df + 0.5) / (df + 0.5)) * (_TAUGHT_ON / np.log(max(total, 2) + 1))
    return result


def find(
    question: Question,
    engine: Engine,
    without: frozenset[str] = frozenset(),
    dates: Days | None = None,
) -> list[Candidate]:
    """Return the engine's candidates: none of articles in `without`, and only of `dates` if given."""
    words = dict(question.words)
    bigrams = dict.fromkeys(question.bigrams, BIGRAM_WEIGHT)
    for word in filter(is_bigram, question.words):
        bigrams[word] = bigrams.get(word, 0.0) + words.pop(word)
    query = Query(words, bigrams, dates=dates)
    most = 2 * CANDIDATES if without else CANDIDATES
    notices = engine.search(replace(query, kinds=("notice",)), most // 4) if question.wants_notices else []
    found = [*notices, *engine.search(query, most - len(notices))]
    return [one for one in found if one.passage.citation.article_id not in without][:CANDIDATES]


def rank(question: Question, terms: Terms, candidates: Sequence[Candidate], average_length: float) -> Ranked:
    """Return the candidates' passages in order; `candidates` is not empty."""
    features = describe(question, terms, candidates, average_length)
    scores = trees.load("passages").predict(features)
    order = np.argsort(-scores, kind="stable")
    return Ranked([candidates[at].passage for at in order], scores[order], features[order])


def favour(ranked: Ranked, ranges: Sequence[Days]) -> Ranked:
    """Move passages whose issue appeared in one of the ranges up; no other one is lost, undated ones stay."""
    meant = [
        any(first <= day <= last for first, last in ranges) if (day := passage.citation.date) else False
        for passage in ranked.passages
    ]
    scores = ranked.scores + FAVOUR * np.array(meant)
    order = np.argsort(-scores, kind="stable")
    return Ranked([ranked.passages[at] for at in order], scores[order], ranked.features[order])


def describe(
    question: Question, terms: Terms, candidates: Sequence[Candidate], average_length: float
) -> NDArray[np.float32]:
    """Return the features of each candidate, candidates × FEATURES."""
    passages = [candidate.passage for candidate in candidates]
    text = Concordance([p.text for p in passages], [p.cut for p in passages], terms.words, terms.bigrams)
    many, sentences = len(passages), len(text.sentence_start)
    of = text.sentence_passage

    word_counts = text.count(text.word_hits, len(terms.words), text.passage_at, many)
    bigram_counts = text.count(text.bigram_hits, len(terms.bigrams), text.passage_at, many)
    character_counts = text.count(text.character_hits, len(text.characters), text.passage_at, many)
    letters_in_sentence = text.count(text.character_hits, len(text.characters), text.sentence_at, sentences) > 0
    in_sentence = text.count(text.bigram_hits, len(terms.bigrams), text.sentence_at, sentences) > 0
    words_in_sentence = text.count(text.word_hits, len(terms.words), text.sentence_at, sentences) > 0
    character_idf = np.log1p(many / ((character_counts > 0).sum(axis=0) + 0.5))

    rarity = terms.bigram_idf * rareness(bigram_counts > 0)
    letter_rarity = rareness(character_counts > 0)

    def bm25(names: Sequence[str], counts: Ints, weights: Floats) -> Floats:
        documents: list[dict[str, int]] = [{} for _ in passages]
        for document, term in zip(*np.nonzero(counts), strict=True):
            documents[document][names[term]] = counts[document, term]
        scorer = ArchiveBM25(documents, text.lengths, dict(zip(names, weights, strict=True)), average_length)
        result: Floats = scorer.get_scores(names)
        return result

    words = bm25(terms.words, word_counts, terms.word_idf)
    bigrams = bm25(terms.bigrams, bigram_counts, terms.bigram_idf)
    characters = bm25(text.characters, character_counts, character_idf)
    base = words + BIGRAM_WEIGHT * bigrams + CHARACTER_WEIGHT * characters
    best = base.max() + 1e-9

    total = terms.bigram_idf.sum() + 1e-9
    sentence_cover = in_sentence @ terms.bigram_idf / total
    two = sentence_cover.copy()
    neighbours = of[1:] == of[:-1]
    both = (in_sentence[1:] | in_sentence[:-1]) @ terms.bigram_idf / total
    two[:-1] = np.where(neighbours, np.maximum(both, two[:-1]), two[:-1])
    best_sentence = _greatest(sentence_cover, of, many)
    cover = share(bigram_counts > 0, terms.bigram_idf)
    rare_cover = share(bigram_counts > 0, rarity)
    rare_sentence = _greatest(share(in_sentence, rarity), of, many)
    letter_cover = share(character_counts > 0, letter_rarity)
    letter_sentence = _greatest(share(letters_in_sentence, letter_rarity), of, many)

    articles: dict[str, list[int]] = {}
    for number, passage in enumerate(passages):
        articles.setdefault(passage.citation.article_id, []).append(number)
    others, together, siblings = np.zeros(many), np.zeros(many), np.zeros(many)
    heads = headed(passages, terms.bigrams)
    in_article = heads | (bigram_counts > 0)
    for members in articles.values():
        scores = np.sort(base[members])[::-1]
        second = scores[1] if len(members) > 1 else 0.0
        others[members] = np.where(base[members] == scores[0], second, scores[0])
        together[members], siblings[members] = scores.sum(), len(members)
        in_article[members] = in_article[members].any(axis=0)
    article_cover, article_rare = share(in_article, terms.bigram_idf), share(in_article, rarity)

    rarest = np.argsort(-terms.bigram_idf, kind="stable")[:3]
    rarest_words = np.argsort(-terms.word_idf, kind="stable")[:2]
    place = np.empty(many)
    place[np.argsort(-base, kind="stable")] = np.arange(many)
    found = np.array([candidate.score for candidate in candidates])
    tags = text.token_tag
    token_passage = text.passage_at[text.token_start]
    columns = {
        "score": base,
        "score_to_best": base / best,
        "words_to_best": words / best,
        "bigrams_to_best": bigrams / best,
        "characters_to_best": characters / best,
        "engine_to_best": found / (found.max() + 1e-9),
        "place": place,
        "bigram_cover": cover,
        "word_cover": share(word_counts > 0, terms.word_idf),
        "character_cover": share(character_counts > 0, character_idf),
        "sentence_bigrams": best_sentence,
        "sentence_words": _greatest(share(words_in_sentence, terms.word_idf), of, many),
        "two_sentences": _greatest(two, of, many),
        "article_others": others / best,
        "article_together": together / best,
        "article_siblings": siblings,
        "title_cover": share(heads, terms.bigram_idf),
        "article_cover": article_cover,
        "article_cover_lag": article_cover.max() - article_cover,
        "article_rare": article_rare,
        "length": text.lengths,
        **{
            name: np.bincount(token_passage[is_any(tags, tag)], minlength=many)
            for name, tag in (("numerals", "m"), ("persons", "R"), ("places", "S"), ("bodies", "T"), ("times", "t"))
        },
        "rarest_bigrams": _found_share(bigram_counts[:, rarest] > 0),
        "rarest_words": _found_share(word_counts[:, rarest_words] > 0),
        "idf_total": np.full(many, total),
        "question_bigrams": np.full(many, len(terms.bigrams)),
        "kind": np.full(many, KINDS.index(question.kind)),
        "sentence_lag": best_sentence.max() - best_sentence,
        "cover_lag": cover.max() - cover,
        "rare_cover": rare_cover,
        "rare_cover_lag": rare_cover.max() - rare_cover,
        "rare_sentence": rare_sentence,
        "rare_sentence_lag": rare_sentence.max() - rare_sentence,
        "letter_cover": letter_cover,
        "letter_cover_lag": letter_cover.max() - letter_cover,
        "letter_sentence": letter_sentence,
        "letter_sentence_lag": letter_sentence.max() - letter_sentence,
        "part": np.array([passage.part for passage in passages]),
    }
    return np.stack(list(columns.values()), axis=1).astype(np.float32)


FEATURES = [
    "score",
    "score_to_best",
    "words_to_best",
    "bigrams_to_best",
    "characters_to_best",
    "engine_to_best",
    "place",
    "bigram_cover",
    "word_cover",
    "character_cover",
    "sentence_bigrams",
    "sentence_words",
    "two_sentences",
    "article_others",
    "article_together",
    "article_siblings",
    "title_cover",
    "article_cover",
    "article_cover_lag",
    "article_rare",
    "length",
    "numerals",
    "persons",
    "places",
    "bodies",
    "times",
    "rarest_bigrams",
    "rarest_words",
    "idf_total",
    "question_bigrams",
    "kind",
    "sentence_lag",
    "cover_lag",
    "rare_cover",
    "rare_cover_lag",
    "rare_sentence",
    "rare_sentence_lag",
    "letter_cover",
    "letter_cover_lag",
    "letter_sentence",
    "letter_sentence_lag",
    "part",
]


def rareness(found: Bools) -> Floats:
    """Return ln((n + 1) / (holding + 0.5)) of each term of a table n × terms: what tells these rows from each other."""
    result: Floats = np.log((len(found) + 1) / (found.sum(axis=0) + 0.5))
    return result


def share(found: Bools, weights: Floats) -> Floats:
    """Return for each row the share of all weight that it finds; 0 when there is none."""
    result: Floats = found @ weights / (weights.sum() + 1e-9)
    return result


def headed(passages: Sequence[Passage], bigrams: Sequence[str]) -> Bools:
    """Return which bigrams stand in each passage's title and section heading: passages × bigrams."""
    printed = [f"{one.citation.title}\n{one.citation.section}" for one in passages]
    ends = np.cumsum([len(head) for head in printed]).tolist()
    folded = fold("".join(printed))
    heads = [folded[end - len(head) : end] for head, end in zip(printed, ends, strict=True)]
    once = {head: [pair in head for pair in bigrams] for head in set(heads)}
    return np.array([once[head] for head in heads], np.bool_).reshape(len(passages), len(bigrams))


def _greatest(values: Floats, group: Ints, groups: int) -> Floats:
    result = np.zeros(groups)
    np.maximum.at(result, group, values)
    return result


def _found_share(found: Bools) -> Floats:
    result: Floats = found.mean(axis=1) if found.shape[1] else np.zeros(len(found))
    return result
