"""Tells the articles of one newspaper page apart: titles, kickers, sections, sources, cut columns and notices."""

from __future__ import annotations

from dataclasses import dataclass

from index.segment.blocks import blocks
from index.segment.desk import Desk
from index.segment.notices import without_repeats
from index.segment.stories import Story, settled

__all__ = ["Page", "Story", "segment"]


@dataclass(frozen=True, slots=True)
class Page:
    """
    The articles of a page in printed order.

    repeats  notices left out because an earlier one says the same
    """

    stories: tuple[Story, ...]
    repeats: int = 0


def segment(text: str) -> Page:
    """Return what `text` holds; no stories when there is nothing but page furniture."""
    desk = Desk(blocks(text))
    desk.take_all()
    told = [settled(story) for story in desk.stories if story.paragraphs or story.title]
    stories = without_repeats([story for story in told if story.paragraphs])
    return Page(tuple(stories), sum(bool(story.paragraphs) for story in told) - len(stories))
