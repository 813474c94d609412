"""Killed at any moment, an index opens, holds a committed state and answers; nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.engines import open_builder, open_engine
from index.errors import IndexWriteFailed, NoIndex
from index.model import Query
from index.reindex import run

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = [
    pytest.param(10, marks=pytest.mark.slow, id="ten times"),
    pytest.param(int(os.environ.get("WENBAO_TEST_KILLS", "100")), marks=pytest.mark.torture, id="many times"),
]
FILES = 12

NURSERY = """
import os, sys, time
from pathlib import Path
from index import reindex
from index.engines import open_engine
from index.model import Query
from index.tokens import Segmenter
reindex.CHECK_IN_SECONDS = 0.0
corpus, location = map(Path, sys.argv[1:])
Segmenter("jieba")

def write(full):
    reindex.run([corpus], location, full=full, segmenter="jieba")

def read():
    engine = open_engine(location)
    for _ in range(10_000):
        engine.reload()
        assert engine.search(Query({}, {"新闻": 1.0}), 5)

for line in sys.stdin:
    job = line.strip()
    child = os.fork()
    if child == 0:
        try:
            read() if job == "reload" else write(job == "full")
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(status, flush=True)
"""
"""Forks a process for every job, with the dictionary loaded before: a start takes milliseconds."""


class Nursery:
    """Starts jobs on one index, each in a process of its own, and kills them."""

    def __init__(self, corpus: Path, location: Path) -> None:
        command = [sys.executable, "-c", NURSERY, str(corpus), str(location)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )

    def run(self, job: str, seconds: float | None = None) -> int:
        """Let `job` run, for so long at most, and return its exit code, -9 when it was killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(job + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline())

    def close(self) -> str:
        return self.process.communicate()[1]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(FILES):
        write(folder, number, 0)
    return folder


def write(corpus: Path, number: int, edition: int) -> None:
    """Write one source, every article of which says its edition."""
    articles = [
        {
            "title": f"第{number}版",
            "paragraphs": [f"新闻第{number}版第{at}条，版本{edition}号。" for at in range(first, first + 3)],
        }
        for first in range(0, 30, 3)
    ]
    text = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    (corpus / f"{number:02}.jsonl").write_text(text, "utf-8")


@pytest.fixture
def location(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def nursery(corpus: Path, location: Path) -> Iterator[Nursery]:
    started = Nursery(corpus, location)
    yield started
    complaints = started.close()
    assert complaints == ""


def duration(nursery: Nursery, job: str) -> float:
    began = time.monotonic()
    assert nursery.run(job) == 0
    return time.monotonic() - began


def editions(location: Path) -> set[int]:
    """Return the editions the index holds, after checking that it is whole."""
    engine = open_engine(location)
    manifest = engine.manifest()
    assert len(manifest) == FILES
    found = set()
    for source, record in manifest.items():
        passages = list(engine.passages(source))
        assert len(passages) == record.passages == 30
        found |= {int(passage.text.partition("版本")[2].partition("号")[0]) for passage in passages}
    assert engine.stats.passages == FILES * 30
    assert engine.document_frequencies([], ["新闻"])[1] == [FILES * 30]
    assert len(engine.search(Query({}, {"新闻": 1.0}), 1_000)) == FILES * 30
    return found


def publish(corpus: Path, edition: int) -> None:
    for number in range(FILES):
        write(corpus, number, edition)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("job", ["incremental", "full"])
def test_killed_while_it_replaces_an_edition_the_index_holds_the_old_one_or_the_new(
    corpus, location, nursery, job, rounds
):
    assert nursery.run("incremental") == 0
    publish(corpus, 1)
    whole = duration(nursery, job)
    assert editions(location) == {1}
    dice, held = random.Random(7), 1
    for edition in range(2, rounds + 2):
        publish(corpus, edition)
        code = nursery.run(job, dice.uniform(0, whole))
        assert code in (0, -signal.SIGKILL)
        found = editions(location)
        assert found == {edition} if code == 0 else found in ({held}, {edition})
        (held,) = found
    assert nursery.run(job) == 0
    assert editions(location) == {rounds + 1}
    assert len([entry for entry in location.iterdir() if entry.name.startswith("g")]) == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_killed_while_it_is_first_built_it_is_not_there_or_whole_and_goes_on_where_it_was(
    corpus, location, nursery, rounds
):
    whole = duration(nursery, "incremental")
    dice, resumed = random.Random(7), 0
    for _ in range(rounds):
        for entry in sorted(location.rglob("*"), reverse=True):
            entry.rmdir() if entry.is_dir() else entry.unlink()
        for share in (1.0, 0.5):
            nursery.run("incremental", dice.uniform(0, whole * share))
            try:
                assert editions(location) == {0}
            except NoIndex:
                if location.exists():
                    with open_builder(location) as builder:
                        resumed += bool(builder.manifest())
        assert nursery.run("incremental") == 0
        assert editions(location) == {0}
    assert resumed


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_reader_killed_while_it_reloads_leaves_the_index_as_it_was(corpus, location, nursery, rounds):
    assert nursery.run("incremental") == 0
    dice = random.Random(7)
    for edition in range(1, rounds + 1):
        assert nursery.run("reload", dice.uniform(0.01, 0.2)) == -signal.SIGKILL
        write(corpus, 0, edition)
        assert nursery.run("incremental") == 0
        assert editions(location) == {0, edition}


def test_locks_left_behind_by_a_machine_that_went_down_hinder_nobody(corpus, location):
    run([corpus], location, segmenter="jieba")
    (generation,) = [entry for entry in location.iterdir() if entry.name.startswith("g")]
    for lock in (location / "writing.lock", generation / ".tantivy-writer.lock", generation / ".tantivy-meta.lock"):
        lock.write_text("4711")
    write(corpus, 0, 5)
    assert run([corpus], location, segmenter="jieba").changed == 1
    assert editions(location) == {0, 5}


def test_a_list_of_deleted_rows_that_was_never_committed_hinders_nobody(corpus, location, tmp_path):
    run([corpus], location, segmenter="jieba")
    twin = tmp_path / "twin"
    shutil.copytree(location, twin)
    write(corpus, 0, 5)
    run([corpus], twin, segmenter="jieba")
    (ours,), (theirs,) = (list(place.glob("g*")) for place in (location, twin))
    left = [shutil.copy(entry, ours) for entry in theirs.glob("*.del")]
    assert left
    assert run([corpus], location, segmenter="jieba").changed == 1
    assert editions(location) == {0, 5}


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
@pytest.mark.parametrize("trouble", ["full disk", "read-only"])
def test_a_disk_that_takes_nothing_more_is_named_and_the_old_state_answers(tmp_path, corpus, trouble, full):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "none", disk], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        run([corpus], disk / "index", segmenter="rjieba" if _rust() else "jieba")
        publish(corpus, 1)
        if trouble == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        else:
            write_much(corpus)
        with pytest.raises(IndexWriteFailed, match="权限"):
            run([corpus], disk / "index", full=full)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert editions(disk / "index") == {0}
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _rust() -> bool:
    return importlib.util.find_spec("rjieba") is not None


def write_much(corpus: Path) -> None:
    dice = random.Random(7)
    with (corpus / "99.jsonl").open("w", encoding="utf-8") as lines:
        for _ in range(3_000):
            text = "".join(chr(dice.randrange(0x4E00, 0x9F00)) for _ in range(200))
            lines.write(json.dumps({"paragraphs": [text]}, ensure_ascii=False) + "\n")
