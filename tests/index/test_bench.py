"""Seeded archives, the clocks around the stages of an answer, and the contestants over a small archive."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from index.answer import Archive, ask
from index.bench import archive, plot
from index.bench.measure import Bench, run
from index.bench.peers import PEERS, check
from index.bench.stages import STAGES, watched
from index.errors import NothingToIndex, NotInstalled
from index.passages import split_text
from index.testset import read_testset

DOCS_CORPUS = Path(__file__).resolve().parents[2] / "docs_corpus"
INSTALLED = [name for name in PEERS if name != "bm25s" or all(map(importlib.util.find_spec, ("bm25s", "numba")))]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.json"
    asked = {"question": "石桥建于哪一年?", "answers": [{"text": "1895年", "answer_start": 4}]}
    paragraph = {"context": "石桥建于1895年，长三十米。", "qas": [asked]}
    file.write_text(json.dumps({"data": [{"title": "石桥", "paragraphs": [paragraph]}]}, ensure_ascii=False), "utf-8")
    return file


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text("utf-8").splitlines()]


def passages(folder: Path) -> int:
    return sum(max(1, len(split_text(text))) for line in lines(folder) for text in line["paragraphs"])


class TestASeededArchive:
    def test_has_as_many_passages_as_asked_for_the_question_file_s_first(self, tmp_path, questions):
        archive.write(tmp_path / "news", 700, [read_testset(questions)], [DOCS_CORPUS])
        first = lines(tmp_path / "news")[0]
        assert (first["title"], first["paragraphs"]) == ("石桥", ["石桥建于1895年，长三十米。"])
        assert passages(tmp_path / "news") == 700

    def test_is_the_same_every_time(self, tmp_path):
        for name in ("one", "two"):
            archive.write(tmp_path / name, 400, [], [DOCS_CORPUS])
        assert lines(tmp_path / "one") == lines(tmp_path / "two")

    def test_takes_only_real_articles_while_there_are_enough(self, tmp_path):
        archive.write(tmp_path / "news", 20, [], [DOCS_CORPUS])
        assert [file.name for file in (tmp_path / "news").iterdir()] == ["real-0000.jsonl"]

    def test_cannot_be_made_from_nothing(self, tmp_path):
        with pytest.raises(NothingToIndex):
            archive.write(tmp_path / "news", 20, [], [])


class TestTheClocks:
    def test_share_out_what_an_answer_takes(self, sample: Archive):
        with watched(sample) as clock:
            for question in ("船山时间谷有多少企业", "船山时间谷投产的有多少家"):
                clock.start()
                outcome = ask(question, sample)
                assert set(clock.spent) == {"search", "read", *STAGES}
                assert all(spent >= 0 for spent in clock.spent.values())
                assert sum(clock.spent.values()) <= outcome.took_ms * 1.05 + 1

    def test_leave_everything_as_it_was(self, sample: Archive):
        before = [getattr(where, name) for functions in STAGES.values() for where, name in functions]
        with watched(sample):
            pass
        assert before == [getattr(where, name) for functions in STAGES.values() for where, name in functions]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "bm25s" else []) for name in INSTALLED]
)
def test_a_peer_finds_the_passages_with_the_words_rarest_first(tmp_path, name):
    tokens = tmp_path / "tokens.txt"
    tokens.write_text("桥 建成\n" + "河 水 上涨\n" * 80 + "桥 河 通车\n", "utf-8")
    PEERS[name].build(tokens, tmp_path / name)
    found = PEERS[name].load(tokens, tmp_path / name)(["通车", "桥"], 60)
    assert found[:2] == [81, 0]


def test_a_peer_that_is_not_installed_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match=r"wenbao\[bench\]"):
        check(["bm25s"])
    with pytest.raises(NotInstalled, match=r"wenbao\[bench\]"):
        plot.check()


@pytest.mark.slow
def test_a_run_yields_a_record_for_ours_and_one_for_each_peer(tmp_path, questions):
    command = [sys.executable, "-c", "from bot.cli import main; main()", "ask", "--index"]
    bench = Bench([DOCS_CORPUS], [questions], ["tantivy", "rank_bm25"], 12, "jieba", command, tmp_path / "kept")
    records = list(run(bench, [300]))
    assert [(one["case"], one.get("peer")) for one in records] == [
        ("ask", None),
        ("search", "tantivy"),
        ("search", "rank_bm25"),
    ]
    ours, against, _ = records
    assert ours["passages"] == 300
    assert ours["median_ms"] > ours["stages"]["search"]["median_ms"] > 0
    assert ours["alone"]["median_ms"] > ours["alone"]["stages"]["search"]["median_ms"] > 0
    assert ours["stages"]["read"]["median_ms"] > 0
    assert ours["queries"] >= ours["alone"]["queries"] == against["peer_case"]["alone"]["queries"] > 2
    assert ours["cold_seconds"] > 0
    assert ours["index_mb"] > 0
    assert ours["resident_mb"] > 0
    assert against["ratio"] == pytest.approx(against["median_ms"] / against["peer_median_ms"], rel=0.01)
    if importlib.util.find_spec("matplotlib"):
        plot.draw(records, tmp_path / "growth.png")
        assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")
