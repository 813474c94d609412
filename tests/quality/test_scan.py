"""A scan answers as its text does: the real page, printed as an image and read by OCR."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.answer import ask
from index.model import Answer, Article, ReadContext
from index.readers import scan, textpage
from index.readers.columns import Run
from index.segment.likeness import alike
from tests.index import newsprint, press


@pytest.fixture
def printed(shared: Path) -> list[press.Story]:
    """The real page's articles."""
    (page,) = (shared / "seed").glob("*.txt")
    return [press.story_of(article) for article in textpage.read(page, ReadContext()) if isinstance(article, Article)]


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(not scan.is_installed(), reason="the extra `ocr` is not installed")
@pytest.mark.skipif(not press.FONT.exists(), reason="Debian's fonts-wqy-zenhei is not installed")
def test_the_real_page_printed_and_scanned_answers_the_readers_question(printed, tmp_path, monkeypatch):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    press.write_image(corpus / "page.png", press.stacked(printed).lines)
    seen: dict[int, list[Run]] = {}
    read = scan.runs
    monkeypatch.setattr(scan, "runs", lambda page: seen.setdefault(page.size, seen.get(page.size) or read(page)))
    archive = newsprint.opened([corpus], tmp_path / "index")

    outcome = ask("船山时间谷有多少企业", archive)
    assert isinstance(outcome, Answer)
    assert outcome.snippets[0].answer == "142家"
    assert "140多家" in {snippet.answer for snippet in outcome.snippets}

    back = press.Readback()
    articles = list(scan.read(corpus / "page.png", ReadContext()))
    for story in printed:
        back.add(story, articles, lambda one, other: alike(one, other, 0.9))
    assert back.titles == back.of_titles, back.missed
    assert back.paragraphs >= 0.9 * back.of_paragraphs, back.missed
