"""
Measures `ask()` on a cluster beside the embedded engine: wall time of each question, and questions a second.

`python -m tests.bench.cluster INDEX QUESTIONS… [--count N] [--history FILE]` prints one line of JSON. The cluster is
the one that the settings name; INDEX is an embedded index of the same files. Every question is asked of both in turn,
so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.opening import location
from bot.settings import Settings
from index.answer import Answer, Archive, ask
from index.engines import open_engine
from index.engines.opensearch import client
from index.engines.opensearch.place import Cluster
from index.testset import read_testset
from index.tokens import open_segmenter

WARM_UP = 20
THREADS = (1, 2, 4, 8)


def opened(where: Path | Cluster) -> Archive:
    engine = open_engine(where)
    return Archive(engine, open_segmenter(engine.meta))


def timed(question: str, archive: Archive) -> tuple[float, str]:
    began = time.perf_counter()
    outcome = ask(question, archive)
    took = 1000 * (time.perf_counter() - began)
    return took, outcome.snippets[0].text if isinstance(outcome, Answer) else ""


def beside(questions: Sequence[str], archives: dict[str, Archive]) -> dict[str, Any]:
    """Return the milliseconds of each archive, and for how many questions the first snippets agree."""
    answers = [{name: timed(question, archive) for name, archive in archives.items()} for question in questions]
    measured = answers[WARM_UP:]
    same = sum(len({snippet for _, snippet in answer.values()}) == 1 for answer in measured)
    record: dict[str, Any] = {"queries": len(measured), "same_first_snippet": same}
    for name in archives:
        took = [answer[name][0] for answer in measured]
        record[name] = {"median_ms": round(median(took), 2), "p95_ms": round(quantiles(took, n=20)[-1], 2)}
    return record


def a_second(questions: Sequence[str], archive: Archive, threads: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda question: ask(question, archive), questions))
    return round(len(questions) / (time.perf_counter() - began), 1)


def stored(cluster: Cluster) -> float:
    """Return the megabytes of the cluster's indexes, one copy."""
    stats = client.shared(cluster).call("GET", f"{cluster.index}*/_stats/store").body
    return round(stats["_all"]["primaries"]["store"]["size_in_bytes"] / 1e6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--history", type=Path)
    arguments = parser.parse_args()
    cluster = location(Settings())
    if not isinstance(cluster, Cluster):
        parser.error("WENBAO_ENGINE_URL is not set: there is no cluster to measure")
    asked = [question.text for path in arguments.questions for question in read_testset(path).questions]
    chosen = random.Random(7).sample(asked, min(len(asked), arguments.count + WARM_UP))
    archives = {"embedded": opened(arguments.index), "cluster": opened(cluster)}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    record = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        "case": "cluster",
        "passages": archives["cluster"].engine.stats.passages,
        **beside(chosen, archives),
        "questions_a_second": {str(n): a_second(chosen[:200], archives["cluster"], n) for n in THREADS},
        "index_mb": stored(cluster),
    }
    line = json.dumps(record, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    if arguments.history:
        with arguments.history.open("a", encoding="utf-8") as history:
            history.write(line + "\n")


if __name__ == "__main__":
    main()
