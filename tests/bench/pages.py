"""
Prints articles on made-up newspaper pages, seeded: the text of a page in which no title is marked, and what it holds.

Titles, paragraphs and 【labels】 are the articles' own. Datelines (on half of the news pages), bylines, sources,
captions, page furniture and column breaks are drawn; kickers, subtitles and section headings are clauses of bodies.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.bench.articles import Told, is_held_out

_CLAUSE = re.compile(r"[，。；：！？、“”‘’《》「」『』（）(),.;:!?…—\s]+")
_HALF = str.maketrans({"，": ",", "：": ":", "；": ";", "（": "(", "）": ")", "？": "?", "！": "!"})
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张"
_GIVEN = "文明国华建军秀英志强晓东雪梅海燕子涵雨桐一帆思远"
_PAGE_NAMES = ("要闻", "民生", "经济", "文化", "综合", "国际")
_DATELINES = (
    "本报讯（记者 {}）",
    "本报3月8日讯（记者 {} 通讯员 {}）",
    "新华社北京3月8日电 ",
    "本报消息（记者 {}）：",
)
_NEVER_FIRST = "，。；：！？、”’」』）》】…"
_LINE = 22


@dataclass(frozen=True)
class Printed:
    """
    An article as it stands on its page.

    title     without label, kicker and subtitle
    heading   all its lines, with label, kicker and subtitle
    sections  headings within the body
    trailing  the title stands after the body
    """

    told: Told
    title: str
    heading: tuple[str, ...]
    paragraphs: tuple[str, ...]
    sections: tuple[str, ...]
    dateline: bool
    trailing: bool


@dataclass(frozen=True)
class Sheet:
    """The text of a page, the articles on it in their order, and how its lines were set."""

    text: str
    articles: tuple[Printed, ...]
    layout: str


@dataclass
class _Setter:
    """
    Sets the lines of one page.

    width   of its columns in characters, 0 when every paragraph is one line
    parted  what is between paragraphs
    airy    there are blank lines around headings
    """

    draw: random.Random
    width: int
    parted: Literal["blank", "indent", "nothing"]
    airy: bool
    lines: list[str] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def heading(self, lines: Sequence[str]) -> None:
        if self.airy or self.parted == "blank":
            self.blank()
        apart = self.airy and self.chance(0.3)
        for line in lines:
            self.lines.append(line)
            if apart:
                self.blank()
        if self.airy or self.parted == "blank":
            self.blank()

    def paragraph(self, text: str) -> None:
        """A paragraph on its lines; one in six is cut by a column break."""
        indent = "\u3000\u3000" if self.parted == "indent" else ""
        column = self.width or self.draw.randint(12, 30)
        lines = _wrapped(indent + text, column)
        cut = self.draw.randrange(1, len(lines)) if len(lines) > 1 and self.chance(1 / 6) else 0
        for part in filter(None, (lines[:cut], lines[cut:])):
            self.lines += part if self.width else ["".join(part)]
            if part is not lines and cut and part == lines[:cut]:
                self.column_break()
        if self.parted == "blank":
            self.blank()

    def column_break(self) -> None:
        self.blank()
        if self.chance(0.1):
            self.lines += [self.draw.choice((self.caption(), "下转第三版", self.page_name())), ""]

    def caption(self) -> str:
        return f"图为活动现场。 {self.byline('记者 {}')} 摄"

    def page_name(self) -> str:
        return f"{self.draw.choice(_PAGE_NAMES)} A{self.draw.randint(1, 16):02}"

    def byline(self, shape: str) -> str:
        return shape.format(*(self.draw.choice(_SURNAMES) + "".join(self.draw.sample(_GIVEN, 2)) for _ in range(2)))


def _wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a paragraph; no line begins with closing punctuation, it hangs on the line before."""
    lines = [""]
    room = 0.0
    for character in text:
        cell = 0.5 if character.isascii() else 1.0
        if room + cell > width and character not in _NEVER_FIRST:
            lines.append("")
            room = 0.0
        lines[-1] += character
        room += cell
    return lines


def pages(told: Sequence[Told], held_out: bool, count: int, seed: int) -> Iterator[Sheet]:
    """Yield pages of three to seven articles: of one day or file, of one kind, every fourth of all kinds."""
    draw = random.Random(f"{held_out} {seed}")
    of_part = [one for one in told if is_held_out(one) == held_out]
    groups: dict[str, list[Told]] = {}
    for one in of_part:
        groups.setdefault(one.group, []).append(one)
    the_news = [one for one in of_part if one.news]
    kinds = [the_news, the_news, *(group for group in groups.values() if not group[0].news)]
    for number in range(count):
        if number % 4 == 3:
            pool = [one for kind in kinds for one in draw.sample(kind, 4)]
        else:
            pool = draw.choice(kinds)
            day = groups[draw.choice(pool).group]
            pool = day if number % 4 and len(day) >= 3 else pool
        yield _print(draw.sample(pool, min(len(pool), draw.randint(3, 7))), of_part, draw)


