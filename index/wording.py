"""Says which words of a snippet its answer is: the whole amount, date or name, and of several amounts the one meant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from index.boundaries import content_around
from index.concordance import Concordance
from index.dates import resolve
from index.figures import figure_of, find_figures, same_unit
from index.model import Figure
from index.normalize import fold
from index.question import Question
from index.units import unit_at

_ANY_DAY = dt.date(2000, 1, 1)
_SENTENCE_END = re.compile("[。!?;]")
_CLAUSE_END = ",、。;!?:)》”"
_ENDS = re.compile(f"[{_CLAUSE_END}]")
_RANGE = re.compile("[至到~～—-]")
_BRACKETS = {"(": ")", "（": "）"}
_N = r"[\d元〇零一二三四五六七八九十廿卅]"
_YEAR_OF_ERA = re.compile(rf"(?:\d{{1,3}}|{_N}{{1,3}})年(?!代)", re.ASCII)
_ERAS = frozenset(["公元", "公元前", "西元", "西元前", "民国", "光绪", "顺治", "平成", "建兴"])
"""What years are counted from and the segmenters do not take for a name."""
_BEFORE_A_DATE = "于在自从至到"
_YEAR_ASKED = re.compile("(?!.*[月日天号代时间龄到至]).*年")
_YEAR_FIRST = re.compile(rf".*?{_N}年(?={_N}+月|[初中底末春夏秋冬])", re.ASCII)
_DATED = re.compile(rf".*{_N}[年月日号][)）]?", re.ASCII)
_GOES_ON = re.compile(
    rf"(?<=月){_N}|(?![时起]$).*[\d年月日时分点秒前后初末底中上下午晨晚夜春夏秋冬间期代度至到起以旬份里内左右来许半会赛战节的(（、,—–~－-]",
    re.ASCII,
)
"""
What may stand behind a date and belong to it; 时 and 起 alone are left off. Of the 901 questions for a time of
CMRC2018-dev, DRCD-dev and the news 70.0, 70.2 and 53.1 % were exact without these rules, 71.8, 76.0 and 59.3 with them
(out of fold, 2026-11-27); they were written down from what was wrong there.
"""
_NUMBER_CUT = re.compile(r"\d[\d,，.]*$", re.ASCII)
_GOES_ON_IN_DIGITS = re.compile(r"(?<=\d[秒米比])\d+", re.ASCII)
"""12秒87, 1比3."""
_SOUNDS = re.compile(
    "[阿埃艾奥巴贝比伯博布查达丹德迪蒂杜厄恩尔法菲费弗福盖格瓜哈赫霍吉加杰卡凯科克肯库拉莱兰劳雷里利林卢鲁罗洛马迈曼梅米莫姆"
    "穆纳内尼诺努帕佩皮普奇乔切瑟萨塞桑沙施什史斯松索塔泰汤特提图托瓦威韦维沃乌西希夏雅亚伊尤扎詹兹佐]+"
)
"""
What foreign names are mostly written with. Written down, not fitted; of CMRC2018- and DRCD-dev it changes 13 answers, 4
of them exact with it and none without (out of fold, 2026-11-26).
"""
_DOTS = frozenset("·‧・•")
"""
Stand between the parts of a foreign name, which is shown whole: that changes 26 answers of CMRC2018-dev, DRCD-dev and
the news, 11 of them exact with it and none without (out of fold, 2026-11-27).
"""
_PARTICLES = "由和与及是为被向对让"
"""What a segmenter glues to a strange name behind it: 由约翰."""
LABEL_LEAD = 0.85
"""
By how much another label must hold more of the words around the question word. Of the 505 number questions of
CMRC2018- and DRCD-dev 67.3 % are exact, out of fold, with .5 and .85, 66.9 % without the rule (2026-11-24).
"""
COUNTED_WITHIN, COUNTED_LEAD = 10, 0.25
"""
Characters behind an amount that say what is counted, and by how much more of the question's own they must have at
another amount. Of the number questions of CMRC2018- and DRCD-dev 77.5 and 70.8 % are exact with it, 77.8 and 68.3
without (out of fold, 2026-11-26).
"""
_ORDINAL = "第首前后"
"""
Belongs to the amount behind it: 首六位. Cutting a span down to its one amount changed 9 of 509 number questions of
CMRC2018- and DRCD-dev: exact 72.8 % before and after, and 59.8 % before, 61.3 % after (out of fold, 2026-11-25).
"""


def whole_name(text: Concordance, start: int, end: int) -> tuple[int, int]:
    """Return a span with the pieces beside it of a foreign name that was cut in it: 兰特 of 加|兰特 and 大卫·兰特."""
    first, last = int(text.token_start.searchsorted(start)), int(text.token_end.searchsorted(end))
    while first > 0:
        if _sounds(text, first - 1) and _SOUNDS.match(text.text, start):
            first -= 1
        elif first > 1 and _joins(text, first - 1):
            first -= 2
        else:
            break
        start = int(text.token_start[first])
        if text.text[start] in _PARTICLES and text.token_end[first] > start + 1:
            start += 1
            break
    while last + 1 < len(text.token_start):
        if _sounds(text, last + 1) and _SOUNDS.match(text.text, end - 1):
            last += 1
        elif last + 2 < len(text.token_start) and _joins(text, last + 1):
            last += 2
        else:
            break
        end = int(text.token_end[last])
    return start, end


def whole_date(text: str, start: int, end: int, issue: dt.date | None) -> tuple[int, int]:
    """Return the whole date that a span is a piece of: 今年 -> 今年5月20日, 今天 -> 今天(5月20日)."""
    dates = {date.start: date.end for date in resolve(text, issue or _ANY_DAY)}
    start, end = _wider(text, start, end, [*dates.items()])
    closing = _BRACKETS.get(text[end : end + 1])
    explained = dates.get(end + 1)
    if closing and explained and text.startswith(closing, explained):
        return start, explained + 1
    return start, end


def with_era(text: Concordance, start: int, question: Question) -> int:
    """Return where the era begins that a year at `start` counts in: 民国 of 民国|16年; `start` when there is none."""
    token = int(text.token_end.searchsorted(start))
    if text.token_end[token] != start or not _YEAR_OF_ERA.match(text.text, start):
        return start
    word = text.text[int(text.token_start[token]) : start].lstrip(_BEFORE_A_DATE)
    if question.folded.startswith(("几", "多"), question.asked[0]) and word not in question.folded:
        return start
    named = len(word) == 2 and chr(text.token_tag[token]) in "RZx" and not text.text[start : start + 3].isdecimal()
    return start - len(word) if named or word in _ERAS else start


def meant_time(text: str, start: int, end: int, question: Question, issue: dt.date | None) -> tuple[int, int]:
    """Return the date that a span is a piece of, or that it begins with; of one in a year that is asked, the year."""
    asked = question.folded[slice(*question.asked)]
    if "年" not in asked:
        start, end = whole_date(text, start, end, issue)
    stated = fold(text[start:end])
    if _YEAR_ASKED.match(asked) and (year := _YEAR_FIRST.match(stated)):
        return start, start + year.end()
    dated = _DATED.match(stated)
    return start, start + dated.end() if dated and not _GOES_ON.match(stated, dated.end()) else end


def meant_amount(text: str, start: int, end: int, question: Question, every: Sequence[Figure]) -> tuple[int, int]:
    """
    Return the amount that a span is a piece of or holds, or another one of its sentence that is meant instead.

    every  all amounts of `text`
    """
    start, end = _whole_amount(text, start, end, every)
    folded = fold(text)
    begin = max((match.end() for match in _SENTENCE_END.finditer(folded[:start])), default=0)
    stop = next((match.start() for match in _SENTENCE_END.finditer(folded, end)), len(text))
    figures = [figure for figure in every if begin <= figure.start and figure.end <= stop]
    own = next((n for n, figure in enumerate(figures) if figure.start <= start and end <= figure.end), None)
    if own is None or len(figures) < 2:
        return start, end
    meant = _labelled(folded, begin, figures, own, question)
    meant = _counted(folded, figures, meant, question)
    return (start, end) if meant == own else (figures[meant].start, figures[meant].end)


def _labelled(folded: str, begin: int, figures: Sequence[Figure], own: int, question: Question) -> int:
    """
    Return the amount of a listing that the words nearest to the question word stand before, if only it has them.

    签约142家,其中投产110家: asked how many are 投产, 110家 is meant, however well 142家 fits the rest. There amounts
    stand last in their clauses; where one does not (90位教师、400余位学生), what is counted stands behind it. The
    subject before the question word is all amounts'; of 企业投产 the noun may stand at the first amount only.
    """
    bounds = [begin, *(figure.end for figure in figures)]
    labels = [folded[a : figure.start] for a, figure in zip(bounds, figures, strict=False)]
    before, behind = content_around(question)
    near = [(behind[0], 1), (behind[1], 2)] if len(behind) > 1 else [(word, 1) for word in (*before[:2], *behind)]
    worth = [0.0] * len(labels)
    for word, weight in near:
        holding = [n for n, label in enumerate(labels) if word in label]
        for n in holding:
            worth[n] += weight / len(holding) ** 2
    best = _better(figures, own, worth, LABEL_LEAD)
    listed = all(folded[figures[n].end : figures[n].end + 1] in _CLAUSE_END for n in (best, own))
    return best if listed else own


def _counted(folded: str, figures: Sequence[Figure], own: int, question: Question) -> int:
    """Return the amount that what is counted stands behind: 20座 of 51座桥梁、20座隧道, asked for 隧道."""
    wanted = "".join(content_around(question)[1][:2])
    if not wanted:
        return own
    stops = [*(figure.start for figure in figures[1:]), len(folded)]
    behind = [folded[figure.end : stop] for figure, stop in zip(figures, stops, strict=True)]
    counted = [_ENDS.split(one, maxsplit=1)[0][:COUNTED_WITHIN] for one in behind]
    worth = [sum(letter in one for letter in wanted) / len(wanted) for one in counted]
    return _better(figures, own, worth, COUNTED_LEAD)


def _better(figures: Sequence[Figure], own: int, worth: Sequence[float], lead: float) -> int:
    """Return the amount worth most, if it is one of the same unit and worth more by `lead`; else `own`."""
    best = max(range(len(worth)), key=lambda n: worth[n])
    return best if same_unit(figures[best].unit, figures[own].unit) and worth[best] >= worth[own] + lead else own


def figure_at(text: str, start: int, end: int, figures: Sequence[Figure] | None) -> Figure | None:
    """Return the amount an answer states, with what qualifies it in the text around: 90亿元 in 近90亿元."""
    stated = figure_of(text[start:end])
    if stated is None:
        return None
    known = find_figures(text) if figures is None else figures
    return next((figure for figure in known if figure.start <= start and end <= figure.end), stated)


def _whole_amount(text: str, start: int, end: int, figures: Sequence[Figure]) -> tuple[int, int]:
    """Return the whole amount that a span is a piece of, or the one in it: 18 -> 18小时, 聚着140多家 -> 140多家."""
    within = [figure for figure in figures if figure.start < end and start < figure.end]
    if len(within) == 1 and (within[0].end <= end or start < within[0].start):
        first = within[0].start
        start, end = (first if start < first and text[first - 1] not in _ORDINAL else start), within[0].end
    else:
        start, end = _wider(text, start, end, [(start, figure.end) for figure in figures if figure.start <= start])
    if within and start > within[0].start and (number := _NUMBER_CUT.search(text, within[0].start, start)):
        start = number.start()
    if text.startswith("第", start - 1):
        start -= 1
    if text.startswith("第", start) and text[end - 1].isnumeric():
        end += len(unit_at(fold(text), end))
    behind = _GOES_ON_IN_DIGITS.match(text, end)
    return start, behind.end() if behind else end


def _wider(text: str, start: int, end: int, around: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first of some stretches that a span is a piece of, if it is no range; else the span."""
    wider = [(a, b) for a, b in around if a <= start and end <= b and not _RANGE.search(text[a:b])]
    return wider[0] if wider else (start, end)


def _sounds(text: Concordance, token: int) -> bool:
    return bool(_SOUNDS.fullmatch(text.text, int(text.token_start[token]), int(text.token_end[token])))


def _joins(text: Concordance, token: int) -> bool:
    """Tell whether a token is the dot between two parts of a name."""
    return text.text[int(text.token_start[token]) : int(text.token_end[token])] in _DOTS and not any(
        text.token_tag[[token - 1, token + 1]] == ord("w")
    )
