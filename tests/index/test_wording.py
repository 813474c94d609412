"""An answer is the whole amount, and of several the one that is asked for."""

from __future__ import annotations

import pytest

from index import wording
from index.figures import find_figures
from index.question import read_question


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
