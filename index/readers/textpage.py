"""Reads the plain text of one newspaper page, as OCR or a PDF's text layer leaves it: one file, one page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.encoding import read_text
from index.errors import UnreadableSource
from index.ids import article_id
from index.model import Article, Paragraph, ReadContext, Rejected
from index.readers.context import PageFacts, page_facts, source_name
from index.segment import Story, segment


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """
    Yield the page's articles and notices in printed order.

    Raises UnreadableSource when the file cannot be read or holds no text.
    """
    page = segment(read_text(source))
    if not page.stories:
        raise UnreadableSource(str(source), "没有可用的正文；请检查识别结果，或移走这个文件")
    facts = page_facts(source, context)
    for ordinal, story in enumerate(page.stories, 1):
        yield article(story, source_name(source, context), ordinal, facts, context.section)


def article(story: Story, source: str, ordinal: int, facts: PageFacts, section: str) -> Article:
    """Return a page's story as the `ordinal`th article of `source`, under `section` where it names none itself."""
    return Article(
        id=article_id(source, ordinal, paper=facts.paper, date=facts.date),
        source=source,
        paragraphs=tuple(Paragraph(said.text, said.section or section, said.joined) for said in story.paragraphs),
        title=story.title,
        title_inferred=story.title_inferred,
        kicker=story.kicker,
        subtitle=story.subtitle,
        paper=facts.paper,
        date=facts.date,
        date_source=facts.date_source,
        page=facts.page,
        page_name=facts.page_name,
        author=story.author,
        kind=story.kind,
        flags=tuple(story.flags),
    )
