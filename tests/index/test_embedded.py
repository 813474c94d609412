"""The embedded engine's directory: what it survives, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.engines import alike, blocks, cache_dir, embedded, open_builder, open_engine, rows
from index.engines.alike import Term, rare
from index.engines.storage import CURRENT, LAYOUT
from index.errors import CorruptIndex, IndexBusy, IndexMismatch, IndexWriteFailed, NoIndex
from index.model import Citation, IndexedPassage, IndexMeta, Passage, Query, SourceRecord

META = IndexMeta("1:jieba-0.42.1:abc", "jieba", ())
ROOT = Path(__file__).resolve().parents[2]


def indexed(number: int, words: str = "企业 很 多") -> IndexedPassage:
    citation = Citation(f"a{number}.x", f"a{number}", f"/报/{number}.txt", 1)
    return IndexedPassage(Passage(words, citation, ""), words.split(), ["企业"])


def publish(location: Path, numbers: range, *, clear: bool = False) -> None:
    with open_builder(location) as builder:
        if clear:
            builder.clear()
        for number in numbers:
            builder.add([indexed(number)])
            builder.keep(SourceRecord(f"/报/{number}.txt", 1, 2, "c0ffee", 1, 1))
        builder.commit(META)


def found(location: Path) -> int:
    return len(open_engine(location).search(Query({"企业": 1.0}, {}), 100))


def generation(location: Path) -> Path:
    return location / (location / CURRENT).read_text()


@pytest.fixture
def location(tmp_path: Path) -> Path:
    place = tmp_path / "index"
    publish(place, range(3))
    return place


def _no_pointer_but_other_files(place: Path) -> None:
    (place / CURRENT).unlink()
    (place / "读书笔记.doc").write_bytes(b"\0")


def _each_file(suffix: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(place: Path) -> None:
        files = list(generation(place).glob(f"*{suffix}"))
        assert files
        for file in files:
            file.write_bytes(change(file.read_bytes()))

    return damage


DAMAGES = {
    "no pointer": _no_pointer_but_other_files,
    "a garbage pointer": lambda place: (place / CURRENT).write_bytes(b"\xff\x00garbage"),
    "an empty pointer": lambda place: (place / CURRENT).write_text(""),
    "a pointer upwards": lambda place: (place / CURRENT).write_text(".."),
    "a pointer to nowhere": lambda place: (place / CURRENT).write_text(f"g{LAYOUT}-00000000"),
    "no meta.json": lambda place: (generation(place) / "meta.json").unlink(),
    "a garbage meta.json": lambda place: (generation(place) / "meta.json").write_text("{}"),
    "no rows": lambda place: (generation(place) / "rows.0").unlink(),
    "truncated rows": _each_file("rows.0", lambda content: content[: len(content) // 2]),
    "empty rows": _each_file("rows.0", lambda content: b""),
    "truncated segments": _each_file(".store", lambda content: content[: len(content) // 2]),
    "garbage segments": _each_file(".idx", lambda content: b"\x55" * len(content)),
    "empty segments": _each_file(".term", lambda content: b""),
    "garbage inside the stored rows": _each_file(".store", lambda content: b"\xee" * 60 + content[60:]),
}


class TestADamagedDirectory:
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
    def test_is_named_with_the_way_out_which_works(self, location, damage):
        damage(location)
        with pytest.raises(CorruptIndex) as raised:
            found(location)
        assert str(location) in str(raised.value)
        assert "wenbao index --full" in str(raised.value)
        with pytest.raises(CorruptIndex), open_builder(location) as builder:
            builder.manifest()
        publish(location, range(5), clear=True)
        assert found(location) == 5

    def test_keeps_files_that_are_not_ours(self, location):
        _no_pointer_but_other_files(location)
        publish(location, range(5), clear=True)
        assert (location / "读书笔记.doc").exists()

    def test_that_is_a_file_is_named_and_left_alone(self, tmp_path):
        place = tmp_path / "index"
        place.write_text("我的文件")
        with pytest.raises(CorruptIndex, match="INDEX_DIR"):
            open_engine(place)
        with pytest.raises(CorruptIndex, match="INDEX_DIR"):
            publish(place, range(1), clear=True)
        assert place.read_text() == "我的文件"

    def test_of_another_layout_asks_for_a_rebuild(self, location):
        (location / CURRENT).write_text(f"g{LAYOUT + 1}-00000000")
        (location / f"g{LAYOUT + 1}-00000000").mkdir()
        with pytest.raises(IndexMismatch, match="--full"):
            open_engine(location)
        publish(location, range(5), clear=True)
        assert found(location) == 5


class TestAFullRebuild:
    def test_leaves_one_generation_and_the_segmenter_s_cache(self, location):
        cache_dir(location).mkdir()
        (cache_dir(location) / "jieba.cache").write_text("x")
        publish(location, range(5), clear=True)
        assert [entry for entry in location.iterdir() if entry.is_dir() and entry != cache_dir(location)] == [
            generation(location)
        ]
        assert (cache_dir(location) / "jieba.cache").exists()

    def test_goes_on_answering_from_the_old_state_in_readers_that_have_it_open(self, location):
        engine = open_engine(location)
        publish(location, range(5), clear=True)
        assert len(engine.search(Query({"企业": 1.0}, {}), 100)) == 3
        engine.reload()
        assert len(engine.search(Query({"企业": 1.0}, {}), 100)) == 5

    def test_never_shows_a_reader_half_an_index(self, location):
        done = threading.Event()
        seen: set[int] = set()
        problems: list[BaseException] = []

        def read() -> None:
            engine = open_engine(location)
            while not done.is_set():
                try:
                    engine.reload()
                    seen.add(len(engine.search(Query({"企业": 1.0}, {}), 100)))
                    seen.add(found(location))
                except Exception as problem:
                    problems.append(problem)

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(5):
            publish(location, range(7), clear=True)
            publish(location, range(3), clear=True)
        done.set()
        reader.join()
        assert problems == []
        assert seen <= {3, 7}


@pytest.mark.slow
def test_a_year_of_daily_commits_leaves_few_segments_and_few_files(location):
    most = 0
    for day in range(365):
        publish(location, range(10 * day, 10 * day + 20))
        most = max(most, len(json.loads((generation(location) / "meta.json").read_text())["segments"]))
    assert most <= 12
    assert len(list(generation(location).iterdir())) < 100
    assert found(location) == 100


def rows_file(location: Path) -> Path:
    (file,) = generation(location).glob("rows.*")
    return file


ZSTD_DICTIONARY = (0xEC30A437).to_bytes(4, "little")


def _sentence(seed: str) -> str:
    chance = random.Random(seed)
    words = ["".join(chr(0x4E00 + 7 * word + at) for at in range(2 + word % 3)) for word in range(300)]
    return "".join(chance.choice(words) for _ in range(200))


class TestTheFileOfRows:
    @pytest.mark.slow
    def test_stays_small_in_a_year_of_daily_readings(self, location):
        publish(location, range(200))
        sizes = []
        for day in range(365):
            publish(location, range(20 * day % 200, 20 * day % 200 + 20))
            sizes.append(rows_file(location).stat().st_size)
        assert max(sizes[100:]) <= max(sizes[:100])
        assert found(location) == 100
        assert len(list(open_engine(location).passages("/报/7.txt"))) == 1

    @pytest.mark.parametrize("at", [0, 4, 20, -9, -1])
    def test_with_a_wrong_byte_is_named_when_it_is_read(self, location, at):
        content = bytearray(rows_file(location).read_bytes())
        content[at] ^= 0x55
        rows_file(location).write_bytes(content)
        with pytest.raises(CorruptIndex, match="wenbao index --full"):
            found(location)
        publish(location, range(5), clear=True)
        assert found(location) == 5

    def test_is_read_once_for_passages_asked_for_again_and_anew_after_a_commit(self, location, monkeypatch):
        engine = open_engine(location)
        first = engine.search(Query({"企业": 1.0}, {}), 2)
        reads: list[int] = []
        unpacked = rows.Rows.read
        monkeypatch.setattr(rows.Rows, "read", lambda held, of: reads.extend(of) or unpacked(held, of))
        again = engine.search(Query({"企业": 1.0}, {}), 3)
        assert again[:2] == first
        assert len(reads) == 1
        publish(location, range(1), clear=True)
        engine.reload()
        assert [one.passage.citation.article_id for one in engine.search(Query({"企业": 1.0}, {}), 3)] == ["a0"]
        assert len(reads) == 2

    def test_has_no_more_than_some_passages_of_it_kept(self, location, monkeypatch):
        monkeypatch.setattr(embedded, "_KEPT", 10)
        publish(location, range(40))
        engine = open_engine(location)
        for limit in (1, 3, 9, 12, 20, 40, 40):
            assert len(engine.search(Query({"企业": 1.0}, {}), limit)) == limit
        engine.search(Query({"企业": 1.0}, {}), 1)
        assert len(engine._opened.kept) < 10

    def test_written_anew_is_left_to_readers_that_have_the_old_one_open(self, location):
        publish(location, range(50))
        engine = open_engine(location)
        before = rows_file(location)
        publish(location, range(50))
        assert rows_file(location) != before
        assert len(engine.search(Query({"企业": 1.0}, {}), 100)) == 50
        engine.reload()
        assert len(engine.search(Query({"企业": 1.0}, {}), 100)) == 50

    def test_is_closed_when_the_last_state_that_reads_it_is_given_up(self, location):
        engine = open_engine(location)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(1_000):
            engine.reload()
        for _ in range(20):
            publish(location, range(3))
            engine.reload()
            open_engine(location)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2

    def test_loses_what_a_killed_writer_left_behind_its_end(self, location):
        size = rows_file(location).stat().st_size
        with rows_file(location).open("ab") as rows:
            rows.write(b"half a block")
        (generation(location) / "rows.1").write_bytes(b"half a copy")
        assert found(location) == 3
        with open_builder(location) as builder:
            builder.add([indexed(3)])
            builder.drop()
        assert rows_file(location).stat().st_size == size
        publish(location, range(3, 5))
        assert found(location) == 5

    def test_takes_a_dictionary_when_there_is_enough_to_take_it_from_and_again_when_it_has_doubled(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(blocks, "FEWEST", 200)
        place = tmp_path / "index"
        dictionaries, texts = [], {}
        with open_builder(place) as builder:
            for number in range(60):
                some = [_sentence(f"{number} {at}") for at in range(10)]
                texts[f"s{number}"] = some
                builder.add(
                    IndexedPassage(
                        Passage(text, Citation(f"a{number}.{at}", f"a{number}", "s", at), "n2"), ["企业"], []
                    )
                    for at, text in enumerate(some)
                )
                builder.keep(SourceRecord(f"s{number}", 1, 2, "c0ffee", 1, 10))
                builder.checkpoint(META)
                (rows,) = place.glob("g*/rows.*")
                dictionaries.append(rows.read_bytes()[:1_000])
            builder.commit(META)
        engine = open_engine(place)
        assert {name: [one.text for one in engine.passages(name)] for name in texts} == texts
        assert len(set(dictionaries)) == 3
        assert dictionaries[-1].startswith(ZSTD_DICTIONARY)

        publish(place, range(3))
        assert [one.text for one in open_engine(place).passages("s59")] == texts["s59"]
        content = bytearray(rows_file(place).read_bytes())
        content[2_000:4_000] = bytes(2_000)
        rows_file(place).write_bytes(content)
        with pytest.raises(CorruptIndex):
            [list(open_engine(place).passages(name)) for name in texts]

    def test_with_a_wrong_byte_is_named_when_it_is_packed_anew(self, location):
        sizes = [rows_file(location).stat().st_size]
        for first in (50, 100, 150):
            publish(location, range(first, first + 50))
            sizes.append(rows_file(location).stat().st_size)
        content = bytearray(rows_file(location).read_bytes())
        content[sizes[2] - 9] ^= 0x55
        rows_file(location).write_bytes(content)
        with pytest.raises(CorruptIndex, match="wenbao index --full"):
            publish(location, [*range(50, 100), *range(150, 200)])
        publish(location, range(5), clear=True)
        assert found(location) == 5

    def test_brings_text_and_cut_back_whatever_is_in_them(self, tmp_path):
        place = tmp_path / "index"
        texts = ["", "企业", "\0\1企业\n", "𠮷野家\x1d\x1e\x1f", "ＡＢＣ　企业" * 60]
        cuts = ["", "n2", "x1x1n2x1", "n1n2x1x1x1", "e3x1n2" * 60]
        written = [
            Passage(text, Citation(f"a.{at}", "a", "s", at, title="题\x1f目"), cut, part=at)
            for at, (text, cut) in enumerate([*zip(texts, cuts, strict=True), ("企业", "n1"), ("企业", "坏n2")] * 9, 1)
        ]
        with open_builder(place) as builder:
            builder.add([IndexedPassage(passage, ["企业"], []) for passage in written])
            builder.keep(SourceRecord("s", 1, 2, "c0ffee", 1, len(written)))
            builder.commit(META)
        engine = open_engine(place)
        read = sorted(engine.passages("s"), key=lambda passage: passage.part)
        assert [(passage.text, passage.cut) for passage in read] == [(one.text, one.cut) for one in written]
        assert {passage.citation.title for passage in read} == {"题\x1f目"}


def start(location: Path, then: str) -> subprocess.Popen[str]:
    """Start a writer in a process of its own that says "ready" and waits at a chosen place."""
    program = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from index.engines import open_builder
from index.model import Citation, IndexedPassage, IndexMeta, Passage, SourceRecord
with open_builder({str(location)!r}) as builder:
    {then}
    for number in range(100, 2000):
        passage = Passage("企业", Citation(f"a{{number}}.x", f"a{{number}}", "s", 1), "")
        builder.add([IndexedPassage(passage, ["企业"] * 50, [])])
        builder.keep(SourceRecord(f"/报/{{number}}.txt", 1, 2, "c0ffee", 1, 1))
        if number == 150:
            print("ready", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


class TestAWriterInAnotherProcess:
    @pytest.mark.parametrize("then", ["pass", "builder.clear()"], ids=["incremental", "full"])
    def test_killed_at_work_leaves_the_old_state_and_no_lock(self, location, then):
        with start(location, then) as process:
            with pytest.raises(IndexBusy, match=str(location)), open_builder(location):
                pass
            process.send_signal(signal.SIGKILL)
        assert found(location) == 3
        publish(location, range(4))
        assert found(location) == 4
        assert len([entry for entry in location.iterdir() if entry.is_dir()]) == 1

    def test_killed_at_the_first_build_leaves_no_index_and_no_hindrance(self, tmp_path):
        place = tmp_path / "index"
        with start(place, "pass") as process:
            process.kill()
        with pytest.raises(NoIndex):
            open_engine(place)
        publish(place, range(4))
        assert found(place) == 4


class TestAPlaceThatCannotBeWritten:
    def test_for_want_of_room_is_named_and_the_old_state_stays(self, location):
        size = max(file.stat().st_size for file in generation(location).iterdir())
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 3000, hard))
        try:
            for clear in (False, True):
                with pytest.raises(IndexWriteFailed, match="磁盘空间"):
                    publish_much(location, clear)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, ignored)
        assert found(location) == 3
        publish(location, range(4))
        assert found(location) == 4

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
    def test_on_a_full_disk_is_named_and_the_old_state_stays(self, tmp_path):
        disk = tmp_path / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", disk], capture_output=True)
        if mounted.returncode:
            pytest.skip("mounting is not allowed here")
        try:
            publish(disk / "index", range(3))
            with pytest.raises(IndexWriteFailed, match="磁盘空间"):
                publish_much(disk / "index", False)
            assert found(disk / "index") == 3
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_for_want_of_permission_is_named(self, tmp_path):
        tmp_path.chmod(0o500)
        with pytest.raises(IndexWriteFailed, match="权限"), open_builder(tmp_path / "index"):
            pass

    def test_because_a_file_is_in_the_way_is_named(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(IndexWriteFailed, match="file"), open_builder(tmp_path / "file" / "index"):
            pass


def publish_much(location: Path, clear: bool) -> None:
    with open_builder(location) as builder:
        if clear:
            builder.clear()
        for number in range(2000):
            words = " ".join(f"词{number}号{n}" for n in range(40))
            builder.add([indexed(number, words)])
            builder.keep(SourceRecord(f"/报/{number}.txt", 1, 2, "c0ffee", 1, 1))
        builder.commit(META)


def a_term(text: str, holders: int, weight: float = 1.0) -> Term:
    return Term("bigrams" if weight != 1.0 else "words", text, weight, holders)


def test_a_pair_that_is_a_word_of_the_question_may_be_as_frequent_as_a_word():
    word, pair, mere = a_term("图书馆", 4_000), a_term("公园", 4_000, 1.5), a_term("园开", 4_000, 0.5)
    assert rare([word, pair, mere], 100_000) == [pair, word]
    assert rare([word, pair, mere], 30_000) == []


def test_a_search_reads_the_rarest_terms_and_no_more_postings_than_it_may(monkeypatch):
    monkeypatch.setattr(alike, "LEAST_TERMS", 2)
    some = [a_term("年", 40_000), a_term("时间谷", 3), a_term("企业", 21_000), a_term("船山", 90)]
    assert [term.text for term in rare(some, 1_000_000)] == ["时间谷", "船山", "企业"]
    assert [term.text for term in rare(some[:2], 1_000_000)] == ["时间谷", "年"]


def test_a_search_reads_a_few_terms_however_frequent_they_are():
    frequent = [a_term(str(number), 90_000 + number) for number in range(9)]
    assert rare(frequent, 1_000_000) == frequent[: alike.LEAST_TERMS]
    assert rare([], 1_000_000) == []


def test_a_pair_that_is_a_word_of_the_question_is_read_before_a_mere_pair(monkeypatch):
    monkeypatch.setattr(alike, "LEAST_TERMS", 1)
    word, mere = a_term("公园", 40_000, 1.5), a_term("园开", 29_000, 0.5)
    assert rare([mere, word], 1_000_000) == [word]
