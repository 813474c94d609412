"""
Measures how pages without marked titles are told apart, on made-up pages: `python -m tests.bench.titles`.

An article is "right" when most of its sentences are cited under its own title, "wrong" when most are cited under
another, else an excerpt: what stands in it is found, and cited without a title.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from index.segment import Story, segment
from index.segment.likeness import letters
from tests.bench.articles import Told, encyclopedia, news
from tests.bench.pages import Printed, Sheet, pages

HISTORY = Path(__file__).with_name("history.jsonl")
SHARED = Path(__file__).resolve().parents[3] / "shared"
_LEAST_LETTERS = 8


@dataclass
class Tally:
    """Counts over articles, paragraphs and stories (what the segmenter gave)."""

    articles: int = 0
    right: int = 0
    wrong: int = 0
    separated: int = 0
    paragraphs: int = 0
    intact: int = 0
    under_right: int = 0
    under_wrong: int = 0
    titled: int = 0
    invented: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def shares(self) -> dict[str, float]:
        """
        right, wrong, excerpt  of all articles; recall is another name of right
        precision              right among right and wrong
        separated              articles that one story holds whole and alone
        intact                 paragraphs that are one paragraph again
        under_wrong            paragraphs cited under a title not theirs
        invented               stories whose title is no article's on the page, of those with a title
        """
        shares = {
            "right": self.right / max(1, self.articles),
            "wrong": self.wrong / max(1, self.articles),
            "excerpt": 1 - (self.right + self.wrong) / max(1, self.articles),
            "precision": self.right / max(1, self.right + self.wrong),
            "separated": self.separated / max(1, self.articles),
            "intact": self.intact / max(1, self.paragraphs),
            "under_wrong": self.under_wrong / max(1, self.paragraphs),
        }
        return shares | ({"invented": self.invented / self.titled} if self.titled else {})


def read(shared: Path, every: int = 9) -> list[Told]:
    """Return the articles to print: of every n-th day of the archive, and of both question sets."""
    told = news(shared / "archive" / "xwlb-news.tar.xz", every)
    return told + [one for name in ("cmrc_dev", "drcd_dev") for one in encyclopedia(shared / "eval" / f"{name}.json")]


def judged(sheet: Sheet) -> Iterator[tuple[Printed | None, Tally]]:
    """Yield the tally of each article of a page, and last that of the page's stories."""
    stories = segment(sheet.text).stories
    said = [letters(story.text) for story in stories]
    wholes = [{letters(paragraph.text) for paragraph in story.paragraphs} for story in stories]
    for article in sheet.articles:
        yield article, _tally(article, stories, said, wholes)
    names = [letters(name) for article in sheet.articles for name in _names(article)]
    titled = [story for story in stories if story.title]
    yield None, Tally(titled=len(titled), invented=sum(not _bears(story, names) for story in titled))


def _tally(article: Printed, stories: Sequence[Story], said: Sequence[str], wholes: Sequence[set[str]]) -> Tally:
    """Sentences are looked for, since column breaks and captions part paragraphs."""
    tally = Tally(articles=1, paragraphs=len(article.paragraphs))
    names = [letters(name) for name in _names(article)]
    right = wrong = 0
    homes: dict[int, int] = {}
    for paragraph in article.paragraphs:
        good = bad = 0
        for sentence in filter(lambda each: len(each) >= _LEAST_LETTERS, map(letters, paragraph.split("。"))):
            home = next((at for at, text in enumerate(said) if sentence in text), None)
            if home is None:
                continue
            homes[home] = homes.get(home, 0) + len(sentence)
            if _bears(stories[home], names):
                good += len(sentence)
            elif stories[home].title:
                bad += len(sentence)
        right, wrong = right + good, wrong + bad
        tally.intact += any(letters(paragraph) in whole for whole in wholes)
        tally.under_right += good > bad
        tally.under_wrong += bad > good
    size = sum(len(letters(paragraph)) for paragraph in article.paragraphs)
    tally.right = int(2 * right > size)
    tally.wrong = int(not tally.right and 2 * wrong > size)
    if homes:
        best = max(homes, key=lambda home: homes[home])
        tally.separated = int(homes[best] >= 0.9 * sum(homes.values()) and homes[best] >= 0.8 * len(said[best]))
    return tally


def _bears(story: Story, names: Sequence[str]) -> bool:
    """Its title is one of `names`, or is with the first line of the headline that became its kicker."""
    return letters(story.title) in names or (bool(story.title) and letters(story.kicker + story.title) in names)


def _names(article: Printed) -> list[str]:
    """The title alone, with its label, or with lines of its own heading that stand beside it."""
    names = [article.title, article.told.title, article.told.label + article.told.title]
    lines, title = article.heading, letters(article.title)
    spans = [(first, last) for last in range(len(lines) + 1) for first in range(last)]
    whole = [span for span in spans if letters("".join(lines[slice(*span)])) == title][:1]
    for first, last in whole:
        names += ["".join(lines[at:end]) for at in range(first + 1) for end in range(last, len(lines) + 1)]
    return names


GROUPS: dict[str, Callable[[Sheet, Printed], bool]] = {
    "all": lambda sheet, article: True,
    "news with dateline": lambda sheet, article: article.dateline,
    "news without dateline": lambda sheet, article: article.told.news and not article.dateline,
    "encyclopedia": lambda sheet, article: not article.told.news,
    "title after the body": lambda sheet, article: article.trailing,
    "whole paragraphs": lambda sheet, article: sheet.layout.startswith("whole"),
    "wrapped lines": lambda sheet, article: sheet.layout.startswith("wrapped"),
    "nothing between paragraphs": lambda sheet, article: sheet.layout.endswith("nothing"),
}


def measure(sheets: Iterable[Sheet]) -> dict[str, Tally]:
    """Return the tally of each group of articles; those of stories are counted in "all" only."""
    tallies = {name: Tally() for name in GROUPS}
    for sheet in sheets:
        for article, tally in judged(sheet):
            for name, holds in GROUPS.items():
                if (article is None and name == "all") or (article is not None and holds(sheet, article)):
                    tallies[name] += tally
    return tallies


def speed(sheets: Sequence[Sheet]) -> float:
    """Return the pages segmented in a second of one processor."""
    started = time.process_time()
    for sheet in sheets:
        segment(sheet.text)
    return len(sheets) / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=9, help="read every n-th day of the archive")
    parser.add_argument("--keep", action="store_true", help="append the lines to history.jsonl")
    given = parser.parse_args()
    told = read(given.shared, given.every)
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    for held_out in (False, True):
        sheets = list(pages(told, held_out, given.pages, given.seed))
        per_second = speed(sheets)
        for name, tally in measure(sheets).items():
            line = {
                "date": dt.datetime.now(dt.UTC).date().isoformat(),
                "commit": commit,
                "case": "titles of unmarked pages",
                "set": "held out" if held_out else "tuning",
                "articles_of": name,
                "pages": given.pages,
                "pages_per_s": round(per_second),
                "articles": tally.articles,
                **{share: round(value, 4) for share, value in tally.shares.items()},
            }
            written = json.dumps(line, ensure_ascii=False)
            sys.stdout.write(f"{written}\n")
            if given.keep and name in ("all", "news with dateline", "news without dateline", "encyclopedia"):
                with HISTORY.open("a", encoding="utf-8") as history:
                    history.write(f"{written}\n")


if __name__ == "__main__":
    main()
