"""What letters say of an answer's edges: learned from counts, kept as text."""

from __future__ import annotations

import numpy as np

from index import letters

TEXT = "镇上的学校有12所,医院有3座。"


def codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def counts(*spans: tuple[int, int]) -> np.ndarray:
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return letters.count(codes(TEXT), starts, ends)


def test_letters_are_counted_where_they_stand():
    figure = TEXT.index("12所")
    counted = counts((figure, figure + 3))
    for place, letter in zip(letters.PLACES, "有1所,", strict=True):
        row = counted[letters.PLACES.index(place)]
        assert np.flatnonzero(row).tolist() == [ord(letter)]
        assert row[ord(letter)] == 1


def test_the_texts_last_letter_is_behind_what_ends_it():
    assert counts((0, len(TEXT)))[3][ord("。")] == 1


def test_odds_rise_with_answers_and_a_rare_letter_says_little():
    of_answers, of_others = (np.zeros((4, 0x10000), np.int64) for _ in range(2))
    of_answers[0, [ord("有"), ord("的"), ord("罕")]] = 90, 10, 1
    of_others[0, [ord("有"), ord("的"), ord("罕")]] = 100, 900, 0
    odds = letters.learn(of_answers, of_others)[0]
    assert odds[ord("有")] > 1 > odds[ord("罕")] > 0 > odds[ord("的")]
    assert odds[ord("甲")] == 0


def test_what_is_written_reads_back_in_tenths():
    odds = np.zeros((4, 0x10000), np.float32)
    odds[:, ord("有")] = 1.26, -0.5, 0, 3
    odds[1, ord("\n")] = -2
    odds[2, ord("空")] = 0.6
    read = letters.parse(letters.write(odds))
    assert read[:, ord("有")].round(1).tolist() == [np.float32(tenth).round(1) for tenth in (1.3, -0.5, 0, 3)]
    assert read[1, ord("\n")] == -2
    assert not read[:, ord("空")].any()


def test_the_shipped_odds_know_what_stands_before_an_answer():
    odds = letters.load()
    assert odds[0, ord("叫")] > 0 > odds[0, ord("·")]
