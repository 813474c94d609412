"""What tokens say of spans is the same however many of them are weighed at once."""

from __future__ import annotations

import numpy as np
import pytest

from index import boundaries, extraction, spans
from index.question import read_question

from . import newsprint

TEXTS = ["时间谷签约企业142家,其中“投产”110家。厂房有9万平方米。", "另一处的企业只有21家(都在时间谷)。去年是20家。"]


@pytest.fixture
def laid_out(jieba):
    question = read_question("时间谷有多少家企业投产", jieba)
    text = newsprint.concordance(TEXTS, jieba, question.text)
    evidence = extraction.gather(text, newsprint.terms(question), -np.arange(2.0))
    return text, question, evidence


def test_some_sentences_are_described_as_all_are(laid_out):
    text, question, evidence = laid_out
    some = np.array([0, 3])
    listed = spans.list_spans(text, some)
    few = boundaries.weigh(text, question, evidence, some).describe(listed.first, listed.last)
    every = boundaries.weigh(text, question, evidence).describe(listed.first, listed.last)
    assert len(few) == len(listed.first) > 0
    assert (few == every).all()


def test_a_token_that_was_not_weighed_is_not_described(laid_out):
    text, question, evidence = laid_out
    weighed = boundaries.weigh(text, question, evidence, np.array([0]))
    other = np.flatnonzero(text.token_sentence == 1)[:1]
    with pytest.raises(IndexError):
        weighed.describe(other, other)


def test_sums_over_a_span_count_what_stands_in_it(laid_out):
    text, question, evidence = laid_out
    listed = spans.list_spans(text, np.arange(len(text.sentence_start)))
    rows = boundaries.weigh(text, question, evidence).describe(listed.first, listed.last)
    of = {name: rows[:, column] for column, name in enumerate(boundaries.NAMES)}
    written = [text.text[a:b] for a, b in zip(listed.start, listed.end, strict=True)]
    assert of["characters"].tolist() == [len(span) for span in written]
    assert of["tokens"].tolist() == (listed.last - listed.first + 1).tolist()
    assert of["year"].tolist() == [span.count("年") for span in written]
    assert of["first_digit"].tolist() == [span[0] in boundaries._MARKS["digits"] for span in written]
    quoted = [span[0] in boundaries.OPENING and span[-1] in boundaries.CLOSING for span in written]
    assert of["quoted"].tolist() == quoted
    assert any(quoted)
