"""What a re-index keeps, replaces, removes and reports."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import cutting, intake, reindex, tokens
from index.engines import open_builder, open_engine
from index.errors import (
    CorruptIndex,
    IndexBusy,
    IndexingCancelled,
    IndexMismatch,
    MissingPath,
    NothingToIndex,
)
from index.model import IndexMeta, Progress, Query, Reindexed
from index.tokens import Choice, Segmenter

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory):
    """Each segmenter once: loading jieba takes longer than a test."""
    cache = tmp_path_factory.mktemp("jieba") / "cache"

    @functools.cache
    def once(choice: Choice, lexicon: tuple[str, ...]) -> Segmenter:
        return Segmenter(choice, lexicon, cache)

    return once


@pytest.fixture(autouse=True)
def _load_once(monkeypatch: pytest.MonkeyPatch, load) -> None:
    def reopened(meta: IndexMeta, choice: Choice, cache_dir: Path) -> Segmenter:
        tokens.check(meta, choice)
        return load(meta.segmenter, meta.lexicon)

    monkeypatch.setattr(reindex, "Segmenter", lambda choice, words, cache_dir: load(choice, tuple(sorted(set(words)))))
    monkeypatch.setattr(reindex, "open_segmenter", reopened)


class Desk:
    """An archive's folder and its index, with the calls these tests make all the time."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.location = folder / "index"

    def write(self, name: str, *articles: str, **fields: object) -> Path:
        """Write a JSONL file, one article of one paragraph for each text."""
        lines = [{"title": "题", "paragraphs": [text]} | fields for text in articles]
        path = self.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
        return path

    def run(self, *paths: Path, **options) -> Reindexed:
        return reindex.run(paths or [self.corpus], self.location, **options)

    def texts(self) -> set[str]:
        engine = open_engine(self.location)
        return {passage.text for source in engine.manifest() for passage in engine.passages(source)}

    @property
    def generation(self) -> str:
        return open_engine(self.location).generation


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def counts(done: Reindexed) -> tuple[int, int, int, int]:
    return done.added, done.changed, done.removed, done.unchanged


def reasons(done: Reindexed) -> dict[str, str]:
    return {Path(entry.source).name: entry.reason for entry in done.skipped}


