"""Invents newspaper pages, sets them in type, prints them, and counts how much of them was read back."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.model import Article

WIDTH, HEIGHT = 1000.0, 1400.0
MARGIN = 50.0

_PLACES = ("青石镇", "柳湾村", "望江街道", "白石口", "云阳坝", "临水新区", "石桥社区", "东塔乡", "双溪口", "梅岭")
_WHO = (
    "镇农技站",
    "街道办",
    "水务局",
    "村委会",
    "供电所",
    "文化馆",
    "交通运输局",
    "种粮大户老周",
    "社区卫生中心",
    "志愿者",
)
_DID = (
    "把{n}亩旱地改成了水浇地",
    "新修了{n}公里的机耕路",
    "为{n}户人家换上了新水表",
    "给{n}位老人做了体检",
    "腾出{n}间旧教室办起了阅览室",
    "种下{n}株香樟和桂花",
    "调来{n}台抽水泵排涝",
    "组织了{n}场夜校课",
    "修补渠道{n}米",
    "收购本地茶叶{n}吨",
)
_WHEN = ("入秋以来，", "连日来，", "去年冬天，", "上半年，", "一个月里，", "汛期刚过，", "", "", "从年初到现在，")
_THEN = (
    "，比往年多了两成",
    "，走在路上的人都看得见变化",
    "，没有花集体一分冤枉钱",
    "，账目贴在村口的墙上",
    "，来看的人一天比一天多",
    "",
    "",
    "，第二批材料已经运到",
)
_TITLES = (
    "{p}的水为什么清了",
    "{p}：一条路修了三代人",
    "夜校亮灯 {p}的年轻人回来了",
    "老手艺在{p}找到新饭碗",
    "{p}{n}户人家用上新水表",
    "一张账单贴上{p}的墙",
    "从荒坡到茶园，{p}走了十年",
    "{p}把旧教室变成阅览室",
)
_KICKERS = ("基层走笔·秋收", "民生一线", "走进乡村看振兴", "本报调查")
_SECTIONS = ("账算得清", "先有路，后有人", "夜里的灯", "谁来接班", "水从哪里来", "一亩三分地")


@dataclass
class Story:
    """What is printed of one article; `sections` by the number of the paragraph they stand before."""

    title: str
    paragraphs: list[str]
    kicker: str = ""
    sections: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A line where it stands: left edge and baseline from the page's upper left corner."""

    text: str
    x: float
    y: float
    size: float


@dataclass
class Sheet:
    stories: list[Story]
    lines: list[Placed]


def sheet(seed: int, stories: int = 3) -> Sheet:
    """A page in a random layout: a lead story over two to four columns, the others below or beside it."""
    rng = random.Random(seed)
    body = rng.choice((9.0, 10.0, 10.5))
    setting = Setting(rng, body, leading=body * rng.choice((1.4, 1.5, 1.7)), gutter=body * rng.choice((1.5, 2.0, 2.5)))
    wide = [invent(rng, rng.randint(5, 9))]
    small = [invent(rng, rng.randint(3, 6), short=True) for _ in range(stories - 1)]
    lines = [
        Placed(text, x, 30, body)
        for text, x in (("2031年3月4日 星期二", MARGIN), ("责任编辑：方晓", 400), ("A03", 930))
    ]
    right = WIDTH - MARGIN
    rest = list(small)
    if rng.random() < 0.4:
        narrow = 14 * body
        right -= narrow + setting.gutter * 1.2
        setting.block(rest.pop(), WIDTH - MARGIN - narrow, 80, narrow, 1, rng.uniform(1.6, 2), lines)
    bottom = setting.block(wide[0], MARGIN, 80, right - MARGIN, rng.randint(2, 4), rng.uniform(3, 4.5), lines)
    while rest:
        beside = rest[: rng.choice((1, 2))]
        rest = rest[len(beside) :]
        gap = setting.gutter * 1.2
        width = (right - MARGIN - gap * (len(beside) - 1)) / len(beside)
        size = rng.uniform(1.7, 2.6)
        top = bottom + 2 * body
        for number, story in enumerate(beside):
            columns = rng.choice((1, 2)) if len(beside) == 2 else rng.randint(2, 4)
            left = MARGIN + number * (width + gap)
            bottom = max(bottom, setting.block(story, left, top, width, columns, size, lines))
    return Sheet([*wide, *small], lines)


