"""The real articles that benchmarks print on pages: of the packed news archive, and of SQuAD-style question files."""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

_TAG = re.compile(r"<[^>]+>")
_PARAGRAPH = re.compile(r"</?p[^>]*>|<br>|\n")
_BOLD = re.compile(r"<strong[^>]*>([^<]{5,60})</strong>")
_DATELINE = re.compile(r"央视网消息\s*(?:[（(][^）)]*[）)])?\s*[:：]?|[（(]新闻联播[）)]\s*[:：]?")
_NO_ARTICLE = re.compile(r"联播快讯|undefined|完整版")
_NO_TEXT = ("[查看原文]", "---", "(更新时间戳", "##")
_LABEL = re.compile(r"(【[^】]+】)\s*(.+)")
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）)]*|[^。！？]+$")
_HOMONYM = re.compile(r"\s*[(（][^)）]*[)）]$")
_LEAST = 40


@dataclass(frozen=True)
class Told:
    """
    An article as its source tells it, datelines taken off.

    label  the name of a series before the title, "" mostly
    group  its day or file: articles of one group may stand on one page
    """

    title: str
    paragraphs: tuple[str, ...]
    group: str
    label: str = ""
    news: bool = True


def is_held_out(told: Told) -> bool:
    """A third of all articles, whatever else is read with them."""
    return hashlib.sha256(told.title.encode()).digest()[0] % 3 == 0


def news(packed: Path, every: int) -> list[Told]:
    """
    Return the articles of every n-th day of the archive.

    A bold line within an article is the headline of what follows it; 联播快讯 only contain such.
    """
    told: list[Told] = []
    with tarfile.open(packed, "r|xz") as archive:
        days = (member for member in archive if re.search(r"/\d{8}\.md$", member.name))
        for member in islice(days, 0, None, every):
            if stream := archive.extractfile(member):
                told += _of_day(html.unescape(stream.read().decode("utf-8")), member.name)
    return [one for one in told if len("".join(one.paragraphs)) >= _LEAST]


def _of_day(text: str, day: str) -> Iterator[Told]:
    for entry in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, body = entry.partition("\n")
        paragraphs: list[str] = []
        for line in map(str.strip, _PARAGRAPH.split(body)):
            if bold := _BOLD.fullmatch(line):
                yield from _article(title, paragraphs, day)
                title, paragraphs = bold[1], []
                continue
            said = _DATELINE.sub("", _TAG.sub("", line).strip(), count=1).strip()
            if len(said) > 4 and not said.startswith(_NO_TEXT):
                paragraphs.append(said)
        yield from _article(title, paragraphs, day)


def _article(title: str, paragraphs: list[str], day: str) -> Iterator[Told]:
    title = " ".join(title.split())
    if title and paragraphs and not _NO_ARTICLE.search(title):
        labelled = _LABEL.fullmatch(title)
        yield Told(labelled[2] if labelled else title, tuple(paragraphs), day, labelled[1] if labelled else "")


def encyclopedia(file: Path) -> list[Told]:
    """Return the articles of a SQuAD-style file, up to five contexts each, cut into paragraphs at sentence ends."""
    told = []
    for article in json.loads(file.read_text("utf-8"))["data"]:
        title = _HOMONYM.sub("", " ".join(article["title"].split())).strip("_")
        draw = random.Random(title)
        contexts = [" ".join(paragraph["context"].split()) for paragraph in article["paragraphs"]]
        paragraphs = [part for context in contexts[: draw.randint(1, 5)] for part in _cut(context, draw)]
        if title:
            told.append(Told(title, tuple(paragraphs), file.stem, news=False))
    return told


def _cut(context: str, draw: random.Random) -> Iterator[str]:
    room, part = draw.randint(60, 240), ""
    for sentence in _SENTENCE.findall(context):
        part += sentence
        if len(part) >= room:
            yield part.strip()
            room, part = draw.randint(60, 240), ""
    if part.strip():
        yield part.strip()
