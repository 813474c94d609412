"""It is true of figures that …"""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.figures import BadFigure, figure_of, find_figures, parse_amount, same_figure, same_unit
from index.model import Figure


def found(text: str) -> list[tuple[str, str, str]]:
    return [(figure.written, str(figure.value), figure.unit) for figure in find_figures(text)]


def figure(written: str) -> Figure:
    result = figure_of(written)
    assert result is not None, written
    return result


class TestParseAmount:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("142", "142"),
            ("1,234.5", "1234.5"),
            ("1.2万", "12000"),
            ("3千万", "30000000"),
            ("2.5万亿", "2500000000000"),
            ("1亿2000万", "120000000"),
            ("1万2000", "12000"),
            ("１．２万", "12000"),
            ("３萬", "30000"),
            ("十", "10"),
            ("十五", "15"),
            ("二十", "20"),
            ("两百", "200"),
            ("一百零五", "105"),
            ("一百四十二", "142"),
            ("三千五", "3500"),
            ("一万二", "12000"),
            ("一万零五百", "10500"),
            ("一千零一十", "1010"),
            ("三亿五千万", "350000000"),
            ("三万亿", "3000000000000"),
            ("三点五亿", "350000000"),
            ("二〇二四", "2024"),
            ("1/4", "0.25"),
            ("四分之一", "0.25"),
            ("百分之三十", "0.3"),
            ("千万", "10000000"),
        ],
    )
    def test_a_numeral_has_one_value(self, written: str, value: str) -> None:
        assert parse_amount(written) == Decimal(value)

    @pytest.mark.parametrize(
        "debris",
        [
            "1.2.3万",
            "",
            " ",
            "abc",
            "142家",
            "12,34",
            "1万2亿",
            "三五",
            "一二百",
            "三千四千",
            "万万万",
            "五百百",
            "1/0",
            "零分之一",
            "点五",
            "三点",
            "1..2",
            "9" * 99,
            "一" * 99,
            "分之",
            "/",
            "-",
        ],
    )
    def test_debris_has_none(self, debris: str) -> None:
        with pytest.raises(BadFigure):
            parse_amount(debris)

    @given(st.text(alphabet="0123456789.,/零〇一二两九十百千万亿点分之- 家"))
    def test_anything_else_is_a_bad_figure_and_no_other_error(self, written: str) -> None:
        with contextlib.suppress(BadFigure):
            assert parse_amount(written).is_finite()

    @given(st.integers(min_value=0, max_value=10**16))
    def test_arabic_digits_mean_themselves_with_or_without_separators(self, number: int) -> None:
        assert parse_amount(str(number)) == parse_amount(f"{number:,}") == number


