"""`wenbao serve` as a process, against a Bot API on the loopback: what readers, admins and operators rely on."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from bot.app import COMMANDS

from . import newspaper
from .botapi import BotApiServer, User
from .conftest import ADMIN

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "青石湾产业园有多少企业"
PAGED = "青石湾修了多少条路"
"""Each section of a long article answers it anew."""


class Served:
    """A running `wenbao serve`; `log` is what it has written so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log += line.decode()

    async def ends(self, timeout_s: float = 15) -> int:
        code = await asyncio.wait_for(self.process.wait(), timeout_s)
        await self._reading
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.ends()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest.fixture
def admin(server: BotApiServer) -> User:
    return server.user("管理员", id=ADMIN)


@pytest.fixture
async def serve(server: BotApiServer, admin: User, tmp_path: Path) -> AsyncIterator[Callable]:
    """Start the bot on a newspaper's folder; settings as keywords, as WENBAO_ variables have them."""
    newspaper.write(tmp_path / "corpus")
    async with AsyncExitStack() as running:

        async def start(*, ready: str = "serving", **settings: str) -> Served:
            given = {
                "telegram_token": server.token,
                "telegram_api_url": server.url,
                "admin_ids": str(ADMIN),
                "corpus_dir": "corpus",
                "log_format": "json",
                **settings,
            }
            environment = {key: value for key, value in os.environ.items() if not key.startswith("WENBAO_")}
            environment |= {f"WENBAO_{name.upper()}": value for name, value in given.items()}
            environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from bot.cli import main; main()", "serve"),
                cwd=tmp_path,
                env=environment,
                stderr=asyncio.subprocess.PIPE,
            )
            served = Served(process)
            running.push_async_callback(served.stop)
            await until(lambda: ready in served.log or process.returncode is not None, served)
            return served

        yield start


