"""Runs the contestants against each other: builds, then the same questions, asked in turns and one after another."""

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from index.bench import archive, peers
from index.bench.worker import OURS, Place, Reply
from index.engines import open_engine
from index.errors import ArchiveError
from index.ranking import CANDIDATES
from index.testset import TestSet, read_testset

Say = Callable[[str], None]
_STAGES = ("tokenise", "search", "read", "rank", "pick", "refuse")
_WARM_UP = 10
_PATIENCE_SECONDS = 60.0
"""What one contestant may take of a round: a slow one is asked fewer questions, and the line says how many."""


class BenchFailed(ArchiveError):
    """A contestant's process ended before it had answered."""


@dataclass(frozen=True, slots=True)
class Bench:
    """
    What to measure.

    paths     files and folders the archive is made from
    testsets  question files: their texts go into the archive, their questions are asked
    ask       the command that asks one question of the index at the end of its arguments, for cold starts
    keep      a folder that holds archives and indexes between runs; what is there is not built again
    """

    paths: Sequence[Path]
    testsets: Sequence[Path]
    peers: Sequence[str]
    questions: int
    segmenter: str
    ask: Sequence[str]
    keep: Path
    say: Say = field(default=lambda _: None)


def run(bench: Bench, sizes: Sequence[int]) -> Iterator[Reply]:
    """
    Yield one record a case, smallest archive first.

    Raises NotInstalled, NothingToIndex, MissingPath, BadQuestionFile and BenchFailed.
    """
    peers.check(bench.peers)
    testsets = [read_testset(path) for path in bench.testsets]
    for size in sorted(sizes):
        place = Place(bench.keep / f"{bench.segmenter}-{size}")
        titles = _archive(bench, place, size, testsets)
        built = {name: _built(bench, name, place) for name in (OURS, *bench.peers)}
        yield from _cases(bench, place, size, built, _questions(2 * bench.questions, testsets, titles))


def _archive(bench: Bench, place: Place, size: int, testsets: Sequence[TestSet]) -> list[str]:
    kept = place.folder / "titles.json"
    if not kept.exists():
        bench.say(f"{size:,}：拼出语料")
        place.folder.mkdir(parents=True, exist_ok=True)
        titles = archive.write(place.news, size, testsets, bench.paths)
        kept.write_text(json.dumps(titles, ensure_ascii=False), "utf-8")
    found: list[str] = json.loads(kept.read_text("utf-8"))
    return found


def _built(bench: Bench, name: str, place: Place) -> Reply:
    """Build one contestant's index unless it is kept, and return what that took."""
    kept = place.folder / f"{name}.json"
    if not kept.exists() or (name == OURS and not _opens(place)):
        bench.say(f"{place.folder.name}：{name} 建索引")
        reply = _once("build", name, place, bench.segmenter)
        if name == OURS:
            reply |= _once("tokens", name, place, bench.segmenter)
            reply["text_mb"] = round(_text_bytes(place) / 1e6, 1)
        kept.write_text(json.dumps(reply), "utf-8")
    found: Reply = json.loads(kept.read_text("utf-8"))
    return found


def _opens(place: Place) -> bool:
    """Tell whether the index that was kept is one that this version can read."""
    try:
        open_engine(place.index(OURS)).close()
    except ArchiveError:
        return False
    return True


def _text_bytes(place: Place) -> int:
    """Return the bytes of the paragraphs themselves."""
    total = 0
    for file in place.news.iterdir():
        with file.open(encoding="utf-8") as lines:
            total += sum(len(paragraph.encode()) for line in lines for paragraph in json.loads(line)["paragraphs"])
    return total


