"""Completes a question that leans on the one before: 那产值呢？ after 船山时间谷有多少企业."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.normalize import fold
from index.question import read_question
from index.tokens import Segmenter, Token

_LEADING = re.compile(
    r"^(?:那么|那|还有|以及|另外|然后|再问一下|再问|请问|对了|,|\s)+"
    r"|^(?:它们?|他们?|她们?|其中?|这里|这个?|该|此)(?:的|里|中)?(?![一-龥]?[区县市镇园])"
)
_TRAILING = re.compile(r"(?:呢|吗|嘛|啊|呀)*[?!。,\s]*$")
_POINTING = re.compile(r"^(?:那么|那(?![曲坡])|还有(?!多)|它|他|她|其中|这里|这个)")
_NAMES = "RSTZ"
_NOUNS = _NAMES + "nte"
_BREAKS = "vpudrcyw"
"""Tags no name runs over; the dictionary's others turn up inside names it does not know: 青石|湾|产业园."""

_WHOLE = "也都还现共就已没只才总即正所又仍将曾并拥占具含享持富设建存实国公私集特原稀含附没未可但要于若凡"
"""What 有, 是 or 在 make a word of their own with: 国有, 设有, 现在."""
_SHORT = 12
_DAYS = re.compile(
    r"(?:今|去|前|明|本|当)年|\d{2,4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?:\d{1,2}[日号])?"
    r"|(?:上|本|这|下)个?月|昨[天日]|今[天日]|目前|最近"
)


@dataclass(frozen=True, slots=True)
class Thread:
    """
    What a conversation is about.

    subject   the name the last full question was about: 船山时间谷
    question  the last question as it was asked of the archive, completed
    head      what it counted or asked after: 企业; "" when unclear
    """

    subject: str
    question: str
    head: str = ""


def follow(text: str, before: Thread | None, segmenter: Segmenter, *, replying: bool = False) -> tuple[str, Thread]:
    """
    Return the question to ask for `text`, and what the conversation is about from now on.

    `replying` says that `text` answers one of our answers, so that it may lean on it without a 那 or 呢.
    """
    leaning = before is not None and (replying or _leans(text))
    question = _complete(text, before, segmenter, replying) if leaning and before is not None else text
    subject, head = _parts(question, segmenter)
    if before is not None and question != text and before.subject in question:
        return question, Thread(before.subject, question, head or before.head)
    return question, Thread(subject, question, head)


def _leans(text: str) -> bool:
    folded = fold(text.strip())
    if _POINTING.match(folded):
        return True
    return len(folded) <= _SHORT and re.search(r"呢[?!。]*$", folded) is not None


def _complete(text: str, before: Thread, segmenter: Segmenter, replying: bool) -> str:
    folded = fold(text.strip())
    core = _TRAILING.sub("", _strip_leading(folded)).strip()
    if not core or not before.subject or before.subject in core:
        return text
    asked = read_question(core, segmenter)
    names = _names(segmenter.cut(core))
    if names and asked.kind != "name":
        return text
    if _DAYS.fullmatch(core):
        return core + _DAYS.sub("", fold(before.question))
    if names and core == names:
        return fold(before.question).replace(before.subject, names)
    if asked.kind != "name":
        return before.subject + core
    if core.endswith("的"):
        return before.subject + core + (f"{before.head}有多少" if _counts(before, segmenter) else "")
    if replying and len(core) > _SHORT:
        return text
    return before.subject + "的" + core + ("是多少" if _counts(before, segmenter) else "")


def _strip_leading(folded: str) -> str:
    while True:
        shorter = _LEADING.sub("", folded, count=1)
        if shorter == folded:
            return folded
        folded = shorter


def _counts(before: Thread, segmenter: Segmenter) -> bool:
    return read_question(before.question, segmenter).kind == "number"


def _parts(question: str, segmenter: Segmenter) -> tuple[str, str]:
    """Return the subject of a question and what it asks after."""
    read = read_question(_DAYS.sub("", fold(question)), segmenter)
    asking = range(*read.asked)
    tokens = [token for token in read.tokens if token.start not in asking]
    subject = _leading_noun(tokens) or _names(tokens) or _longest_noun(tokens)
    return subject, _counted(tokens, subject, read.focus)


def _counted(tokens: list[Token], subject: str, focus: str) -> str:
    """Return the noun that is counted: `focus`, or when that is only its measure word, the noun before it."""
    if any(token.word == focus and token.tag != "q" for token in tokens):
        return focus
    behind = "".join(token.word for token in tokens).partition(subject)[2]
    nouns = [token.word for token in tokens if token.tag in _NOUNS and token.word in behind and token.word != focus]
    return nouns[-1] if nouns else ""


def _leading_noun(tokens: list[Token]) -> str:
    """Return the nouns a question begins with, dates left out; "" when it begins otherwise."""
    run: list[Token] = []
    for token in tokens:
        if not run and token.tag in "tw":
            continue
        if run and run[-1].end != token.start:
            break
        if run and _is_glued(token):
            return "".join(one.word for one in run) + token.word[0]
        if token.tag in _BREAKS:
            break
        run.append(token)
    while run and run[-1].tag not in _NOUNS:
        run.pop()
    return "".join(token.word for token in run)


def _is_glued(token: Token) -> bool:
    """Return whether a verb has taken a name's last character along, as jieba cuts 时间|谷有."""
    return len(token.word) == 2 and token.word[1] in "有是在" and token.word[0] not in _WHOLE


def _longest_noun(tokens: list[Token]) -> str:
    """Return the longest run of nouns and of words no dictionary knows: 镭目科技大楼."""
    best, run = "", ""
    for token in tokens:
        run = run + token.word if token.tag in _NOUNS + "x" else ""
        best = max(best, run, key=len)
    return best


def _names(tokens: list[Token]) -> str:
    """Return the longest run of names, nouns after a name included: 松木经开区."""
    best, run = "", ""
    for token in tokens:
        if token.tag in _NAMES or (run and token.tag == "n"):
            run += token.word
            best = max(best, run, key=len)
        else:
            run = ""
    return best
