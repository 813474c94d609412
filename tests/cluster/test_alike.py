"""Both engines answer alike: the same questions, over the same news, lead to the same first snippet."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from index.answer import Archive, ask
from index.engines import Location, cache_dir, open_engine
from index.engines.opensearch.place import Cluster
from index.model import Answer, NoAnswer
from index.reindex import run
from index.tokens import open_segmenter

pytestmark = [pytest.mark.cluster, pytest.mark.shared, pytest.mark.slow]

_FILES, _QUESTIONS = 120, 150
"""Days of news, some 9,000 passages, and questions of each set."""


def test_the_first_snippet_is_the_same_for_98_of_100_questions(shared: Path, cluster: Cluster, tmp_path: Path):
    with tarfile.open(shared / "archive" / "xwlb-news.tar.xz") as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 and later have it
        packed.extractall(tmp_path / "news")
    days = sorted((tmp_path / "news").rglob("2*.md"))
    asked, articles = [], []
    for name in ("cmrc_dev", "drcd_dev"):
        texts = [text for one in json.loads((shared / "eval" / f"{name}.json").read_text("utf-8"))["data"]
                 for text in one["paragraphs"]]  # fmt: skip
        articles += [{"id": f"{name}{n}", "paragraphs": [text["context"]]} for n, text in enumerate(texts)]
        questions = [question["question"] for text in texts for question in text["qas"]]
        asked += questions[:: len(questions) // _QUESTIONS]
    page = tmp_path / "questions.jsonl"
    page.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in articles), "utf-8")
    sources = [page, *days[:: len(days) // _FILES]]
    places: list[Location] = [tmp_path / "index", cluster]
    for place in places:
        run(sources, place, segmenter="jieba")
    here, there = (open_engine(place) for place in places)
    segmenter = open_segmenter(here.meta, cache_dir=cache_dir(tmp_path / "index"))
    assert (here.stats.passages, here.meta) == (there.stats.passages, there.meta)
    unlike = [
        question
        for question in asked
        if _first(ask(question, Archive(here, segmenter))) != _first(ask(question, Archive(there, segmenter)))
    ]
    assert len(unlike) <= 0.02 * len(asked), unlike


def _first(outcome: Answer | NoAnswer) -> str:
    shown = outcome.snippets if isinstance(outcome, Answer) else outcome.nearest
    return shown[0].text if shown else ""
