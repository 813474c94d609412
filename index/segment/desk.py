"""The desk where a page's blocks become articles: it holds what cannot be placed until the next block comes."""

from __future__ import annotations

from collections.abc import Sequence

from index.model import Kind, Paragraph
from index.segment.beginnings import BEGINS, MAY_BEGIN, MAY_BEGIN_UNHEARD
from index.segment.blocks import Block, join_lines, unwrapped
from index.segment.likeness import alike, share_within
from index.segment.marks import (
    ends_with_source,
    has_dateline,
    is_closed,
    is_label,
    is_numbered,
    leads_on,
    names_notice,
    notice_opening,
    reporters,
)
from index.segment.outlook import Outlook
from index.segment.stories import (
    BELONGS,
    HEADING_LINES,
    Story,
    add_line,
    belongs,
    continues_heading,
    heading_parts,
    heading_story,
    holds,
    is_subtitle,
    kicker_of,
)

_LONGEST_CUT = 2000
_STRAY = "文末有一行归属不明的短句，按正文保留"


class Desk:
    """Takes the blocks in order; heads wait until what follows tells whose they are."""

    def __init__(self, page: Sequence[Block]) -> None:
        self.stories: list[Story] = []
        self._page = page
        self._outlook = Outlook(page)
        self._at = 0
        self._heads: list[Block] = []
        self._author = ""
        self._column = ""
        self._whole = True

    def take_all(self) -> None:
        for self._at, block in enumerate(self._page):  # noqa: B020
            self._take(block)
        self._at = len(self._page)
        self.resolve_unfollowed()

    def _take(self, block: Block) -> None:
        match block.look:
            case "title":
                self._take_title(block)
            case "head" | "lead_in":
                self._heads.append(block)
            case "scrap":
                self._take_scrap(block.lines)
            case "body":
                self._take_body(block.text)
            case "byline":
                self._take_byline(block.text.lstrip("□■●◆ "))
            case "source":
                self.resolve_unfollowed()
                self._close(block.text[1:-1].strip())
            case "date":
                self._take_date(block.text)
            case "column":
                self.resolve_unfollowed()
                self._column = block.text
                self._close()
            case "notice":
                self._take_notice_head(block)

    def resolve_unfollowed(self) -> None:
        """No body follows the waiting heads: the title of the article before them, else its last lines."""
        self._give_back(self._current, [])
        heads, self._heads = self._heads, []
        story = self._current
        if heads and story and belongs(heads, story):
            self._name(story, heads)
        elif heads:
            self._keep(heads, story if story and not story.closed else self._open(Story(sure=False)))

    @property
    def _current(self) -> Story | None:
        return self.stories[-1] if self.stories else None

    def _open(self, story: Story) -> Story:
        self._whole = True
        story.author, self._author = story.author or self._author, ""
        self.stories.append(story)
        return story

    def _close(self, author: str = "") -> None:
        if story := self._current:
            story.author = story.author or author
            story.closed = bool(story.paragraphs)
            self._whole = True

    def _take_title(self, block: Block) -> None:
        heads, self._heads = self._heads, []
        title, story = block.text, self._current
        if story and story.title and not story.paragraphs and continues_heading(story, block):
            self._extend_heading(story, heads, block)
            return
        if story and holds(story, block):
            self._keep(heads, story)
            story.section = title
            return
        if heads and story and belongs(heads[:1], story):
            self._name(story, heads[:1])
            heads = heads[1:]
        if names_notice(title):
            self._heads = heads
            self.resolve_unfollowed()
            self._open(Story(title, kind="notice", kicker=self._column, level=block.level))
            return
        self._column = ""
        self._open(Story(title, kicker_of(heads, title), level=block.level))

    def _extend_heading(self, story: Story, heads: Sequence[Block], block: Block) -> None:
        """A second # line before any body: the headline printed twice, its subtitle, or its kicker before it."""
        story.level = max(story.level, block.level)
        if alike(story.title, block.text):
            story.title = max(story.title, block.text, key=len)
        elif is_subtitle(block.text):
            story.subtitle = block.text
        elif leads_on(block.text):
            heads = [*heads, block]
        else:
            heads = [*heads, Block("head", (story.title,))]
            story.title = block.text
        extra = kicker_of([head for head in heads if not alike(head.text, story.kicker)], story.title)
        story.kicker = add_line(story.kicker, extra)

    def _take_scrap(self, lines: tuple[str, ...]) -> None:
        if self._whole and self._outlook.is_heading(self._at):
            self._heads.append(Block("head", lines))
        else:
            self._take_body(unwrapped(lines))

    def _take_body(self, text: str) -> None:
        opening = notice_opening(text)
        story = self._current
        if opening and not self._heads and (self._column or story is None or story.ended or story.kind == "notice"):
            self._open(Story(opening, kicker=self._column, kind="notice"))
        self._resolve_followed(text)
        story = self._current
        begins = has_dateline(text) and story is not None and bool(story.paragraphs) and not self._column
        if story is None or story.closed or begins:
            kind: Kind = "notice" if self._column else "news"
            story = self._open(Story(kind=kind, kicker=self._column, sure=begins or bool(self.stories)))
        self._add(story, text)
        story.author = story.author or reporters(text)
        story.closed = story.kind != "notice" and ends_with_source(text)

    def _add(self, story: Story, text: str) -> None:
        """Add a paragraph, or the rest of one that a column break had cut."""
        last = story.paragraphs[-1] if story.paragraphs else None
        if last and not self._whole and last.section == story.section and len(last.text) < _LONGEST_CUT:
            story.paragraphs[-1] = Paragraph(last.text + text, last.section, joined=True)
        else:
            story.paragraphs.append(Paragraph(text, story.section))
        self._whole = is_closed(text) or (story.kind == "notice" and text[-1:].isdigit())

    def _take_byline(self, text: str) -> None:
        story = self._current
        if self._heads and story and story.title and not story.paragraphs:
            self._resolve_under_title(story, bylined=True)
            story.author = text
        elif self._heads:
            self._give_back(story, self._outlook.ahead(self._at + 1))
            self._author = text
            self._begin(self._heads_as_story())
        elif story and not story.ended:
            story.author = story.author or text
            story.closed = bool(story.paragraphs)
        else:
            self._author = text

    def _take_date(self, text: str) -> None:
        self.resolve_unfollowed()
        story = self._current
        if story and not story.closed and story.paragraphs:
            self._whole = True
            self._add(story, text)
            self._whole = story.dated = True

    def _take_notice_head(self, block: Block) -> None:
        story = self._current
        if story and story.title and not story.paragraphs and alike(story.title, block.text):
            self._heads = []
            return
        self.resolve_unfollowed()
        self._open(Story(block.text, kicker=self._column, kind="notice"))

    def _resolve_followed(self, body: str) -> None:
        """A body follows the waiting heads: the title of a new article, a section heading, or a notice's signature."""
        if not self._heads:
            return
        story = self._current
        self._column = "" if has_dateline(body) else self._column
        if story and story.kind == "notice" and not story.closed and not has_dateline(body):
            self._resolve_in_notice(story)
        elif story is not None and story.kind == "news" and story.level and not story.ended and story.paragraphs:
            self._resolve_below_mark(story, body)
        else:
            self._resolve_unmarked(story, has_dateline(body))

    def _resolve_below_mark(self, story: Story, body: str) -> None:
        if has_dateline(body) or self._after_dash():
            self._begin(self._heads_as_story())
        else:
            self._section(story)

    def _resolve_unmarked(self, story: Story | None, dated: bool) -> None:
        if story and story.paragraphs:
            self._give_back(story, self._outlook.ahead(self._at))
            story = self._current
        if not self._heads:
            return
        if story is None or story.ended:
            self._begin(self._heads_as_story(sure=story is not None or dated))
        elif not story.paragraphs:
            self._resolve_under_title(story, dated)
        elif dated or self._after_dash():
            self._begin(self._heads_as_story())
        else:
            self._judge(story)

    def _judge(self, story: Story) -> None:
        """No sign in print: the words before and after tell whether an article begins."""
        last, after = self._heads[-1], self._outlook.ahead(self._at)
        chance = self._outlook.chance_to_begin(self._heads, story, after) if last.look == "head" else 0.0
        if is_label(last.text) or is_numbered(last.text):
            self._section(story)
        elif chance >= BEGINS:
            self._begin(self._heads_as_story(sure=False))
        elif chance >= (MAY_BEGIN if share_within(last.text, "".join(after)) >= BELONGS else MAY_BEGIN_UNHEARD):
            heads, self._heads = self._heads, []
            self._begin(Story(kicker=join_lines([head.text for head in heads]), sure=False))
        else:
            self._section(story)

    def _give_back(self, story: Story | None, after: Sequence[str]) -> None:
        """The first of the waiting lines may be the title of the text before them, untitled or behind another's."""
        if not self._heads or story is None or story.kind == "notice" or story.level or not story.paragraphs:
            return
        count, at = self._outlook.named(self._heads, story, after)
        if not count:
            return
        if story.title:
            rest = Story(paragraphs=story.paragraphs[at:], author=story.author)
            story.paragraphs[at:], story.author = [], ""
            self.stories.append(rest)
            story = rest
        lines = [line for head in self._heads for line in head.lines]
        self._name(story, [Block("head", tuple(lines[:count]))])
        self._heads = _without(self._heads, count)

    def _resolve_under_title(self, story: Story, bylined: bool) -> None:
        heads, self._heads = self._heads, []
        fresh = [head for head in heads if not alike(head.text, story.title) and not alike(head.text, story.kicker)]
        for head in fresh:
            if is_subtitle(head.text) or bylined:
                story.subtitle = add_line(story.subtitle, head.text)
            elif head.look == "lead_in":
                self._keep([head], story)
            else:
                story.section = add_line(story.section, head.text)

    def _resolve_in_notice(self, story: Story) -> None:
        heads, self._heads = self._heads, []
        if story.paragraphs and (story.dated or self._column):
            self._keep(heads[:-1], story)
            kind: Kind = "notice" if self._column else "news"
            self._open(Story(heads[-1].text, kicker=self._column, kind=kind))
        else:
            self._keep(heads, story)

    def _section(self, story: Story) -> None:
        """The last heads, three lines at most, are the heading of what follows; more than that was text."""
        heads, self._heads = self._heads, []
        heading: list[str] = []
        while heads and heads[-1].look == "head" and len(heading) + len(heads[-1].lines) <= HEADING_LINES:
            heading = [*heads.pop().lines, *heading]
        self._keep(heads, story)
        if heading:
            story.section = join_lines(heading)
            self._whole = True

    def _begin(self, story: Story) -> None:
        self._column = "" if story.kind == "news" else self._column
        self._open(story)

    def _heads_as_story(self, sure: bool = True) -> Story:
        heads, self._heads = self._heads, []
        return heading_story(heads, self._column, sure)

    def _after_dash(self) -> bool:
        """A kicker ending in —— stands before a head: an article begins."""
        looks = [head.look for head in self._heads]
        return len(looks) > 1 and looks[-1] == "head" and self._heads[-2].text.endswith("——")

    def _name(self, story: Story, heads: Sequence[Block]) -> None:
        above, title, below = heading_parts([line for head in heads for line in head.lines])
        story.title, story.subtitle = join_lines(title), join_lines(below)
        story.kicker = add_line(story.kicker, join_lines(above))
        story.title_inferred = story.closed = True

    def _keep(self, heads: Sequence[Block], story: Story) -> None:
        """Nothing printed is lost: heads that belong nowhere are paragraphs."""
        for head in heads:
            self._whole = True
            self._add(story, head.text)
            self._whole = True
            if story.kind == "news" and head.look == "head" and _STRAY not in story.flags:
                story.flags.append(_STRAY)


def _without(heads: Sequence[Block], count: int) -> list[Block]:
    """Return the heads without their first `count` lines."""
    left: list[Block] = []
    for head in heads:
        lines, count = head.lines[count:], max(0, count - len(head.lines))
        if lines:
            left.append(Block(head.look, lines))
    return left
