"""What was taken away stays away, and a day's issue lists what is left."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from index.engines import open_engine
from index.model import Engine
from index.reindex import run

DAY = dt.date(2025, 8, 13)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = [
        {"title": "一座桥", "date": "2025-08-13", "page": "A02", "paragraphs": ["白鹭大桥今天通车。", "它长1180米。"]},
        {"title": "一条路", "date": "2025-08-13", "page": "A01", "paragraphs": ["河堤路今天开工。"]},
    ]
    (folder / "两篇.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "旧事.jsonl").write_text(json.dumps({"title": "旧事", "paragraphs": ["渡口的往事。"]}) + "\n", "utf-8")
    return folder


def indexed(corpus: Path, retracted: list[str], *, full: bool = False) -> Engine:
    run([corpus], corpus.parent / "index", full=full, segmenter="jieba", retracted=retracted)
    return open_engine(corpus.parent / "index")


def titles(engine: Engine, date: dt.date | None = DAY) -> list[str]:
    return [first.citation.title for first in engine.issue(date)]


def test_an_issue_lists_the_first_passage_of_each_article_by_page(corpus):
    engine = indexed(corpus, [])
    assert titles(engine) == ["一条路", "一座桥"]
    assert [first.citation.paragraph for first in engine.issue(DAY)] == [1, 1]
    assert titles(engine, None) == ["旧事"]
    assert engine.issue_dates() == [DAY]
    assert engine.issue(dt.date(2025, 8, 14)) == []


@pytest.mark.parametrize("full", [False, True])
def test_one_article_of_an_unchanged_file_is_taken_away_and_the_other_stays(corpus, full):
    article = indexed(corpus, []).issue(DAY)[0].citation.article_id
    assert titles(indexed(corpus, [article], full=full)) == ["一座桥"]
    assert titles(indexed(corpus, [article])) == ["一座桥"]


@pytest.mark.parametrize("full", [False, True])
def test_a_source_is_taken_away(corpus, full):
    indexed(corpus, [])
    source = str((corpus / "旧事.jsonl").resolve())
    engine = indexed(corpus, [source], full=full)
    assert titles(engine, None) == []
    assert source not in engine.manifest()


def test_a_file_whose_articles_are_all_taken_away_is_left_empty(corpus):
    articles = [first.citation.article_id for first in indexed(corpus, []).issue(DAY)]
    engine = indexed(corpus, articles)
    assert engine.issue_dates() == []
    assert engine.manifest()[str((corpus / "两篇.jsonl").resolve())].articles == 0


def test_what_is_no_longer_retracted_comes_back_with_the_next_full_rebuild(corpus):
    article = indexed(corpus, []).issue(DAY)[0].citation.article_id
    indexed(corpus, [article])
    assert titles(indexed(corpus, [], full=True)) == ["一条路", "一座桥"]
