"""Trains the models in index/models from question sets: `python -m index.training INDEX=QUESTIONS … --out DIR`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import confidence, dated, extraction, finalists, learned, letters, ranking, sentences, snippets, spans, trees
from index.answer import Archive, ask
from index.boundaries import content_around
from index.dates import question_dates
from index.engines import open_engine
from index.evaluate import auroc, exact_match
from index.evaluate import overlap as character_overlap
from index.model import Answer, Candidate, NoAnswer, Passage
from index.normalize import fold
from index.question import Question, read_question
from index.ranking import Ranked, Terms
from index.spans import Spans
from index.testset import read_from, read_testset
from index.tokens import open_segmenter
from index.trees import Trees

Rows = NDArray[np.float32]
Floats = NDArray[np.float64]

Model = tuple[Trees | letters.Odds, str]
"""An ensemble, or the odds of letters, and the text it was read from."""

FOLDS = 5
ASKED_ON = dt.date(2026, 11, 26)
"""What 今年 and 去年 of a question count from; the same whenever the weights are taught."""
_TRIES = 60
"""Questions looked at for a word to put in another's place."""
ROUNDS = {
    "passages": 120,
    "begins": 70,
    "ends": 70,
    "spans": 260,
    "finalists": 200,
    "sentences": 100,
    "confidence": 120,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "passages": {
        "objective": "lambdarank",
        "num_leaves": 15,
        "lambdarank_truncation_level": 5,
        "max_depth": 6,
        "feature_fraction": 0.7,
    },
    "begins": {"objective": "cross_entropy", "num_leaves": 24, "learning_rate": 0.12, "max_depth": 6},
    "ends": {"objective": "cross_entropy", "num_leaves": 24, "learning_rate": 0.12, "max_depth": 6},
    "spans": {
        "objective": "lambdarank",
        "num_leaves": 24,
        "lambdarank_truncation_level": 10,
        "max_depth": 6,
        "learning_rate": 0.045,
    },
    "finalists": {
        "objective": "lambdarank",
        "num_leaves": 15,
        "lambdarank_truncation_level": 10,
        "max_depth": 6,
        "learning_rate": 0.05,
    },
    "sentences": {
        "objective": "lambdarank",
        "num_leaves": 8,
        "lambdarank_truncation_level": 5,
        "max_depth": 5,
        "learning_rate": 0.1,
    },
    "confidence": {"objective": "cross_entropy", "num_leaves": 10, "max_depth": 5},
}
COMMON = {
    "learning_rate": 0.06,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "num_threads": 2,
    "seed": 7,
    "deterministic": True,
    "verbose": -1,
}


@dataclass(slots=True)
class Example:
    """
    One question on its way through training.

    where   archive it is asked in
    every   what the engine finds, and `candidates` what of it is worth reading
    fold    the part it belongs to, by its article: it is scored by models that never saw that article
    golds   (answer, offset in the paragraph)
    weight  how much is learned from it
    """

    text: str
    where: Archive
    fold: int
    article: str
    paragraph: str
    golds: list[tuple[str, int]]
    weight: float = 1.0
    question: Question = field(init=False)
    terms: Terms = field(init=False)
    every: list[Candidate] = field(init=False)
    candidates: list[Candidate] = field(init=False)

    def right(self, passage: Passage) -> bool:
        """Tell whether a passage holds a gold answer in its place."""
        origin = self.paragraph.find(passage.text)
        return origin >= 0 and any(
            origin <= at < origin + len(passage.text) and answer.rstrip("。") in passage.text
            for answer, at in self.golds
        )

    def worth(self, text: str, passage: Passage, start: int) -> float:
        """Return 1 for a gold answer in its place, 0.5 elsewhere in its paragraph, 0.2 in another, else 0."""
        if plain(text) not in {plain(fold(answer)) for answer, _ in self.golds}:
            return 0.0
        origin = self.paragraph.find(passage.text)
        if origin < 0:
            return 0.2
        return 1.0 if any(abs(origin + start - at) <= 1 for _, at in self.golds) else 0.5


