"""It is true of reading JSON that …"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import jsonarray, jsonl

BRIDGE = {"title": "桥通车了", "date": "2024-03-05", "paragraphs": ["城东的桥今天通车。", "全长八百米。"]}
ROAD = {"id": 7, "title": "路修好了", "paragraphs": ["城西的路昨天修好。"]}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.json"


def entries(page: Path, written: object) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the titles read, and what was rejected with the reasons."""
    if isinstance(written, bytes):
        page.write_bytes(written)
    else:
        page.write_text(written if isinstance(written, str) else json.dumps(written, ensure_ascii=False), "utf-8")
    found = list(jsonarray.read(page, ReadContext()))
    rejected = [(entry.source.partition("#")[2], entry.reason) for entry in found if isinstance(entry, Rejected)]
    return [entry.title for entry in found if isinstance(entry, Article)], rejected


@pytest.mark.parametrize(
    "written",
    [
        [BRIDGE, ROAD],
        {"articles": [BRIDGE, ROAD]},
        {"count": 2, "data": [BRIDGE, ROAD], "next": None},
        json.dumps([BRIDGE, ROAD], indent=2),
        f"{json.dumps(BRIDGE)}\n{json.dumps(ROAD)}\n",
        json.dumps([BRIDGE, ROAD]).encode("utf-16"),
        json.dumps([BRIDGE, ROAD], ensure_ascii=False).encode("utf-8-sig"),
        json.dumps([BRIDGE, ROAD], ensure_ascii=False).encode("gb18030"),
    ],
)
def test_articles_are_found_however_they_are_put_together(page: Path, written: object) -> None:
    assert entries(page, written) == (["桥通车了", "路修好了"], [])


def test_one_object_is_one_article(page: Path) -> None:
    assert entries(page, BRIDGE) == (["桥通车了"], [])


def test_an_article_is_as_its_line_of_jsonl_would_be(page: Path, tmp_path: Path) -> None:
    page.write_text(json.dumps([BRIDGE, ROAD]), "utf-8")
    lines = tmp_path / "page.jsonl"
    lines.write_text(f"{json.dumps(BRIDGE)}\n{json.dumps(ROAD)}\n", "utf-8")
    named = ReadContext(name="/papers/page")
    assert list(jsonarray.read(page, named)) == list(jsonl.read(lines, named))


def test_a_bad_entry_is_named_by_its_number_and_the_rest_goes_on(page: Path) -> None:
    titles, rejected = entries(page, [5, BRIDGE, {"title": "空"}, {"paragraphs": [1]}, ROAD, ROAD])
    assert titles == ["桥通车了", "路修好了"]
    assert [place for place, _ in rejected] == ["第1篇", "第3篇", "第4篇", "第6篇"]
    for (_, reason), named in zip(rejected, ["对象", "paragraphs", "文字", "第 5 篇"], strict=True):
        assert named in reason


def test_what_stands_before_a_break_is_read_and_the_break_is_named(page: Path) -> None:
    whole = json.dumps([BRIDGE, ROAD])
    titles, [(place, reason)] = entries(page, whole[:-20])
    assert titles == ["桥通车了"]
    assert place == "第2篇"
    assert "不完整" in reason


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "[]",
        "{}",
        "[1",
        "[[[",
        "{",
        '{"a"',
        '{"a":',
        '{"articles": [',
        "桥通车了",
        "[" * 100_000,
        b"\0\1\2" * 9,
        "7",
    ],
)
def test_what_holds_no_article_is_a_named_error(page: Path, written: object) -> None:
    try:
        titles, rejected = entries(page, written)
    except UnreadableSource as error:
        titles, rejected = [], [("", error.reason)]
    assert titles == []
    assert all(reason for _, reason in rejected)
    assert rejected


def test_an_absurd_number_is_no_traceback(page: Path, tmp_path: Path) -> None:
    written = '{"paragraphs": ["城东。"], "n": ' + "9" * 5000 + "}"
    with pytest.raises(UnreadableSource, match="数字"):
        entries(page, f"[{written}]")
    lines = tmp_path / "page.jsonl"
    lines.write_text(written, "utf-8")
    (entry,) = jsonl.read(lines, ReadContext())
    assert isinstance(entry, Rejected)


def test_a_file_without_a_usable_entry_is_given_up_soon(page: Path) -> None:
    with pytest.raises(UnreadableSource, match="不像文章"):
        entries(page, [{"n": number} for number in range(1000)])


def test_a_file_that_is_too_large_is_named(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonarray, "LARGEST", 100)
    with pytest.raises(UnreadableSource, match="JSONL"):
        entries(page, [BRIDGE])


class TestSniffing:
    @pytest.mark.parametrize(
        "head", [b'[{"title":', b'[\n  {\n    "title"', b'{\n  "articles"', b'{"articles": [', b'\xef\xbb\xbf[{"a"']
    )
    def test_tells_json_by_its_beginning(self, head: bytes) -> None:
        assert jsonarray.claims(head)
        assert not jsonl.claims(head)

    @pytest.mark.parametrize("head", [b'{"title": "a"}\n{"title"', b'{"title": "a"}\n', b'\n{"title": "a"}'])
    def test_tells_jsonl_by_its_first_line(self, head: bytes) -> None:
        assert jsonl.claims(head)
        assert not jsonarray.claims(head)

    @pytest.mark.parametrize(
        "head", [b"", b"[1] note", b"{}", b"[http://example.org]", "［记者］桥".encode(), b"{% raw %}"]
    )
    def test_takes_nothing_else_for_either(self, head: bytes) -> None:
        assert not jsonarray.claims(head)
        assert not jsonl.claims(head)


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, 400))
def test_cut_short_anywhere_it_gives_whole_articles_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    page = tmp_path_factory.mktemp("cut") / "page.json"
    try:
        titles, _ = entries(page, json.dumps({"articles": [BRIDGE, ROAD]}, indent=1).encode()[:length])
    except UnreadableSource:
        return
    assert titles in (["桥通车了"], ["桥通车了", "路修好了"])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), start=st.sampled_from([b"", b"[", b'[{"paragraphs": ["', b"{"]))
def test_random_bytes_are_a_named_error(tmp_path_factory: pytest.TempPathFactory, seed: int, start: bytes) -> None:
    page = tmp_path_factory.mktemp("random") / "page.json"
    with pytest.raises(UnreadableSource):
        entries(page, start + random.Random(seed).randbytes(300))
