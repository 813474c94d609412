"""It is true of reading containers that …"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.engines import open_engine
from index.errors import ArchiveError, UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import container, context_for, unpack
from index.reindex import run

BRIDGE = "# 桥通车了\n\n城东的桥今天通车，全长八百米，往来的车辆不必再绕行北门。\n"
ROAD = "# 路修好了\n\n城西的路昨天修好，全长三千米，两旁种了一千二百棵樟树。\n"
DAY = dt.date(2024, 3, 5)


def zipped(path: Path, members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, str | bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as packed:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return path


def entries(path: Path) -> tuple[dict[str, Article], dict[str, str]]:
    """Return the articles by title and the reasons by what follows the container's name."""
    found = list(container.read(path, context_for(path)))
    articles = {entry.title: entry for entry in found if isinstance(entry, Article)}
    return articles, {
        entry.source.removeprefix(str(path)): entry.reason for entry in found if isinstance(entry, Rejected)
    }


Pack = Callable[[Path, dict[str, str | bytes]], Path]
PACKERS = [(zipped, "报.zip"), (tarred, "报.tar.gz"), (tarred, "报.tgz"), (lambda p, m: tarred(p, m, "w"), "报.tar")]


@pytest.mark.parametrize(("pack", "name"), PACKERS, ids=[name for _, name in PACKERS])
class TestEveryContainer:
    def test_gives_its_members_articles_under_its_name_and_theirs(self, tmp_path: Path, pack: Pack, name: str) -> None:
        path = pack(tmp_path / name, {"2024-03/05/a.md": BRIDGE, "b.txt": ROAD})
        articles, refused = entries(path)
        assert refused == {}
        assert {article.source for article in articles.values()} == {f"{path}!2024-03/05/a.md", f"{path}!b.txt"}
        assert (articles["桥通车了"].date, articles["桥通车了"].date_source) == (DAY, "path")
        assert articles["路修好了"].date is None

    def test_gives_the_same_ids_at_every_reading(self, tmp_path: Path, pack: Pack, name: str) -> None:
        path = pack(tmp_path / name, {"a.md": BRIDGE})
        assert entries(path)[0]["桥通车了"].id == entries(path)[0]["桥通车了"].id

    def test_has_its_own_paper_files_and_those_above_it(self, tmp_path: Path, pack: Pack, name: str) -> None:
        (tmp_path / "_paper.toml").write_text('paper = "河口日报"\nsection = "综合"', "utf-8")
        path = pack(tmp_path / name, {"a.md": BRIDGE, "晚报/_paper.toml": 'paper = "河口晚报"', "晚报/b.md": ROAD})
        articles, _ = entries(path)
        assert (articles["桥通车了"].paper, articles["路修好了"].paper) == ("河口日报", "河口晚报")
        assert articles["路修好了"].paragraphs[0].section == "综合"

    def test_passes_over_what_a_folder_would(self, tmp_path: Path, pack: Pack, name: str) -> None:
        members = dict.fromkeys(("README.md", ".git/a.md", "__MACOSX/._a.md", "x.exe", "a/.b.md", "Thumbs.db"), BRIDGE)
        articles, refused = entries(pack(tmp_path / name, members | {"a.md": ROAD}))
        assert (list(articles), refused) == (["路修好了"], {})

    @pytest.mark.parametrize(
        "hostile", ["../a.md", "a/../../b.md", "/etc/a.md", "C:\\a.md", "..\\a.md", "a\tb.md", "x/" * 60]
    )
    def test_lets_no_path_leave_it(self, tmp_path: Path, pack: Pack, name: str, hostile: str) -> None:
        inside = tmp_path / "in"
        inside.mkdir()
        hostile = hostile + "a.md" if hostile.endswith("/") else hostile
        if "\\" in hostile and not name.endswith(".zip"):
            pytest.skip("a backslash is a letter to tar")
        articles, refused = entries(pack(inside / name, {hostile: BRIDGE, "ok.md": ROAD}))
        assert list(articles) == ["路修好了"]
        assert len(refused) == 1
        assert [path.name for path in tmp_path.rglob("*.md")] == []

    def test_names_a_bad_member_and_reads_the_rest(self, tmp_path: Path, pack: Pack, name: str) -> None:
        path = pack(
            tmp_path / name,
            {"坏.jsonl": b"\0\1\2" * 50, "好.md": BRIDGE, "旧.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
        )
        articles, refused = entries(path)
        assert list(articles) == ["桥通车了"]
        assert set(refused) == {"!坏.jsonl", "!旧.doc"}
        assert "docx" in refused["!旧.doc"]

    def test_names_a_line_of_a_member(self, tmp_path: Path, pack: Pack, name: str) -> None:
        path = pack(tmp_path / name, {"x.jsonl": '{"title": "好", "paragraphs": ["城东。"]}\n{坏\n'})
        assert list(entries(path)[1]) == ["!x.jsonl#第2行"]

    def test_names_a_wrong_paper_file_by_its_place_in_it(self, tmp_path: Path, pack: Pack, name: str) -> None:
        path = pack(tmp_path / name, {"a/_paper.toml": "paper = ", "a/a.md": BRIDGE, "b.md": ROAD})
        articles, refused = entries(path)
        assert list(articles) == ["路修好了"]
        assert f"{path}!a/_paper.toml" in refused["!a/a.md"]

    def test_with_nothing_to_read_is_a_named_error(self, tmp_path: Path, pack: Pack, name: str) -> None:
        with pytest.raises(UnreadableSource, match="没有能读的"):
            entries(pack(tmp_path / name, {"a.exe": "MZ"}))

    def test_cut_short_anywhere_is_named_or_reads_what_is_whole(self, tmp_path: Path, pack: Pack, name: str) -> None:
        whole = pack(tmp_path / name, {f"{n}.md": f"# 第{n}篇\n\n" + ROAD[8:] * 3 for n in range(5)}).read_bytes()
        cut = tmp_path / ("断" + name)
        steps = sorted({*range(0, len(whole), max(1, len(whole) // 40)), len(whole) - 1})
        for length in steps:
            cut.write_bytes(whole[:length])
            try:
                articles, refused = entries(cut)
            except UnreadableSource:
                continue
            assert set(articles) <= {f"第{n}篇" for n in range(5)}
            assert refused or len(articles) == 5

    def test_of_one_that_is_full_of_members_reads_as_many_as_allowed(
        self, tmp_path: Path, pack: Pack, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(container, "Budget", lambda: unpack.Budget(members=2))
        articles, refused = entries(pack(tmp_path / name, {f"{n}.md": f"# 第{n}篇\n\n城东。\n" for n in range(5)}))
        assert len(articles) == 2
        assert "成员超过" in refused[""]

    def test_of_one_that_is_too_large_reads_as_much_as_allowed(
        self, tmp_path: Path, pack: Pack, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(container, "Budget", lambda: unpack.Budget(bytes=400))
        articles, refused = entries(
            pack(tmp_path / name, {f"{n}.md": f"# 第{n}篇\n\n{'城东' * 20}。\n" for n in range(9)})
        )
        assert 0 < len(articles) < 9
        assert "超过" in refused[""]

    def test_refuses_a_member_that_is_too_large(
        self, tmp_path: Path, pack: Pack, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unpack, "LARGEST", 1000)
        articles, refused = entries(pack(tmp_path / name, {"大.md": BRIDGE * 100, "小.md": ROAD}))
        assert (list(articles), list(refused)) == (["路修好了"], ["!大.md"])


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_bomb_is_not_unpacked(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path / "弹.zip", {"弹.txt": b"a" * (unpack.FREE * 8)})
    with pytest.raises(UnreadableSource, match="不像报纸"):
        entries(path)


def test_the_same_name_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "报.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.md", BRIDGE)
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a.md", ROAD)
    articles, refused = entries(path)
    assert (list(articles), list(refused)) == (["桥通车了"], ["!a.md"])


def test_links_and_devices_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(BRIDGE, "utf-8")
    path = tmp_path / "报.tar"
    with tarfile.open(path, "w") as packed:
        for name, kind in (("软.md", tarfile.SYMTYPE), ("硬.md", tarfile.LNKTYPE), ("管.md", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(tmp_path / "secret.md")
            packed.addfile(info)
        info = tarfile.TarInfo("ok.md")
        info.size = len(ROAD.encode())
        packed.addfile(info, io.BytesIO(ROAD.encode()))
    articles, refused = entries(path)
    assert list(articles) == ["路修好了"]
    assert set(refused) == {"!软.md", "!硬.md", "!管.md"}


def test_a_link_in_a_zip_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "报.zip"
    with zipfile.ZipFile(path, "w") as packed:
        link = zipfile.ZipInfo("链.md")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr("ok.md", ROAD)
    assert list(entries(path)[1]) == ["!链.md"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_zip_made_on_windows_has_readable_names(tmp_path: Path, encoding: str) -> None:
    path = zipped(tmp_path / "报.zip", {"AAAA\\BBBB.md": BRIDGE})
    name = "要闻/版面".encode(encoding)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x" * len(name) + ".md", BRIDGE)
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    (article,) = entries(path)[0].values()
    assert article.source == f"{path}!要闻/版面.md"


def test_a_zip_with_a_password_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "报.zip", {"a.md": BRIDGE, "b.md": ROAD}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    articles, refused = entries(path)
    assert list(articles) == ["路修好了"]
    assert "密码" in refused["!a.md"]


def test_a_member_packed_in_an_unknown_way_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "报.zip", {"a.md": BRIDGE, "b.md": ROAD})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        data[data.index(mark) + offset] = 97
    path.write_bytes(data)
    assert "压缩方法" in entries(path)[1]["!a.md"]


def test_a_damaged_member_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "报.zip", {"a.md": BRIDGE, "b.md": ROAD}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace("城东".encode(), "城南".encode()))
    articles, refused = entries(path)
    assert (list(articles), list(refused)) == (["路修好了"], ["!a.md"])


def test_a_gz_of_one_file_is_read_as_that_file(tmp_path: Path) -> None:
    path = tmp_path / "河口日报-20240305-A02.txt.gz"
    path.write_bytes(gzip.compress(ROAD.encode()))
    (article,) = entries(path)[0].values()
    assert article.source == f"{path}!河口日报-20240305-A02.txt"
    assert (article.paper, article.date, article.page) == ("河口日报", DAY, "A02")


def nested(tmp_path: Path, depth: int) -> Path:
    inner = zipped(tmp_path / "1.zip", {"a.md": BRIDGE})
    for level in range(2, depth + 1):
        inner = zipped(
            tmp_path / f"{level}.zip", {inner.name: inner.read_bytes(), f"{level}.md": f"# 第{level}层\n\n城东。\n"}
        )
    return inner


def test_a_container_in_a_container_is_read(tmp_path: Path) -> None:
    path = nested(tmp_path, 3)
    articles, refused = entries(path)
    assert refused == {}
    assert articles["桥通车了"].source == f"{path}!2.zip!1.zip!a.md"


def test_a_container_nested_too_deeply_is_named(tmp_path: Path) -> None:
    articles, refused = entries(nested(tmp_path, 5))
    assert set(articles) == {"第5层", "第4层", "第3层"}
    assert list(refused) == ["!4.zip!3.zip!2.zip"]


def test_what_is_named_a_zip_and_is_none_is_a_named_error(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_text(BRIDGE, "utf-8")
    with pytest.raises(UnreadableSource, match="不是 zip"):
        entries(path)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    entries(nested(tmp_path, 3))
    half = container.read(nested(tmp_path, 3), ReadContext())
    next(half)
    assert list(scratch.iterdir()) != []
    half.close()
    assert list(scratch.iterdir()) == []


class TestInTheIndex:
    @pytest.fixture
    def corpus(self, tmp_path: Path) -> Path:
        folder = tmp_path / "corpus"
        folder.mkdir()
        zipped(folder / "报.zip", {"a.md": BRIDGE, "b.md": ROAD})
        return folder

    def indexed(self, corpus: Path, retracted: list[str], *, full: bool = False) -> set[str]:
        run([corpus], corpus.parent / "index", full=full, segmenter="jieba", retracted=retracted)
        engine = open_engine(corpus.parent / "index")
        return {first.citation.title for first in engine.issue(None)}

    def test_the_source_is_the_container(self, corpus: Path) -> None:
        assert self.indexed(corpus, []) == {"桥通车了", "路修好了"}
        assert list(open_engine(corpus.parent / "index").manifest()) == [str(corpus / "报.zip")]

    @pytest.mark.parametrize("full", [False, True])
    def test_one_article_is_taken_away(self, corpus: Path, full: bool) -> None:
        self.indexed(corpus, [])
        articles, _ = entries(corpus / "报.zip")
        assert self.indexed(corpus, [articles["桥通车了"].id], full=full) == {"路修好了"}

    @pytest.mark.parametrize("full", [False, True])
    def test_one_member_is_taken_away(self, corpus: Path, full: bool) -> None:
        self.indexed(corpus, [])
        assert self.indexed(corpus, [f"{corpus / '报.zip'}!a.md"], full=full) == {"路修好了"}


HOSTILE = st.text(st.sampled_from("a./\\:*?\0\n ~城\ud800") | st.characters(), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(HOSTILE, min_size=1, max_size=5, unique=True))
def test_no_name_of_a_member_does_harm(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("names")
    path = folder / "in" / "报.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogatepass") as packed:
        for name in names:
            info = tarfile.TarInfo(name + ".md")
            info.size = len(BRIDGE.encode())
            packed.addfile(info, io.BytesIO(BRIDGE.encode()))
    try:
        for entry in container.read(path, ReadContext()):
            entry.source.encode()
    except ArchiveError:
        pass
    assert [file for file in folder.rglob("*") if file.is_file()] == [path]


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"tar"]))
def test_random_bytes_are_a_named_error(tmp_path_factory: pytest.TempPathFactory, seed: int, kind: bytes) -> None:
    path = tmp_path_factory.mktemp("random") / "a.zip"
    noise = random.Random(seed).randbytes(2000)
    path.write_bytes(noise[:257] + b"ustar" + noise[262:] if kind == b"tar" else kind + noise)
    with pytest.raises(ArchiveError):
        list(container.read(path, ReadContext()))


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 20), pack=st.sampled_from([zipped, tarred]))
def test_a_damaged_one_is_named(tmp_path_factory: pytest.TempPathFactory, seed: int, flips: int, pack: Pack) -> None:
    chance = random.Random(seed)
    path = pack(tmp_path_factory.mktemp("damaged") / "a.zip", {"a.md": BRIDGE, "要闻/b.txt": ROAD})
    data = bytearray(path.read_bytes())
    for _ in range(flips):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)
    try:
        for entry in container.read(path, ReadContext()):
            entry.source.encode()
    except ArchiveError:
        pass
