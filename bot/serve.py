"""Runs the bot until it is told to stop: polling or webhook, and an orderly end within ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import warnings
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot import messages
from bot.app import build
from bot.desk import App, Desk
from bot.health import serve_health
from bot.logs import log, set_up
from bot.menus import set_menus
from bot.opening import open_archive
from bot.settings import BadSettings, Settings, secrets, token
from bot.store import Store
from index.answer import Archive
from index.errors import ArchiveError, NoIndex
from index.model import Progress

GRACE_SECONDS = 10
WEBHOOK_PORT = 8443
"""Where the webhook listens unless WEBHOOK_PORT or the address itself names a port."""

_RECEIVED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER]


class AnotherBot(ArchiveError):
    """Telegram refuses to serve two programs with one token."""


def serve(settings: Settings) -> None:
    """
    Run until SIGTERM or SIGINT.

    Raises BadSettings, AnotherBot, or what keeps the archive from being opened.
    """
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    token(settings)
    set_up(settings.log_format, secrets=secrets(settings), level=level)
    warnings.filterwarnings("ignore", "Deprecated since version v22.2", DeprecationWarning)  # at every 429
    if settings.webhook_url and not secret:
        raise BadSettings(messages.NO_SECRET)
    with Store(settings.state_file) as store:
        desk = Desk(settings, store, _open(settings))
        asyncio.run(_run(desk, settings))


def _open(settings: Settings) -> Archive | None:
    try:
        return open_archive(settings)
    except NoIndex:
        return None


async def _run(desk: Desk, settings: Settings) -> None:
    app = build(desk, token(settings), api_url=settings.telegram_api_url)
    stop: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _resolve, stop)
    async with _initialized(app), _started(app, desk):
        assert app.updater is not None
        updater = app.updater
        health = serve_health(desk, lambda: updater.running, settings.health_port) if settings.health_port else None
        try:
            await _receive(app, settings, stop)
            desk.spawn(set_menus(app.bot, settings.admin_ids))
            log.info("serving", bot=app.bot.username, webhook=bool(settings.webhook_url))
            await stop
        finally:
            log.info("stopping")
            if health is not None:
                health.stop()
            if updater.running:
                await updater.stop()


@contextlib.asynccontextmanager
async def _initialized(app: App) -> AsyncIterator[None]:
    try:
        await app.initialize()
    except InvalidToken:
        raise BadSettings(messages.BAD_TOKEN) from None
    except TelegramError as error:
        raise Unreachable(messages.UNREACHABLE.format(reason=error)) from None
    try:
        yield
    finally:
        await app.shutdown()


class Unreachable(ArchiveError):
    """Telegram could not be reached at the start."""


@contextlib.asynccontextmanager
async def _started(app: App, desk: Desk) -> AsyncIterator[None]:
    """Handle updates; at the end let what is in hand finish, but no longer than GRACE_SECONDS."""
    await app.start()
    if desk.archive is None:
        desk.building = Progress("listing", 0, None)
        desk.spawn(desk.reindexing.build_first())
    else:
        desk.spawn(desk.reindexing.look_back())
    try:
        yield
    finally:
        desk.reindexing.cancel()
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await app.stop()
                await asyncio.gather(*desk.tasks, return_exceptions=True)
        except TimeoutError:
            log.warning("stopped in the middle", seconds=GRACE_SECONDS)


async def _receive(app: App, settings: Settings, stop: asyncio.Future[None]) -> None:
    """Start polling or listening; another program with the same token resolves `stop` with AnotherBot."""
    assert app.updater is not None

    def on_polling_error(error: TelegramError) -> None:
        if isinstance(error, Conflict):
            _resolve(stop, AnotherBot(messages.ANOTHER_BOT))
        elif isinstance(error, InvalidToken):
            _resolve(stop, BadSettings(messages.BAD_TOKEN))
        else:
            log.warning("polling stumbled", reason=str(error))

    if not settings.webhook_url:
        await app.updater.start_polling(
            allowed_updates=_RECEIVED, bootstrap_retries=-1, error_callback=on_polling_error, timeout=10
        )
        return
    assert settings.webhook_secret is not None
    address = urlsplit(settings.webhook_url)
    port = settings.webhook_port or address.port or WEBHOOK_PORT
    try:
        await app.updater.start_webhook(
            listen=settings.webhook_listen,
            port=port,
            url_path=address.path,
            webhook_url=settings.webhook_url,
            secret_token=settings.webhook_secret.get_secret_value(),
            allowed_updates=_RECEIVED,
            bootstrap_retries=5,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        text = messages.PORT_TAKEN.format(variable="WENBAO_WEBHOOK_PORT", port=port, reason=reason)
        raise BadSettings(text) from None


def _resolve(stop: asyncio.Future[None], error: ArchiveError | None = None) -> None:
    if stop.done():
        return
    if error is None:
        stop.set_result(None)
    else:
        stop.set_exception(error)
