"""It is true of listing sources and of what their place says that …"""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from index.errors import BadPaperFile, MissingPath, UnreadableSource
from index.model import ReadContext
from index.readers import HEAD, READERS, context_for, list_sources, reader_for, reader_named
from index.readers.context import PageFacts, file_of, page_facts, parse_date

DAY = dt.date(2025, 8, 12)


def write(path: Path, text: str = "河口镇。") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


class TestListing:
    def test_goes_through_folders_and_returns_sorted_resolved_files(self, tmp_path: Path) -> None:
        files = [write(tmp_path / name) for name in ("b/2.md", "a.txt", "b/c/1.jsonl")]
        found, ignored, rejected = list_sources([tmp_path / "b" / ".." / "b", tmp_path])
        assert found == sorted(file.resolve() for file in files)
        assert (ignored, rejected) == (0, [])

    def test_counts_unknown_suffixes_and_readmes_and_passes_over_hidden_files(self, tmp_path: Path) -> None:
        for name in ("a.md", "photo.gif", "README.md", "readme", ".hidden.md", ".git/x.md", "_paper.toml"):
            write(tmp_path / name, "")
        found, ignored, rejected = list_sources([tmp_path])
        assert [path.name for path in found] == ["a.md"]
        assert (ignored, rejected) == (3, [])

    def test_a_file_given_twice_or_linked_is_listed_once(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a.md")
        (tmp_path / "b.md").symlink_to(file)
        assert list_sources([file, tmp_path, file])[0] == [file.resolve()]

    def test_a_link_is_judged_by_what_it_points_to(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").symlink_to(write(tmp_path / "blob.bin"))
        assert list_sources([tmp_path])[:2] == ([], 1)

    def test_links_that_go_in_circles_are_harmless(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a" / "1.md")
        (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
        assert list_sources([tmp_path]) == ([file.resolve()], 1, [])

    def test_a_dangling_link_and_a_pipe_are_rejected_with_their_reason(self, tmp_path: Path) -> None:
        (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
        os.mkfifo(tmp_path / "pipe.txt")
        _, _, rejected = list_sources([tmp_path])
        assert [Path(entry.source).name for entry in rejected] == ["gone.md", "pipe.txt"]
        assert "链接" in rejected[0].reason
        assert "管道" in rejected[1].reason

    def test_an_unreadable_folder_is_rejected_and_the_rest_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = write(tmp_path / "open" / "1.md")
        closed = write(tmp_path / "closed" / "2.md").parent
        scandir = os.scandir

        def refusing(path: str) -> object:
            if path == str(closed):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refusing)
        found, _, rejected = list_sources([tmp_path])
        assert found == [file.resolve()]
        assert [entry.source for entry in rejected] == [str(closed)]
        assert "权限" in rejected[0].reason

    def test_a_missing_path_is_a_named_error(self, tmp_path: Path) -> None:
        with pytest.raises(MissingPath, match="nowhere"):
            list_sources([tmp_path / "nowhere"])


def test_each_known_suffix_has_a_reader_in_either_case() -> None:
    for suffix, reader in READERS.items():
        assert reader_for(Path(f"a{suffix.upper()}")) is reader
    assert reader_for(Path("a.gif")) is None
    assert reader_for(Path("README.md")) is None


class TestPaperFiles:
    def test_are_merged_from_the_top_down_the_nearest_wins(self, tmp_path: Path) -> None:
        write(tmp_path / "_paper.toml", 'paper = "河口日报"\nsection = "综合"\nfilename = "p(?P<page>\\\\d+)"')
        write(tmp_path / "evening" / "_paper.toml", 'paper = "河口晚报"')
        assert context_for(tmp_path / "1.md") == ReadContext("河口日报", "综合", (r"p(?P<page>\d+)",))
        assert context_for(tmp_path / "evening" / "x" / "1.md") == ReadContext("河口晚报", "综合", (r"p(?P<page>\d+)",))

    def test_are_read_again_when_they_change(self, tmp_path: Path) -> None:
        write(tmp_path / "_paper.toml", 'paper = "甲报"')
        assert context_for(tmp_path / "1.md").paper == "甲报"
        write(tmp_path / "_paper.toml", 'paper = "改名后的报"')
        assert context_for(tmp_path / "1.md").paper == "改名后的报"

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("paper = ", "TOML"),
            ('papers = "河口日报"', "papers"),
            ("paper = 5", "paper"),
            ("filename = 5", "filename"),
            ('filename = "(?P<date>"', "正则"),
            ('filename = "(?P<day>.*)"', "命名组"),
            ('filename = ["(?P<date>.*)", ".*"]', "命名组"),
        ],
    )
    def test_that_are_wrong_are_a_named_error(self, tmp_path: Path, text: str, named: str) -> None:
        write(tmp_path / "_paper.toml", text)
        with pytest.raises(BadPaperFile, match=r"_paper\.toml") as caught:
            context_for(tmp_path / "1.md")
        assert named in str(caught.value)

    def test_in_another_encoding_are_a_named_error(self, tmp_path: Path) -> None:
        (tmp_path / "_paper.toml").write_bytes('paper = "河口日报"'.encode("gbk"))
        with pytest.raises(BadPaperFile, match=r"_paper\.toml"):
            context_for(tmp_path / "1.md")


def test_a_members_file_is_its_container_however_it_is_named() -> None:
    files = {"/a/号外!.zip", "/a/b.txt"}
    assert file_of("/a/b.txt", files) == "/a/b.txt"
    assert file_of("/a/号外!.zip!x.zip!好!.txt", files) == "/a/号外!.zip"
    assert file_of("/a/c.zip!x", files) == ""


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "source"),
        [
            ("/p/20250812.md", "file_name"),
            ("/p/hk20250812a.txt", "file_name"),
            ("/p/2025-08-12.txt", "file_name"),
            ("/p/2025-08/12/node_2.htm", "path"),
            ("/p/202508/12/a.md", "path"),
            ("/p/2025/08/12/a.md", "path"),
            ("/p/20250812/a.md", "path"),
            ("/backup-20240101/2025-08/12/a.md", "path"),
            ("/backup-20240101/20250812.md", "file_name"),
        ],
    )
    def test_tell_the_date(self, path: str, source: str) -> None:
        facts = page_facts(Path(path), ReadContext())
        assert (facts.date, facts.date_source) == (DAY, source)

    @pytest.mark.parametrize(
        "path", ["/p/20250231.md", "/p/18990101.md", "/p/21010101.md", "/p/120250812.md", "/p/000_55e70a8503ed44fd.txt"]
    )
    def test_tell_no_date_that_the_calendar_does_not_have(self, path: str) -> None:
        assert page_facts(Path(path), ReadContext()) == PageFacts()

    @pytest.mark.parametrize(
        ("name", "page", "page_name"),
        [
            ("河口日报-20250812-A02.txt", "A02", ""),
            ("河口日报-20250812-b3.ocr.txt", "B3", ""),
            ("河口日报-20250812-04-要闻.md", "04", "要闻"),
        ],
    )
    def test_named_after_paper_day_and_page_tell_all_three(self, name: str, page: str, page_name: str) -> None:
        facts = page_facts(Path("/p") / name, ReadContext())
        assert facts == PageFacts("河口日报", DAY, "file_name", page, page_name)

    def test_are_read_by_the_papers_own_patterns_first(self) -> None:
        context = ReadContext(
            "河口日报",
            filename=(r"^(?P<date>\d{4}\.\d+\.\d+)_第(?P<page>\w+)版_(?P<page_name>[^.]+)", r"(?P<paper>\w+)@"),
        )
        facts = page_facts(Path("/20240101/2025.8.12_第a2版_乡镇.txt"), context)
        assert facts == PageFacts("河口日报", DAY, "file_name", "A2", "乡镇")
        assert page_facts(Path("/p/河口晚报@1.txt"), context).paper == "河口晚报"

    def test_a_pattern_with_a_slash_sees_the_folders(self) -> None:
        context = ReadContext(filename=(r"/(?P<paper>[^/]+)/(?P<page>[^/]+)\.txt$",))
        assert page_facts(Path("/p/河口晚报/c1.txt"), context) == PageFacts("河口晚报", page="C1")

    def test_the_paper_file_outranks_a_file_name(self) -> None:
        assert page_facts(Path("/p/hk-20250812-A02.txt"), ReadContext("河口日报")).paper == "河口日报"


