"""What the reader of PDFs makes of a file: pages printed by the test itself, read back word for word."""

from __future__ import annotations

import datetime as dt
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from index.errors import ArchiveError, UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import pdf, scan

from . import press

CORPUS = Path(__file__).parents[1] / "corpus"
PAGE = CORPUS / "pdf_two_columns.pdf"


def read(path: Path, context: ReadContext | None = None) -> list[Article]:
    found = list(pdf.read(path, context or ReadContext()))
    assert all(isinstance(article, Article) for article in found)
    return found


@pytest.fixture
def without_ocr(monkeypatch):
    monkeypatch.setattr(scan, "is_installed", lambda: False)


def test_a_page_in_two_columns_reads_as_it_was_written():
    lead, second, third = read(PAGE)
    assert lead.title == "老渡口停航，岸上开了一座公园"
    assert lead.kicker == "河口走笔"
    assert [paragraph.section for paragraph in lead.paragraphs] == ["", "", "三次搬家", "三次搬家"]
    assert lead.paragraphs[0].text == (
        "河口镇的老渡口昨天开出最后一班船。船上只有7个人，6个是来拍照的，还有一个是送菜的老主顾，他坐了31年。"
    )
    assert second.title == "夜校的灯亮到十点"
    assert third.title == "南街修好了四口井"
    assert third.paragraphs[-1].text.endswith("井水第二天就清了。")
    assert not any(article.flags for article in (lead, second, third))


def test_titles_and_paragraphs_come_back_from_pages_in_random_layouts(tmp_path):
    back = press.Readback()
    for seed in range(300, 312):
        printed = press.sheet(seed, stories=3 + seed % 3)
        path = tmp_path / f"{seed}.pdf"
        press.write_pdf(path, printed.lines, letter_by_letter=seed % 4 == 0 and press.FONT.exists())
        articles = read(path)
        for story in printed.stories:
            back.add(story, articles, press.same_letters)
    assert back.titles >= 0.98 * back.of_titles, back.missed
    assert back.paragraphs >= 0.97 * back.of_paragraphs, back.missed


def test_the_edge_of_the_page_gives_its_number_and_is_no_article(tmp_path):
    printed = press.sheet(300)
    press.write_pdf(tmp_path / "a.pdf", printed.lines)
    articles = read(tmp_path / "a.pdf")
    assert {article.page for article in articles} == {"A03"}
    assert "责任编辑" not in "".join(paragraph.text for article in articles for paragraph in article.paragraphs)
    assert {article.date for article in articles} == {None}


def test_paper_date_and_page_come_from_the_file_name_first(tmp_path):
    printed = press.sheet(300)
    path = tmp_path / "河口晚报-20310305-B02.pdf"
    press.write_pdf(path, printed.lines)
    for article in read(path):
        assert (article.paper, article.date, article.page) == ("河口晚报", dt.date(2031, 3, 5), "B02")
        assert article.date_source == "file_name"
    assert read(path, ReadContext(paper="别的报"))[0].paper == "别的报"


def test_ids_are_the_same_at_every_reading_and_differ_within_the_file():
    ids = [article.id for article in read(PAGE)]
    assert ids == [article.id for article in read(PAGE)]
    assert len(set(ids)) == len(ids)


def test_the_context_names_the_source_of_a_copy():
    assert read(PAGE, ReadContext(name="/papers/a.zip!0812/a01.pdf"))[0].source == "/papers/a.zip!0812/a01.pdf"


def picture_page(path: Path, *, before: str = "") -> None:
    """A PDF whose last page is a picture; `before` is printed on a page of its own."""
    from PIL import Image

    page = canvas.Canvas(str(path), pagesize=(400, 600))
    if before:
        press.set_font(page, 12)
        page.drawString(40, 500, before)
        page.showPage()
    page.drawImage(ImageReader(Image.new("L", (400, 600), 200)), 0, 0, 400, 600)
    page.save()


def test_a_page_without_text_layer_needs_ocr_and_says_how_to_get_it(tmp_path, without_ocr):
    picture_page(tmp_path / "a.pdf")
    with pytest.raises(UnreadableSource, match=r"a\.pdf：.*没有文字层，需要OCR；.*wenbao\[ocr\]"):
        read(tmp_path / "a.pdf")


