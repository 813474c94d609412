"""Numbered things are told apart by their numbers."""

from __future__ import annotations

import pytest

from index import editions

from . import newsprint


@pytest.mark.parametrize(
    ("question", "text", "title", "differs"),
    [
        ("第133届广交会有多少家企业参展", "第134届广交会有202家企业参展。", "", True),
        ("第133届广交会有多少家企业参展", "第一百三十三届广交会有3.5万家企业参展。", "", False),
        ("第133届广交会有多少家企业参展", "本届广交会有3.5万家企业参展。", "第133届广交会开幕", False),
        ("第133届广交会有多少家企业参展", "本届广交会有3.2万家企业参展。", "第139届广交会开幕", True),
        ("第133届广交会有多少家企业参展", "第133届广交会比第132届广交会多。", "", False),
        ("第133届广交会有多少家企业参展", "十四届全国人大、第14届运动会。", "", False),
        ("神舟二十号什么时候出舱", "神舟十九号出舱。", "", True),
        ("神舟20号什么时候出舱", "神舟二十号出舱，长征十号点火。", "", False),
        ("广交会有多少家企业参展", "第134届广交会有202家企业参展。", "", False),
    ],
)
def test_an_article_on_another_edition_is_set_back(jieba, question, text, title, differs):
    some = newsprint.passage(text, jieba)
    some = some._replace(citation=some.citation._replace(title=title))
    assert editions.penalties(question, [some]).tolist() == [editions.OTHER * differs]
