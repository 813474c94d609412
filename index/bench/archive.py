"""Writes a seeded archive of so many passages: real articles first, then splices of their sentences."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.errors import NothingToIndex
from index.passages import split_text
from index.readers import articles_of, list_sources
from index.testset import TestSet

SEED = 20240306
_TO_A_FILE = 20_000
"""Passages in one file, about what a yearbook of a daily paper has on a few hundred issues."""
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]+[”’」』）]*|[^。！？；]+$")
_SHORTEST_TITLE = 8

Entry = tuple[str, Sequence[str]]
"""A title, "" for none, with its paragraphs."""


def write(folder: Path, passages: int, testsets: Sequence[TestSet], paths: Sequence[Path]) -> list[str]:
    """
    Write an archive into `folder` as JSONL files and return the titles of its real articles.

    The articles of the test sets come first, so that their questions have answers at every size, then those under
    `paths`. What is missing to `passages` is spliced together, the same at every run.

    Raises NothingToIndex when there is nothing to splice from, MissingPath.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sentences: list[str] = []
    lengths: list[int] = []
    titles: list[str] = []

    def remembered(entries: Iterable[Entry]) -> Iterator[Entry]:
        for title, paragraphs in entries:
            titles.append(title)
            lengths.extend(map(len, paragraphs))
            for paragraph in paragraphs:
                sentences.extend(_SENTENCE.findall(paragraph))
            yield title, paragraphs

    missing = _write_files(folder, "real", remembered(_real(testsets, paths)), passages)
    if missing and not sentences:
        raise NothingToIndex("没有可以用来测速的文章；请给出报纸文本的路径")
    _write_files(folder, "spliced", _spliced(sentences, lengths, titles), missing)
    return [title for title in dict.fromkeys(titles) if len(title) >= _SHORTEST_TITLE]


def _real(testsets: Sequence[TestSet], paths: Sequence[Path]) -> Iterator[Entry]:
    for testset in testsets:
        yield from testset.articles
    sources, _, _ = list_sources(paths) if paths else ([], 0, [])
    for source in sources:
        for article in articles_of(source):
            yield article.title, [paragraph.text for paragraph in article.paragraphs]


def _spliced(sentences: Sequence[str], lengths: Sequence[int], titles: Sequence[str]) -> Iterator[Entry]:
    """Yield articles without end: each sentence from anywhere, paragraphs as long and titles as worded as real ones."""
    dice = random.Random(SEED)
    while True:
        paragraphs = []
        for _ in range(dice.randint(3, 12)):
            wanted, text = dice.choice(lengths), ""
            while len(text) < wanted:
                text += dice.choice(sentences)
            paragraphs.append(text)
        yield dice.choice(titles), paragraphs


def _write_files(folder: Path, name: str, entries: Iterable[Entry], passages: int) -> int:
    """Write entries until they hold so many passages, the last one shortened; return how many are missing."""
    written = 0
    articles = iter(entries)
    while written < passages:
        file = folder / f"{name}-{written // _TO_A_FILE:04}.jsonl"
        full = min(passages, (written // _TO_A_FILE + 1) * _TO_A_FILE)
        with file.open("w", encoding="utf-8") as lines:
            while written < full:
                entry = next(articles, None)
                if entry is None:
                    return passages - written
                title, paragraphs = entry
                kept = []
                for paragraph in paragraphs:
                    if written < full:
                        written += max(1, len(split_text(paragraph)))
                        kept.append(paragraph)
                lines.write(json.dumps({"title": title, "paragraphs": kept}, ensure_ascii=False) + "\n")
    return 0
