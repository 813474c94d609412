"""How characters are read, from pypinyin's own table: importing the package reads half a second of phrases as well."""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path

_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return how a character is read, without tones, commonest first; itself when the table does not have it."""
    written = _table().get(ord(character))
    return tuple(dict.fromkeys(map(_plain, written.split(",")))) if written else (character,)


def _plain(reading: str) -> str:
    """Return a syllable without its tone, ü as v: lǜ -> lv."""
    apart = "".join(mark for mark in unicodedata.normalize("NFD", reading) if mark not in _TONES)
    return unicodedata.normalize("NFC", apart).replace("ü", "v")


@cache
def _table() -> dict[int, str]:
    package = importlib.util.find_spec("pypinyin")
    assert package is not None
    assert package.origin is not None
    spec = importlib.util.spec_from_file_location("pypinyin_table", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table: dict[int, str] = module.pinyin_dict
    return table
