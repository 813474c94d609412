"""Answers questions: plain text, /ask, edited questions, and the buttons under an answer."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from telegram import Message, ReplyParameters, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

from bot import messages, render
from bot.buttons import Audience
from bot.desk import Context, Desk
from bot.followup import follow
from bot.logs import log
from bot.reception import after_command, is_private, pressed, speech_of, without_mention
from bot.render import Sheet
from bot.speech import Speech, speech_for
from index.answer import Archive, ask
from index.model import Answer, NoAnswer

LONGEST = 500
SNIPPETS = 5
_TYPING_SECONDS = 4


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a reader wrote, as a question to the archive, or the sentence that says why it is none."""

    question: str = ""
    refusal: str = ""
    completed: bool = False


async def on_text(update: Update, context: Context) -> None:
    """Plain text in a private chat, or addressed to the bot in a group."""
    message = update.message
    if message is not None:
        await _answer(message, without_mention(message, context.bot.username, context.bot.id), context)


async def on_ask(update: Update, context: Context) -> None:
    """/ask <question>."""
    message = update.message
    if message is None:
        return
    question = after_command(message)
    if not question:
        example = context.desk.examples[0] if context.desk.examples else messages.ASK_EXAMPLE
        await message.reply_text(speech_of(update)(messages.ASK_USAGE, example=example))
        return
    await _answer(message, question, context)


async def on_edited(update: Update, context: Context) -> None:
    """An edited question: edit its answer, or what refused it. What was neither stays unanswered."""
    message = update.edited_message
    if message is None or message.text is None:
        return
    desk = context.desk
    in_hand = desk.in_hand.get((message.chat_id, message.message_id))
    if in_hand is not None:
        await asyncio.wait([in_hand], timeout=10)
    asked = desk.store.asked_in(message.chat_id, message.message_id)
    reply_id = asked.reply_id if asked else desk.refusal(message.chat_id, message.message_id)
    if reply_id is None:
        return
    text = without_mention(message, context.bot.username, context.bot.id)
    text = after_command(message) if text.startswith("/") else text
    speech = speech_of(update)
    if desk.archive is None:
        await edit(context, message.chat_id, reply_id, render.plain(not_ready(context, speech)))
        return
    reading = _read(message, text, desk.archive, context, speech)
    if reading.refusal:
        sheet = render.plain(reading.refusal)
    else:
        key = asked.key if asked else _keep(message, reading.question, desk)
        desk.store.reask(key, reading.question)
        outcome, archive = await _ask(reading.question, desk.archive, context)
        desk.store.answered(key, reply_id, _said(outcome))
        desk.keep_outcome(key, archive.engine.generation, outcome)
        sheet = _sheet(outcome, 0, key, archive, audience(message, context, speech), reading)
    await edit(context, message.chat_id, reply_id, sheet)


async def on_turn(update: Update, context: Context) -> None:
    """◀ ▶ under an answer: s:<key>:<page>."""
    query, (key, page) = pressed(update)
    speech = speech_of(update)
    asked, archive = context.desk.store.asked(key), context.desk.archive
    if asked is None or archive is None or not isinstance(query.message, Message):
        await query.answer(speech(messages.EXPIRED if asked is None else messages.STILL_INDEXING))
        return
    outcome = context.desk.outcome(key, archive.engine.generation)
    if outcome is None:
        outcome, archive = await _ask(asked.question, archive, context)
        context.desk.keep_outcome(key, archive.engine.generation, outcome)
    await query.answer()
    sheet = _sheet(outcome, int(page), key, archive, audience(query.message, context, speech))
    await edit(context, query.message.chat_id, query.message.message_id, sheet)


async def on_verdict(update: Update, context: Context) -> None:
    """👍 👎: f:<key>:<1 or 0>."""
    query, (key, good) = pressed(update)
    asked = context.desk.store.asked(key)
    if asked is not None:
        context.desk.store.judge(asked, query.from_user.id, good == "1", context.desk.now())
    await query.answer(speech_of(update)(messages.THANKS if asked else messages.EXPIRED))


async def on_place(update: Update, context: Context) -> None:
    """The "2/5" between the arrows, which does nothing."""
    if update.callback_query is not None:
        await update.callback_query.answer()


async def on_stale(update: Update, context: Context) -> None:
    """A button that no handler knows: from another version."""
    if update.callback_query is not None:
        await update.callback_query.answer(speech_of(update)(messages.EXPIRED))


async def on_other(update: Update, context: Context) -> None:
    """Stickers, photos, voice: a friendly sentence."""
    if update.message is not None:
        await update.message.reply_text(speech_of(update)(messages.ONLY_TEXT, example=_example(context)))


async def send(message: Message, sheet: Sheet) -> Message:
    """Reply to `message` in its chat and topic, quoting it."""
    return await message.reply_text(
        sheet.html,
        parse_mode=ParseMode.HTML,
        reply_markup=sheet.keyboard,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
    )


async def edit(context: Context, chat_id: int, message_id: int, sheet: Sheet) -> None:
    """Show `sheet` in place of an earlier message; that it is there already is fine."""
    try:
        await context.bot.edit_message_text(
            sheet.html, chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=sheet.keyboard
        )
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            raise