@pytest.mark.parametrize(
    "written", ["20250812", "2025-08-12", "2025/8/12", "2025.8.12", "2025年8月12日", "2025-08-12T10:30"]
)
def test_a_date_is_read_however_it_is_written(written: str) -> None:
    assert parse_date(written) == DAY


@pytest.mark.parametrize("written", ["", "2025", "8月12日", "2025-13-01", "四月一日", "1754956800"])
def test_anything_else_is_no_date(written: str) -> None:
    assert parse_date(written) is None


class TestACopyOfAMember:
    """What stands in a container is read from a copy of it and keeps the container's name."""

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("a.txt", "# 桥通车了\n\n城东的桥今天通车，全长八百米，往来的车辆不必再绕行北门。\n"),
            ("a.md", "# 桥通车了\n\n城东的桥今天通车。\n"),
            ("a.jsonl", '{"paragraphs": ["城东的桥今天通车。"]}\n'),
        ],
    )
    def test_its_articles_name_the_member_and_take_the_date_of_its_path(
        self, tmp_path: Path, file: str, text: str
    ) -> None:
        copy = tmp_path / file
        copy.write_text(text, "utf-8")
        name = f"/papers/报.zip!2024-03/05/{file}"
        [article] = reader_for(copy).read(copy, ReadContext(name=name))
        assert (article.source, article.date) == (name, dt.date(2024, 3, 5))
        [again] = reader_for(copy).read(copy, ReadContext(name=name))
        [elsewhere] = reader_for(copy).read(copy, ReadContext(name=name.replace("报", "刊")))
        assert article.id == again.id != elsewhere.id


