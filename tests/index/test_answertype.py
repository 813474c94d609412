"""What spans lose that are of another sort than the question asks for."""

from __future__ import annotations

import numpy as np
import pytest

from index import answertype, extraction, learned
from index.concordance import Concordance
from index.normalize import fold
from index.question import read_question
from index.spans import Spans

from . import newsprint
from .newsprint import ensemble, passage, ranked, terms


def spans_of(text: Concordance, *written: str) -> Spans:
    """The first occurrence of each of some words, which begin and end where tokens do."""
    start = np.array([text.text.index(fold(one)) for one in written])
    end = start + [len(one) for one in written]
    first, last = np.searchsorted(text.token_start, start), np.searchsorted(text.token_end, end)
    assert (text.token_start[first] == start).all()
    assert (text.token_end[last] == end).all()
    return Spans(first, last, start, end)


def taken(question: str, sentence: str, spans: list[str], jieba) -> list[float]:
    """What each span loses."""
    text = newsprint.concordance([sentence], jieba)
    return answertype.penalties(read_question(question, jieba), spans_of(text, *spans), text)[0].tolist()


@pytest.mark.parametrize("question", ["产业集群在哪些领域", "是哪几个领域", "哪两个领域领先"])
def test_where_several_are_asked_a_list_as_a_whole_loses_nothing_and_its_pieces_do(jieba, question):
    sentence = "园区在钟表、仪表和眼镜等领域形成集群。"
    whole, piece, single = taken(question, sentence, ["钟表、仪表和眼镜", "仪表", "园区"], jieba)
    assert whole == 0
    assert piece == answertype.LISTLESS + answertype.BROKEN
    assert single == answertype.LISTLESS


def test_where_one_is_asked_lists_are_spans_like_any_other(jieba):
    assert taken("集群是什么", "园区在钟表、仪表和眼镜等领域形成集群。", ["钟表、仪表和眼镜", "仪表"], jieba) == [0, 0]


@pytest.mark.parametrize(
    ("question", "meant", "other"),
    [
        ("水库水位有多高", "155米", "35亿立方米"),
        ("试验持续了多长时间", "320秒", "7台"),
        ("一共花了多少钱", "90万元", "30家"),
        ("大桥多长", "2公里", "3年"),
        ("石头多重", "3吨", "2米"),
        ("厂长今年多少岁", "56岁", "50亿元"),
        ("一年生产多少万只碗", "30万只", "50亿元"),
        ("厂里有几名工人", "500多名", "8800余亩"),
        ("鱼长多少厘米", "65-70厘米", "3倍"),
        ("保单有多少户", "2020万", "35%"),
        ("园区占地多少亩", "10公顷", "26家"),
        ("企业比去年多了百分之几", "12%", "26家"),
        ("鱼的体长是多少", "42公分", "20倍"),
        ("自来水普及率 截至2025年底", "96%", "30万人"),
        ("食品进出口额", "30亿元", "58.9%"),
        ("园区营收增速", "7.3%", "10万亿元"),
        ("事故受伤人数", "26人", "60公里"),
        ("花江峡谷大桥 高度", "625米", "3年"),
        ("总面积是多少", "220亩", "26家"),
        ("快了几个百分点", "3个百分点", "55万亿元"),
    ],
)
def test_an_amount_of_another_measure_loses(jieba, question, meant, other):
    right, wrong = taken(question, f"这里有{other}，另有{meant}。", [meant, other], jieba)
    assert right == 0
    assert wrong == answertype.OTHER_MEASURE


def test_no_amount_loses_where_none_is_of_the_measure_asked_for(jieba):
    assert taken("水库水位有多高", "这里有7台，另有30家。", ["7台", "30家"], jieba) == [0, 0]


