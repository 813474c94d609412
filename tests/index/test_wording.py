"""An answer is the whole amount, date or name, and of several amounts the one that is asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from index import wording
from index.figures import find_figures
from index.question import read_question

from . import newsprint


@pytest.mark.parametrize(
    ("printed", "question", "taken", "meant"),
    [
        ("时间谷签约企业142家，其中投产110家。", "时间谷有多少企业投产", "142家", "110家"),
        ("时间谷签约企业142家，其中投产110家。", "时间谷签约多少企业", "142家", "142家"),
        ("规模企业15家、高新技术企业8家。", "有多少高新技术企业", "15家", "8家"),
        ("学校有90位教师、400余位学生。", "学校有多少学生", "400余位", "400余位"),
        ("机上有379名旅客，25人受伤。", "有多少人受伤", "25人", "25人"),
        ("河长72公里。另一条河面宽20公里。", "河面有多宽", "72公里", "72公里"),
    ],
)
def test_of_a_listing_the_amount_behind_its_label_is_meant(jieba, printed, question, taken, meant):
    start = printed.index(taken)
    asked, figures = read_question(question, jieba), find_figures(printed)
    begin, end = wording.meant_amount(printed, start, start + len(taken), asked, figures)
    assert printed[begin:end] == meant


@pytest.mark.parametrize(
    ("printed", "question", "taken", "meant"),
    [
        ("全线有51座桥梁、20座隧道。", "公路有多少座隧道", "51座", "20座"),
        ("3名士兵受伤，5名维和人员受伤。", "几名维和人员受伤", "3名", "5名"),
        ("改造124处大型灌区和1000多处中型灌区。", "改造多少处大型灌区", "1000多处", "124处"),
        ("贷款发给21家全国性机构和5家城市商业银行。", "贷款发给几家城商行", "21家", "5家"),
        ("全线有51座桥梁、20座隧道。", "公路有多少座", "51座", "51座"),
        ("全线有51座桥梁，长20公里隧道。", "公路有多少座隧道", "51座", "51座"),
        ("全线有51座桥梁。另有20座隧道。", "公路有多少座隧道", "51座", "51座"),
    ],
)
def test_of_a_sentence_the_amount_before_what_is_counted_is_meant(jieba, printed, question, taken, meant):
    start = printed.index(taken)
    asked, figures = read_question(question, jieba), find_figures(printed)
    begin, end = wording.meant_amount(printed, start, start + len(taken), asked, figures)
    assert printed[begin:end] == meant


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
    start, end = wording.whole_name(newsprint.concordance([text], jieba), start, start + len(span))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("今天（11月23日）正式搬迁。", "今天", "今天（11月23日）"),
        ("今天(11月23日)正式搬迁。", "今天", "今天(11月23日)"),
        ("今年5月20日启用。", "今年", "今年5月20日"),
        ("今天（星期日）正式搬迁。", "今天", "今天"),
        ("今天正式搬迁（11月23日）。", "今天", "今天"),
        ("今天（11月23日上午）正式搬迁。", "今天", "今天"),
    ],
)
def test_a_day_is_shown_with_the_date_that_explains_it(text, span, shown):
    start = text.index(span)
    start, end = wording.whole_date(text, start, start + len(span), dt.date(2022, 11, 23))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("如今聚着140多家做钟表的企业。", "如今聚着140多家做钟表", "140多家"),
        ("海拔350公里处有云。", "海拔350公里", "350公里"),
        ("用电18小时停一次。", "18", "18小时"),
        ("签约142家,投产110家。", "142家,投产110家", "142家,投产110家"),
        ("共有24,672人。", "672人", "24,672人"),
        ("长度约1,000米。", "长度约1", "约1,000米"),
        ("有2、3个人。", "3个人", "3个"),
        ("排名第149位。", "149位", "第149位"),
        ("获第11届新人奖。", "第11", "第11届"),
        ("跑出12秒87。", "12秒", "12秒87"),
        ("以1比3告负。", "1比", "1比3"),
    ],
)
def test_the_one_amount_in_the_span_of_a_number_question_is_its_answer(text, span, shown):
    start = text.index(span)
    start, end = wording._whole_amount(text, start, start + len(span), find_figures(text))
    assert text[start:end] == shown


@pytest.mark.parametrize(
    ("text", "question", "span", "shown"),
    [
        ("老桥于民国16年通车。", "老桥哪一年通车", "16年", "民国16年"),
        ("老桥于崇祯四年通车。", "老桥什么时候通车", "四年", "崇祯四年"),
        ("老桥于公元372年通车。", "老桥哪一年通车", "372年", "公元372年"),
        ("佛教372年传入。", "佛教哪一年传入", "372年", "372年"),
        ("老桥于1927年通车。", "老桥哪一年通车", "1927年", "1927年"),
        ("他的任期四年。", "他的任期是几年", "四年", "四年"),
        ("民国16年通车。", "老桥民国几年通车", "16年", "民国16年"),
    ],
)
def test_a_year_is_shown_with_the_era_it_counts_in(jieba, text, question, span, shown):
    start = text.index(span)
    begin = wording.with_era(newsprint.concordance([text], jieba), start, read_question(question, jieba))
    assert text[begin : start + len(span)] == shown


@pytest.mark.parametrize(
    ("question", "span", "shown"),
    [
        ("老桥哪一年通车", "1999年7月1日", "1999年"),
        ("老桥什么时候通车", "1999年7月1日", "1999年7月1日"),
        ("老桥是哪一年几月通车的", "1999年7月1日", "1999年7月1日"),
        ("老桥何年通车", "1947年初", "1947年"),
        ("老桥哪一年通车", "同年9月", "同年9月"),
        ("老桥什么时候通车", "2002年时", "2002年"),
        ("老桥从哪天起收费", "9月15日起", "9月15日"),
        ("老桥哪天通车", "5月11日在京举行", "5月11日"),
        ("老桥什么时候通车", "天命六年(1621年)六十岁", "天命六年(1621年)"),
        ("老桥什么时候通车", "十月廿一", "十月廿一"),
        ("老桥什么时候通车", "2017年12月19日18时", "2017年12月19日18时"),
        ("老桥什么时候通车", "1807年至1809年间", "1807年至1809年间"),
        ("老桥什么时候通车", "大桥通车那天", "大桥通车那天"),
        ("老桥什么时候通车", "1980年代", "1980年代"),
        ("老桥在2012年奥运会前什么时候通车", "2012年奥运会", "2012年奥运会"),
    ],
)
def test_the_date_that_is_asked_is_shown_without_what_follows_it(jieba, question, span, shown):
    start, end = wording.meant_time(span, 0, len(span), read_question(question, jieba), None)
    assert span[start:end] == shown
