"""Readings of characters without the package's phrases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.pinyin import readings


@pytest.mark.parametrize(
    ("character", "read"), [("中", ("zhong",)), ("绿", ("lv", "lu")), ("长", ("zhang", "chang")), ("a", ("a",))]
)
def test_a_character_is_read_without_tones_commonest_first(character, read):
    assert readings(character) == read


def test_every_common_character_is_read_as_the_package_reads_it():
    from pypinyin import Style, pinyin

    for code in range(0x4E00, 0x9FA6, 7):
        character = chr(code)
        assert readings(character) == tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0]), character


def test_reading_a_character_leaves_the_package_s_phrases_unread():
    program = "import sys; from index.pinyin import readings; readings('中'); print('pypinyin' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    asked = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert asked.stdout == "False\n"
