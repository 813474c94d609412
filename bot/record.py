"""Writes answers, re-indexes and the archive's state as the JSON objects of the command line's contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.model import Answer, Citation, Engine, Figure, NoAnswer, Progress, Reindexed, Snippet
from index.problems import counted

if TYPE_CHECKING:
    from index.export import Exported

Record = dict[str, object]


def line(record: Mapping[str, object]) -> str:
    """Return one line of JSON, Chinese as it is."""
    return json.dumps(record, ensure_ascii=False)


def of_outcome(outcome: Answer | NoAnswer) -> Record:
    found = isinstance(outcome, Answer)
    return {
        "question": outcome.question,
        "found": found,
        "confidence": round(outcome.confidence, 4),
        "snippets": [_snippet(snippet) for snippet in outcome.snippets] if isinstance(outcome, Answer) else [],
        "nearest": [] if isinstance(outcome, Answer) else [_nearest(snippet) for snippet in outcome.nearest],
        "took_ms": round(outcome.took_ms, 2),
    }


def of_unusable(question: str, error: str) -> Record:
    """Return the record of a batch line that is no question, with the reason."""
    return {**of_outcome(NoAnswer(question, (), 0.0, 0.0)), "error": error}


def of_reindexed(done: Reindexed) -> Record:
    return {
        "added": done.added,
        "changed": done.changed,
        "removed": done.removed,
        "unchanged": done.unchanged,
        "articles": done.articles,
        "passages": done.passages,
        "skipped": [{"source": entry.source, "reason": entry.reason} for entry in done.skipped],
        "seconds": round(done.seconds, 3),
        "duplicates": done.duplicates,
    }


def of_engine(engine: Engine, where: str, running: Progress | None = None) -> Record:
    """Return the committed state of the archive, every problem of every source and the re-index under way with it."""
    stats = engine.stats
    manifest = engine.manifest()
    return {
        "index": where,
        "articles": stats.articles,
        "passages": stats.passages,
        "sources": sum(record.indexed for record in manifest.values()),
        "first": stats.first.isoformat() if stats.first else None,
        "last": stats.last.isoformat() if stats.last else None,
        "committed_at": stats.committed_at.isoformat(timespec="seconds"),
        "segmenter": engine.meta.segmenter,
        "lexicon": len(engine.meta.lexicon),
        "fingerprint": engine.meta.fingerprint,
        "running": {"stage": running.stage, "done": running.done, "total": running.total} if running else None,
        "problems": [_problem(name, sentence) for name in sorted(manifest) for sentence in manifest[name].problems],
    }


def of_exported(done: Exported, target: str) -> Record:
    return {
        "to": target,
        "articles": done.articles,
        "sources": done.sources,
        "unsure": done.flags,
        "ignored": done.ignored,
        "skipped": [{"source": entry.source, "reason": entry.reason} for entry in done.skipped],
    }


def _problem(source: str, sentence: str) -> Record:
    reason, count = counted(sentence)
    return {"source": source, "reason": reason, "count": count}


def _snippet(snippet: Snippet) -> Record:
    return {
        "text": snippet.text,
        "answer": snippet.answer,
        "start": snippet.start,
        "end": snippet.end,
        "figure": _figure(snippet.figure) if snippet.figure else None,
        "citation": _citation(snippet.citation),
    }


def _nearest(snippet: Snippet) -> Record:
    return {"text": snippet.text, "citation": _citation(snippet.citation)}


def _figure(figure: Figure) -> Record:
    return {"value": format(figure.value, "f"), "unit": figure.unit, "written": figure.written}


def _citation(citation: Citation) -> Record:
    return {
        "passage_id": citation.passage_id,
        "article_id": citation.article_id,
        "title": citation.title,
        "title_inferred": citation.title_inferred,
        "section": citation.section,
        "paper": citation.paper,
        "date": citation.date.isoformat() if citation.date else None,
        "date_source": citation.date_source,
        "page": citation.page,
        "page_name": citation.page_name,
        "paragraph": citation.paragraph,
        "url": citation.url,
        "source": citation.source,
        "also": list(citation.also),
    }