def read_examples(archive: Archive, path: Path) -> Iterator[Example]:
    """
    Yield the answerable questions of a SQuAD-style file, or of one of JSON lines that name their passages.

    Raises BadQuestionFile when a line names a passage that the archive does not have.
    """
    if path.suffix == ".jsonl":
        yield from _of_passages(archive, path)
        return
    for number, entry in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        article = f"{path.stem}-{number}"
        for paragraph in entry["paragraphs"]:
            for asked in paragraph["qas"]:
                golds = [(answer["text"], answer["answer_start"]) for answer in asked["answers"]]
                part = zlib.crc32(article.encode()) % FOLDS
                yield Example(asked["question"], archive, part, article, paragraph["context"].strip(), golds)


def _of_passages(archive: Archive, path: Path) -> Iterator[Example]:
    for asked in read_from(read_testset(path), archive.engine).questions:
        if asked.passage:
            golds = [(answer, start) for answer, (start, _) in zip(asked.answers, asked.spans, strict=True)]
            issue = asked.passage.partition("#")[0]
            part = zlib.crc32(issue.encode()) % FOLDS
            yield Example(asked.text, archive, part, issue, asked.evidence[0], golds)


def retrieve(examples: list[Example]) -> list[Example]:
    """Ask the engine for every example; those without a candidate are left out."""
    kept = []
    for example in examples:
        example.question, example.every = _sought(example)
        example.candidates = ranking.worth_reading(example.every)
        example.terms = ranking.weigh(example.question, example.where.engine)
        if example.candidates:
            kept.append(example)
    return kept


def _sought(one: Example) -> tuple[Question, list[Candidate]]:
    """Return the question and what it is answered from: of the days it asks about, if its answer is of those days."""
    archive, question = one.where, read_question(one.text, one.where.segmenter)
    every = ranking.find(question, archive.engine, least=0.0)
    dates = question_dates(question.folded, ASKED_ON)
    if dates and (sought := dated.find(dates, every, archive.segmenter, archive.engine)):
        meant = [found for found in sought.candidates if dated.fit(found.passage, dates.ranges)]
        if any(one.right(found.passage) for found in meant):
            return sought.question, meant
    return question, every


def cross(
    name: str, examples: Sequence[Example], rows: Sequence[Rows], labels: Sequence[Floats], names: Sequence[str]
) -> tuple[list[Floats], list[Model]]:
    """
    Train one model a fold and one on all.

    Returns the scores of every example's rows by the model of its fold, and the models, the one on all last.
    """
    ensembles: list[Model] = []
    scores: list[Floats] = [np.zeros(0)] * len(examples)
    for left_out in (*range(FOLDS), None):
        taught = [n for n, one in enumerate(examples) if one.fold != left_out and labels[n].any()]
        weights = [np.full(len(rows[n]), examples[n].weight) for n in taught]
        booster = fit(name, [rows[n] for n in taught], [labels[n] for n in taught], weights)
        text = write(booster, names, name)
        ensemble = trees.parse(text)
        ensembles.append((ensemble, text))
        for n, one in enumerate(examples):
            if one.fold == left_out:
                scores[n] = ensemble.predict(rows[n])
    return scores, ensembles


def fit(name: str, rows: Sequence[Rows], labels: Sequence[Floats], weights: Sequence[Floats] | None = None) -> Any:
    """Return a LightGBM booster; for ranking objectives each element is one group."""
    import lightgbm

    stacked, wanted = np.concatenate(rows), np.concatenate(labels)
    weight = np.concatenate(weights) if weights is not None else np.ones(len(wanted))
    ranks = SETTINGS[name]["objective"] == "lambdarank"
    if not ranks and name in ("begins", "ends"):
        kept = (wanted > 0) | (np.random.default_rng(7).random(len(wanted)) < 0.4)
        stacked, wanted, weight = stacked[kept], wanted[kept], weight[kept]
    data = lightgbm.Dataset(
        stacked,
        np.round(2 * np.where(wanted >= 0.5, wanted, 0)) if ranks else wanted,
        group=[len(group) for group in rows] if ranks else None,
        weight=weight,
    )
    return lightgbm.train({**COMMON, **SETTINGS[name]}, data, ROUNDS[name])


def write(booster: Any, names: Sequence[str], title: str) -> str:
    """Return a booster in the form `trees.parse` reads."""

    def nodes(tree: Mapping[str, Any]) -> Iterable[str]:
        level = [tree]
        while level:
            yield from (
                _short(node["leaf_value"])
                if "leaf_value" in node
                else f"{node['split_feature']}:{_short(node['threshold'])}"
                for node in level
            )
            level = [node[side] for node in level if "leaf_value" not in node for side in ("left_child", "right_child")]

    lines = [" ".join(nodes(tree["tree_structure"])) for tree in booster.dump_model()["tree_info"]]
    return (
        "\n".join([f"# {title}: LightGBM trees, made as README.md says", "features " + " ".join(names), *lines]) + "\n"
    )


