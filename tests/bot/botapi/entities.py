"""Offsets, detection and tidying of message entities, all counted in UTF-16 code units."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

Entity = dict[str, Any]
"""A MessageEntity as JSON: type, offset, length and, by type, url, language, user."""

MAX_ENTITIES = 100
"""Telegram keeps the first hundred entities of a message and silently forgets the rest."""

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_MONOSPACED = ("code", "pre")
_QUOTES = ("blockquote", "expandable_blockquote")
_ORDER = (*_QUOTES, "pre", "code", "text_link", "text_mention", "url", "mention", "bot_command", "hashtag", *SPLITTABLE)
_BLANK = " \n"

# A command or a mention must end where the word ends: "/ask船山" and "@paper_bot船山" are neither, as at Telegram.
_COMMAND = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>@])")
_MENTION = re.compile(r"(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w)")
_HASHTAG = re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}")
_URL = re.compile(
    r"(?<![\w@])(?:https?://|t\.me/)[^\s<>“”《》（）【】，。；、]+[^\s<>“”《》（）【】，。；、.,;:!?)\]'\"]"
)
_DETECTED = (("url", _URL), ("bot_command", _COMMAND), ("mention", _MENTION), ("hashtag", _HASHTAG))

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units: 2 for an emoji beyond U+FFFF."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, offset: int, length: int) -> str:
    """Return the part of `text` an entity covers."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def detect(text: str) -> list[Entity]:
    """Return what Telegram finds in plain text: commands, mentions, hashtags, links; none overlaps another."""
    found: list[Entity] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(text):
            if not _overlaps(match.span(), taken):
                taken.append(match.span())
                found.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])})
    return sorted(found, key=_sort_key)


def tidy(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """
    Return text and entities as Telegram stores them.

    Blank space around the text goes, as do entities over nothing but blank space; a style is taken out of code, cut
    where a link begins or ends, and joined with its like next to it; detected entities are added; a hundred are kept.
    """
    stripped = text.strip(_BLANK)
    shift = units(text[: len(text) - len(text.lstrip(_BLANK))])
    end = units(stripped)
    kept = [
        {**entity, "offset": start, "length": stop - start}
        for entity in entities
        for start, stop in [_within(entity, shift, end, stripped)]
        if stop > start
    ]
    whole = [entity for entity in kept if entity["type"] not in SPLITTABLE]
    taken = [(e["offset"], e["offset"] + e["length"]) for e in whole if e["type"] not in _QUOTES]
    whole += [e for e in detect(stripped) if not _overlaps((e["offset"], e["offset"] + e["length"]), taken)]
    styles = [styled for kind in SPLITTABLE for styled in _styles(kind, kept, whole)]
    styles = [entity for entity in styles if cut(stripped, entity["offset"], entity["length"]).strip(_BLANK)]
    return stripped, sorted(whole + styles, key=_sort_key)[:MAX_ENTITIES]


def tidied(text: str, entities: Sequence[Entity] = ()) -> tuple[str, tuple[Entity, ...]]:
    """Return what `tidy` does, as the fields of a Content."""
    plain, found = tidy(text, entities)
    return plain, tuple(found)


def to_html(text: str, entities: Sequence[Entity]) -> str:
    """Return the text in Telegram's HTML, its tags rebuilt from the entities; detected ones stay plain."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in sorted(entities, key=_sort_key):
        tags = _tags(entity)
        if tags is None:
            continue
        opening.setdefault(entity["offset"], []).append(tags[0])
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, tags[1])
    parts = []
    at = 0
    for character in [*text, ""]:
        parts += closing.get(at, [])
        parts += opening.get(at, [])
        parts.append(html.escape(character, quote=False))
        at += units(character)
    return "".join(parts)


def _tags(entity: Entity) -> tuple[str, str] | None:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity["url"])}">', "</a>"
    if entity["type"] == "pre" and entity.get("language"):
        return f'<pre><code class="language-{html.escape(entity["language"])}">', "</code></pre>"
    return _TAGS.get(entity["type"])


def _sort_key(entity: Entity) -> tuple[int, int, int]:
    kind = entity["type"]
    return entity["offset"], -entity["length"], _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _within(entity: Entity, shift: int, end: int, text: str) -> tuple[int, int]:
    """Return where an entity lies in the stripped text, its own leading blank space left out."""
    start = max(0, entity["offset"] - shift)
    stop = min(end, entity["offset"] + entity["length"] - shift)
    if stop <= start:
        return start, start
    covered = cut(text, start, stop - start)
    if not covered.strip(_BLANK):
        return start, start
    return start + len(covered) - len(covered.lstrip(_BLANK)), stop


def _styles(kind: str, entities: Iterable[Entity], whole: Iterable[Entity]) -> list[Entity]:
    """Return the entities of one style: joined, without code, cut at the ends of links."""
    joined: list[list[int]] = []
    for start, stop in sorted((e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] == kind):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], stop)
        else:
            joined.append([start, stop])
    code = [(e["offset"], e["offset"] + e["length"]) for e in whole if e["type"] in _MONOSPACED]
    edges = {edge for e in whole for edge in (e["offset"], e["offset"] + e["length"])}
    pieces: list[Entity] = []
    for start, stop in joined:
        marks = [start, *sorted(edge for edge in edges if start < edge < stop), stop]
        pieces += [
            {"type": kind, "offset": left, "length": right - left}
            for left, right in pairwise(marks)
            if not _overlaps((left, right), code)
        ]
    return pieces
