"""
Reads Word documents (.docx): one article a file, or several under headings of the first level.

Titles and sections are known by their style (标题, Heading), in a manuscript without styles the title is the short
first line. A short paragraph set all in bold before one that is not is taken for a section heading, and stays a
paragraph too, as in Markdown. The cells of tables are paragraphs. What a tracked change deleted is not read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.encoding import opened
from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, Paragraph, ReadContext, Rejected
from index.readers.context import page_facts, source_name
from index.segment.marks import is_byline, is_closed, is_source, reporters

LARGEST = 200 << 20
_LARGEST_UNPACKED = 500 << 20
_MOST_PARTS = 5000
_LONGEST = 100_000
_TITLE = 45
_SECTION = 60
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN = {f"{_W}{name}" for name in ("del", "moveFrom", "txbxContent", "rPr", "pPr", "instrText", "delText")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class _Line:
    """
    One line of the document.

    level  0 for text, 1 for a title or a heading of the first level, 2 and more for those below
    marked bold, centred or larger than the text: how a heading looks where no style says so
    """

    text: str
    level: int = 0
    title: bool = False
    subtitle: bool = False
    bold: bool = False
    marked: bool = False


@dataclass(slots=True)
class _Entry:
    """An article's title, and the lines up to the next article."""

    title: str = ""
    inferred: bool = False
    lines: list[_Line] = field(default_factory=list)


def claims(head: bytes) -> bool:
    """`head` looks like the beginning of a Word document."""
    return head.startswith(b"PK\x03\x04") and b"word/" in head


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the document's articles in order, and entries without text.

    Raises UnreadableSource for what is no .docx, damaged, encrypted, too large, or holds no text.
    """
    name = source_name(source, context)
    lines = _lines(source)
    if not any(line.level == 0 for line in lines):
        raise UnreadableSource(name, "文档里没有正文；请检查文件，或移走它")
    for ordinal, entry in enumerate(_entries(lines)):
        yield _article(entry, ordinal, name, source, context)


def _article(entry: _Entry, ordinal: int, name: str, source: Path, context: ReadContext) -> Article | Rejected:
    facts = page_facts(source, context)
    section, author, subtitle = context.section, "", ""
    paragraphs: list[Paragraph] = []
    for line, following in zip(entry.lines, [*entry.lines[1:], None], strict=False):
        if line.subtitle and not paragraphs:
            subtitle = line.text
        elif line.level:
            section = line.text
        elif not author and (is_byline(line.text) or is_source(line.text)):
            author = line.text.strip("□■●◆ （）()【】")
        else:
            if line.bold and following and not following.bold and not following.level and _may_head(line.text):
                section = line.text
            paragraphs.append(Paragraph(line.text, section))
    if not paragraphs:
        return Rejected(f"{name}#{entry.title}", "没有正文")
    return Article(
        id=article_id(name, ordinal, paper=facts.paper, date=facts.date),
        source=name,
        paragraphs=tuple(paragraphs),
        title=entry.title,
        title_inferred=entry.inferred,
        subtitle=subtitle,
        paper=facts.paper,
        date=facts.date,
        date_source=facts.date_source,
        page=facts.page,
        page_name=facts.page_name,
        author=author or next(filter(None, (reporters(paragraph.text) for paragraph in paragraphs)), ""),
    )


def _entries(lines: Sequence[_Line]) -> list[_Entry]:
    """Return the articles: one for each Title, else for each heading of the first level, else one."""
    titles = [line for line in lines if line.title] or [line for line in lines if line.level == 1]
    if not titles:
        return [_untitled(lines)]
    entries: list[_Entry] = []
    before = _Entry()
    for line in lines:
        if line in titles and any(line is title for title in titles):
            entries.append(_Entry(line.text))
        else:
            (entries[-1] if entries else before).lines.append(line)
    if len(titles) == 1:
        entries[0].lines = [*before.lines, *entries[0].lines]
    elif any(line.level == 0 for line in before.lines):
        entries.insert(0, _untitled(before.lines))
    return entries


def _untitled(lines: Sequence[_Line]) -> _Entry:
    """Return the lines as one article; its title is the short first line."""
    first = lines[0]
    is_title = len(lines) > 1 and len(first.text) <= _TITLE and not is_closed(first.text) and not is_byline(first.text)
    if is_title and (first.marked or any(is_closed(line.text) for line in lines[1:])):
        return _Entry(first.text, not first.marked, list(lines[1:]))
    return _Entry(lines=list(lines))


def _may_head(text: str) -> bool:
    return len(text) <= _SECTION and text[-1] not in "。；，："


def _lines(source: Path) -> list[_Line]:
    """Return the lines of the document in order. Raises UnreadableSource."""
    _check(source)
    import docx

    try:
        document = docx.Document(str(source))
        usual = _usual_size(document)
        return [line for block in _blocks(document) for line in _lines_of(block, usual)]
    except Exception as error:  # python-docx and lxml raise anything for a damaged document
        raise UnreadableSource(str(source), "Word 文档已损坏；请用 Word 或 WPS 打开后另存") from error


def _check(source: Path) -> None:
    """Raises UnreadableSource for what python-docx must not be given."""
    with opened(source) as file:
        if source.stat().st_size > LARGEST:
            raise UnreadableSource(str(source), f"超过 {LARGEST >> 20} MB；请删去图片后另存")
        head = file.read(8)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableSource(str(source), "加了密码，或其实是旧的 .doc 格式；请去掉密码，另存为 .docx")
        if not head:
            raise UnreadableSource(str(source), "文件是空的")
        try:
            parts = zipfile.ZipFile(file).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, zlib.error, EOFError, OverflowError) as error:
            raise UnreadableSource(str(source), "不是 .docx 文件，或已损坏、不完整；请重新保存或重新下载") from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise UnreadableSource(str(source), "解压后太大，不像一篇稿件；请检查这个文件")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableSource(str(source), "加了密码；请去掉密码后另存")


def _blocks(container: Any) -> Iterator[Any]:
    """Yield the paragraphs of a document, or of a table's cell, in order; those of tables cell by cell."""
    for block in container.iter_inner_content():
        if not hasattr(block, "rows"):
            yield block
            continue
        seen = set()
        for row in block.rows:
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    yield from _blocks(cell)


