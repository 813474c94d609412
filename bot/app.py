"""Builds the bot: one list says which handler answers what."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import InlineQueryResultsButton, LinkPreviewOptions, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest

from bot import admin, ask, browse, inline, messages, personal, upkeep, upload, watch
from bot.delivery import Delivery
from bot.desk import App, Context, Desk
from bot.indexing import EXTERNAL_SECONDS, GLANCE_SECONDS, Reindexing
from bot.logs import log
from bot.reception import at_the_door, speech_of
from index.errors import EngineAway

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]

COMMANDS: dict[str, Handler] = {
    "start": browse.on_start,
    "help": browse.on_help,
    "ask": ask.on_ask,
    "latest": browse.on_latest,
    "browse": browse.on_browse,
    "watch": watch.on_watch,
    "unwatch": watch.on_unwatch,
    "new": personal.on_new,
    "privacy": personal.on_privacy,
    "forget": personal.on_forget,
    "reindex": upkeep.on_reindex,
    "cancel": upkeep.on_cancel,
    "remove": upkeep.on_remove,
    "status": admin.on_status,
    "problems": admin.on_problems,
    "lexicon": admin.on_lexicon,
    "feedback": admin.on_feedback,
}

BUTTONS: dict[str, Handler] = {
    r"s:[\w-]+:\d+": ask.on_turn,
    r"f:[\w-]+:[01]": ask.on_verdict,
    r"a:[\w.~-]+(:\d+)?": browse.on_open,
    r"b:(-|\d{4}-\d\d-\d\d):\d+": browse.on_issue,
    r"r:[\w-]+:[01]": upkeep.on_removal,
    r"n:\d+": ask.on_place,
}

_A_DAY = 86_400


def routes() -> list[BaseHandler[Any, Context, Any]]:
    """Return the handlers, first match first."""
    new = filters.UpdateType.MESSAGE
    return [
        *(CommandHandler(name, handler, filters=new) for name, handler in COMMANDS.items()),
        *(CallbackQueryHandler(handler, pattern=f"^{data}$") for data, handler in BUTTONS.items()),
        CallbackQueryHandler(ask.on_stale),
        InlineQueryHandler(inline.on_inline),
        ChatMemberHandler(personal.on_membership),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, ask.on_edited),
        MessageHandler(new & filters.StatusUpdate.MIGRATE, personal.on_migrated),
        MessageHandler(new & filters.StatusUpdate.ALL, personal.on_service_message),
        MessageHandler(new & filters.COMMAND, personal.on_unknown_command),
        MessageHandler(new & filters.TEXT, ask.on_text),
        MessageHandler(new & filters.Document.ALL, upload.on_document),
        MessageHandler(new & filters.ALL, ask.on_other),
    ]


def build(
    desk: Desk,
    token: str,
    *,
    api_url: str = "",
    request: BaseRequest | None = None,
    delivery: Delivery | None = None,
) -> App:
    """Return the application; `request` stands in for HTTP, in tests and in the terminal."""
    builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any] = (
        Application.builder()
        .token(token)
        .context_types(ContextTypes(context=Context))
        .rate_limiter(delivery or Delivery())
        .concurrent_updates(True)
        .defaults(
            Defaults(
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                allow_sending_without_reply=True,
                tzinfo=desk.settings.timezone,
            )
        )
    )
    if api_url:
        builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    app: App = builder.build()
    app.bot_data["desk"] = desk
    desk.reindexing = Reindexing(app, desk)
    app.add_handler(TypeHandler(Update, at_the_door), group=-1)
    app.add_handlers(routes())
    app.add_error_handler(on_error)
    assert app.job_queue is not None
    app.job_queue.run_repeating(_glance_outside, GLANCE_SECONDS, name="glance")
    app.job_queue.run_repeating(_look_outside, EXTERNAL_SECONDS, name="outside")
    app.job_queue.run_repeating(_expire, _A_DAY, first=1, name="expiry")
    return app


async def on_error(update: object, context: Context) -> None:
    """Log what went wrong; tell the reader once, unless it is of no matter to anybody."""
    error = context.error
    if isinstance(error, BadRequest) and _quiet(error):
        log.debug("of no matter", reason=str(error))
        return
    if isinstance(error, Forbidden):
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is not None:
            context.desk.store.drop_chat(chat.id)
            log.info("blocked", chat=chat.id)
        return
    context.desk.metrics.errors.labels(type(error).__name__).inc()
    away = isinstance(error, EngineAway)
    if away:
        log.warning("archive away", reason=str(error))
    else:
        log.error("update failed", exc_info=error)
    if isinstance(update, Update) and not isinstance(error, TelegramError):
        sorry = speech_of(update)(messages.ARCHIVE_AWAY if away else messages.BROKEN)
        if update.callback_query is not None:
            await update.callback_query.answer(sorry)
        elif update.inline_query is not None and away:
            button = InlineQueryResultsButton(sorry, start_parameter="inline")
            await update.inline_query.answer([], cache_time=0, is_personal=True, button=button)
        elif update.message is not None:
            await update.message.reply_text(sorry)


def _quiet(error: BadRequest) -> bool:
    reason = error.message.lower()
    return "not modified" in reason or "query is too old" in reason or "message to edit not found" in reason


async def _glance_outside(context: Context) -> None:
    await context.desk.reindexing.glance_outside()


async def _look_outside(context: Context) -> None:
    await context.desk.reindexing.look_outside()


async def _expire(context: Context) -> None:
    context.desk.store.expire(context.desk.now())
