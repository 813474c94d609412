"""
Reads page PDFs: the text layer in reading order, or by OCR where a page is only a picture.

Each page is cut into articles as text pages are. The file is opened by `index.readers.pdfium` in a process of its own,
which is given limited time and memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from index.encoding import opened
from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import layout, scan
from index.readers.columns import Run
from index.readers.context import page_facts, source_name
from index.readers.textpage import article

MOST_PAGES = 500
LARGEST = 1 << 30
SECONDS = 150
_LARGEST_ANSWER = 1 << 28
_HEADER = 1024
_ASCENT = 0.88
"""How much of a Chinese character's body stands above the baseline."""

_MOST_RUNS = 8000
_GARBLED = 0.2
_FEW = 80
_PICTURE = 0.5
_CHILD = Path(__file__).with_name("pdfium.py")
_NO_PDF, _PASSWORD = 3, 4


def claims(head: bytes) -> bool:
    """`head` looks like the beginning of a PDF: readers allow for a little debris before the mark."""
    return b"%PDF-" in head[:_HEADER]


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the articles of all pages in order, and the pages that could not be used.

    Raises UnreadableSource when no page can be used: no PDF, encrypted, damaged, or pictures without OCR.
    """
    name, facts = source_name(source, context), page_facts(source, context)
    ordinals = count(1)
    rejected: list[Rejected] = []
    found = False
    for number, record in enumerate(_records(source), 1):
        try:
            page = _page(source, number, record)
        except UnreadableSource as error:
            rejected.append(Rejected(f"{name}#第{number}页", error.reason))
            continue
        here = replace(facts, page=facts.page or layout.printed_page(page))
        for story in layout.stories(page):
            found = True
            yield article(story, name, next(ordinals), here, context.section)
    if not found:
        reason = rejected[0].reason if rejected else "里面没有文字；请检查文件，或移走它"
        raise UnreadableSource(name, reason if len(rejected) < 2 else f"没有一页能用：{reason}")
    yield from rejected


def _page(source: Path, number: int, record: Mapping[str, Any]) -> layout.PageText:
    """
    Return the page's text.

    Raises UnreadableSource for a page that is damaged, or needs OCR and cannot have it.
    """
    if record.get("damaged"):
        raise UnreadableSource(str(source), "这一页已损坏；请重新导出 PDF")
    runs = [
        Run(text, left, right, base - _ASCENT * size, base + (1 - _ASCENT) * size, size)
        for text, left, base, right, size in record["runs"]
    ]
    if len(runs) > _MOST_RUNS:
        raise UnreadableSource(str(source), f"这一页的文字碎成 {len(runs)} 截，不像报纸版面；请重新导出 PDF")
    characters = sum(len(run.text) for run in runs)
    is_picture = characters < _FEW and record["picture"] >= _PICTURE
    if record["unreadable"] < _GARBLED and not is_picture:
        return layout.page_text(runs, record["height"])
    why = (
        "是图片，没有文字层"
        if is_picture
        else "的文字层读不出来（字体没有对应的字符编码，或没有嵌入文件，这台机器上也没有中文字体）"
    )
    if not scan.is_installed():
        raise UnreadableSource(str(source), f"这一页{why}，{scan.NEEDS_OCR}")
    return scan.page_text(_picture(source, number))


def _records(source: Path) -> list[dict[str, Any]]:
    """Return what `pdfium.page_record` says of each page. Raises UnreadableSource."""
    with opened(source) as file:
        if source.stat().st_size > LARGEST:
            raise UnreadableSource(str(source), f"超过 {LARGEST >> 20} MB，不像一份报纸的版面；请拆成几个文件")
        if not claims(file.read(_HEADER)):
            raise UnreadableSource(str(source), "不是 PDF 文件；请移走它，或改成正确的扩展名")
    records = [json.loads(line) for line in _answer(source, "text", str(MOST_PAGES)).splitlines()]
    if records and records[0]["pages"] > MOST_PAGES:
        raise UnreadableSource(str(source), f"有 {records[0]['pages']} 页，超过 {MOST_PAGES} 页；请按日期拆成几个文件")
    return records


def _picture(source: Path, number: int) -> scan.Picture:
    """Return page `number` (from 1) as grey pixels."""
    answer = _answer(source, "picture", str(number - 1), str(scan.MOST_PIXELS))
    header, _, pixels = answer.partition(b"\n")
    width, height = map(int, header.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def _answer(source: Path, *wanted: str) -> bytes:
    command = [sys.executable, "-I", str(_CHILD), wanted[0], str(source.absolute()), *wanted[1:]]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise UnreadableSource(str(source), f"{SECONDS} 秒还没读完，多半已损坏；请重新导出 PDF") from None
    except OSError as error:
        raise UnreadableSource(str(source), f"PDF 解析进程启动不了（{error.strerror or error}）；请稍后重试") from error
    if done.returncode == 0 and len(done.stdout) <= _LARGEST_ANSWER:
        return done.stdout
    if done.returncode == _PASSWORD:
        raise UnreadableSource(str(source), "加了密码；请去掉密码后另存")
    if done.returncode == _NO_PDF:
        raise UnreadableSource(str(source), "已损坏或不完整，打不开；请重新导出或重新下载 PDF")
    raise UnreadableSource(str(source), "解析不了，多半已损坏或太大；请重新导出 PDF")
