"""Decides at the door whether an update is for the bot, from somebody it serves, and not too soon after the last."""

from __future__ import annotations

from telegram import CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot import messages
from bot.desk import Context
from bot.logs import log
from bot.speech import Speech, speech_for


def speech_of(update: Update) -> Speech:
    user = update.effective_user
    return speech_for(user.language_code if user else None)


def is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def addressed(message: Message, username: str, bot_id: int) -> bool:
    """Return whether a message is meant for the bot: any in a private chat, else a command, a mention or a reply."""
    if is_private(message):
        return True
    text = message.text or message.caption or ""
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0]
        return "@" not in command or command.lower().endswith(f"@{username.lower()}")
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        return not replied.forum_topic_created
    return bool(_mentions(message, username, bot_id))


def without_mention(message: Message, username: str, bot_id: int) -> str:
    """Return the message's text with the mentions of the bot taken out."""
    text = message.text or ""
    for mention in _mentions(message, username, bot_id):
        text = text.replace(mention, " ")
    return text.strip(" \n，,：:")


def after_command(message: Message) -> str:
    """Return what follows the command a message begins with."""
    words = (message.text or "").split(maxsplit=1)
    return words[1].strip() if len(words) > 1 else ""


def pressed(update: Update) -> tuple[CallbackQuery, list[str]]:
    """Return the pressed button's query and what its data says after the first letter: "s:key:2" -> ["key", "2"]."""
    query = update.callback_query
    assert query is not None
    return query, (query.data or "").split(":")[1:]


def _mentions(message: Message, username: str, bot_id: int) -> list[str]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    entities = {**message.parse_entities(kinds), **message.parse_caption_entities(kinds)}
    return [
        written
        for entity, written in entities.items()
        if written.lower() == f"@{username.lower()}" or (entity.user is not None and entity.user.id == bot_id)
    ]


async def at_the_door(update: Update, context: Context) -> None:
    """Run before every other handler; stops what is not to be handled, and says why once."""
    desk, bot, user = context.desk, context.bot, update.effective_user
    message = update.message or update.edited_message
    if user is None or user.is_bot or (message is not None and _is_our_own(message, bot.id)):
        raise ApplicationHandlerStop
    if update.my_chat_member is not None or (message is not None and _is_service(message)):
        return
    if message is not None and not addressed(message, bot.username, bot.id):
        raise ApplicationHandlerStop
    chat = update.effective_chat
    if not desk.serves(chat.id if chat else None, user.id):
        log.info("not served", chat=chat.id if chat else None, user=user.id)
        await _tell(update, speech_of(update)(messages.NOT_SERVED))
        raise ApplicationHandlerStop
    if message is not None and message.document is not None and desk.is_admin(user.id):
        return  # a folder of documents sent at once is no flood
    limits = desk.inline_limits if update.inline_query else desk.limits
    verdict = limits.admit(user.id, desk.clock())
    if verdict != "served":
        if verdict == "told":
            await _tell(update, speech_of(update)(messages.SLOW_DOWN, rate=desk.settings.rate_per_minute))
        elif update.callback_query is not None:
            await update.callback_query.answer()
        raise ApplicationHandlerStop


def _is_our_own(message: Message, bot_id: int) -> bool:
    """Return whether somebody posted one of our inline results here."""
    return message.via_bot is not None and message.via_bot.id == bot_id


def _is_service(message: Message) -> bool:
    return message.migrate_to_chat_id is not None or message.migrate_from_chat_id is not None


async def _tell(update: Update, sentence: str) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(sentence, show_alert=True)
    elif update.message is not None:
        await update.message.reply_text(sentence)
    elif update.inline_query is not None:
        await update.inline_query.answer([], cache_time=10, is_personal=True)
