"""Keeps in one SQLite file what must outlive a restart: questions behind buttons, verdicts, watches, removals."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from bot.schema import open_database, transaction

KEPT_DAYS = 30
"""How long a question is kept for its buttons."""

RemovalKind = Literal["source", "article"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked of the archive; `reply_id` is the message that answered it, None before it did."""

    key: str
    user_id: int
    chat_id: int
    message_id: int
    reply_id: int | None
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader thought of an answer; `answer` is "" when none was found."""

    question: str
    answer: str
    good: bool
    given_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """A keyword that a chat wants to hear of, in the topic where it was asked for."""

    chat_id: int
    word: str
    thread_id: int | None
    traditional: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """
    What an admin wants to take away: `what` is a source or an article id, `named` how people know it.

    source  the file to read again without it
    """

    what: str
    kind: RemovalKind
    named: str
    source: str


class Store:
    """The open file. For one thread; every write is one small transaction."""

    def __init__(self, path: Path) -> None:
        """
        Open `path`, and create it first when it is missing.

        Raises BadStateFile.
        """
        self._db = open_database(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    # Questions

    def ask(self, user_id: int, chat_id: int, message_id: int, question: str, now: dt.datetime) -> str:
        """Keep a question and return the key that buttons carry."""
        key = secrets.token_urlsafe(6)
        self._db.execute(
            "INSERT INTO questions (key, user_id, chat_id, message_id, question, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
            (key, user_id, chat_id, message_id, question, int(now.timestamp())),
        )
        return key

    def reask(self, key: str, question: str) -> None:
        """Replace the wording of a question that its asker edited."""
        self._db.execute("UPDATE questions SET question = ?, answer = '' WHERE key = ?", (question, key))

    def answered(self, key: str, reply_id: int, answer: str) -> None:
        self._db.execute("UPDATE questions SET reply_id = ?, answer = ? WHERE key = ?", (reply_id, answer, key))

    def asked(self, key: str) -> Asked | None:
        return self._asked("key = ?", (key,))

    def asked_in(self, chat_id: int, message_id: int) -> Asked | None:
        """Return the question that a message asked."""
        return self._asked("chat_id = ? AND message_id = ?", (chat_id, message_id))

    def answered_in(self, chat_id: int, reply_id: int) -> Asked | None:
        """Return the question that one of our messages answers."""
        return self._asked("chat_id = ? AND reply_id = ?", (chat_id, reply_id))

    def _asked(self, where: str, values: tuple[object, ...]) -> Asked | None:
        row = self._db.execute(
            "SELECT key, user_id, chat_id, message_id, reply_id, question, answer FROM questions "
            f"WHERE {where} ORDER BY asked_at DESC LIMIT 1",
            values,
        ).fetchone()
        return Asked(*row) if row else None

    def expire(self, now: dt.datetime) -> None:
        """Delete what is older than KEPT_DAYS: questions, unconfirmed removals, counts of notices to a chat."""
        limit = now - dt.timedelta(days=KEPT_DAYS)
        self._db.execute("DELETE FROM questions WHERE asked_at < ?", (int(limit.timestamp()),))
        self._db.execute("DELETE FROM proposals WHERE at < ?", (int(limit.timestamp()),))
        self._db.execute("DELETE FROM counters WHERE name LIKE 'notices:%' AND day < ?", (limit.date().isoformat(),))

    # Verdicts

    def judge(self, asked: Asked, user_id: int, good: bool, now: dt.datetime) -> None:
        """Keep what a reader thinks of an answer; a second verdict of the same reader replaces the first."""
        self._db.execute(
            "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?)",
            (asked.key, user_id, good, asked.question, asked.answer, int(now.timestamp())),
        )

    def verdicts(self, *, good: bool | None = None) -> list[Verdict]:
        """Return the verdicts, newest first; only the good or the bad ones if so wished."""
        rows = self._db.execute(
            "SELECT question, answer, good, given_at FROM verdicts WHERE ? IS NULL OR good = ? "
            "ORDER BY given_at DESC, rowid DESC",
            (good, good),
        )
        return [
            Verdict(question, answer, bool(verdict), dt.datetime.fromtimestamp(at, dt.UTC))
            for question, answer, verdict, at in rows
        ]

    # Watches

    def watch(self, watch: Watch, user_id: int) -> bool:
        """Add a watch; False when the chat has it already."""
        done = self._db.execute(
            "INSERT OR IGNORE INTO watches VALUES (?, ?, ?, ?, ?)",
            (watch.chat_id, watch.word, user_id, watch.thread_id, watch.traditional),
        )
        return done.rowcount > 0

    def unwatch(self, chat_id: int, word: str) -> bool:
        return self._db.execute("DELETE FROM watches WHERE chat_id = ? AND word = ?", (chat_id, word)).rowcount > 0

    def watches(self, chat_id: int | None = None) -> list[Watch]:
        """Return the watches of one chat, or all, in the order they were made."""
        rows = self._db.execute(
            "SELECT chat_id, word, thread_id, traditional FROM watches WHERE ? IS NULL OR chat_id = ? ORDER BY rowid",
            (chat_id, chat_id),
        )
        return [Watch(chat, word, thread, bool(traditional)) for chat, word, thread, traditional in rows]

    def drop_chat(self, chat_id: int) -> None:
        """Drop the watches of a chat that can no longer be written to."""
        self._db.execute("DELETE FROM watches WHERE chat_id = ?", (chat_id,))

    def move_chat(self, old: int, new: int) -> None:
        """Carry everything of a group over to the supergroup it became."""
        with transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO moves VALUES (?, ?)", (old, new))
            for table in ("questions", "watches", "told"):
                self._db.execute(f"UPDATE OR IGNORE {table} SET chat_id = ? WHERE chat_id = ?", (new, old))
                self._db.execute(f"DELETE FROM {table} WHERE chat_id = ?", (old,))

    def former_chats(self, chat_id: int) -> set[int]:
        """Return the groups that became this supergroup."""
        return {old for (old,) in self._db.execute("SELECT old FROM moves WHERE new = ?", (chat_id,))}

    def told(self, chat_id: int, article_ids: Iterable[str], day: dt.date) -> set[str]:
        """Note that a chat hears of these articles today and return those it had not heard of before."""
        with transaction(self._db):
            return {
                article
                for article in article_ids
                if self._db.execute(
                    "INSERT OR IGNORE INTO told VALUES (?, ?, ?)", (chat_id, article, day.isoformat())
                ).rowcount
            }

    def sources(self) -> dict[str, str]:
        """Return the sources whose articles are no news to watchers, with their digests."""
        return dict(self._db.execute("SELECT source, sha256 FROM sources WHERE articles IS NOT NULL"))

    def unknown_articles(self, ids: Iterable[str]) -> list[str]:
        """Return those of `ids` that none of the remembered sources had, in their order."""
        unknown = dict.fromkeys(ids)
        for (known,) in self._db.execute("SELECT articles FROM sources WHERE articles IS NOT NULL"):
            for article in known.split():
                unknown.pop(article, None)
        return list(unknown)

    def remember_sources(self, digests: Mapping[str, str], articles: Mapping[str, Iterable[str]]) -> None:
        """Keep what the archive's sources are by now; `articles` has the ids of those that are new or changed."""
        with transaction(self._db):
            gone = {source for (source,) in self._db.execute("SELECT source FROM sources")} - digests.keys()
            self._db.executemany("DELETE FROM sources WHERE source = ?", [(source,) for source in gone])
            self._db.executemany(
                "INSERT OR REPLACE INTO sources (source, sha256, articles) VALUES (?, ?, ?)",
                [(source, digests[source], " ".join(ids)) for source, ids in articles.items()],
            )

    # Counters

    def count(self, name: str, day: dt.date, n: int = 1) -> int:
        """Add to a counter of the day and return its sum."""
        (total,) = self._db.execute(
            "INSERT INTO counters VALUES (?, ?, ?) "
            "ON CONFLICT (day, name) DO UPDATE SET n = n + excluded.n RETURNING n",
            (day.isoformat(), name, n),
        ).fetchone()
        return int(total)

    def counted(self, name: str, day: dt.date) -> int:
        row = self._db.execute("SELECT n FROM counters WHERE day = ? AND name = ?", (day.isoformat(), name)).fetchone()
        return int(row[0]) if row else 0

    # Removals

    def propose(self, removal: Removal, now: dt.datetime) -> str:
        """Keep a removal until it is confirmed and return the key that its buttons carry."""
        key = secrets.token_urlsafe(6)
        self._db.execute(
            "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?)",
            (key, removal.what, removal.kind, removal.named, removal.source, int(now.timestamp())),
        )
        return key

    def take_proposal(self, key: str) -> Removal | None:
        """Return a removal that waits for its confirmation; it then waits no longer."""
        row = self._db.execute(
            "DELETE FROM proposals WHERE key = ? RETURNING what, kind, named, source", (key,)
        ).fetchone()
        return Removal(*row) if row else None

    def retract(self, removal: Removal, by: int, now: dt.datetime) -> None:
        """Keep a source or an article id out of every later re-index."""
        self._db.execute(
            "INSERT OR REPLACE INTO retractions VALUES (?, ?, ?, ?, ?)",
            (removal.what, removal.kind, removal.named, by, int(now.timestamp())),
        )

    def readmit(self, what: str) -> None:
        self._db.execute("DELETE FROM retractions WHERE what = ?", (what,))

    def retractions(self) -> frozenset[str]:
        return frozenset(what for (what,) in self._db.execute("SELECT what FROM retractions"))

    # Privacy

    def forget(self, user_id: int) -> tuple[int, int, int]:
        """Delete what is kept of a user: questions, verdicts and watches, and return how many of each."""
        with transaction(self._db):
            questions = self._db.execute("DELETE FROM questions WHERE user_id = ?", (user_id,)).rowcount
            verdicts = self._db.execute("DELETE FROM verdicts WHERE user_id = ?", (user_id,)).rowcount
            watches = self._db.execute("DELETE FROM watches WHERE user_id = ?", (user_id,)).rowcount
            self._db.execute("DELETE FROM told WHERE chat_id = ?", (user_id,))
            self._db.execute("DELETE FROM counters WHERE name = ?", (f"notices:{user_id}",))
            return questions, verdicts, watches


def read_retractions(path: Path) -> frozenset[str]:
    """
    Return the removals kept in a state file, for a re-index outside the bot; none when there is no such file.

    Raises BadStateFile.
    """
    if not path.exists():
        return frozenset()
    with Store(path) as store:
        return store.retractions()