class TestAFirstBuild:
    def test_finds_every_passage_by_its_words_and_bigrams(self, desk):
        desk.write("一.jsonl", "时间谷引进企业142家。", "雨水充沛。")
        done = desk.run()
        assert counts(done) == (1, 0, 0, 0)
        assert (done.articles, done.passages, done.skipped) == (2, 2, ())
        engine = open_engine(desk.location)
        for query in (Query({"142": 1.0}, {}), Query({}, {"谷引": 1.0})):
            assert [found.passage.text for found in engine.search(query, 5)] == ["时间谷引进企业142家。"]

    def test_finds_traditional_text_by_simplified_words_and_shows_it_as_printed(self, desk):
        desk.write("一.jsonl", "時間谷引進企業。")
        desk.run()
        found = open_engine(desk.location).search(Query({}, {"时间": 1.0}), 5)
        assert [one.passage.text for one in found] == ["時間谷引進企業。"]

    def test_freezes_the_archive_s_own_names_and_the_given_words(self, desk):
        desk.write("一.jsonl", "“谷有金声”开播，谷有金声很好。", "“谷有金声”又开播。")
        desk.run(lexicon=["船山时间谷"])
        assert {"谷有金声", "船山时间谷"} <= set(open_engine(desk.location).meta.lexicon)
        desk.write("二.jsonl", "“秋水长天”“秋水长天”“秋水长天”。")
        desk.run(lexicon=["别的词"])
        assert not {"秋水长天", "别的词"} & set(open_engine(desk.location).meta.lexicon)

    def test_counts_what_it_ignores_and_names_what_it_skips(self, desk):
        desk.write("一.jsonl", "好的一篇。")
        (desk.corpus / "照片.bmp").write_bytes(b"BM")
        (desk.corpus / "README.md").write_text("# 说明")
        (desk.corpus / "坏.jsonl").write_bytes(b"\x00\x01\x02" * 50)
        (desk.corpus / "空.txt").write_bytes(b"")
        done = desk.run()
        assert (done.added, done.ignored) == (1, 2)
        assert set(reasons(done)) == {"坏.jsonl", "空.txt"}
        assert all(reasons(done).values())

    def test_reports_rejected_entries_and_remembers_them_with_the_source(self, desk):
        path = desk.write("一.jsonl", "好的一篇。")
        path.write_text(path.read_text("utf-8") + "\n{坏的一行\n", "utf-8")
        done = desk.run()
        assert (done.added, len(done.skipped)) == (1, 1)
        [problem] = open_engine(desk.location).manifest()[str(path)].problems
        assert "2" in problem
        assert str(path) not in problem

    def test_skips_a_file_whose_name_is_not_text(self, desk):
        desk.write("一.jsonl", "好的一篇。")
        named = os.fsencode(desk.corpus) + b"/\xff\xfe.jsonl"
        try:
            os.close(os.open(named, os.O_CREAT | os.O_WRONLY))
        except OSError:
            pytest.skip("this file system keeps such names out")
        done = desk.run()
        assert done.added == 1
        [skipped] = done.skipped
        skipped.source.encode()

    def test_of_nothing_says_so_and_leaves_no_index(self, desk):
        with pytest.raises(NothingToIndex, match="corpus"):
            desk.run()
        (desk.corpus / "坏.jsonl").write_bytes(b"\x00\x01\x02" * 50)
        with pytest.raises(NothingToIndex, match=r"坏\.jsonl"):
            desk.run()
        assert not (desk.location / "current").exists()

    def test_of_a_path_that_is_not_there_says_so(self, desk):
        with pytest.raises(MissingPath, match="nowhere"):
            desk.run(desk.corpus / "nowhere")

    def test_tells_how_far_it_is_source_by_source(self, desk):
        for number in range(3):
            desk.write(f"{number}.jsonl", *["一篇。"] * 50)
        seen: list[Progress] = []
        desk.run(report=seen.append)
        assert list(dict.fromkeys(step.stage for step in seen)) == ["listing", "lexicon", "reading", "committing"]
        assert [(step.done, step.total) for step in seen if step.stage == "reading"] == [(0, 3), (1, 3), (2, 3)]
        assert len(seen) < 12


@pytest.fixture
def built(desk: Desk) -> Desk:
    """Three sources, indexed."""
    for name in ("一", "二", "三"):
        desk.write(f"{name}.jsonl", f"第{name}篇。")
    desk.run()
    return desk


