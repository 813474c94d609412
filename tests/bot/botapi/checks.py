"""What Telegram refuses in texts, keyboards, commands and inline results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .entities import Entity, tidy, units
from .errors import ApiError, bad_request
from .markup import checked_url, parse_html
from .parameters import Parameters

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
MAX_BUTTONS = 100
MAX_BUTTONS_IN_ROW = 8
MAX_RESULTS = 50

_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_ACTIONS = (
    "url",
    "callback_data",
    "copy_text",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "web_app",
    "login_url",
    "callback_game",
    "pay",
)
_RESULT_TYPES = frozenset(
    {
        "article",
        "audio",
        "contact",
        "document",
        "game",
        "gif",
        "location",
        "mpeg4_gif",
        "photo",
        "sticker",
        "venue",
        "video",
        "voice",
    }
)
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


@dataclass(frozen=True, slots=True)
class FormattedText:
    """
    A text that passed.

    source    as the bot wrote it, tags and all
    text      as people read it
    """

    source: str
    text: str
    entities: tuple[Entity, ...]


def message_text(parameters: Parameters) -> FormattedText:
    """Return the text of a message."""
    return formatted(
        parameters.text("text"), parameters.text("parse_mode"), parameters.json_array("entities"), TEXT_LIMIT
    )


def caption(parameters: Parameters) -> FormattedText:
    """Return the caption of a document, which may be empty."""
    source = parameters.text("caption")
    if not source:
        return FormattedText("", "", ())
    try:
        return formatted(
            source, parameters.text("parse_mode"), parameters.json_array("caption_entities"), CAPTION_LIMIT
        )
    except ApiError as error:
        if error.description.endswith("message is too long"):
            raise bad_request("message caption is too long") from None
        if error.description.endswith("text must be non-empty"):
            return FormattedText(source, "", ())
        raise


def formatted(source: str, parse_mode: str, given: Iterable[Entity] | None, limit: int) -> FormattedText:
    """Return a text with its entities. Raises ApiError 400 when it is empty, too long or badly marked up."""
    if not source:
        raise bad_request("message text is empty")
    if not _is_utf8(source):
        raise bad_request("strings must be encoded in UTF-8")
    if parse_mode.lower() == "html":
        text, entities = parse_html(source)
    elif not parse_mode:
        text, entities = source, [_checked_entity(entity, source) for entity in given or ()]
    else:
        # MarkdownV2 and Markdown exist at Telegram; this bot has no business with either.
        raise bad_request("unsupported parse_mode")
    text, entities = tidy(text.replace("\r", ""), entities)
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > limit:
        raise bad_request("message is too long")
    return FormattedText(source, text, tuple(entities))


def inline_keyboard(parameters: Parameters) -> list[list[dict[str, Any]]] | None:
    """Return the rows of the inline keyboard, None when there is none (or another kind of markup)."""
    markup = parameters.json_object("reply_markup")
    return None if markup is None else keyboard_rows(markup)


def keyboard_rows(markup: Mapping[str, Any]) -> list[list[dict[str, Any]]] | None:
    """Return the checked rows of a reply_markup; an empty keyboard is none."""
    if "inline_keyboard" not in markup:
        if not markup.keys() & {"keyboard", "remove_keyboard", "force_reply"}:
            raise bad_request("object expected as reply markup")
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_IN_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return rows or None


def inline_results(parameters: Parameters) -> list[dict[str, Any]]:
    """Return the results of answerInlineQuery, the content of each checked as a message would be."""
    results = parameters.json_array("results")
    if results is None:
        raise bad_request("results is empty")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(parameters.text("next_offset").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    _check_results_button(parameters.json_object("button"))
    seen: set[str] = set()
    for result in results:
        _check_result(result)
        if result["id"] in seen:
            raise bad_request("RESULT_ID_DUPLICATE")
        seen.add(result["id"])
    return results


def result_text(result: Mapping[str, Any]) -> FormattedText:
    """Return the text a chosen inline result would post."""
    content = result.get("input_message_content") or {}
    return formatted(
        content.get("message_text", ""), content.get("parse_mode", ""), content.get("entities"), TEXT_LIMIT
    )


def start_parameter_is_valid(value: str) -> bool:
    """Whether `value` may stand in t.me/<bot>?start=…"""
    return _START_PARAMETER.fullmatch(value) is not None


def command_list(parameters: Parameters) -> list[dict[str, str]]:
    """Return the commands of setMyCommands."""
    commands = parameters.json_array("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "").removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def command_scope(parameters: Parameters) -> dict[str, Any]:
    """Return the BotCommandScope, by default {"type": "default"}."""
    scope = parameters.json_object("scope") or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if scope["type"].startswith("chat") and "chat_id" not in scope:
        raise bad_request("can't parse BotCommandScope: chat_id is empty")
    return scope


def _is_utf8(text: str) -> bool:
    """Whether `text` is free of lone surrogates, such as a str cut in the middle of an emoji's pair leaves."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _checked_entity(entity: Entity, text: str) -> Entity:
    offset, length = entity.get("offset", -1), entity.get("length", -1)
    if offset < 0 or length < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if offset + length > units(text):
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
            f"at UTF-16 offset {offset + length}"
        )
    if entity.get("type") == "text_link" and not checked_url(entity.get("url", "")):
        raise bad_request("entity URL is invalid")
    return dict(entity)


def _check_button(button: Mapping[str, Any]) -> None:
    where = "can't parse inline keyboard button"
    if not isinstance(button, Mapping):
        raise bad_request(f"{where}: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(f'{where}: field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if not _is_utf8(button["text"]):
        raise bad_request("inline keyboard button text must be encoded in UTF-8")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad_request(f"{where}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"{where}: exactly one action must be used, not {' and '.join(actions)}")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= units(button["copy_text"].get("text", "")) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "url" in button and not checked_url(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _check_results_button(button: Mapping[str, Any] | None) -> None:
    if button is None:
        return
    if not button.get("text"):
        raise bad_request("can't parse InlineQueryResultsButton: text is empty")
    if ("web_app" in button) == ("start_parameter" in button):
        raise bad_request("can't parse InlineQueryResultsButton: exactly one of web_app and start_parameter")
    if "start_parameter" in button and not start_parameter_is_valid(button["start_parameter"]):
        raise bad_request("START_PARAM_INVALID")


def _check_result(result: Mapping[str, Any]) -> None:
    if not isinstance(result, Mapping) or result.get("type") not in _RESULT_TYPES:
        raise bad_request("can't parse inline query result: unsupported type specified")
    identity = result.get("id", "")
    if not identity:
        raise bad_request("RESULT_ID_EMPTY")
    if len(str(identity).encode()) > 64:
        raise bad_request("RESULT_ID_INVALID")
    if result["type"] == "article":
        if not result.get("title"):
            raise bad_request("ARTICLE_TITLE_EMPTY")
        if "input_message_content" not in result:
            raise bad_request("can't parse inline query result: input message content is not specified")
    if "message_text" in (result.get("input_message_content") or {}):
        result_text(result)
    if result.get("reply_markup"):
        keyboard_rows(result["reply_markup"])
