"""Tells which spans are of another sort than the question asks for: no figure, no time, no name, another measure."""

from __future__ import annotations

import datetime as dt
import re
import string

import numpy as np
from numpy.typing import NDArray

from index.concordance import Bools, Concordance, is_any
from index.dates import resolve
from index.figures import find_figures
from index.named import COUNTRY, NATIVES
from index.question import Question
from index.spans import Spans
from index.units import measure_asked, measures

Floats = NDArray[np.float64]

_ANY_DAY = dt.date(2000, 1, 1)
NO_FIGURE = 3.0
"""
Taken from the score of a span without a number, or with none but a date's, where a number is asked: 505 of 519 answers
have a digit. Of the 508 questions of CMRC2018- and DRCD-dev 93.1 and 90.6 % have the answer in the first snippet, for
90.8 and 89.1 without the rule; EM 76.5 and 66.8 for 74.5 and 61.4 (out of fold, 2026-11-26).
"""
UNNAMED = 0.5
"""
Taken where a person or a place is asked from a span without a word that may name one. F1 +1.3 and +1.1 on
CMRC2018-dev's 650 such questions, +1.8 and +.5 on DRCD-dev's 910; 1.0 gives one set more and the other less
(2026-11-26).
"""
_NAMING = {"person": "Rx", "place": "STxn"}
NO_TIME = 3.0
"""
The same of one that names no time where one is asked. Of the 823 time questions of CMRC2018- and DRCD-dev 67.0 and
68.5 % are exact with 2 to 5, 65.9 and 66.9 % without; F1 79.4 and 81.0 for 77.2 and 78.7 (out of fold, 2026-11-25).
A number with another unit (8800余亩) names none: .1 and .2 of F1 over all questions (2026-11-26).
The letters of _TIME were completed from the 28 of their answers that have no digit and no word of time.
"""
_TIME = re.compile(
    "[年月日时后前代朝期末初昨今明晚晨午夜春夏秋冬周天季岁]|世纪|星期|战国|阶段|[0-9零一二三四五六七八九十两半][点分秒]"
    "|[0-9]号(?![\u3400-\u9fff])"
    r"|\A(?=.*[0-9零一二三四五六七八九十])(?:[^\u3400-\u9fff]|[零一二三四五六七八九十百千至到约])+\Z"
)
INEXACT = 3.0
"""
Taken where a year or a day is asked (哪一年, 几月几号) from a span without one. Of DRCD-dev's 554 time questions 91.3 %
have the answer in the first snippet, for 90.6 without the rule, F1 82.7 for 82.2; of CMRC2018-dev's 266 none changes,
of 81 about news F1 74.3 for 72.5 (out of fold, 2026-11-27).
"""
_EXACTLY = (
    (re.compile("年(?![代龄号级])"), re.compile("年|世纪|[0-9]{3,4}|[〇零一二三四五六七八九]{4}")),
    (re.compile("[天日号]"), re.compile("[月日号天今昨前明节夕旦]|星期|周|礼拜")),
)
"""What in a question asks for them, and what tells them; thought of, not fitted."""
_DAY_BESIDE = re.compile(r"\A\d+[年月日]|\d日\Z")
TIMED = 1.0
"""
Taken where a person is asked from a span that begins or ends with a time (发言人23日): news often names both together.
Of CMRC2018-dev's 265 such questions 46.4 % are exact with it, 45.3 without, of DRCD-dev's 479 54.3 and 54.1; F1 64.8
for 64.3 and 64.9 for 65.1 (out of fold, 2026-11-27).
"""
_DAYS_ASKED = re.compile("[年月日号天]|世纪|多久以?前|历史")
_NUMERALS = "0123456789一二三四五六七八九十百千万亿两半几"
"""
These, and what is a number (三辑 and 五年 are, 零件 and 郭达年 not), were settled on the number questions of
CMRC2018- and DRCD-dev whose answer was no figure, and on a few about news, which were looked at.
"""
DATELINE = 5.0
"""Taken from a span that stands where a report says who it is from: 新华社北京5月3日电. Not fitted to any question."""
_DATELINE = re.compile(
    r"据?(?:本[报网台]|[\u4e00-\u9fff]{1,4}[社网报])[^\n,:。]{0,20}?(?:[讯电](?=[\s(:])|消息(?=[\s(:,]))"
    r"\s?(?:\([^)\n]{1,30}\))?\s?:?"
)
_SOURCE_ASKED = re.compile("记者|通讯员|作者|消息|报道|媒体|哪[家份]|来源")
LISTLESS, BROKEN = 4.0, 2.0
"""
Taken where several things are asked from a span that names one, and from one of a list's that leaves others out. Of
CMRC2018-dev's 229 such questions 46 % are exact with them, 32 % without, F1 75 and 59, and 91 and 87 % have the answer
in the first snippet; 3.0 and 6.0 do as well (out of fold, 2026-11-26). DRCD-dev has two.
"""
_AND = "、和与及"
HOMELESS = 3.0
"""
Taken where a country is asked from a span without one's name, and where an origin is (哪里人) from one without any. Of
CMRC2018-dev's 398 questions for a place 54.5 % are exact with it, 52.5 without, of DRCD-dev's 445 60.9 and 58.9; 84.7
for 84.2 and 91.0 for 90.6 % have the answer in the first snippet (out of fold, 2026-11-27).
"""
_HOME_ASKED = re.compile("(?:哪[里儿]|何[处地]|什么地方|哪个?(?:地[方区]|[省市县]))的?人(?:$|[?。!])")
_COUNTRY_ASKED = re.compile("哪(?:一?个?国家|一?国)")
_FROM = re.compile("(?:生[于在]|籍贯[是为:]?|[原祖]籍|来自|故乡[是在]?)$")
_OF_HOME = ("人", "籍", "村民", "市民")
OFF_THEME = 6.0
"""
Taken where a theme is asked (论坛主题是什么) from a span that is none of those given: 以“…”为主题. Of the 13 such
questions among 1,260 about news 12 are exact with it, 5 without, and 11 with 4.0 (out of fold, 2026-11-27).
"""
_THEME_ASKED = re.compile("什么主题|主题(?:叫?是?什么|[为是]何|是啥|是)?[?]?$")
_THEME = re.compile(
    r"主题(?:[为是]:?|:)\s?(?P<told>“[^”\n]+”|[^,。;\n]{2,40})|以(?P<taken>[“《][^”》\n]+[”》])为\w{0,4}主题|(?P<named>“[^”\n]+”)的?主题"
)
VERBLESS = 1.0
"""
Taken from a span without a verb or an adjective where a reason or a manner is asked: those are told by clauses. F1 of
their 478 questions +3.2 and +1.2 on CMRC2018-dev, -.3 and +.6 on DRCD-dev; 2.0 and 4.0 lose on DRCD-dev (2026-11-26).
"""
VERBS = "va"
OTHER_MEASURE = 4.0
"""
Taken from a span without an amount of what is measured (多长, 面积) or counted (多少家), where another has one. Of the
508 number questions of CMRC2018- and DRCD-dev 75.5 and 71.8 % are exact with it, 75.2 and 68.8 where units named by the
question, shares and attributes at its end are not looked at; 92.2 and 93.1 for 91.8 and 91.6 % have the answer in the
first snippet. Of 544 about news 65.1 for 63.6 % are exact, F1 76.9 for 75.0. 3.0 and 5.0 gain less here and more there
(out of fold, 2026-11-27).
"""


