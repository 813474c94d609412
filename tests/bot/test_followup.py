"""A question that leans on the one before is completed; one that stands alone is left as it is."""

from __future__ import annotations

import pytest

from bot.followup import Thread, follow
from index.tokens import Segmenter


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter("jieba", ["白鹭产业园", "松河开发区"])


def thread(question: str, segmenter: Segmenter) -> Thread:
    return follow(question, None, segmenter)[1]


@pytest.mark.parametrize(
    ("before", "said", "asked"),
    [
        ("白鹭产业园有多少企业", "那产值呢？", "白鹭产业园的产值是多少"),
        ("白鹭产业园有多少企业", "投产的呢", "白鹭产业园投产的企业有多少"),
        ("白鹭产业园有多少企业", "那么松河开发区呢？", "松河开发区有多少企业"),
        ("白鹭产业园有多少企业", "去年呢", "去年白鹭产业园有多少企业"),
        ("2024年白鹭产业园有多少企业", "去年呢", "去年白鹭产业园有多少企业"),
        ("白鹭产业园有多少企业", "它在哪里", "白鹭产业园在哪里"),
        ("白鹭产业园有多少企业", "那什么时候启用的", "白鹭产业园什么时候启用的"),
        ("谁设计了白鹭产业园", "那么松河开发区呢", "谁设计了松河开发区"),
        ("2024年白鹭产业园的高新技术企业有多少家", "投产的呢", "白鹭产业园投产的企业有多少"),
    ],
)
def test_it_takes_the_subject_along(segmenter, before, said, asked):
    assert follow(said, thread(before, segmenter), segmenter)[0] == asked


@pytest.mark.parametrize("said", ["松河开发区有多少企业", "那松河开发区有多少人口", "谢谢", "白鹭产业园呢有多少人"])
def test_a_question_with_a_subject_of_its_own_stays(segmenter, said):
    assert follow(said, thread("白鹭产业园有多少企业", segmenter), segmenter)[0] == said


def test_the_subject_holds_over_several_follow_ups(segmenter):
    _, now = follow("那产值呢", thread("白鹭产业园有多少企业", segmenter), segmenter)
    assert follow("投产的呢", now, segmenter)[0].startswith("白鹭产业园投产的")


def test_a_reply_needs_neither_那_nor_呢(segmenter):
    before = thread("白鹭产业园有多少企业", segmenter)
    assert follow("产值", before, segmenter)[0] == "产值"
    assert follow("产值", before, segmenter, replying=True)[0] == "白鹭产业园的产值是多少"


def test_without_a_question_before_nothing_is_added(segmenter):
    assert follow("那产值呢？", None, segmenter)[0] == "那产值呢？"


def test_a_verb_glued_to_the_names_end_is_taken_off(segmenter):
    assert thread("船山时间谷有多少企业", Segmenter("jieba")).subject == "船山时间谷"
