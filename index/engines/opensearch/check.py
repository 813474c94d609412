"""Checks a cluster for what an archive needs, step by step, and says what to mend."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index.engines.opensearch import mapping
from index.engines.opensearch.client import ONCE, READING, Client
from index.engines.opensearch.reader import OpenSearchEngine, open_current
from index.engines.opensearch.writer import OpenSearchBuilder
from index.errors import ArchiveError, EngineRefused, NoIndex
from index.model import Citation, IndexedPassage, IndexMeta, Passage, Query, SourceRecord

_KNOWN = {"opensearch": ((2, 0), (4, 0)), "elasticsearch": ((7, 10), (10, 0))}
"""The versions that are meant to work: from the first, before the second."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What one step found.

    told  what is so, or what to mend
    """

    step: str
    good: bool
    told: str


def check(client: Client) -> Iterator[Finding]:
    """Yield the findings, until one that makes the rest pointless."""
    steps: tuple[tuple[str, Callable[[Client], str], bool], ...] = (
        ("版本", _version, True),
        ("健康", _health, False),
        ("档案", _archive, False),
        ("写入和查询", _round_trip, False),
    )
    for name, step, needed in steps:
        try:
            yield Finding(name, True, step(client))
        except ArchiveError as error:
            yield Finding(name, False, str(error))
            if needed:
                return


def _version(client: Client) -> str:
    body = client.call("GET", "", patience=READING).body
    version = body.get("version", {})
    kind, number = version.get("distribution", "elasticsearch"), str(version.get("number", ""))
    found = re.match(r"(\d+)\.(\d+)", number)
    if kind not in _KNOWN or found is None:
        raise EngineRefused("ENGINE_URL：那里不是 OpenSearch 或 Elasticsearch；请检查地址")
    first, before = _KNOWN[kind]
    if not first <= (int(found[1]), int(found[2])) < before:
        raise EngineRefused(f"{kind} {number} 不在支持之列；请用 OpenSearch 2.x、3.x 或 Elasticsearch 7.10 以上、8、9")
    return f"{kind} {number}"


def _health(client: Client) -> str:
    body = client.call("GET", "_cluster/health", params={"timeout": "2s"}, expected=(403, 408)).body
    status = body.get("status")
    if status is None:
        return "没有查看集群健康的权限（cluster:monitor/health），其余照常"
    if status == "red":
        raise EngineRefused("集群是红色：有主分片不可用，答案会不全；请先让它恢复（GET _cluster/allocation/explain）")
    more = "；有副本还没有地方放，坏一个节点就会缺数据" if status == "yellow" else ""
    return f"{status}，{body.get('number_of_data_nodes')} 个数据节点{more}"


def _archive(client: Client) -> str:
    try:
        opened = open_current(client)
    except NoIndex:
        return f"{client.cluster.index} 还没有索引；第一次 wenbao index 会建立它"
    found = client.call("GET", f"{opened.index}/_mapping").body[opened.index]["mappings"]
    wanted = mapping.definition(1)["mappings"]["properties"]
    missing = sorted(wanted.keys() - found.get("properties", {}).keys())
    if missing or found.get("dynamic") != "strict":
        raise EngineRefused(f"{opened.index} 的映射被改过（缺 {missing}）；请用 wenbao index --full 重建索引")
    stats = opened.state.stats
    return f"{opened.index}，{stats.articles:,} 篇 {stats.passages:,} 段"


def _round_trip(client: Client) -> str:
    """Build an index of one passage beside the archive's, ask it, and remove it."""
    cluster = replace(client.cluster, index=f"{client.cluster.index}-selfcheck-{secrets.token_hex(3)}", shards=1)
    trial = Client(cluster, transport=client.transport)
    try:
        citation = Citation("a.1", "a", "/自检.txt", 1)
        passage = Passage("自检的一段", citation, "")
        with OpenSearchBuilder(trial) as builder:
            builder.add([IndexedPassage(passage, ["自检", "一段"], ["自检"])])
            builder.keep(SourceRecord("/自检.txt", 1, 1, "0", 1, 1))
            builder.commit(IndexMeta("0", "jieba", ()))
        engine = OpenSearchEngine(trial)
        found = engine.search(Query({"自检": 1.0}, {}), 1)
        if [one.passage for one in found] != [passage] or engine.document_frequencies(["一段"], [])[0] != [1]:
            raise EngineRefused("写进去的一段没有原样查回来；请检查代理有没有改动内容")
        return "建索引、批量写入、查询、切换别名、删除都可以"
    finally:
        for name in trial.call("GET", f"{cluster.index}*/_alias", patience=ONCE, expected=(404,)).body:
            if name.startswith(cluster.index):
                trial.call("DELETE", name, patience=ONCE, expected=(404,))
        trial.close()
