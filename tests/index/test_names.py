"""A misspelt name is understood, and what the archive holds as written is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.model import Candidate, Citation, Passage
from index.names import Correction, NameIndex, correct, held_by
from index.normalize import fold
from index.tokens import Token, bigrams

ROOT = Path(__file__).resolve().parents[2]
NAMES = NameIndex(["云溪机械谷", "机械谷", "星湖公园", "望城二桥", "南洲大剧院"])
TEXT = "云溪机械谷集聚企业90家,星湖公园今年开放。市民从望城二桥过江,到南洲大剧院看戏。江南路通车,溪水清。"


def known(written: str) -> bool:
    return written in TEXT


def tokens(text: str, *words: str) -> list[Token]:
    """Cut `text` into the given words and single characters."""
    out = []
    at = 0
    while at < len(text):
        word = next((word for word in words if text.startswith(word, at)), text[at])
        out.append(Token(word, at, at + len(word), "n"))
        at += len(word)
    return out


def understood(question: str, *words: str) -> str | None:
    found = correct(question, tokens(question, *words), NAMES, known)
    if found is None:
        return None
    assert question[found.start : found.end] == found.written
    return found.name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("匀溪机械谷有多少企业", "云溪机械谷"),
        ("云西机械谷有多少企业", "云溪机械谷"),
        ("运西机谢谷有多少企业", "云溪机械谷"),
        ("哪年开放星胡公园", "星湖公园"),
        ("机泄谷在哪里", "机械谷"),
    ],
)
def test_a_name_with_wrong_characters_of_the_same_sound_is_understood(question, name):
    assert understood(question) == name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("新湖公园何时开放", "星湖公园"),
        ("星福公园何时开放", "星湖公园"),
        ("蓝洲大剧院有多少座位", "南洲大剧院"),
        ("南走大剧院有多少座位", "南洲大剧院"),
    ],
)
def test_one_syllable_that_people_mix_up_is_understood(question, name):
    assert understood(question) == name


def test_two_syllables_that_people_mix_up_are_too_many():
    assert understood("蓝走大剧院有多少座位") is None


@pytest.mark.parametrize("question", ["云溪机棚谷有多少企业", "云溪机谷有多少企业", "云溪机械器谷有多少企业"])
def test_one_wrong_missing_or_extra_character_in_a_long_name_is_understood(question):
    assert understood(question) == "云溪机械谷"


@pytest.mark.parametrize(
    "question",
    [
        "云溪机械谷有多少企业",
        "机械谷有多少企业",
        "溪水清不清",
        "江南路通车了吗",
        "市长是谁",
        "",
        "?!",
    ],
)
def test_what_the_archive_holds_as_written_is_never_corrected(question):
    assert understood(question) is None


def test_a_name_the_archive_holds_is_not_taken_for_one_that_sounds_alike():
    names = NameIndex(["星湖公园"])
    cut = tokens("兴湖公园何时开放")
    assert correct("兴湖公园何时开放", cut, names, known) is not None
    assert correct("兴湖公园何时开放", cut, names, lambda text: text in TEXT + "兴湖公园") is None


@pytest.mark.parametrize("question", ["望城三桥何时通车", "望城2桥何时通车", "望城两桥何时通车"])
def test_a_number_is_never_a_misspelling(question):
    assert understood(question) is None


def test_a_word_of_its_own_is_not_cut_to_make_a_name():
    assert understood("机械股份有多少", "机械", "股份") is None
    assert understood("机械股有多少", "机械") == "机械谷"


def test_a_function_word_that_sticks_to_a_strange_character_does_not_hide_a_name():
    assert understood("云溪机械股有多少企业", "机械", "股有") == "云溪机械谷"


def test_another_known_word_in_a_names_place_is_another_thing():
    names = NameIndex(["江东新区"])
    held = "江北今年植树。北新路通车。"
    assert correct("江北新区有多少人", tokens("江北新区有多少人"), names, lambda text: text in held) is None


def test_two_names_that_fit_as_well_leave_the_question_as_it_is():
    names = NameIndex(["星湖公园", "兴湖公园"])
    assert correct("型湖公园何时开放", tokens("型湖公园何时开放"), names, known) is None


def test_at_most_one_name_is_corrected_and_the_closest_is():
    found = correct("新湖公园到匀溪机械谷多远", tokens("新湖公园到匀溪机械谷多远"), NAMES, known)
    assert found == Correction("匀溪机械谷", "云溪机械谷", 5, 10)


def test_names_in_traditional_characters_are_found_from_simplified_ones():
    names = NameIndex(["雲溪機械谷"])
    found = correct("匀溪机械谷", tokens("匀溪机械谷"), names, known)
    assert found is not None
    assert found.name == "云溪机械谷"


def test_names_that_are_short_or_not_chinese_are_left_out():
    assert NameIndex(["云溪", "A股市场", "3D打印谷", "云溪谷"]).names == {"云溪谷"}


def test_a_question_whose_characters_are_all_known_loads_no_pinyin():
    program = (
        "import sys\n"
        "from index.names import NameIndex, correct\n"
        "names = NameIndex(['云溪机械谷'])\n"
        "assert correct('市长是谁', [], names, lambda text: True) is None\n"
        "assert correct('云溪机械谷有多少企业', [], names, lambda text: True) is None\n"
        "sys.exit('pypinyin' in sys.modules or 'rapidfuzz' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


class Shelf:
    """An engine over a few texts, as far as `held_by` asks."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.folded = [fold(text) for text in texts]

    def holders(self, question: str) -> dict[str, int]:
        return {pair: sum(pair in text for text in self.folded) for pair in bigrams(question)}

    def search(self, query, limit):
        citation = Citation("p", "a", "s", 1)
        found = [
            text for text, folded in zip(self.texts, self.folded, strict=True) if any(map(folded.count, query.bigrams))
        ]
        return [Candidate(Passage(text, citation, ""), 1.0) for text in found][:limit]


def test_the_archive_knows_a_text_that_stands_in_a_passage_whatever_its_script():
    shelf = Shelf("雲溪機械谷集聚企業", "穿山甲出没")
    known = held_by(shelf, shelf.holders("云溪机械谷在穿山溪谷吗"))
    assert known("云溪机械谷")
    assert known("穿山")
    assert not known("溪谷")


def test_pairs_that_stand_apart_are_no_text_of_the_archive():
    shelf = Shelf("穿山甲出没", "山溪流过")
    assert not held_by(shelf, shelf.holders("穿山溪"))("穿山溪")