class TestARunAfterwards:
    def test_without_changes_commits_nothing_and_loads_no_segmenter(self, built, monkeypatch):
        monkeypatch.setattr(reindex, "open_segmenter", lambda *_: pytest.fail("loaded"))
        before = built.generation
        done = built.run()
        assert counts(done) == (0, 0, 0, 3)
        assert (done.articles, done.passages, built.generation) == (3, 3, before)

    def test_takes_up_additions_changes_and_removals_together(self, built):
        built.write("一.jsonl", "第一篇。")
        built.write("二.jsonl", "改过的第二篇。", "又一篇。")
        (built.corpus / "三.jsonl").unlink()
        built.write("四.jsonl", "第四篇。")
        done = built.run()
        assert counts(done) == (1, 1, 1, 1)
        assert (done.articles, done.passages) == (4, 4)
        assert built.texts() == {"第一篇。", "改过的第二篇。", "又一篇。", "第四篇。"}
        assert open_engine(built.location).stats.passages == 4

    def test_reads_no_file_again_whose_time_alone_changed(self, built, monkeypatch):
        os.utime(built.corpus / "一.jsonl", ns=(1, 1))
        monkeypatch.setattr(cutting, "cut_up", lambda *_: pytest.fail("read again"))
        assert counts(built.run()) == (0, 0, 0, 3)
        assert open_engine(built.location).manifest()[str(built.corpus / "一.jsonl")].mtime_ns == 1
        before = built.generation
        monkeypatch.setattr(intake, "_sha256", lambda *_: pytest.fail("hashed again"))
        assert counts(built.run()) == (0, 0, 0, 3)
        assert built.generation == before

    def test_reads_a_file_again_that_changed_within_the_same_size(self, built):
        built.write("一.jsonl", "弟一篇。")
        assert counts(built.run()) == (0, 1, 0, 2)
        assert "弟一篇。" in built.texts()

    def test_of_one_path_leaves_the_others_as_they_are(self, built):
        own = built.write("甲/五.jsonl", "第五篇。").parent
        (built.corpus / "一.jsonl").unlink()
        assert counts(built.run(own)) == (1, 0, 0, 0)
        assert "第一篇。" in built.texts()
        (own / "五.jsonl").unlink()
        (own / "六.jsonl").write_text('{"paragraphs": ["第六篇。"]}', "utf-8")
        assert counts(built.run(own)) == (1, 0, 1, 0)
        assert built.texts() == {"第一篇。", "第二篇。", "第三篇。", "第六篇。"}

    def test_of_a_folder_leaves_its_namesake_s_sources_alone(self, built):
        built.write("报/七.jsonl", "第七篇。")
        longer = built.write("报纸/八.jsonl", "第八篇。")
        built.run()
        longer.unlink()
        assert built.run(built.corpus / "报").removed == 0

    @pytest.mark.parametrize("content", [b"\x00\x01\x02" * 50, b"", b"{}\n"], ids=["binary", "empty", "rejected"])
    def test_keeps_what_was_good_of_a_file_that_went_bad_and_says_so_each_time(self, built, content):
        (built.corpus / "一.jsonl").write_bytes(content)
        for _ in range(2):
            done = built.run()
            assert counts(done) == (0, 0, 0, 2)
            assert any("一.jsonl" in name for name in reasons(done))
            assert "第一篇。" in built.texts()
        built.write("一.jsonl", "重新写好。")
        assert counts(built.run()) == (0, 1, 0, 2)
        assert "第一篇。" not in built.texts()

    def test_keeps_what_was_good_of_a_file_that_goes_bad_half_way(self, built, monkeypatch):
        built.write("一.jsonl", "好的一半。", "坏的一半。")

        def split(articles, segmenter):
            if articles[0][1] == ["坏的一半。"]:
                raise OSError(5, "Input/output error")
            return whole(articles, segmenter)

        whole = cutting.cut_up
        monkeypatch.setattr(cutting, "cut_up", split)
        built.write("四.jsonl", "第四篇。")
        done = built.run()
        assert counts(done) == (1, 0, 0, 2)
        assert "Input/output error" in reasons(done)["一.jsonl"]
        assert built.texts() == {"第一篇。", "第二篇。", "第三篇。", "第四篇。"}

    def test_skips_a_file_that_vanishes_meanwhile_and_removes_it_the_next_time(self, built):
        def vanish(progress: Progress) -> None:
            if progress.stage == "reading":
                (built.corpus / "三.jsonl").unlink(missing_ok=True)

        done = built.run(report=vanish)
        assert counts(done) == (0, 0, 0, 2)
        assert "三.jsonl" in reasons(done)
        assert "第三篇。" in built.texts()
        assert counts(built.run()) == (0, 0, 1, 2)
        assert "第三篇。" not in built.texts()

    def test_reads_a_folder_again_whose_paper_file_changed(self, built):
        (built.corpus / "_paper.toml").write_text('paper = "衡阳日报"', "utf-8")
        assert counts(built.run()) == (0, 3, 0, 0)
        engine = open_engine(built.location)
        [passage] = engine.passages(str(built.corpus / "一.jsonl"))
        assert passage.citation.paper == "衡阳日报"
        assert counts(built.run()) == (0, 0, 0, 3)

    def test_keeps_everything_under_a_paper_file_that_went_bad(self, built):
        (built.corpus / "_paper.toml").write_text("paper = [", "utf-8")
        done = built.run()
        assert len(done.skipped) == 3
        assert "_paper.toml" in done.skipped[0].reason
        assert built.texts() == {"第一篇。", "第二篇。", "第三篇。"}

    def test_never_empties_an_index(self, built):
        for path in built.corpus.iterdir():
            path.unlink()
        with pytest.raises(NothingToIndex):
            built.run()
        assert len(built.texts()) == 3

    def test_asks_for_a_full_one_when_words_are_cut_differently_now(self, built, monkeypatch):
        monkeypatch.setattr(tokens, "FORMAT", "0")
        with pytest.raises(IndexMismatch, match="--full"):
            built.run()

    def test_asks_for_a_full_one_when_the_index_is_damaged(self, built):
        (built.location / "current").write_text("x")
        with pytest.raises(CorruptIndex, match="--full"):
            built.run()
        assert counts(built.run(full=True)) == (3, 0, 0, 0)
        assert len(built.texts()) == 3


