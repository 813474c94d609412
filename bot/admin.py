"""The admins' commands about the archive's state: /status, /problems, /lexicon, /feedback."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import io
import json
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from telegram import Update

from bot import messages
from bot.desk import Context
from bot.logs import log
from bot.measure import MESSAGE, clip, units
from bot.opening import lexicon_path
from bot.reception import after_command, speech_of
from bot.speech import Speech
from bot.store import Verdict
from index.lexicon import read_lexicon
from index.problems import counted

Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]

_SHOWN = 20


def admins_only(handler: Handler) -> Handler:
    """Refuse everyone who is not in ADMIN_IDS, politely and with a line in the log."""

    @functools.wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        user = update.effective_user
        if context.desk.is_admin(user.id if user else None):
            await handler(update, context)
            return
        log.warning("not an admin", user=user.id if user else None, command=handler.__name__)
        refusal = speech_of(update)(messages.ADMINS_ONLY)
        if update.callback_query is not None:
            await update.callback_query.answer(refusal, show_alert=True)
        elif update.message is not None:
            await update.message.reply_text(refusal)

    return guarded


@admins_only
async def on_status(update: Update, context: Context) -> None:
    """/status."""
    desk, speech = context.desk, speech_of(update)
    if update.message is None:
        return
    running = desk.reindexing.describe()
    lines = [speech(messages.STATUS_REINDEXING, progress=running)] if running else []
    if desk.archive is None:
        lines.append(speech(messages.STILL_INDEXING if desk.building else messages.EMPTY_ARCHIVE))
    else:
        lines.append(await asyncio.to_thread(_status, context, speech, *_today(context)))
    await update.message.reply_text("\n".join(lines))


@admins_only
async def on_problems(update: Update, context: Context) -> None:
    """/problems: what could not be indexed, or is doubtful."""
    if update.message is None:
        return
    speech = speech_of(update)
    found = await asyncio.to_thread(_problems, context)
    if not found:
        await update.message.reply_text(speech(messages.NO_PROBLEMS))
        return
    lines = [speech(messages.PROBLEMS, n=_places(found))]
    lines += [speech(messages.PROBLEM, source=source, reason=clip(reason, 200)) for source, reason in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(speech(messages.PROBLEMS_MORE, n=len(found) - _SHOWN))
    await update.message.reply_text(_fit(lines))


@admins_only
async def on_lexicon(update: Update, context: Context) -> None:
    """/lexicon list, /lexicon add <word>, /lexicon remove <word>."""
    if update.message is None:
        return
    action, _, word = after_command(update.message).partition(" ")
    reply = _lexicon(action, word.strip(), lexicon_path(context.desk.settings), speech_of(update))
    await update.message.reply_text(reply)


@admins_only
async def on_feedback(update: Update, context: Context) -> None:
    """/feedback: the latest 👎, and all verdicts as a question file for `wenbao eval`."""
    if update.message is None:
        return
    desk, speech = context.desk, speech_of(update)
    bad, verdicts = desk.store.verdicts(good=False), desk.store.verdicts()
    lines = [speech(messages.FEEDBACK_LIST, n=len(bad)) if bad else speech(messages.FEEDBACK_NONE)]
    for one in bad[:_SHOWN]:
        at = f"{one.given_at.astimezone(desk.settings.timezone):%m-%d %H:%M}"
        answer = clip(one.answer, 80) or speech(messages.FEEDBACK_NO_ANSWER)
        lines.append(speech(messages.FEEDBACK_ENTRY, at=at, question=clip(one.question, 80), answer=answer))
    await update.message.reply_text(_fit(lines))
    if verdicts:
        text = "".join(_question_line(one) for one in verdicts)
        name = f"feedback-{desk.today():%Y%m%d}.jsonl"
        await update.message.reply_document(
            io.BytesIO(text.encode()), filename=name, caption=speech(messages.FEEDBACK_FILE)
        )


def _question_line(verdict: Verdict) -> str:
    """Return a line of a question file; the right answer to a 👎 is for people to fill in, who see what was `said`."""
    answers = [verdict.answer] if verdict.good and verdict.answer else []
    said = {} if verdict.good else {"said": verdict.answer}
    return json.dumps({"question": verdict.question, "answers": answers, **said}, ensure_ascii=False) + "\n"


def _today(context: Context) -> tuple[int, int]:
    store, today = context.desk.store, context.desk.today()
    return store.counted("questions", today), store.counted("answered", today)


def _status(context: Context, speech: Speech, questions: int, answered: int) -> str:
    settings, archive = context.desk.settings, context.desk.archive
    assert archive is not None
    stats = archive.engine.stats
    undated = speech(messages.UNDATED)
    problems = _problems(context)
    size = sum(path.stat().st_size for path in settings.index_dir.rglob("*") if path.is_file())
    text = speech(
        messages.STATUS,
        articles=f"{stats.articles:,}",
        passages=f"{stats.passages:,}",
        dates=speech(messages.STATUS_DATES, first=stats.first, last=stats.last) if stats.first else undated,
        at=f"{stats.committed_at.astimezone(settings.timezone):%Y-%m-%d %H:%M}",
        age=_age(context.desk.now() - stats.committed_at, speech),
        engine=settings.engine_url or f"tantivy · {archive.segmenter.name}",
        size=messages.ON_CLUSTER if settings.engine_url else _size(size),
        questions=questions,
        share=f"{answered / questions:.0%}" if questions else speech(messages.STATUS_NO_QUESTIONS),
        problems=_places(problems),
    )
    last = [messages.PROBLEM.format(source=source, reason=clip(reason, 120)) for source, reason in problems[:3]]
    return _fit([text, *last])


def _problems(context: Context) -> list[tuple[str, str]]:
    """Return every problem with its source's name, below the corpus folder where it is there."""
    archive = context.desk.archive
    if archive is None:
        return []
    corpus = context.desk.settings.corpus_dir.resolve()
    return [
        (short_name(source, corpus), problem)
        for source, record in sorted(archive.engine.manifest().items())
        for problem in record.problems
    ]