def _short(number: float) -> str:
    """Return four digits of a threshold or a leaf's value, ".5" for 0.5; LightGBM writes seventeen."""
    return f"{number:.4g}".replace("0.", ".", 1) if abs(number) < 1 else f"{number:.4g}"


def train(examples: list[Example], log: Callable[[str], None]) -> list[dict[str, Model]]:
    """
    Return the ensembles by name, of each fold and, last, of all examples.

    Every third question is learned from a second time as an archive of a few articles would have it.
    """
    whole = len(examples)
    log(f"{whole} questions")
    examples = [*examples, *(_in_small(one, n) for n, one in enumerate(examples) if n % 3 == 0)]
    rows = [
        ranking.describe(one.question, one.terms, one.candidates, one.where.engine.stats.average_bigrams)
        for one in examples
    ]
    labels = [np.array([float(one.right(c.passage)) for c in one.candidates]) for one in examples]
    scores, passages = cross("passages", examples, rows, labels, ranking.FEATURES)
    first = [float(wanted[score.argmax()]) for wanted, score in zip(labels, scores, strict=True)]
    log(f"passages: R@1 {np.mean(first[:whole]):.4f}, in few articles {np.mean(first[whole:]):.4f}")

    ranked = []
    for one, table, score in zip(examples, rows, scores, strict=True):
        order = np.argsort(-score, kind="stable")
        ranked.append(Ranked([one.candidates[n].passage for n in order], score[order], table[order]))
    edges = [_edges(one, best) for one, best in zip(examples, ranked, strict=True)]
    odds = _letters(examples, ranked, edges)
    begins, ends = _boundaries(examples, ranked, edges, odds)
    log("boundaries")
    all_spans = []
    for fold_number in range(FOLDS):
        known = {"letters": odds[fold_number], "begins": begins[fold_number], "ends": ends[fold_number]}
        with learned.using({name: weights for name, (weights, _) in known.items()}):
            for n, one in enumerate(examples):
                if one.fold == fold_number:
                    all_spans.append((n, *_span_rows(one, ranked[n])))
    all_spans.sort(key=lambda row: row[0])
    span_rows, span_labels, names = [row[1] for row in all_spans], [row[2] for row in all_spans], all_spans[0][3]
    scores, span_models = cross("spans", examples, span_rows, span_labels, names)
    log(f"spans: {_exact(scores, span_labels, whole)}")
    short = [wanted.max(initial=0) >= 0.5 for wanted in span_labels]
    log(f"shortlisted {np.mean(short[:whole]):.4f}, in few articles {np.mean(short[whole:]):.4f}")
    last_rows, last_labels = [], []
    for (n, table, wanted, _, some), score in zip(all_spans, scores, strict=True):
        best, last = finalists.choose(some, _open(examples[n], ranked[n])[0], score)
        last_rows.append(finalists.describe(table[best], last))
        last_labels.append(wanted[best])
    scores, last_models = cross("finalists", examples, last_rows, last_labels, [*names, *finalists.COMPARED])
    log(f"finalists: {_exact(scores, last_labels, whole)}")
    models = [
        {
            "letters": odds[n],
            "passages": passages[n],
            "begins": begins[n],
            "ends": ends[n],
            "spans": span_models[n],
            "finalists": last_models[n],
        }
        for n in range(FOLDS + 1)
    ]
    compared = _sentences(examples, ranked, models)
    log("sentences")
    models = [{**model, "sentences": told} for model, told in zip(models, compared, strict=True)]
    sure = _confidence(examples[:whole], models)
    log("confidence")
    return [{**model, "confidence": last} for model, last in zip(models, sure, strict=True)]


def _exact(scores: Sequence[Floats], labels: Sequence[Floats], whole: int) -> str:
    exact = [bool(len(score)) and wanted[score.argmax()] > 0 for score, wanted in zip(scores, labels, strict=True)]
    return f"exact {np.mean(exact[:whole]):.4f}, in few articles {np.mean(exact[whole:]):.4f}"