CORPUS = Path(__file__).resolve().parents[1] / "corpus"
LIES = {
    "html": ("<!DOCTYPE html>\n<html><body><p>桥。</p></body></html>".encode(), ".html"),
    "feed": (b'<?xml version="1.0"?>\n<rss version="2.0"><channel></channel></rss>', ".rss"),
    "trs": ("<REC>\n<标题>=桥\n<正文>=桥通车了。\n".encode("gb18030"), ".trs"),
    "json": (b'[{"paragraphs": ["a"]}]', ".json"),
    "jsonl": (b'{"paragraphs": ["a"]}\n{"paragraphs": ["b"]}\n', ".jsonl"),
    "pdf": (b"%PDF-1.7\n", ".pdf"),
    "zip": (b"PK\x03\x04" + b"\0" * 26 + b"a.md", ".zip"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\0" * 20, ".gz"),
    "tar": (b"a.md".ljust(257, b"\0") + b"ustar\0", ".tar"),
    "png": (b"\x89PNG\r\n\x1a\n", ".png"),
    "docx": (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"\0" * 99 + b"word/document.xml", ".docx"),
}


class TestAFileWhoseSuffixLies:
    @pytest.mark.parametrize(("head", "suffix"), LIES.values(), ids=LIES)
    @pytest.mark.parametrize("called", [".txt", ".md", ".jsonl", ".html", ".zip"])
    def test_is_read_by_what_it_is(self, tmp_path: Path, head: bytes, suffix: str, called: str) -> None:
        if suffix not in READERS:
            pytest.skip(f"{suffix} has no reader here")
        path = tmp_path / f"a{called}"
        path.write_bytes(head)
        assert reader_for(path) is READERS[suffix]

    @pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.*")), ids=lambda path: path.name)
    def test_of_the_sample_files_each_is_claimed_by_its_own_reader_alone(self, path: Path) -> None:
        named = reader_named(path.name)
        if named is None or path.is_dir():
            pytest.skip("no source")
        head = path.read_bytes()[:HEAD]
        claiming = {reader for reader in READERS.values() if hasattr(reader, "claims") and reader.claims(head)}
        assert claiming <= {named}

    @pytest.mark.parametrize("suffix", [".doc", ".wps", ".rar", ".7z", ".caj", ".ceb", ".ofd"])
    def test_or_whose_format_is_not_read_is_named_with_advice(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"旧稿{suffix}"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" if suffix == ".doc" else b"\1\2\3")
        assert list_sources([tmp_path])[0] == [path]
        reader = reader_for(path)
        assert reader is not None
        with pytest.raises(UnreadableSource, match="请") as caught:
            list(reader.read(path, ReadContext()))
        assert "读不了" in caught.value.reason

    def test_is_named_by_its_content_where_that_is_known(self, tmp_path: Path) -> None:
        path = tmp_path / "报.zip"
        path.write_bytes(b"Rar!\x1a\x07\x01\x00")
        reader = reader_for(path)
        assert reader is not None
        with pytest.raises(UnreadableSource, match="RAR"):
            list(reader.read(path, ReadContext()))


def test_listing_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a" / "1.md")
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("opened"))
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    assert [path.name for path in list_sources([tmp_path])[0]] == ["1.md"]


@pytest.mark.slow
def test_listing_twenty_thousand_files_takes_a_moment(tmp_path: Path) -> None:
    for day in range(200):
        folder = tmp_path / f"{day}"
        folder.mkdir()
        for number in range(100):
            (folder / f"content_{number}.md").touch()
    started = time.process_time()
    found, _, _ = list_sources([tmp_path])
    assert len(found) == 20_000
    assert time.process_time() - started < 1.0, "0.19 s where it was measured, 0.97 s before"