@pytest.mark.parametrize(
    ("question", "fits", "does_not"),
    [
        ("大桥哪一年通车", ["2024年"], ["5月20日", "前天"]),
        ("大桥哪天通车", ["5月20日", "前天"], ["2024年"]),
        ("大桥是几月几号通的车", ["5月20日", "前天"], ["2024年"]),
        ("大桥什么时候通车", ["2024年", "5月20日", "前天"], []),
        ("哪个年代的大桥", ["2024年", "5月20日", "前天"], []),
        ("何时日本大桥通车", ["2024年", "5月20日", "前天"], []),
    ],
)
def test_another_sort_of_time_loses_where_a_year_or_a_day_is_asked(jieba, question, fits, does_not):
    lost = taken(question, "大桥2024年建成，5月20日通车，前天检修。", fits + does_not, jieba)
    assert lost == [0] * len(fits) + [answertype.INEXACT] * len(does_not)


@pytest.mark.parametrize(("span", "lost"), [("李明23日", 1), ("昨天李明", 1), ("李明", 0)])
def test_a_person_with_a_day_beside_loses(jieba, span, lost):
    assert taken("大桥由谁设计", "据说昨天李明23日设计大桥。", [span], jieba) == [lost * answertype.TIMED]


@pytest.mark.parametrize(
    "dateline", ["本报讯（记者李明）", "央视网消息（新闻联播）：", "新华社北京5月3日电 ", "据中新网消息，"]
)
def test_who_reports_is_no_answer_unless_asked_for(jieba, dateline):
    sentence = f"{dateline}大桥由王强设计。"
    assert taken("大桥由谁设计", sentence, ["王强"], jieba) == [0]
    text = newsprint.concordance([sentence], jieba)
    spans = Spans(*(np.array([at]) for at in (0, 0, 0, int(text.token_end[0]))))
    lost, _ = answertype.penalties(read_question("大桥由谁设计", jieba), spans, text)
    assert lost[0] >= answertype.DATELINE
    lost, _ = answertype.penalties(read_question("记者是谁", jieba), spans, text)
    assert lost[0] < answertype.DATELINE


@pytest.mark.parametrize("sentence", ["国家电网供电，大桥由王强设计。", "两家报社发了电报，大桥由王强设计。"])
def test_a_sentence_that_begins_alike_is_no_dateline(jieba, sentence):
    text = newsprint.concordance([sentence], jieba)
    spans = Spans(*(np.array([at]) for at in (0, 0, 0, int(text.token_end[0]))))
    assert answertype.penalties(read_question("大桥由谁设计", jieba), spans, text)[0][0] < answertype.DATELINE


@pytest.mark.parametrize("question", ["大桥为什么停工", "大桥怎么停工的"])
def test_a_reason_or_a_manner_is_told_with_a_verb(jieba, question):
    name, clause = taken(question, "大桥因为资金不足停工，在王家镇。", ["王家镇", "资金不足停工"], jieba)
    assert (name, clause) == (answertype.VERBLESS, 0)


@pytest.mark.parametrize(
    ("question", "span", "is_none"),
    [
        ("海关有多少人", "2005年", True),
        ("票房是多少", "到2003年4月19日", True),
        ("他今年多大", "2月24日", True),
        ("票房是多少", "2003年的1.2亿元", False),
        ("海关有多少人", "142人", False),
        ("海关有多少人", "全体", True),
        ("工资是多少", "加工零件", True),
        ("编号是多少", "L3", False),
        ("占多少", "三分之一", False),
        ("厂子办了多少年", "1905年", False),
        ("会开了几天", "5日", False),
        ("合同期多久", "三年", False),
        ("一碗茶多少钱", "两块钱", False),
    ],
)
def test_a_date_or_no_number_at_all_is_no_amount(jieba, question, span, is_none):
    text = newsprint.concordance([span], jieba)
    whole = spans_of(text, span)
    assert answertype.amountless(read_question(question, jieba), whole, text).tolist() == [is_none]