@dataclass(frozen=True, slots=True)
class Edges:
    """
    The tokens of the best sentences.

    begin, end  how much of an answer begins and ends with each, as `Example.worth` has it
    """

    tokens: Spans
    begin: Floats
    end: Floats


def _edges(one: Example, best: Ranked) -> Edges:
    text, evidence, passages = _open(one, best)
    read = sentences.worth_reading(text, evidence)
    tokens, every = spans.single_tokens(text, read), spans.list_spans(text, read)
    worth = _worths(one, every, text, passages)
    begin, end = np.zeros(len(text.token_start)), np.zeros(len(text.token_start))
    np.maximum.at(begin, every.first, worth)
    np.maximum.at(end, every.last, worth)
    return Edges(tokens, begin[tokens.first], end[tokens.first])


def _letters(examples: Sequence[Example], ranked: Sequence[Ranked], edges: Sequence[Edges]) -> list[Model]:
    """Return what letters say, of each fold from the other folds, and last from all."""
    answers, others = np.zeros((2, FOLDS, len(letters.PLACES), 0x10000), np.int64)
    for one, best, edge in zip(examples, ranked, edges, strict=True):
        codes, tokens = _open(one, best)[0].codes, edge.tokens
        for counted, begin, end in (
            (answers, edge.begin >= 0.5, edge.end >= 0.5),
            (others, edge.begin < 0.5, edge.end < 0.5),
        ):
            counted[one.fold] += letters.count(codes, tokens.start[begin], tokens.end[end])
    known = [
        letters.learn(answers[kept].sum(axis=0), others[kept].sum(axis=0))
        for kept in ([n for n in range(FOLDS) if n != left_out] for left_out in (*range(FOLDS), None))
    ]
    return [(letters.parse(text), text) for text in map(letters.write, known)]


def _boundaries(
    examples: Sequence[Example], ranked: Sequence[Ranked], edges: Sequence[Edges], odds: Sequence[Model]
) -> tuple[list[Model], list[Model]]:
    rows = []
    names: list[str] = []
    for one, best, edge in zip(examples, ranked, edges, strict=True):
        text, evidence, _ = _open(one, best)
        with learned.using({"letters": odds[one.fold][0]}):
            table, names = spans.describe(edge.tokens, text, one.question, evidence)
        rows.append(table)
    _, begins = cross("begins", examples, rows, [edge.begin for edge in edges], names)
    _, ends = cross("ends", examples, rows, [edge.end for edge in edges], names)
    return begins, ends


def _span_rows(one: Example, best: Ranked) -> tuple[Rows, Floats, list[str], Spans]:
    text, evidence, passages = _open(one, best)
    short = extraction.shortlist(one.question, text, evidence, sentences.worth_reading(text, evidence))
    table, names = extraction.describe(short.spans, short.boundary, text, one.question, evidence)
    return table, _worths(one, short.spans, text, passages), names, short.spans


def _sentences(
    examples: Sequence[Example], ranked: Sequence[Ranked], models: Sequence[Mapping[str, Model]]
) -> list[Model]:
    """Teach which sentence holds an answer: twice as much worth in its place as in another passage."""
    rows: list[Rows] = [np.zeros((0, len(sentences.FEATURES)), np.float32)] * len(examples)
    labels: list[Floats] = [np.zeros(0)] * len(examples)
    for number in range(FOLDS):
        with learned.using({name: weights for name, (weights, _) in models[number].items()}):
            for n, one in enumerate(examples):
                if one.fold == number:
                    rows[n], labels[n] = _told(one, ranked[n])
    return cross("sentences", examples, rows, labels, sentences.FEATURES)[1]


def _told(one: Example, best: Ranked) -> tuple[Rows, Floats]:
    seen = extraction.weigh(one.question, one.terms, best)
    text, golds = seen.text, [fold(answer) for answer, _ in one.golds]
    worth = []
    for number in np.unique(text.token_sentence[seen.spans.first]).tolist():
        written = text.text[text.sentence_start[number] : text.sentence_end[number]]
        right = one.right(seen.passages[text.sentence_passage[number]])
        worth.append((0.5 + 0.5 * right) * any(gold in written for gold in golds))
    return extraction.by_sentence(seen, best)[0], np.array(worth)


