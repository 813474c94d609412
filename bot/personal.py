"""What concerns a user or a chat itself: /new, /privacy, /forget, groups that move, commands nobody knows."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot import messages
from bot.desk import Context
from bot.logs import log
from bot.reception import is_private, speech_of
from bot.store import KEPT_DAYS


async def on_new(update: Update, context: Context) -> None:
    """/new: forget what the conversation is about."""
    if update.message is not None and update.effective_user is not None:
        context.desk.forget(update.effective_user.id, update.message.chat_id)
        await update.message.reply_text(speech_of(update)(messages.NEW_TOPIC))


async def on_privacy(update: Update, context: Context) -> None:
    """/privacy."""
    if update.message is not None:
        await update.message.reply_text(speech_of(update)(messages.PRIVACY, days=KEPT_DAYS))


async def on_forget(update: Update, context: Context) -> None:
    """/forget: delete what is kept of the user, here and in memory."""
    if update.message is not None and update.effective_user is not None:
        user = update.effective_user.id
        context.desk.forget(user)
        questions, verdicts, watches = context.desk.store.forget(user)
        text = speech_of(update)(messages.FORGOTTEN, questions=questions, verdicts=verdicts, watches=watches)
        await update.message.reply_text(text)


async def on_migrated(update: Update, context: Context) -> None:
    """A group has become a supergroup: its watches go along."""
    message = update.message
    if message is None:
        return
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    context.desk.store.move_chat(old, new)
    log.info("group moved", old=old, new=new)


async def on_membership(update: Update, context: Context) -> None:
    """The bot was blocked or thrown out: nothing can be sent there any more."""
    change = update.my_chat_member
    if change is not None and change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
        context.desk.store.drop_chat(change.chat.id)
        log.info("watches dropped", chat=change.chat.id)


async def on_service_message(update: Update, context: Context) -> None:
    """Somebody joined, a title changed, a topic opened: nothing to answer."""


async def on_unknown_command(update: Update, context: Context) -> None:
    """A command nobody knows; in a group it is another bot's, so only a private chat hears of it."""
    if update.message is not None and is_private(update.message):
        await update.message.reply_text(speech_of(update)(messages.UNKNOWN_COMMAND))
