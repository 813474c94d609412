"""The cluster engine without a cluster: what it does when the wire, the hosts or other writers do not behave."""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.answer import ask
from index.engines import open_engine
from index.engines.opensearch import client as client_module
from index.engines.opensearch import mapping, reader, writer
from index.engines.opensearch.check import check
from index.engines.opensearch.client import ONCE, READING, WRITING, Client
from index.engines.opensearch.lease import Lease
from index.engines.opensearch.place import Cluster, hosts_of
from index.engines.opensearch.reader import OpenSearchEngine
from index.engines.opensearch.writer import OpenSearchBuilder
from index.errors import CorruptIndex, EngineAway, EngineRefused, IndexBusy, IndexMismatch, IndexWriteFailed, NoIndex
from index.model import Citation, IndexedPassage, IndexMeta, Passage, Query, SourceRecord

from . import newsprint
from .conftest import DOCS_CORPUS
from .smallcluster import Fault, SmallCluster

META = IndexMeta("1:jieba-0.42.1:abc", "jieba", ())
PLACE = Cluster(("http://a:9200",), user="paper", password="hunter2")


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> SmallCluster:
    return SmallCluster()


@pytest.fixture
def client(server: SmallCluster, clock: Clock) -> Iterator[Client]:
    opened = Client(PLACE, transport=server, clock=clock, sleep=clock.sleep)
    yield opened
    opened.close()


def several(server: SmallCluster, clock: Clock, *hosts: str) -> Client:
    return Client(Cluster(hosts), transport=server, clock=clock, sleep=clock.sleep)


def indexed(words: str, article: str = "a1", paragraph: int = 1) -> IndexedPassage:
    text = words.replace(" ", "")
    citation = Citation(f"{article}.{paragraph}", article, "/报/1.txt", paragraph)
    return IndexedPassage(Passage(text, citation, ""), words.split(), [])


def record(source: str, passages: int = 1) -> SourceRecord:
    return SourceRecord(source, 1, 2, "c0ffee", 1, passages)


def publish(client: Client, source: str = "/报/1.txt", words: str = "旧 闻", article: str = "a1") -> None:
    with OpenSearchBuilder(client) as builder:
        builder.add([indexed(words, article)])
        builder.keep(record(source))
        builder.commit(META)


def rebuild(client: Client, words: str) -> None:
    with OpenSearchBuilder(client) as builder:
        builder.clear()
        builder.add([indexed(words)])
        builder.keep(record("/报/1.txt"))
        builder.commit(META)


def texts(client: Client, *words: str) -> set[str]:
    found = OpenSearchEngine(client).search(Query(dict.fromkeys(words, 1.0), {}), 10)
    return {one.passage.text for one in found}


def answering(status: int, path: str = "", body: dict | None = None, times: int = 1_000_000) -> Fault:
    """A fault that answers requests whose path holds `path`, so many times."""
    left = [times]

    def fault(request: httpx.Request) -> httpx.Response | None:
        if path not in request.url.path or left[0] <= 0:
            return None
        left[0] -= 1
        return httpx.Response(status, json=body or {})

    return fault


def breaking(error: type[httpx.TransportError], host: str = "", path: str = "", times: int = 1_000_000) -> Fault:
    left = [times]

    def fault(request: httpx.Request) -> None:
        if host in request.url.host and path in request.url.path and left[0] > 0:
            left[0] -= 1
            raise error("broken", request=request)

    return fault


def not_knowing_must_exist(request: httpx.Request) -> httpx.Response | None:
    """A fault of Elasticsearch 7.10 and OpenSearch 2.11."""
    if b"must_exist" not in request.content:
        return None
    error = {"type": "x_content_parse_exception", "reason": "[1:104] [remove] unknown field [must_exist]"}
    return httpx.Response(400, json={"error": error})