def _open(one: Example, best: Ranked) -> Any:
    passages = extraction.foremost(best)
    text = extraction.lay_out(passages, one.terms)
    return text, extraction.gather(text, one.terms, best.scores[: len(passages)]), passages


def _worths(one: Example, some: Spans, text: Any, passages: Sequence[Passage]) -> Floats:
    golds = {plain(fold(answer)) for answer, _ in one.golds}
    worth = np.zeros(len(some.start))
    for n, (start, end) in enumerate(zip(some.start.tolist(), some.end.tolist(), strict=True)):
        if plain(text.text[start:end]) in golds:
            number = int(text.passage_at[start])
            worth[n] = one.worth(text.text[start:end], passages[number], start - int(text.passage_start[number]))
    return worth


def _confidence(examples: Sequence[Example], models: list[dict[str, Model]]) -> list[Model]:
    """
    Teach confidence on every question as it is and again with its article left out, by the models of its fold.

    Of three questions one is also asked where only the passages that answer it are missing from their article, and in
    an archive of a few articles; and one about something else than its article tells.
    """
    doubled: list[Example] = []
    rows: list[Rows] = []
    labels: list[Floats] = []
    for number in range(FOLDS):
        with learned.using({name: ensemble for name, (ensemble, _) in models[number].items()}):
            for place, one in enumerate(examples):
                if one.fold != number:
                    continue
                outcomes = [
                    _outcome(one, one.terms, one.candidates, True),
                    _outcome(one, one.terms, _without(one), False),
                ]
                if place % 3 == 0:
                    outcomes.append(_outcome(one, one.terms, _unanswered(one, one.every), False))
                    terms, few = _small(one, True, place)
                    outcomes.append(_outcome(one, terms, few, True))
                    outcomes.append(_outcome(one, terms, _unanswered(one, few), False))
                    outcomes.append(_outcome(one, *_small(one, False, place), False))
                if place % 3 == 1 and (other := altered(one, examples, place)):
                    outcomes.append(_outcome(other, other.terms, other.candidates, False, changed=True))
                for row, right in outcomes:
                    if row is not None:
                        doubled.append(one)
                        rows.append(row[None, :])
                        labels.append(np.array([right + 1e-9]))
    return cross("confidence", doubled, rows, labels, confidence.NAMES)[1]


def altered(one: Example, others: Sequence[Example], seed: int) -> Example | None:
    """
    Return the question with the word before or behind its question word taken from another article's question.

    Its paragraph held the word there was and does not hold the one there is now: 山有多高 -> 山有多重. None when of
    some tries none will do.
    """
    chance, held = np.random.default_rng(seed), fold(one.paragraph)
    tags = {token.word: token.tag for token in one.question.tokens}
    for _ in range(_TRIES):
        other, side = others[int(chance.integers(len(others)))], int(chance.integers(2))
        mine, its = content_around(one.question)[side], content_around(other.question)[side]
        if other.article == one.article or other.question.kind != one.question.kind or not mine or not its:
            continue
        alike = tags[mine[0]] in {token.tag for token in other.question.tokens if token.word == its[0]}
        if alike and min(len(mine[0]), len(its[0])) > 1 and mine[0] in held and its[0] not in held:
            changed = copy(one)
            changed.text = one.question.folded.replace(mine[0], its[0])
            return next(iter(retrieve([changed])), None)
    return None


def _gone(one: Example) -> frozenset[str]:
    return frozenset(c.passage.citation.article_id for c in one.every if c.passage.text in one.paragraph)


def _without(one: Example) -> list[Candidate]:
    return ranking.find(one.question, one.where.engine, _gone(one))


