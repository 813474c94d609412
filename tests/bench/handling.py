"""
Measures what the bot adds to `ask()`: CPU from a parsed update to the answer's request and back, without the network.

`python -m tests.bench.handling [--rounds N] [--history FILE]` prints one line of JSON. Each question is asked alone and
handled by the bot in turn, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import itertools
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from telegram import Update
from telegram.request import BaseRequest, RequestData

from bot.app import build
from bot.desk import App, Desk
from bot.logs import set_up
from bot.opening import open_archive, refresh
from bot.settings import Settings
from bot.store import Store
from index.answer import ask
from tests.bot import newspaper

QUESTIONS = (
    "青石湾产业园有多少企业",
    "河口县图书馆新馆什么时候开放",
    "渔火节上灯船一共有多少艘",
    "摆渡人摆渡摆了多少年",
    "青石湾产业园位于哪里",
    "火星探测器有几台发动机",
)
WARM_UP = 3
PAUSE = 0.03
"""Seconds between questions: a bot may send thirty messages a second, and waiting for that is not what is measured."""


class NoServer(BaseRequest):
    """Takes the place of HTTP: makes the body that would be sent, and answers as briefly as Telegram may."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1_000_000)

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **named_timeouts: Any
    ) -> tuple[int, bytes]:
        sent = request_data.json_parameters if request_data else {}
        result: object = True
        if url.endswith("/getMe"):
            result = {"id": 1, "is_bot": True, "first_name": "问报", "username": "wenbao_bot"}
        elif url.endswith("/sendMessage"):
            chat = {"id": int(sent["chat_id"]), "type": "private"}
            result = {"message_id": next(self._numbers), "date": 0, "chat": chat}
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def measure(folder: Path, rounds: int) -> dict[str, object]:
    """Return the figures of `rounds` times all questions, each from another reader."""
    newspaper.write(folder / "corpus")
    settings = Settings(
        _env_file=None,
        corpus_dir=folder / "corpus",
        index_dir=folder / "index",
        state_file=folder / "bot.db",
        segmenter="jieba",
    )
    refresh(settings)
    archive = open_archive(settings)
    with Store(settings.state_file) as store:
        desk = Desk(settings, store, archive)
        app = build(desk, "1:bench", request=NoServer())
        async with app:
            await app.start()
            updates = _updates(app)
            rows = []
            for number, question in enumerate(QUESTIONS * (rounds + WARM_UP)):
                alone = ask(question, archive, today=desk.today()).took_ms
                handled = await _handled(next(updates), app, desk)
                if number >= len(QUESTIONS) * WARM_UP:
                    rows.append((alone, handled))
                await asyncio.sleep(PAUSE)
            await app.stop()
    added = [handled - alone for alone, handled in rows]
    alone, handled = (median(column) for column in zip(*rows, strict=True))
    return {
        "case": "handling a question, CPU",
        "passages": archive.engine.stats.passages,
        "queries": len(rows),
        "median_ms": round(handled, 2),
        "peer": "ask() alone",
        "peer_ms": round(alone, 2),
        "ratio": round(handled / alone, 2),
        "added_ms": round(median(added), 2),
        "added_p95_ms": round(quantiles(added, n=20)[-1], 2),
    }


async def _handled(update: dict[str, Any], app: App, desk: Desk) -> float:
    """Return the CPU milliseconds, of all threads, in which one update is handled to the end."""
    parsed = Update.de_json(update, app.bot)
    began = time.process_time()
    await app.process_update(parsed)
    if desk.tasks:
        await asyncio.wait(desk.tasks)
    return (time.process_time() - began) * 1000


def _updates(app: App) -> Iterator[dict[str, Any]]:
    for number, question in enumerate(itertools.cycle(QUESTIONS), start=1):
        reader = {"id": 1000 + number, "first_name": "读者"}
        yield {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": int(time.time()),
                "chat": {**reader, "type": "private"},
                "from": {**reader, "is_bot": False, "language_code": "zh-hans"},
                "text": question,
            },
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--history", type=Path, help="append the line to this file too")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stderr(nowhere),
    ):
        set_up("json", level=logging.INFO)
        figures = asyncio.run(measure(Path(folder), given.rounds))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    line = json.dumps({"date": today, "commit": _commit(), **figures}, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    if given.history:
        with given.history.open("a", encoding="utf-8") as history:
            history.write(line + "\n")


def _commit() -> str:
    """Return the checkout's commit, "" outside of one."""
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip()


if __name__ == "__main__":
    main()
