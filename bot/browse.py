"""Opens articles and issues: 全文, deep links, /browse and /latest."""

from __future__ import annotations

import asyncio
import bisect
import datetime as dt
import re

from telegram import Message, Update

from bot import ask, deeplink, messages, render
from bot.desk import Context
from bot.menus import set_admin_menu
from bot.reception import after_command, pressed, speech_of
from bot.render import Sheet
from bot.speech import Speech

_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")
_NEARBY = 6


async def on_start(update: Update, context: Context) -> None:
    """/start: say hello. /start <passage>, a deep link: open the article where it is cited."""
    message = update.message
    if message is None:
        return
    speech = speech_of(update)
    if context.desk.is_admin(message.chat_id):
        context.desk.spawn(set_admin_menu(context.bot, message.chat_id))
    linked = deeplink.passage_of(after_command(message))
    if linked is None:
        await message.reply_text(speech(messages.HELLO, examples=examples(context, speech)))
        return
    sheet = await asyncio.to_thread(_article, linked, None, message, context, speech)
    await ask.send(message, sheet or render.plain(speech(messages.GONE)))


async def on_help(update: Update, context: Context) -> None:
    """/help, with questions that this archive answers."""
    if update.message is not None:
        speech = speech_of(update)
        filled = {"examples": examples(context, speech), "username": context.bot.username}
        await update.message.reply_text(speech(messages.HELP, **filled))


async def on_open(update: Update, context: Context) -> None:
    """全文 opens the article beneath: a:<passage>. ◀ ▶ turn its pages: a:<passage>:<page>."""
    query, (passage_id, *page) = pressed(update)
    message, speech = query.message, speech_of(update)
    if not isinstance(message, Message):
        await query.answer(speech(messages.EXPIRED))
        return
    turned = int(page[0]) if page else None
    sheet = await asyncio.to_thread(_article, passage_id, turned, message, context, speech)
    await query.answer(None if sheet else speech(messages.GONE))
    if sheet is None:
        return
    if turned is None:
        await ask.send(message, sheet)
    else:
        await ask.edit(context, message.chat_id, message.message_id, sheet)


async def on_browse(update: Update, context: Context) -> None:
    """/browse <date>: the articles of that day's issue; without a date, the issues there are."""
    message = update.message
    if message is None:
        return
    wanted, speech = after_command(message), speech_of(update)
    date = _read_date(wanted)
    if date is not None:
        sheet = await asyncio.to_thread(_issue, date, 0, message, context, speech)
    elif wanted:
        today = context.desk.today().isoformat()
        sheet = render.plain(speech(messages.BROWSE_USAGE, example=today))
    else:
        sheet = await asyncio.to_thread(_shelf, message, context, speech)
    await ask.send(message, sheet)


async def on_latest(update: Update, context: Context) -> None:
    """/latest: the newest issue, or what is undated when nothing has a date."""
    message = update.message
    if message is not None:
        engine = context.desk.archive.engine if context.desk.archive else None
        date = engine.stats.last if engine else None
        sheet = await asyncio.to_thread(_issue, date, 0, message, context, speech_of(update))
        await ask.send(message, sheet)


async def on_issue(update: Update, context: Context) -> None:
    """本期目录, other days, and ◀ ▶ under an issue: b:<date or ->:<page>."""
    query, (day, page) = pressed(update)
    message, speech = query.message, speech_of(update)
    date = _read_date(day)
    known = isinstance(message, Message) and (date is not None or day == "-")
    await query.answer(None if known else speech(messages.EXPIRED))
    if known and isinstance(message, Message):
        sheet = await asyncio.to_thread(_issue, date, int(page), message, context, speech)
        await ask.edit(context, message.chat_id, message.message_id, sheet)


def examples(context: Context, speech: Speech) -> str:
    """Return the example questions, a line each, in the archive's own words."""
    found = context.desk.examples
    return "\n".join(messages.EXAMPLE.format(question=one) for one in found) or speech(messages.NO_EXAMPLES)


def _article(passage_id: str, page: int | None, message: Message, context: Context, speech: Speech) -> Sheet | None:
    """Return the article; None when it is no longer there. The article outlives a passage whose wording changed."""
    archive = context.desk.archive
    passages = archive.engine.article(passage_id.partition(".")[0]) if archive else []
    if not passages:
        return None
    return render.article(passages, passage_id, page, ask.audience(message, context, speech))


def _issue(date: dt.date | None, page: int, message: Message, context: Context, speech: Speech) -> Sheet:
    archive = context.desk.archive
    if archive is None:
        return render.plain(ask.not_ready(context, speech))
    engine, audience = archive.engine, ask.audience(message, context, speech)
    articles, dates = engine.issue(date), engine.issue_dates()
    before, after = _neighbours(date, dates)
    if articles:
        return render.issue(date, articles, page, before, after, audience)
    if date is None:
        return render.plain(speech(messages.LATEST_UNDATED))
    near = sorted(dates, key=lambda day: abs(day - date))[:_NEARBY]
    text = speech(messages.NOTHING_THAT_DAY, date=date)
    return render.days(f"{text}\n{speech(messages.NEARBY_ISSUES)}" if near else text, sorted(near), audience)


def _shelf(message: Message, context: Context, speech: Speech) -> Sheet:
    archive = context.desk.archive
    if archive is None:
        return render.plain(ask.not_ready(context, speech))
    dates = archive.engine.issue_dates()
    text = speech(messages.BROWSE_USAGE, example=dates[-1] if dates else context.desk.today())
    undated = bool(archive.engine.issue(None))
    return render.days(text, dates[-_NEARBY:], ask.audience(message, context, speech), undated=undated)


def _neighbours(date: dt.date | None, dates: list[dt.date]) -> tuple[dt.date | None, dt.date | None]:
    """Return the issue before a day and the one after it."""
    if date is None:
        return (dates[-1] if dates else None), None
    at, past = bisect.bisect_left(dates, date), bisect.bisect_right(dates, date)
    return (dates[at - 1] if at else None), (dates[past] if past < len(dates) else None)


def _read_date(written: str) -> dt.date | None:
    found = _DATE.fullmatch(written.strip())
    if found is None:
        return None
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        return None
