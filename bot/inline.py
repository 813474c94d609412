"""Answers @bot 问题 in any chat: up to ten results, each a cited answer ready to be sent."""

from __future__ import annotations

import asyncio

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode

from bot import messages, render
from bot.ask import LONGEST
from bot.buttons import Audience
from bot.citation import cite
from bot.desk import Context
from bot.measure import clean, clip
from bot.reception import speech_of
from index.answer import ask
from index.model import Answer, Snippet

RESULTS = 10
_SHORTEST = 2
_CACHED_SECONDS = 60


async def on_inline(update: Update, context: Context) -> None:
    query, desk = update.inline_query, context.desk
    if query is None:
        return
    speech, text = speech_of(update), query.query.strip()
    archive = desk.archive
    if archive is None or not _SHORTEST <= len(text) <= LONGEST or not any(map(str.isalnum, text)):
        hint = speech(messages.INLINE_HELP if archive else messages.INLINE_WAIT)
        await query.answer([], cache_time=0, is_personal=True, button=_button(hint))
        return
    outcome = await asyncio.to_thread(ask, text, archive, k=RESULTS, today=desk.today())
    audience = Audience(speech, context.bot.username, desk.settings.timezone, private=False)
    results, above = [], messages.INLINE_NONE
    if isinstance(outcome, Answer):
        results = [_result(n, outcome, snippet, audience) for n, snippet in enumerate(outcome.snippets[:RESULTS])]
        above = messages.DOUBTFUL if outcome.doubtful else ""
    desk.metrics.questions.labels("inline").inc()
    await query.answer(
        results,
        cache_time=_CACHED_SECONDS,
        is_personal=bool(desk.settings.allowed_chats) or speech.traditional,
        button=_button(speech(above)) if above else None,
    )


def _result(n: int, answer: Answer, snippet: Snippet, audience: Audience) -> InlineQueryResultArticle:
    sheet = render.inline_result(answer, snippet, audience)
    return InlineQueryResultArticle(
        id=str(n),
        title=clip(" ".join(clean(snippet.answer).split()) or answer.question, 100),
        description=clip(f"{clean(snippet.text)} {clean(cite(snippet.citation))}", 250),
        input_message_content=InputTextMessageContent(
            sheet.html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        reply_markup=sheet.keyboard,
    )


def _button(text: str) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(text, start_parameter="inline")