class TestAskingTheCluster:
    def test_goes_on_to_another_host_when_one_does_not_answer(self, server, clock):
        server.faults = [breaking(httpx.ConnectError, host="a")]
        client = several(server, clock, "http://a:9200", "http://b:9200")
        assert [client.call("GET", "").status for _ in range(6)] == [200] * 6
        assert len(server.asked) <= 7

    def test_asks_a_host_that_had_failed_again_after_a_while(self, server, clock):
        server.faults = [breaking(httpx.ConnectError, host="a", times=1)]
        client = several(server, clock, "http://a:9200", "http://b:9200")
        hosts: list[str] = []
        server.faults.append(lambda request: hosts.append(request.url.host))
        for _ in range(4):
            client.call("GET", "")
        assert set(hosts) == {"b"}
        clock.now += 60
        for _ in range(4):
            client.call("GET", "")
        assert set(hosts) == {"a", "b"}

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_is_tried_again_when_the_cluster_is_busy_or_between_masters(self, server, client, status):
        server.faults = [answering(status, times=2)]
        assert client.call("GET", "").status == 200
        assert len(server.asked) == 3

    @pytest.mark.parametrize("error", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.RemoteProtocolError])
    def test_is_given_up_within_seconds_and_says_whom_to_look_after(self, server, client, clock, error):
        server.faults = [breaking(error)]
        began = clock.now
        with pytest.raises(EngineAway, match=r"http://a:9200.*ENGINE_URL"):
            client.call("GET", "")
        assert clock.now - began < READING.total

    def test_is_not_even_tried_shortly_after_two_questions_in_a_row_got_no_answer(self, server, client, clock):
        server.faults = [breaking(httpx.ConnectError)]
        for _ in range(2):
            with pytest.raises(EngineAway):
                client.call("GET", "")
        asked, began = len(server.asked), clock.now
        for _ in range(10):
            with pytest.raises(EngineAway):
                client.call("GET", "")
        assert (len(server.asked), clock.now) == (asked, began)

    def test_recovers_by_itself_once_the_cluster_is_back(self, server, client, clock):
        server.faults = [breaking(httpx.ConnectError)]
        for _ in range(3):
            with pytest.raises(EngineAway):
                client.call("GET", "")
        server.faults = []
        clock.now += 5.1
        assert [client.call("GET", "").status for _ in range(3)] == [200] * 3

    def test_for_writing_waits_through_minutes_of_too_much_to_do(self, server, client, clock):
        server.faults = [answering(429, times=20)]
        began = clock.now
        assert client.call("POST", "x/_bulk", b"", patience=WRITING, expected=(404,)).status == 404
        assert 60 < clock.now - began < 300

    @pytest.mark.parametrize(
        ("status", "told"), [(401, "ENGINE_PASSWORD"), (403, r"wenbao\*"), (400, "selfcheck"), (500, "selfcheck")]
    )
    def test_that_is_refused_is_not_repeated_and_says_what_to_mend(self, server, client, status, told):
        server.faults = [answering(status, body={"error": {"type": "why_exception", "reason": "because"}})]
        with pytest.raises(EngineRefused, match=told):
            client.call("GET", "wenbao/_search")
        assert len(server.asked) == 1

    def test_something_that_is_no_cluster_says_so(self, server, client):
        server.faults = [lambda request: httpx.Response(200, text="<html>welcome")]
        with pytest.raises(EngineRefused, match="ENGINE_URL"):
            client.call("GET", "")