def _places(problems: Sequence[tuple[str, str]]) -> int:
    """Return how many places the problems are about: a sentence may stand for many."""
    return sum(counted(problem)[1] for _, problem in problems)


def short_name(source: str, corpus: Path) -> str:
    """Return a source's name relative to the corpus folder."""
    return source.removeprefix(f"{corpus}/")


def _lexicon(action: str, word: str, path: Path, speech: Speech) -> str:
    words = list(read_lexicon(path)) if path.exists() else []
    if action == "list":
        listed = speech(messages.LEXICON_LIST, n=len(words), words="、".join(words[:500]))
        return clip(listed, MESSAGE) if words else speech(messages.LEXICON_EMPTY)
    if action not in ("add", "remove") or not word:
        return speech(messages.LEXICON_USAGE)
    if action == "remove":
        if word not in words:
            return speech(messages.LEXICON_UNKNOWN, word=word)
        _write_lines(path, [line for line in path.read_text("utf-8").splitlines() if line.strip() != word])
        return speech(messages.LEXICON_REMOVED, word=word)
    if not 2 <= len(word) <= 20 or any(map(str.isspace, word)) or not word.isalnum():
        return speech(messages.LEXICON_BAD_WORD)
    if word in words:
        return speech(messages.LEXICON_KNOWN, word=word)
    _write_lines(path, [*(path.read_text("utf-8").splitlines() if path.exists() else []), word])
    return speech(messages.LEXICON_ADDED, word=word)


def _write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".new")
    aside.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    aside.replace(path)


def _age(age: dt.timedelta, speech: Speech) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return speech(messages.MINUTES, n=max(minutes, 0))
    return speech(messages.HOURS, n=minutes // 60) if minutes < 48 * 60 else speech(messages.DAYS, n=minutes // 1440)


def _size(size: int) -> str:
    return f"{size / 1024:,.0f} KB" if size < 1 << 20 else f"{size / (1 << 20):,.1f} MB"


def _fit(lines: list[str]) -> str:
    """Return as many of the lines as fit into one message."""
    shown: list[str] = []
    room = MESSAGE - 10
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*shown, "……"])
        shown.append(line)
    return "\n".join(shown)
