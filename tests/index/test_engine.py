"""What every engine must do, whatever it is made of: in a directory, and on a cluster where one is to be had."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from pathlib import Path

import pytest

from index.engines import Location, alike, open_builder, open_engine
from index.engines.opensearch.place import Cluster
from index.errors import IndexBusy, NoIndex
from index.model import Citation, IndexedPassage, IndexMeta, Kind, Passage, Query, SourceRecord

META = IndexMeta("1:jieba-0.42.1:abc", "jieba", ("时间谷", "老树发新枝"))


@pytest.fixture(params=["embedded", pytest.param("cluster", marks=pytest.mark.cluster)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """An empty place for an index."""
    if request.param == "cluster":
        cluster: Cluster = request.getfixturevalue("cluster")
        return cluster
    return str(tmp_path / "index")


def passage(
    words: str, *, article: str = "a1", paragraph: int = 1, part: int = 0, kind: Kind = "news", **facts
) -> Passage:
    text = words.replace(" ", "")
    citation = Citation(f"{article}.{paragraph}-{part}", article, facts.pop("source", "/报/1.txt"), paragraph, **facts)
    return Passage(text, citation, "n1" * len(text), kind, part)


def indexed(words: str, **facts) -> IndexedPassage:
    found = passage(words, **facts)
    pairs = [a + b for a, b in zip(found.text, found.text[1:], strict=False)]
    return IndexedPassage(found, words.split(), pairs)


def record(source: str, passages: int, articles: int = 1) -> SourceRecord:
    return SourceRecord(source, 10, 20, "c0ffee", articles, passages, "", ("第 2 段：疑为广告",))


def publish(location: Location, sources: dict[str, list[IndexedPassage]], meta: IndexMeta = META) -> None:
    with open_builder(location) as builder:
        for source, passages in sources.items():
            builder.add(passages)
            builder.keep(record(source, len(passages), len({one.passage.citation.article_id for one in passages})))
        builder.commit(meta)


def texts(location: Location, words: dict[str, float], **query) -> list[str]:
    return [found.passage.text for found in open_engine(location).search(Query(words, {}, **query), 10)]


class TestPassages:
    def test_come_back_as_they_went_in(self, location):
        full = indexed(
            "“时间谷” 有 142家\n\x1f企业 [1]",
            date=dt.date(2025, 8, 12),
            date_source="path",
            title="智能计量\x1f为“衡阳手表”“托底”",
            title_inferred=True,
            section="老树发新枝",
            paper="衡阳日报",
            page="A01",
            page_name="要闻",
            author="记者 甲",
            url="https://example.org/?a=1&b=2",
            also=("/报/2.txt", "/报/3.txt"),
            part=2,
        )
        bare = indexed("没有 日期", paragraph=2)
        publish(location, {"/报/1.txt": [full, bare]})
        engine = open_engine(location)
        kept = engine.passage(full.passage.citation.passage_id)
        assert kept is not None
        assert kept.text == full.passage.text
        assert kept.citation.title.replace("\x1f", " ") == "智能计量 为“衡阳手表”“托底”"
        assert (kept.citation.date, kept.citation.also) == (dt.date(2025, 8, 12), ("/报/2.txt", "/报/3.txt"))
        assert (kept.part, kept.cut, kept.citation.title_inferred) == (2, full.passage.cut, True)
        assert engine.passage(bare.passage.citation.passage_id) == bare.passage
        assert engine.passage("nowhere") is None

    def test_of_an_article_stand_in_reading_order(self, location):
        places = [(3, 0), (1, 1), (2, 0), (1, 0), (10, 0)]
        rows = [indexed(f"第{n} 段{m}", paragraph=n, part=m) for n, m in places]
        publish(location, {"/报/1.txt": rows, "/报/2.txt": [indexed("别的 文章", article="a2")]})
        found = open_engine(location).article("a1")
        assert [(one.citation.paragraph, one.part) for one in found] == sorted(places)
        assert open_engine(location).article("a9") == []

    def test_of_an_article_printed_in_two_sources_come_once(self, location):
        copies = {source: [indexed("同一 篇", source=source)] for source in ("/报/1.txt", "/报/2.txt")}
        publish(location, copies)
        assert len(open_engine(location).article("a1")) == 1

    def test_of_one_source_can_be_listed(self, location):
        rows = [indexed("甲", article="a1"), indexed("乙", article="a2")]
        publish(location, {"/报/1.txt": rows, "/报/2.txt": [indexed("丙", article="a3", source="/报/2.txt")]})
        engine = open_engine(location)
        assert {one.text for one in engine.passages("/报/1.txt")} == {"甲", "乙"}
        assert list(engine.passages("/报/9.txt")) == []


class TestSearch:
    def test_finds_the_passage_with_more_of_the_heavier_terms_first(self, location):
        rows = ["时间谷 有 多少 企业", "时间谷 在 衡阳", "企业 很 多", "天气 晴"]
        publish(location, {"/报/1.txt": [indexed(row, paragraph=n) for n, row in enumerate(rows, 1)]})
        assert texts(location, {"时间谷": 1.0, "企业": 1.0})[0] == "时间谷有多少企业"
        assert set(texts(location, {"时间谷": 1.0, "企业": 1.0})) == {"时间谷有多少企业", "时间谷在衡阳", "企业很多"}
        assert texts(location, {"天气": 3.0, "时间谷": 0.1})[0] == "天气晴"

    def test_finds_by_bigrams_alone(self, location):
        publish(location, {"/报/1.txt": [indexed("船山 时间 谷有 企业"), indexed("无关", paragraph=2)]})
        found = open_engine(location).search(Query({}, {"间谷": 0.5}), 10)
        assert [one.passage.text for one in found] == ["船山时间谷有企业"]
        assert found[0].score > 0

    def test_finds_nothing_without_terms_matches_or_room(self, location):
        publish(location, {"/报/1.txt": [indexed("时间谷")]})
        engine = open_engine(location)
        assert engine.search(Query({}, {}), 10) == []
        assert engine.search(Query({"没有": 1.0}, {}), 10) == []
        assert engine.search(Query({"时间谷": 1.0}, {}), 0) == []
        assert engine.search(Query({"时间谷": 1.0}, {}, kinds=()), 10) == []

    def test_returns_at_most_limit_candidates_best_first(self, location):
        publish(location, {"/报/1.txt": [indexed("企业 " + "别的 " * n, paragraph=n) for n in range(1, 30)]})
        scores = [found.score for found in open_engine(location).search(Query({"企业": 1.0}, {}), 7)]
        assert len(scores) == 7
        assert scores == sorted(scores, reverse=True)

    @pytest.mark.parametrize(("least", "many"), [(0.0, 24), (0.5, 14), (1.0, 10)])
    def test_leaves_out_what_scores_little_beside_the_best_but_for_the_first_ten(self, location, least, many):
        rows = ["企业"] * 10 + ["企业 手表"] * 5 + ["企业 手表 手表"] * 9
        publish(location, {"/报/1.txt": [indexed(row, paragraph=n) for n, row in enumerate(rows, 1)]})
        found = open_engine(location).search(Query({"企业": 0.01, "手表": 1.0}, {}, least=least), 40)
        assert len(found) == many
        assert all(one.score >= least * found[0].score for one in found[10:])

    @pytest.mark.parametrize(
        ("kinds", "found"),
        [
            (("news", "excerpt"), {"news", "excerpt"}),
            (("notice",), {"notice"}),
            (("news",), {"news"}),
            (("excerpt",), {"excerpt"}),
            (("news", "notice"), {"news", "notice"}),
            (("news", "notice", "excerpt"), {"news", "notice", "excerpt"}),
        ],
    )
    def test_looks_only_among_the_kinds_asked_for(self, location, kinds, found):
        rows = [indexed("时间谷 甲", paragraph=n, kind=kind) for n, kind in enumerate(("news", "notice", "excerpt"))]
        publish(location, {"/报/1.txt": rows})
        hits = open_engine(location).search(Query({"时间谷": 1.0}, {"间谷": 0.5}, kinds), 10)
        assert {hit.passage.kind for hit in hits} == found

    def test_days_with_issues_are_listed_earliest_first_and_once(self, location):
        days = [dt.date(2025, 3, 2), dt.date(1986, 12, 31), dt.date(2025, 3, 2), None]
        rows = [indexed("会议", article=f"a{n}", date=day) for n, day in enumerate(days)]
        publish(location, {"/报/1.txt": rows})
        assert open_engine(location).issue_dates() == [dt.date(1986, 12, 31), dt.date(2025, 3, 2)]

    def test_by_day_includes_both_ends_and_leaves_the_undated_out(self, location):
        days = [None, dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 1, 31), dt.date(2025, 2, 1)]
        rows = [indexed(f"会议 {day}", paragraph=n, date=day) for n, day in enumerate(days, 1)]
        publish(location, {"/报/1.txt": rows})
        january = (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
        assert set(texts(location, {"会议": 1.0}, dates=january)) == {"会议2025-01-01", "会议2025-01-31"}
        assert len(texts(location, {"会议": 1.0})) == 5

    def test_scores_the_same_with_a_filter_as_without(self, location):
        rows = [indexed(f"会议 {'长' * n}", paragraph=n, date=dt.date(2025, 1, n)) for n in range(1, 9)]
        publish(location, {"/报/1.txt": rows})
        engine = open_engine(location)
        free = engine.search(Query({"会议": 1.0}, {}), 10)
        whole = engine.search(Query({"会议": 1.0}, {}, dates=(dt.date(2025, 1, 1), dt.date(2025, 1, 8))), 10)
        assert [(one.passage, pytest.approx(one.score)) for one in whole] == [(one.passage, one.score) for one in free]

    def test_by_very_frequent_terms_alone_still_finds(self, location, monkeypatch):
        monkeypatch.setattr(alike, "_FEW", 50)
        publish(location, {"/报/1.txt": [indexed("年", paragraph=n) for n in range(100)]})
        assert len(texts(location, {"年": 1.0})) == 10
        assert len(open_engine(location).search(Query({"年": 1.0}, {}), 60)) == 60

    def test_fills_up_with_very_frequent_terms_when_rare_ones_are_in_too_few_passages(self, location, monkeypatch):
        monkeypatch.setattr(alike, "_FEW", 50)
        rows = [indexed("年", paragraph=n) for n in range(100)] + [indexed("年 时间谷", paragraph=300)]
        publish(location, {"/报/1.txt": rows})
        found = open_engine(location).search(Query({"年": 1.0, "时间谷": 1.0}, {}), 20)
        assert (found[0].passage.text, len(found)) == ("年时间谷", 20)
        assert found[0].score > found[1].score

    def test_from_several_threads_finds_the_same(self, location):
        publish(location, {"/报/1.txt": [indexed(f"企业 第{n}", paragraph=n) for n in range(200)]})
        engine = open_engine(location)
        query = Query({"企业": 1.0, "第7": 2.0}, {})
        expected = engine.search(query, 20)
        found = []

        def ask() -> None:
            for _ in range(30):
                found.append(engine.search(query, 20))
                engine.reload()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 120
        assert all(one == expected for one in found)


class TestStatistics:
    def test_count_what_is_there(self, location):
        first = [indexed("甲 乙 丙", date=dt.date(2025, 3, 1)), indexed("甲 丁", paragraph=2, date=dt.date(2025, 3, 1))]
        second = [indexed("甲", article="a2", date=dt.date(1999, 1, 1)), indexed("戊 己", article="a3", kind="notice")]
        publish(location, {"/报/1.txt": first, "/报/2.txt": second})
        stats = open_engine(location).stats
        assert (stats.articles, stats.passages) == (3, 4)
        assert stats.average_words == pytest.approx((3 + 2 + 1 + 2) / 4)
        assert stats.average_bigrams == pytest.approx((2 + 1 + 0 + 1) / 4)
        assert (stats.first, stats.last) == (dt.date(1999, 1, 1), dt.date(2025, 3, 1))
        assert abs(stats.committed_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)

    def test_of_terms_count_passages_of_every_kind_once(self, location):
        rows = [indexed("甲 甲 乙"), indexed("甲 丙", paragraph=2), indexed("甲", paragraph=3, kind="notice")]
        publish(location, {"/报/1.txt": rows})
        words, pairs = open_engine(location).document_frequencies(["丙", "甲", "无"], ["甲甲", "甲丙", "无无"])
        assert words == [1, 3, 0]
        assert pairs == [1, 1, 0]

    def test_follow_additions_changes_and_removals(self, location):
        publish(location, {"/报/1.txt": [indexed("甲 乙", date=dt.date(2025, 3, 1))], "/报/2.txt": [indexed("丙")]})
        with open_builder(location) as builder:
            builder.delete("/报/1.txt")
            builder.add([indexed("丁 戊 己", date=dt.date(2025, 4, 1)), indexed("庚", paragraph=2)])
            builder.keep(record("/报/2.txt", 2))
            builder.commit(META)
        stats = open_engine(location).stats
        assert (stats.articles, stats.passages, stats.average_words) == (1, 2, 2.0)
        assert (stats.first, stats.last) == (dt.date(2025, 4, 1), dt.date(2025, 4, 1))

    def test_of_terms_stay_right_after_many_deletions(self, location):
        publish(location, {"/报/1.txt": [indexed("甲 乙", paragraph=n) for n in range(50)]})
        for times in range(3):
            many = [indexed("甲" if n % 2 else "乙", paragraph=n) for n in range(30 + times)]
            publish(location, {"/报/2.txt": many, "/报/3.txt": [indexed("丙", article="a3")]})
        engine = open_engine(location)
        assert engine.stats.passages == 50 + 32 + 1
        assert engine.document_frequencies(["甲", "乙", "丙", "丁"], ["甲乙"]) == ([66, 66, 1, 0], [50])
        with open_builder(location) as builder:
            builder.delete("/报/1.txt")
            builder.commit(META)
        engine.reload()
        assert engine.document_frequencies(["甲", "乙", "丙"], ["甲乙"]) == ([16, 16, 1], [0])

    @pytest.mark.slow
    def test_and_searches_stay_as_they_are_over_a_year_of_daily_commits(self, location):
        """Each day an issue is added and an old one is corrected: what is deleted must not pile up."""
        publish(location, {f"/报/旧{n}.txt": [indexed("旧 闻", paragraph=p) for p in range(40)] for n in range(50)})
        for day in range(365):
            fixed = f"/报/旧{day % 50}.txt"
            corrected = [indexed("旧 闻 更正", paragraph=p) for p in range(40)]
            publish(location, {f"/报/{day}.txt": [indexed(f"新 闻 第{day}", article=f"d{day}")], fixed: corrected})
        engine = open_engine(location)
        words = engine.document_frequencies(["闻", "旧", "更正", "新", "第7"], [])[0]
        assert words == [pytest.approx(count, rel=0.02) for count in (2365, 2000, 2000, 365, 1)]
        assert engine.stats.passages == 2365
        assert len(engine.search(Query({"第7": 1.0, "新": 1.0}, {}), 400)) == 365


class TestWriting:
    def test_shows_nothing_before_the_commit_and_all_of_it_after_reload(self, location):
        publish(location, {"/报/1.txt": [indexed("旧")]})
        engine = open_engine(location)
        before = engine.generation
        with open_builder(location) as builder:
            builder.add([indexed("新")])
            builder.keep(record("/报/1.txt", 1))
            engine.reload()
            assert (engine.generation, texts(location, {"旧": 1.0})) == (before, ["旧"])
            builder.commit(META)
        assert engine.passage("a1.1-0").text == "旧"
        engine.reload()
        assert engine.passage("a1.1-0").text == "新"
        assert engine.generation != before

    def test_left_without_commit_leaves_the_old_state(self, location):
        publish(location, {"/报/1.txt": [indexed("旧")]})
        with contextlib.suppress(KeyboardInterrupt), open_builder(location) as builder:
            builder.add([indexed("新")])
            builder.keep(record("/报/1.txt", 1))
            builder.delete("/报/1.txt")
            raise KeyboardInterrupt
        assert texts(location, {"旧": 1.0, "新": 1.0}) == ["旧"]
        publish(location, {"/报/2.txt": [indexed("又", article="a2")]})
        assert set(texts(location, {"旧": 1.0, "新": 1.0, "又": 1.0})) == {"旧", "又"}

    def test_left_without_commit_the_first_time_leaves_no_index(self, location):
        with open_builder(location) as builder:
            builder.add([indexed("新")])
            builder.keep(record("/报/1.txt", 1))
        with pytest.raises(NoIndex, match="wenbao index"):
            open_engine(location)

    def test_keeping_a_source_again_replaces_it(self, location):
        publish(location, {"/报/1.txt": [indexed("旧"), indexed("旧 也", paragraph=2)], "/报/2.txt": [indexed("别")]})
        publish(location, {"/报/1.txt": [indexed("新")]})
        assert set(texts(location, {"旧": 1.0, "新": 1.0, "别": 1.0})) == {"新", "别"}

    def test_dropping_leaves_the_source_as_it_was(self, location):
        publish(location, {"/报/1.txt": [indexed("旧")]})
        with open_builder(location) as builder:
            builder.add([indexed("半")])
            builder.add([indexed("截")])
            builder.drop()
            builder.add([indexed("好", article="a2")])
            builder.keep(record("/报/2.txt", 1))
            builder.commit(META)
        assert set(texts(location, {"旧": 1.0, "半": 1.0, "截": 1.0, "好": 1.0})) == {"旧", "好"}
        assert open_engine(location).stats.passages == 2

    def test_touching_a_source_changes_its_manifest_line_alone(self, location):
        publish(location, {"/报/1.txt": [indexed("旧", date=dt.date(2025, 1, 1))]})
        touched = SourceRecord("/报/1.txt", 10, 99, "c0ffee", 1, 1)
        with open_builder(location) as builder:
            builder.touch(touched)
            builder.commit(META)
        engine = open_engine(location)
        assert engine.manifest() == {"/报/1.txt": touched}
        assert (engine.stats.passages, engine.stats.first) == (1, dt.date(2025, 1, 1))
        publish(location, {"/报/1.txt": [indexed("新")]})
        assert texts(location, {"旧": 1.0, "新": 1.0}) == ["新"]

    def test_from_nothing_forgets_what_was_there(self, location):
        publish(location, {"/报/1.txt": [indexed("旧")]})
        engine = open_engine(location)
        other = IndexMeta("1:rjieba-0.2.1:def", "rjieba", ())
        with open_builder(location) as builder:
            builder.clear()
            assert (builder.meta, builder.manifest()) == (None, {})
            builder.add([indexed("新", article="a2")])
            builder.keep(record("/报/2.txt", 1))
            assert texts(location, {"旧": 1.0}) == ["旧"]
            builder.commit(other)
        assert engine.passage("a1.1-0").text == "旧"
        engine.reload()
        assert (engine.meta, engine.article("a1"), list(engine.manifest())) == (other, [], ["/报/2.txt"])

    def test_can_commit_more_than_once(self, location):
        with open_builder(location) as builder:
            for n in range(3):
                builder.add([indexed(f"甲 第{n}", article=f"a{n}")])
                builder.keep(record(f"/报/{n}.txt", 1))
                builder.commit(META)
                assert open_engine(location).stats.passages == n + 1
        assert len(texts(location, {"甲": 1.0})) == 3

    def test_hands_back_the_manifest_and_what_the_index_was_built_with(self, location):
        publish(location, {"/报/1.txt": [indexed("甲")], "/报/二.txt": [indexed("乙")]})
        expected = {source: record(source, 1) for source in ("/报/1.txt", "/报/二.txt")}
        engine = open_engine(location)
        assert (engine.manifest(), engine.meta) == (expected, META)
        with open_builder(location) as builder:
            assert (builder.manifest(), builder.meta) == (expected, META)

    def test_is_for_one_at_a_time_and_never_stops_a_reader(self, location):
        publish(location, {"/报/1.txt": [indexed("旧")]})
        with open_builder(location) as builder:
            builder.add([indexed("新", article="a2")])
            with pytest.raises(IndexBusy), open_builder(location):
                pass
            assert texts(location, {"旧": 1.0}) == ["旧"]
        with open_builder(location) as builder:
            assert list(builder.manifest()) == ["/报/1.txt"]


def test_a_place_without_an_index_says_so(location):
    with pytest.raises(NoIndex, match="wenbao index"):
        open_engine(location)
    with open_builder(location) as builder:
        assert (builder.meta, builder.manifest()) == (None, {})