def penalties(question: Question, spans: Spans, text: Concordance) -> tuple[Floats, Bools]:
    """
    Return what is taken from the score of each span that is of another sort than the question asks for.

    And which spans state no number, no time or not where somebody is from, where that is asked.
    """
    taken, lacking = np.zeros(len(spans.first)), np.zeros(len(spans.first), np.bool_)
    if question.kind == "number":
        lacking = amountless(question, spans, text)
        taken += NO_FIGURE * lacking
        taken += OTHER_MEASURE * _mismeasured(question, spans, text)
    if question.kind in _NAMING:
        taken += UNNAMED * ~_tagged(spans, text, _NAMING[question.kind])
    if question.kind == "person":
        timed = is_any(text.token_tag[spans.first], "t") | is_any(text.token_tag[spans.last], "t")
        taken += TIMED * (timed | _holding(_DAY_BESIDE, spans, text))
    if question.kind == "time":
        timeless, inexact = ~_tagged(spans, text, "t") & _timeless(spans, text), _inexact(question, spans, text)
        lacking = timeless | inexact
        taken += NO_TIME * timeless + INEXACT * inexact
    if question.kind in ("reason", "manner"):
        taken += VERBLESS * ~_tagged(spans, text, VERBS)
    if question.kind == "place" and _HOME_ASKED.search(question.folded):
        lacking = _homeless(spans, text)
        taken += HOMELESS * lacking
    if question.kind == "place" and _COUNTRY_ASKED.search(question.folded):
        taken += HOMELESS * ~_holding(COUNTRY, spans, text)
    if _THEME_ASKED.search(question.folded):
        taken += OFF_THEME * _off_theme(spans, text)
    if question.several:
        taken += _of_lists(spans, text)
    if not _SOURCE_ASKED.search(question.folded):
        for start in text.passage_start.tolist():
            if dateline := _DATELINE.match(text.text, start):
                taken += DATELINE * ((spans.start >= start) & (spans.start < dateline.end()))
    return taken, lacking


