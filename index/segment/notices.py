"""Thins out the notices of one page: an OCR loop prints a notice again and again until it breaks off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from index.model import Kind
from index.segment.likeness import letters, likeness

NEARLY = 0.8
"""Least Dice coefficient of two notices that differ so little that one may be a misreading of the other."""


_LOOK_BACK = 100
"""Notices compared with each one; a page holds fewer, but a file need not be a page."""


class Told(Protocol):
    """What a notice must show to be compared."""

    kind: Kind
    title: str
    flags: list[str]

    @property
    def text(self) -> str: ...


Notice = TypeVar("Notice", bound=Told)


def without_repeats(stories: Sequence[Notice]) -> list[Notice]:
    """
    Return `stories` without the notices that repeat an earlier one, wholly or as far as they go.

    Notices that nearly repeat another stay, both flagged: two lots of one auction also read alike.
    """
    kept: list[Notice] = []
    notices: list[tuple[Notice, str]] = []
    repeats: dict[int, int] = {}
    for story in stories:
        if story.kind != "notice":
            kept.append(story)
            continue
        said = letters(story.title + story.text)
        start = max(0, len(notices) - _LOOK_BACK)
        first = next((at for at in range(start, len(notices)) if notices[at][1].startswith(said)), None)
        if first is None:
            notices.append((story, said))
            kept.append(story)
        else:
            repeats[first] = repeats.get(first, 0) + 1
    _flag(notices, repeats)
    return kept


def _flag(notices: Sequence[tuple[Notice, str]], repeats: dict[int, int]) -> None:
    doubtful = set(repeats)
    for at, (_, said) in enumerate(notices):
        for earlier in range(max(0, at - _LOOK_BACK), at):
            if likeness(said, notices[earlier][1]) >= NEARLY:
                doubtful |= {earlier, at}
                break
    for at in sorted(doubtful):
        story = notices[at][0]
        left_out = f"，另有 {repeats[at]} 则重复或截断的已略去" if at in repeats else ""
        name = story.title or "无题公告"
        story.flags.append(f"公告栏疑似识别循环：《{name}》与同版其他公告几乎相同{left_out}，请核对原版")
