"""Reads a question: what kind of answer it asks for, which words must be found, which days it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.normalize import fold
from index.tokens import Segmenter, Token, bigrams
from index.units import AMOUNT_OF, AT_THE_END, NUMBER_OF, RATE

QuestionKind = Literal["number", "time", "person", "place", "reason", "manner", "thing", "name"]
"""name: no question word at all, a bare name or keywords."""
KINDS: tuple[QuestionKind, ...] = ("number", "time", "person", "place", "reason", "manner", "thing", "name")

_MEASURED = "大高长远重宽深快厚久早晚"
_PATTERNS: tuple[tuple[QuestionKind, str], ...] = (
    (
        "reason",
        "为什么|为何|因为什么|什么原因|什么缘故|何故|何以|怎么会|(?:的|主要|根本|直接)?(?:原因|理由|缘由)(?:是|为|在于)?(?:什么|何|哪些)?(?=[?。!]*$)",
    ),
    (
        "time",
        "什么时候|什么时间|什么年代|什么日期|什么朝代|何时|何年何月|何年|何月|何日|哪[一个]{0,2}(?:年|月(?![球亮])|天(?![皇然气文体王使主才堂])|日(?![本报语军])|时期|时间|年代|世纪|朝代|季节|阶段|学年|赛季)|几[年月日号]几?[月日号]?(?!前|后|级|内|以)|(?:在|于|到|从|自)何时",
    ),
    (
        "number",
        f"多少|几多|第?几(?!乎|率|何|内亚|十|百|千|万|经|度|番|许|案|丁)|多[{_MEASURED}](?!的)|"
        rf"(?<![很许众更太最差])多[{_MEASURED}](?=的.*\?$)",
    ),
    (
        "person",
        "谁|何人|哪[一两几]?[位名]|什么人|哪[一个]{0,2}人(?!民|口)|哪些人|(?<=[长员手师者亲妻夫练])叫做?什么(?:名字)?",
    ),
    (
        "place",
        "哪里|哪儿|哪边|何处|何地|什么地方|什么地点|(?<=[在到去往于从自])哪(?![一两几个些种家位类年天届条项次部所座月名])|哪[一个座处]{0,2}(?:地方|地区|城市|国家|国|省份|省|市|县|区|州|镇|村|地|洲|大洲|岛|半岛)",
    ),
    ("manner", "怎么样|怎么|怎样|如何"),
    (
        "thing",
        "什么样|什么|哪些|哪[一二两三四几]?(?:[个种类部项家座所条件本支只款场届首张片颗间])|哪|何种|何物|(?<!几)何",
    ),
)
_SPOKEN = {"甚么": "什么", "怎麽": "怎么", "啥": "什么", "咋": "怎么"}
_ATTRIBUTES: tuple[tuple[QuestionKind, str], ...] = (
    (
        "number",
        f"{NUMBER_OF}|{AMOUNT_OF}|{RATE}|面积|[高长宽深厚速温湿]度|额|[价票房油金]价|价格|费用|工资|收入"
        "|支出|[产总市]值|[增涨降跌]幅|增速|占比|比例|[比得]分|场次|里程|年龄|身高|体重|人口|容积|舱容",
    ),
    ("time", "[时期]间|日期"),
    ("place", "地[点址]|位置|产地"),
    (
        "person",
        "主持人|作者|导演|主演|教练|负责人|发言人|创始人|得主|冠军|书记|主任|[省市县区镇乡村州部厅局院校会行馆社]长",
    ),
    ("reason", "原因"),
)
"""
What keywords without a question word end with when they ask for it: 花江峡谷大桥 高度. Written down from what a paper
reports, after 20 such questions on news; CMRC2018- and DRCD-dev have hardly any, and lose none by it.
"""
_ASKED = [(kind, re.compile(pattern)) for kind, pattern in _PATTERNS]
_WANTED = [(kind, re.compile(rf"(?<=..)(?:{pattern}){AT_THE_END}")) for kind, pattern in _ATTRIBUTES]
_OTHER_WORD = re.compile("哪|什么|谁|何")
"""
Beside one of these 几 asks for no number, nor, 何 aside, 多 with a measure: 每隔几天, 哪几个, 多伦多大学有什么. The
latter was found on four questions of CMRC2018- and DRCD-dev, and changes no other of them.
"""
_CALLED = re.compile("(?<!^)(?<![是因])(?<!原因|理由|缘由|缘故|目的)为(什么|何)(?=[?。!]*$)")
"""
At the end 为什么 is no why but a copula with its 什么: 被称为什么, 前身为何. So it is in all of some 70 questions of
CMRC2018- and DRCD-dev that end thus; none of them says what it does to 他离开为什么, which it takes for one of these.
"""
_SOME = re.compile(r"几[十百千万亿]+(?=.*\?$)")
"""With no other question word, at the end of which stands a question mark: 领导几万大军?"""
_OPEN_END = re.compile(r"(?<=[是为叫称于])(?=[?。!:]*$)")
_COPULA = "是为叫有指在"
_NOTICES = re.compile(
    "电话|公告|声明|启事|拍卖|招标|中标|竞价|竞拍|竞买|遗失|挂失|注销|公示|标的|咨询电话|联系电话|报名电话|起拍"
)
_SEVERAL = re.compile("哪些|哪[几两二三四五六七八九十]|什么和什么")
_POLITE = re.compile("^(?:请问|请教|问一下|问问|想问|想知道|我想知道|告诉我|你知道|知道|谁知道)+[一下,:]*")
_MEASURES = "年月日天国省市县区州镇村位名人"
_FILLERS = frozenset("的了吗呢么啊呀是有请吧和与及或")


@dataclass(frozen=True, slots=True)
class Question:
    """
    A question taken apart.

    folded   `normalize.fold(text)`: every offset here is into it
    tokens   of `folded`, punctuation included
    asked    start and end of the question word; (n, n) at the end when there is none
    focus    what is asked after: the noun behind 什么/哪个, the measure or noun behind 多少; "" when unclear
    words    content words with weights, for words an index holds
    bigrams  neighbouring characters with weights
    several  whether more than one thing is asked for: 哪些, 哪两个
    """

    text: str
    folded: str
    tokens: tuple[Token, ...]
    kind: QuestionKind
    asked: tuple[int, int]
    focus: str
    words: dict[str, float]
    bigrams: dict[str, float]
    wants_notices: bool
    several: bool


def read_question(text: str, segmenter: Segmenter) -> Question:
    """Return `text` taken apart. Any text will do; one without a content word has empty `words` and `bigrams`."""
    folded = fold(text.encode("utf-8", "replace").decode().strip())
    for spoken, written in _SPOKEN.items():
        folded = folded.replace(spoken, written)
    polite = _POLITE.match(folded)
    folded = folded[polite.end() :] if polite and polite.end() < len(folded) else folded
    kind, asked = _asked(folded)
    tokens = segmenter.cut(folded)
    content = [token for token in tokens if _is_content(token, asked)]
    words = {token.word: 1.0 for token in content}
    for token in content:
        if len(token.word) > 2:
            for inner in segmenter.inner_words(token.word):
                words.setdefault(inner, 0.5)
    return Question(
        text=text,
        folded=folded,
        tokens=tuple(tokens),
        kind=kind,
        asked=asked,
        focus=_focus(folded, tokens, asked),
        words=words,
        bigrams=dict.fromkeys(bigrams(folded[: asked[0]] + "\n" + folded[asked[1] :]), 1.0),
        wants_notices=bool(_NOTICES.search(folded)),
        several=bool(_SEVERAL.search(folded)),
    )


def _asked(folded: str) -> tuple[QuestionKind, tuple[int, int]]:
    if called := _CALLED.search(folded):
        return "thing", called.span(1)
    for kind, pattern in _ASKED:
        found = [match.span() for match in pattern.finditer(folded) if match[0]]
        if kind == "number" and (other := _OTHER_WORD.search(folded)):
            wants = "多少" if other[0] != "何" else "多"
            found = [(start, end) for start, end in found if wants in folded[start:end]]
        if found:
            return kind, found[-1]
    if some := _SOME.search(folded):
        return "number", some.span()
    open_end = _OPEN_END.search(folded)
    at = open_end.start() if open_end else len(folded)
    if open_end:
        return "thing", (at, at)
    return next((kind for kind, attribute in _WANTED if attribute.search(folded)), "name"), (at, at)


def _is_content(token: Token, asked: tuple[int, int]) -> bool:
    if token.tag == "w" or token.word in _FILLERS:
        return False
    return token.end <= asked[0] or token.start >= asked[1]


def _focus(folded: str, tokens: list[Token], asked: tuple[int, int]) -> str:
    """Return the noun or measure word behind the question word, in it (哪国), or before its copula (职业是什么)."""
    for token in tokens:
        if token.start >= asked[1]:
            if token.tag in "nqtZSTV":
                return token.word
            if token.tag != "m" and token.word != "的":
                break
    inside = folded[asked[0] : asked[1]]
    if inside and inside[-1] in _MEASURES:
        return inside[-1]
    before = [token for token in tokens if token.end <= asked[0]]
    if len(before) > 1 and before[-1].word[-1] in _COPULA and before[-2].tag in "nqtZSTV":
        return before[-2].word
    return ""
