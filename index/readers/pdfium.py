"""
Takes the printed lines of a PDF's pages, or their pictures, out of the file: a script run in a process of its own.

What a damaged file makes a parser do (hang, fill the memory, crash) then ends that process and nothing else, and
`index.readers.pdf` says so. It imports no room of the archive, so that starting it takes a tenth of a second.

    python pdfium.py text FILE PAGES            one JSON object a page: see `page_record`
    python pdfium.py picture FILE PAGE PIXELS   "width height" and a line break, then one grey byte a pixel

A file that cannot be opened ends it with one of the exit codes below.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

NO_PDF, PASSWORD, NO_PAGE = 3, 4, 6
"""Exit codes: not (or no longer) a PDF, encrypted, no such page."""

_MEMORY = 3 << 30
_SECONDS = 120
_MOST_CHARACTERS = 400_000
_NO_LETTERS = ((0, 0x1F), (0x7F, 0x9F), (0xD800, 0xF8FF), (0xFFFD, 0xFFFF), (0x110000, 0xFFFFFFFF))
"""Control characters, halves of pairs, private use, and what stands for no character."""
_GAP = 0.45
"""White between two characters, in their size, that ends a run: columns stand at least that far apart."""


class Glyph(NamedTuple):
    """A character where it is printed: x to the right, y downwards from the page's top, `y` the baseline."""

    text: str
    left: float
    right: float
    y: float
    size: float


def page_record(page: pdfium.PdfPage) -> dict[str, Any]:
    """
    Return what a page holds.

    runs       [text, left, baseline, right, size] of each stretch of a line without a gap, in no certain order
    unreadable share of the characters that the fonts do not map to Unicode, or that need a font this machine lacks
    picture    share of the page's area that its largest picture covers
    """
    width, height = page.get_size()
    glyphs, unreadable = _glyphs(page, width, height)
    unreadable += max(0, _pieces(page) - len(glyphs) - unreadable)
    total = len(glyphs) + unreadable
    return {
        "width": width,
        "height": height,
        "runs": [[*run] for run in _runs(glyphs)],
        "unreadable": unreadable / total if total else 0.0,
        "picture": _largest_picture(page, width * height),
    }


def _glyphs(page: pdfium.PdfPage, width: float, height: float) -> tuple[list[Glyph], int]:
    """Return the printed characters on the page, and how many more there are that nobody can read."""
    text = page.get_textpage()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    corner_x, corner_y, _, _ = page.get_bbox()
    turned = page.get_rotation()
    glyphs: list[Glyph] = []
    unreadable = 0
    for at in range(min(text.count_chars(), _MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at) == 1 or code in (0x0A, 0x0D):
            continue
        if any(first <= code <= last for first, last in _NO_LETTERS):
            unreadable += 1
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetMatrix(text, at, matrix)
        size = raw.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d)
        across = (box.left - corner_x, box.right - corner_x)
        up = (box.bottom - corner_y, box.top - corner_y)
        values = (*_upright(across, up, x.value - corner_x, y.value - corner_y, width, height, turned), size)
        if not all(map(math.isfinite, values)) or not 1 <= size <= height or not 0 <= values[2] <= height + size:
            continue
        if -size <= values[0] <= width:
            glyphs.append(Glyph(chr(code), *values))
    return glyphs, unreadable


def _upright(
    across: tuple[float, float], up: tuple[float, float], x: float, y: float, width: float, height: float, turned: int
) -> tuple[float, float, float]:
    """Return left, right and baseline as they are seen on a page that is shown turned by so many degrees."""
    if turned == 90:
        return *up, x
    if turned == 180:
        return width - across[1], width - across[0], y
    if turned == 270:
        return width - up[1], width - up[0], height - x
    return *across, height - y


def _runs(glyphs: list[Glyph]) -> Iterator[tuple[str, float, float, float, float]]:
    """Put the characters of each line together, up to the next gap; what is printed twice in one place is one."""
    line: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.y):
        if line and glyph.y - line[-1].y > 0.25 * min(glyph.size, line[-1].size):
            yield from _runs_of_line(line)
            line = []
        line.append(glyph)
    yield from _runs_of_line(line)


def _runs_of_line(line: list[Glyph]) -> Iterator[tuple[str, float, float, float, float]]:
    run: list[Glyph] = []
    for glyph in sorted(line, key=lambda glyph: (glyph.left, glyph.right)):
        if run and not glyph.text.isspace():
            last = run[-1]
            if glyph.text == last.text and glyph.left - last.left < 0.3 * glyph.size:
                continue
            size = max(glyph.size, last.size)
            if glyph.left - last.right > _GAP * size or size > 1.3 * min(glyph.size, last.size):
                yield _run(run)
                run = []
        if run or not glyph.text.isspace():
            if glyph.text.isspace() and glyph.left - run[-1].right > _GAP * glyph.size:
                continue
            run.append(glyph)
    if run:
        yield _run(run)


def _run(run: list[Glyph]) -> tuple[str, float, float, float, float]:
    while run[-1].text.isspace():
        run.pop()
    sizes = sorted(glyph.size for glyph in run)
    text = "".join(glyph.text for glyph in run)
    right = max(glyph.right for glyph in run)
    return text, round(run[0].left, 2), round(run[0].y, 2), round(right, 2), round(sizes[len(sizes) // 2], 2)


def _pieces(page: pdfium.PdfPage) -> int:
    """Return how many pieces of text are drawn: of one whose font is nowhere, pdfium tells no character."""
    return sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3))


def _largest_picture(page: pdfium.PdfPage, area: float) -> float:
    largest = 0.0
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        with contextlib.suppress(pdfium.PdfiumError):
            left, bottom, right, top = found.get_bounds()
            largest = max(largest, (right - left) * (top - bottom))
    return min(1.0, largest / area) if area > 0 else 0.0


def _open(path: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError:
        sys.exit(PASSWORD if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD else NO_PDF)


def _page(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage | None:
    try:
        return document[number]
    except (pdfium.PdfiumError, IndexError):
        return None


def _print_text(path: str, most_pages: int) -> None:
    document = _open(path)
    count = len(document)
    for number in range(min(count, most_pages)):
        page = _page(document, number)
        record = {"pages": count} | (page_record(page) if page else {"damaged": True})
        print(json.dumps(record), flush=True)  # noqa: T201
        if page:
            page.close()
    if not count:
        sys.exit(NO_PAGE)


def _print_picture(path: str, number: int, pixels: int) -> None:
    page = _page(_open(path), number)
    if page is None:
        sys.exit(NO_PAGE)
    width, height = page.get_size()
    scale = min(math.sqrt(pixels / max(width * height, 1)), 300 / 72)
    picture = page.render(scale=scale, grayscale=True)
    array = picture.to_numpy()
    grey = array.reshape(array.shape[0], array.shape[1], -1)[:, :, 0]
    sys.stdout.buffer.write(f"{grey.shape[1]} {grey.shape[0]}\n".encode() + grey.tobytes())


def _limit() -> None:
    """Let the system end this process before it takes the machine's memory or time."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


if __name__ == "__main__":
    _limit()
    if sys.argv[1] == "text":
        _print_text(sys.argv[2], int(sys.argv[3]))
    else:
        _print_picture(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
