"""The loopback Bot API refuses what Telegram refuses, takes what it takes, and shows a test what the bot did."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from tests.bot.botapi import BotApiServer, User, post_in_channel
from tests.bot.botapi.entities import detect, tidy, to_html, units
from tests.bot.botapi.errors import ApiError
from tests.bot.botapi.markup import parse_html
from tests.bot.botapi.updates import check_update

EMOJI = "🏯"
Answer = tuple[int, dict[str, Any]]


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as connected:
        yield connected


@pytest.fixture
def reader(server: BotApiServer) -> User:
    return server.user("小李", id=11)


async def call(server: BotApiServer, method: str, **parameters: Any) -> Answer:
    """Call a method over HTTP, without python-telegram-bot, which would hide the wording."""
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        response = await client.post(f"{server.base_url}{server.token}/{method}", data=_form(parameters))
    return response.status_code, response.json()


def _form(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def callback(data: str = "x", text: str = "好") -> dict[str, Any]:
    return {"text": text, "callback_data": data}


def html(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML"}


def article(identity: str, text: str = "文", title: str = "题") -> dict[str, Any]:
    return {"type": "article", "id": identity, "title": title, "input_message_content": {"message_text": text}}


PARSE = "Bad Request: can't parse entities: "
BUTTON = "Bad Request: can't parse inline keyboard button: "

# parameters of sendMessage that are refused, their accepted twin, the description
REFUSED_MESSAGES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no text": ({"text": ""}, {"text": "文"}, "Bad Request: message text is empty"),
    "blank text": ({"text": " \n "}, {"text": " \n 文"}, "Bad Request: text must be non-empty"),
    "empty tags": (html("<b></b>"), html("<b>文</b>"), "Bad Request: text must be non-empty"),
    "4097 units": ({"text": "文" * 4097}, {"text": "文" * 4096}, "Bad Request: message is too long"),
    "4098 units in 2049 emoji": (
        {"text": EMOJI * 2049},
        {"text": EMOJI * 2048},
        "Bad Request: message is too long",
    ),
    "4097 units after parsing": (
        html(f"<b>{'文' * 4097}</b>"),
        html(f"<b>{'&amp;' * 4096}</b>"),
        "Bad Request: message is too long",
    ),
    "unsupported tag": (
        html("文<p>文</p>"),
        html("文<b>文</b>"),
        f'{PARSE}Unsupported start tag "p" at byte offset 3',
    ),
    "bare less-than": (
        html("1 < 2"),
        html("1 &lt; 2"),
        f'{PARSE}Unsupported start tag "" at byte offset 2',
    ),
    "tag cut off": (
        html("文<b"),
        html("文<b>文</b>"),
        f"{PARSE}Unclosed start tag at byte offset 3",
    ),
    "unclosed tag": (
        html("<b>文"),
        html("<b>文</b>"),
        f'{PARSE}Can\'t find end tag corresponding to start tag "b"',
    ),
    "crossed tags": (
        html("<b><i>文</b></i>"),
        html("<b><i>文</i></b>"),
        f'{PARSE}Unmatched end tag at byte offset 9, expected "</i>", found "</b>"',
    ),
    "end without start": (html("文</b>"), html("<b>文</b>"), f"{PARSE}Unexpected end tag at byte offset 3"),
    "unclosed end tag": (html("<b>文</b"), html("<b>文</b >"), f"{PARSE}Unclosed end tag at byte offset 6"),
    "attribute without value": (
        html("<blockquote cite>文</blockquote>"),
        html("<blockquote expandable>文</blockquote>"),
        f'{PARSE}Expected equal sign in declaration of an attribute of the tag "blockquote" at byte offset 0',
    ),
    "attribute without name": (
        html('<a ="x">文</a>'),
        html('<a href="http://x.cn">文</a>'),
        f'{PARSE}Empty attribute name in the tag "a" at byte offset 0',
    ),
    "unquoted address": (
        html("<a href=http://x.cn>文</a>"),
        html("<a href='http://x.cn'>文</a>"),
        f"{PARSE}Unexpected end of name token at byte offset 8",
    ),
    "open quote": (
        html('<a href="http://x.cn>文</a>'),
        html('<a href="http://x.cn">文</a>'),
        f"{PARSE}Unclosed start tag at byte offset 0",
    ),
    "span that is no spoiler": (
        html('<span class="red">文</span>'),
        html('<span class="tg-spoiler">文</span>'),
        f'{PARSE}Tag "span" must have class "tg-spoiler" at byte offset 0',
    ),
    "half a surrogate pair": (
        html("&#xD83C;"),
        html("&#x1F3EF;"),
        f"{PARSE}Text contains invalid Unicode characters after decoding HTML entities, "
        "check for unmatched surrogate code units",
    ),
    "entity beyond the text": (
        {"text": "文字", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
        {"text": "文字", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
        "Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3",
    ),
    "parse mode unknown": (
        {"text": "文", "parse_mode": "BBCode"},
        {"text": "文", "parse_mode": "html"},
        "Bad Request: unsupported parse_mode",
    ),
    "65 bytes of callback data": (
        {"text": "文", "reply_markup": keyboard([callback("a" * 65)])},
        {"text": "文", "reply_markup": keyboard([callback("a" * 64)])},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    "22 Chinese characters of callback data": (
        {"text": "文", "reply_markup": keyboard([callback("文" * 22)])},
        {"text": "文", "reply_markup": keyboard([callback("文" * 21)])},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    "empty callback data": (
        {"text": "文", "reply_markup": keyboard([callback("")])},
        {"text": "文", "reply_markup": keyboard([callback("0")])},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    "257 units to copy": (
        {"text": "文", "reply_markup": keyboard([{"text": "引用", "copy_text": {"text": "文" * 257}}])},
        {"text": "文", "reply_markup": keyboard([{"text": "引用", "copy_text": {"text": "文" * 256}}])},
        "Bad Request: BUTTON_COPY_TEXT_INVALID",
    ),
    "button without text": (
        {"text": "文", "reply_markup": keyboard([callback(text="")])},
        {"text": "文", "reply_markup": keyboard([callback(text="1")])},
        "Bad Request: BUTTON_TEXT_INVALID",
    ),
    "button text cut inside an emoji": (
        {"text": "文", "reply_markup": keyboard([callback(text="\ud83c")])},
        {"text": "文", "reply_markup": keyboard([callback(text=EMOJI)])},
        "Bad Request: inline keyboard button text must be encoded in UTF-8",
    ),
    "button that does nothing": (
        {"text": "文", "reply_markup": keyboard([{"text": "好"}])},
        {"text": "文", "reply_markup": keyboard([{"text": "好", "url": "https://x.cn/a"}])},
        f"{BUTTON}Text buttons are unallowed in the inline keyboard",
    ),
    "button that does two things": (
        {"text": "文", "reply_markup": keyboard([callback() | {"url": "https://x.cn"}])},
        {"text": "文", "reply_markup": keyboard([callback(), {"text": "网", "url": "https://x.cn"}])},
        f"{BUTTON}exactly one action must be used, not url and callback_data",
    ),
    "button address": (
        {"text": "文", "reply_markup": keyboard([{"text": "网", "url": "no address"}])},
        {"text": "文", "reply_markup": keyboard([{"text": "网", "url": "x.cn"}])},
        "Bad Request: inline keyboard button URL 'no address' is invalid: Wrong HTTP URL",
    ),
    "101 buttons": (
        {"text": "文", "reply_markup": keyboard(*[[callback()]] * 101)},
        {"text": "文", "reply_markup": keyboard(*[[callback()]] * 100)},
        "Bad Request: reply markup is too long",
    ),
    "9 buttons in a row": (
        {"text": "文", "reply_markup": keyboard([callback()] * 9)},
        {"text": "文", "reply_markup": keyboard([callback()] * 8)},
        "Bad Request: reply markup is too long",
    ),
    "keyboard that is no JSON": (
        {"text": "文", "reply_markup": "{"},
        {"text": "文", "reply_markup": keyboard()},
        "Bad Request: can't parse reply_markup JSON object",
    ),
    "unknown parameters": (
        {"text": "文", "parsemode": "HTML", "reply_to_message_id": 1},
        {"text": "文", "parse_mode": "HTML"},
        "Bad Request: unknown parameter in sendMessage: parsemode, reply_to_message_id",
    ),
    "unknown chat": ({"text": "文", "chat_id": 404}, {"text": "文", "chat_id": 11}, "Bad Request: chat not found"),
    "chat that is no number": (
        {"text": "文", "chat_id": "@nobody"},
        {"text": "文", "chat_id": "11"},
        "Bad Request: chat not found",
    ),
    "reply to nothing": (
        {"text": "文", "reply_parameters": {"message_id": 404}},
        {"text": "文", "reply_parameters": {"message_id": 404, "allow_sending_without_reply": True}},
        "Bad Request: message to be replied not found",
    ),
    "quote that was not said": (
        {"text": "文", "reply_parameters": {"message_id": 1, "quote": "没有"}},
        {"text": "文", "reply_parameters": {"message_id": 1, "quote": "多少企业"}},
        "Bad Request: QUOTE_TEXT_INVALID",
    ),
    "unknown topic": (
        {"text": "文", "message_thread_id": 404},
        {"text": "文"},
        "Bad Request: message thread not found",
    ),
    "a flag that is none": (
        {"text": "文", "reply_parameters": "[]"},
        {"text": "文", "disable_notification": True},
        "Bad Request: can't parse reply_parameters: object expected",
    ),
}


class TestSendMessageIsRefused:
    @pytest.mark.parametrize("case", REFUSED_MESSAGES)
    async def test_in_telegrams_words_and_its_good_twin_is_taken(
        self, server: BotApiServer, reader: User, case: str
    ) -> None:
        await reader.says("时间谷有多少企业")
        bad, good, description = REFUSED_MESSAGES[case]
        assert await call(server, "sendMessage", **{"chat_id": 11, **bad}) == (
            400,
            {"ok": False, "error_code": 400, "description": description},
        )
        assert server.messages(reader) == []
        status, body = await call(server, "sendMessage", **{"chat_id": 11, **good})
        assert (status, body["ok"]) == (200, True), body
        assert len(server.messages(reader)) == 1

    async def test_with_403_by_a_user_who_blocked_the_bot_until_unblocked(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        await reader.blocks()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(11, "文")
        await reader.unblocks()
        await bot.send_message(11, "文")
        assert server.rejections == []

    async def test_with_403_before_the_user_has_started_the_bot(self, server: BotApiServer, bot: Bot) -> None:
        stranger = server.user(started=False)
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(stranger.id, "文")
        await stranger.says("/start")
        await bot.send_message(stranger.id, "文")

    async def test_with_403_by_a_group_that_threw_the_bot_out(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        group = server.group(members=[reader])
        await reader.removes_bot(group)
        with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
            await bot.send_message(group.id, "文")
        await reader.adds_bot(group)
        await bot.send_message(group.id, "文")

    async def test_by_a_group_that_became_a_supergroup_naming_the_new_one(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        group = server.group(members=[reader])
        new = await reader.migrates(group)
        with pytest.raises(ChatMigrated) as refusal:
            await bot.send_message(group.id, "文")
        assert refusal.value.new_chat_id == new.id
        await bot.send_message(new.id, "文")
        updates = await bot.get_updates()
        notes = [(u.message.migrate_to_chat_id, u.message.migrate_from_chat_id) for u in updates if u.message]
        assert notes == [(new.id, None), (None, group.id)]

    async def test_by_a_channel_it_does_not_administer(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        channel = server.channel()
        await bot.send_message(channel.id, "文")
        await reader.adds_bot(channel, "member")
        with pytest.raises(BadRequest, match="administrator rights"):
            await bot.send_message(channel.id, "文")

    async def test_with_401_for_another_token_and_404_for_an_unknown_method(self, server: BotApiServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            wrong = await client.post(f"{server.base_url}1:other/getMe")
            right = await client.post(f"{server.base_url}{server.token}/getMe")
            unknown = await client.post(f"{server.base_url}{server.token}/sendTelegram")
        assert (wrong.status_code, right.status_code, unknown.status_code) == (401, 200, 404)
        assert unknown.json()["description"] == "Not Found: method not found"


class TestEditing:
    async def test_an_edit_that_changes_nothing_is_refused_but_a_new_keyboard_is_a_change(
        self, server: BotApiServer, reader: User
    ) -> None:
        await call(server, "sendMessage", chat_id=11, **html("<b>文</b>"))
        same = await call(server, "editMessageText", chat_id=11, message_id=1, **html("<strong>文</strong>"))
        assert same[1]["description"].startswith("Bad Request: message is not modified: specified new message content")
        changed = await call(
            server,
            "editMessageText",
            chat_id=11,
            message_id=1,
            **html("<b>文</b>"),
            reply_markup=keyboard([callback()]),
        )
        assert changed[0] == 200
        assert (await call(server, "editMessageReplyMarkup", chat_id=11, message_id=1))[0] == 200
        again = await call(server, "editMessageReplyMarkup", chat_id=11, message_id=1)
        assert "message is not modified" in again[1]["description"]

    async def test_only_a_standing_message_of_the_bot_can_be_edited(self, server: BotApiServer, reader: User) -> None:
        own = await reader.says("问")
        await call(server, "sendMessage", chat_id=11, text="答")
        [answer] = await server.sent(reader)
        missing = await call(server, "editMessageText", chat_id=11, message_id=404, text="新")
        foreign = await call(server, "editMessageText", chat_id=11, message_id=own.id, text="新")
        good = await call(server, "editMessageText", chat_id=11, message_id=answer.id, text="新")
        assert missing[1]["description"] == "Bad Request: message to edit not found"
        assert foreign[1]["description"] == "Bad Request: message can't be edited"
        assert good[0] == 200
        assert (answer.text, [version.text for version in answer.versions]) == ("新", ["答", "新"])
        await call(server, "deleteMessage", chat_id=11, message_id=answer.id)
        gone = await call(server, "editMessageText", chat_id=11, message_id=answer.id, text="更新")
        assert gone[1]["description"] == "Bad Request: message to edit not found"

    async def test_an_edit_is_checked_like_a_message(self, server: BotApiServer, reader: User) -> None:
        await call(server, "sendMessage", chat_id=11, text="答")
        long = await call(server, "editMessageText", chat_id=11, message_id=1, text="文" * 4097)
        good = await call(server, "editMessageText", chat_id=11, message_id=1, text="文" * 4096)
        assert (long[1].get("description"), good[0]) == ("Bad Request: message is too long", 200)

    async def test_deleting_needs_a_message_and_in_groups_the_right_to(
        self, server: BotApiServer, reader: User
    ) -> None:
        group = server.supergroup(members=[reader])
        message = await reader.says("闲聊", to=group)
        missing = await call(server, "deleteMessage", chat_id=group.id, message_id=404)
        foreign = await call(server, "deleteMessage", chat_id=group.id, message_id=message.id)
        assert missing[1]["description"] == "Bad Request: message to delete not found"
        assert foreign[1]["description"] == "Bad Request: message can't be deleted"
        await reader.adds_bot(group, "administrator")
        assert (await call(server, "deleteMessage", chat_id=group.id, message_id=message.id))[0] == 200
        assert message.deleted


TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"

REFUSED_RESULTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "51 results": (
        {"results": [article(str(n)) for n in range(51)]},
        {"results": [article(str(n)) for n in range(50)]},
        "Bad Request: RESULTS_TOO_MUCH",
    ),
    "twice the same id": (
        {"results": [article("a"), article("a")]},
        {"results": [article("a"), article("b")]},
        "Bad Request: RESULT_ID_DUPLICATE",
    ),
    "id of 65 bytes": (
        {"results": [article("a" * 65)]},
        {"results": [article("a" * 64)]},
        "Bad Request: RESULT_ID_INVALID",
    ),
    "id of 22 Chinese characters": (
        {"results": [article("文" * 22)]},
        {"results": [article("文" * 21)]},
        "Bad Request: RESULT_ID_INVALID",
    ),
    "no id": ({"results": [article("")]}, {"results": [article("0")]}, "Bad Request: RESULT_ID_EMPTY"),
    "no title": (
        {"results": [article("a", title="")]},
        {"results": [article("a", title="题")]},
        "Bad Request: ARTICLE_TITLE_EMPTY",
    ),
    "text too long": (
        {"results": [article("a", "文" * 4097)]},
        {"results": [article("a", "文" * 4096)]},
        "Bad Request: message is too long",
    ),
    "keyboard of a result": (
        {"results": [article("a") | {"reply_markup": keyboard([callback("a" * 65)])}]},
        {"results": [article("a") | {"reply_markup": keyboard([callback("a" * 64)])}]},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    "start parameter with a dot": (
        {"results": [], "button": {"text": "打开", "start_parameter": "a.1"}},
        {"results": [], "button": {"text": "打开", "start_parameter": "a-1_Z"}},
        "Bad Request: START_PARAM_INVALID",
    ),
    "start parameter of 65": (
        {"results": [], "button": {"text": "打开", "start_parameter": "a" * 65}},
        {"results": [], "button": {"text": "打开", "start_parameter": "a" * 64}},
        "Bad Request: START_PARAM_INVALID",
    ),
    "next offset of 65 bytes": (
        {"results": [], "next_offset": "a" * 65},
        {"results": [], "next_offset": "a" * 64},
        "Bad Request: NEXT_OFFSET_INVALID",
    ),
}


class TestQueries:
    @pytest.mark.parametrize("case", REFUSED_RESULTS)
    async def test_inline_results_are_refused_in_telegrams_words_and_the_good_twin_is_taken(
        self, server: BotApiServer, reader: User, case: str
    ) -> None:
        bad, good, description = REFUSED_RESULTS[case]
        query = await reader.inline("时间谷")
        refused = await call(server, "answerInlineQuery", inline_query_id=query.id, **bad)
        assert refused == (400, {"ok": False, "error_code": 400, "description": description})
        assert (await call(server, "answerInlineQuery", inline_query_id=query.id, **good))[0] == 200
        assert len((await query.answered()).results) == len(good["results"])

    async def test_a_press_is_answered_once_and_not_when_too_old(self, server: BotApiServer, reader: User) -> None:
        await call(server, "sendMessage", chat_id=11, text="答", reply_markup=keyboard([callback("p:2", "▶")]))
        [message] = await server.sent(reader)
        press = await reader.press(message, "▶")
        assert press.json["data"] == "p:2"
        good = await call(server, "answerCallbackQuery", callback_query_id=press.id, text="好", show_alert=True)
        twice = await call(server, "answerCallbackQuery", callback_query_id=press.id)
        unknown = await call(server, "answerCallbackQuery", callback_query_id="404")
        old = await reader.press(message, "▶", expired=True)
        expired = await call(server, "answerCallbackQuery", callback_query_id=old.id)
        assert good[0] == 200
        assert {answer[1]["description"] for answer in (twice, unknown, expired)} == {TOO_OLD}
        answer = await press.answered()
        assert (answer.text, answer.alert) == ("好", True)
        assert len(server.rejections) == 2, "the expired one is the test's doing"

    async def test_a_callback_answer_has_200_units(self, server: BotApiServer, reader: User) -> None:
        await call(server, "sendMessage", chat_id=11, text="答", reply_markup=keyboard([callback()]))
        press = await reader.press((await server.sent(reader))[0])
        long = await call(server, "answerCallbackQuery", callback_query_id=press.id, text="文" * 201)
        good = await call(server, "answerCallbackQuery", callback_query_id=press.id, text="文" * 200)
        assert (long[1].get("description"), good[0]) == ("Bad Request: MESSAGE_TOO_LONG", 200)

    async def test_a_chosen_result_can_be_edited_by_its_inline_message_id_only(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        query = await reader.inline("时间谷")
        result = article("a", "<b>142家</b>") | {"reply_markup": keyboard([callback("p:2", "▶")])}
        result["input_message_content"]["parse_mode"] = "HTML"
        await call(server, "answerInlineQuery", inline_query_id=query.id, results=[result])
        message = await reader.chooses(query)
        assert message.bold == ["142家"]
        press = await reader.press(message, "▶")
        assert "message" not in press.json
        assert await bot.edit_message_text("140多家", inline_message_id=press.json["inline_message_id"])
        assert (await server.edited(message)).text == "140多家"
        with pytest.raises(BadRequest, match=r"(?i)message_id_invalid"):
            await bot.edit_message_text("又", inline_message_id="404")

    async def test_a_button_that_is_not_there_or_calls_nothing_back_cannot_be_pressed(
        self, server: BotApiServer, reader: User
    ) -> None:
        copy = {"text": "引用", "copy_text": {"text": "甲. 题[N]."}}
        await call(server, "sendMessage", chat_id=11, text="答", reply_markup=keyboard([copy, callback()]))
        [message] = await server.sent(reader)
        assert reader.copies(message, "引用") == "甲. 题[N]."
        with pytest.raises(LookupError, match="calls nothing back"):
            await reader.press(message, "引用")
        with pytest.raises(LookupError, match="no button '全文'"):
            await reader.press(message, "全文")
        await reader.press(message, "好")

    async def test_a_deep_link_sends_start_and_a_malformed_one_does_not(
        self, server: BotApiServer, reader: User
    ) -> None:
        message = await reader.follows("https://t.me/wenbao_bot?start=a1-B_2")
        assert message.text == "/start a1-B_2"
        for link in ("https://t.me/wenbao_bot?start=a.1", "https://t.me/other_bot?start=a1", "https://t.me/wenbao_bot"):
            with pytest.raises(ValueError, match=r"t\.me"):
                await reader.follows(link)


class TestHtml:
    @pytest.mark.parametrize(
        ("source", "text", "marks"),
        [
            ("<strong>文</strong><em>字</em>", "文字", [("bold", 0, 1), ("italic", 1, 1)]),
            ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 2)]),
            ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", 0, 3)]),
            ("<tg-spoiler>a</tg-spoiler>b", "ab", [("spoiler", 0, 1)]),
            ("<B>a</b>", "a", [("bold", 0, 1)]),
            ("<b>a</>", "a", [("bold", 0, 1)]),
            (f"{EMOJI}<b>{EMOJI}</b>", EMOJI * 2, [("bold", 2, 2)]),
            ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
            ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
            ("<b>a<code>b</code>c</b>", "abc", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
            ("<b>a <a href='http://x.cn'>b</a></b>", "a b", [("bold", 0, 2), ("text_link", 2, 1), ("bold", 2, 1)]),
            ("  <b> a </b> ", "a", [("bold", 0, 1)]),
            ("a<b> </b>b", "a b", []),
            ("&lt;b&gt; &amp;&quot;&#60;&#x3c;", '<b> &"<<', []),
            ("&nbsp;&apos;&laquo;", "&nbsp;&apos;&laquo;", []),
            ("&lt", "<", []),
            ("a > b", "a > b", []),
        ],
    )
    def test_reads_as_telegram_does(self, source: str, text: str, marks: list[tuple[str, int, int]]) -> None:
        plain, entities = tidy(*parse_html(source))
        assert plain == text
        assert [(e["type"], e["offset"], e["length"]) for e in entities] == marks

    def test_keeps_addresses_and_languages(self) -> None:
        _, entities = parse_html(
            '<a href="http://x.cn/?a=1&amp;b=2">x</a><pre><code class="language-py">y</code></pre>'
        )
        assert entities[0]["url"] == "http://x.cn/?a=1&b=2"
        assert entities[1] == {"type": "pre", "offset": 1, "length": 1, "language": "py"}

    def test_forgets_a_link_to_nowhere_but_keeps_its_words(self) -> None:
        assert parse_html('<a href="nowhere">x</a>') == ("x", [])
        assert parse_html('<a href="x.cn">x</a>')[1][0]["url"] == "http://x.cn/"

    def test_keeps_a_hundred_entities(self) -> None:
        assert len(tidy(*parse_html("<b>a</b> " * 101))[1]) == 100

    @pytest.mark.parametrize("source", ["<b>a</b> <i>b</i>", f"{EMOJI}<b>a<i>b</i></b>", "1 &lt; 2 &amp; 3"])
    def test_is_rebuilt_from_the_entities(self, source: str) -> None:
        assert to_html(*tidy(*parse_html(source))) == source

    def test_is_read_by_python_telegram_bot_as_it_was_written(self) -> None:
        source = (
            f'{EMOJI} <b>142家</b> <a href="http://x.cn/a">文</a> <blockquote expandable>引</blockquote> <code>c</code>'
        )
        text, entities = tidy(*parse_html(source))
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": text, "entities": entities}
        parsed = Message.de_json(message, None)
        assert parsed is not None
        assert parsed.text_html == source

    def test_fails_with_the_api_error(self) -> None:
        with pytest.raises(ApiError, match="400 Bad Request: can't parse entities"):
            parse_html("<font>")


class TestDetection:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("/ask 船山", [("bot_command", 0, 4)]),
            ("/ask@wenbao_bot 船山", [("bot_command", 0, 15)]),
            ("/ask船山", []),
            ("a/ask", []),
            (f"{EMOJI} @wenbao_bot 船山", [("mention", 3, 11)]),
            ("@wenbao_bot船山", []),
            ("问@wenbao_bot", []),
            ("见 https://x.cn/a?b=1。", [("url", 2, 18)]),
            ("#时间谷 #1", [("hashtag", 0, 4)]),
        ],
    )
    def test_finds_commands_mentions_and_links_where_telegram_does(
        self, text: str, found: list[tuple[str, int, int]]
    ) -> None:
        assert [(e["type"], e["offset"], e["length"]) for e in detect(text)] == found

    def test_counts_utf16(self) -> None:
        assert (units("文"), units(EMOJI), units("")) == (1, 2, 0)


class TestPolling:
    async def test_hands_out_updates_until_they_are_confirmed(self, bot: Bot, reader: User) -> None:
        await reader.says("一")
        await reader.says("二")
        first = await bot.get_updates(limit=1)
        again = await bot.get_updates()
        assert [u.message.text for u in first if u.message] == ["一"]
        assert [u.message.text for u in again if u.message] == ["一", "二"]
        rest = await bot.get_updates(offset=again[0].update_id + 1)
        assert [u.message.text for u in rest if u.message] == ["二"]
        assert await bot.get_updates(offset=again[1].update_id + 1) == ()

    async def test_waits_for_the_next_update(self, bot: Bot, reader: User) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.05)
        assert not poll.done()
        await reader.says("一")
        assert len(await poll) == 1

    async def test_a_negative_offset_forgets_all_but_the_last(self, bot: Bot, reader: User) -> None:
        for text in "一二三":
            await reader.says(text)
        assert [u.message.text for u in await bot.get_updates(offset=-1) if u.message] == ["三"]
        assert len(await bot.get_updates()) == 1

    async def test_leaves_out_kinds_that_were_not_asked_for_and_remembers(self, bot: Bot, reader: User) -> None:
        await bot.get_updates(allowed_updates=["message"])
        await reader.inline("时间谷")
        await reader.says("一")
        assert [u.inline_query is None for u in await bot.get_updates()] == [True]
        await bot.get_updates(allowed_updates=[])
        await reader.inline("时间谷")
        assert (await bot.get_updates())[-1].inline_query is not None

    async def test_the_older_of_two_pollers_gets_409(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        older = asyncio.create_task(bot.get_updates(timeout=5))
        await server.until(lambda: server.called("getUpdates"))
        newer = asyncio.create_task(call(server, "getUpdates", timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        await reader.says("一")
        assert (await newer)[0] == 200
        assert server.rejections == []

    async def test_a_poller_that_hangs_up_is_no_longer_one(self, server: BotApiServer, reader: User) -> None:
        with pytest.raises(httpx.ReadTimeout):
            async with httpx.AsyncClient(trust_env=False, timeout=0.1) as client:
                await client.post(f"{server.base_url}{server.token}/getUpdates", data={"timeout": "5"})
        await server.until(lambda: server.calls[0].done, timeout=1)
        assert (await call(server, "getUpdates"))[0] == 200
        assert server.calls[0].error is None


class Hook:
    """A webhook that notes what it is sent and answers with the next of `statuses`, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.received: list[tuple[str, str]] = []
        self.port = 0

    async def __aenter__(self) -> Hook:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.received.append((body["message"]["text"], headers.get("x-telegram-bot-api-secret-token", "")))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


