"""Opens the bot's state file and brings it to the version that this program writes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot import messages
from index.errors import ArchiveError

_STEPS = (
    """
CREATE TABLE questions (
    key TEXT PRIMARY KEY, user_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
    reply_id INTEGER, question TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '', asked_at INTEGER NOT NULL);
CREATE INDEX questions_by_message ON questions (chat_id, message_id);
CREATE INDEX questions_by_reply ON questions (chat_id, reply_id);
CREATE TABLE verdicts (
    key TEXT NOT NULL, user_id INTEGER NOT NULL, good INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    given_at INTEGER NOT NULL, PRIMARY KEY (key, user_id));
CREATE TABLE watches (
    chat_id INTEGER NOT NULL, word TEXT NOT NULL, user_id INTEGER NOT NULL, thread_id INTEGER,
    traditional INTEGER NOT NULL, PRIMARY KEY (chat_id, word));
CREATE TABLE told (
    chat_id INTEGER NOT NULL, article_id TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (chat_id, article_id));
CREATE TABLE sources (source TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE counters (day TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (day, name));
CREATE TABLE retractions (
    what TEXT PRIMARY KEY, kind TEXT NOT NULL, named TEXT NOT NULL, by INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE moves (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
""",
    """
ALTER TABLE sources ADD COLUMN articles TEXT;
CREATE TABLE proposals (
    key TEXT PRIMARY KEY, what TEXT NOT NULL, kind TEXT NOT NULL, named TEXT NOT NULL, source TEXT NOT NULL,
    at INTEGER NOT NULL);
""",
)
"""What makes each version of the file out of the one before; the first makes it out of nothing."""


class BadStateFile(ArchiveError):
    """A STATE_FILE that cannot be used."""


def open_database(path: Path) -> sqlite3.Connection:
    """
    Open `path`, and create it first when it is missing.

    Raises BadStateFile.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as unless_ready:
            database = sqlite3.connect(path, isolation_level=None, timeout=5)
            unless_ready.callback(database.close)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _migrate(database, path)
            unless_ready.pop_all()
    except (OSError, sqlite3.Error) as error:
        raise BadStateFile(messages.STATE_BUSY.format(path=path, reason=error)) from None
    return database


@contextlib.contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Write all that the block writes, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    with transaction(database):
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(_STEPS):
            raise BadStateFile(messages.STATE_NEWER.format(path=path, found=version, known=len(_STEPS)))
        for step in _STEPS[version:]:
            for statement in step.split(";\n"):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(_STEPS)}")