def story_of(article: Article) -> Story:
    """An article that was read, to be printed again."""
    sections: dict[int, str] = {}
    standing = ""
    for number, paragraph in enumerate(article.paragraphs):
        if paragraph.section != standing:
            standing = sections[number] = paragraph.section
    return Story(article.title, [paragraph.text for paragraph in article.paragraphs], article.kicker, sections)


def stacked(stories: list[Story], columns: int = 4) -> Sheet:
    """
    A page of the given stories one under the other, over so many columns.

    Short ones in a row stand side by side, a column each.
    """
    setting = Setting(random.Random(1), body=10.0, leading=15.0, gutter=20.0)
    width = WIDTH - 2 * MARGIN
    column_width = (width - setting.gutter * (columns - 1)) / columns
    lines: list[Placed] = []
    top = bottom = MARGIN
    across = 0
    for story in stories:
        if sum(map(len, story.paragraphs)) < 250:
            top = bottom + 20 if across == 0 else top
            left = MARGIN + across * (column_width + setting.gutter)
            bottom = max(bottom, setting.block(story, left, top, column_width, 1, 1.6, lines))
            across = (across + 1) % columns
        else:
            bottom = setting.block(story, MARGIN, bottom + 20, width, columns, 2.4, lines)
            across = 0
    return Sheet(stories, lines)


def invent(rng: random.Random, paragraphs: int, *, short: bool = False) -> Story:
    """An article of so many paragraphs, and perhaps a kicker and sections."""
    title = rng.choice(_TITLES).format(p=rng.choice(_PLACES), n=rng.randint(12, 980))
    if not short and rng.random() < 0.5:
        title += "，" + rng.choice(_TITLES).format(p=rng.choice(_PLACES), n=rng.randint(12, 980)).replace(" ", "")
    told = [_paragraph(rng) for _ in range(paragraphs)]
    sections = {at: rng.choice(_SECTIONS) for at in range(2, paragraphs - 1, 3) if not short and rng.random() < 0.6}
    return Story(title, told, rng.choice(("", *_KICKERS[:2])) if not short else "", sections)


def _paragraph(rng: random.Random) -> str:
    sentences = []
    for _ in range(rng.randint(1, 5)):
        did = rng.choice(_DID).format(n=rng.randint(3, 9800))
        sentences.append(f"{rng.choice(_WHEN)}{rng.choice(_PLACES)}{rng.choice(_WHO)}{did}{rng.choice(_THEN)}。")
    return "".join(sentences)


