"""Answers questions for a telephone number, which no measure word and no amount gives away."""

from __future__ import annotations

import re

from index.model import Snippet
from index.normalize import fold
from index.question import Question
from index.ranking import FEATURES, Ranked

CONFIDENCE = 0.9
"""That a number printed behind 电话 in the passage that has the question's words is the one; not fitted on any set."""
LEAST_COVER = 0.6
"""Share of the question's idf mass in passage and title, below which a telephone number is somebody else's."""
_ASKS = re.compile("(?:电话|热线|手机|号码|联系方式)(?:号码|号)?(?:是|为|有)*(?:多少|什么|几号|哪些|哪个)?[?。]*$")
_NUMBER = re.compile(
    r"(?<!\d)(?:(?:0\d{2,3}-?)?\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4}|1[12]\d{1,3}|12\d{3})(?![\d家个名人元座次项件万亿年月日])"
)
_LABEL = re.compile("(?:电话|热线|手机|联系|咨询|拨打|致电|报名)[^。;]{0,16}$")
_CLAUSE = re.compile("[^,。;!?\n]*[,。;!?\n]*")


def of(question: Question, ranked: Ranked, most: int) -> list[Snippet]:
    """Return a snippet a number, best first; [] when the question asks for none, or the archive prints none."""
    if not _ASKS.search(question.folded):
        return []
    cover, title = FEATURES.index("bigram_cover"), FEATURES.index("title_cover")
    snippets: list[Snippet] = []
    for passage, row in zip(ranked.passages, ranked.features, strict=True):
        if len(snippets) == most or row[cover] + row[title] < LEAST_COVER:
            continue
        folded = fold(passage.text)
        for clause in _CLAUSE.finditer(folded):
            number = _NUMBER.search(clause[0])
            known = {snippet.answer for snippet in snippets}
            if number and _LABEL.search(clause[0][: number.start()]) and number[0] not in known:
                text = passage.text[clause.start() : clause.end()]
                lead = len(text) - len(text.lstrip())
                snippets.append(Snippet(text.strip(), number.start() - lead, number.end() - lead, passage.citation))
                break
    return snippets[:most]