class TestAQuestion:
    @pytest.mark.parametrize(
        ("question", "requests"),
        [
            ("船山时间谷有多少企业", ["_msearch", "_search"]),
            ("船山时间谷投产的企业有多少家，是哪些企业在那里做手表的机芯和表带", ["_msearch", "_search"]),
            ("船山时间古有多少企业", ["_msearch", "_msearch", "_search"]),
            ("衡阳市的咨询电话是多少", ["_msearch", "_search", "_search"]),
        ],
        ids=["short", "long", "misspelt", "of notices too"],
    )
    def test_is_answered_with_few_requests(self, server, client, monkeypatch, question, requests):
        monkeypatch.setattr(client_module, "shared", lambda _: client)
        archive = newsprint.opened([DOCS_CORPUS], PLACE)
        server.asked.clear()
        ask(question, archive)
        assert [asked.rpartition("/")[2] for asked in server.asked] == requests

    @pytest.mark.parametrize(("few", "requests"), [(1, [1, 0, 0]), (0, [1, 1, 0])], ids=["few", "many"])
    def test_asks_for_further_sources_once_where_few_articles_have_any_else_once_an_article(
        self, server, client, monkeypatch, few, requests
    ):
        monkeypatch.setattr(reader, "_FEW_CITED", few)
        with OpenSearchBuilder(client) as builder:
            builder.add([indexed("旧闻"), indexed("新闻", "a2")])
            builder.keep(record("/报/1.txt", 2))
            builder.cite("/报/1.txt", "a1", ["/报/2.txt"])
            builder.commit(META)
        engine = OpenSearchEngine(client)
        engine.document_frequencies(["旧闻", "新闻"], [])
        cited, asked = [], []
        for word in ("新闻", "旧闻", "旧闻"):
            server.asked.clear()
            [found] = engine.search(Query({word: 1.0}, {}), 5)
            cited.append(found.passage.citation.also)
            asked.append(len(server.asked) - 1)
        assert (cited, asked) == ([(), ("/报/2.txt",), ("/报/2.txt",)], requests)


class TestCredentials:
    @pytest.mark.parametrize(
        ("place", "sent"),
        [
            (Cluster(("http://a:9200",)), None),
            (PLACE, "Basic cGFwZXI6aHVudGVyMg=="),
            (Cluster(("http://a:9200",), api_key="id:key"), "ApiKey aWQ6a2V5"),
            (Cluster(("http://a:9200",), api_key="aWQ6a2V5"), "ApiKey aWQ6a2V5"),
        ],
    )
    def test_go_with_every_request(self, server, place, sent):
        seen: list[str | None] = []
        server.faults = [lambda request: seen.append(request.headers.get("Authorization"))]
        Client(place, transport=server).call("GET", "")
        assert seen == [sent]

    def test_are_nowhere_to_be_read(self, server, client, caplog):
        caplog.set_level(logging.DEBUG)
        server.faults = [breaking(httpx.ReadTimeout)]
        with pytest.raises(EngineAway) as away:
            client.call("GET", "")
        key = Cluster(("http://a:9200",), api_key="hunter2")
        assert "hunter2" not in f"{away.value} {PLACE} {PLACE!r} {key!r} {caplog.text}"

    def test_in_an_address_are_refused_without_being_repeated(self):
        with pytest.raises(EngineRefused, match="ENGINE_PASSWORD") as refused:
            open_engine("http://paper:hunter2@a:9200")
        assert "hunter2" not in str(refused.value)

    @pytest.mark.parametrize("written", ["a:9200", "ftp://a", "http://", "http://a:port", "http://a?x=1"])
    def test_an_address_that_is_none_is_refused(self, written):
        with pytest.raises(EngineRefused, match="ENGINE_URL"):
            hosts_of(written)

    def test_a_file_of_certificates_that_is_none_is_named(self, tmp_path: Path):
        (tmp_path / "ca.pem").write_text("no certificate")
        for name in ("ca.pem", "missing.pem"):
            with pytest.raises(EngineRefused, match=f"ENGINE_CA_FILE.*{name}"):
                Client(Cluster(("https://a:9200",), ca_file=tmp_path / name))


