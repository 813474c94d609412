"""A question says what sort of answer it wants, and which of its words must be found."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.normalize import fold
from index.question import KINDS, read_question


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            "number",
            "船山时间谷有多少企业|园区一共几家企业投产|嘉树镇的瓷厂有几家？|这座桥有多长|他多大了|新楼多高|这是第几届运动会"
            "|一年要开几次课|招商电话是多少|能住几多人|他带了几万大军？|修桥花了多久的时间？"
            "|时间谷 投产 企业数|湘江大桥 高度|龙舟赛决赛比分|手表厂职工人数|水电站 年发电量|自来水普及率 截至2025年底",
        ),
        (
            "time",
            "产业园什么时候启用|唐灵军何时回到衡阳|协会哪一年成立|项目是几月启动的|比赛在哪天举行|大桥几月几号通车"
            "|什么年代的手表|哪个月最忙|厂子于何年何月停产|大桥啥时候通车|龙舟赛 举办时间",
        ),
        (
            "person",
            "厂长是谁|谁当选了会长|哪位科学家得了奖|哪些人参加了会议|报告由何人起草|哪个人先到|什么人可以报名"
            "|救人的消防员叫什么名字|龙舟赛开幕式 主持人",
        ),
        (
            "place",
            "看样的地点在哪里|公司总部位于何处|衡阳在哪个省|孩子去哪儿上学|嘉树镇属于哪个市|在什么地方报名"
            "|看样的地点在哪|龙舟赛在哪开幕|龙舟赛 举办地点|龙舟赛在哪座城市举行",
        ),
        (
            "reason",
            "瓷厂为什么压价|停产的原因是什么|他为何离开广州|何以至此|因为什么停产|怎么会没有人|为啥关门"
            "|手表厂停产原因|这是为什么？|关门是因为什么|停产的原因为何？",
        ),
        ("manner", "如何报名|怎样领补贴|从园区怎么走|这家厂怎么样|从园区咋走"),
        (
            "thing",
            "芙蓉是什么牌子|机械表由什么组成|协会的前身叫什么|他做了哪三件事|牌子叫啥|哪种秤最准|工业总产值是|牌子叫？"
            "|石桥俗称为什么？|协会的前身为何？|园区后来改名为什么",
        ),
        ("name", "船山时间谷|衡阳手表厂历史|时间谷 投产|是否已经投产|《湘江的桥》|函数|人数|地址"),
    ],
)
def test_its_question_word_tells_the_kind(jieba, kind, questions):
    wrong = {text: got for text in questions.split("|") if (got := read_question(text, jieba).kind) != kind}
    assert wrong == {}


@pytest.mark.parametrize(
    "text", ["哪个日本画家来过", "哪一个天然灾害最多", "哪家日报登了", "哪个月球车先到", "哪个天文台"]
)
def test_words_that_begin_like_a_measure_of_time_ask_for_none(jieba, text):
    assert read_question(text, jieba).kind == "thing"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("多伦多大学有哪个学院最早", "thing"), ("许多高校的校长是谁", "person"), ("何师傅今年多大", "number")],
)
def test_a_measure_beside_another_question_word_asks_for_no_number(jieba, text, kind):
    assert read_question(text, jieba).kind == kind


def test_of_a_copula_with_what_only_the_what_is_asked(jieba):
    asked = read_question("石桥俗称为什么？", jieba)
    assert asked.folded[slice(*asked.asked)] == "什么"


@pytest.mark.parametrize(
    "text", ["几乎没有人来", "几内亚的首都", "多年以前的桥", "多大的雨会停课", "几十家企业", "好几百人的厂"]
)
def test_characters_of_a_question_word_in_another_word_ask_nothing(jieba, text):
    assert read_question(text, jieba).kind == "name"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("船山時間谷有多少企業", "船山时间谷有多少企业"),
        ("誰是會長", "谁是会长"),
        ("為什麼離開廣州", "为什么离开广州"),
        ("哪裡報名", "哪里报名"),
        ("總產值２０２４年是多少？", "总产值2024年是多少?"),
    ],
)
def test_traditional_and_full_width_questions_are_read_alike(jieba, traditional, simplified):
    one, other = read_question(traditional, jieba), read_question(simplified, jieba)
    assert (one.kind, one.asked, one.words, one.bigrams) == (other.kind, other.asked, other.words, other.bigrams)
    assert one.text == traditional


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("船山时间谷有多少企业", "多少"),
        ("协会哪一年成立", "哪一年"),
        ("衡阳在哪个省", "哪个省"),
        ("停产的原因是什么？", "的原因是什么"),
        ("会长是谁，什么时候当选的", "什么时候"),
        ("时间谷 企业数", ""),
        ("工业总产值是？", ""),
    ],
)
def test_the_question_word_is_found_where_it_stands(jieba, text, asked):
    question = read_question(text, jieba)
    assert question.folded[slice(*question.asked)] == asked


@pytest.mark.parametrize(
    ("text", "focus"),
    [
        ("船山时间谷有多少企业", "企业"),
        ("芙蓉是什么牌子", "牌子"),
        ("首开区占地多少亩", "亩"),
        ("哪位科学家得了奖", "科学家"),
        ("唐灵军的职业是什么", "职业"),
        ("协会哪一年成立", "年"),
        ("衡阳在哪个省", "省"),
        ("如何报名", ""),
        ("船山时间谷", ""),
    ],
)
def test_what_is_asked_after_is_the_noun_beside_the_question_word(jieba, text, focus):
    assert read_question(text, jieba).focus == focus


def test_words_are_content_words_without_question_words_and_fillers(jieba):
    words = read_question("请问船山时间谷的企业有多少家呢？", jieba).words
    assert {"船山时间谷", "企业", "家"} <= words.keys()
    assert words.keys().isdisjoint(["请问", "多少", "有", "的", "呢", "?"])


def test_shorter_words_inside_a_long_one_weigh_less(jieba):
    words = read_question("船山时间谷", jieba).words
    assert 0 < words["时间"] < words["船山时间谷"]


def test_no_bigram_reaches_over_or_into_the_question_word(jieba):
    bigrams = read_question("时间谷有多少企业", jieba).bigrams
    assert {"时间", "间谷", "企业"} <= bigrams.keys()
    assert bigrams.keys().isdisjoint(["有企", "有多", "多少", "少企"])


@pytest.mark.parametrize("polite", ["请问", "请问一下，", "我想知道", "请教", "你知道", "问一下："])
def test_politeness_changes_nothing(jieba, polite):
    plain, asked = read_question("会长是谁", jieba), read_question(f"{polite}会长是谁", jieba)
    assert (asked.folded, asked.kind, asked.words, asked.bigrams) == (
        plain.folded,
        plain.kind,
        plain.words,
        plain.bigrams,
    )


@pytest.mark.parametrize("text", ["拍卖会在哪里举行", "苗圃租赁权的竞价公告", "起拍价多少", "遗失声明", "中標公示"])
def test_notices_are_wanted_by_who_asks_for_them(jieba, text):
    assert read_question(text, jieba).wants_notices


@pytest.mark.parametrize("text", ["船山时间谷有多少企业", "会长是谁", "拍的照片在哪里", "苗圃有多大"])
def test_notices_are_not_wanted_by_others(jieba, text):
    assert not read_question(text, jieba).wants_notices


@pytest.mark.parametrize("text", ["", "  \n", "？", "🎉🎉", "\ud800", "的", "多少", "什么？", "...", "\x00"])
def test_a_question_without_a_content_word_looks_for_nothing_printed(jieba, text):
    question = read_question(text, jieba)
    assert question.words == {}
    assert question.bigrams == {}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(
        st.one_of(st.sampled_from("时间谷有多少几谁哪个年月为什么怎请问一下,:的是？。，《》１a😀"), st.characters()),
        max_size=40,
    )
)
def test_any_text_is_taken_apart_without_gaps(jieba, text):
    question = read_question(text, jieba)
    assert question.text == text
    assert question.kind in KINDS
    assert "".join(token.word for token in question.tokens) == question.folded
    start, end = question.asked
    assert 0 <= start <= end <= len(question.folded)
    assert fold(text.encode("utf-8", "replace").decode().strip()).endswith(question.folded)
    assert all(word in question.folded and weight > 0 for word, weight in question.words.items())
    assert all(pair in question.folded for pair in question.bigrams)
    assert question.focus in question.folded