def audience(message: Message, context: Context, speech: Speech) -> Audience:
    return Audience(speech, context.bot.username, context.desk.settings.timezone, is_private(message))


async def _answer(message: Message, text: str, context: Context) -> None:
    desk = context.desk
    user = message.from_user
    speech = speech_for(user.language_code if user else None)
    if desk.archive is None:
        await message.reply_text(not_ready(context, speech))
        return
    began = desk.clock()
    reading = _read(message, text, desk.archive, context, speech)
    if reading.refusal:
        refusal = await message.reply_text(reading.refusal)
        desk.keep_refusal(message.chat_id, message.message_id, refusal.message_id)
        return
    key = _keep(message, reading.question, desk)
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    desk.in_hand[message.chat_id, message.message_id] = done
    try:
        outcome, archive = await _ask(reading.question, desk.archive, context, message)
        desk.keep_outcome(key, archive.engine.generation, outcome)
        sheet = _sheet(outcome, 0, key, archive, audience(message, context, speech), reading)
        reply = await send(message, sheet)
        desk.store.answered(key, reply.message_id, _said(outcome))
    finally:
        del desk.in_hand[message.chat_id, message.message_id]
        done.set_result(None)
    found = isinstance(outcome, Answer)
    desk.store.count("questions", desk.today())
    desk.store.count("answered", desk.today(), int(found))
    desk.metrics.questions.labels("answered" if found else "not found").inc()
    desk.metrics.seconds.observe(desk.clock() - began)
    sure, took = round(outcome.confidence, 3), round(outcome.took_ms, 1)
    log.info("asked", chat=message.chat_id, found=found, confidence=sure, ms=took)
    log.debug("question", text=reading.question)


def _keep(message: Message, question: str, desk: Desk) -> str:
    """Keep the question a message asks and return its key."""
    asker = message.from_user.id if message.from_user else 0
    return desk.store.ask(asker, message.chat_id, message.message_id, question, desk.now())


def _read(message: Message, text: str, archive: Archive, context: Context, speech: Speech) -> _Reading:
    """Complete a follow-up and refuse what is no question. Remembers what the conversation is about."""
    desk = context.desk
    if len(text) > LONGEST:
        return _Reading(refusal=speech(messages.TOO_LONG, limit=LONGEST))
    if not any(character.isalnum() for character in text):
        return _Reading(refusal=speech(messages.NOT_A_QUESTION, example=_example(context)))
    asker = message.from_user.id if message.from_user else 0
    before, replying = desk.thread(message.chat_id, asker), False
    replied = message.reply_to_message
    earlier = desk.store.answered_in(message.chat_id, replied.message_id) if replied else None
    if earlier is not None:
        replying = True
        if before is None or before.question != earlier.question:
            _, before = follow(earlier.question, None, archive.segmenter)
    question, thread = follow(text, before, archive.segmenter, replying=replying)
    desk.remember(message.chat_id, asker, thread)
    return _Reading(question=question, completed=question != text)


async def _ask(
    question: str, archive: Archive, context: Context, message: Message | None = None
) -> tuple[Answer | NoAnswer, Archive]:
    """Ask the archive off the event loop, showing "typing" meanwhile, and return which archive answered."""
    kept = context.desk.answer_kept(question, archive.engine.generation)
    if kept is not None:
        return kept, archive
    done = asyncio.Event()
    if message is not None:
        context.desk.spawn(_type(message, done))
    try:
        outcome = await asyncio.to_thread(ask, question, archive, k=SNIPPETS, today=context.desk.today())
    finally:
        done.set()
    context.desk.keep_answer(question, archive.engine.generation, outcome)
    return outcome, archive


async def _type(message: Message, done: asyncio.Event) -> None:
    """Show "typing" until `done`; what Telegram thinks of it does not matter."""
    while not done.is_set():
        with contextlib.suppress(TelegramError):
            await message.reply_chat_action(ChatAction.TYPING)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _TYPING_SECONDS)


def _sheet(
    outcome: Answer | NoAnswer,
    page: int,
    key: str,
    archive: Archive,
    audience: Audience,
    reading: _Reading | None = None,
) -> Sheet:
    asked_as = reading.question if reading and reading.completed else ""
    if isinstance(outcome, Answer):
        return render.answer(outcome, page, key, archive.engine, audience, asked_as=asked_as)
    return render.no_answer(outcome, key, audience, asked_as=asked_as)


def _said(outcome: Answer | NoAnswer) -> str:
    """Return what was claimed, for the record behind 👍 and 👎."""
    return outcome.snippets[0].answer if isinstance(outcome, Answer) else ""


def not_ready(context: Context, speech: Speech) -> str:
    """Return why there is no answer yet: the first index is being built, or the archive is empty."""
    building = context.desk.building
    if building is None and not context.desk.reindexing.running:
        return speech(messages.EMPTY_ARCHIVE)
    if building is None or building.total is None or building.stage != "reading":
        return speech(messages.STILL_INDEXING)
    return speech(messages.STILL_INDEXING_AT, done=building.done, total=building.total)


def _example(context: Context) -> str:
    return context.desk.examples[0] if context.desk.examples else messages.ASK_EXAMPLE