class TestReading:
    def test_a_place_without_an_index_says_so(self, client):
        with pytest.raises(NoIndex, match="wenbao index"):
            OpenSearchEngine(client)

    def test_somebody_elses_index_is_left_alone(self, server, client):
        server.indexes["wenbao"] = {}
        with pytest.raises(EngineRefused, match="ENGINE_INDEX"):
            OpenSearchEngine(client)
        server.aliases["wenbao"] = "shop"
        server.indexes["shop"] = {"state": {"_source": {}, "_seq_no": 1, "_primary_term": 1}}
        with pytest.raises(EngineRefused, match="ENGINE_INDEX"):
            OpenSearchEngine(client)

    def test_an_index_of_another_version_or_a_damaged_state_asks_for_a_rebuild(self, server, client):
        publish(client)
        state = server.documents("wenbao")["state"]
        server.indexes["wenbao-g9-00000000"] = {"state": state}
        server.aliases["wenbao"], before = "wenbao-g9-00000000", server.aliases["wenbao"]
        with pytest.raises(IndexMismatch, match="--full"):
            OpenSearchEngine(client)
        server.aliases["wenbao"] = before
        state["_source"] = {"state": {"generation": "x"}}
        with pytest.raises(CorruptIndex, match="--full"):
            OpenSearchEngine(client)
        del server.documents("wenbao")["state"]
        with pytest.raises(CorruptIndex, match="--full"):
            OpenSearchEngine(client)

    def test_counts_each_term_once_a_generation(self, server, client):
        publish(client)
        engine = OpenSearchEngine(client)
        for _ in range(3):
            assert engine.document_frequencies(["旧", "无"], []) == ([1, 0], [])
        assert sum("_msearch" in one for one in server.asked) == 1

    def test_a_count_that_a_shard_did_not_take_part_in_is_used_but_not_remembered(self, server, client):
        publish(client)
        engine = OpenSearchEngine(client)
        counts = [{"status": 200, "_shards": {"failed": 1}, "hits": {"total": {"value": n}}} for n in (7, 0)]
        partly = {"responses": counts}
        server.faults = [answering(200, "_msearch", partly)]
        assert engine.document_frequencies(["旧"], []) == ([7], [])
        server.faults = []
        assert engine.document_frequencies(["旧"], []) == ([1], [])

    def test_answers_from_the_shards_there_are_and_the_log_tells(self, server, client, caplog):
        publish(client)
        engine = OpenSearchEngine(client)
        engine.document_frequencies(["旧"], [])

        def partly(request: httpx.Request) -> httpx.Response | None:
            if "_search" not in request.url.path:
                return None
            found = server._answer(request, request.url.path.strip("/"))[1]
            return httpx.Response(200, json=found | {"_shards": {"failed": 1}})

        server.faults = [partly]
        with caplog.at_level(logging.WARNING):
            assert len(engine.search(Query({"旧": 1.0}, {}), 5)) == 1
        assert "in part" in caplog.text

    def test_asks_again_when_a_node_has_just_died_with_a_shard(self, server, client):
        publish(client)
        engine = OpenSearchEngine(client)
        engine.document_frequencies(["旧"], [])
        nothing = {"_shards": {"failed": 1}, "hits": {"hits": []}}
        server.faults = [answering(200, "_search", nothing, times=1)]
        assert [one.passage.text for one in engine.search(Query({"旧": 1.0}, {}), 5)] == ["旧闻"]

    def test_a_list_that_must_be_whole_does_not_settle_for_some_shards(self, server, client):
        publish(client)
        engine = OpenSearchEngine(client)
        wanted: list[str | None] = []
        server.faults = [lambda request: wanted.append(request.url.params.get("allow_partial_search_results"))]
        assert list(engine.manifest()) == ["/报/1.txt"]
        assert len(list(engine.passages("/报/1.txt"))) == 1
        assert set(wanted) == {"false"}

    def test_goes_on_with_the_newest_index_when_its_own_was_removed(self, server, client):
        publish(client)
        engine = OpenSearchEngine(client)
        old = server.aliases["wenbao"]
        rebuild(client, "新 闻")
        del server.indexes[old]
        assert [one.passage.text for one in engine.search(Query({"闻": 1.0}, {}), 5)] == ["新闻"]


