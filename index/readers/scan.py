"""Reads scans of newspaper pages by OCR, with the models of the optional extra `ocr` and on this machine alone."""

from __future__ import annotations

import importlib.util
import math
import statistics
import threading
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoding import opened
from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import layout
from index.readers.columns import Run
from index.readers.context import page_facts, source_name
from index.readers.textpage import article

Picture = NDArray[np.uint8]
"""Grey pixels, row by row from the top."""

NEEDS_OCR = "需要OCR；请安装 ocr 扩展：pip install 'wenbao[ocr]'，再运行 wenbao index"
MOST_PIXELS = 16_000_000
"""What a page is scaled down to: a broadsheet's small type is then 25 to 30 pixels high, which OCR reads best."""
LARGEST = 200 << 20
_MOST_FRAMES = 100
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")

_STRIP = 1400
_OVERLAP = 240
_LONGEST_SIDE = 8000
_BODY = 0.9
"""How much of a box's height its characters' bodies take."""

_BODY_OF_FEW = 0.75
"""The same for one or two characters, whose boxes are drawn more loosely and whose width says little."""

_LOOSE = 1.17
"""
Lines within this factor of the usual size are of that size. Of a printed page of 193 lines the body came out between 21
and 23 pixels, headings 1.25 times as large at 27 and more (2026-11-24).
"""

_PADDING = 0.25
"""White at both ends of a box, in its height."""

_WHITE = 0.9
"""White between two characters of a box, in its height, that is the white between columns."""

_Corners = NDArray[np.float64]
"""The corners of a box: upper left, upper right, lower right, lower left."""


def claims(head: bytes) -> bool:
    """`head` looks like the beginning of a JPEG, PNG or TIFF file."""
    return head.startswith(_MAGIC)


def is_installed() -> bool:
    """The extra `ocr` is there."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime", "PIL"))


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the articles of the page, or of each page of a TIFF file.

    Raises UnreadableSource for files that are no image, too large or damaged, and without the extra `ocr`.
    """
    name, facts = source_name(source, context), page_facts(source, context)
    ordinal = 0
    for picture in _pictures(source):
        for story in layout.stories(page_text(picture)):
            ordinal += 1
            yield article(story, name, ordinal, facts, context.section)
    if not ordinal:
        raise UnreadableSource(name, "图上没有识别出正文；请检查扫描是否清晰、方向是否正确，或移走它")


def page_text(picture: Picture) -> layout.PageText:
    """Return the text of a page's picture. Needs the extra `ocr`."""
    return layout.page_text(runs(picture), float(picture.shape[0]))


def runs(picture: Picture) -> list[Run]:
    """
    Return the lines that OCR finds, in no certain order; the picture's pixels are the unit.

    The page is read in strips as wide as itself, which overlap: a line belongs to the strip that holds its middle.
    """
    found: list[tuple[_Corners, str]] = []
    height = picture.shape[0]
    tops = range(0, max(1, height - _OVERLAP), _STRIP - _OVERLAP)
    for top in tops:
        first = top + _OVERLAP / 2 if top else 0
        last = top + _STRIP - _OVERLAP / 2 if top != tops[-1] else height
        with _one_at_a_time:
            read = _engine()(np.ascontiguousarray(picture[top : top + _STRIP]), use_cls=False, return_word_box=True)
        if read.boxes is None:
            continue
        for box, text, words in zip(read.boxes, read.txts, read.word_results, strict=True):
            corners = np.asarray(box, np.float64) + np.array((0, top))
            if first <= corners[:, 1].mean() < last:
                found += _split(corners, text, words)
    return _straightened(found)