def _print(told: Sequence[Told], pool: Sequence[Told], draw: random.Random) -> Sheet:
    width = draw.choice((0, 0, draw.randint(12, 17), draw.randint(18, 30)))
    page = _Setter(draw, width, draw.choices(("blank", "indent", "nothing"), (6, 3, 1))[0], draw.random() < 0.7)
    datelines, half = page.chance(0.5), page.chance(0.3)
    if page.chance(0.6):
        page.lines += [page.page_name(), "2031年3月9日 星期日", ""]
    articles = []
    for one in told:
        elsewhere = draw.choice(pool).paragraphs
        articles.append(_print_article(one, page, one.news and datelines and page.chance(0.9), elsewhere))
    if page.chance(0.5):
        page.blank()
        page.lines += [page.byline("责任编辑：{} 版式：{}"), "", str(draw.randint(1, 16))]
    text = "\n".join(page.lines)
    layout = f"{'wrapped' if width else 'whole'}, {page.parted}"
    return Sheet(text.translate(_HALF) if half else text, tuple(articles), layout)


def _print_article(told: Told, page: _Setter, dateline: bool, elsewhere: Sequence[str]) -> Printed:
    """Put an article on the page; `elsewhere` are paragraphs that have nothing to do with it."""
    paragraphs = list(told.paragraphs[: page.draw.choice((3, 6, 12))])
    if dateline:
        paragraphs[0] = page.byline(page.draw.choice(_DATELINES)) + paragraphs[0]
    signature = page.byline(page.draw.choice(("本报记者 {}", "□ 本报记者 {}", "本报记者 {} 通讯员 {}")))
    signed = "" if dateline else page.draw.choices(("", "above", "below", "in the text"), (5, 2, 1, 1))[0]
    if signed == "in the text":
        paragraphs[-1] += f"（{signature.lstrip('□ ')}）"
    title, trailing = _title(told, page), page.chance(0.08)
    heading = _heading(told, title, page)
    if not trailing:
        page.heading(heading + [signature] * (signed == "above"))
    sections: list[str] = []
    every = page.draw.randint(2, 4) if len(paragraphs) >= 4 and page.chance(0.6) else len(paragraphs)
    for number, paragraph in enumerate(paragraphs):
        if number and number % every == 0 and (over := _section(paragraphs[number : number + every], page, elsewhere)):
            sections += over
            page.heading(over)
        if number and page.chance(0.03):
            page.lines.append(page.caption())
        page.paragraph(paragraph)
    if signed == "below":
        page.lines.append(page.draw.choice(("（综合）", f"（{signature.lstrip('□ ')}）")))
    if trailing:
        page.heading(heading)
    if page.airy:
        page.blank()
    return Printed(told, title, tuple(heading), tuple(paragraphs), tuple(sections), dateline, trailing)


def _title(told: Told, page: _Setter) -> str:
    return told.label + told.title if told.label and page.chance(0.4) else told.title


def _heading(told: Told, title: str, page: _Setter) -> list[str]:
    """Return label or kicker, the title on one to three lines, and perhaps a subtitle."""
    lines = _title_lines(title, page)
    if told.label and title == told.title:
        lines.insert(0, told.label)
    elif page.chance(0.12) and (clause := _clause("。".join(told.paragraphs), page.draw)):
        lines.insert(0, clause + page.draw.choice(("——", "——", "")))
    if page.chance(0.1) and (clause := _clause("。".join(told.paragraphs), page.draw)):
        lines.append(f"——{clause}")
    return lines


def _title_lines(title: str, page: _Setter) -> list[str]:
    """Return the title broken at its spaces and where it is too long; half of the headlines span columns."""
    room = page.width if 0 < page.width < _LINE and page.chance(0.5) else _LINE
    parts = title.split(" ") if len(title) > room or page.chance(0.3) else [title]
    lines: list[str] = []
    for part in parts:
        pieces = -(-len(part) // room)
        size = -(-len(part) // pieces)
        lines += [part[at : at + size] for at in range(0, len(part), size)]
    return lines


def _section(under: Sequence[str], page: _Setter, elsewhere: Sequence[str]) -> list[str]:
    """
    Return one or two lines over paragraphs: clauses of theirs, or of other paragraphs.

    A third have no word in common with what they head, as figures of speech have none.
    """
    source = "。".join(elsewhere if page.chance(1 / 3) else under)
    lines = [_clause(source, page.draw) for _ in range(1 + page.chance(0.4))]
    return list(dict.fromkeys(filter(None, lines)))


def _clause(text: str, draw: random.Random) -> str:
    """Return a clause of the text that could be a heading, "" when it has none."""
    clauses = [clause for clause in _CLAUSE.split(text) if 6 <= len(clause) <= 16]
    return draw.choice(clauses) if clauses else ""
