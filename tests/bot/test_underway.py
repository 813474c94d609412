"""Other processes see how far a re-index is, and only while it runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.opening import refresh
from bot.underway import NAME, announced, describe, under_way
from index.model import Progress, ignore_progress

from . import newspaper
from .conftest import settings_in, start

ROOT = Path(__file__).resolve().parents[2]
ANNOUNCES = (
    "import sys, time; from pathlib import Path; from bot.underway import announced; from index.model import *\n"
    "with announced(Path(sys.argv[1]), ignore_progress) as tell:\n"
    "    tell(Progress('reading', 3, 10)); print('told', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def other(tmp_path):
    """Another process that is at a re-index."""
    process = subprocess.Popen(
        [sys.executable, "-c", ANNOUNCES, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "told\n"
        yield process
        process.kill()


def test_another_process_sees_how_far_it_is(tmp_path, other):
    assert under_way(tmp_path) == Progress("reading", 3, 10)


def test_a_killed_process_leaves_nothing_that_seems_to_run(tmp_path, other):
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert (tmp_path / NAME).exists()
    assert under_way(tmp_path) is None


def test_a_second_process_does_not_speak_for_the_first(tmp_path, other):
    with announced(tmp_path, ignore_progress) as tell:
        tell(Progress("committing", 0, None))
        assert under_way(tmp_path) == Progress("reading", 3, 10)
    assert under_way(tmp_path) == Progress("reading", 3, 10)


def test_the_latest_stage_is_shown_and_nothing_afterwards(tmp_path):
    told = []
    with announced(tmp_path, told.append) as tell:
        for progress in (Progress("lexicon", 12, None), Progress("reading", 0, 7), Progress("committing", 0, None)):
            tell(progress)
            assert under_way(tmp_path) == progress
    assert len(told) == 3
    assert under_way(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_there_yet_is_no_reason_not_to_index(tmp_path):
    with announced(tmp_path / "none", ignore_progress) as tell:
        tell(Progress("listing", 0, None))
    assert not (tmp_path / "none").exists()


def test_a_reindex_is_announced_while_it_runs(tmp_path):
    newspaper.write(tmp_path / "corpus")
    seen = []
    settings = settings_in(tmp_path)
    refresh(settings, report=lambda progress: seen.append(under_way(settings.index_dir)))
    assert Progress("reading", 0, 2) in seen
    assert under_way(settings.index_dir) is None


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (None, ""),
        (Progress("listing", 0, None), "查找文件"),
        (Progress("lexicon", 1200, None), "收集词语 1,200"),
        (Progress("reading", 3, 1000), "读取 3/1,000"),
        (Progress("committing", 0, None), "写入索引"),
    ],
)
def test_it_is_told_in_one_line(progress, line):
    assert describe(progress) == line


def test_wenbao_status_tells_of_it(tmp_path, capfd, monkeypatch):
    newspaper.write(tmp_path / "corpus")
    settings = settings_in(tmp_path)
    refresh(settings)
    monkeypatch.setenv("WENBAO_INDEX_DIR", str(settings.index_dir))
    with announced(settings.index_dir, ignore_progress) as tell:
        tell(Progress("reading", 3, 10))
        cli.app(["status"], standalone_mode=False)
        assert capfd.readouterr().err == "正在重建索引：读取 3/10\n"
        cli.app(["status", "--json"], standalone_mode=False)
        assert json.loads(capfd.readouterr().out)["running"] == {"stage": "reading", "done": 3, "total": 10}
    cli.app(["status", "--json"], standalone_mode=False)
    assert json.loads(capfd.readouterr().out)["running"] is None


async def test_status_in_telegram_tells_of_the_reindex_of_another_process(folder, opened):
    room = await start(folder, opened)
    with announced(room.desk.settings.index_dir, ignore_progress) as tell:
        tell(Progress("reading", 3, 10))
        assert (await room.admin.asks("/status")).text.startswith("正在重建索引：读取 3/10\n")
    assert (await room.admin.asks("/status")).text.startswith("文章 ")
