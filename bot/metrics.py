"""Counts what the bot does, in Prometheus' terms; every desk has its own registry."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from index.answer import Archive


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter("wenbao_questions", "Questions by outcome", ["outcome"], registry=self.registry)
        self.seconds = Histogram(
            "wenbao_answer_seconds",
            "From the question's arrival to its answer being sent",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.errors = Counter("wenbao_errors", "Updates that failed, by exception", ["kind"], registry=self.registry)
        self.reindexes = Counter("wenbao_reindexes", "Re-indexes by outcome", ["outcome"], registry=self.registry)
        self.notices = Counter("wenbao_watch_notices", "Notices sent to watchers", registry=self.registry)
        self._articles = Gauge("wenbao_articles", "Articles in the archive", registry=self.registry)
        self._passages = Gauge("wenbao_passages", "Passages in the archive", registry=self.registry)
        self._committed = Gauge("wenbao_index_committed", "Unix time of the last commit", registry=self.registry)
        self.ready = False

    def show(self, archive: Archive | None) -> None:
        """Show the archive that now answers."""
        self.ready = archive is not None
        if archive is not None:
            stats = archive.engine.stats
            self._articles.set(stats.articles)
            self._passages.set(stats.passages)
            self._committed.set(stats.committed_at.timestamp())

    def exposition(self) -> bytes:
        return generate_latest(self.registry)
