"""The admins' commands that change the index: /reindex, /cancel, /remove."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from telegram import Message, Update

from bot import ask, deeplink, messages, render
from bot.admin import admins_only, short_name
from bot.citation import heading
from bot.desk import Context
from bot.logs import log
from bot.measure import clip
from bot.reception import after_command, pressed, speech_of
from bot.speech import Speech
from bot.store import Removal
from index.errors import ArchiveError, IndexingCancelled
from index.model import Engine, Reindexed
from index.readers.context import file_of

EDIT_SECONDS = 2.0
"""The least time between two edits of the progress message."""

_SKIPPED = 5
_SEVERAL = 8


@admins_only
async def on_reindex(update: Update, context: Context) -> None:
    """/reindex and /reindex full: one message that follows the work and ends as its summary."""
    message, speech = update.message, speech_of(update)
    if message is None:
        return
    wanted = after_command(message)
    if wanted not in ("", "full"):
        await message.reply_text(speech(messages.REINDEX_USAGE))
        return
    desk = context.desk
    if desk.reindexing.running:
        await message.reply_text(speech(messages.REINDEX_RUNNING))
        return
    work = asyncio.ensure_future(desk.reindexing.run(full=wanted == "full"))
    await asyncio.sleep(0)
    started = messages.REINDEX_STARTED_FULL if wanted else messages.REINDEX_STARTED
    shown = await message.reply_text(speech(started))
    await _follow(work, shown, context)
    await _report(work, shown, context, speech)


@admins_only
async def on_cancel(update: Update, context: Context) -> None:
    """/cancel."""
    if update.message is not None:
        cancelled = context.desk.reindexing.cancel()
        reply = messages.CANCELLING if cancelled else messages.NOTHING_TO_CANCEL
        await update.message.reply_text(speech_of(update)(reply))


@admins_only
async def on_remove(update: Update, context: Context) -> None:
    """/remove <source or link>: ask whether it is meant."""
    message, speech = update.message, speech_of(update)
    if message is None:
        return
    what = after_command(message)
    if not what:
        await message.reply_text(speech(messages.REMOVE_USAGE))
        return
    found = await asyncio.to_thread(_find, what, context)
    if not found:
        await message.reply_text(speech(messages.REMOVE_UNKNOWN, what=clip(what, 200)))
        return
    if len(found) > 1:
        sources = "\n".join(removal.named for removal in found[:_SEVERAL])
        await message.reply_text(clip(speech(messages.REMOVE_SEVERAL, what=clip(what, 200), sources=sources), 4000))
        return
    key = context.desk.store.propose(found[0], context.desk.now())
    await ask.send(message, render.confirm(_question(found[0], context, speech), key, speech))


@admins_only
async def on_removal(update: Update, context: Context) -> None:
    """确认移除 or 不移除: r:<key>:<1 or 0>."""
    query, (key, yes) = pressed(update)
    desk, speech = context.desk, speech_of(update)
    removal = desk.store.take_proposal(key)
    message = query.message
    if removal is None or not isinstance(message, Message):
        await query.answer(speech(messages.EXPIRED))
        return
    await query.answer()
    if yes != "1":
        await ask.edit(context, message.chat_id, message.message_id, render.plain(speech(messages.KEPT)))
        return
    desk.store.retract(removal, query.from_user.id, desk.now())
    log.info("removed", kind=removal.kind, what=removal.what, by=query.from_user.id)
    try:
        await desk.reindexing.run(_to_read_again(removal.source))
    except ArchiveError as error:
        text = speech(messages.REINDEX_FAILED, reason=error)
        await desk.reindexing.tell_admins(text, but=query.from_user.id)
    else:
        text = speech(messages.REMOVED, what=removal.named)
    await ask.edit(context, message.chat_id, message.message_id, render.plain(text))


async def _follow(work: asyncio.Future[Reindexed], shown: Message, context: Context) -> None:
    """Show the progress in `shown` until the work is done."""
    said = ""
    while not work.done():
        await asyncio.wait({work}, timeout=EDIT_SECONDS)
        text = context.desk.reindexing.describe()
        if text and text != said and not work.done():
            await ask.edit(context, shown.chat_id, shown.message_id, render.plain(text))
            said = text


async def _report(work: asyncio.Future[Reindexed], shown: Message, context: Context, speech: Speech) -> None:
    try:
        text = summary(await work, context.desk.settings.corpus_dir.resolve(), speech)
    except IndexingCancelled:
        text = speech(messages.REINDEX_CANCELLED)
    except ArchiveError as error:
        text = speech(messages.REINDEX_FAILED, reason=error)
        log.error("re-index failed", reason=str(error))
        await context.desk.reindexing.tell_admins(text, but=shown.chat_id)
    except Exception:
        text = speech(messages.REINDEX_FAILED, reason=speech(messages.SEE_LOG))
        log.exception("re-index failed")
        await context.desk.reindexing.tell_admins(text, but=shown.chat_id)
    await ask.edit(context, shown.chat_id, shown.message_id, render.plain(text))


def summary(done: Reindexed, corpus: Path, speech: Speech) -> str:
    """Return what a re-index did, with the reasons for what it skipped."""
    lines = [
        speech(
            messages.REINDEX_DONE,
            added=done.added,
            changed=done.changed,
            removed=done.removed,
            skipped=len(done.skipped),
            articles=f"{done.articles:,}",
            passages=f"{done.passages:,}",
            seconds=f"{done.seconds:.1f}",
        )
    ]
    for entry in done.skipped[:_SKIPPED]:
        reason = clip(entry.reason, 200)
        lines.append(messages.REINDEX_SKIPPED.format(source=short_name(entry.source, corpus), reason=reason))
    if len(done.skipped) > _SKIPPED:
        lines.append(speech(messages.REINDEX_SKIPPED_MORE, n=len(done.skipped) - _SKIPPED))
    return "\n".join(lines)


def _find(what: str, context: Context) -> list[Removal]:
    """
    Return what /remove may mean: the article of a link or passage id, else the sources of that name.

    A part of a name will do, as a confirmation follows.
    """
    archive = context.desk.archive
    if archive is None:
        return []
    corpus = context.desk.settings.corpus_dir.resolve()
    passage_id = deeplink.passage_of(_parameter(what)) or what
    passages = archive.engine.article(passage_id.partition(".")[0])
    if passages:
        cite = passages[0].citation
        return [Removal(cite.article_id, "article", heading(cite.title) or cite.article_id, cite.source)]
    name = what.removeprefix("./")
    sources = {*archive.engine.manifest(), *_members(name, archive.engine)}
    exact = [source for source in sources if source in (name, f"{corpus}/{name}")]
    named = exact or [source for source in sources if source.endswith(f"/{name}")]
    matching = named or [source for source in sources if name in short_name(source, corpus)]
    return [Removal(source, "source", short_name(source, corpus), source) for source in sorted(matching)]


def _members(name: str, engine: Engine) -> set[str]:
    """Return what the containers that "container!member" may mean hold."""
    container, within, _ = name.partition("!")
    meant = [source for source in engine.manifest() if within and source.endswith(container)]
    return {passage.citation.source for source in meant for passage in engine.passages(source)}


def _to_read_again(source: str) -> list[Path]:
    """Return the file to re-index, that of a container for its member; the whole archive when it is gone."""
    while source and not Path(source).exists():
        source = source.rpartition("!")[0]
    return [Path(source)] if source else []


def _parameter(what: str) -> str:
    started = parse_qs(urlsplit(what).query).get("start") if "://" in what or what.startswith("t.me/") else None
    return started[0] if started else what


def _question(removal: Removal, context: Context, speech: Speech) -> str:
    if removal.kind == "article":
        return speech(messages.REMOVE_ARTICLE, title=removal.named)
    engine = context.desk.archive.engine if context.desk.archive else None
    files = engine.manifest() if engine else {}
    file = file_of(removal.what, files)
    articles = files[file].articles if file else 0
    if engine and file != removal.what:
        cited = [passage.citation for passage in engine.passages(file)]
        articles = len({one.article_id for one in cited if one.source == removal.what})
    return speech(messages.REMOVE_SOURCE, source=removal.named, articles=articles)
