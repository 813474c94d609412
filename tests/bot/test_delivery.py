"""Calls arrive although Telegram stumbles, and none is made twice that must not be."""

from __future__ import annotations

import time

import pytest
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext import ExtBot

from bot.delivery import Delivery

from .botapi import BotApiServer


@pytest.fixture
def server() -> BotApiServer:
    return BotApiServer()


@pytest.fixture
async def bot(server: BotApiServer):
    made = ExtBot(
        server.token,
        base_url="http://loopback/bot",
        request=server.request(),
        get_updates_request=server.request(),
        rate_limiter=Delivery(waits=(0.01, 0.01)),
    )
    async with made:
        yield made


async def test_a_flood_limit_is_waited_out(server, bot):
    reader = server.user()
    server.fail("sendMessage", 429, retry_after=1)
    began = time.monotonic()
    await bot.send_message(reader.id, "好")
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("times", [1, 2])
async def test_a_server_error_is_tried_again(server, bot, times):
    reader = server.user()
    server.fail("sendMessage", 502, times=times)
    await bot.send_message(reader.id, "好")
    assert len(server.messages(reader.chat)) == 1


async def test_it_gives_up_in_the_end(server, bot):
    server.fail("sendMessage", 502, times=9)
    with pytest.raises(NetworkError):
        await bot.send_message(server.user().id, "好")


async def test_a_bad_request_is_not_repeated(server, bot):
    with pytest.raises(BadRequest):
        await bot.send_message(server.user().id, "")
    assert len(server.called("sendMessage")) == 1


async def test_a_message_that_may_have_arrived_is_not_sent_twice(server, bot):
    reader = server.user()
    server.slow("sendMessage", 0.5)
    with pytest.raises(TimedOut):
        await bot.send_message(reader.id, "好", read_timeout=0.1)
    assert len(server.called("sendMessage")) == 1


async def test_typing_uses_up_none_of_a_groups_messages(server, bot):
    group = server.supergroup()
    began = time.monotonic()
    for _ in range(25):
        await bot.send_chat_action(group.id, "typing")
    await bot.send_message(group.id, "好")
    assert time.monotonic() - began < 1