def _unanswered(one: Example, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those of the right article that have an answer in them."""
    golds, gone = [fold(answer) for answer, _ in one.golds], _gone(one)
    kept = (
        c
        for c in candidates
        if c.passage.citation.article_id not in gone or not any(gold in fold(c.passage.text) for gold in golds)
    )
    return ranking.worth_reading(list(kept))


def _in_small(one: Example, seed: int) -> Example:
    small = copy(one)
    small.terms, small.candidates = _small(one, True, seed)
    return small


def _small(one: Example, held: bool, seed: int) -> tuple[Terms, list[Candidate]]:
    """Return the question's terms and candidates as an archive of up to six articles has them."""
    gone = _gone(one)
    others = sorted({c.passage.citation.article_id for c in one.every} - gone)
    chance = np.random.default_rng(seed)
    chosen = set(chance.permutation(others)[: chance.integers(1, 7)]) | (gone if held else set())
    kept = ranking.worth_reading([c for c in one.every if c.passage.citation.article_id in chosen])
    texts = [fold(c.passage.text) for c in kept]
    weights = np.fromiter(one.question.words.values(), float, len(one.question.words))
    word_idf, bigram_idf = (
        ranking.idf([sum(term in text for text in texts) for term in terms], len(texts))
        for terms in (one.terms.words, one.terms.bigrams)
    )
    return Terms(one.terms.words, one.terms.bigrams, word_idf * weights, bigram_idf), kept


def _outcome(
    one: Example, terms: Terms, candidates: Sequence[Candidate], held: bool, *, changed: bool = False
) -> tuple[Rows | None, float]:
    """
    Return the features of what comes of a question, and whether the first snippet answers it.

    No features where another article than the one left out seems to answer it, for news is told twice; unless
    it was `changed`: no article tells what that asks.
    """
    if not candidates:
        return None, 0.0
    ranked = ranking.rank(one.question, terms, candidates, one.where.engine.stats.average_bigrams)
    reading = extraction.read_closely(one.question, terms, ranked)
    found = snippets.cut(reading, one.question, 1)
    right = bool(found) and any(fold(answer) in fold(found[0].text) for answer, _ in one.golds)
    if right and not held and not changed:
        return None, 0.0
    return confidence.describe(one.question, terms, ranked, reading), float(right and held)


def score(examples: Sequence[Example], folds: Sequence[Mapping[str, object]]) -> dict[str, float]:
    """
    Return what `ask` comes to when each question is answered by the weights that never saw its article.

    Columns as in `evaluate.Scores`, a refused question being a miss in all of them.
    """
    rows = []
    sure: list[float] = []
    unsure: list[float] = []
    refused: list[bool] = []
    for number, models in enumerate(folds):
        with learned.using(models):
            for one in examples:
                if one.fold != number:
                    continue
                golds = [answer for answer, _ in one.golds]
                outcome, without = ask(one.text, one.where), ask(one.text, one.where, without=_gone(one))
                found = outcome.snippets if isinstance(outcome, Answer) else ()
                hits = [any(fold(gold) in fold(snippet.text) for gold in golds) for snippet in found[:3]]
                first = found[0].answer if found else ""
                exact, overlap = exact_match(first, golds), character_overlap(first, golds)
                rows.append((any(hits[:1]), any(hits), exact, overlap, bool(found), outcome.took_ms))
                sure.append(outcome.confidence)
                unsure.append(without.confidence)
                refused.append(isinstance(without, NoAnswer))
    table = np.array(rows, float)
    means = dict(
        zip(("snippet_1", "snippet_3", "exact", "f1", "kept"), table[:, :5].mean(axis=0).tolist(), strict=True)
    )
    p50, p95 = np.percentile(table[:, 5], [50, 95]).tolist()
    return {
        **means,
        "refused": float(np.mean(refused)),
        "auroc": auroc(sure, unsure) or 0.0,
        "p50_ms": p50,
        "p95_ms": p95,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="INDEX=QUESTIONS[*WEIGHT]")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("models"))
    parser.add_argument("--folds", type=Path, help="where the weights of each fold go")
    arguments = parser.parse_args()
    examples: list[Example] = []
    for pair in arguments.sets:
        where, _, questions = pair.partition("=")
        path, _, weight = questions.partition("*")
        engine = open_engine(where)
        for example in read_examples(Archive(engine, open_segmenter(engine.meta)), Path(path)):
            example.weight = float(weight or 1)
            examples.append(example)
    examples = retrieve(examples)
    *folds, last = train(examples, _log)
    _save(last, arguments.out)
    for number, models in enumerate(folds):
        if arguments.folds:
            _save(models, arguments.folds / str(number))
    ensembles = [{name: ensemble for name, (ensemble, _) in models.items()} for models in folds]
    for where in {id(one.where): one.where for one in examples}.values():
        scores = score([one for one in examples if one.where is where], ensembles)
        _log(json.dumps({name: round(value, 4) for name, value in scores.items()}))


def _save(models: Mapping[str, Model], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, text) in models.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")


def plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)) or text


if __name__ == "__main__":
    main()