class TestWriting:
    def test_sends_again_only_what_there_was_no_room_for(self, server, client, clock):
        sizes: list[int] = []

        def half(request: httpx.Request) -> httpx.Response | None:
            if "_bulk" not in request.url.path:
                return None
            count = len(request.content.splitlines()) // 2
            sizes.append(count)
            if len(sizes) > 1:
                return None
            items = [{"index": {"status": 429 if n % 2 else 201}} for n in range(count)]
            return httpx.Response(200, json={"errors": True, "items": items})

        server.faults = [half]
        with OpenSearchBuilder(client) as builder:
            builder.add([indexed("甲", paragraph=n) for n in range(9)])
            builder.keep(record("/报/1.txt", 9))
            builder.commit(META)
        assert sizes == [10, 5]

    def test_says_which_documents_were_refused_and_leaves_the_old_state(self, server, client):
        publish(client)
        error = {"type": "cluster_block_exception", "reason": "index read-only: disk full"}
        refused = {"errors": True, "items": [{"index": {"status": 403, "error": error}}] * 2}
        server.faults = [answering(200, "_bulk", refused)]
        with pytest.raises(IndexWriteFailed, match=r"disk full（2 条）.*磁盘"):
            publish(client, words="新 闻")
        server.faults = []
        assert texts(client, "旧", "新") == {"旧闻"}

    def test_gives_up_on_a_cluster_that_never_has_room(self, server, client, clock, monkeypatch):
        monkeypatch.setattr(writer, "_BULK_TRIES", 4)
        full = {"errors": True, "items": [{"index": {"status": 429}}] * 2}
        server.faults = [answering(200, "_bulk", full)]
        with pytest.raises(IndexWriteFailed, match="太忙"):
            publish(client)
        assert "wenbao" not in server.aliases

    @pytest.mark.parametrize("path", ["_bulk", "_doc/state", "_aliases", "_doc/lease"])
    def test_outlives_an_answer_that_got_lost(self, server, client, path):
        publish(client)
        server.late = [breaking(httpx.ReadTimeout, path=path, times=1)]
        rebuild(client, "新 闻")
        assert texts(client, "旧", "新") == {"新闻"}

    @pytest.mark.parametrize("path", ["_doc/state", "_aliases"])
    def test_publishes_after_all_when_a_request_never_arrived(self, server, client, path):
        publish(client)
        server.faults = [breaking(httpx.ReadTimeout, path=path, times=1)]
        rebuild(client, "新 闻")
        assert texts(client, "旧", "新") == {"新闻"}

    def test_switches_the_alias_on_a_server_that_cannot_be_told_what_it_must_name(self, server, client):
        publish(client)
        server.faults = [not_knowing_must_exist]
        rebuild(client, "新 闻")
        assert texts(client, "旧", "新") == {"新闻"}

    @pytest.mark.parametrize("faults", [[], [not_knowing_must_exist]], ids=["told what it must name", "not told"])
    def test_leaves_the_alias_alone_when_another_has_just_switched_it(self, server, client, faults):
        publish(client)
        other = mapping.new_name("wenbao")
        server.indexes[other] = server.documents("wenbao").copy()

        def switching(request: httpx.Request) -> None:
            if request.url.path == "/_aliases":
                server.aliases["wenbao"] = other

        server.faults = [switching, *faults]
        with pytest.raises(IndexBusy if faults else EngineRefused):
            rebuild(client, "新 闻")
        assert server.aliases["wenbao"] == other

    def test_what_must_not_be_done_twice_is_still_asked_of_another_host_when_one_is_down(self, server, clock):
        server.faults = [breaking(httpx.ConnectError, host="a")]
        for _ in range(4):
            client = several(server, clock, "http://a:9200", "http://b:9200")
            assert client.call("GET", "", patience=ONCE).status == 200

    def test_what_must_not_be_done_twice_is_not_when_an_answer_is_lost(self, server, clock):
        server.late = [breaking(httpx.ReadTimeout)]
        with pytest.raises(EngineAway):
            several(server, clock, "http://a:9200", "http://b:9200").call("GET", "", patience=ONCE)
        assert len(server.asked) == 1

    def test_is_refused_while_another_writes(self, server, client):
        publish(client)
        with OpenSearchBuilder(client), pytest.raises(IndexBusy, match="http://a:9200"), OpenSearchBuilder(client):
            pass

    def test_is_possible_again_a_minute_after_a_writer_was_killed(self, server, client):
        Lease(client, clock=lambda: 0.0).take()._done.set()
        publish(client)
        assert texts(client, "旧") == {"旧闻"}

    def test_stops_when_another_has_taken_over(self, server, client):
        publish(client)
        with OpenSearchBuilder(client, lease_seconds=-1) as slow:
            slow._lease._done.set()
            slow.add([indexed("慢 了", "a2")])
            with OpenSearchBuilder(client) as quick:
                quick.add([indexed("快 的", "a3")])
                quick.keep(record("/报/3.txt"))
                quick.commit(META)
            slow.keep(record("/报/2.txt"))
            with pytest.raises(IndexBusy):
                slow.commit(META)
        assert texts(client, "旧", "慢", "快") == {"旧闻", "快的"}

    def test_what_a_writer_left_that_lost_its_lease_does_not_count_and_goes(self, server, client):
        publish(client)
        lost = OpenSearchBuilder(client, lease_seconds=-1).__enter__()
        lost._lease._done.set()
        lost.add([indexed("半 截", "a2")])
        lost._flush()
        publish(client, "/报/3.txt", "又 一", "a3")
        lost.add([indexed("迟 到", "a4")])
        lost._run.waiting, late = [], b"".join(lost._run.waiting)
        client.bulk(server.aliases["wenbao"], late)
        publish(client, "/报/5.txt", "再 来", "a5")
        assert texts(client, "旧", "半", "又", "迟", "再") == {"旧闻", "又一", "再来"}

    def test_what_was_replaced_stays_for_readers_in_hand_and_goes_minutes_later(self, server, client, monkeypatch):
        publish(client, words="旧 闻")
        before = OpenSearchEngine(client)
        publish(client, words="新 闻")
        assert [one.passage.text for one in before.search(Query({"闻": 1.0}, {}), 5)] == ["旧闻"]
        assert texts(client, "闻") == {"新闻"}
        assert OpenSearchEngine(client).document_frequencies(["闻", "旧"], []) == ([1, 0], [])
        monkeypatch.setattr(writer, "_GRACE", dt.timedelta(0))
        publish(client, "/报/2.txt", "别 的", "a2")
        held = [row["_source"].get("words") for row in server.documents("wenbao").values()]
        assert {words for words in held if words} == {"新 闻", "别 的"}

    def test_more_dead_marks_than_a_state_carries_are_deleted_at_once(self, server, client, monkeypatch):
        monkeypatch.setattr(writer, "_MOST_DEAD", 1)
        publish(client, words="旧 闻")
        publish(client, words="新 闻")
        assert mapping.read_state(server.documents("wenbao")["state"]["_source"], "").dead == ()
        assert (texts(client, "闻"), len(OpenSearchEngine(client).manifest())) == ({"新闻"}, 1)
        publish(client, words="更 新")
        assert texts(client, "旧", "新", "更") == {"更新"}

    def test_a_full_rebuild_that_was_killed_leaves_nothing_behind_for_long(self, server, client, monkeypatch):
        publish(client)
        server.indexes[mapping.new_name("wenbao")] = {}
        server.indexes["wenbao-other"] = {}
        monkeypatch.setattr(writer, "_GRACE", dt.timedelta(0))
        publish(client, "/报/2.txt", "别 的", "a2")
        assert set(server.indexes) == {server.aliases["wenbao"], "wenbao-control", "wenbao-other"}

    def test_a_first_build_that_was_cut_short_goes_on_where_it_was_checked_in(self, server, client):
        killed = OpenSearchBuilder(client, lease_seconds=-1).__enter__()
        killed._lease._done.set()
        killed.add([indexed("甲 甲", "a1")])
        killed.keep(record("/报/1.txt"), b"printings")
        killed.checkpoint(META)
        killed.add([indexed("乙 乙", "a2")])
        killed.keep(record("/报/2.txt"))
        killed._flush()
        with pytest.raises(NoIndex):
            OpenSearchEngine(client)
        with OpenSearchBuilder(client) as builder:
            assert (builder.unfinished, builder.meta, list(builder.manifest())) == (True, META, ["/报/1.txt"])
            assert list(builder.printings()) == [("/报/1.txt", b"printings")]
            builder.add([indexed("丙 丙", "a3")])
            builder.keep(record("/报/3.txt"))
            builder.commit(META)
            assert not builder.unfinished
        assert texts(client, "甲", "乙", "丙") == {"甲甲", "丙丙"}
        assert len([name for name in server.indexes if "-g" in name]) == 1

    def test_what_was_checked_in_outlives_a_rollback_and_is_gone_when_started_from_nothing(self, server, client):
        with OpenSearchBuilder(client) as builder:
            builder.add([indexed("甲 甲", "a1")])
            builder.keep(record("/报/1.txt"))
            builder.checkpoint(META)
            builder.add([indexed("乙 乙", "a2")])
            builder.keep(record("/报/2.txt"))
        with OpenSearchBuilder(client) as builder:
            assert list(builder.manifest()) == ["/报/1.txt"]
            builder.clear()
            assert (builder.unfinished, builder.meta, builder.manifest()) == (False, None, {})
        with OpenSearchBuilder(client) as builder:
            assert (builder.unfinished, builder.manifest()) == (False, {})
        assert set(server.indexes) == {"wenbao-control"}

    def test_passages_of_a_run_under_way_are_not_counted_though_the_server_shows_them(self, client):
        publish(client)
        with OpenSearchBuilder(client) as builder:
            builder.add([indexed("新 闻", "a2")])
            builder._flush()
            assert OpenSearchEngine(client).document_frequencies(["闻", "新", "旧"], [])[0] == [1, 0, 1]

    def test_checking_in_publishes_nothing_where_there_is_an_index(self, client):
        publish(client)
        with OpenSearchBuilder(client) as builder:
            builder.add([indexed("新 闻", "a2")])
            builder.keep(record("/报/2.txt"))
            builder.checkpoint(META)
            assert texts(client, "闻") == {"旧闻"}
        assert texts(client, "闻") == {"旧闻"}

    def test_text_that_cannot_be_encoded_is_the_sources_problem_alone(self, client):
        with OpenSearchBuilder(client) as builder:
            with pytest.raises(UnicodeError):
                builder.add([indexed("坏 \ud800")])
            builder.drop()
            builder.add([indexed("好 的")])
            builder.keep(record("/报/1.txt"))
            builder.commit(META)
        assert texts(client, "坏", "好") == {"好的"}


