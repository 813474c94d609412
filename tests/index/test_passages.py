"""It is true of splitting articles into passages that …"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Article, Paragraph
from index.normalize import fold
from index.passages import LONGEST, split, split_text
from index.tokens import Segmenter, unpack


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter("jieba")


@given(st.text(alphabet="桥河，。！”；a1 ,.?\n", max_size=1500))
def test_the_passages_of_a_paragraph_put_together_are_the_paragraph(text: str) -> None:
    pieces = split_text(text)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= LONGEST for piece in pieces)


def test_a_paragraph_of_300_characters_stays_whole() -> None:
    text = "河口镇的桥。" * 50
    assert split_text(text) == [text]


def test_a_longer_paragraph_is_cut_at_sentence_ends_into_as_few_parts_as_fit() -> None:
    text = "".join(f"第{number}座桥在河口镇，全长{number}米。" for number in range(10, 40))
    pieces = split_text(text)
    assert len(pieces) == 2
    assert all(piece.endswith("。") for piece in pieces)
    assert len(pieces[0]) <= 300 < len(pieces[0]) + len("第10座桥在河口镇，全长10米。")


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    pieces = split_text("他说：“桥修好了。”" * 40)
    assert len(pieces) > 1
    assert all(piece.endswith("。”") for piece in pieces)


def test_a_half_width_stop_ends_a_sentence_beside_chinese_only() -> None:
    pieces = split_text("桥修好了!" * 80)
    assert all(piece.endswith("!") for piece in pieces)
    first, _ = split_text("桥" * 200 + "10:30" + "河" * 150)
    assert "10:30" in first


def test_a_sentence_that_is_too_long_is_cut_at_its_clauses() -> None:
    pieces = split_text("桥长水阔，" * 100)
    assert len(pieces) == 2
    assert all(piece.endswith("，") for piece in pieces)


def test_text_without_any_mark_is_cut_hard() -> None:
    assert [len(piece) for piece in split_text("桥" * 650)] == [300, 300, 50]


def test_a_passage_is_cited_with_all_that_its_article_knows(segmenter: Segmenter) -> None:
    article = Article(
        id="abc",
        source="/a.md",
        paragraphs=(Paragraph("开头。"), Paragraph("河口镇的桥很长。" * 50, "通车以后")),
        title="老桥",
        title_inferred=True,
        paper="河口日报",
        date=dt.date(2024, 3, 5),
        date_source="path",
        page="B03",
        page_name="乡镇",
        author="林小舟",
        url="https://example.org/42",
        kind="notice",
    )
    first, second, third = split(article, segmenter)
    assert (first.citation.paragraph, first.part, first.citation.section) == (1, 0, "")
    assert (second.citation.paragraph, second.part, second.citation.section) == (2, 0, "通车以后")
    assert (third.citation.paragraph, third.part) == (2, 1)
    assert {passage.kind for passage in (first, second, third)} == {"notice"}
    for name in (
        "title",
        "title_inferred",
        "paper",
        "date",
        "date_source",
        "page",
        "page_name",
        "author",
        "url",
        "source",
    ):
        assert getattr(third.citation, name) == getattr(article, name)
    assert third.citation.article_id == "abc"
    assert len({passage.citation.passage_id for passage in (first, second, third)}) == 3


def test_the_cut_covers_the_folded_text(segmenter: Segmenter) -> None:
    article = Article(id="abc", source="/a.md", paragraphs=(Paragraph("河口鎮今年簽約２６家企業。"),))
    (passage,) = split(article, segmenter)
    folded = fold(passage.text)
    tokens = unpack(folded, passage.cut)
    assert "".join(token.word for token in tokens) == folded
    assert "企业" in [token.word for token in tokens]


def test_an_article_without_paragraphs_has_no_passages(segmenter: Segmenter) -> None:
    assert split(Article(id="abc", source="/a.md", paragraphs=()), segmenter) == []
