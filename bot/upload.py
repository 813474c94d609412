"""Takes a document that an admin sends into the archive folder, and indexes it at once."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from telegram import Update
from telegram.constants import FileSizeLimit
from telegram.error import TelegramError

from bot import messages
from bot.admin import admins_only
from bot.desk import Context
from bot.logs import log
from bot.measure import clean, clip
from bot.reception import is_private, speech_of
from index.errors import ArchiveError
from index.model import Article, Rejected
from index.readers import READERS, context_for, reader_for, reader_named

LARGEST = FileSizeLimit.FILESIZE_DOWNLOAD
_LONGEST_NAME = 120
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')


async def on_document(update: Update, context: Context) -> None:
    """A document in a private chat: an admin's goes into the archive."""
    message = update.message
    if message is None or not is_private(message):
        return
    user = message.from_user
    if context.desk.is_admin(user.id if user else None):
        await _take(update, context)
    else:
        log.warning("not an admin", user=user.id if user else None, command="upload")
        await message.reply_text(speech_of(update)(messages.UPLOAD_ADMINS_ONLY))


@admins_only
async def _take(update: Update, context: Context) -> None:
    message, speech, desk = update.message, speech_of(update), context.desk
    if message is None or message.document is None:
        return
    document = message.document
    written = document.file_name or ""
    name = safe_name(written)
    if name is None:
        await message.reply_text(speech(messages.UPLOAD_BAD_NAME, name=clip(clean(written), 100)))
        return
    if reader_named(name) is None:
        suffixes = " ".join(sorted(READERS))
        await message.reply_text(speech(messages.UPLOAD_BAD_TYPE, name=name, suffixes=suffixes))
        return
    if (document.file_size or 0) > LARGEST:
        await message.reply_text(speech(messages.UPLOAD_TOO_LARGE, limit=LARGEST // (1 << 20)))
        return
    target = desk.settings.corpus_dir.resolve() / name
    replaced = target.exists()
    try:
        content = bytes(await (await document.get_file()).download_as_bytearray())
    except TelegramError as error:
        await message.reply_text(speech(messages.UPLOAD_NOT_FETCHED, name=name, reason=error))
        return
    reason = await asyncio.to_thread(why_unreadable, name, content, desk.settings.corpus_dir)
    if reason:
        await message.reply_text(speech(messages.UPLOAD_UNREADABLE, name=name, reason=clip(reason, 500)))
        return
    await asyncio.to_thread(_put, content, target)
    desk.store.readmit(str(target))
    try:
        await desk.reindexing.run([target])
    except ArchiveError as error:
        await message.reply_text(speech(messages.REINDEX_FAILED, reason=error))
        await desk.reindexing.tell_admins(speech(messages.REINDEX_FAILED, reason=error), but=message.chat_id)
        return
    record = desk.archive.engine.manifest().get(str(target)) if desk.archive else None
    done = messages.UPLOAD_REPLACED if replaced else messages.UPLOAD_SAVED
    log.info("uploaded", source=str(target), replaced=replaced, by=user_id(update))
    await message.reply_text(speech(done, name=name, articles=record.articles if record else 0))


def user_id(update: Update) -> int | None:
    return update.effective_user.id if update.effective_user else None


def safe_name(written: str) -> str | None:
    """Return the name to save a document under: no path, not hidden; None when nothing usable is left."""
    name = _FORBIDDEN.sub("_", clean(written.replace("\\", "/").rpartition("/")[2])).strip()
    if (
        not name
        or name.startswith((".", "_", "-"))
        or len(name.encode()) > _LONGEST_NAME
        or not Path(name).stem.strip()
    ):
        return None
    return name


def why_unreadable(name: str, content: bytes, corpus: Path) -> str:
    """Return why a document holds nothing to index, "" when it holds something; then it may replace an older one."""
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / name
        aside.write_bytes(content)
        reader = reader_for(aside)
        assert reader is not None
        reasons = []
        try:
            for entry in reader.read(aside, context_for(corpus / name)):
                if isinstance(entry, Article):
                    return ""
                if isinstance(entry, Rejected):
                    reasons.append(entry.reason)
        except ArchiveError as error:
            return str(getattr(error, "reason", error))
    return reasons[0] if reasons else messages.UPLOAD_EMPTY


def _put(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.new")
    aside.write_bytes(content)
    aside.replace(target)
