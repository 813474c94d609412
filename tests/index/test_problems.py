"""It is true of what is told of one source's problems that …"""

from __future__ import annotations

from index.problems import KEPT, counted, summed


def test_a_few_are_told_one_by_one_with_their_place() -> None:
    assert summed([("", "断了"), ("第2行", "没有正文"), ("第5行", "没有正文")]) == (
        "断了",
        "第2行：没有正文",
        "第5行：没有正文",
    )


def test_many_of_one_kind_are_one_sentence_with_a_count() -> None:
    (sentence,) = summed([(f"第{number}行", "没有正文") for number in range(1, 41)])
    assert counted(sentence) == ("没有正文（第1行、第2行、第3行 等）", 40)
    assert counted(summed([("", "标题推断")] * 9)[0]) == ("标题推断", 9)


def test_however_many_there_are_no_more_are_kept_than_anybody_reads_and_none_is_uncounted() -> None:
    sentences = summed([(f"第{number}行", f"不是 JSON（{number // 5}）") for number in range(5000)])
    assert len(sentences) == KEPT + 1
    assert sum(counted(sentence)[1] for sentence in sentences) == 5000


def test_a_sentence_with_a_sign_of_its_own_counts_once() -> None:
    assert counted("《2×2》：没有正文") == ("《2×2》：没有正文", 1)
