"""A story: one article of a page while it is put together, and what tells whether a heading is its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.model import Kind, Paragraph
from index.segment.blocks import Block, join_lines
from index.segment.likeness import alike, share_within
from index.segment.marks import is_label, leads_on, names_notice

BELONGS = 0.25
"""
Least share of a head's pairs of characters that its article must hold before the head is believed to be its title.
Of 2,058 headlines of at most 26 characters of TV-news transcripts it holds for 98.1 % with their own text and 11.6 %
with another of the same day (.2: 99.0, 15.5; .3: 97.2, 9.0; .4: 92.6, 5.5; 2026-11-24).
"""


HEADING_LINES = 3
_OPENING = 3000
_PAGE_HEADING = re.compile(r"版|日报|晚报|周刊|\d年\d{1,2}月|\d{4}-\d{1,2}-\d{1,2}")
_SUBTITLE = re.compile(r"(?:——|--|—)\s*")
_UNSURE_START = "版面没有标题标记，篇目是按版式推断的"


@dataclass(slots=True)
class Story:
    """
    One article of a page while it is put together: an `Article` without identity.

    sure    how it began leaves no doubt that an article began there
    closed  its source line has come: what follows belongs to another
    dated   of a notice: the day under it has come
    """

    title: str = ""
    kicker: str = ""
    subtitle: str = ""
    author: str = ""
    kind: Kind = "news"
    title_inferred: bool = False
    level: int = 0
    sure: bool = True
    closed: bool = False
    dated: bool = False
    section: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def lead(self) -> str:
        return self.paragraphs[0].text[:_OPENING] if self.paragraphs else ""

    @property
    def opening(self) -> str:
        """As much of the text as tells what it is about."""
        return "".join(paragraph.text[:_OPENING] for paragraph in self.paragraphs[:20])[:_OPENING]

    @property
    def ended(self) -> bool:
        return self.closed or (self.kind == "notice" and self.dated)


def add_line(heading: str, line: str) -> str:
    """Return a heading with one more line, if there is one."""
    return join_lines([part for part in (heading, line) if part])


def is_subtitle(head: str) -> bool:
    """——记青石镇治水: it begins with a dash."""
    return bool(_SUBTITLE.match(head))


def continues_heading(story: Story, block: Block) -> bool:
    """`block` belongs to the headline of a story that has no body yet."""
    if alike(story.title, block.text) or leads_on(story.title) or leads_on(block.text):
        return True
    return block.level <= story.level or is_subtitle(block.text)


def holds(story: Story, block: Block) -> bool:
    """`block` is a section heading of `story`: marked deeper than its title, which is not the page's own heading."""
    if story.closed or not 0 < story.level < block.level or names_notice(block.text):
        return False
    return bool(story.paragraphs) or not (len(story.title) <= 6 or _PAGE_HEADING.search(story.title))


def kicker_of(heads: Sequence[Block], title: str) -> str:
    """Return the heads before a title as its kicker, each once, repeats of the title itself left out."""
    lines: list[str] = []
    for head in heads:
        if not alike(head.text, title) and not any(alike(head.text, line) for line in lines):
            lines.append(head.text)
    return join_lines(lines)


def heading_parts(lines: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the lines of one printed heading as kicker (【…】, …——), title and subtitle (——…)."""
    first, last = 0, len(lines)
    while first < last - 1 and (is_label(lines[first]) or lines[first].endswith("——")):
        first += 1
    while last > first + 1 and is_subtitle(lines[last - 1]):
        last -= 1
    return list(lines[:first]), list(lines[first:last]), list(lines[last:])


def heading_story(heads: Sequence[Block], column: str, sure: bool) -> Story:
    """Return the article that unmarked heads begin, `column` being the heading over notices they stand under."""
    section = heads[-1].text if len(heads) > 1 and is_label(heads[-1].text) else ""
    heads = heads[:-1] if section else heads
    subtitles = [head.text for head in heads if is_subtitle(head.text)]
    rest = [head for head in heads if not is_subtitle(head.text)]
    if not rest:
        return Story(subtitle=join_lines(subtitles), sure=False, section=section)
    kind: Kind = "notice" if column else "news"
    above, lines, below = heading_parts(rest[-1].lines)
    title = join_lines(lines)
    kicker = column or add_line(kicker_of(rest[:-1], title), join_lines(above))
    return Story(title, kicker, join_lines([*below, *subtitles]), kind=kind, sure=sure, section=section)


def settled(story: Story) -> Story:
    """An unmarked title must speak of its article, and an article must have begun somewhere: else it is an excerpt."""
    if story.sure or story.kind == "notice":
        return story
    if story.title and not any(share_within(story.title, text) >= BELONGS for text in (story.lead, story.opening)):
        story.kicker, story.title = add_line(story.kicker, story.title), ""
    if not story.title:
        story.kind = "excerpt"
    elif not story.title_inferred:
        story.flags.append(_UNSURE_START)
    return story


def belongs(heads: Sequence[Block], story: Story) -> bool:
    """The heads, which nothing follows, are the missing title of the article they stand under."""
    head = "".join(block.text for block in heads)
    lines = sum(len(block.lines) for block in heads)
    untitled = not story.title and bool(story.paragraphs) and story.kind == "news"
    return untitled and lines <= HEADING_LINES and share_within(head, story.opening) >= BELONGS