def _split(corners: _Corners, text: str, words: Sequence[Any]) -> Iterator[tuple[_Corners, str]]:
    """Yield a box as it is, or cut in two where it runs across the white between columns."""
    height = float(np.linalg.norm(corners[3] - corners[0]))
    ends = [(word, min(x for x, _ in box), max(x for x, _ in box)) for word, _, box in words]
    pieces: list[list[tuple[str, float, float]]] = []
    for word in ends:
        if not pieces or word[1] - pieces[-1][-1][2] > _WHITE * height:
            pieces.append([])
        pieces[-1].append(word)
    if len(pieces) < 2:
        yield corners, text.strip()
        return
    left, width = corners[0, 0], max(1.0, corners[1, 0] - corners[0, 0])
    for piece in pieces:
        start, end = ((x - left) / width for x in (piece[0][1], piece[-1][2]))
        upper, lower = corners[1] - corners[0], corners[2] - corners[3]
        cut = np.stack(
            (corners[0] + start * upper, corners[0] + end * upper, corners[3] + end * lower, corners[3] + start * lower)
        )
        yield cut, "".join(word for word, _, _ in piece).strip()


def _straightened(found: Sequence[tuple[_Corners, str]]) -> list[Run]:
    """Return the boxes as runs, turned by the angle at which the page lies on the scan."""
    angles = [
        math.atan2(corners[1, 1] - corners[0, 1], corners[1, 0] - corners[0, 0])
        for corners, text in found
        if len(text) >= 6
    ]
    angle = statistics.median(angles) if angles else 0.0
    turn = np.array(((math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))))
    lines = []
    for corners, text in found:
        if not text:
            continue
        left, top = (corners @ turn).min(0).tolist()
        right, bottom = (corners @ turn).max(0).tolist()
        height = bottom - top
        size = max(
            1.0,
            min(
                (_BODY if len(text) > 2 else _BODY_OF_FEW) * height, (right - left - _PADDING * height) / _printed(text)
            ),
        )
        middle = (top + bottom) / 2
        lines.append(Run(text, left, right, middle - size / 2, middle + size / 2, size))
    return _evened(lines)


def _evened(lines: list[Run]) -> list[Run]:
    """Give the text's lines one size: boxes are drawn loosely, so that only what is much larger is known to be."""
    sizes = sorted(line.size for line in lines for _ in line.text)
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    return [replace(line, size=usual) if usual / _LOOSE < line.size < usual * _LOOSE else line for line in lines]


def _printed(text: str) -> float:
    """Return the width of a line in full-width characters."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


_one_at_a_time = threading.Lock()


@cache
def _engine() -> Any:
    """The models, loaded once: they take a second and some 200 MB."""
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": _LONGEST_SIDE})


def _pictures(source: Path) -> Iterator[Picture]:
    """Yield the pages of an image file. Raises UnreadableSource."""
    with opened(source) as file:
        if source.stat().st_size > LARGEST:
            raise UnreadableSource(str(source), f"超过 {LARGEST >> 20} MB；请降低分辨率后另存")
        head = file.read(16)
        if not head:
            raise UnreadableSource(str(source), "文件是空的")
        if not claims(head):
            raise UnreadableSource(str(source), "不是 JPEG、PNG 或 TIFF 图片；请移走它，或改成正确的扩展名")
    if not is_installed():
        raise UnreadableSource(str(source), f"是图片，{NEEDS_OCR}")
    yield from _decoded(source)


def _decoded(source: Path) -> Iterator[Picture]:
    from PIL import Image, ImageSequence

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=("JPEG", "PNG", "TIFF")) as image:
                for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                    if number > _MOST_FRAMES:
                        raise UnreadableSource(str(source), f"超过 {_MOST_FRAMES} 页；请拆成几个文件")
                    yield _grey(frame)
    except UnreadableSource:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise UnreadableSource(str(source), f"超过 {most} 百万像素；请降低分辨率后另存") from None
    except Exception as error:  # a damaged image makes its decoder raise anything
        raise UnreadableSource(str(source), "图片已损坏或不完整；请重新扫描或另存") from error


def _grey(frame: Any) -> Picture:
    """Return a Pillow image as it is meant to be seen, on white, no larger than MOST_PIXELS."""
    from PIL import Image, ImageOps

    width, height = frame.size
    if width * height > MOST_PIXELS:
        scale = math.sqrt(MOST_PIXELS / (width * height))
        frame.draft("L", (int(width * scale), int(height * scale)))
    image = ImageOps.exif_transpose(frame)
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("L")
    scale = math.sqrt(MOST_PIXELS / (image.width * image.height))
    if scale < 1:
        image = image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    return np.asarray(image, np.uint8)
