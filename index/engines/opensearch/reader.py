"""The cluster engine: the committed state of an archive on a cluster, for questions."""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from index.engines.alike import DAYS, UNDATED, Term, printed_order, rare
from index.engines.opensearch import mapping
from index.engines.opensearch.client import READING, WRITING, Client, Json, Patience
from index.engines.opensearch.mapping import STATE, State
from index.errors import CorruptIndex, EngineAway, EngineRefused, IndexMismatch, NoIndex
from index.model import Candidate, IndexMeta, Passage, Query, SourceRecord, Stats, leading

log = logging.getLogger(__name__)

KINDS = ("news", "excerpt", "notice")
_MOST = 10_000
"""Documents a search can return, the servers' default."""
_PAGE = 2_000
_TOGETHER = 250
"""Terms counted in one request."""
_REMEMBERED = 500_000
_FEW_CITED = 5_000
"""So many articles with further sources are read in one request, some 1 MB, and remembered."""
_SHARD_SECONDS = "2500ms"
"""What a shard may take for a search before it returns what it has."""
_REBUILD = "请用 wenbao index --full 重建索引"
_ATTEMPTS = 3
"""
How often a question is asked while a shard does not answer, before it is answered without: a node that has just died
may take the best passages with it, and a moment later another copy has them. Among 1,375 questions while one of
three nodes was killed, one had found nothing without this; among 1,520 with it, none (2026-11).
"""
_COPIES = secrets.token_hex(4)
"""This process asks the same copies of the shards while they live: their statistics differ a little."""


@dataclass(frozen=True, slots=True)
class Opened:
    """
    One committed state; threads that began with it finish with it.

    index    the generation behind the alias
    version  sequence number and primary term of the state, for compare-and-set
    holders  by field and term, how many passages hold it: looked up once
    also     by article, its further sources: looked up once
    """

    index: str
    state: State
    version: tuple[int, int]
    holders: dict[tuple[str, str], int] = field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Gone(Exception):
    """The generation was removed: a newer one answers."""


