"""One contestant in a process of its own: builds its index or answers questions, one JSON object a line."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

Reply = dict[str, Any]
OURS = "wenbao"


@dataclass(frozen=True, slots=True)
class Place:
    """One archive's folder and what lies in it."""

    folder: Path

    @property
    def news(self) -> Path:
        return self.folder / "news"

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens.txt"

    def index(self, name: str) -> Path:
        return self.folder / name


def build(name: str, place: Place, segmenter: Literal["jieba", "rjieba"]) -> Reply:
    began, cpu = time.perf_counter(), time.process_time()
    if name == OURS:
        from index.reindex import run

        run([place.news], place.index(name), full=True, segmenter=segmenter)
    else:
        from index.bench.peers import PEERS

        PEERS[name].build(place.tokens, place.index(name))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "build_seconds": round(time.perf_counter() - began, 2),
        "build_cpu_seconds": round(time.process_time() - cpu + children.ru_utime + children.ru_stime, 2),
        "build_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "index_mb": round(sum(file.stat().st_size for file in place.index(name).rglob("*") if file.is_file()) / 1e6, 1),
    }


def write_tokens(place: Place) -> Reply:
    """Write the words of every passage in our index, one passage a line: what the peers index, who have no bigrams."""
    from index.engines import cache_dir, open_engine
    from index.normalize import fold
    from index.tokens import every_word, open_segmenter, unpack

    engine = open_engine(place.index(OURS))
    segmenter = open_segmenter(engine.meta, cache_dir=cache_dir(place.index(OURS)))
    with place.tokens.open("w", encoding="utf-8", newline="\n") as lines:
        for source in sorted(engine.manifest()):
            for passage in engine.passages(source):
                lines.write(" ".join(every_word(unpack(fold(passage.text), passage.cut), segmenter)) + "\n")
    return {"segmenter": engine.meta.segmenter}


def serve(name: str, place: Place) -> None:
    """Answer questions from standard input until it ends."""
    with ExitStack() as opened:
        respond = _ours(place, opened) if name == OURS else _peer(name, place)
        for line in sys.stdin:
            asked = json.loads(line)
            _say(respond(asked) | _resident())


def _ours(place: Place, opened: ExitStack) -> Callable[[Reply], Reply]:
    from index.answer import Archive, ask
    from index.bench.stages import watched
    from index.engines import cache_dir, open_engine
    from index.question import read_question
    from index.tokens import open_segmenter

    engine = open_engine(place.index(OURS))
    archive = Archive(engine, open_segmenter(engine.meta, cache_dir=cache_dir(place.index(OURS))))
    clock = opened.enter_context(watched(archive))

    def respond(asked: Reply) -> Reply:
        question = asked["question"]
        clock.start()
        began = time.process_time()
        ask(question, archive, k=5)
        took = (time.process_time() - began) * 1000
        stages = dict(clock.spent)
        return {"ms": took, "stages": stages, "words": list(read_question(question, archive.segmenter).words)}

    return respond


def _peer(name: str, place: Place) -> Callable[[Reply], Reply]:
    from index.bench.peers import PEERS

    search = PEERS[name].load(place.tokens, place.index(name))

    def respond(asked: Reply) -> Reply:
        began = time.process_time()
        found = search(asked["words"], asked["limit"])
        return {"ms": (time.process_time() - began) * 1000, "found": len(found)}

    return respond


def _resident() -> Reply:
    """Return the memory of this process: all of it, and what is its own rather than the index's mapped files."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return {"resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1), "own_mb": None}
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in status.split("\n"))
                 if name in ("VmRSS", "RssAnon")}  # fmt: skip
    return {"resident_mb": round(kilobytes["VmRSS"] / 1024, 1), "own_mb": round(kilobytes["RssAnon"] / 1024, 1)}


def _say(reply: Reply) -> None:
    sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(job: str, name: str, folder: str, segmenter: str) -> None:
    place = Place(Path(folder))
    if job == "build":
        _say(build(name, place, cast(Literal["jieba", "rjieba"], segmenter)))
    elif job == "tokens":
        _say(write_tokens(place))
    else:
        serve(name, place)


if __name__ == "__main__":
    main(*sys.argv[1:])
