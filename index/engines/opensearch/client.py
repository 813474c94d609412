"""Speaks HTTP to a cluster: hosts in turn, time limits, retries of what may be repeated, and a circuit breaker."""

from __future__ import annotations

import base64
import json
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from index.engines.opensearch.place import Cluster
from index.errors import EngineAway, EngineRefused

log = logging.getLogger(__name__)

Json = dict[str, Any]

_BUSY = 429
_TRY_ELSEWHERE = {502, 503, 504}
_RESTING_SECONDS = 10.0
"""How long a host that did not answer is asked last."""
_FAILURES, _OPEN_SECONDS = 2, 5.0
"""After so many questions in a row without an answer, those of the next seconds are refused at once, all but one."""


@dataclass(frozen=True, slots=True)
class Patience:
    """
    How long to wait, in seconds.

    read     for one answer
    total    for all attempts together
    guarded  refused at once while the circuit breaker is open
    """

    tries: int
    read: float
    total: float
    guarded: bool = False


READING = Patience(tries=3, read=4.0, total=7.0, guarded=True)
WRITING = Patience(tries=60, read=120.0, total=300.0)
BRIEFLY = Patience(tries=5, read=10.0, total=20.0)
ONCE = Patience(tries=1, read=30.0, total=30.0)
"""For what must not be done twice."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Json


class Client:
    """
    A connection to the cluster, safe to use from several threads.

    transport, clock, sleep  stand in for the network and time, in tests
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.cluster = cluster
        self.transport = transport
        self._clock, self._sleep = clock, sleep
        self._http = httpx.Client(
            verify=_verified(cluster),
            headers=_credentials(cluster),
            transport=transport,
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=60.0),
        )
        self._lock = threading.Lock()
        self._turn = random.randrange(len(cluster.hosts))
        self._resting: dict[str, float] = {}
        self._failures = 0
        self._closed_until = 0.0

    def call(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        params: Mapping[str, str] | None = None,
        patience: Patience = READING,
        expected: Iterable[int] = (),
    ) -> Reply:
        """
        Return the cluster's answer: success, or a status that is `expected`.

        Raises EngineAway when none came in time, EngineRefused when it was a refusal.
        """
        self._pass(patience)
        try:
            reply = self._persist(method, path, body, params or {}, patience)
        except EngineAway:
            self._failed(patience)
            raise
        with self._lock:
            self._failures = 0
            self._closed_until = 0.0
        if reply.status < 300 or reply.status in set(expected):
            return reply
        raise self._refusal(reply, f"{method} /{path}")

    def bulk(self, index: str, lines: bytes) -> list[Json]:
        """Return what became of each line, in order, after waiting for as long as the cluster has too much to do."""
        params = {"filter_path": "errors,items.*.status,items.*.error"}
        body = self.call("POST", f"{index}/_bulk", lines, params=params, patience=WRITING).body
        return [next(iter(item.values())) for item in body.get("items", ())]

    def wait(self, attempt: int) -> None:
        """Wait before attempt number `attempt` + 1: longer each time, at most 10 seconds, never in step with others."""
        self._sleep(random.uniform(0.5, 1.0) * min(10.0, 0.1 * 2.0**attempt))

    def close(self) -> None:
        self._http.close()

    def _persist(
        self, method: str, path: str, body: Json | bytes | None, params: Mapping[str, str], patience: Patience
    ) -> Reply:
        lines = isinstance(body, bytes)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/x-ndjson" if lines else "application/json"} if content else {}
        until = self._clock() + patience.total
        why = distrusted = ""
        attempt, refused = 0, 0
        while attempt < patience.tries and (left := until - self._clock()) > 0:
            host = self._next_host()
            try:
                answer = self._http.request(
                    method,
                    f"{host}/{path}",
                    content=content,
                    params=dict(params),
                    headers=headers,
                    timeout=httpx.Timeout(min(patience.read, left), connect=min(1.5, left)),
                )
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                why = f"{host} {_reason(error)}"
                self._rest(host)
                refused += 1
                if "certificate" in str(error).lower():
                    distrusted = f"{host}：{error}"
                if refused < len(self.cluster.hosts):
                    continue  # nothing was sent: another host may be asked even for what must not be done twice
                if distrusted:
                    raise EngineRefused(
                        f"搜索集群 {self.cluster} 的证书不可信（{distrusted}）；"
                        "若是自己签发的，请把签发者的证书（PEM）写进 WENBAO_ENGINE_CA_FILE"
                    ) from None
            except (httpx.TransportError, httpx.InvalidURL) as error:
                why = f"{host} {_reason(error)}"
                self._rest(host)
            else:
                if answer.status_code == _BUSY:
                    why = f"{host} 太忙（429）"
                elif answer.status_code in _TRY_ELSEWHERE:
                    why = f"{host} 答复 {answer.status_code}{_told(_parsed(answer))}"
                    self._rest(host)
                else:
                    return Reply(answer.status_code, _parsed(answer))
            attempt += 1
            log.debug("attempt %d: %s", attempt, why)
            if attempt < patience.tries:
                self.wait(attempt - 1)
        raise EngineAway(f"搜索集群 {self.cluster} 暂时没有答复（{why}）；请稍后再试，或检查集群和 ENGINE_URL")

    def _next_host(self) -> str:
        """Return the next host in turn, one that is not resting if there is one."""
        hosts, now = self.cluster.hosts, self._clock()
        with self._lock:
            self._turn += 1
            turned = [hosts[(self._turn + place) % len(hosts)] for place in range(len(hosts))]
            return min(turned, key=lambda host: max(0.0, self._resting.get(host, 0.0) - now))

    def _rest(self, host: str) -> None:
        with self._lock:
            self._resting[host] = self._clock() + _RESTING_SECONDS

    def _pass(self, patience: Patience) -> None:
        """Refuse at once while the breaker is open; when its time is over, let one caller try."""
        if not patience.guarded:
            return
        with self._lock:
            if self._failures < _FAILURES:
                return
            now = self._clock()
            if now >= self._closed_until:
                self._closed_until = now + _OPEN_SECONDS
                return
        raise EngineAway(f"搜索集群 {self.cluster} 暂时没有答复；几秒后会自动再试")

    def _failed(self, patience: Patience) -> None:
        if patience.guarded:
            with self._lock:
                self._failures += 1
                self._closed_until = self._clock() + _OPEN_SECONDS

    def _refusal(self, reply: Reply, asked: str) -> EngineRefused:
        if reply.status == 401:
            return EngineRefused(
                f"搜索集群 {self.cluster} 不认这个身份（401）；请检查 ENGINE_USER、ENGINE_PASSWORD 或 ENGINE_API_KEY"
            )
        told = _told(reply.body)
        if reply.status == 403:
            return EngineRefused(
                f"搜索集群 {self.cluster} 不允许 {asked}（403{told}）；请给这个用户 {self.cluster.index}* 的权限"
            )
        return EngineRefused(
            f"搜索集群 {self.cluster} 拒绝了 {asked}（{reply.status}{told}）；请用 wenbao selfcheck 检查"
        )


