"""Introduces what a question merely names: the sentence that says what it is, or where it is first told of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.model import Passage, Snippet
from index.normalize import fold
from index.question import Question
from index.ranking import Ranked, Terms, headed, share

CONFIDENCE = 0.9
"""That a sentence with the very name in it introduces it; not fitted on any set."""
LOOKED_AT = 20
_SAYS_WHAT = re.compile(
    r"[”》)]?(?:,简称[^,。]{1,12},|\([^)]*\))?(?:,)?(?:是|为|位于|坐落|地处|指的是|即|由|成立于|创办于)"
)
_SENTENCE = re.compile(r"[^。!?;]*[。!?;]*[”》)]*")
_LONGEST = 100


def of(question: Question, terms: Terms, ranked: Ranked, most: int) -> list[Snippet]:
    """Return the best introductions of a bare name, one an article; [] for any other question, or an unknown name."""
    name = question.folded.strip("?。!《》“” ")
    if question.kind != "name" or not _is_name(name, question):
        return []
    passages = ranked.passages[:LOOKED_AT]
    titles = share(headed(passages, terms.bigrams), terms.bigram_idf)
    found = [
        (_worth(passage, sentence, place, float(title)), passage, start, sentence, place)
        for passage, title in zip(passages, titles, strict=True)
        for start, sentence in _sentences(fold(passage.text))
        if (place := sentence.find(name)) >= 0
    ]
    found.sort(key=lambda one: -one[0])
    snippets: list[Snippet] = []
    for _, passage, start, sentence, place in found:
        if len(snippets) < most and passage.citation.article_id not in {s.citation.article_id for s in snippets}:
            begin, stop = _clauses(sentence, place, len(name))
            raw = passage.text[start + begin : start + stop]
            text = raw.strip()
            snippets.append(Snippet(text, 0, len(text.rstrip("。；;，,！!")), passage.citation))
    return snippets


def _is_name(name: str, question: Question) -> bool:
    """One unbroken run of letters without a verb outside quotation marks."""
    if not name or not name.isalnum():
        return False
    return len(name) >= 2 and len(question.words) > 0 and not any(token.tag in "vdpc" for token in question.tokens)


def _sentences(folded: str) -> Iterator[tuple[int, str]]:
    for match in _SENTENCE.finditer(folded):
        if match[0].strip():
            yield match.start(), match[0]


def _worth(passage: Passage, sentence: str, place: int, title: float) -> float:
    after = sentence[place:]
    says_what = bool(_SAYS_WHAT.search(after[:40]))
    return 2 * says_what + title - place / 40 - 0.05 * (passage.citation.paragraph - 1) - len(sentence) / 400


def _clauses(sentence: str, place: int, size: int) -> tuple[int, int]:
    """Return the run of whole clauses from the name's on, at most 100 characters where a clause allows it."""
    bounds = [0, *(match.end() for match in re.finditer("[,:;。!?]+[”》)]*", sentence)), len(sentence)]
    begin = max(bound for bound in bounds if bound <= place)
    ends = [bound for bound in bounds if bound >= place + size]
    fitting = [bound for bound in ends if bound - begin <= _LONGEST]
    if fitting and fitting[-1] == len(sentence) and len(sentence) <= _LONGEST:
        return 0, len(sentence)
    return begin, (fitting or ends)[-1 if fitting else 0]
