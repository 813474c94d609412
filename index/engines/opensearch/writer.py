"""The cluster engine's writer."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Self

from index.engines.alike import Added, statistics
from index.engines.opensearch import mapping
from index.engines.opensearch.client import ONCE, WRITING, Client, Json
from index.engines.opensearch.lease import SECONDS, Lease
from index.engines.opensearch.mapping import PASSAGES, STATE, Holding, State
from index.engines.opensearch.reader import Opened, open_current, open_state, scan
from index.errors import (
    ArchiveError,
    CorruptIndex,
    EngineAway,
    EngineRefused,
    IndexBusy,
    IndexMismatch,
    IndexWriteFailed,
    NoIndex,
)
from index.model import IndexedPassage, IndexMeta, SourceRecord

log = logging.getLogger(__name__)

_BULK_BYTES = 4_000_000
_BULK_TRIES = 30
"""A cluster that has too much to do is waited for: about four minutes in all."""
_PUBLISHING_TRIES = 5
_GRACE = dt.timedelta(minutes=5)
"""What a commit replaced is deleted by a later run, when no reader can be at the state before any more."""
_MOST_DEAD = 10_000
"""Marks a state carries at most; when a commit replaces more, they are deleted at once."""
_ONE_DELETION = 1_000


class OpenSearchBuilder:
    """
    The writer of an archive on a cluster.

    Documents lie in the index before they count: the state document says which do, and writing it, by compare-and-set,
    is the commit. A first or full build goes into an index of its own, and its commit is the switch of the alias.

    opened    the state that is being added to: committed, or checked in of a first build
    replaced  the committed state that a full build takes the place of
    fresh     the index that the alias does not name yet
    """

    def __init__(self, client: Client, *, lease_seconds: float = SECONDS) -> None:
        self._client = client
        self._lease_seconds = lease_seconds
        self._lease: Lease | None = None
        self._opened: Opened | None = None
        self._replaced: Opened | None = None
        self._holdings: dict[str, Holding] | None = None
        self._fresh = ""
        self._run = _Run()
        self._added = Added("")

    def __enter__(self) -> Self:
        self._lease = Lease(self._client, seconds=self._lease_seconds).take()
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            with contextlib.suppress(ArchiveError):
                self._roll_back()
        finally:
            if self._lease is not None:
                self._lease.give_back()
                self._lease = None

    @property
    def meta(self) -> IndexMeta | None:
        self._held()
        return self._opened.state.meta if self._opened else None

    @property
    def unfinished(self) -> bool:
        self._held()
        return bool(self._fresh) and self._opened is not None

    def checkpoint(self, meta: IndexMeta) -> None:
        self._held()
        if self._fresh and self._replaced is None and not self._added.passages:
            self._write_state(meta)

    def manifest(self) -> dict[str, SourceRecord]:
        return {source: holding.record for source, holding in self._held().items()}

    def clear(self) -> None:
        self._roll_back()
        self._replaced = self._opened = None
        with contextlib.suppress(NoIndex, CorruptIndex, IndexMismatch):
            self._replaced = open_current(self._client, WRITING)
        for name in self._remove_generations(self._replaced):
            self._client.call("DELETE", name, patience=WRITING, expected=(404,))
        self._start_afresh()

    def add(self, passages: Iterable[IndexedPassage]) -> None:
        self._begin()
        added = self._added
        for indexed in passages:
            row = mapping.write_passage(indexed, added.revision) | {"nth": added.passages}
            self._put(row, f"{added.revision}.{added.passages}", indexed.passage.citation.article_id)
            added.count(indexed)

    def keep(self, record: SourceRecord, printings: bytes = b"") -> None:
        self.delete(record.source)
        self._begin()
        added, self._added = self._added, Added(self._run.mark(PASSAGES))
        holding = Holding(record, "", added.revision, added.words, added.bigrams, added.first, added.last)
        self._held()[record.source] = holding
        self._put_printings(holding, printings)
        self._run.changed.add(record.source)

    def drop(self) -> None:
        if self._added.passages:
            self._run.dead.append(self._added.revision)
            self._added = Added(self._run.mark(PASSAGES))

    def touch(self, record: SourceRecord, printings: bytes | None = None) -> None:
        self._begin()
        holding = self._held()[record.source]
        holding.record = record
        if printings is not None:
            self._bury(holding.printings)
            self._put_printings(holding, printings)
        self._run.changed.add(record.source)

    def withdraw(self, source: str, article_id: str, words: int, bigrams: int) -> None:
        self._begin()
        holding = self._held()[source]
        self._bury(mapping.article_mark(holding.revision, article_id))
        holding.words -= words
        holding.bigrams -= bigrams
        self._run.changed.add(source)

    def cite(self, source: str, article_id: str, also: Sequence[str]) -> None:
        self._begin()
        holding = self._held()[source]
        self._bury(holding.also.pop(article_id, ""))
        if also:
            mark = holding.also[article_id] = self._run.mark()
            self._put(mapping.write_also(article_id, mark, also), mark, article_id)
        self._run.changed.add(source)

    def printings(self) -> Iterator[tuple[str, bytes]]:
        self._held()
        if self._opened is not None:
            rows = scan(self._client, self._opened, {"term": {"row": "printings"}}, "source", "source,printings")
            yield from map(mapping.read_printings, rows)

    def delete(self, source: str) -> None:
        self._begin()
        holding = self._held().pop(source, None)
        if holding is not None:
            self._run.dead += holding.marks()
            self._run.changed.discard(source)

    def commit(self, meta: IndexMeta) -> None:
        state = self._write_state(meta)
        assert self._opened is not None
        if self._fresh:
            self._switch(self._fresh, self._replaced)
            self._fresh, self._replaced = "", None
        if len(state.dead) > _MOST_DEAD:
            self._bury_at_once(self._opened)

    def _write_state(self, meta: IndexMeta) -> State:
        """Let what was written so far count, in its index; a run begins anew."""
        self._begin()
        holdings = self._held()
        for source in sorted(self._run.changed):
            self._put_holding(holdings[source])
        self._flush()
        self._refresh()
        run = self._run
        state = State(
            meta,
            statistics(holdings.values()),
            secrets.token_hex(8),
            run.number,
            run.abandoned,
            tuple(dict.fromkeys([*run.carried, *run.dead])),
            sum(len(holding.also) for holding in holdings.values()),
        )
        self._publish(run.index, state)
        return state

    def _held(self) -> dict[str, Holding]:
        if self._holdings is None:
            self._holdings = {}
            with contextlib.suppress(NoIndex):
                self._opened = open_current(self._client, WRITING)
            there = self._remove_generations(self._opened)
            if self._opened is None:
                self._resume(there)
            if self._opened is not None:
                rows = scan(self._client, self._opened, {"term": {"row": "manifest"}}, "source", "record")
                self._holdings = {held.record.source: held for held in map(mapping.read_holding, rows)}
        return self._holdings

    def _resume(self, there: Sequence[str]) -> None:
        """Take up a first build that was cut short where it was last checked in, and remove the others."""
        for name in there:
            if self._opened is None:
                with contextlib.suppress(NoIndex, CorruptIndex):
                    self._opened = open_state(self._client, name, WRITING)
                    self._fresh = name
                    continue
            self._client.call("DELETE", name, patience=WRITING, expected=(404,))

    def _begin(self) -> None:
        """Start the run of this writer, when the first thing is written."""
        if self._lease is not None:
            self._lease.check()
        if self._run.number:
            return
        self._held()
        if self._opened is None:
            self._start_afresh()
            return
        self._start(self._opened.index, self._opened.state.epoch)
        state = self._opened.state
        missed = [(state.epoch + 1, self._run.number - 1)] if state.epoch + 1 < self._run.number else []
        if dt.datetime.now(dt.UTC) - state.stats.committed_at > _GRACE:
            self._delete_dead(state.dead)
            forgotten = [*state.abandoned, *missed]
        else:
            self._run.carried = state.dead
            forgotten, missed = missed, [*state.abandoned, *missed]
        for first, last in forgotten:
            self._delete_by({"range": {"born": {"gte": first, "lte": last}}})
        self._run.abandoned = tuple(missed)

    def _start(self, index: str, above: int) -> None:
        assert self._lease is not None
        self._run = _Run(index, self._lease.next_number(above))
        self._added = Added(self._run.mark(PASSAGES))

    def _start_afresh(self) -> None:
        cluster = self._client.cluster
        self._fresh = mapping.new_name(cluster.index)
        self._client.call(
            "PUT", self._fresh, mapping.definition(cluster.shards), params={"timeout": "60s"}, patience=ONCE
        )
        self._holdings = {}
        self._start(self._fresh, 0)

    def _put(self, row: Json, name: str, routing: str = "") -> None:
        action: Json = {"_id": name, "routing": routing} if routing else {"_id": name}
        row["born"] = self._run.number
        lines = json.dumps({"index": action}) + "\n" + json.dumps(row, ensure_ascii=False) + "\n"
        self._run.waiting.append(lines.encode())
        self._run.bytes += len(self._run.waiting[-1])
        if self._run.bytes >= _BULK_BYTES:
            self._flush()

    def _put_holding(self, holding: Holding) -> None:
        self._bury(holding.mark)
        holding.mark = self._run.mark()
        self._put(mapping.write_holding(holding), holding.mark)

    def _put_printings(self, holding: Holding, printings: bytes) -> None:
        holding.printings = self._run.mark() if printings else ""
        if printings:
            row = mapping.write_printings(holding.record.source, holding.printings, printings)
            self._put(row, holding.printings)

    def _bury(self, mark: str) -> None:
        if mark:
            self._run.dead.append(mark)

    def _flush(self) -> None:
        """
        Send what is waiting. What the cluster had no room for is sent again, it alone.

        Each document has a name of its own: to send one twice is to have it once. Raises IndexWriteFailed.
        """
        waiting, self._run.waiting, self._run.bytes = self._run.waiting, [], 0
        for attempt in range(_BULK_TRIES):
            if not waiting:
                return
            if self._lease is not None:
                self._lease.check()
            told = self._client.bulk(self._run.index, b"".join(waiting))
            if len(told) != len(waiting):
                raise IndexWriteFailed(
                    f"搜索集群 {self._client.cluster} 对批量写入的答复不完整；请重新运行 wenbao index"
                )
            refused = [one for one in told if one["status"] >= 400 and one["status"] not in (429, 502, 503, 504)]
            if refused:
                raise self._not_written(refused)
            waiting = [lines for lines, one in zip(waiting, told, strict=True) if one["status"] >= 400]
            if waiting:
                log.info("%s has no room for %d documents yet", self._client.cluster, len(waiting))
                self._client.wait(attempt)
        raise IndexWriteFailed(f"搜索集群 {self._client.cluster} 一直太忙；请稍后重新运行，原有的索引不受影响")

    def _not_written(self, refused: Sequence[Json]) -> IndexWriteFailed:
        reasons: dict[str, int] = {}
        for one in refused:
            error = one.get("error") or {}
            told = f"{error.get('type', one['status'])}: {error.get('reason', '')}"[:160]
            reasons[told] = reasons.get(told, 0) + 1
        told = "；".join(f"{reason}（{count} 条）" for reason, count in list(reasons.items())[:3])
        return IndexWriteFailed(
            f"写不进搜索集群 {self._client.cluster}：{told}；请检查磁盘空间和索引的只读标记，原有的索引不受影响"
        )

    def _refresh(self) -> None:
        reply = self._client.call("POST", f"{self._run.index}/_refresh", patience=WRITING)
        if reply.body.get("_shards", {}).get("failed"):
            raise IndexWriteFailed(f"搜索集群 {self._client.cluster} 有分片不可用，不能提交；请等它恢复后重新运行")

    def _publish(self, index: str, state: State) -> None:
        """Write the state, by compare-and-set; while no answer comes, it is looked up whether it was written."""
        if self._lease is not None:
            self._lease.check()
        before = self._opened.version if self._opened is not None else None
        expected = {"op_type": "create"}
        if before is not None:
            expected = {"if_seq_no": str(before[0]), "if_primary_term": str(before[1])}
        path, body = f"{index}/_doc/{STATE}", mapping.write_state(state)
        for attempt in range(_PUBLISHING_TRIES):
            with contextlib.suppress(EngineAway):
                self._client.call("PUT", path, body, params=expected, patience=ONCE, expected=(409,))
            there = self._state_of(index)
            if there is not None and there.state.generation == state.generation and there.version != before:
                self._opened, self._run = there, _Run()
                return
            if (there.version if there else None) != before:
                raise self._overtaken()
            self._client.wait(attempt)
        raise IndexWriteFailed(f"搜索集群 {self._client.cluster} 一直没能写入状态；请稍后重新运行，原有的索引不受影响")

    def _state_of(self, index: str) -> Opened | None:
        try:
            return open_state(self._client, index, WRITING)
        except (NoIndex, CorruptIndex):
            return None

    def _switch(self, index: str, before: Opened | None) -> None:
        """Let the alias name the new index and not the old one, in one step; fails if another had replaced the old."""
        alias = self._client.cluster.index
        actions: list[Json] = [{"add": {"index": index, "alias": alias}}]
        if before is not None:
            actions.insert(0, {"remove": {"index": before.index, "alias": alias, "must_exist": True}})
        for attempt in range(_PUBLISHING_TRIES):
            try:
                self._client.call("POST", "_aliases", {"actions": actions}, patience=ONCE)
            except EngineAway:
                pass
            except EngineRefused as refused:
                if "must_exist" not in str(refused):
                    raise
                # Unknown to Elasticsearch before 7.11, OpenSearch before 2.12: what is found below has to do.
                del actions[0]["remove"]["must_exist"]
            there = self._state_of(alias)
            if there is not None and there.index == index:
                return
            if (there.index if there else "") != (before.index if before else ""):
                raise self._overtaken()
            self._client.wait(attempt)
        raise IndexWriteFailed(f"搜索集群 {self._client.cluster} 没能切换别名；请稍后重新运行，原有的索引不受影响")

    def _overtaken(self) -> IndexBusy:
        return IndexBusy(f"另一个进程改动了 {self._client.cluster}；这次的结果没有提交，请重新运行")

    def _delete_by(self, asked: Json) -> None:
        params = {"conflicts": "proceed", "refresh": "true"}
        self._client.call("POST", f"{self._run.index}/_refresh", patience=WRITING)
        self._client.call(
            "POST", f"{self._run.index}/_delete_by_query", {"query": asked}, params=params, patience=WRITING
        )

    def _delete_dead(self, dead: Sequence[str]) -> None:
        for some in mapping.chunks(dead, _ONE_DELETION):
            self._delete_by({"terms": {"marks": list(some)}})

    def _bury_at_once(self, opened: Opened) -> None:
        self._start(opened.index, opened.state.epoch)
        self._delete_dead(opened.state.dead)
        self._publish(opened.index, replace(opened.state, dead=(), epoch=self._run.number))

    def _remove_generations(self, current: Opened | None) -> list[str]:
        """
        Remove what killed writers left, and what a full rebuild replaced, when no reader can be at it any more.

        Without a current one they are left and returned: one may be a first build to be taken up.
        """
        index = self._client.cluster.index
        if current is not None and dt.datetime.now(dt.UTC) - current.state.stats.committed_at < _GRACE:
            return []
        there = self._client.call("GET", f"{index}-g*/_alias", patience=WRITING, expected=(404,)).body
        loose = [
            name
            for name, told in there.items()
            if mapping.layout_of(index, name) is not None and not told.get("aliases")
        ]
        if current is None:
            return loose
        for name in loose:
            self._client.call("DELETE", name, patience=WRITING, expected=(404,))
        return []

    def _roll_back(self) -> None:
        """Forget what is not committed, nor checked in."""
        run, self._run = self._run, _Run()
        fresh, self._fresh = self._fresh, ""
        opened, self._opened = self._opened, None
        self._holdings = None
        if fresh and opened is None:
            self._client.call("DELETE", fresh, patience=WRITING, expected=(404,))
        elif run.number:
            self._run = _Run(run.index, run.number)
            self._delete_by({"term": {"born": run.number}})
            self._run = _Run()


class _Run:
    """
    What this writer has done since it began or last committed.

    number     greater than that of every run before; 0 when nothing was written yet
    abandoned  runs that never committed; their documents, should any turn up late, do not count
    carried    dead marks of earlier commits that are not deleted yet
    dead       marks of what this run replaces
    changed    sources whose manifest line is to be written
    waiting    lines to be sent
    """

    def __init__(self, index: str = "", number: int = 0) -> None:
        self.index = index
        self.number = number
        self.abandoned: tuple[tuple[int, int], ...] = ()
        self.carried: tuple[str, ...] = ()
        self.dead: list[str] = []
        self.changed: set[str] = set()
        self.waiting: list[bytes] = []
        self.bytes = 0
        self._prefix = secrets.token_hex(5)
        self._marks = 0

    def mark(self, kind: str = "m") -> str:
        """Return a mark that no other document of any run has."""
        self._marks += 1
        return f"{kind}{self._prefix}{self._marks:x}"
