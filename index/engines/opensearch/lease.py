"""The one writer's place: a document that is taken, kept and given back by compare-and-set."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from typing import Self

from index.engines.opensearch.client import BRIEFLY, ONCE, Client, Json
from index.errors import EngineAway, EngineRefused, IndexBusy

log = logging.getLogger(__name__)

SECONDS = 60.0
"""How long a writer that was killed keeps others out; the clocks of the machines must agree better than that."""

_LEASE = "lease"
_DEFINITION: Json = {
    "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
    "mappings": {"dynamic": "strict", "properties": {"lease": {"type": "object", "enabled": False}}},
}


class Lease:
    """
    Held from `take` to `give_back`, and renewed meanwhile by a thread of its own.

    Each run of a writer gets a number that no other run has, greater than all before: by it is told what a writer wrote
    that lost its lease without noticing. The state is published by compare-and-set as well, so that of two writers that
    both think they hold the lease only one can publish.
    """

    def __init__(self, client: Client, *, seconds: float = SECONDS, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._seconds = seconds
        self._clock = clock
        self._path = f"{client.cluster.index}-control"
        self._holder = secrets.token_hex(8)
        self._number = 0
        self._version = (0, 0)
        self._lock = threading.Lock()
        self._lost = False
        self._done = threading.Event()

    def take(self) -> Self:
        """Raises IndexBusy while another writer holds it."""
        there = self._look()
        if there is None:
            self._client.call("PUT", self._path, _DEFINITION, patience=ONCE, expected=(400,))
            there = self._look() or ({}, (0, 0))
        lease, self._version = there
        until, self._number = float(lease.get("until", 0.0)), int(lease.get("number", 0))
        if until > self._clock():
            raise self._busy(f"，{until - self._clock():.0f} 秒后即可")
        if not self._write(self._clock() + self._seconds):
            raise self._busy()
        threading.Thread(target=self._keep, name="wenbao-lease", daemon=True).start()
        return self

    def next_number(self, above: int) -> int:
        """Return the number of the run that begins now, greater than `above` and all before."""
        with self._lock:
            self._number = max(self._number, above) + 1
            self._must(self._write(self._clock() + self._seconds))
            return self._number

    def check(self) -> None:
        """Raises IndexBusy when another writer has taken over."""
        if self._lost:
            raise self._busy()

    def give_back(self) -> None:
        self._done.set()
        with self._lock:
            try:
                if not self._lost:
                    self._write(0.0)
            except (EngineAway, EngineRefused):
                log.warning("the lease on %s is left to run out", self._client.cluster)

    def _keep(self) -> None:
        while not self._done.wait(max(1.0, self._seconds / 4)):
            with self._lock:
                if self._done.is_set() or self._lost:
                    return
                try:
                    self._must(self._write(self._clock() + self._seconds))
                except EngineAway:
                    log.warning("the lease on %s cannot be renewed yet", self._client.cluster)
                except (EngineRefused, IndexBusy):
                    return

    def _look(self) -> tuple[Json, tuple[int, int]] | None:
        """Return the lease and its version, ({}, (0, 0)) before it was ever taken; None without an index for it."""
        reply = self._client.call("GET", f"{self._path}/_doc/{_LEASE}", patience=BRIEFLY, expected=(404,))
        if reply.status == 404:
            return None if "error" in reply.body else ({}, (0, 0))
        return dict(reply.body["_source"]["lease"]), (reply.body["_seq_no"], reply.body["_primary_term"])

    def _write(self, until: float) -> bool:
        """Write the lease if it is as we know it; an answer that got lost is looked up."""
        body: Json = {"lease": {"holder": self._holder, "until": until, "number": self._number}}
        sequence, term = self._version
        params = {"if_seq_no": str(sequence), "if_primary_term": str(term)} if term else {"op_type": "create"}
        try:
            reply = self._client.call(
                "PUT", f"{self._path}/_doc/{_LEASE}", body, params=params, patience=ONCE, expected=(409,)
            )
            if reply.status != 409:
                self._version = reply.body["_seq_no"], reply.body["_primary_term"]
                return True
        except EngineAway:
            log.info("whether the lease was written is looked up")
        there = self._look()
        if there is not None and there[0] == body["lease"]:
            self._version = there[1]
            return True
        return there is not None and there[0].get("holder") == self._holder and self._adopt(there[1], until)

    def _adopt(self, version: tuple[int, int], until: float) -> bool:
        """Write again over our own earlier lease, whose answer had been lost."""
        if version == self._version:
            raise EngineAway(f"搜索集群 {self._client.cluster} 暂时写不进；请稍后再试")
        self._version = version
        return self._write(until)

    def _must(self, written: bool) -> None:
        if not written:
            self._lost = True
            raise self._busy()

    def _busy(self, more: str = "") -> IndexBusy:
        return IndexBusy(
            f"另一个进程正在写 {self._client.cluster}；请等它结束再试（它若已中断{more or '，一分钟后即可'}）"
        )