def _homeless(spans: Spans, text: Concordance) -> Bools:
    """Return which spans do not tell where somebody comes from, as 衡阳县 of 衡阳县籍 and of 生于衡阳县 does."""
    told, places = text.text, zip(spans.start.tolist(), spans.end.tolist(), strict=True)
    return np.array(
        [
            not (
                told.startswith(_OF_HOME, end)
                or _FROM.search(told, max(start - 4, 0), start)
                or NATIVES.search(told, start, end)
            )
            for start, end in places
        ],
        np.bool_,
    )


def _off_theme(spans: Spans, text: Concordance) -> Bools:
    """Return which spans are not a theme that is given, or else not within one; none when none is."""
    other, outside = np.ones((2, len(spans.first)), np.bool_)
    for given in _THEME.finditer(text.text):
        start, end = given.span(given.lastgroup or 0)
        within = (spans.start >= start) & (spans.end <= end)
        outside &= ~within
        other &= ~within | (spans.end - spans.start < end - start - 2)
    return outside & ~outside.all() if other.all() else other


def _of_lists(spans: Spans, text: Concordance) -> Floats:
    """Return what is taken from spans for naming one thing of several, or for leaving others out."""
    joint: Bools = is_any(text.codes, _AND)
    counted = np.append(0, np.cumsum(joint))
    listing = counted[spans.end] > counted[spans.start]
    broken = joint[spans.start - 1] | joint[np.minimum(spans.end, len(joint) - 1)]
    taken: Floats = LISTLESS * ~listing + BROKEN * broken
    return taken


def _mismeasured(question: Question, spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no amount of what is asked: a length for 多长, money for 多少钱; none if none has one."""
    if not (asked := measure_asked(question.folded, question.asked[1])):
        return np.zeros(len(spans.first), np.bool_)
    fitting = np.zeros(len(text.codes) + 1, np.int64)
    for figure in find_figures(text.text, ranges=True):
        if measures(figure.unit, asked):
            fitting[figure.start + 1 : figure.start + len(figure.written) + 1] = 1
    within = np.cumsum(fitting)
    missing: Bools = within[spans.end] == within[spans.start]
    if missing.all():
        missing[:] = False
    return missing


def _tagged(spans: Spans, text: Concordance, tags: str) -> Bools:
    """Return which spans have a token with one of the tags."""
    counted = np.append(0, np.cumsum(is_any(text.token_tag, tags)))
    found: Bools = counted[spans.last + 1] > counted[spans.first]
    return found


def amountless(question: Question, spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no number in them, or none but a date's where no years or days are counted."""
    numeral, digit = is_any(text.codes, _NUMERALS), is_any(text.codes, string.digits)
    begin, stop = question.asked
    if not _DAYS_ASKED.search(question.folded, begin, stop + 3):
        for date in resolve(text.text, _ANY_DAY):
            numeral[date.start : date.end] = False
    numerals, digits = (np.append(0, np.cumsum(some)) for some in (numeral, digit))
    none: Bools = numerals[spans.end] == numerals[spans.start]
    plain = ~_tagged(spans, text, "mtx") & (digits[spans.end] == digits[spans.start]) & ~none
    for span in np.flatnonzero(plain).tolist():
        # 两块钱 is one word and no numeral to a segmenter.
        figures = find_figures(text.text[int(spans.start[span]) : int(spans.end[span])])
        none[span] = not any(figure.unit for figure in figures)
    return none


def _timeless(spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no letter in them that times are told by, and are no plain number either: 8800余亩."""
    return ~_holding(_TIME, spans, text)


def _inexact(question: Question, spans: Spans, text: Concordance) -> Bools:
    """Return which spans have no year where one is asked, or no day."""
    start, end = question.asked
    missing = np.zeros(len(spans.first), np.bool_)
    for asking, told in _EXACTLY:
        asked = asking.search(question.folded, start)
        if asked and asked.end() <= end:
            missing |= ~_holding(told, spans, text)
    return missing


def _holding(pattern: re.Pattern[str], spans: Spans, text: Concordance) -> Bools:
    """Return which spans have something in them that a pattern finds."""
    places = zip(spans.start.tolist(), spans.end.tolist(), strict=True)
    return np.array([bool(pattern.search(text.text[start:end])) for start, end in places], np.bool_)
