"""A bot at work on a small newspaper, talking to the loopback Bot API without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import build
from bot.delivery import Delivery
from bot.desk import App, Desk
from bot.opening import open_archive, refresh
from bot.settings import Settings
from bot.store import Store

from . import newspaper
from .botapi import BotApiServer, User

ADMIN = 7


@dataclass
class Newsroom:
    """The running bot, the server it talks to, and one reader and one admin."""

    server: BotApiServer
    app: App
    desk: Desk
    reader: User
    admin: User

    @property
    def corpus(self) -> Path:
        return self.desk.settings.corpus_dir


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the newspaper and its index, for reading."""
    folder = tmp_path_factory.mktemp("printed")
    newspaper.write(folder / "corpus")
    refresh(settings_in(folder))
    return folder


def settings_in(folder: Path, **changes: object) -> Settings:
    return Settings(
        _env_file=None,
        **{
            "corpus_dir": folder / "corpus",
            "index_dir": folder / "index",
            "state_file": folder / "bot.db",
            "admin_ids": str(ADMIN),
            "segmenter": "jieba",
            **changes,
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newspaper's folder of one's own, with an index that may be changed."""
    newspaper.write(tmp_path / "corpus")
    refresh(settings_in(tmp_path))
    return tmp_path


@pytest.fixture
async def opened() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def newsroom(printed: Path, tmp_path: Path, opened: AsyncExitStack) -> Newsroom:
    """The bot as most tests want it; they do not change the archive."""
    return await start(printed, opened, state_file=tmp_path / "bot.db")


async def start(
    folder: Path, opened: AsyncExitStack, server: BotApiServer | None = None, **changes: object
) -> Newsroom:
    """Start a bot on a folder; it stops with `opened`. Raises AssertionError then, if Telegram had refused anything."""
    settings = settings_in(folder, **changes)
    store = opened.enter_context(Store(settings.state_file))
    archive = open_archive(settings) if settings.index_dir.exists() else None
    desk = Desk(settings, store, archive)
    own = server is None
    server = server or BotApiServer()
    app = build(desk, server.token, request=server.request(), delivery=Delivery(waits=(0.01, 0.02)))
    await app.initialize()
    opened.push_async_callback(app.shutdown)
    await app.start()
    opened.push_async_callback(_stop, app, desk)
    assert app.updater is not None
    await app.updater.start_polling(timeout=1)
    opened.push_async_callback(app.updater.stop)
    reader = server.user("读者", language="zh-hans")
    admin = server.user("管理员", id=ADMIN)
    if own:
        opened.callback(_nothing_refused, server)
    return Newsroom(server, app, desk, reader, admin)


async def _stop(app: App, desk: Desk) -> None:
    await app.stop()
    for task in list(desk.tasks):
        await task


def _nothing_refused(server: BotApiServer) -> None:
    assert server.rejections == []