@pytest.mark.parametrize(("question", "lead"), [("大桥什么时候通车", answertype.NO_TIME), ("大桥怎么通车", 0)])
def test_what_names_no_time_is_behind_what_does_where_a_time_is_asked(jieba, question, lead):
    asked = read_question(question, jieba)
    names = newsprint.feature_names(jieba)
    with learned.using({name: ensemble(names[name], {"tokens": (-1, 0)}) for name in ("spans", "finalists")}):
        passages = [passage("王工设计的大桥西汉末才通车。", jieba)]
        reading = extraction.read_closely(asked, terms(asked), ranked(passages))
    told = [reading.text.text[a:b] for a, b in zip(reading.spans.start, reading.spans.end, strict=True)]
    timed = np.array(["末" in span for span in told])
    assert timed.any()
    assert not timed.all()
    assert (reading.scores[timed][:, None] - reading.scores[~timed] == lead).all()


@pytest.mark.parametrize(
    ("span", "names_none"),
    [
        ("8800余亩", True),
        ("142家", True),
        ("大桥", True),
        ("1998", False),
        ("1998-2003", False),
        ("二〇〇三", False),
        ("八十", False),
        ("上午8点", False),
        ("10:30", False),
        ("今年5月20日", False),
        ("西汉末", False),
        ("长征二号丁运载火箭", True),
        ("5月20号", False),
        ("20号", False),
    ],
)
def test_a_number_with_another_unit_names_no_time(jieba, span, names_none):
    text = newsprint.concordance([span], jieba)
    whole = spans_of(text, span)
    assert answertype._timeless(whole, text).tolist() == [names_none]


@pytest.mark.parametrize("question", ["本届论坛的主题是什么", "论坛年度主题", "论坛以什么主题举办"])
@pytest.mark.parametrize(
    "sentence",
    [
        "论坛在河口市举行，以“一江春水 共护未来”为主题。",
        "论坛在河口市举行，主题为“一江春水 共护未来”。",
        "论坛在河口市举行，围绕“一江春水 共护未来”的主题讨论。",
    ],
)
def test_where_a_theme_is_asked_all_but_the_one_given_loses(jieba, question, sentence):
    spans = ["“一江春水 共护未来”", "一江春水 共护未来", "一江春水", "河口市"]
    assert taken(question, sentence, spans, jieba) == [0, 0, answertype.OFF_THEME, answertype.OFF_THEME]
    assert taken("论坛在哪举办", sentence, ["河口市"], jieba) == [0]


def test_where_a_country_is_asked_what_names_none_loses(jieba):
    sentence = "广场在巴黎市区西北部，是法国的名胜，不属于汉国。"
    spans = ["市区西北部", "法国", "法国的名胜", "汉国"]
    assert taken("广场位于哪个国家", sentence, spans, jieba) == [answertype.HOMELESS, 0, 0, 0]


@pytest.mark.parametrize(
    ("sentence", "home", "other"),
    [
        ("他走访了三百家企业，是衡阳县籍小伙。", "衡阳县", "企业"),
        ("他是江西南昌人，后来去了广州。", "江西南昌人", "广州"),
        ("他生于衡阳，后来去了广州。", "衡阳", "广州"),
        ("厂里有产业工人，诊泉村村民也在。", "诊泉村", "产业工人"),
    ],
)
def test_where_somebody_comes_from_is_told_as_such(jieba, sentence, home, other):
    text = newsprint.concordance([sentence], jieba)
    question = read_question("他是哪里人", jieba)
    lost, lacking = answertype.penalties(question, spans_of(text, home, other), text)
    assert lacking.tolist() == [False, True]
    assert lost[1] - lost[0] >= answertype.HOMELESS


def test_a_theme_of_which_pieces_alone_are_left_is_better_than_what_is_outside(jieba):
    sentence = "论坛在河口市举行，主题为“一江春水 共护未来”。"
    assert taken("论坛主题", sentence, ["一江春水", "河口市"], jieba) == [0, answertype.OFF_THEME]
    assert taken("论坛主题", "论坛在河口市举行。", ["河口市"], jieba) == [0]
