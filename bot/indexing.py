"""Runs one re-index at a time beside the readers, and hands its result over to them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from telegram.error import TelegramError

from bot import messages
from bot.desk import App, Desk
from bot.examples import find_examples
from bot.logs import log
from bot.opening import ensure_index, location, open_archive, refresh
from bot.underway import describe, under_way
from index.answer import Archive
from index.engines import open_engine, state_mark
from index.errors import ArchiveError, IndexingCancelled, NoIndex
from index.model import Progress, Reindexed

EXTERNAL_SECONDS = 60
"""How often the bot opens the index to see whether `wenbao index` changed it from outside."""
GLANCE_SECONDS = 0.5
"""How often it glances at the directory for that: two system calls."""


class Reindexing:
    """The re-index under way, if any: its progress and the way to cancel it."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._turn = asyncio.Lock()
        self._cancelled = threading.Event()
        self._reading_since = 0.0
        self._mark: str | None = None
        self.progress: Progress | None = None

    @property
    def running(self) -> bool:
        return self._turn.locked()

    async def run(self, paths: Sequence[Path] = (), *, full: bool = False) -> Reindexed:
        """
        Re-index `paths`, CORPUS_DIR when there are none, after any run before it is done, and answer from the result.

        Raises ArchiveError; IndexingCancelled when it was cancelled. The old index then stays in use.
        """
        async with self._turn:
            self._cancelled.clear()
            self._report(Progress("listing", 0, None))
            outcome = "failed"
            try:
                done = await asyncio.to_thread(
                    refresh,
                    self._desk.settings,
                    paths,
                    full=full,
                    report=self._report,
                    cancelled=self._cancelled.is_set,
                )
                outcome = "done"
            except IndexingCancelled:
                outcome = "cancelled"
                raise
            finally:
                self.progress = None
                self._desk.metrics.reindexes.labels(outcome).inc()
            await self.adopt()
            log.info("re-indexed", added=done.added, changed=done.changed, removed=done.removed, seconds=done.seconds)
            return done

    def cancel(self) -> bool:
        """Ask the run under way to stop; False when there is none."""
        self._cancelled.set()
        return self.running

    def describe(self) -> str:
        """Return one line on the run under way, here or in another process; "" when there is none."""
        progress, rate = self.progress, 0.0
        if progress is None:
            progress = under_way(self._desk.settings.index_dir)
        elif progress.stage == "reading":
            rate = progress.done / max(time.monotonic() - self._reading_since, 0.001)
        return describe(progress, rate)

    async def build_first(self) -> None:
        """Build the index when there is none; readers are told how far it is."""
        desk = self._desk
        async with self._turn:
            try:
                await asyncio.to_thread(ensure_index, desk.settings, self._report_building)
                await self.adopt()
                log.info("indexed")
            except ArchiveError as error:
                log.error("no index", reason=str(error))
                await self.tell_admins(messages.REINDEX_FAILED_FIRST.format(reason=error))
            finally:
                desk.building = None

    async def glance_outside(self) -> None:
        """Look outside when the directory tells of a new commit."""
        mark = await asyncio.to_thread(state_mark, location(self._desk.settings))
        if mark is not None and mark != self._mark:
            self._mark = mark
            await self.look_outside()

    async def look_outside(self) -> None:
        """Answer from what another process has committed since."""
        if not self.running:
            await self.adopt()

    async def adopt(self) -> None:
        """Answer from the newest committed state, and tell those who watch for new articles."""
        desk = self._desk
        before = desk.archive
        try:
            archive = await asyncio.to_thread(_reopen, desk, before)
        except NoIndex:
            return
        if archive is None:
            return
        desk.swap(archive)
        desk.spawn(self._follow_up(archive))

    async def look_back(self) -> None:
        """At the start: find examples, and tell watchers of what came while the bot was not running."""
        if self._desk.archive is not None:
            await self._follow_up(self._desk.archive)

    async def tell_admins(self, text: str, *, but: int | None = None) -> None:
        for admin in self._desk.settings.admin_ids - {but}:
            try:
                await self._app.bot.send_message(admin, text)
            except TelegramError as error:
                log.warning("admin not reached", admin=admin, reason=str(error))

    async def _follow_up(self, archive: Archive) -> None:
        from bot import watch

        desk = self._desk
        if self._app.job_queue is not None:
            late = {"misfire_grace_time": None}  # a busy machine must not lose the notices
            self._app.job_queue.run_once(watch.on_new_state, 0, data=archive, job_kwargs=late)
        desk.examples = await asyncio.to_thread(find_examples, archive, desk.today())

    def _report(self, progress: Progress) -> None:
        if progress.stage == "reading" and (self.progress is None or self.progress.stage != "reading"):
            self._reading_since = time.monotonic()
        self.progress = progress

    def _report_building(self, progress: Progress) -> None:
        self._report(progress)
        self._desk.building = progress


def _reopen(desk: Desk, before: Archive | None) -> Archive | None:
    """Return the newest archive, with the segmenter there is if it still fits; None when nothing has changed."""
    engine = open_engine(location(desk.settings))
    if before is not None and engine.generation == before.engine.generation:
        engine.close()
        return None
    if before is not None and engine.meta.fingerprint == before.segmenter.fingerprint:
        return Archive(engine, before.segmenter)
    engine.close()
    return open_archive(desk.settings)