def _lines_of(paragraph: Any, usual: float) -> Iterator[_Line]:
    texts = [re.sub(r"[\s\u3000]+", " ", text).strip() for text in _text(paragraph._p).split("\n")]
    texts = [text[:_LONGEST] for text in texts if text]
    if not texts:
        return
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = _HEADING.match(name)
    is_title, is_subtitle = name.lower() in ("title", "标题"), name.lower() in ("subtitle", "副标题")
    level = int(heading[1]) if heading else 1 if is_title else 2 if is_subtitle else 0
    if level and not is_subtitle:
        texts = [" ".join(texts)]
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold if run.bold is not None else _style_is_bold(paragraph) for run in runs)
    large = bool(runs) and all(_size(run, paragraph) > 1.2 * usual for run in runs)
    centred = paragraph.alignment == 1
    for text in texts:
        yield _Line(text, level, is_title, is_subtitle, bold, bold or large or centred)


def _style_is_bold(paragraph: Any) -> bool:
    return paragraph.style is not None and bool(paragraph.style.font.bold)


def _size(run: Any, paragraph: Any) -> float:
    """Return the size of a run in points, 0 where the document's default holds."""
    for font in (run.font, paragraph.style.font if paragraph.style is not None else run.font):
        if font.size is not None:
            return float(font.size.pt)
    return 0.0


def _usual_size(document: Any) -> float:
    """Return the size in which most characters are set; 12 points where the document does not say."""
    counts: dict[float, int] = {}
    for paragraph in document.paragraphs[:500]:
        for run in paragraph.runs:
            size = _size(run, paragraph)
            counts[size] = counts.get(size, 0) + len(run.text)
    return (max(counts, key=lambda size: counts[size]) if counts else 0.0) or 12.0


def _text(node: Any) -> str:
    """Return the text of a paragraph as it is shown: with insertions and links, without deletions and text boxes."""
    parts: list[str] = []
    waiting = [node]
    while waiting:
        element = waiting.pop()
        tag = element.tag
        if tag in _HIDDEN or tag == _FALLBACK or not isinstance(tag, str):
            continue
        if tag == f"{_W}t":
            parts.append(element.text or "")
        elif tag == f"{_W}tab":
            parts.append(" ")
        elif tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        waiting.extend(reversed(element))
    return _UNPRINTED.sub("", "".join(parts))
