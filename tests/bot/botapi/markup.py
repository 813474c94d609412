"""Telegram's own reading of parse_mode HTML: what it takes, what it refuses, byte offsets in its complaints."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .entities import Entity, units
from .errors import ApiError, bad_request

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_NAME_TOKEN = re.compile(r"[a-zA-Z0-9.-]*")
_SPACE = " \t\n\r\0\x0b"
_LINK = re.compile(
    r"(?:(?:https?|ftp)://)?[^\s/:@?#]+\.[^\s/:@.?#]+(?::\d+)?(?:[/?#]\S*)?|(?:tg|ton)://\S+", re.IGNORECASE
)


@dataclass(slots=True)
class _Open:
    """
    A tag that still waits for its end.

    argument  href, language or "expandable", by tag
    """

    tag: str
    argument: str
    offset: int
    characters: int


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """
    Return plain text and entities, not yet tidied.

    Raises ApiError 400 "can't parse entities: …" in Telegram's words.
    """
    return _Parser(source).parse()


class _Parser:
    """Walks over the source once; `at` is a str index, complaints give UTF-8 byte offsets."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<" and self._peek(1) == "/":
                self._end_tag()
            elif character == "<":
                self._start_tag()
            else:
                self._add(self._reference() or self._take())
        if self.open:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.text)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise _refusal(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        for entity in self.entities:
            entity.pop("_language", None)
        return text, self.entities

    def _peek(self, ahead: int = 0) -> str:
        return self.source[self.at + ahead : self.at + ahead + 1]

    def _take(self) -> str:
        self.at += 1
        return self.source[self.at - 1]

    def _add(self, character: str) -> None:
        self.text.append(character)
        self.offset += units(character)

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in _SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        start = self.at
        while self._peek() and self._peek() not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _reference(self) -> str:
        """Return the character a reference at this place stands for, "" when there is none Telegram knows."""
        match = _REFERENCE.match(self.source, self.at)
        if match is None:
            return ""
        hexadecimal, decimal, name = match.groups()
        if name:
            character = _NAMED.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            too_long = len(match[0].rstrip(";")) >= 10
            character = "" if code == 0 or code >= 0x10FFFF or too_long else chr(code)
        if character:
            self.at = match.end()
        return character

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(_SPACE + ">").lower()
        if not self._peek():
            raise _refusal("Unclosed start tag", self._bytes(begin))
        if tag not in _KINDS:
            raise _refusal(f'Unsupported start tag "{tag}"', self._bytes(begin))
        argument = ""
        self._skip_space()
        while self._peek() != ">":
            argument = self._attribute(tag, begin) or argument
            self._skip_space()
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise _refusal('Tag "span" must have class "tg-spoiler"', self._bytes(begin))
        self.open.append(_Open(tag, argument, self.offset, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> str:
        """Return what the attribute says about the entity, "" when nothing."""
        if not self._peek():
            raise _refusal("Unclosed start tag", self._bytes(begin))
        name = self._until(_SPACE + "=>")
        if not name:
            raise _refusal(f'Empty attribute name in the tag "{tag}"', self._bytes(begin))
        self._skip_space()
        if self._peek() != "=":
            if (tag, name) == ("blockquote", "expandable") and self._peek():
                return "expandable"
            raise _refusal(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', self._bytes(begin))
        self.at += 1
        self._skip_space()
        if not self._peek():
            raise _refusal(f'Unclosed start tag "{tag}"', self._bytes(begin))
        value = self._value()
        if not self._peek():
            raise _refusal("Unclosed start tag", self._bytes(begin))
        return _argument(tag, name, value)

    def _value(self) -> str:
        quote = self._peek()
        if quote not in "'\"":
            start = self.at
            token = _NAME_TOKEN.match(self.source, self.at)
            assert token is not None, "the pattern matches the empty string"
            self.at = token.end()
            if self._peek() not in [*_SPACE, ">"]:
                raise _refusal("Unexpected end of name token", self._bytes(start))
            return token[0].lower()
        self.at += 1
        characters = []
        while self._peek() and self._peek() != quote:
            characters.append(self._reference() or self._take())
        if self._peek():
            self.at += 1
        return "".join(characters)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _refusal("Unexpected end tag", self._bytes(begin))
        self.at += 2
        tag = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise _refusal("Unclosed end tag", self._bytes(begin))
        self.at += 1
        opened = self.open.pop()
        if tag not in ("", opened.tag):
            raise _refusal("Unmatched end tag", self._bytes(begin), f', expected "</{opened.tag}>", found "</{tag}>"')
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {
            "type": _KINDS[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.tag == "a":
            url = checked_url(opened.argument or "".join(self.text[opened.characters :]))
            if not url:
                return  # as Telegram does: the words stay, the link is gone
            entity["url"] = url
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.argument:
            entity["_language"] = opened.argument
        elif opened.tag == "pre":
            self._take_language(entity)
        self.entities.append(entity)

    def _take_language(self, pre: Entity) -> None:
        """Turn <pre><code class="language-x">…</code></pre> into one entity."""
        inner = self.entities[-1] if self.entities else None
        if inner and inner.get("_language") and all(inner[key] == pre[key] for key in ("offset", "length")):
            self.entities.pop()
            pre["language"] = inner["_language"]

    def _bytes(self, place: int) -> int:
        return len(self.source[:place].encode("utf-8", "surrogatepass"))


def checked_url(url: str) -> str:
    """Return the address as Telegram keeps it, with its scheme and a path; "" when it is not one it would link to."""
    url = url.strip()
    if not _LINK.fullmatch(url):
        return ""
    if "://" not in url:
        url = f"http://{url}"
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{rest}" if any(mark in rest for mark in "/?#") else f"{scheme}://{rest}/"


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) == ("a", "href"):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, name) == ("blockquote", "expandable"):
        return "expandable"
    return ""


def _refusal(what: str, byte: int | None = None, more: str = "") -> ApiError:
    place = "" if byte is None else f" at byte offset {byte}"
    return bad_request(f"can't parse entities: {what}{place}{more}")
