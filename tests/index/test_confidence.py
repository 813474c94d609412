"""Confidence is a probability, and falls with what is missing of the question."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index import confidence, extraction, learned, ranking
from index.answer import Archive
from index.question import read_question
from index.trees import parse


def described(text: str, archive: Archive) -> dict[str, float]:
    row, _ = weighed(text, archive)
    return dict(zip(confidence.NAMES, row.tolist(), strict=True))


def weighed(text: str, archive: Archive) -> tuple[np.ndarray, float]:
    question = read_question(text, archive.segmenter)
    terms = ranking.weigh(question, archive.engine)
    candidates = ranking.find(question, archive.engine)
    best = ranking.rank(question, terms, candidates, archive.engine.stats.average_bigrams)
    reading = extraction.read_closely(question, terms, best)
    row = confidence.describe(question, terms, best, reading)
    return row, confidence.of(question, terms, best, reading)


@pytest.mark.parametrize("text", ["船山时间谷有多少企业", "衡阳市长是谁", "企业", "时间谷 投产", "谁", "镇"])
def test_every_outcome_is_described_in_finite_numbers(sample, text):
    question = read_question(text, sample.segmenter)
    if ranking.find(question, sample.engine):
        row, sure = weighed(text, sample)
        assert row.shape == (len(confidence.NAMES),)
        assert np.isfinite(row).all()
        assert 0 < sure < 1


@pytest.mark.parametrize("score", [-3.0, 0.0, 2.5])
def test_it_is_the_logistic_of_the_score(sample, score):
    with learned.using({"confidence": parse(f"features {' '.join(confidence.NAMES)}\n{score}")}):
        assert weighed("唐灵军是谁", sample)[1] == pytest.approx(1 / (1 + math.exp(-score)))


@pytest.mark.parametrize(
    ("fits", "does_not"),
    [
        ("唐英是谁", "衡阳市长是谁"),
        ("时间谷在哪里", "时间谷在哪条路"),
        ("船山时间谷有多少企业", "船山时间谷的企业投资了多少钱"),
        ("嘉树镇有多少家炻瓷企业", "嘉树镇一年生产多少吨炻瓷"),
        ("唐灵军哪一年回乡", "唐灵军今年多少岁"),
    ],
)
def test_an_answer_of_another_sort_than_asked_for_is_doubted(sample, fits, does_not):
    with learned.using({"confidence": parse(f"features {' '.join(confidence.NAMES)}\n2.0")}):
        likely = 1 / (1 + math.exp(-2))
        assert weighed(fits, sample)[1] == pytest.approx(likely)
        assert weighed(does_not, sample)[1] < likely / 5


def test_a_population_is_no_number_of_firms(sample):
    with learned.using({"confidence": parse(f"features {' '.join(confidence.NAMES)}\n2.0")}):
        likely = 1 / (1 + math.exp(-2))
        assert weighed("嘉树镇有多少家炻瓷企业", sample)[1] == pytest.approx(likely)
        assert weighed("嘉树镇有多少人口", sample)[1] < likely / 3


@pytest.mark.parametrize("text", ["园区的路是", "衡阳的山是", "衡阳的河叫"])
def test_a_question_that_breaks_off_is_weighed_too(sample, text):
    assert 0 < weighed(text, sample)[1] < 1


def test_a_question_whose_words_are_missing_is_less_covered(sample):
    there, missing = described("唐灵军什么时候回到衡阳", sample), described("王小二什么时候回到衡阳", sample)
    assert missing["bigram_cover"] < there["bigram_cover"]
    assert missing["missing_words"] > there["missing_words"]


@pytest.mark.parametrize(
    ("there", "lacking", "feature"),
    [
        ("唐灵军什么时候回到衡阳", "唐灵军什么时候回到长沙", "missing_name"),
        ("嘉树镇有20家什么企业", "嘉树镇有37家什么企业", "missing_numbers"),
        ("船山时间谷有多少企业", "船山时间谷有多少游客", "missing_in_article"),
        ("船山时间谷有多少企业", "船山时间谷有多少游客", "missing_letters"),
    ],
)
def test_what_an_article_lacks_is_told_by_its_sort(sample, there, lacking, feature):
    assert described(there, sample)[feature] < described(lacking, sample)[feature]


def test_a_sentence_has_no_more_of_the_probability_than_its_passage_and_no_less_than_its_best_span(sample):
    seen = described("船山时间谷有多少企业", sample)
    assert 0 < seen["mass"] <= seen["mass_of_sentence"] <= seen["mass_of_passage"] <= 1 + 1e-6


def test_what_is_asked_after_is_looked_for_in_the_whole_article(sample):
    held, missing = described("船山时间谷有多少企业", sample), described("船山时间谷有多少游客", sample)
    assert held["article_cover"] > missing["article_cover"]
    assert held["article_cover"] >= held["bigram_cover"]


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("唐灵军什么时候回到衡阳", "王小二什么时候回到衡阳"),
        ("智能衡器计量产业子基金的总规模是多少", "低空经济引导基金的总规模是多少"),
        ("嘉树镇有多少家炻瓷企业", "嘉树镇有多少家火锅店"),
        ("协会会长是谁", "衡阳市长是谁"),
    ],
)
def test_what_the_archive_tells_is_surer_than_what_it_does_not(sample, there, missing):
    assert weighed(there, sample)[1] > weighed(missing, sample)[1]