def _questions(most: int, testsets: Sequence[TestSet], titles: Sequence[str]) -> list[str]:
    """Return questions from the test sets and titles, about as many of each."""
    dice = random.Random(archive.SEED)
    asked = [question.text for testset in testsets for question in testset.questions]
    drawn = dice.sample(asked, min(len(asked), most // 2 if titles else most))
    drawn += dice.sample(titles, min(len(titles), most - len(drawn)))
    dice.shuffle(drawn)
    return drawn


def _cases(bench: Bench, place: Place, size: int, built: dict[str, Reply], questions: Sequence[str]) -> Iterator[Reply]:
    """
    Half of the questions are asked in turns: each one of everyone before the next, ours first.

    The processor's caches are full of the others' memory then. So the other half is asked of one after another.
    """
    bench.say(f"{place.folder.name}：提问 {len(questions)} 题")
    names = (OURS, *bench.peers)
    cold = {name: _cold_peer(name, place, bench.segmenter) for name in bench.peers}
    cold[OURS] = _cold_ask([*bench.ask, str(place.index(OURS))], questions[0])
    some, others = questions[::2], questions[1::2]
    with ExitStack() as opened:
        workers = {name: opened.enter_context(_worker("serve", name, place, bench.segmenter)) for name in names}
        _asked(workers, [(name, question) for question in some[:_WARM_UP] for name in names])
        turns = _asked(workers, [(name, question) for question in some for name in names])
        alone = _asked(workers, [(name, question) for name in names for question in others])
    common = _occasion() | {"passages": size, "segmenter": built[OURS]["segmenter"]}
    ours, ours_alone = _by_stage(turns[OURS]), _by_stage(alone[OURS])
    search, search_alone = (one["stages"]["search"] for one in (ours, ours_alone))
    yield (
        common | {"case": "ask"} | ours | {"alone": ours_alone} | _standing(turns[OURS], built[OURS], size, cold[OURS])
    )
    for name in bench.peers:
        theirs, theirs_alone = _times(turns[name]), _times(alone[name])
        yield common | {
            "case": "search",
            "peer": name,
            **search,
            "peer_median_ms": theirs["median_ms"],
            "ratio": _ratio(search["median_ms"], theirs["median_ms"]),
            "ratio_alone": _ratio(search_alone["median_ms"], theirs_alone["median_ms"]),
            "peer_case": theirs | {"alone": theirs_alone} | _standing(turns[name], built[name], size, cold[name]),
        }


def _asked(workers: Mapping[str, subprocess.Popen[str]], order: Iterable[tuple[str, str]]) -> dict[str, list[Reply]]:
    """
    Ask contestants questions in this order and return their replies.

    Ours is asked a question before its peers: it cuts it into words for all.
    """
    replies: dict[str, list[Reply]] = {name: [] for name in workers}
    words: dict[str, list[str]] = {}
    spent = dict.fromkeys(workers, 0.0)
    for name, question in order:
        if name != OURS and (not words[question] or spent[name] > _PATIENCE_SECONDS):
            continue
        asked = {"question": question, "words": words.get(question, []), "limit": CANDIDATES}
        reply = _exchange(workers[name], name, asked)
        if name == OURS:
            words[question] = reply["words"]
        replies[name].append(reply)
        spent[name] += reply["ms"] / 1000
    return replies


def _standing(replies: Sequence[Reply], built: Reply, size: int, cold: float) -> Reply:
    """Return what else a contestant costs: build, disk, memory after all questions, seconds to a first answer."""
    facts = {name: value for name, value in built.items() if name != "segmenter"}
    facts["passages_per_second"] = round(size / max(built["build_seconds"], 0.01))
    return facts | {
        "resident_mb": replies[-1]["resident_mb"],
        "own_mb": replies[-1]["own_mb"],
        "cold_seconds": round(cold, 2),
    }


def _cold_ask(command: Sequence[str], question: str) -> float:
    """Return the seconds from starting the command to its end, the better of two."""
    took = []
    for _ in range(2):
        began = time.perf_counter()
        subprocess.run([*command, question], capture_output=True, check=False)
        took.append(time.perf_counter() - began)
    return min(took)


def _cold_peer(name: str, place: Place, segmenter: str) -> float:
    began = time.perf_counter()
    with _worker("serve", name, place, segmenter) as worker:
        _exchange(worker, name, {"question": "", "words": ["经济", "发展"], "limit": CANDIDATES})
        return time.perf_counter() - began


def _once(job: str, name: str, place: Place, segmenter: str) -> Reply:
    with _worker(job, name, place, segmenter) as worker:
        return _exchange(worker, name, None)


def _worker(job: str, name: str, place: Place, segmenter: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "index.bench.worker", job, name, str(place.folder), segmenter]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=Path(__file__).parents[2]
    )


def _exchange(worker: subprocess.Popen[str], name: str, asked: Reply | None) -> Reply:
    assert worker.stdin is not None
    assert worker.stdout is not None
    if asked is not None:
        worker.stdin.write(json.dumps(asked, ensure_ascii=False) + "\n")
        worker.stdin.flush()
    line = worker.stdout.readline()
    if not line:
        raise BenchFailed(f"测速时 {name} 的进程中途结束了（退出码 {worker.wait()}）；它的报错在上面")
    reply: Reply = json.loads(line)
    return reply


def _by_stage(replies: Sequence[Reply]) -> Reply:
    stages = {stage: _spread([reply["stages"].get(stage, 0.0) for reply in replies]) for stage in _STAGES}
    return _times(replies) | {"stages": stages}


def _times(replies: Sequence[Reply]) -> Reply:
    return _spread([reply["ms"] for reply in replies])


def _spread(milliseconds: Sequence[float]) -> Reply:
    p50, p95, p99 = np.percentile(milliseconds, (50, 95, 99))
    return {
        "queries": len(milliseconds),
        "median_ms": round(float(p50), 3),
        "p95_ms": round(float(p95), 3),
        "p99_ms": round(float(p99), 3),
    }


def _ratio(ours: float, theirs: float) -> float:
    return round(ours / max(theirs, 0.001), 4)


def _occasion() -> Reply:
    """Return the day, and the commit where there is one."""
    git: Any = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    return {"date": dt.datetime.now(dt.UTC).date().isoformat(), "commit": git.stdout.strip()}
