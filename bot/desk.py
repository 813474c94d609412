"""The desk all handlers work at: settings, store and the archive in use, and what is remembered in memory only."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot.followup import Thread
from bot.limits import PerMinute
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from index.answer import Archive
from index.model import Answer, NoAnswer, Progress

if TYPE_CHECKING:
    from bot.indexing import Reindexing

THREAD_SECONDS = 600.0
"""How long a conversation's subject is kept."""

_OUTCOMES = 500
"""Answers kept for their buttons, and refusals for edits."""


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """What every handler is given."""

    @property
    def desk(self) -> Desk:
        desk = self.bot_data["desk"]
        assert isinstance(desk, Desk)
        return desk


App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], JobQueue[Context]]


class Desk:
    """
    State shared by the handlers. Belongs to the event loop's thread.

    archive   None until the first index is built
    building  how far that is
    examples  questions that this archive answers, for /help
    in_hand   by chat and message, the questions being answered
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        archive: Archive | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.store = store
        self.archive = archive
        self.clock = clock
        self.building: Progress | None = None
        self.examples: tuple[str, ...] = ()
        self.limits = PerMinute(settings.rate_per_minute)
        self.inline_limits = PerMinute(settings.rate_per_minute * 4)
        self.metrics = Metrics()
        self.metrics.show(archive)
        self.reindexing: Reindexing
        self.in_hand: dict[tuple[int, int], asyncio.Future[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self._threads: OrderedDict[tuple[int, int], tuple[float, Thread]] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str, dt.date], Answer | NoAnswer] = OrderedDict()
        self._outcomes: OrderedDict[str, tuple[str, Answer | NoAnswer]] = OrderedDict()
        self._refusals: OrderedDict[tuple[int, int], int] = OrderedDict()

    def now(self) -> dt.datetime:
        return dt.datetime.now(self.settings.timezone)

    def today(self) -> dt.date:
        return self.now().date()

    def swap(self, archive: Archive) -> None:
        """Answer from `archive` from now on; questions in hand finish with the one before."""
        self.archive = archive
        self.building = None
        self.metrics.show(archive)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside the handlers; `tasks` holds it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def thread(self, chat_id: int, user_id: int) -> Thread | None:
        """Return what the user's conversation in a chat was about in the last ten minutes."""
        kept = self._threads.get((chat_id, user_id))
        return kept[1] if kept and self.clock() - kept[0] < THREAD_SECONDS else None

    def remember(self, chat_id: int, user_id: int, thread: Thread) -> None:
        now = self.clock()
        self._threads[chat_id, user_id] = (now, thread)
        self._threads.move_to_end((chat_id, user_id))
        while self._threads and now - next(iter(self._threads.values()))[0] >= THREAD_SECONDS:
            self._threads.popitem(last=False)

    def forget(self, user_id: int, chat_id: int | None = None) -> None:
        """Forget what the user's conversations are about, in one chat or in all."""
        for key in [key for key in self._threads if key[1] == user_id and chat_id in (None, key[0])]:
            del self._threads[key]

    def keep_answer(self, question: str, generation: str, outcome: Answer | NoAnswer) -> None:
        """Keep an answer for whoever asks the same on the same day of the same archive."""
        self._answers[question, generation, self.today()] = outcome
        if len(self._answers) > _OUTCOMES:
            self._answers.popitem(last=False)

    def answer_kept(self, question: str, generation: str) -> Answer | NoAnswer | None:
        return self._answers.get((question, generation, self.today()))

    def keep_outcome(self, key: str, generation: str, outcome: Answer | NoAnswer) -> None:
        """Keep an answer for its buttons; after a restart or a re-index the question is asked again."""
        self._outcomes[key] = (generation, outcome)
        if len(self._outcomes) > _OUTCOMES:
            self._outcomes.popitem(last=False)

    def outcome(self, key: str, generation: str) -> Answer | NoAnswer | None:
        kept = self._outcomes.get(key)
        return kept[1] if kept and kept[0] == generation else None

    def keep_refusal(self, chat_id: int, message_id: int, reply_id: int) -> None:
        """Remember which reply told that a message is no question, in case it is edited into one."""
        self._refusals[chat_id, message_id] = reply_id
        if len(self._refusals) > _OUTCOMES:
            self._refusals.popitem(last=False)

    def refusal(self, chat_id: int, message_id: int) -> int | None:
        return self._refusals.get((chat_id, message_id))

    def is_admin(self, user_id: int | None) -> bool:
        return user_id in self.settings.admin_ids

    def serves(self, chat_id: int | None, user_id: int | None) -> bool:
        """Return whether ALLOWED_CHATS, empty for everyone, names the chat, what it was before, or the user."""
        allowed = self.settings.allowed_chats
        if not allowed or self.is_admin(user_id) or chat_id in allowed or user_id in allowed:
            return True
        return chat_id is not None and not allowed.isdisjoint(self.store.former_chats(chat_id))
