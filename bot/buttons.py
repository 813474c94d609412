"""Builds the buttons under a message; what they carry fits into 64 bytes and outlives a restart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import deeplink, messages
from bot.gbt7714 import reference
from bot.speech import Speech
from index.model import Citation

Row = list[InlineKeyboardButton]

_DATA = 64


@dataclass(frozen=True, slots=True)
class Audience:
    """
    Whom a sheet is for.

    username  the bot's, for deep links
    private   a private chat, where an article may be opened in place
    """

    speech: Speech
    username: str
    timezone: dt.tzinfo
    private: bool = True


def turning(data: str, page: int, pages: int) -> Row:
    if pages < 2:
        return []
    back, on = (page - 1) % pages, (page + 1) % pages
    return [
        *button("◀", f"{data}:{back}"),
        *button(f"{page + 1}/{pages}", f"n:{page}"),
        *button("▶", f"{data}:{on}"),
    ]


def reading(citation: Citation, audience: Audience, n: int = 1) -> Row:
    """Return 全文 and 引用 for the article of the nth snippet; those of the first go without saying."""
    if n == 1:
        return [*opening(citation, audience), *copying(citation, audience)]
    speech = audience.speech
    full_text, copy = speech(messages.FULL_TEXT_OF, n=n), speech(messages.COPY_OF, n=n)
    return [*opening(citation, audience, full_text), *copying(citation, audience, copy)]


def opening(citation: Citation, audience: Audience, label: str = "") -> Row:
    """Open the article here in a private chat; from a group, in a private one."""
    if audience.private:
        return button(label or audience.speech(messages.FULL_TEXT), f"a:{citation.passage_id}")
    return link(citation, audience, label)


def link(citation: Citation, audience: Audience, label: str = "") -> Row:
    link = deeplink.link(audience.username, citation.passage_id)
    return [InlineKeyboardButton(label or audience.speech(messages.FULL_TEXT), url=link)]


def copying(citation: Citation, audience: Audience, label: str = "") -> Row:
    copied = CopyTextButton(reference(citation))
    return [InlineKeyboardButton(label or audience.speech(messages.COPY), copy_text=copied)]


def judging(key: str) -> Row:
    return [*button("👍", f"f:{key}:1"), *button("👎", f"f:{key}:0")]


def day_button(before: str, date: dt.date | None, after: str) -> Row:
    return button(f"{before}{date.isoformat()}{after}", f"b:{date.isoformat()}:0") if date else []


def button(label: str, data: str) -> Row:
    """Return the button, or none when an engine's ids are too long for one."""
    return [InlineKeyboardButton(label, callback_data=data)] if len(data.encode()) <= _DATA else []


def keyboard(*rows: Row) -> InlineKeyboardMarkup | None:
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None
