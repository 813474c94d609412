"""What the words around the headings of one page say about them, for where print gives no sign."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from index.segment.beginnings import SPEAKS, Surroundings, chance_to_begin, naming_lines, where_named_began
from index.segment.blocks import Block, unwrapped
from index.segment.stories import HEADING_LINES, Story
from index.segment.wording import Wording

_AHEAD = 1500
_WAITING = 6
"""Heads that may still be headings; more of them are text."""


class Outlook:
    """Looks ahead on the page, and back on the article so far."""

    def __init__(self, page: Sequence[Block]) -> None:
        self._page = page

    @cached_property
    def _words(self) -> Wording:
        return Wording(block.text for block in self._page if block.look == "body")

    def ahead(self, at: int) -> list[str]:
        """Return the texts from block `at` to the next that is no text, up to a length."""
        texts: list[str] = []
        size = 0
        while at < len(self._page) and self._page[at].look in ("body", "scrap") and size < _AHEAD:
            texts.append(unwrapped(self._page[at].lines))
            size += len(texts[-1])
            at += 1
        return texts

    def is_heading(self, at: int) -> bool:
        """A heading as wide as its column speaks of what follows; the first lines of a cut paragraph do not."""
        end = at + 1
        while end < min(len(self._page), at + 4) and self._page[end].look in ("scrap", "head", "lead_in", "byline"):
            end += 1
        return self._words.share("".join(self._page[at].lines), self._words.together(self.ahead(end))) >= SPEAKS

    def chance_to_begin(self, heads: Sequence[Block], story: Story, after: Sequence[str]) -> float:
        """Return how likely the heads begin an article after `story`, 0 to 1."""
        lines = [line for head in heads for line in head.lines]
        before = [said.text for said in story.paragraphs]
        return chance_to_begin(lines, Surroundings(story.title, before, after), self._words)

    def named(self, heads: Sequence[Block], story: Story, after: Sequence[str]) -> tuple[int, int]:
        """
        Return how many of the first lines are the title of what stands before them, and where that begins.

        The second is the paragraph of `story`, 0 unless the title of an article before it is the story's.
        (0, 0): none.
        """
        lines = [line for head in heads[:_WAITING] for line in head.lines]
        texts = [said.text for said in story.paragraphs]
        count = naming_lines(lines, texts, after, self._words)
        if not count or count > HEADING_LINES + 1:
            return 0, 0
        if not story.title:
            return count, 0
        at = where_named_began("".join(lines[:count]), story.title, texts, self._words)
        return (count, at) if at else (0, 0)
