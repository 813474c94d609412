"""The methods that send, change and delete messages, and answer queries."""

from __future__ import annotations

import time
from typing import Any

from . import checks
from .chats import Chat
from .entities import units
from .errors import NOT_MODIFIED, QUERY_TOO_OLD, ApiError, bad_request
from .parameters import Parameters
from .records import CallbackAnswer, Content, InlineAnswer, InlineResult, Message
from .world import World

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_KEPT_OPTIONS = ("link_preview_options", "disable_notification", "protect_content")


def send_message(world: World, parameters: Parameters) -> dict[str, Any]:
    chat = world.writable_chat(parameters.chat_id())
    words = checks.message_text(parameters)
    return _send(world, chat, parameters, Content.of(words, checks.inline_keyboard(parameters)))


def send_document(world: World, parameters: Parameters) -> dict[str, Any]:
    chat = world.writable_chat(parameters.chat_id())
    words = checks.caption(parameters)
    reference = parameters.text("document").removeprefix("attach://")
    upload = parameters.files.get(reference or "document")
    if upload:
        if not upload.content:
            raise bad_request("file must be non-empty")
        document = world.add_document(upload.name, upload.content)
    elif reference in world.files:
        document = world.files[reference]
    elif reference:
        raise bad_request("wrong file identifier/HTTP URL specified")
    else:
        raise bad_request("there is no document in the request")
    content = Content.of(words, checks.inline_keyboard(parameters))
    return _send(world, chat, parameters, content, document=document)


def edit_message_text(world: World, parameters: Parameters) -> dict[str, Any] | bool:
    message = _editable(world, parameters)
    words = checks.message_text(parameters)
    if message.document:
        raise bad_request("there is no text in the message to edit")
    return _edit(message, Content.of(words, checks.inline_keyboard(parameters)))


def edit_message_reply_markup(world: World, parameters: Parameters) -> dict[str, Any] | bool:
    message = _editable(world, parameters)
    rows = checks.inline_keyboard(parameters)
    now = message.content
    return _edit(message, Content(now.source, now.text, now.entities, tuple(tuple(row) for row in rows or ())))


def delete_message(world: World, parameters: Parameters) -> bool:
    chat = world.chat(parameters.chat_id())
    _delete(world, chat, parameters.number("message_id"))
    return True


def delete_messages(world: World, parameters: Parameters) -> bool:
    chat = world.chat(parameters.chat_id())
    numbers = parameters.json_array("message_ids") or []
    if not 1 <= len(numbers) <= 100:
        raise bad_request("message identifiers must be between 1 and 100")
    for number in numbers:
        if world.message(chat.id, number):
            _delete(world, chat, number)
    return True


def send_chat_action(world: World, parameters: Parameters) -> bool:
    chat = world.writable_chat(parameters.chat_id())
    if parameters.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.topic(chat, parameters.integer("message_thread_id") or None)
    return True


def set_message_reaction(world: World, parameters: Parameters) -> bool:
    chat = world.writable_chat(parameters.chat_id())
    if not world.message(chat.id, parameters.number("message_id")):
        raise bad_request("message to react not found")
    return True


def answer_callback_query(world: World, parameters: Parameters) -> bool:
    query = parameters.needed("callback_query_id")
    _check_open(world, query, world.pressed)
    if units(parameters.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    world.pressed[query] = CallbackAnswer(
        parameters.text("text"), parameters.flag("show_alert"), parameters.text("url")
    )
    return True


def answer_inline_query(world: World, parameters: Parameters) -> bool:
    query = parameters.needed("inline_query_id")
    results = checks.inline_results(parameters)
    _check_open(world, query, world.asked)
    world.asked[query] = InlineAnswer(
        tuple(map(_result, results)),
        parameters.integer("cache_time", 300),
        parameters.flag("is_personal"),
        parameters.text("next_offset"),
        parameters.json_object("button"),
    )
    return True


def _result(raw: dict[str, Any]) -> InlineResult:
    content = Content()
    if "message_text" in (raw.get("input_message_content") or {}):
        content = Content.of(checks.result_text(raw), checks.keyboard_rows(raw.get("reply_markup") or {"keyboard": []}))
    return InlineResult(raw["id"], raw.get("title", ""), raw.get("description", ""), content, raw)


def _check_open(world: World, query: str, queries: dict[str, Any]) -> None:
    if query in world.expired:
        raise ApiError(400, QUERY_TOO_OLD, planned=True)
    if query not in queries or queries[query] is not None:
        raise bad_request(QUERY_TOO_OLD)


def _send(world: World, chat: Chat, parameters: Parameters, content: Content, **details: Any) -> dict[str, Any]:
    topic = world.topic(chat, parameters.integer("message_thread_id") or None)
    reply_to, quote = _reply(world, chat, parameters)
    message = world.add_message(
        chat,
        None if chat.kind == "channel" else world.me,
        content,
        reply_to=reply_to,
        quote=quote,
        thread_id=topic.id if topic else None,
        in_topic=topic is not None,
        options={name: parameters.text(name) for name in _KEPT_OPTIONS if name in parameters},
        **details,
    )
    message.by_bot = True
    return message.as_json()


def _reply(world: World, chat: Chat, parameters: Parameters) -> tuple[Message | None, dict[str, Any] | None]:
    wanted = parameters.json_object("reply_parameters")
    if wanted is None:
        return None, None
    if wanted.get("chat_id", chat.id) != chat.id:
        raise bad_request("replies to other chats are not part of this server")
    message = world.message(chat.id, wanted.get("message_id", 0))
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return None, None
        raise bad_request("message to be replied not found")
    if not wanted.get("quote"):
        return message, None
    quoted = checks.formatted(
        wanted["quote"], wanted.get("quote_parse_mode", ""), wanted.get("quote_entities"), checks.CAPTION_LIMIT
    )
    place = message.text.find(quoted.text)
    if place < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return message, {"text": quoted.text, "position": units(message.text[:place]), "is_manual": True}


def _editable(world: World, parameters: Parameters) -> Message:
    if "inline_message_id" in parameters:
        inline = world.inline_messages.get(parameters.text("inline_message_id"))
        if inline is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return inline
    chat = world.writable_chat(parameters.chat_id())
    message = world.message(chat.id, parameters.number("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.by_bot:
        raise bad_request("message can't be edited")
    return message


def _edit(message: Message, content: Content) -> dict[str, Any] | bool:
    now = message.content
    if (content.text, content.entities, content.rows) == (now.text, now.entities, now.rows):
        raise bad_request(NOT_MODIFIED)
    message.versions.append(content)
    message.edited_at = int(time.time())
    return True if message.inline_id else message.as_json()


def _delete(world: World, chat: Chat, number: int) -> None:
    message = world.message(chat.id, number)
    if message is None:
        raise bad_request("message to delete not found")
    if not (message.by_bot or chat.kind == "private" or chat.bot_status == "administrator"):
        raise bad_request("message can't be deleted")
    message.deleted = True
