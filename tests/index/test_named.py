"""An answer that is a name is shown whole, and alone."""

from __future__ import annotations

import pytest

from index import named
from index.question import read_question

from . import newsprint


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("国防部长加兰特下令封锁。", "兰特", "加兰特"),
        ("瓜达卢普河发洪水。", "达卢普", "瓜达卢普"),
        ("巴达维尔在袭击中身亡。", "巴达维", "巴达维尔"),
        ("抵达多米尼加。", "多米尼加", "多米尼加"),
        ("加拿大总理特鲁多说。", "总理特鲁多", "总理特鲁多"),
        ("馆长大卫·莱斯特说。", "莱斯特", "大卫·莱斯特"),
        ("秘书长奥列格·奥泽罗夫说。", "奥列格", "奥列格·奥泽罗夫"),
        ("由约翰·白朗设计。", "白朗", "约翰·白朗"),
        ("“桥”·“路”两章。", "桥", "桥"),
        ("·莱斯特", "莱斯特", "莱斯特"),
        ("莱斯特·", "莱斯特", "莱斯特"),
    ],
)
def test_a_foreign_name_that_was_cut_apart_is_shown_whole(jieba, text, span, shown):
    start = text.index(span)
    start, end = named.whole_name(newsprint.concordance([text], jieba), start, start + len(span))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("作者是中国小说家熊召政。", "中国小说家熊召政", "熊召政"),
        ("被无线电视的潘嘉德发掘。", "无线电视的潘嘉德", "潘嘉德"),
        ("作者是小说家熊召政和导演王小明。", "小说家熊召政和导演王小明", "小说家熊召政和导演王小明"),
        ("由熊召政写成。", "熊召政", "熊召政"),
        ("由市政府出版。", "市政府", "市政府"),
        ("熊召政信心满满地说。", "熊召政信心满满地说", "熊召政"),
        ("小说家熊召政介绍，书已出版。", "小说家熊召政介绍", "熊召政"),
    ],
)
def test_a_person_is_named_without_what_describes_them(jieba, text, span, shown):
    start = text.index(span)
    begin, end = named.bare_name(newsprint.concordance([text], jieba), start, start + len(span))
    assert text[begin:end] == shown


@pytest.mark.parametrize(
    ("question", "span", "shown"),
    [
        ("他是哪国人", "葡萄牙足球运动员", "葡萄牙"),
        ("他是哪国人", "意大利人", "意大利"),
        ("比赛在哪个国家举行", "印度尼西亚两地", "印度尼西亚"),
        ("比赛在哪个国家举行", "美国和英国", "美国和英国"),
        ("比赛在哪个国家举行", "刚果民主共和国", "刚果民主共和国"),
        ("比赛在哪个国家举行", "吉尔吉斯斯坦", "吉尔吉斯斯坦"),
        ("比赛在哪里举行", "葡萄牙里斯本", "葡萄牙里斯本"),
        ("镇子在哪个省", "辽宁省凤城市西南部", "辽宁省"),
        ("岛在哪个岛", "千岛群岛", "千岛群岛"),
        ("她是哪里人", "江西南昌人", "江西南昌"),
        ("她是哪里人", "客家人", "客家人"),
        ("她是哪里人", "古人", "古人"),
    ],
)
def test_the_sort_of_place_that_is_asked_is_shown_alone(jieba, question, span, shown):
    start, end = named.meant_place(span, 0, len(span), read_question(question, jieba))
    assert span[start:end] == shown