def test_the_other_pages_of_such_a_file_are_read(tmp_path, without_ocr):
    picture_page(tmp_path / "a.pdf", before="河口镇上周在堤上种了三千棵柳树。")
    article, rejected = pdf.read(tmp_path / "a.pdf", ReadContext())
    assert isinstance(article, Article)
    assert article.paragraphs[0].text == "河口镇上周在堤上种了三千棵柳树。"
    assert isinstance(rejected, Rejected)
    assert rejected.source.endswith("a.pdf#第2页")
    assert "需要OCR" in rejected.reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pdf_truncated.pdf", "已损坏或不完整"),
        ("pdf_encrypted.pdf", "密码"),
        ("pdf_without_text.pdf", "没有文字"),
        ("pdf_no_pdf.pdf", "不是 PDF"),
    ],
)
def test_a_pdf_that_cannot_be_used_is_named_with_the_next_step(name, reason):
    with pytest.raises(UnreadableSource, match=rf"{name}：.*{reason}.*；"):
        read(CORPUS / name)


def test_a_parser_that_never_ends_is_stopped(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text("while True: pass", "utf-8")
    monkeypatch.setattr(pdf, "_CHILD", child)
    monkeypatch.setattr(pdf, "SECONDS", 1)
    before = time.monotonic()
    with pytest.raises(UnreadableSource, match="1 秒还没读完"):
        read(PAGE)
    assert time.monotonic() - before < 20


def test_a_parser_that_crashes_takes_nothing_with_it(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text("import os; os.abort()", "utf-8")
    monkeypatch.setattr(pdf, "_CHILD", child)
    with pytest.raises(UnreadableSource, match="解析不了"):
        read(PAGE)


@pytest.mark.skipif(press.FONT.exists(), reason="a Chinese font is installed here")
def test_letters_of_a_font_that_is_neither_in_the_file_nor_here_are_told_of(tmp_path, without_ocr):
    press.write_pdf(tmp_path / "a.pdf", press.sheet(300, stories=3).lines, letter_by_letter=True)
    with pytest.raises(UnreadableSource, match="没有中文字体"):
        read(tmp_path / "a.pdf")


def test_it_claims_pdfs_and_nothing_else():
    assert pdf.claims(PAGE.read_bytes()[:4096])
    assert pdf.claims(b"\n\n%PDF-1.7")
    assert not pdf.claims(b"<html>%PD")


def clean(path: Path) -> None:
    """Whatever comes out is text, and nothing but the archive's own errors is raised."""
    try:
        found = list(pdf.read(path, ReadContext()))
    except ArchiveError:
        return
    for article in found:
        for paragraph in article.paragraphs if isinstance(article, Article) else ():
            assert paragraph.text.strip()
            assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in paragraph.text)
            assert "\ufffd" not in paragraph.text


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "a.pdf"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(share=st.floats(0, 1))
def test_truncation_at_any_byte_is_survived(scratch, share):
    data = PAGE.read_bytes()
    scratch.write_bytes(data[: int(share * len(data))])
    clean(scratch)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=300), as_pdf=st.booleans())
def test_random_bytes_are_survived(scratch, data, as_pdf):
    scratch.write_bytes(b"%PDF-1.4\n" * as_pdf + data)
    clean(scratch)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.floats(0, 1), byte=st.integers(0, 255))
def test_a_pdf_with_one_wrong_byte_is_survived(scratch, at, byte):
    data = bytearray(PAGE.read_bytes())
    data[min(int(at * len(data)), len(data) - 1)] = byte
    scratch.write_bytes(data)
    clean(scratch)


runs = st.lists(
    st.builds(
        press.Placed,
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
        st.floats(-50, 1050),
        st.floats(-50, 1500),
        st.floats(0.1, 400),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=runs)
def test_lines_anywhere_on_a_page_lose_no_letter_but_furniture(lines):
    placed = [
        pdf.Run(line.text, line.x, line.x + len(line.text) * line.size, line.y - line.size, line.y, line.size)
        for line in lines
    ]
    page = pdf.layout.page_text(placed, 1400)
    kept = "".join((page.text + "".join(page.furniture)).split()).replace("#", "")
    printed = "".join("".join(line.text for line in lines).split()).replace("#", "")
    assert sorted(kept) == sorted(printed)