@lru_cache(8)
def shared(cluster: Cluster) -> Client:
    """Return this process's one client of a cluster: connections and the circuit breaker outlive every re-opening."""
    return Client(cluster)


def _verified(cluster: Cluster) -> ssl.SSLContext | bool:
    if not any(host.startswith("https:") for host in cluster.hosts):
        return False
    if cluster.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(cluster.ca_file))
    except OSError as error:
        reason = error.strerror or error
        raise EngineRefused(f"ENGINE_CA_FILE：用不了 {cluster.ca_file}（{reason}）；应是 PEM 格式的证书") from None


def _credentials(cluster: Cluster) -> dict[str, str]:
    if cluster.api_key:
        key = cluster.api_key
        return {"Authorization": "ApiKey " + (base64.b64encode(key.encode()).decode() if ":" in key else key)}
    if cluster.user:
        pair = f"{cluster.user}:{cluster.password}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    return {}


def _parsed(answer: httpx.Response) -> Json:
    try:
        body = answer.json() if answer.content else {}
    except ValueError:
        if answer.is_success:
            raise EngineRefused(
                "ENGINE_URL：那里答复的不是 JSON；请检查地址是不是 OpenSearch 或 Elasticsearch"
            ) from None
        return {}
    return body if isinstance(body, dict) else {"entries": body}


def _told(body: Json) -> str:
    """Return what the cluster said of an error, shortened: "，index_not_found_exception: no such index"."""
    error = body.get("error")
    if isinstance(error, dict):
        cause = (error.get("root_cause") or [error])[0] if isinstance(error.get("root_cause"), list) else error
        error = f"{cause.get('type', '')}: {cause.get('reason', '')}"
    text = " ".join(str(error or "").split())
    return f"，{text[:200]}" if text else ""


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout | httpx.ReadTimeout | httpx.TimeoutException):
        return "超时"
    if isinstance(error, httpx.ConnectError):
        return f"连不上：{error}" if "ssl" in str(error).lower() else "连不上"
    return f"断开：{type(error).__name__}"
