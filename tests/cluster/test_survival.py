"""A real cluster of three nodes, killed in the middle: nothing is lost, nothing half-done is seen, and it recovers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.engines import open_engine
from index.engines.opensearch.client import Client, shared
from index.engines.opensearch.place import Cluster
from index.engines.opensearch.writer import OpenSearchBuilder
from index.errors import ArchiveError, EngineAway, IndexBusy
from index.model import Citation, IndexedPassage, IndexMeta, Passage, Query, SourceRecord

from . import nodes

pytestmark = [pytest.mark.cluster, pytest.mark.torture]

META = IndexMeta("1:jieba-0.42.1:abc", "jieba", ())
ROOT = Path(__file__).resolve().parents[2]
ASKED = Query({"企业": 1.0}, {})


@pytest.fixture(scope="module")
def three() -> Iterator[nodes.Nodes]:
    try:
        with nodes.running(3) as started:
            yield started
    except nodes.Unavailable as error:
        if os.environ.get("CI"):
            pytest.fail(f"no OpenSearch to test against: {error}", pytrace=False)
        pytest.skip(f"no OpenSearch to test against: {error}")


@pytest.fixture
def place(three: nodes.Nodes, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A place of its own on the cluster, with all of its nodes up."""
    cluster = Cluster(tuple(three.urls), f"survival-{abs(hash(request.node.name)) % 10**8}", shards=2)
    yield cluster
    shared(cluster).close()
    three.start()
    three.wait("green")


def publish(client: Client, sources: range, words: str, *, each: int = 20) -> None:
    with OpenSearchBuilder(client, lease_seconds=6) as builder:
        for source in sources:
            add(builder, source, words, each)
        builder.commit(META)


def add(builder: OpenSearchBuilder, source: int, words: str, each: int) -> None:
    name = f"/报/{source}.txt"
    builder.add(
        IndexedPassage(
            Passage(words, Citation(f"a{source}.{n}", f"a{source}", name, n), ""), ["企业", *words.split()], ["企业"]
        )
        for n in range(each)
    )
    builder.keep(SourceRecord(name, 1, 2, "c0ffee", 1, each))


def held(cluster: Cluster) -> tuple[int, int, int]:
    """Return the sources, and the passages that say old and new, as a reader finds them."""
    engine = open_engine(cluster)
    old, new = (len(engine.search(Query({word: 1.0}, {}), 5_000)) for word in ("旧", "新"))
    return len(engine.manifest()), old, new


def wait_until_answering(cluster: Cluster, seconds: float = 90.0) -> float:
    """Return how long it took until a question is answered."""
    began = time.monotonic()
    while True:
        try:
            assert open_engine(cluster).search(ASKED, 5)
            return time.monotonic() - began
        except ArchiveError:
            assert time.monotonic() - began < seconds
            time.sleep(0.2)


def test_an_indexer_killed_during_a_bulk_leaves_the_old_state_and_the_next_one_finishes(place, tmp_path):
    publish(shared(place), range(50), "旧 闻")
    program = tmp_path / "indexer.py"
    program.write_text(
        "import sys, time\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from index.engines.opensearch import writer\n"
        "from index.engines.opensearch.client import Client\n"
        "from index.engines.opensearch.place import Cluster\n"
        "from index.engines.opensearch.writer import OpenSearchBuilder\n"
        "from index.model import Citation, IndexedPassage, Passage, SourceRecord\n"
        "writer._BULK_BYTES = 20_000\n"
        f"place = Cluster({place.hosts!r}, {place.index!r}, shards=2)\n"
        "with OpenSearchBuilder(Client(place), lease_seconds=6) as builder:\n"
        "    for source in range(5_000):\n"
        "        name = f'/报/{source}.txt'\n"
        "        builder.add(IndexedPassage(Passage('新 闻', Citation(f'a{source}.{n}', f'a{source}', name, n), ''),\n"
        "                    ['企业', '新', '闻'], ['企业']) for n in range(20))\n"
        "        builder.keep(SourceRecord(name, 1, 2, 'c0ffee', 1, 20))\n"
        "        print(source, flush=True)\n",
        "utf-8",
    )
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as indexer:
        assert indexer.stdout is not None
        for line in indexer.stdout:
            if int(line) >= 60:
                break
        indexer.send_signal(signal.SIGKILL)
    assert held(place) == (50, 1000, 0)
    with pytest.raises(IndexBusy):
        publish(shared(place), range(40, 60), "新 闻")
    time.sleep(7)
    publish(shared(place), range(40, 60), "新 闻")
    assert held(place) == (60, 800, 400)


def test_questions_are_answered_while_one_of_three_nodes_is_killed_and_comes_back(place, three):
    publish(shared(place), range(100), "旧 闻")
    three.wait("green")
    engine, stop = open_engine(place), threading.Event()
    outcomes: list[tuple[float, object]] = []

    def ask() -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                found: object = {one.passage.text for one in engine.search(ASKED, 60)}
            except EngineAway as error:
                found = error
            outcomes.append((time.monotonic() - began, found))
            time.sleep(0.02)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    three.kill(2)
    time.sleep(15)
    three.start(2)
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    refused = [found for _, found in outcomes if isinstance(found, EngineAway)]
    wrong = [found for _, found in outcomes if not isinstance(found, EngineAway) and found != {"旧 闻"}]
    slowest = max(seconds for seconds, _ in outcomes)
    sys.stderr.write(f"{len(outcomes)} questions, {len(refused)} refused, slowest {slowest:.2f} s\n")
    assert wrong == []
    assert slowest < 8
    assert len(refused) < len(outcomes) / 10
    assert held(place) == (100, 2000, 0)


def test_a_cluster_killed_whole_during_a_reindex_has_the_old_state_when_it_is_back(place, three):
    publish(shared(place), range(50), "旧 闻")
    three.wait("green")
    with OpenSearchBuilder(shared(place)) as builder:
        for source in range(30):
            add(builder, source, "新 闻", 20)
        builder._flush()
        for number in (1, 2, 3):
            three.kill(number)
        with pytest.raises(EngineAway):
            open_engine(place).search(ASKED, 5)
        three.start()
        sys.stderr.write(f"answers {wait_until_answering(place):.1f} s after its nodes were up\n")
        assert held(place) == (50, 1000, 0)
    publish(shared(place), range(40, 60), "新 闻")
    assert held(place) == (60, 800, 400)


def test_a_writer_goes_on_after_a_node_was_killed_in_the_middle(place, three):
    publish(shared(place), range(50), "旧 闻")
    three.wait("green")
    with OpenSearchBuilder(shared(place)) as builder:
        for source in range(30):
            add(builder, source, "新 闻", 20)
        builder._flush()
        three.kill(3)
        for source in range(30, 60):
            add(builder, source, "新 闻", 20)
        builder.commit(META)
    assert held(place) == (60, 0, 1200)