class TestFindFigures:
    @pytest.mark.parametrize(
        ("text", "written", "value", "unit"),
        [
            ("全县共有茶厂142家", "142家", "142", "家"),
            ("有140多家作坊", "140多家", "140", "家"),
            ("占地8800余亩", "8800余亩", "8800", "亩"),
            ("投资近90亿元", "近90亿元", "9000000000", "元"),
            ("产值在50亿元以上", "50亿元以上", "5000000000", "元"),
            ("日产30万只", "30万只", "300000", "只"),
            ("共花费1,234.5元", "1,234.5元", "1234.5", "元"),
            ("增长12.5%", "12.5%", "12.5", "%"),
            ("百分之三点五的人", "百分之三点五", "3.5", "%"),
            ("超过了3亿元", "超过了3亿元", "300000000", "元"),
            ("工人一百四十二名", "一百四十二名", "142", "名"),
            ("下了两场雨", "两场", "2", "场"),
            ("十几家店", "十几家", "10", "家"),
            ("上百家店", "上百家", "100", "家"),
            ("近万名学生", "近万名", "10000", "名"),
            ("突破亿元大关", "突破亿元", "100000000", "元"),
            ("十万余人", "十万余人", "100000", "人"),
            ("长3km²", "3km²", "3", "平方公里"),
            ("走了2个多小时", "2个多小时", "2", "小时"),
            ("3年多来", "3年多", "3", "年"),
            ("气温降到-5℃", "-5℃", "-5", "℃"),
            ("零下12度", "零下12度", "-12", "度"),
            ("售价200元/吨", "200元/吨", "200", "元/吨"),
            ("已有2000多年", "2000多年", "2000", "年"),
            ("近2000年历史", "近2000年", "2000", "年"),
            ("約３０萬隻", "約３０萬隻", "300000", "只"),
            ("兩百餘戶", "兩百餘戶", "200", "户"),
            ("GDP1.2万亿元", "1.2万亿元", "1200000000000", "元"),
            ("占三成", "三成", "3", "成"),
            ("约 30 万元", "约 30 万元", "300000", "元"),
            ("桥长1.5公里", "1.5公里", "1.5", "公里"),
            ("仅1家", "1家", "1", "家"),
            ("栽树3株", "3株", "3", "株"),
            ("已投产110,", "110", "110", ""),
        ],
    )
    def test_a_quantity_keeps_its_wording_and_gets_a_value_and_a_unit(
        self, text: str, written: str, value: str, unit: str
    ) -> None:
        assert found(text) == [(written, value, unit)]

    def test_every_quantity_of_a_sentence_is_found_in_order(self) -> None:
        text = "镇上有作坊35家,其中开工28家、停工7家,工人1200多名,去年产值达3.5亿元"
        assert [figure.written for figure in find_figures(text)] == ["35家", "28家", "7家", "1200多名", "达3.5亿元"]

    @pytest.mark.parametrize(
        "text",
        [
            "2024年5月20日上午10时30分",
            "二〇二四年五月",
            "二○二四年",
            "10:30开门",
            "2024-05-20",
            "2024/5/20",
            "20日",
            "5月3日至6日",
            "八点三十分到",
            "二十世纪七八十年代",
            "80年代",
            "三季度",
            "2024届",
            "第23段",
            "第1、2、3名",
            "第一百四十二家",
            "A01版",
            "电话18460367976",
            "0734-8812345",
            "400-123-4567",
            "编号20240520",
            "5G网络",
            "歼-20战机",
            "“3+5”体系",
            "3:1获胜",
            "110指挥中心",
            "192.168.1.1",
            "1.2.3万元",
            "三农",
            "四川",
            "九江市",
            "万科",
            "千万不要",
            "十分重要",
            "万一",
            "统一",
            "二级",
            "光绪三年(1877)",
            "十字架",
            "1993/1994赛季",
            "《棋谱3》",
            "零部件",
            "“十五”规划",
            "十四五规划",
            "一家老店",
            "一方面",
            "双方",
            "数十家",
            "三五个",
            "五六十人",
            "30-50家",
            "3至5万元",
            "3台阶",
            "1.加强管理",
            "(1)加强",
            "签约",
            "3号楼",
            "",
        ],
    )
    def test_dates_times_codes_ordinals_names_and_what_is_left_open_are_none(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize(
        ("text", "written"),
        [("已签约26家", "26家"), ("节约3亿元", "3亿元"), ("附近3家", "3家"), ("马达2台", "2台"), ("最近3天", "3天")],
    )
    def test_the_end_of_another_word_qualifies_nothing(self, text: str, written: str) -> None:
        assert [figure.written for figure in find_figures(text)] == [written]

    def test_the_ends_of_a_range_with_units_are_two(self) -> None:
        assert found("落地30家至50家") == [("30家", "30", "家"), ("50家", "50", "家")]

    def test_a_list_mark_is_no_digit_of_the_number_behind_it(self) -> None:
        assert found("①3家茶厂②20名工人") == [("3家", "3", "家"), ("20名", "20", "名")]

    @given(st.text(alphabet="0123456789.,:-/+%近约超多余来几第零〇一二两十百千万亿半分之点年月日家个元℃以上 km①隻"))
    def test_offsets_are_into_the_text_given_and_figures_do_not_overlap(self, text: str) -> None:
        end = 0
        for one in find_figures(text):
            assert text[one.start : one.end] == one.written
            assert one.start >= end
            end = one.end


class TestFigureOf:
    @pytest.mark.parametrize(
        ("span", "value", "unit"),
        [
            ("142家", "142", "家"),
            ("500多名", "500", "名"),
            ("突破50亿元", "5000000000", "元"),
            ("80%", "80", "%"),
            ("一家", "1", "家"),
            ("十五", "15", ""),
            ("15", "15", ""),
            (" 142家 ", "142", "家"),
            ("1/4", "0.25", ""),
        ],
    )
    def test_a_span_that_is_one_quantity_is_a_figure(self, span: str, value: str, unit: str) -> None:
        assert (str(figure(span).value), figure(span).unit) == (value, unit)

    def test_a_qualified_fraction_is_a_figure(self) -> None:
        assert figure("近三分之一").written == "近三分之一"
        assert round(figure("近三分之一").value, 4) == Decimal("0.3333")

    @pytest.mark.parametrize(
        "span",
        [
            "30家至50家",
            "30-50家",
            "2016年",
            "2015",
            "今年5月20日",
            "18460367976",
            "第23段",
            "累计142家",
            "142家茶厂",
            "茶厂",
            "",
            "2小时30分钟",
        ],
    )
    def test_ranges_dates_numbers_of_other_kinds_and_longer_spans_are_none(self, span: str) -> None:
        assert figure_of(span) is None


class TestSameFigure:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("30万只", "300000只"),
            ("142家", "一百四十二家"),
            ("超140家", "140多家"),
            ("142家", "142个"),
            ("10公里", "10000米"),
            ("三成", "30%"),
            ("130亿元", "达130亿元"),
            ("20名", "20人"),
            ("2吨", "2000公斤"),
            ("約30萬隻", "30万只左右"),
        ],
    )
    def test_other_spellings_of_an_amount_are_the_same(self, a: str, b: str) -> None:
        assert same_figure(figure(a), figure(b))
        assert same_figure(figure(b), figure(a))

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("142家", "140多家"),
            ("140家", "140多家"),
            ("近90亿元", "90亿元"),
            ("超90亿元", "近90亿元"),
            ("约3万人", "3万人"),
            ("50亿元", "50亩"),
            ("50亿元", "50亿美元"),
            ("3年", "3个"),
            ("不超过5人", "超过5人"),
            ("20%", "20"),
        ],
    )
    def test_another_amount_unit_or_qualification_is_another_figure(self, a: str, b: str) -> None:
        assert not same_figure(figure(a), figure(b))


def test_units_of_the_same_kind_count_alike_and_others_do_not() -> None:
    assert same_unit("人", "位")
    assert same_unit("名", "位")
    assert same_unit("km", "公里")
    assert same_unit("个", "家")
    assert not same_unit("个", "元")
    assert not same_unit("家", "人")
    assert not same_unit("元", "美元")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("体长65-70厘米。", [("65-70厘米", "70", "厘米")]),
        ("招工3至5人，月薪8000元", [("3至5人", "5", "人"), ("8000元", "8000", "元")]),
        ("30家至50家", [("30家", "30", "家"), ("50家", "50", "家")]),
        ("2020-21赛季", []),
        ("约15—20分钟", [("15—20分钟", "20", "分钟")]),
    ],
)
def test_a_range_has_its_upper_end_for_a_value_where_ranges_count(text: str, found: list[tuple[str, str, str]]) -> None:
    figures = find_figures(text, ranges=True)
    assert [(one.written, str(one.value), one.unit) for one in figures] == found
    assert all(text.startswith(one.written, one.start) for one in figures)
