"""Messages, buttons, answers and calls as a test reads them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .checks import FormattedText
from .entities import Entity, cut, to_html
from .errors import ApiError
from .parameters import Parameters

if TYPE_CHECKING:
    from .chats import Chat


@dataclass(frozen=True, slots=True)
class Button:
    """
    One inline button; exactly one of data, url and copy_text is not "", unless it is of a rarer kind (see `raw`).

    row, column  its place, from 0
    """

    text: str
    row: int
    column: int
    raw: Mapping[str, Any]

    @property
    def data(self) -> str:
        return str(self.raw.get("callback_data", ""))

    @property
    def url(self) -> str:
        return str(self.raw.get("url", ""))

    @property
    def copy_text(self) -> str:
        return str(self.raw.get("copy_text", {}).get("text", ""))


@dataclass(frozen=True, slots=True)
class Document:
    """A file in a message. `file_id` is what getFile takes."""

    file_id: str
    name: str
    content: bytes
    mime: str

    def as_json(self) -> dict[str, Any]:
        return {
            "file_id": self.file_id,
            "file_unique_id": f"u{self.file_id}",
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.content),
        }


@dataclass(frozen=True, slots=True)
class Content:
    """
    What a message shows at one time.

    source    as it was sent, tags and all
    text      as people read it: tags gone, entities decoded, blank space around it gone
    entities  UTF-16 offsets into `text`
    """

    source: str = ""
    text: str = ""
    entities: tuple[Entity, ...] = ()
    rows: tuple[tuple[Mapping[str, Any], ...], ...] = ()

    @classmethod
    def of(cls, words: FormattedText, rows: Sequence[Sequence[Mapping[str, Any]]] | None = None) -> Content:
        return cls(words.source, words.text, words.entities, tuple(tuple(row) for row in rows or ()))

    @property
    def html(self) -> str:
        return to_html(self.text, self.entities)

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        return tuple(
            tuple(Button(raw["text"], row, column, raw) for column, raw in enumerate(buttons))
            for row, buttons in enumerate(self.rows)
        )


@dataclass(eq=False, slots=True)
class Message:
    """
    One message, alive: an edit changes what `text`, `entities`, `html` and `keyboard` give.

    versions   every content it had, the first as it was sent
    sender     the User as JSON, None in channels
    thread_id  the forum topic, or the first message of the thread of replies; None outside of both
    extra      further fields of the message's JSON: service messages, stickers, via_bot
    options    parameters it was sent with that leave no trace in the JSON, such as link_preview_options
    """

    id: int
    chat: Chat
    sender: dict[str, Any] | None
    by_bot: bool
    versions: list[Content]
    reply_to: Message | None = None
    quote: dict[str, Any] | None = None
    thread_id: int | None = None
    in_topic: bool = False
    document: Document | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    date: int = field(default_factory=lambda: int(time.time()))
    edited_at: int = 0
    deleted: bool = False
    inline_id: str = ""
    taken: bool = False
    taken_edits: int = 0

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.id} by {'the bot' if self.by_bot else 'a person'}: {self.text!r}>"

    @property
    def content(self) -> Content:
        return self.versions[-1]

    @property
    def edits(self) -> list[Content]:
        """The contents it was edited to, oldest first."""
        return self.versions[1:]

    @property
    def source(self) -> str:
        return self.content.source

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.content.entities

    @property
    def html(self) -> str:
        return self.content.html

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        return self.content.keyboard

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.keyboard for button in row]

    @property
    def bold(self) -> list[str]:
        return self.marked("bold")

    @property
    def links(self) -> dict[str, str]:
        """The addresses of its text links by the words that carry them."""
        return {cut(self.text, e["offset"], e["length"]): e["url"] for e in self.entities if e["type"] == "text_link"}

    def marked(self, kind: str) -> list[str]:
        """Return the parts of the text under entities of this type, in order."""
        return [cut(self.text, e["offset"], e["length"]) for e in self.entities if e["type"] == kind]

    def button(self, label: str | int | Button) -> Button:
        """
        Return the button of this text, or that contains it, or of this number from 0.

        Raises LookupError, which lists the buttons there are.
        """
        if isinstance(label, Button):
            return label
        buttons = self.buttons
        if isinstance(label, int):
            return buttons[label]
        found = [b for b in buttons if b.text == label] or [b for b in buttons if label in b.text]
        if not found:
            raise LookupError(f"no button {label!r} among {[button.text for button in buttons]}")
        return found[0]

    def as_json(self, *, with_reply: bool = True) -> dict[str, Any]:
        """Return the Message as the Bot API sends it."""
        message: dict[str, Any] = {"message_id": self.id, "date": self.date, "chat": self.chat.as_json()}
        if self.sender:
            message["from"] = self.sender
        else:
            message["sender_chat"] = self.chat.as_json()
        message |= self.extra
        message |= self._body()
        if self.thread_id is not None:
            message["message_thread_id"] = self.thread_id
        if self.in_topic:
            message["is_topic_message"] = True
        if self.reply_to and with_reply:
            message["reply_to_message"] = self.reply_to.as_json(with_reply=False)
            if self.quote:
                message["quote"] = self.quote
        if self.edited_at:
            message["edit_date"] = self.edited_at
        if self.content.rows:
            message["reply_markup"] = {"inline_keyboard": [[dict(raw) for raw in row] for row in self.content.rows]}
        return message

    def _body(self) -> dict[str, Any]:
        words, marks = ("caption", "caption_entities") if self.document else ("text", "entities")
        body: dict[str, Any] = {"document": self.document.as_json()} if self.document else {}
        if self.text:
            body[words] = self.text
        if self.entities:
            body[marks] = [dict(entity) for entity in self.entities]
        return body


@dataclass(slots=True)
class Call:
    """
    One request of the bot.

    at     seconds of time.monotonic when it came in
    error  what it was answered with, None for success
    done   False while it is being worked on, as a long poll is, or when the connection was dropped
    """

    method: str
    parameters: Parameters
    at: float
    error: ApiError | None = None
    result: Any = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """How the bot answered a pressed button."""

    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result of an inline query; `content` is the message it would post."""

    id: str
    title: str
    description: str
    content: Content
    raw: Mapping[str, Any]

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def html(self) -> str:
        return self.content.html


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """How the bot answered an inline query. `button` is the InlineQueryResultsButton as JSON, or None."""

    results: tuple[InlineResult, ...]
    cache_time: int
    is_personal: bool
    next_offset: str
    button: Mapping[str, Any] | None