async def until(condition: Callable[[], object], served: Served, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, served.log
        await asyncio.sleep(0.02)


async def indexed(server: BotApiServer, served: Served) -> None:
    """Wait until the first index is built."""
    await until(lambda: '"indexed"' in served.log or '"re-indexed"' in served.log, served)


@pytest.fixture
async def bot(serve, server) -> Served:
    """The bot with its index built, polling."""
    served = await serve()
    await indexed(server, served)
    return served


async def test_a_reader_is_told_that_the_index_is_being_built_and_then_answered(serve, server):
    reader = server.user()
    served = await serve()
    first = await reader.asks(QUESTION, timeout=20)
    assert "正在建立索引" in first.text or "152家" in first.text
    await indexed(server, served)
    assert "152家" in (await reader.asks(QUESTION)).text


async def test_every_command_is_answered_for_readers_and_admins(bot, server, admin):
    for user in (server.user(), admin):
        for command in COMMANDS:
            assert (await user.asks(f"/{command}", timeout=20)).text, command
            await asyncio.sleep(0.02)
    await server.until(lambda: all(call.done for call in server.calls if call.method != "getUpdates"), 20)
    assert server.rejections == []


async def test_every_button_of_an_answer_an_article_and_an_issue_works(bot, server):
    reader = server.user()
    answer = await reader.asks(QUESTION)
    for button in answer.buttons:
        if button.data:
            await (await reader.press(answer, button)).answered()
    opened = await server.sent(reader.chat, 2)
    (article,) = [one for one in opened if one.text.startswith("青石湾产业园再添新企业")]
    await (await reader.press(article, "本期目录")).answered()
    await server.until(lambda: "共 1 篇" in article.text, 5)
    await (await reader.press(article, "2025-08-13 »")).answered()
    await server.until(lambda: "共 3 篇" in article.text, 5)
    again = "message is not modified"  # a button pressed twice changes nothing, quietly
    assert [one for one in server.rejections if again not in one] == []


async def test_inline_groups_and_topics_are_served(bot, server):
    reader = server.user()
    assert (await (await reader.inline(QUESTION)).answered()).results
    group = server.supergroup(members=[reader])
    assert "152家" in (await reader.asks(f"@wenbao_bot {QUESTION}", to=group)).text
    forum = server.supergroup(members=[reader], forum=True)
    topic = await reader.opens_topic(forum, "园区")
    assert (await reader.asks(f"/ask {QUESTION}", to=topic)).thread_id == topic.id
    assert server.rejections == []


async def test_a_document_sent_by_an_admin_is_searched_at_once_and_watchers_hear_of_it(bot, server, admin):
    reader = server.user()
    await reader.asks("/watch 白鹭大桥")
    await admin.uploads("桥.jsonl", newspaper.late_news("桥通了", "白鹭大桥今天通车，全长1180米。").encode())
    assert "已收录" in (await server.sent(admin.chat, timeout=20))[0].text
    assert "白鹭大桥" in (await server.sent(reader.chat, timeout=20))[0].text
    assert "1180米" in (await reader.asks("白鹭大桥全长多少米")).text


async def test_forty_readers_at_once_are_all_answered_within_five_seconds(bot, server):
    readers = [server.user(f"读者{n}") for n in range(40)]
    began = time.monotonic()
    replies = await asyncio.gather(*(reader.asks(QUESTION, timeout=10) for reader in readers))
    took = time.monotonic() - began
    assert all("152家" in reply.text for reply in replies)
    assert took < 5
    assert len(server.called("sendMessage")) == 40


class TestWhenTelegramStumbles:
    async def test_a_flood_limit_is_waited_out(self, bot, server):
        server.fail("sendMessage", 429, retry_after=1)
        assert "152家" in (await server.user().asks(QUESTION, timeout=8)).text

    async def test_server_errors_and_broken_connections_are_tried_again(self, bot, server):
        server.fail("sendMessage", 502)
        server.drop("sendMessage")
        assert "152家" in (await server.user().asks(QUESTION, timeout=8)).text

    async def test_polling_goes_on_after_errors(self, bot, server):
        server.fail("getUpdates", 502, times=2)
        server.drop("getUpdates")
        assert "152家" in (await server.user().asks(QUESTION, timeout=15)).text

    async def test_a_blocked_chat_does_not_disturb_the_others(self, bot, server):
        gone, reader = server.user(), server.user()
        server.fail("sendMessage", 403, "bot was blocked by the user", place=gone.chat)
        await gone.says(QUESTION)
        assert "152家" in (await reader.asks(QUESTION)).text

    async def test_an_expired_button_and_an_unchanged_message_are_quiet(self, bot, server):
        reader = server.user()
        answer = await reader.asks(PAGED)
        await reader.press(answer, "▶", expired=True)
        assert "152家" in (await reader.asks(QUESTION)).text
        await server.silence(reader.chat)
        assert '"level": "error"' not in bot.log

    async def test_another_program_with_the_same_token_is_a_clear_end(self, bot, server):
        server.fail("getUpdates", 409, "terminated by other getUpdates request")
        await server.user().says("/new")
        assert await bot.ends() == 1
        assert "同一个令牌" in bot.log


class TestTheEnd:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_what_is_in_hand_is_finished_first(self, bot, server, number):
        reader = server.user()
        server.slow("sendMessage", 1.5)
        await reader.says(QUESTION)
        await server.until(lambda: server.called("sendMessage"), 5)
        began = time.monotonic()
        assert await bot.stop(number) == 0
        assert time.monotonic() - began < 10
        assert "152家" in server.messages(reader.chat)[0].text

    async def test_a_reindex_under_way_is_given_up_in_time(self, bot, server, admin, tmp_path):
        (tmp_path / "corpus" / "多.jsonl").write_text(
            "".join(newspaper.late_news(f"第{n}篇", f"第{n}号稿件说的是渡口。" * 20) for n in range(4000)), "utf-8"
        )
        await admin.asks("/reindex full")
        began = time.monotonic()
        assert await bot.stop() == 0
        assert time.monotonic() - began < 10

    async def test_buttons_from_before_still_work_after_a_restart(self, bot, serve, server):
        reader = server.user()
        answer = await reader.asks(PAGED)
        await bot.stop()
        await serve()
        await (await reader.press(answer, "▶")).answered()
        await server.edited(answer)
        assert answer.button("2/")


class TestTheWebhook:
    async def test_serves_updates_with_the_right_secret_and_refuses_others(self, serve, server):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{port}/hook"
        served = await serve(webhook_url=address, webhook_secret="right-secret_1")
        await indexed(server, served)
        reader = server.user()
        assert "152家" in (await reader.asks(QUESTION)).text
        forged = {
            "update_id": 1,
            "message": {"message_id": 1, "date": 0, "chat": reader.chat.as_json(), "text": "/new"},
        }
        assert await server.forge_webhook(forged, "wrong") == 403
        assert await server.forge_webhook(forged) == 403
        await server.silence(reader.chat)

    async def test_needs_a_secret(self, serve):
        served = await serve(webhook_url="http://127.0.0.1:9/hook")
        assert await served.ends() == 2
        assert "WENBAO_WEBHOOK_SECRET" in served.log


class TestTheOperator:
    async def test_sees_health_and_metrics(self, serve, server):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        served = await serve(health_port=str(port))
        await indexed(server, served)
        await server.user().asks(QUESTION)
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            metrics = (await client.get("/metrics")).text
        assert 'wenbao_questions_total{outcome="answered"} 1.0' in metrics
        assert "wenbao_articles 5.0" in metrics

    async def test_finds_neither_token_nor_questions_in_the_log(self, bot, server):
        reader = server.user()
        await reader.asks(QUESTION)
        server.fail("sendMessage", 502)
        await reader.asks("火星探测器有几台发动机", timeout=10)
        await bot.stop()
        assert server.token not in bot.log
        assert server.token.partition(":")[2] not in bot.log
        assert "青石湾" not in bot.log
        assert "火星" not in bot.log

    @pytest.mark.parametrize(("token", "said"), [("", "WENBAO_TELEGRAM_TOKEN"), ("1:wrong", "WENBAO_TELEGRAM_TOKEN")])
    async def test_is_told_when_the_token_is_missing_or_wrong(self, serve, token, said):
        served = await serve(telegram_token=token)
        assert await served.ends() == 2
        assert said in served.log
        assert "Traceback" not in served.log

    async def test_is_told_when_telegram_cannot_be_reached(self, serve):
        served = await serve(telegram_api_url="http://127.0.0.1:9")
        assert await served.ends(60) == 1
        assert "连不上 Telegram" in served.log
