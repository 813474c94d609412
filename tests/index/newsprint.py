"""Passages, articles and small ensembles of trees, invented for tests of the way from a question to an answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import confidence, extraction, finalists, ranking, reindex, sentences, spans, trees
from index.answer import Archive
from index.concordance import Concordance
from index.engines import open_engine
from index.model import Answer, Citation, NoAnswer, Passage, Snippet
from index.normalize import fold
from index.question import Question, read_question
from index.ranking import Ranked, Terms
from index.tokens import Segmenter, open_segmenter, pack
from index.trees import Trees

CLAUSE_MARKS = "，,：:。！!？?；;…\n"
CLOSING = "”’」』)）》"


def passage(
    text: str,
    segmenter: Segmenter,
    *,
    article: str = "a",
    title: str = "",
    paragraph: int = 1,
    date: dt.date | None = None,
) -> Passage:
    citation = Citation(
        f"{article}.{paragraph}", article, f"{article}.txt", paragraph, title=title, paper="河口晚报", date=date
    )
    return Passage(text, citation, pack(segmenter.cut(fold(text))))


def terms(question: Question) -> Terms:
    """The question's terms, all equally rare."""
    words, bigrams = tuple(question.words), tuple(question.bigrams)
    return Terms(words, bigrams, np.ones(len(words)), np.ones(len(bigrams)))


def ranked(passages: Sequence[Passage]) -> Ranked:
    """The passages in the order given, each a little worse than the one before."""
    features = np.zeros((len(passages), len(ranking.FEATURES)), np.float32)
    return Ranked(list(passages), -np.arange(len(passages)) / 2, features)


def concordance(texts: Sequence[str], segmenter: Segmenter, question: str = "") -> Concordance:
    asked = read_question(question, segmenter)
    cuts = [pack(segmenter.cut(fold(text))) for text in texts]
    return Concordance(texts, cuts, tuple(asked.words), tuple(asked.bigrams))


def build(folder: Path, articles: Iterable[Mapping[str, Any]]) -> Archive:
    """Index articles given as the lines of a JSONL file."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    lines = [json.dumps(article, ensure_ascii=False) for article in articles]
    (corpus / "articles.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return opened([corpus], folder / "index")


def opened(paths: Sequence[Path], location: Path) -> Archive:
    reindex.run(paths, location, segmenter="jieba")
    engine = open_engine(location)
    return Archive(engine, open_segmenter(engine.meta))


def ensemble(names: Sequence[str], *rules: Mapping[str, tuple[float, float]], worth: float = 4) -> Trees:
    """One tree a rule: `worth` to rows where every column named in it is above its low and at most its high, else 0."""
    lines = []
    for rule in rules:
        bounds = [(list(names).index(name), *limits) for name, limits in rule.items()]
        above = [*(f"{column}:{low}" for column, low, _ in bounds), f"{worth}"]
        nodes = [above[0]]
        for (column, _, high), below in zip(bounds, above[1:], strict=True):
            nodes += ["0", f"{column}:{high}", below, "0"]
        lines.append(" ".join(nodes))
    return trees.parse("\n".join([f"features {' '.join(names)}", *lines]))


def feature_names(segmenter: Segmenter) -> dict[str, list[str]]:
    """The features of each model as the code computes them."""
    asked = read_question("园区有多少企业", segmenter)
    text = concordance(["园区有9家企业。"], segmenter, asked.text)
    evidence = extraction.gather(text, terms(asked), np.zeros(1))
    tokens = spans.single_tokens(text, np.array([0]))
    _, of_tokens = spans.describe(tokens, text, asked, evidence)
    _, of_spans = extraction.describe(tokens, np.zeros((len(tokens.first), 2)), text, asked, evidence)
    return {
        "passages": ranking.FEATURES,
        "begins": of_tokens,
        "ends": of_tokens,
        "spans": of_spans,
        "finalists": [*of_spans, *finalists.COMPARED],
        "sentences": sentences.FEATURES,
        "confidence": list(confidence.NAMES),
    }


def check_snippet(snippet: Snippet, printed: str) -> None:
    """Assert that a snippet is verbatim, whole clauses of `printed`, no longer than allowed, its answer in place."""
    text = snippet.text
    assert text
    assert text in printed
    assert 0 <= snippet.start <= snippet.end <= len(text)
    assert text[snippet.start : snippet.end] == snippet.answer
    assert len(text) <= 100 or _is_one_clause(text)
    assert any(_stands_whole(printed, at, at + len(text)) for at in range(len(printed)) if printed.startswith(text, at))


def check(outcome: Answer | NoAnswer, archive: Archive, k: int = 5) -> None:
    """Assert what holds of every outcome, whatever was asked."""
    assert 0 <= outcome.confidence <= 1
    assert outcome.took_ms >= 0
    shown = outcome.snippets if isinstance(outcome, Answer) else outcome.nearest
    assert len(shown) <= (k if isinstance(outcome, Answer) else 3)
    assert shown or isinstance(outcome, NoAnswer)
    for snippet in shown:
        printed = archive.engine.passage(snippet.citation.passage_id)
        assert printed is not None
        assert snippet.citation == printed.citation
        check_snippet(snippet, printed.text)
        assert (snippet.end > snippet.start) == isinstance(outcome, Answer)


def _is_one_clause(text: str) -> bool:
    body = text.rstrip(CLOSING + CLAUSE_MARKS)
    return not any(mark in body for mark in CLAUSE_MARKS)


def _stands_whole(printed: str, start: int, end: int) -> bool:
    """Tell whether printed[start:end] begins and ends where clauses meet."""
    before, behind = printed[:start], printed[end:]
    begins = not before.strip() or "\n" in _space(before[::-1]) or before.rstrip().rstrip(CLOSING)[-1:] in CLAUSE_MARKS
    ends = not behind.strip() or "\n" in _space(behind) or printed[start:end].rstrip(CLOSING)[-1:] in CLAUSE_MARKS
    return begins and ends


def _space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