@dataclass
class Setting:
    """How a page is set, in points."""

    rng: random.Random
    body: float
    leading: float
    gutter: float

    def block(
        self, story: Story, left: float, top: float, width: float, columns: int, scale: float, lines: list[Placed]
    ) -> float:
        """Set a story into a box, its columns balanced, and return the box's lower edge."""
        y = top
        centred = self.rng.random() < 0.5
        if story.kicker:
            y += self.body * 1.25
            lines.append(Placed(story.kicker, left, y, self.body * 1.25))
            y += self.body * 0.7
        size = self.body * scale
        for text in wrapped(story.title, width / size, by_length=True):
            y += size * 1.15
            indent = (width - cells(text) * size) / 2 if centred else 0
            lines.append(Placed(text, left + indent, y, size))
        y += self.leading * 0.9
        column_width = (width - self.gutter * (columns - 1)) / columns
        rows = list(self._rows(story, column_width))
        deep = -(-len(rows) // columns)
        for at, (text, indent, size) in enumerate(rows):
            if not text:
                continue
            x = left + (at // deep) * (column_width + self.gutter) + indent
            lines.append(Placed(text, x, y + (at % deep + 1) * self.leading, size))
        return y + (deep + 1) * self.leading

    def _rows(self, story: Story, width: float) -> Iterator[tuple[str, float, float]]:
        """Yield text, indent and size of a story's lines in one column; an empty row is white."""
        fits = int(width / self.body)
        for number, paragraph in enumerate(story.paragraphs):
            if heading := story.sections.get(number):
                size = self.body * 1.25
                yield "", 0, size
                for text in wrapped(heading, width / size):
                    yield text, max(0.0, (width - cells(text) * size) / 2), size
            first = True
            for text in wrapped("　　" + paragraph, fits):
                yield text.lstrip("　"), 2 * self.body if first else 0, self.body
                first = False


def cells(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


def wrapped(text: str, width: float, *, by_length: bool = False) -> Iterator[str]:
    """Yield the lines of at most `width` full-width characters; none begins with a stop. `by_length`: about equal."""
    if by_length and cells(text) > width:
        width = cells(text) / -(-cells(text) // width) + 1
    line = ""
    for character in text:
        if cells(line + character) > width:
            kept = line[:-1] if character in "，。：；？！、”）,.:;?!%)" and len(line) > 3 else line
            yield kept
            line = line[len(kept) :]
        line += character
    yield line


def write_pdf(path: Path, lines: list[Placed], *, letter_by_letter: bool = False, password: str = "") -> None:
    """Print the lines as a text layer."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    locked = StandardEncryption(password) if password else None
    page = canvas.Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=True, encrypt=locked)
    for line in lines:
        set_font(page, line.size)
        if letter_by_letter:
            for at, character in enumerate(line.text):
                page.drawString(line.x + cells(line.text[:at]) * line.size, HEIGHT - line.y, character)
        else:
            page.drawString(line.x, HEIGHT - line.y, line.text)
    page.showPage()
    page.save()


def set_font(page: Any, size: float) -> None:
    """Go on in a font of Adobe's Chinese collection, which needs no file."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    page.setFont("STSong-Light", size)


FONT = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
"""Debian's fonts-wqy-zenhei."""


def write_image(path: Path, lines: list[Placed], scale: float = 2.3) -> None:
    """Print the lines black on white, `scale` pixels a point, down to the last of them."""
    from PIL import Image, ImageDraw, ImageFont

    height = max(line.y for line in lines) + MARGIN
    image = Image.new("L", (int(WIDTH * scale), int(height * scale)), 255)
    draw = ImageDraw.Draw(image)
    for line in lines:
        font = ImageFont.truetype(str(FONT), round(line.size * scale))
        for at, character in enumerate(line.text):
            x = line.x + cells(line.text[:at]) * line.size
            draw.text((x * scale, line.y * scale), character, fill=0, font=font, anchor="ls")
    image.save(path)


@dataclass
class Readback:
    """How much of a page came back: of titles and paragraphs, those that are there word for word."""

    titles: int = 0
    of_titles: int = 0
    paragraphs: int = 0
    of_paragraphs: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, printed: Story, articles: list[Article], same: Callable[[str, str], bool]) -> None:
        self.of_titles += 1
        self.of_paragraphs += len(printed.paragraphs)
        found = [article for article in articles if same(article.title, printed.title)]
        self.titles += bool(found)
        self.missed += [] if found else [f"title: {printed.title}"]
        told = [paragraph.text for article in found for paragraph in article.paragraphs]
        for paragraph in printed.paragraphs:
            if any(same(text, paragraph) for text in told):
                self.paragraphs += 1
            else:
                self.missed.append(f"paragraph: {paragraph}")


def same_letters(one: str, other: str) -> bool:
    """They differ in white space at most."""
    return "".join(one.split()) == "".join(other.split())
