"""What the reader of text pages makes of a file."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from index.errors import UnreadableSource
from index.model import Article, ReadContext
from index.readers import textpage

CORPUS = Path(__file__).parents[1] / "corpus"
SAMPLES = Path(__file__).parents[2] / "docs_corpus"


def articles(path: Path, context: ReadContext | None = None) -> list[Article]:
    found = list(textpage.read(path, context or ReadContext()))
    assert all(isinstance(article, Article) for article in found)
    return found


def test_paper_date_and_page_come_from_the_file_name(tmp_path):
    path = tmp_path / "白石日报-20310304-A03.txt"
    shutil.copy(CORPUS / "page_datelines.txt", path)
    for article in articles(path):
        assert (article.paper, article.date, article.page) == ("白石日报", dt.date(2031, 3, 4), "A03")
        assert article.date_source == "file_name"


def test_a_day_in_the_text_is_never_the_date_of_the_issue():
    for name in ("loop", "datelines", "order_then_news"):
        assert {(article.date, article.date_source) for article in articles(CORPUS / f"page_{name}.txt")} == {
            (None, "")
        }


def test_the_default_section_stands_where_the_page_names_none():
    first = articles(CORPUS / "page_loop.txt", ReadContext(paper="白石日报", section="生态"))[0]
    assert [paragraph.section for paragraph in first.paragraphs] == ["生态", "湖边人换了营生,桨还握在手里"]
    assert first.paper == "白石日报"


def test_ids_differ_within_a_page_and_are_the_same_at_every_reading():
    path = CORPUS / "page_loop.txt"
    ids = [article.id for article in articles(path)]
    assert len(set(ids)) == len(ids)
    assert ids == [article.id for article in articles(path)]


def test_a_page_in_gb18030_reads_as_the_same_page_in_utf8():
    titles = [[article.title for article in articles(CORPUS / f"page_{name}.txt")] for name in ("gb18030", "datelines")]
    assert titles[0] == titles[1]


def test_a_page_of_furniture_alone_is_named_and_refused():
    with pytest.raises(UnreadableSource, match="page_without_text"):
        articles(CORPUS / "page_without_text.txt")


def test_the_sample_page_keeps_the_defects_it_is_there_to_show():
    (path,) = SAMPLES.glob("*.txt")
    text = path.read_text("utf-8")
    assert text.startswith("\n\n")
    first, second, *notices = articles(path)
    assert text.count(first.kicker) == text.count(f"## {first.title}") == 2
    assert first.author == "综合"
    assert sum(paragraph.joined for paragraph in first.paragraphs) == 2
    assert len({paragraph.section for paragraph in first.paragraphs}) == 4
    assert second.title_inferred
    assert (text.count("拍卖公告"), len(notices)) == (5, 3)
    assert first.date is None


@pytest.mark.parametrize(
    "figure", ["142家", "140多家", "110家", "15家", "8家", "80多个", "8800余亩", "50亿元", "30万只"]
)
def test_the_sample_page_states_the_figures_people_ask_for(figure):
    (path,) = SAMPLES.glob("*.txt")
    assert any(figure in paragraph.text for article in articles(path) for paragraph in article.paragraphs)
