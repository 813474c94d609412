"""Runs a file of questions against an archive, one it builds for them if need be, and shows the scores."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from bot import console, messages, record
from bot.opening import open_archive
from bot.record import Record
from bot.settings import Settings
from index.answer import Archive
from index.evaluate import Evaluation, Scores, Sitting
from index.ids import article_id
from index.model import Answer, Article
from index.question import KINDS
from index.readers import context_for, jsonl
from index.reindex import run
from index.testset import TestSet

Opened = tuple[Archive, list[str]]
"""An archive, and the ids under which it has the test set's articles; [] when it does not have them."""


@contextmanager
def archive_at(settings: Settings, testset: TestSet) -> Iterator[Opened]:
    """Open the index that the settings name; it may be one that was built for this very test set and kept."""
    with ExitStack() as opened:
        archive = open_archive(settings)
        opened.callback(archive.engine.close)
        ids = [article_id("", 0, native=_native(testset, number)) for number in range(len(testset.articles))]
        yield archive, ids if any(archive.engine.article(one) for one in ids) else []


@contextmanager
def archive_for(
    testset: TestSet, distractors: Sequence[Path], settings: Settings, keep: Path | None = None
) -> Iterator[Opened]:
    """
    Index the test set's articles among `distractors`, all the way from files, and open the result.

    keep  a folder that holds such indexes between runs: only what changed is indexed again

    Raises as `reindex.run` does.
    """
    with ExitStack() as opened:
        place = _kept(keep, testset, distractors) if keep else Path(opened.enter_context(tempfile.TemporaryDirectory()))
        place.mkdir(parents=True, exist_ok=True)
        export = place / "questions.jsonl"
        _export(testset, export)
        sources = [*([export] if testset.articles else []), *distractors]
        with console.progress(messages.BUILDING) as report:
            done = run(sources, place / "index", segmenter=settings.segmenter, report=report)
        if done.skipped:
            console.say(messages.skipped(len(done.skipped)))
        archive = open_archive(settings.model_copy(update={"engine_url": "", "index_dir": place / "index"}))
        opened.callback(archive.engine.close)
        yield archive, _ids(export) if testset.articles else []


def of_evaluation(testset: TestSet, archive: Archive, found: Evaluation, failures: int) -> Record:
    """Return the JSON object of an evaluation, with so many of its failures."""
    return {
        "file": testset.name,
        "archive": {"articles": archive.engine.stats.articles, "passages": archive.engine.stats.passages},
        "scores": _rounded(found.scores),
        "kinds": {kind: _rounded(scores) for kind, scores in found.kinds.items()},
        "errors": [_failure(one) for one in found.sittings if one.failed][:failures],
    }


def show(found: Evaluation, failures: int) -> None:
    """Print the scores as a table, then so many failures."""
    rows = [(messages.ALL_KINDS, found.scores), *((kind, found.kinds[kind]) for kind in KINDS if kind in found.kinds)]
    console.print_table(messages.SCORE_HEADS, [(name, *_cells(scores)) for name, scores in rows])
    for sitting in [one for one in found.sittings if one.failed][:failures]:
        outcome = sitting.outcome
        first = outcome.snippets[0] if isinstance(outcome, Answer) and outcome.snippets else None
        console.write("")
        console.print_rows(
            messages.failure_rows(
                question=sitting.question.text,
                kind=sitting.kind,
                golds=sitting.question.answers if sitting.answerable else (),
                marked=f"{first.text[: first.start]}【{first.answer}】{first.text[first.end :]}" if first else "",
                confidence=outcome.confidence,
            )
        )


def _cells(scores: Scores) -> list[str]:
    shares = [
        scores.recall_1, scores.recall_5, scores.recall_10, scores.mrr,
        scores.snippet_1, scores.snippet_3, scores.exact, scores.f1, scores.kept,
    ]  # fmt: skip
    return [
        str(scores.answerable),
        *map(_percent, shares),
        str(scores.unanswerable),
        _percent(scores.refused),
        "—" if scores.auroc is None else f"{scores.auroc:.3f}",
        f"{scores.p50_ms:.1f}",
        f"{scores.p95_ms:.1f}",
    ]


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f}"


def _rounded(scores: Scores) -> Record:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(scores).items()}


def _failure(sitting: Sitting) -> Record:
    """Return what to read of a failure; `gold` is [] for what had to be refused, `snippet` None for what was."""
    outcome = sitting.outcome
    first = outcome.snippets[0] if isinstance(outcome, Answer) and outcome.snippets else None
    return {
        "question": sitting.question.text,
        "kind": sitting.kind,
        "gold": list(sitting.question.answers) if sitting.answerable else [],
        "snippet": first.text if first else None,
        "answer": first.answer if first else None,
        "confidence": round(outcome.confidence, 4),
    }


def _kept(keep: Path, testset: TestSet, distractors: Sequence[Path]) -> Path:
    """Return a folder of its own for each test set with its distractors: no other's articles are in its index."""
    named = "\n".join([repr(testset.articles), *sorted(str(path.resolve()) for path in distractors)])
    return keep / f"{testset.name}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def _native(testset: TestSet, number: int) -> str:
    return f"{testset.name}/{number}"


def _export(testset: TestSet, path: Path) -> None:
    """Write the articles in the archive's own form; an unchanged file is left alone, so that it is not read again."""
    entries = [
        {"id": _native(testset, number), "title": title, "paragraphs": paragraphs}
        for number, (title, paragraphs) in enumerate(testset.articles)
    ]
    text = "".join(record.line(entry) + "\n" for entry in entries)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _ids(export: Path) -> list[str]:
    """Return the ids that the reader gives the exported articles, "" for one that it rejects."""
    entries = jsonl.read(export, context_for(export))
    return [entry.id if isinstance(entry, Article) else "" for entry in entries]
