"""It is true of an export that …"""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines import open_engine
from index.errors import NothingToIndex, TargetExists
from index.export import export
from index.ids import article_id
from index.model import Article, Paragraph, ReadContext, Rejected
from index.readers import context_for, jsonl, reader_for
from index.readers.entry import fields_of
from index.reindex import run

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
SAMPLE = Path(__file__).resolve().parents[2] / "docs_corpus"


def read(path: Path) -> list[Article]:
    reader = reader_for(path)
    assert reader is not None
    return [entry for entry in reader.read(path, context_for(path)) if isinstance(entry, Article)]


def everywhere(article: Article) -> Article:
    """Return what an article says, wherever it stands."""
    return replace(article, source="")


@pytest.mark.parametrize(
    "source", [*sorted(SAMPLE.glob("*.txt")), *sorted(SAMPLE.glob("*.md"))], ids=lambda path: path.name
)
def test_what_is_read_back_is_what_was_understood(tmp_path: Path, source: Path) -> None:
    if source.name.startswith("README"):
        pytest.skip("no source")
    target = tmp_path / "archive.jsonl"
    export([source], target)
    assert list(map(everywhere, read(target))) == list(map(everywhere, read(source)))


def test_an_index_of_it_holds_the_same_passages_under_the_same_ids(tmp_path: Path) -> None:
    target = tmp_path / "archive.jsonl"
    export([CORPUS, SAMPLE], target)
    stands = {}
    for name, paths in (("first", [CORPUS, SAMPLE]), ("again", [target])):
        run(paths, tmp_path / name, segmenter="jieba")
        engine = open_engine(tmp_path / name)
        passages = [passage for source in engine.manifest() for passage in engine.passages(source)]
        stands[name] = {
            passage.citation.passage_id: (
                passage.text,
                passage.kind,
                passage.citation._replace(source="", also=()),
            )
            for passage in passages
        }
    assert stands["first"] != {}
    assert stands["again"] == stands["first"]


TEXT = st.text("桥路城东a1“”（）,。", min_size=1, max_size=12)
LINE = TEXT | st.just("")
PARAGRAPH = st.builds(Paragraph, TEXT, LINE, st.booleans())


@settings(max_examples=150, deadline=None)
@given(
    article=st.builds(
        Article,
        id=st.integers().map(lambda number: article_id("x", number)),
        source=st.just("x"),
        paragraphs=st.lists(PARAGRAPH, min_size=1, max_size=6).map(tuple),
        title=LINE,
        title_inferred=st.booleans(),
        kicker=LINE,
        subtitle=LINE,
        paper=LINE,
        date=st.just(dt.date(2024, 3, 5)),
        date_source=st.sampled_from(["front_matter", "markup", "manifest", "file_name", "path"]),
        page=st.sampled_from(["", "A02", "12"]),
        page_name=LINE,
        author=LINE,
        url=LINE,
        kind=st.sampled_from(["news", "notice", "excerpt"]),
        flags=st.lists(TEXT, max_size=2).map(tuple),
    )
)
def test_every_article_can_be_written_and_read(tmp_path_factory: pytest.TempPathFactory, article: Article) -> None:
    path = tmp_path_factory.mktemp("one") / "one.jsonl"
    path.write_text(json.dumps(fields_of(article), ensure_ascii=False), "utf-8")
    (again,) = jsonl.read(path, ReadContext())
    assert again == replace(article, source=str(path))


def test_sections_may_be_given_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"paragraphs": ["一。", "", "三。", "四。"], "sections": [[2, "甲"], [4, "乙"]]}', "utf-8")
    (article,) = read(path)
    assert [(said.text, said.section) for said in article.paragraphs] == [("一。", ""), ("三。", "甲"), ("四。", "乙")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sections", "甲"),
        ("sections", [["甲", 1]]),
        ("sections", [[1, 2]]),
        ("kind", "novel"),
        ("date_source", "guess"),
        ("title_inferred", "yes"),
        ("joined", {"1": 2}),
        ("joined", [[]]),
        ("flags", "甲"),
        ("kicker", 5),
    ],
)
def test_a_field_of_another_form_is_named(tmp_path: Path, field: str, value: object) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"paragraphs": ["一。"], field: value}), "utf-8")
    (entry,) = jsonl.read(path, ReadContext())
    assert isinstance(entry, Rejected)
    assert field in entry.reason


class TestTheFile:
    @pytest.fixture
    def page(self, tmp_path: Path) -> Path:
        page = tmp_path / "in" / "page.md"
        page.parent.mkdir()
        page.write_text("# 桥通车了\n\n城东的桥今天通车。\n", "utf-8")
        return page

    def test_is_not_overwritten_unless_it_is_meant(self, tmp_path: Path, page: Path) -> None:
        target = tmp_path / "archive.jsonl"
        target.write_text("别的", "utf-8")
        with pytest.raises(TargetExists, match="--force"):
            export([page], target)
        assert target.read_text("utf-8") == "别的"
        export([page], target, force=True)
        assert json.loads(target.read_text("utf-8"))["title"] == "桥通车了"

    def test_is_whole_or_not_there(self, tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def stopped(*_: object) -> None:
            raise KeyboardInterrupt

        (page.parent / "b.md").write_text("# 路\n\n城西。\n", "utf-8")
        monkeypatch.setattr("index.export.fields_of", stopped)
        with pytest.raises(KeyboardInterrupt):
            export([page.parent], tmp_path / "archive.jsonl")
        assert [path.name for path in tmp_path.iterdir()] == ["in"]

    def test_is_not_written_when_nothing_was_understood(self, tmp_path: Path, page: Path) -> None:
        page.write_bytes(b"\0\1" * 99)
        with pytest.raises(NothingToIndex, match=r"page\.md"):
            export([page], tmp_path / "archive.jsonl")
        assert [path.name for path in tmp_path.iterdir()] == ["in"]

    def test_is_no_source_of_itself(self, page: Path) -> None:
        target = page.parent / "archive.jsonl"
        export([page.parent], target)
        done = export([page.parent], target, force=True)
        assert (done.articles, done.skipped) == (1, ())

    def test_names_what_was_skipped_and_keeps_the_first_of_equal_ids(self, tmp_path: Path, page: Path) -> None:
        line = '{"id": "7", "title": "同一篇", "paragraphs": ["城东。"]}\n'
        for name in ("1.jsonl", "2.jsonl"):
            (page.parent / name).write_text(line, "utf-8")
        (page.parent / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0")
        with zipfile.ZipFile(page.parent / "z.zip", "w") as packed:
            packed.writestr("a.md", "# 路修好了\n\n城西。\n")
        done = export([page.parent], tmp_path / "archive.jsonl")
        assert (done.articles, done.sources) == (3, 3)
        assert [Path(entry.source).name for entry in done.skipped] == ["2.jsonl", "旧.doc"]
        assert "同一篇" in done.skipped[0].reason
