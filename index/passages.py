"""Splits an article into passages, the units that are searched, each with its citation and its cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from index.ids import passage_ids
from index.model import Article, Citation, IndexedPassage, JoinedTerms, Paragraph, Passage
from index.normalize import fold, fold_all
from index.tokens import Segmenter, bigrams_of_all

LONGEST = 300
"""Characters in a passage at most; chosen for ranking on CMRC2018-dev and DRCD-test, see the design's ablation."""

_CJK = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_CLOSING = r"[”’」』）)》〉】\]\"']*"
_SENTENCE_END = re.compile(rf"(?:[。！？；…]+|(?<={_CJK})[!?;]+|(?<={_CJK}[”」』）)])[!?;]+){_CLOSING}\s*")
_CLAUSE_END = re.compile(rf"(?:[，、：—]+|(?<={_CJK})[,:]+|\s+){_CLOSING}\s*")


def split(article: Article, segmenter: Segmenter) -> list[Passage]:
    """
    Return the article's passages in reading order.

    The passages of one paragraph put together are the paragraph, character for character.
    """
    return [indexed.passage for indexed in split_and_index(article, segmenter)]


def split_and_index(article: Article, segmenter: Segmenter) -> list[IndexedPassage]:
    """Return the article's passages in reading order, each with the terms it is found by."""
    return put_together(article, *cut_up([written(article)], segmenter))


Piece = tuple[str, int, int, int, int, str, str, str]
"""
What makes a passage out of a part of an article, as little to send from one process to another as can be: its id, its
paragraph from 1, its part of that, where its text begins and ends in the paragraph, its cut, and its words and its
bigrams, apart by spaces.
"""


Written = tuple[str, list[str]]
"""All that pieces are cut from: an article's id and the texts of its paragraphs."""


def written(article: Article) -> Written:
    return article.id, [paragraph.text for paragraph in article.paragraphs]


def cut_up(articles: Sequence[Written], segmenter: Segmenter) -> list[list[Piece]]:
    """Return the pieces of each article, in reading order; of all at once they cost less."""
    places = [list(_places(paragraphs)) for _, paragraphs in articles]
    texts = [
        [paragraphs[number - 1][start:end] for number, _, start, end in its]
        for (_, paragraphs), its in zip(articles, places, strict=True)
    ]
    folded = fold_all(list(chain(*texts)))
    terms = zip(map(segmenter.cut_and_index, folded), bigrams_of_all(folded), strict=True)
    names = passage_ids([(article_id, its) for (article_id, _), its in zip(articles, texts, strict=True)])
    return [
        [
            (name, *place, cut, words.text, bigrams.text)
            for name, place, ((cut, words), bigrams) in zip(of_article, its, terms, strict=False)
        ]
        for of_article, its in zip(names, places, strict=True)
    ]


def _places(paragraphs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the paragraph of each passage, from 1, its part of that, and where in it the passage begins and ends."""
    for number, paragraph in enumerate(paragraphs, 1):
        end = 0
        for part, text in enumerate(split_text(paragraph)):
            start, end = end, end + len(text)
            yield number, part, start, end


def put_together(article: Article, pieces: Iterable[Piece]) -> list[IndexedPassage]:
    """Return the passages that the article's pieces are."""
    found = []
    for name, number, part, start, end, cut, words, bigrams in pieces:
        paragraph = article.paragraphs[number - 1]
        citation = _cite(article, name, number, paragraph)
        passage = Passage(paragraph.text[start:end], citation, cut, article.kind, part)
        found.append(IndexedPassage(passage, JoinedTerms(words), JoinedTerms(bigrams)))
    return found


def index_again(passage: Passage, segmenter: Segmenter) -> IndexedPassage:
    """Return a passage cut anew, with the terms it is found by."""
    folded = fold(passage.text)
    cut, words = segmenter.cut_and_index(folded)
    return IndexedPassage(passage._replace(cut=cut), words, *bigrams_of_all([folded]))


def split_text(text: str) -> list[str]:
    """
    Return runs of whole sentences of at most LONGEST characters that put together are `text`; [] for "".

    A longer sentence is cut at the ends of its clauses, a longer clause anywhere.
    """
    if len(text) <= LONGEST:
        return [text] if text else []
    units: list[str] = []
    for sentence in _cut_after(_SENTENCE_END, text):
        if len(sentence) <= LONGEST:
            units.append(sentence)
            continue
        for clause in _cut_after(_CLAUSE_END, sentence):
            units.extend(clause[at : at + LONGEST] for at in range(0, len(clause), LONGEST))
    return _fill(units)


def _cut_after(mark: re.Pattern[str], text: str) -> list[str]:
    ends = [match.end() for match in mark.finditer(text)]
    bounds = sorted({0, *ends, len(text)})
    return [text[start:end] for start, end in pairwise(bounds)]


def _fill(units: list[str]) -> list[str]:
    """Join neighbouring units into runs as long as fit: a question's words stand together in longer runs."""
    runs = [units[0]]
    for unit in units[1:]:
        if len(runs[-1]) + len(unit) <= LONGEST:
            runs[-1] += unit
        else:
            runs.append(unit)
    return runs


def _cite(article: Article, passage_id: str, number: int, paragraph: Paragraph) -> Citation:
    return Citation(
        passage_id=passage_id,
        article_id=article.id,
        source=article.source,
        paragraph=number,
        title=article.title,
        title_inferred=article.title_inferred,
        section=paragraph.section,
        paper=article.paper,
        date=article.date,
        date_source=article.date_source,
        page=article.page,
        page_name=article.page_name,
        author=article.author,
        url=article.url,
    )
