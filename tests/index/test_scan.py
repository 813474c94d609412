"""What the reader of page scans makes of a file; tests that run OCR are slow, and need the extra `ocr` and a font."""

from __future__ import annotations

import datetime as dt
import io
import struct
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from index.errors import ArchiveError, UnreadableSource
from index.model import Article, ReadContext
from index.readers import layout, pdf, scan
from index.segment.likeness import alike

from . import press

CORPUS = Path(__file__).parents[1] / "corpus"

needs_ocr = [
    pytest.mark.slow,
    pytest.mark.skipif(not scan.is_installed(), reason="the extra `ocr` is not installed"),
    pytest.mark.skipif(not press.FONT.exists(), reason="Debian's fonts-wqy-zenhei is not installed"),
]


def with_ocr(test):
    for mark in needs_ocr:
        test = mark(test)
    return test


@pytest.fixture
def read_as(monkeypatch):
    """Let OCR find the given text on every picture, and collect the pictures."""
    seen: list[np.ndarray] = []

    def say(text: str) -> list[np.ndarray]:
        monkeypatch.setattr(scan, "is_installed", lambda: True)

        def page_text(picture: np.ndarray) -> layout.PageText:
            seen.append(picture)
            return layout.PageText(text)

        monkeypatch.setattr(scan, "page_text", page_text)
        return seen

    return say


def read(path: Path, context: ReadContext | None = None) -> list[Article]:
    found = list(scan.read(path, context or ReadContext()))
    assert all(isinstance(article, Article) for article in found)
    return found


def picture(path: Path, size: tuple[int, int] = (60, 40), mode: str = "L", **options: object) -> Path:
    Image.new(mode, size).save(path, **options)
    return path


def test_without_the_extra_a_scan_is_named_with_the_advice_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    with pytest.raises(UnreadableSource, match=r"a\.png：是图片，需要OCR；.*wenbao\[ocr\]"):
        read(picture(tmp_path / "a.png"))


def test_paper_date_and_page_come_from_the_file_name(tmp_path, read_as):
    read_as("## 堤上种了三千棵柳\n\n河口镇上周在堤上种了三千棵柳。")
    (article,) = read(picture(tmp_path / "河口晚报-20310304-A03.jpg"))
    assert (article.paper, article.date, article.page) == ("河口晚报", dt.date(2031, 3, 4), "A03")
    assert article.title == "堤上种了三千棵柳"


def test_each_page_of_a_tiff_is_read(tmp_path, read_as):
    seen = read_as("## 堤上种了三千棵柳\n\n河口镇上周在堤上种了三千棵柳。")
    pages = [Image.new("L", (60, 40), grey) for grey in (0, 255)]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])
    first, second = read(tmp_path / "a.tiff")
    assert [page.mean() for page in seen] == [0, 255]
    assert first.id != second.id


def test_a_scan_without_text_is_named(tmp_path, read_as):
    read_as("")
    with pytest.raises(UnreadableSource, match="没有识别出正文"):
        read(picture(tmp_path / "a.png"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_pictures_of_every_mode_become_grey(tmp_path, read_as, mode):
    seen = read_as("## 题\n\n文在这里。")
    read(picture(tmp_path / "a.png", mode=mode))
    assert (seen[0].dtype, seen[0].shape) == (np.uint8, (40, 60))


def test_transparency_is_white_paper(tmp_path, read_as):
    seen = read_as("## 题\n\n文在这里。")
    read(picture(tmp_path / "a.png", mode="RGBA"))
    assert seen[0].min() == 255


def test_a_large_scan_is_scaled_down(tmp_path, read_as):
    seen = read_as("## 题\n\n文在这里。")
    read(picture(tmp_path / "a.png", (6000, 8000)))
    assert 0.9 * scan.MOST_PIXELS < seen[0].size <= scan.MOST_PIXELS


def test_a_picture_of_too_many_pixels_is_refused_by_its_header(tmp_path, read_as):
    read_as("")
    header = struct.pack(">IIBBBBB", 90_000, 90_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000)))]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    (tmp_path / "bomb.png").write_bytes(b"".join((b"\x89PNG\r\n\x1a\n", *packed)))
    with pytest.raises(UnreadableSource, match="像素"):
        read(tmp_path / "bomb.png")


