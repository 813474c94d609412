"""Tells chats of new articles that mention what they watch for: /watch, /unwatch, and the notices after a re-index."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from telegram import Update
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, Forbidden, TelegramError

from bot import messages, render
from bot.buttons import Audience
from bot.desk import App, Context
from bot.logs import log
from bot.reception import after_command, speech_of
from bot.speech import SIMPLIFIED, TRADITIONAL
from bot.store import Watch
from index.answer import Archive
from index.model import Engine, Passage
from index.normalize import fold

MOST = 20
"""Watches a chat."""

CAP = 10
"""Notices a chat and day; one more then sums up the rest."""


@dataclass(frozen=True, slots=True)
class News:
    """A new article that one chat is to hear of: the words that matched, and the first passage that holds one."""

    words: tuple[str, ...]
    first: Passage


async def on_watch(update: Update, context: Context) -> None:
    """/watch <word>; without a word, the list."""
    message = update.message
    if message is None:
        return
    word, speech, store = after_command(message), speech_of(update), context.desk.store
    here = store.watches(message.chat_id)
    if not word:
        words = "、".join(one.word for one in here)
        await message.reply_text(speech(messages.WATCH_LIST, words=words) if here else speech(messages.WATCH_NONE))
        return
    if not 2 <= len(word) <= 30 or not any(map(str.isalnum, word)):
        await message.reply_text(speech(messages.WATCH_BAD_WORD))
        return
    if len(here) >= MOST:
        await message.reply_text(speech(messages.WATCH_TOO_MANY, limit=MOST))
        return
    thread = message.message_thread_id if message.is_topic_message else None
    user = message.from_user.id if message.from_user else 0
    new = store.watch(Watch(message.chat_id, word, thread, speech.traditional), user)
    await message.reply_text(speech(messages.WATCHING if new else messages.WATCHING_ALREADY, word=word, cap=CAP))


async def on_unwatch(update: Update, context: Context) -> None:
    """/unwatch <word>."""
    message = update.message
    if message is None:
        return
    word, speech, store = after_command(message), speech_of(update), context.desk.store
    if not word:
        words = "、".join(one.word for one in store.watches(message.chat_id))
        await message.reply_text(speech(messages.WATCH_LIST, words=words) if words else speech(messages.WATCH_NONE))
        return
    gone = store.unwatch(message.chat_id, word)
    await message.reply_text(speech(messages.UNWATCHED if gone else messages.UNWATCHED_NONE, word=word))


async def on_new_state(context: Context) -> None:
    """After a re-index and at the start, as a job: send each chat what is new for it."""
    assert context.job is not None
    engine, store = cast(Archive, context.job.data).engine, context.desk.store
    known = store.sources()
    digests, ids = await asyncio.to_thread(_changes, engine, known)
    new = store.unknown_articles(itertools.chain.from_iterable(ids.values())) if known else []
    store.remember_sources(digests, ids)
    watches: dict[int, list[Watch]] = {}
    for one in store.watches() if new else ():
        watches.setdefault(one.chat_id, []).append(one)
    articles = await asyncio.to_thread(list, map(engine.article, new if watches else ()))
    for chat_id, here in watches.items():
        news = await asyncio.to_thread(find_news, articles, [one.word for one in here])
        await _tell(context.application, chat_id, here[0], news)  # type: ignore[arg-type]


def find_news(articles: Sequence[Sequence[Passage]], words: Sequence[str]) -> list[News]:
    """Return the articles that hold one of `words`, in their title or their text, whatever the script or width."""
    folded = {word: fold(word) for word in words}
    found = []
    for passages in articles:
        title = fold(passages[0].citation.title)
        texts = [fold(passage.text) for passage in passages]
        matching = tuple(word for word, form in folded.items() if form in title or any(form in text for text in texts))
        if matching:
            forms = [folded[word] for word in matching]
            at = next((n for n, text in enumerate(texts) if any(form in text for form in forms)), 0)
            found.append(News(matching, passages[at]))
    return found


def _changes(engine: Engine, known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the digests of all sources, and the article ids of those whose digests are not the `known` ones."""
    digests = {source: record.sha256 for source, record in engine.manifest().items()}
    changed = [source for source, digest in digests.items() if known.get(source) != digest]
    ids = {source: dict.fromkeys(one.citation.article_id for one in engine.passages(source)) for source in changed}
    return digests, {source: list(found) for source, found in ids.items()}


async def _tell(app: App, chat_id: int, watch: Watch, news: Sequence[News]) -> None:
    """Send what a chat has not heard of yet, up to the day's cap; a chat that cannot be written to is dropped."""
    desk = app.bot_data["desk"]
    today: dt.date = desk.today()
    new = desk.store.told(chat_id, [one.first.citation.article_id for one in news], today)
    news = [one for one in news if one.first.citation.article_id in new]
    if not news:
        return
    sent = desk.store.counted(f"notices:{chat_id}", today)
    room = max(0, CAP - sent)
    speech = TRADITIONAL if watch.traditional else SIMPLIFIED
    audience = Audience(speech, app.bot.username, desk.settings.timezone, private=chat_id > 0)
    sheets = [render.news(one.words, one.first, audience) for one in news[:room]]
    if len(news) > room and sent <= CAP:
        sheets.append(render.plain(speech(messages.WATCH_REST, cap=CAP, n=len(news) - room)))
    try:
        for sheet in sheets:
            await app.bot.send_message(
                chat_id, sheet.html, ParseMode.HTML, message_thread_id=watch.thread_id, reply_markup=sheet.keyboard
            )
            desk.metrics.notices.inc()
    except Forbidden:
        log.info("watches dropped", chat=chat_id)
        desk.store.drop_chat(chat_id)
    except ChatMigrated as error:
        desk.store.move_chat(chat_id, error.new_chat_id)
    except TelegramError as error:
        log.warning("notice not sent", chat=chat_id, reason=str(error))
    desk.store.count(f"notices:{chat_id}", today, len(sheets))
