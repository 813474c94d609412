"""It is true of reading bytes as text that …"""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encoding import decode, read_text
from index.errors import UnknownEncoding, UnreadableSource

SIMPLIFIED = "河口镇的石桥建于一九五八年，这是全县最长的一座桥，来往的人们都说它结实。\n桥头有一家茶馆。\n"
TRADITIONAL = "河口鎮的石橋建於一九五八年，這是全縣最長的一座橋，來往的人們都說它結實。\n橋頭有一家茶館。\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_simplified_text_comes_back_from_every_known_encoding(name: str) -> None:
    assert decode(SIMPLIFIED.encode(name), "a.txt") == SIMPLIFIED


@pytest.mark.parametrize("name", ["utf-8", "gb18030", "big5", "cp950"])
def test_traditional_text_comes_back_from_every_known_encoding(name: str) -> None:
    """Nearly every Big5 text is also strict GB18030: only what it would say tells which one it is."""
    assert decode(TRADITIONAL.encode(name), "a.txt") == TRADITIONAL


def test_two_characters_in_gbk_are_enough() -> None:
    assert decode("石桥".encode("gbk"), "a.txt") == "石桥"


def test_every_kind_of_line_end_becomes_a_newline() -> None:
    assert decode(b"a\r\nb\rc\n", "a.txt") == "a\nb\nc\n"


def test_mixed_encodings_are_a_named_error_with_the_line() -> None:
    mixed = SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030")
    with pytest.raises(UnknownEncoding, match=r"混.*a\.txt|a\.txt.*第 3 行") as caught:
        decode(mixed, "a.txt")
    assert caught.value.source == "a.txt"


def test_utf8_after_gb18030_is_a_named_error_too() -> None:
    with pytest.raises(UnknownEncoding):
        decode(SIMPLIFIED.encode("gb18030") + SIMPLIFIED.encode(), "a.txt")


def test_damaged_utf8_is_not_read_as_something_else() -> None:
    whole = (SIMPLIFIED.replace("\n", "") * 20).encode()
    with pytest.raises(UnknownEncoding):
        decode(whole[:301] + whole[302:], "a.txt")


def test_a_wrong_byte_order_mark_is_a_named_error() -> None:
    with pytest.raises(UnknownEncoding, match="UTF-8"):
        decode(b"\xef\xbb\xbf\xff\xff", "a.txt")


@pytest.mark.parametrize(("data", "reason"), [(b"", "空"), (b" \n\t", "空"), (b"PK\x03\x04\0\0", "二进制")])
def test_empty_and_binary_data_are_told_apart(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        decode(data, "a.txt")


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"gone\.txt"):
        read_text(tmp_path / "gone.txt")


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="读不出来"):
        read_text(tmp_path)