class TestAFullRebuild:
    def test_compares_with_the_index_it_replaces(self, built):
        built.write("一.jsonl", "改过。")
        (built.corpus / "二.jsonl").unlink()
        built.write("四.jsonl", "第四篇。")
        assert counts(built.run(full=True)) == (1, 1, 1, 1)
        assert built.texts() == {"改过。", "第三篇。", "第四篇。"}

    def test_takes_new_words_in_everywhere(self, built):
        built.run(full=True, lexicon=["第一篇"])
        engine = open_engine(built.location)
        assert "第一篇" in engine.meta.lexicon
        [found] = engine.search(Query({"第一篇": 1.0}, {}), 5)
        assert found.passage.text == "第一篇。"

    def test_reads_sources_outside_its_paths_too(self, built):
        own = built.write("甲/五.jsonl", "第五篇。").parent
        done = built.run(own, full=True)
        assert counts(done) == (1, 0, 0, 3)
        assert len(built.texts()) == 4

    def test_carries_over_what_cannot_be_read_any_more(self, built, tmp_path):
        path = built.corpus / "一.jsonl"
        was = open_engine(built.location).manifest()[str(path)]
        path.write_bytes(b"\x00\x01\x02" * 50)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "九.jsonl").write_text('{"paragraphs": ["第九篇。"]}', "utf-8")
        built.run(elsewhere)
        (elsewhere / "九.jsonl").unlink()
        done = built.run(full=True, lexicon=["第一篇"])
        assert set(reasons(done)) == {"一.jsonl", "九.jsonl"}
        assert built.texts() == {"第一篇。", "第二篇。", "第三篇。", "第九篇。"}
        engine = open_engine(built.location)
        kept = engine.manifest()[str(path)]
        assert (kept.articles, kept.passages) == (was.articles, was.passages)
        assert kept.problems != ()
        assert [found.passage.text for found in engine.search(Query({"第一篇": 1.0}, {}), 5)] == ["第一篇。"]

    def test_answers_to_another_segmenter(self, built):
        built.run(full=True, segmenter="jieba")
        assert open_engine(built.location).meta.segmenter == "jieba"
        assert counts(built.run()) == (0, 0, 0, 3)


class TestAStoppedRun:
    @pytest.mark.parametrize("full", [False, True])
    @pytest.mark.parametrize("stage", ["lexicon", "reading", "committing"])
    def test_leaves_the_index_as_it_was(self, built, full, stage):
        if stage == "lexicon" and not full:
            pytest.skip("an incremental run derives no lexicon")
        before = built.generation
        built.write("四.jsonl", "第四篇。")

        def interrupt(progress: Progress) -> None:
            if progress.stage == stage and (stage == "committing" or progress.done == 1):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            built.run(full=full, report=interrupt)
        assert built.generation == before
        assert counts(built.run(full=full)) == (1, 0, 0, 3)

    def test_by_its_caller_says_so_and_leaves_the_index_as_it_was(self, built):
        before = built.generation
        built.write("四.jsonl", *["第四篇。"] * 20)
        answers: Iterator[bool] = iter([False] * 10 + [True] * 100)
        with pytest.raises(IndexingCancelled):
            built.run(cancelled=lambda: next(answers))
        assert built.generation == before

    def test_by_a_second_writer_s_presence_says_so(self, built):
        with open_builder(built.location), pytest.raises(IndexBusy, match=str(built.location)):
            built.run()
        assert counts(built.run()) == (0, 0, 0, 3)

    @pytest.mark.parametrize("full", [False, True])
    def test_by_kill_leaves_the_index_as_it_was_and_the_next_run_free(self, built, full):
        before = built.generation
        built.write("四.jsonl", "第四篇。")
        built.write("五.jsonl", "第五篇。")
        program = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from index import reindex
def report(progress):
    if progress.stage == "reading" and progress.done == 4:
        print("ready", flush=True)
        time.sleep(60)
reindex.run([Path({str(built.corpus)!r})], {str(built.location)!r}, full={full}, report=report)
"""
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            with pytest.raises(IndexBusy):
                built.run()
            process.send_signal(signal.SIGKILL)
        assert built.generation == before
        assert counts(built.run()) == (2, 0, 0, 3)
        assert len(built.texts()) == 5
