"""A small cluster inside the process: what the engine uses of OpenSearch's HTTP interface, and faults on demand."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable
from typing import Any

import httpx

Json = dict[str, Any]
Fault = Callable[[httpx.Request], httpx.Response | None]
"""Answers in the cluster's place, raises as a broken connection does, or returns None to let it answer."""


class SmallCluster(httpx.BaseTransport):
    """
    asked    "METHOD path" of every request that arrived, in order
    faults   asked before each request; one that answers keeps it from the cluster
    late     asked after each request, which has been carried out: the answer gets lost
    """

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Json]] = {}
        self.aliases: dict[str, str] = {}
        self.asked: list[str] = []
        self.faults: list[Fault] = []
        self.late: list[Fault] = []
        self._sequence = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.strip("/")
        self.asked.append(f"{request.method} {path}")
        for fault in self.faults:
            answer = fault(request)
            if answer is not None:
                return answer
        status, body = self._answer(request, path)
        for fault in self.late:
            answer = fault(request)
            if answer is not None:
                return answer
        return httpx.Response(status, json=body)

    def documents(self, index: str) -> dict[str, Json]:
        return self.indexes[self.aliases.get(index, index)]

    def _answer(self, request: httpx.Request, path: str) -> tuple[int, Json]:
        name, _, rest = path.partition("/")
        if path == "":
            return 200, {"version": {"distribution": "opensearch", "number": "2.19.1"}}
        if name == "_cluster":
            return 200, {"status": "green", "number_of_data_nodes": 1}
        if name == "_aliases":
            return self._switch(json.loads(request.content)["actions"])
        if rest == "_alias":
            found = [one for one in self.indexes if fnmatch.fnmatch(one, name)]
            return 200, {one: {"aliases": {a: {} for a, to in self.aliases.items() if to == one}} for one in found}
        if request.method == "PUT" and not rest:
            if name in self.indexes:
                return 400, {"error": {"type": "resource_already_exists_exception"}}
            self.indexes[name] = {}
            return 200, {}
        index = self.aliases.get(name, name)
        if index not in self.indexes:
            return 404, {"error": {"type": "index_not_found_exception"}, "status": 404}
        if request.method == "DELETE":
            del self.indexes[index]
            return 200, {}
        what, _, document = rest.partition("/")
        return getattr(self, f"_on{what}")(request, index, document)

    def _switch(self, actions: list[Json]) -> tuple[int, Json]:
        for action in actions:
            removed = action.get("remove")
            named = removed and self.aliases.get(removed["alias"]) == removed["index"]
            if removed and removed.get("must_exist") and not named:
                return 404, {"error": {"type": "aliases_not_found_exception"}}
        for action in actions:
            if "add" in action:
                self.aliases[action["add"]["alias"]] = action["add"]["index"]
        return 200, {}

    def _on_mapping(self, _: httpx.Request, index: str, __: str) -> tuple[int, Json]:
        from index.engines.opensearch.mapping import definition

        return 200, {index: {"mappings": definition(1)["mappings"]}}

    def _on_doc(self, request: httpx.Request, index: str, name: str) -> tuple[int, Json]:
        there = self.indexes[index].get(name)
        if request.method == "GET":
            return (404, {"_index": index, "found": False}) if there is None else (200, {"_index": index, **there})
        asked = request.url.params
        unlike = "if_seq_no" in asked and (there is None or asked["if_seq_no"] != str(there["_seq_no"]))
        if unlike or (asked.get("op_type") == "create" and there is not None):
            return 409, {"error": {"type": "version_conflict_engine_exception"}}
        return 200, self._put(index, name, json.loads(request.content))

    def _put(self, index: str, name: str, source: Json) -> Json:
        self._sequence += 1
        version = {"_seq_no": self._sequence, "_primary_term": 1}
        self.indexes[index][name] = {"_source": source, **version}
        return version

    def _on_bulk(self, request: httpx.Request, index: str, _: str) -> tuple[int, Json]:
        lines = [json.loads(line) for line in request.content.splitlines()]
        for action, row in zip(lines[::2], lines[1::2], strict=True):
            self._put(index, action["index"]["_id"], row)
        return 200, {"errors": False, "items": [{"index": {"status": 201}} for _ in lines[::2]]}

    def _on_refresh(self, *_: object) -> tuple[int, Json]:
        return 200, {"_shards": {"failed": 0}}

    def _on_delete_by_query(self, request: httpx.Request, index: str, _: str) -> tuple[int, Json]:
        asked = json.loads(request.content)["query"]
        documents = self.indexes[index]
        for name in [name for name, found in documents.items() if matches(asked, found["_source"])]:
            del documents[name]
        return 200, {}

    def _on_search(self, request: httpx.Request, index: str, _: str) -> tuple[int, Json]:
        asked = json.loads(request.content)
        found = [one["_source"] for one in self.indexes[index].values() if matches(asked["query"], one["_source"])]
        by = next(iter(asked["sort"][0])) if "sort" in asked else ""
        found.sort(key=lambda row: row[by] if by else -score(asked["query"], row))
        if "search_after" in asked:
            found = [row for row in found if row[by] > asked["search_after"][0]]
        hits = [{"_source": row, "_score": score(asked["query"], row), "sort": [row.get(by)]} for row in found]
        return 200, {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits[: asked["size"]]}}

    def _on_msearch(self, request: httpx.Request, index: str, _: str) -> tuple[int, Json]:
        asked = [json.loads(line) for line in request.content.splitlines()][1::2]
        counts = [sum(matches(one["query"], row["_source"]) for row in self.indexes[index].values()) for one in asked]
        replies = [{"status": 200, "_shards": {"failed": 0}, "hits": {"total": {"value": count}}} for count in counts]
        return 200, {"responses": replies}


def matches(asked: Json, row: Json) -> bool:
    [(kind, what)] = asked.items()
    if kind == "bool":
        should = what.get("should", [])
        return (
            all(matches(one, row) for one in what.get("filter", []))
            and not any(matches(one, row) for one in what.get("must_not", []))
            and (not should or any(matches(one, row) for one in should))
        )
    [(name, wanted)] = what.items()
    if kind == "exists":
        return name in row
    if kind == "range":
        value = row.get(name)
        return value is not None and all(_HOLDS[sign](value, bound) for sign, bound in wanted.items())
    wanted = wanted["value"] if isinstance(wanted, dict) else wanted
    return not set(_values(row, name)).isdisjoint(wanted if kind == "terms" else [wanted])


def score(asked: Json, row: Json) -> float:
    clauses = asked.get("bool", {}).get("should", [])
    return sum(next(iter(one["term"].values()))["boost"] for one in clauses if matches(one, row))


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lte": lambda value, bound: value <= bound,
}


def _values(row: Json, name: str) -> list[Any]:
    held = row.get(name, [])
    if isinstance(held, list):
        return held
    return held.split() if name in ("words", "bigrams") else [held]
