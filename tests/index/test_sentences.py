"""Sentences are compared as wholes: what is seen of each, and what its spans' scores change by."""

from __future__ import annotations

import numpy as np
import pytest

from index import extraction, learned, ranking, sentences, trees
from index.boundaries import Evidence
from index.concordance import Concordance
from index.question import read_question

from . import newsprint

TEXTS = ["园区有9家企业。去年投产4家企业,今年2家。", "园区在河口。企业不多。"]
SENTENCE = np.array([0, 0, 1, 4])
CHANCE = np.array([0.4, 0.2, 0.3, 0.1])
AGREEMENT = np.array([0.5, 0.6, 0.3, 0.1])
PASSAGES = np.arange(2 * len(ranking.FEATURES), dtype=np.float32).reshape(2, -1)


@pytest.fixture(scope="module")
def text(jieba) -> Concordance:
    return newsprint.concordance(TEXTS, jieba, "园区有多少企业")


@pytest.fixture(scope="module")
def evidence(jieba, text) -> Evidence:
    return extraction.gather(text, newsprint.terms(read_question("园区有多少企业", jieba)), np.array([0.0, -1.5]))


def changed(text: Concordance, evidence: Evidence, *trees_of: str) -> np.ndarray:
    model = trees.parse("\n".join([f"features {' '.join(sentences.FEATURES)}", *trees_of]))
    rows, of = sentences.describe(SENTENCE, CHANCE, AGREEMENT, text, evidence, PASSAGES)
    with learned.using({"sentences": model}):
        return sentences.corrections(rows)[of]


def test_a_sentence_is_seen_by_all_its_spans_and_beside_the_others(text, evidence):
    rows, of = sentences.describe(SENTENCE, CHANCE, AGREEMENT, text, evidence, PASSAGES)
    assert rows.shape == (3, len(sentences.FEATURES))
    assert of.tolist() == [0, 0, 1, 2]
    seen = dict(zip(sentences.FEATURES, rows.T, strict=True))
    assert seen["chance"] == pytest.approx([0.6, 0.3, 0.1])
    assert np.exp(seen["log_chance"]) == pytest.approx([0.6, 0.3, 0.1])
    assert np.exp(-seen["log_chance_lag"]) == pytest.approx([1, 0.5, 1 / 6])
    assert seen["best_span"] == pytest.approx([0.4, 0.3, 0.1])
    assert np.exp(-seen["best_span_lag"]) == pytest.approx([1, 0.75, 0.25])
    assert seen["share_of_best"] == pytest.approx([2 / 3, 1, 1])
    assert seen["agreement"] == pytest.approx([0.6, 0.3, 0.1])
    assert seen["agreement_lag"] == pytest.approx([0, 0.3, 0.5])
    assert seen["spans"].tolist() == [2, 1, 1]
    assert seen["standing"].tolist() == [0, 1, 2]
    assert seen["second"] == pytest.approx([0.3] * 3)
    assert seen["chance_of_passage"] == pytest.approx([0.9, 0.9, 0.1])
    assert seen["passage"].tolist() == [0, 0, 1]
    assert seen["passage_score"].tolist() == [0, 0, -1.5]
    assert seen["place"].tolist() == [0, 1, 1]
    assert seen["size"].tolist() == [len(part) + 1 for part in ("园区有9家企业", "去年投产4家企业,今年2家", "企业不多")]
    told = [0, 1, 4]
    covers = {
        "cover": evidence.sentence_cover,
        "words": evidence.sentence_words,
        "context": evidence.context_cover,
        "rare": evidence.sentence_rare,
        "letters": evidence.sentence_letters,
    }
    for name, share in covers.items():
        assert seen[name] == pytest.approx(share[told])
        assert seen[f"{name}_lag"] == pytest.approx(share.max() - share[told])
    assert rows[:, -len(ranking.FEATURES) :].tolist() == PASSAGES[[0, 0, 1]].tolist()


def test_alike_sentences_come_to_share_alike_and_their_spans_stay_as_they_were(text, evidence):
    weight = CHANCE * np.exp(changed(text, evidence, "0"))
    assert np.bincount([0, 0, 1, 2], weight) == pytest.approx([1 / 3] * 3)
    assert weight[0] / weight[1] == pytest.approx(2)


def test_a_sentence_that_is_said_to_tell_more_gains_by_as_much(text, evidence):
    column = sentences.FEATURES.index("passage")
    weight = CHANCE * np.exp(changed(text, evidence, f"{column}:0 0 {np.log(2):.6f}"))
    assert np.bincount([0, 0, 1, 2], weight) == pytest.approx([0.25, 0.25, 0.5], abs=1e-5)


def test_without_a_span_nothing_changes(text, evidence):
    none = np.zeros(0)
    rows, of = sentences.describe(none.astype(np.int64), none, none, text, evidence, PASSAGES)
    assert rows.shape == (0, len(sentences.FEATURES))
    assert sentences.corrections(rows)[of].tolist() == []


def test_the_sentences_with_the_most_of_the_question_are_read_in_their_order(jieba):
    long = newsprint.concordance(
        ["河水上涨。" * 12 + "园区有9家企业。", "园区不大。" + "天晴。" * 9], jieba, "园区有多少企业"
    )
    seen = extraction.gather(long, newsprint.terms(read_question("园区有多少企业", jieba)), np.array([0.0, -1.0]))
    read = sentences.worth_reading(long, seen)
    assert len(read) == sentences.SENTENCES
    assert (np.diff(read) > 0).all()
    assert {12, 13} <= set(read.tolist())
