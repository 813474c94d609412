"""Folding: every character in its place, and simplified as OpenCC has the whole text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from index.normalize import fold, fold_all

DEPENDENT = """
乾隆 乾杯 慰藉 憑藉 藉口 深沈 沈陽 覆蓋 答覆 關於 鍾書 鍾錶 徵求 魏徵 瞭望 明瞭 麼 公釐 英哩 坏 土坏 昇 上昇 計畫
臺灣 企業 東 的 。 , 12 A 間
""".split()  # noqa: SIM905
SIMPLIFIED = OpenCC("t2s")


@given(st.lists(st.sampled_from(DEPENDENT), min_size=1, max_size=12))
def test_characters_that_depend_on_those_beside_them_are_simplified_as_in_the_whole_text(pieces):
    text = "".join(["臺", *pieces])
    assert fold(text) == SIMPLIFIED.convert(text).lower()


@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x2FFFF), max_size=40))
def test_nothing_moves_and_what_is_folded_stays(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert fold_all([text, "臺", text]) == [folded, "台", folded]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ　１２３，（甲）", "abc 123,(甲)"),
        ("臺\ud800灣", "台\ud800湾"),
        ("𠮷野家關於", "𠮷野家关于"),
        ("\ufa61覺", "视觉"),
        ("", ""),
    ],
)
def test_width_case_and_form_make_no_difference(text, folded):
    assert fold(text) == folded