class TestSelfcheck:
    def test_of_a_good_cluster_is_good_and_leaves_nothing(self, server, client):
        findings = list(check(client))
        assert [finding.good for finding in findings] == [True] * 4
        assert server.indexes == {}

    @pytest.mark.parametrize(
        ("version", "good"),
        [
            ({"distribution": "opensearch", "number": "2.0.0"}, True),
            ({"distribution": "opensearch", "number": "3.9.0"}, True),
            ({"distribution": "opensearch", "number": "1.3.9"}, False),
            ({"number": "7.10.2"}, True),
            ({"number": "9.1.0"}, True),
            ({"number": "7.9.3"}, False),
            ({}, False),
        ],
    )
    def test_knows_the_versions_that_are_meant_to_work(self, server, client, version, good):
        real = server._answer
        server._answer = lambda request, path: real(request, path) if path else (200, {"version": version})
        assert next(iter(check(client))).good is good

    def test_names_the_permission_that_is_missing(self, server, client):
        server.faults = [answering(403, "_bulk", {"error": {"type": "security_exception", "reason": "bulk"}})]
        *_, last = check(client)
        assert not last.good
        assert "403" in last.told
        assert "权限" in last.told


def test_a_directory_is_opened_without_loading_what_speaks_http(tmp_path: Path):
    program = (
        "import sys; from index.engines import open_builder\n"
        f"open_builder({json.dumps(str(tmp_path / 'index'))}).__enter__()\n"
        "print('httpx' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