class OpenSearchEngine:
    """The committed state of an archive on a cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._opened = open_current(client)

    @property
    def meta(self) -> IndexMeta:
        return self._opened.state.meta

    @property
    def stats(self) -> Stats:
        return self._opened.state.stats

    @property
    def generation(self) -> str:
        return self._opened.state.generation

    def search(self, query: Query, limit: int) -> list[Candidate]:
        """Frequent terms take part only when the others find less than `limit`, as in the embedded engine."""
        if limit < 1 or not query.kinds:
            return []
        weighted = [("words", *one) for one in query.words.items()] + [
            ("bigrams", *one) for one in query.bigrams.items()
        ]
        counts = self._holders([(name, text) for name, text, _ in weighted])
        terms = [Term(*one, held) for one, held in zip(weighted, counts, strict=True) if held]
        chosen = rare(terms, self._opened.state.stats.passages)
        found = self._find(chosen, query, limit)
        if len(found) < limit and len(chosen) < len(terms):
            found = self._find(terms, query, limit)
        found = found[: leading([hit["_score"] for hit in found], query.least)]
        passages = self._read([hit["_source"] for hit in found])
        return [Candidate(passage, hit["_score"]) for passage, hit in zip(passages, found, strict=True)]

    def document_frequencies(self, words: Sequence[str], bigrams: Sequence[str]) -> tuple[list[int], list[int]]:
        """Terms are counted once a generation, all that are new in one request."""
        counts = self._holders([*(("words", word) for word in words), *(("bigrams", pair) for pair in bigrams)])
        return counts[: len(words)], counts[len(words) :]

    def passage(self, passage_id: str) -> Passage | None:
        """A passage's id begins with its article's."""
        found = self._of_article(passage_id.rpartition(".")[0])
        return next((passage for passage in found if passage.citation.passage_id == passage_id), None)

    def article(self, article_id: str) -> list[Passage]:
        found = self._of_article(article_id)
        return [passage for passage in found if passage.citation.source == found[0].citation.source]

    def manifest(self) -> dict[str, SourceRecord]:
        opened = self._opened
        rows = scan(self._client, opened, {"term": {"row": "manifest"}}, "source", "record")
        return {holding.record.source: holding.record for holding in map(mapping.read_holding, rows)}

    def passages(self, source: str) -> Iterator[Passage]:
        opened = self._opened
        asked = _bool([{"term": {"row": "manifest"}}, {"term": {"source": source}}])
        for row in list(scan(self._client, opened, asked, "source", "record")):
            revision = mapping.read_holding(row).revision
            for some in scan_pages(self._client, opened, {"term": {"marks": revision}}, "nth", "row,passage"):
                yield from self._read(some)

    def issue(self, date: dt.date | None) -> list[Passage]:
        """Of the undated, only as many as make a list somebody reads."""
        passages = [{"terms": {"row": list(KINDS)}}]
        if date is None:
            asked = _bool(passages, [{"exists": {"field": "day"}}])
        else:
            asked = _bool([*passages, {"term": {"day": date.isoformat()}}])
        found = self._hits(
            asked,
            UNDATED if date is None else _MOST,
            sort=[{"place": "asc"}],
            collapse={"field": "article"},
        )
        return sorted(self._read([hit["_source"] for hit in found]), key=printed_order)

    def issue_dates(self) -> list[dt.date]:
        aggregation = {"days": {"terms": {"field": "day", "size": DAYS}}}
        found = self._ask(_bool([]), {"size": 0, "aggs": aggregation}, "aggregations.days.buckets.key_as_string")
        buckets = found.get("aggregations", {}).get("days", {}).get("buckets", ())
        return sorted(dt.date.fromisoformat(bucket["key_as_string"]) for bucket in buckets)

    def reload(self) -> None:
        newest = open_current(self._client)
        if newest.state.generation != self._opened.state.generation:
            self._opened = newest

    def close(self) -> None:
        """Nothing to give back: the process keeps one client of a cluster."""

    def _of_article(self, article_id: str) -> list[Passage]:
        asked = _bool([{"term": {"article": article_id}}, {"terms": {"row": list(KINDS)}}])
        found = self._hits(asked, _MOST, sort=[{"place": "asc"}], params={"routing": article_id}) if article_id else []
        return self._read([hit["_source"] for hit in found])

    def _find(self, terms: Sequence[Term], query: Query, limit: int) -> list[Json]:
        if not terms:
            return []
        wanted = [{"term": {term.field: {"value": term.text, "boost": term.weight}}} for term in terms]
        filters: list[Json] = []
        unwanted = [kind for kind in KINDS if kind not in query.kinds]
        # What few passages are is cheaper to leave out than what most are is to ask for.
        without = [{"terms": {"row": unwanted}}] if "news" in query.kinds and unwanted else []
        if "news" not in query.kinds:
            filters.append({"terms": {"row": list(query.kinds)}})
        if query.dates is not None:
            first, last = query.dates
            filters.append({"range": {"day": {"gte": first.isoformat(), "lte": last.isoformat()}}})
        asked = _bool(filters, without)
        asked["bool"] |= {"should": wanted, "minimum_should_match": 1}
        return self._hits(asked, limit, params={"search_type": "dfs_query_then_fetch"})

    def _holders(self, terms: Sequence[tuple[str, str]]) -> list[int]:
        """Return how many passages hold each term, a field and a text."""
        opened = self._opened
        known = opened.holders
        if len(known) > _REMEMBERED:
            known.clear()
        held = {term: count for term in terms if (count := known.get(term)) is not None}
        missing = list(dict.fromkeys(term for term in terms if term not in held))
        for at in range(0, len(missing), _TOGETHER):
            held |= self._count(missing[at : at + _TOGETHER])
        return [held[term] for term in terms]

    def _count(
        self, terms: Sequence[tuple[str, str]], attempt: int = 0, exact: bool = False
    ) -> dict[tuple[str, str], int]:
        """
        Ask for one count a term, all in one request, and remember those that every shard took part in.

        A bare term's count is at hand for the server. Where there are passages that do not count, how many of them hold
        the term is asked for apart, since those are few. So no term's passages have to be gone through.
        """
        opened, state = self._opened, self._opened.state
        exact = exact or state.hides_passages
        hidden: Json = {"bool": {"should": state.hidden()}}
        asked: list[Json] = []
        for name, text in terms:
            one: Json = {"term": {name: text}}
            asked += [one, {"bool": {"filter": [one, hidden]}}] if exact else [one]
        if not exact:
            asked.append({"bool": {"filter": [{"terms": {"row": list(KINDS)}}, hidden]}})
        settings = {"size": 0, "track_total_hits": True, "timeout": _SHARD_SECONDS}
        lines = [line for query in asked for line in ({"preference": _COPIES}, {**settings, "query": query})]
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        wanted = ["hits.total.value", "_shards.failed", "status", "timed_out"]
        params = {"filter_path": ",".join(f"responses.{name}" for name in wanted)}
        told = self._client.call("POST", f"{opened.index}/_msearch", body, params=params, expected=(404,))
        replies = told.body.get("responses", ())
        if told.status == 404 or any(reply.get("status") == 404 for reply in replies):
            self._move_on()
            return self._count(terms)
        if len(replies) != len(asked) or any(reply.get("status", 200) >= 300 for reply in replies):
            raise EngineAway(f"搜索集群 {self._client.cluster} 暂时答不全；请稍后再试")
        if attempt + 1 < _ATTEMPTS and any(reply["_shards"]["failed"] for reply in replies):
            self._client.wait(attempt)
            return self._count(terms, attempt + 1, exact)
        if not exact and replies[-1]["hits"]["total"]["value"]:
            return self._count(terms, attempt, exact=True)
        each = 2 if exact else 1
        counted = {}
        for place, term in enumerate(terms):
            counts = replies[place * each : (place + 1) * each]
            found, *unseen = [reply["hits"]["total"]["value"] for reply in counts]
            counted[term] = max(0, found - sum(unseen))
            if not any(reply.get("timed_out") or reply["_shards"]["failed"] for reply in counts):
                opened.holders[term] = counted[term]
        return counted

    def _read(self, rows: Sequence[Json]) -> list[Passage]:
        """Return the passages of these rows, their citations with the further sources of their articles."""
        articles = [row["passage"]["article"] for row in rows]
        also = self._also(set(articles)) if articles else {}
        return [mapping.read_passage(row, also.get(article, ())) for row, article in zip(rows, articles, strict=True)]

    def _also(self, articles: Set[str]) -> dict[str, tuple[str, ...]]:
        """Return further sources by article: of all articles where few have any, else of at least these."""
        opened = self._opened
        known, cited = opened.also, opened.state.cited
        if cited <= _FEW_CITED:
            if len(known) < cited:
                known |= self._cited([])
            return known
        missing = sorted(articles - known.keys())
        for some in mapping.chunks(missing, 1_000):
            known |= dict.fromkeys(some, ()) | self._cited([{"terms": {"article": list(some)}}])
        return known

    def _cited(self, filters: Sequence[Json]) -> dict[str, tuple[str, ...]]:
        found = self._hits(_bool([{"term": {"row": "also"}}, *filters]), _MOST, "article,also")
        return {hit["_source"]["article"]: tuple(hit["_source"]["also"]["sources"]) for hit in found}

    def _hits(
        self, asked: Json, limit: int, fields: str = "row,passage", params: Json | None = None, **more: object
    ) -> list[Json]:
        body = {"size": limit, "track_total_hits": False, "_source": fields.split(","), **more}
        found = self._ask(asked, body, "hits.hits._source,hits.hits._score", params)
        hits: list[Json] = found.get("hits", {}).get("hits", [])
        return hits

    def _ask(self, asked: Json, body: Json, wanted: str, params: Json | None = None) -> Json:
        """Search; a shard that does not answer is left out, and the log says so."""
        for attempt in (1, 2):
            opened = self._opened
            try:
                return _search(self._client, opened, asked, body, wanted, params or {})
            except Gone:
                if attempt == 2:
                    raise EngineAway(f"搜索集群 {self._client.cluster} 上的索引正在更换；请稍后再试") from None
                self._move_on()
        raise AssertionError

    def _move_on(self) -> None:
        """Open the newest state, when the one in use was removed."""
        before = self._opened.index
        self._opened = open_current(self._client)
        if self._opened.index == before:
            raise EngineAway(f"搜索集群 {self._client.cluster} 上的索引 {before} 暂时不可用；请稍后再试")


def open_current(client: Client, patience: Patience = READING) -> Opened:
    """
    Return the newest committed state.

    Raises NoIndex, CorruptIndex, IndexMismatch, EngineAway or EngineRefused.
    """
    return open_state(client, client.cluster.index, patience)


def open_state(client: Client, alias: str, patience: Patience) -> Opened:
    """Return the state of an index by its name, or of the one that an alias names. Raises as `open_current` does."""
    cluster = client.cluster
    reply = client.call("GET", f"{alias}/_doc/{STATE}", patience=patience, expected=(400, 404))
    if reply.status == 400:
        raise EngineRefused(f"{cluster} 这个别名对应着几个索引；请用 _aliases 只留下最新的一个")
    name = str(reply.body.get("_index", ""))
    if reply.status == 404 and ("error" in reply.body or not name):
        raise NoIndex(f"{cluster} 还没有索引；请先运行 wenbao index")
    layout = mapping.layout_of(cluster.index, name)
    if layout is None:
        raise EngineRefused(f"集群上的 {name} 不是 wenbao 建的；请另取一个 ENGINE_INDEX")
    if layout != mapping.LAYOUT:
        raise IndexMismatch(f"{cluster} 是另一个版本的程序建的索引；{_REBUILD}")
    if reply.status == 404:
        raise CorruptIndex(f"{cluster} 的索引 {name} 里没有状态；{_REBUILD}")
    state = mapping.read_state(reply.body["_source"], str(cluster))
    return Opened(name, state, (reply.body["_seq_no"], reply.body["_primary_term"]))


def scan(client: Client, opened: Opened, asked: Json, by: str, fields: str) -> Iterator[Json]:
    for rows in scan_pages(client, opened, asked, by, fields):
        yield from rows


def scan_pages(client: Client, opened: Opened, asked: Json, by: str, fields: str) -> Iterator[list[Json]]:
    """Yield every row, in the order of the field `by`, whose values differ; all of them or an error."""
    after: list[Json] = []
    body: Json = {"size": _PAGE, "track_total_hits": False, "sort": [{by: "asc"}], "_source": fields.split(",")}
    while True:
        try:
            params = {"allow_partial_search_results": "false"}
            found = _search(client, opened, asked, body, "hits.hits._source,hits.hits.sort", params, WRITING)
        except Gone:
            raise EngineAway(f"搜索集群 {client.cluster} 上的索引刚被更换；请再试一次") from None
        after = found.get("hits", {}).get("hits", [])
        if after:
            yield [hit["_source"] for hit in after]
        if len(after) < _PAGE:
            return
        body["search_after"] = after[-1]["sort"]


def _search(
    client: Client, opened: Opened, asked: Json, body: Json, wanted: str, params: Json, patience: Patience = READING
) -> Json:
    query = {"bool": {**asked["bool"]}} if "bool" in asked else {"bool": {"filter": [asked]}}
    query["bool"]["must_not"] = [*query["bool"].get("must_not", ()), *opened.state.hidden()]
    whole = params.get("allow_partial_search_results") == "false"
    limits = {} if whole else {"timeout": _SHARD_SECONDS}
    params = {"preference": _COPIES, "filter_path": f"{wanted},timed_out,_shards.failed,_shards.total", **params}
    for attempt in range(_ATTEMPTS):
        reply = client.call(
            "POST",
            f"{opened.index}/_search",
            {**body, **limits, "query": query},
            params=params,
            patience=patience,
            expected=(404,),
        )
        if reply.status == 404:
            raise Gone
        if not reply.body.get("_shards", {}).get("failed"):
            break
        if attempt + 1 < _ATTEMPTS:
            client.wait(attempt)
    if reply.body.get("timed_out") or reply.body.get("_shards", {}).get("failed"):
        log.warning("%s answers in part: %s", client.cluster, reply.body.get("_shards"))
    return reply.body


def _bool(filters: Sequence[Json], must_not: Sequence[Json] = ()) -> Json:
    return {"bool": {"filter": list(filters), "must_not": list(must_not)}}