@pytest.mark.parametrize(("name", "reason"), [("scan_truncated.png", "已损坏或不完整"), ("scan_no_image.jpg", "不是")])
def test_a_picture_that_cannot_be_used_is_named_with_the_next_step(read_as, name, reason):
    read_as("")
    with pytest.raises(UnreadableSource, match=rf"{name}：.*{reason}.*；"):
        read(CORPUS / name)


def test_it_claims_pictures_and_nothing_else():
    for kind in ("JPEG", "PNG", "TIFF"):
        saved = io.BytesIO()
        Image.new("L", (6, 4)).save(saved, kind)
        assert scan.claims(saved.getvalue()[:4096])
    assert not scan.claims(b"%PDF-1.4")
    assert not scan.claims(b"")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "a.png"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(("JPEG", "PNG", "TIFF")),
    share=st.floats(0, 1),
    wrong=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4),
)
def test_damage_at_any_byte_is_survived(scratch, read_as, kind, share, wrong):
    read_as("## 题\n\n文在这里。")
    saved = io.BytesIO()
    Image.linear_gradient("L").resize((90, 70)).save(saved, kind)
    data = bytearray(saved.getvalue())
    for at, byte in wrong:
        data[min(int(at * len(data)), len(data) - 1)] = byte
    scratch.write_bytes(data[: int(share * len(data)) + 1])
    clean(scratch)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), magic=st.sampled_from((b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00")))
def test_random_bytes_are_survived(scratch, read_as, data, magic):
    read_as("## 题\n\n文在这里。")
    scratch.write_bytes(magic + data)
    clean(scratch)


def clean(path: Path) -> None:
    """Whatever comes out is text, and nothing but the archive's own errors is raised."""
    try:
        found = list(scan.read(path, ReadContext()))
    except ArchiveError:
        return
    for article in found:
        for paragraph in article.paragraphs if isinstance(article, Article) else ():
            assert not any(unicodedata.category(character) == "Cc" for character in paragraph.text)


@pytest.fixture(scope="module")
def small():
    """Two stories side by side, small enough to be read in seconds."""
    return press.stacked(
        [
            press.Story(
                "堤上种了三千棵柳", ["河口镇上周在堤上种了3000棵柳树，用了9天。", "护堤员老蒋每天傍晚沿着堤走一趟。"]
            ),
            press.Story("夜市搬进老厂房", ["老厂房里摆下了86个摊位，最早的一家卖了22年米粉。"]),
        ],
        columns=2,
    )


def check_small(articles: list[Article], small: press.Sheet) -> None:
    back = press.Readback()
    for story in small.stories:
        back.add(story, articles, lambda one, other: alike(one, other, 0.85))
    assert not back.missed


@with_ocr
def test_a_printed_page_is_read_back(small, tmp_path):
    press.write_image(tmp_path / "a.png", small.lines)
    check_small(read(tmp_path / "a.png"), small)


@with_ocr
def test_a_page_that_lies_askew_is_read_back(small, tmp_path):
    press.write_image(tmp_path / "a.png", small.lines)
    with Image.open(tmp_path / "a.png") as image:
        image.rotate(1.2, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC).save(tmp_path / "b.jpg")
    check_small(read(tmp_path / "b.jpg"), small)


@with_ocr
def test_a_page_without_text_layer_is_read_by_ocr(small, tmp_path):
    press.write_image(tmp_path / "a.png", small.lines)
    with Image.open(tmp_path / "a.png") as image:
        image.save(tmp_path / "a.pdf", resolution=150)
    check_small(
        [article for article in pdf.read(tmp_path / "a.pdf", ReadContext()) if isinstance(article, Article)], small
    )