class TestWebhook:
    async def test_gets_updates_in_order_with_the_secret_and_again_when_it_refused_one(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        async with Hook(500) as hook:
            await reader.says("一")
            await bot.set_webhook(f"http://127.0.0.1:{hook.port}/hook", secret_token="sesame")
            await reader.says("二")
            await server.until(lambda: len(hook.received) == 3)
            await server.until(lambda: not server.updates.pending)
            assert hook.received == [("一", "sesame"), ("一", "sesame"), ("二", "sesame")]
            assert server.updates.posted == [500, 200, 200]
            info = await bot.get_webhook_info()
            assert (info.pending_update_count, info.last_error_message) == (0, "Wrong response from the webhook: 500")
            await bot.delete_webhook()

    async def test_excludes_polling_until_it_is_deleted(self, bot: Bot, reader: User) -> None:
        await bot.set_webhook("https://127.0.0.1:1/hook")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await reader.says("一")
        await bot.delete_webhook()
        assert len(await bot.get_updates()) == 1
        await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()

    async def test_needs_https_off_the_loopback_and_a_plain_secret(self, server: BotApiServer) -> None:
        insecure = await call(server, "setWebhook", url="http://example.org/hook")
        secret = await call(server, "setWebhook", url="https://127.0.0.1:1/hook", secret_token="a b")
        good = await call(server, "setWebhook", url="https://127.0.0.1:1/hook", secret_token="a_b-1")
        assert insecure[1]["description"] == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
        assert secret[1]["description"] == "Bad Request: secret token contains unallowed characters"
        assert good[0] == 200

    async def test_can_be_forged(self, server: BotApiServer, bot: Bot) -> None:
        async with Hook(403) as hook:
            await bot.set_webhook(f"http://127.0.0.1:{hook.port}/hook", secret_token="sesame")
            update = {"update_id": 1, "message": {"text": "假"}}
            assert await server.forge_webhook(update, "wrong") == 403
            assert hook.received == [("假", "wrong")]


# python-telegram-bot 22.8 warns of its own plans whenever it makes a RetryAfter.
@pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")
class TestFaults:
    async def test_strike_as_often_as_ordered_and_are_no_rejections(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        server.fail("sendMessage", 429, retry_after=3)
        server.fail("sendMessage", 502, times=2)
        with pytest.raises(RetryAfter) as refusal:
            await bot.send_message(11, "文")
        assert str(refusal.value) == "Flood control exceeded. Retry in 3 seconds"
        assert server.calls[-1].error is not None
        assert server.calls[-1].error.description == "Too Many Requests: retry after 3"
        for _ in range(2):
            with pytest.raises(NetworkError, match="Bad Gateway"):
                await bot.send_message(11, "文")
        await bot.send_message(11, "文")
        assert len(server.messages(reader)) == 1
        assert server.rejections == []

    async def test_can_strike_one_chat_only(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        other = server.user()
        server.fail("*", 403, "bot was blocked by the user", place=other)
        await bot.send_message(reader.id, "文")
        with pytest.raises(Forbidden):
            await bot.send_message(other.id, "文")

    async def test_a_dropped_connection_loses_the_call_or_its_answer(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        server.drop("sendMessage")
        server.drop("sendMessage", when="after")
        for arrived in (0, 1):
            with pytest.raises(NetworkError, match=r"RemoteProtocolError|ReadError"):
                await bot.send_message(11, "文")
            assert len(server.messages(reader)) == arrived
        await bot.send_message(11, "文")

    async def test_a_slow_call_runs_into_the_readers_timeout(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        server.slow("sendMessage", 0.5)
        with pytest.raises(TimedOut):
            await bot.send_message(11, "文", read_timeout=0.05)
        await bot.send_message(11, "文", read_timeout=2)

    async def test_a_rate_limit_counts_by_chat_and_passes(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        other = server.user()
        server.limit("sendMessage", 2, seconds=0.2)
        await bot.send_message(11, "一")
        await bot.send_message(11, "二")
        with pytest.raises(RetryAfter):
            await bot.send_message(11, "三")
        await bot.send_message(other.id, "一")
        await asyncio.sleep(0.2)
        await bot.send_message(11, "三")
        server.heal()


class TestTheBotItself:
    async def test_commands_are_kept_by_scope_and_language(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        await bot.set_my_commands([("ask", "提问")])
        scope = {"type": "chat", "chat_id": reader.id}
        await call(server, "setMyCommands", commands=[{"command": "status", "description": "状态"}], scope=scope)
        await bot.set_my_commands([("ask", "提問")], language_code="zh")
        assert server.commands() == ["ask"]
        assert server.commands("chat", place=reader) == ["status"]
        assert [c.description for c in await bot.get_my_commands(language_code="zh")] == ["提問"]
        await bot.delete_my_commands()
        assert (server.commands(), await bot.get_my_commands()) == ([], ())

    @pytest.mark.parametrize(
        ("bad", "good", "description"),
        [
            (("Ask", "提问"), ("ask", "提问"), "Bad Request: BOT_COMMAND_INVALID"),
            (("a" * 33, "提问"), ("a" * 32, "提问"), "Bad Request: BOT_COMMAND_INVALID"),
            (("ask", ""), ("ask", "问"), "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
            (("ask", "问" * 257), ("ask", "问" * 256), "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ],
    )
    async def test_a_bad_command_is_refused(
        self, server: BotApiServer, bad: tuple[str, str], good: tuple[str, str], description: str
    ) -> None:
        def commands(pair: tuple[str, str]) -> list[dict[str, str]]:
            return [{"command": pair[0], "description": pair[1]}]

        refused = await call(server, "setMyCommands", commands=commands(bad))
        assert refused[1].get("description") == description
        assert (await call(server, "setMyCommands", commands=commands(good)))[0] == 200

    async def test_a_scope_of_an_unknown_chat_or_kind_is_refused(self, server: BotApiServer, reader: User) -> None:
        scopes = [{"type": "chat", "chat_id": 404}, {"type": "everyone"}, {"type": "chat", "chat_id": 11}]
        answers = [await call(server, "setMyCommands", commands=[], scope=scope) for scope in scopes]
        assert [answer[1].get("description", "") for answer in answers] == [
            "Bad Request: chat not found",
            "Bad Request: can't parse BotCommandScope: unsupported type specified",
            "",
        ]

    async def test_descriptions_have_their_limits(self, server: BotApiServer, bot: Bot) -> None:
        assert (await call(server, "setMyDescription", description="文" * 513))[0] == 400
        await bot.set_my_description("文" * 512)
        assert (await call(server, "setMyShortDescription", short_description="文" * 121))[0] == 400
        await bot.set_my_short_description("报")
        assert (await bot.get_my_short_description()).short_description == "报"
        assert (await bot.get_my_description()).description == "文" * 512

    async def test_chats_and_members_are_told_apart(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        boss = server.user("主编")
        group = server.supergroup(members=[reader], admins=[boss], forum=True)
        chat = await bot.get_chat(group.id)
        assert (chat.type, chat.is_forum, chat.title) == ("supergroup", True, "读报大群")
        statuses = [(await bot.get_chat_member(group.id, id)).status for id in (reader.id, boss.id, bot.id)]
        assert statuses == ["member", "administrator", "member"]
        assert [member.user.id for member in await bot.get_chat_administrators(group.id)] == [boss.id]
        assert await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
            await bot.send_message(group.id, "文")

    async def test_files_come_and_go_with_their_bytes(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        message = await reader.uploads("衡阳日报-20250812.txt", "正文".encode(), caption="今天的")
        update = (await bot.get_updates())[0]
        assert update.message is not None
        assert update.message.document is not None
        assert update.message.caption == "今天的"
        file = await update.message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == "正文".encode()
        await bot.send_document(reader.id, b"{}\n", filename="questions.jsonl", caption="<b>好</b>", parse_mode="HTML")
        [answer] = await server.sent(reader)
        assert answer.document is not None
        assert (answer.document.name, answer.document.content, answer.bold) == ("questions.jsonl", b"{}\n", ["好"])
        assert message.document is not None

    async def test_a_file_of_more_than_20_mib_is_not_given_out(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        whole = await reader.uploads("a.pdf", bytes(20 * 1024 * 1024))
        more = await reader.uploads("b.pdf", bytes(20 * 1024 * 1024 + 1))
        assert whole.document
        assert more.document
        await bot.get_file(whole.document.file_id)
        with pytest.raises(BadRequest, match=r"(?i)file is too big"):
            await bot.get_file(more.document.file_id)

    async def test_a_document_needs_bytes_and_a_short_caption(self, server: BotApiServer, reader: User) -> None:
        missing = await call(server, "sendDocument", chat_id=11)
        assert missing[1]["description"] == "Bad Request: there is no document in the request"
        document = (await reader.uploads("a.txt", b"a")).document
        assert document
        long = await call(server, "sendDocument", chat_id=11, document=document.file_id, caption="文" * 1025)
        good = await call(server, "sendDocument", chat_id=11, document=document.file_id, caption="文" * 1024)
        assert (long[1].get("description"), good[0]) == ("Bad Request: message caption is too long", 200)

    async def test_a_chat_action_is_one_of_telegrams(self, server: BotApiServer, reader: User) -> None:
        bad = await call(server, "sendChatAction", chat_id=11, action="thinking")
        good = await call(server, "sendChatAction", chat_id=11, action="typing")
        assert (bad[1].get("description"), good[0]) == ("Bad Request: wrong parameter action in request", 200)


class TestWhatReachesTheBot:
    @pytest.mark.parametrize(
        ("text", "reaches"),
        [
            ("时间谷有多少企业", False),
            ("/ask 时间谷", True),
            ("/ask@wenbao_bot 时间谷", True),
            ("/ask@other_bot 时间谷", False),
            ("@wenbao_bot 时间谷", True),
            ("@wenbao_bots 时间谷", False),
        ],
    )
    async def test_in_a_group_only_what_is_meant_for_it(
        self, server: BotApiServer, bot: Bot, reader: User, text: str, reaches: bool
    ) -> None:
        await reader.says(text, to=server.group(members=[reader]))
        assert len(await bot.get_updates()) == reaches

    async def test_in_a_group_replies_to_it(self, server: BotApiServer, bot: Bot, reader: User) -> None:
        group = server.supergroup(members=[reader])
        await bot.send_message(group.id, "答")
        own = await reader.says("闲聊", to=group)
        await reader.says("也闲聊", reply_to=own)
        await reader.says("那产值呢", reply_to=(await server.sent(group))[0])
        [update] = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "那产值呢"
        assert update.message.reply_to_message is not None
        assert update.message.reply_to_message.text == "答"

    async def test_in_a_group_everything_once_it_is_an_administrator_or_has_no_privacy(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        group = server.group(members=[reader])
        await reader.adds_bot(group, "administrator")
        await reader.says("闲聊", to=group)
        assert [u.message is not None for u in await bot.get_updates()] == [False, True]
        server.privacy = False
        await reader.says("闲聊", to=server.group())
        assert len(await bot.get_updates()) == 3

    async def test_in_a_topic_with_the_topics_root_as_reply_and_the_answer_goes_there(
        self, server: BotApiServer, bot: Bot, reader: User
    ) -> None:
        forum = server.supergroup(members=[reader], forum=True)
        topic = await reader.opens_topic(forum, "要闻")
        message = await reader.says("/ask 时间谷", to=topic)
        update = (await bot.get_updates())[-1]
        assert update.message is not None
        assert update.message.is_topic_message
        assert update.message.message_thread_id == topic.id
        assert update.message.reply_to_message is not None
        assert update.message.reply_to_message.forum_topic_created is not None
        await update.message.reply_text("答", reply_parameters=ReplyParameters(message.id))
        [answer] = await server.sent(topic)
        assert (answer.thread_id, answer.in_topic, answer.reply_to) == (topic.id, True, message)
        await bot.send_message(forum.id, "总")
        assert len(server.messages(topic)) == 1
        assert len(server.messages(forum)) == 2

    async def test_a_channels_posts(self, server: BotApiServer, bot: Bot) -> None:
        await post_in_channel(server, server.channel("读报频道"), "公告")
        [update] = await bot.get_updates()
        assert update.channel_post is not None
        assert (update.channel_post.text, update.channel_post.from_user) == ("公告", None)

    async def test_edits_stickers_photos_voices_and_places(self, bot: Bot, reader: User) -> None:
        message = await reader.says("旧")
        await reader.edits(message, "新")
        for kind in ("sticker", "photo", "voice", "location"):
            await reader.sends(kind)
        updates = await bot.get_updates()
        assert updates[1].edited_message is not None
        assert updates[1].edited_message.text == "新"
        sent = [update.message for update in updates[2:] if update.message]
        assert [bool(m.sticker or m.photo or m.voice or m.location) for m in sent] == [True] * 4

    async def test_nothing_that_python_telegram_bot_does_not_know(self, server: BotApiServer) -> None:
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "文"}
        check_update({"update_id": 1, "message": message})
        with pytest.raises(AssertionError, match="unknown fields"):
            check_update({"update_id": 1, "message": message | {"colour": "red"}})
        with pytest.raises(AssertionError, match=r"Update\.message\.chat has unknown fields"):
            check_update({"update_id": 1, "message": message | {"chat": {"id": 1, "type": "private", "x": 1}}})
        with pytest.raises(AssertionError):
            check_update({"update_id": 1, "massage": message})


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("▶", callback_data="next")]])
    await update.effective_message.reply_html(
        f"<b>{update.effective_message.text}</b>", do_quote=True, reply_markup=markup
    )


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text("你好")


def echoing_application(server: BotApiServer, *, in_memory: bool) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = Application.builder().token(server.token)
    if in_memory:
        builder = builder.request(server.request()).get_updates_request(server.request())
    else:
        builder = builder.base_url(server.base_url).base_file_url(server.base_file_url)
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


@pytest.fixture
async def echoing() -> AsyncIterator[BotApiServer]:
    """A server with an application that echoes, both in memory."""
    server = BotApiServer()
    async with echoing_application(server, in_memory=True) as application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(poll_interval=0, timeout=5)
        yield server
        await application.updater.stop()
        await application.stop()
    await server.stop()


class TestOverHttp:
    async def test_an_application_polls_answers_and_stops_without_a_refusal(
        self, server: BotApiServer, reader: User
    ) -> None:
        async with echoing_application(server, in_memory=False) as application:
            assert application.updater is not None
            await application.start()
            await application.updater.start_polling(poll_interval=0, timeout=5)
            answer = await reader.asks("时间谷")
            await reader.press(answer, "▶")
            assert (answer.bold, answer.reply_to and answer.reply_to.text) == (["时间谷"], "时间谷")
            await application.updater.stop()
            await application.stop()
        assert server.rejections == []

    async def test_an_application_is_reached_by_webhook_and_turns_a_wrong_secret_away(
        self, server: BotApiServer, reader: User
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        async with echoing_application(server, in_memory=False) as application:
            assert application.updater is not None
            await application.start()
            address = f"http://127.0.0.1:{port}/hook"
            await application.updater.start_webhook(
                "127.0.0.1", port, "hook", secret_token="sesame", webhook_url=address
            )
            assert (await reader.asks("时间谷")).text == "时间谷"
            forged = {"update_id": 1, "message": reader_message(reader, "假")}
            assert await server.forge_webhook(forged, "wrong") == 403
            await server.silence(reader, 0.1)
            assert await server.forge_webhook(forged, "sesame") == 200
            assert (await server.sent(reader))[0].text == "假"
            await application.updater.stop()
            await application.stop()


def reader_message(reader: User, text: str) -> dict[str, Any]:
    return {"message_id": 1, "date": 1, "chat": reader.chat.as_json(), "from": reader.json, "text": text}


class TestInMemory:
    async def test_an_application_answers_without_a_socket(self, echoing: BotApiServer) -> None:
        reader = echoing.user("小李")
        answer = await reader.asks("时间谷")
        assert (answer.text, answer.bold, answer.html) == ("时间谷", ["时间谷"], "<b>时间谷</b>")
        assert answer.source == "<b>时间谷</b>"
        assert answer.reply_to is not None
        assert (answer.reply_to.text, [button.data for button in answer.buttons]) == ("时间谷", ["next"])
        assert (await reader.asks("/start")).text == "你好"
        assert echoing.rejections == []

    async def test_a_group_an_edit_and_silence_are_seen(self, echoing: BotApiServer) -> None:
        reader = echoing.user("小李")
        group = echoing.group(members=[reader])
        await reader.says("闲聊", to=group)
        await echoing.silence(group, 0.05)
        with pytest.raises(AssertionError, match=r"1 message\(s\) of the bot"):
            await echoing.sent(group, timeout=0.05)
        assert (await reader.asks("@wenbao_bot 时间谷", to=group)).text == "@wenbao_bot 时间谷"

    async def test_forty_readers_are_answered_each_once(self, echoing: BotApiServer) -> None:
        readers = [echoing.user(f"读者{n}") for n in range(40)]
        begun = time.monotonic()
        answers = await asyncio.gather(*(reader.asks(f"问{n}") for n, reader in enumerate(readers)))
        assert [answer.text for answer in answers] == [f"问{n}" for n in range(40)]
        assert time.monotonic() - begun < 5
        assert [len(echoing.messages(reader)) for reader in readers] == [1] * 40

    async def test_faults_files_and_refusals_are_as_over_http(self) -> None:
        server = BotApiServer()
        reader = server.user("小李")
        async with Bot(server.token, request=server.request(), get_updates_request=server.request()) as bot:
            server.drop("sendMessage")
            with pytest.raises(NetworkError, match="dropped"):
                await bot.send_message(reader.id, "文")
            server.slow("sendMessage", 1)
            with pytest.raises(TimedOut):
                await bot.send_message(reader.id, "文", read_timeout=0.05)
            with pytest.raises(BadRequest, match=r"(?i)message is too long"):
                await bot.send_message(reader.id, "文" * 4097)
            document = (await reader.uploads("a.txt", b"abc")).document
            assert document is not None
            file = await bot.get_file(document.file_id)
            assert bytes(await file.download_as_bytearray()) == b"abc"
            await bot.send_document(reader.id, b"xyz", filename="b.txt")
            [message] = await server.sent(reader)
            assert message.document is not None
            assert message.document.content == b"xyz"

    async def test_the_transcript_tells_who_said_and_called_what(self, echoing: BotApiServer) -> None:
        reader = echoing.user("小李")
        await reader.asks("时间谷")
        lines = echoing.transcript(reader).splitlines()
        assert lines[:3] == ["-- messages", "小李: 时间谷", "bot: 时间谷"]
        assert "  sendMessage" in lines
