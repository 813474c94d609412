"""Every stretch that could be an answer is listed, and described in numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import extraction, spans
from index.concordance import Concordance
from index.question import read_question
from index.spans import Spans

from . import newsprint
from .newsprint import concordance

QUESTION = "时间谷有多少企业"


def listed(text: Concordance) -> list[str]:
    found = spans.list_spans(text, every_sentence(text))
    return written(text, found)


def written(text: Concordance, found: Spans) -> list[str]:
    return [text.text[a:b] for a, b in zip(found.start.tolist(), found.end.tolist(), strict=True)]


def every_sentence(text: Concordance) -> np.ndarray:
    return np.arange(len(text.sentence_start))


def described(text: Concordance, found: Spans, question, jieba) -> dict[str, np.ndarray]:
    asked = read_question(question, jieba)
    scores = -np.arange(len(text.lengths), dtype=float)
    evidence = extraction.gather(text, newsprint.terms(asked), scores)
    rows, names = spans.describe(found, text, asked, evidence)
    assert rows.shape == (len(found.start), len(names))
    assert np.isfinite(rows).all()
    return dict(zip(names, rows.T, strict=True))


@pytest.mark.parametrize(
    ("printed", "answers"),
    [
        ("截至目前,累计签约引进企业142家,其中投产110家。", ["142家", "110家", "累计签约引进企业142家"]),
        ("今年5月20日,首开区剪彩启用。", ["今年5月20日", "5月20日", "首开区"]),
        ("他写了《时间的谷》，又名“谷中记”。", ["《时间的谷》", "时间的谷", "“谷中记”", "谷中记"]),
        ("自给率在80%左右。", ["80%", "80%左右"]),
        ("因为人工贵了、订单起起落落，几家厂才互相压价。", ["人工贵了、订单起起落落", "因为人工贵了、订单起起落落"]),
    ],
)
def test_answers_of_every_sort_are_among_them(jieba, printed, answers):
    assert set(answers) <= set(listed(concordance([printed], jieba)))


def test_long_ones_are_whole_clauses(jieba):
    clause = "把招商和融资担保还有专家楼员工宿舍以及孩子上学这些事情样样都安排得妥妥当当"
    found = listed(concordance([f"市里{clause}，厂就建起来了。"], jieba))
    assert f"市里{clause}" in found
    assert f"市里{clause}"[:-3] not in found


def test_as_many_quotes_and_brackets_open_as_close(jieba):
    text = concordance(["会长唐英（女）说“好”，《日报》登了“稿子”。"], jieba)
    spans_found = listed(text)
    assert "“好”,《日报》登了“稿子”" in spans_found
    for span in spans_found:
        assert sum(map(span.count, "“(《")) == sum(map(span.count, "”)》"))


def test_none_crosses_a_sentence_or_a_passage(jieba):
    text = concordance(["园区开了。企业来了", "工人也来了。"], jieba)
    assert not any("。" in span or "\n" in span for span in listed(text))


def test_only_the_sentences_given_are_looked_at(jieba):
    text = concordance(["园区开了。企业来了。"], jieba)
    second = np.array([1])
    assert set("".join(written(text, spans.list_spans(text, second)))) <= set("企业来了")
    assert written(text, spans.single_tokens(text, second))[-1] == "。"


def test_numbers_say_what_stands_before_and_behind(jieba):
    text = concordance(["时间谷有142家企业，南边有9家医院。"], jieba, QUESTION)
    found = spans.list_spans(text, every_sentence(text))
    columns = described(text, found, QUESTION, jieba)
    texts = written(text, found)
    near, far = texts.index("142家"), texts.index("9家")
    assert columns["focus_gap_behind"][near] == 0
    assert columns["focus_gap_behind"][far] > 40
    assert columns["gap_behind"][near] < columns["gap_behind"][far]
    assert columns["digits"][near] == 3
    assert columns["characters"][near] == 4


def test_the_passages_behind_change_nothing_but_what_compares(jieba):
    one, two = ["时间谷有142家企业。"], ["时间谷有142家企业。", "别处也有企业9家。"]
    small, large = concordance(one, jieba, QUESTION), concordance(two, jieba, QUESTION)
    first = described(small, spans.list_spans(small, np.array([0])), QUESTION, jieba)
    again = described(large, spans.list_spans(large, np.array([0])), QUESTION, jieba)
    changed = {name for name in first if not np.array_equal(first[name], again[name])}
    compared = {"sentence_lag", "words_lag", "repeated"}
    assert {name for name in changed if not name.removeprefix("clause_").startswith(("rare_", "letters_"))} <= compared


def nearness(texts, jieba, question, span):
    text = concordance(texts, jieba, question)
    found = spans.list_spans(text, every_sentence(text))
    asked = read_question(question, jieba)
    evidence = extraction.gather(text, newsprint.terms(asked), -np.arange(len(texts), dtype=float))
    table, names = spans.nearness(found, text, asked, evidence)
    return dict(zip(names, table[written(text, found).index(span)].tolist(), strict=True))


def test_what_stands_nearer_counts_more(jieba):
    near = nearness(["时间谷有142家企业。"], jieba, QUESTION, "142家")
    far = nearness(["时间谷有在城南的新区里陆续建成的142家企业。"], jieba, QUESTION, "142家")
    assert near["letters_nearness"] > far["letters_nearness"]
    assert near["letters_found_within_6"] > far["letters_found_within_6"]
    assert near["letters_found_within_20"] == pytest.approx(far["letters_found_within_50"])


def test_what_stands_in_the_span_or_in_another_passage_is_not_near_it(jieba):
    assert nearness(["时间谷"], jieba, "时间谷", "时间谷")["letters_nearness"] < 0.01
    assert nearness(["142家", "时间谷"], jieba, "时间谷", "142家")["letters_nearness"] < 0.01


def test_order_is_that_of_the_question(jieba):
    kept = nearness(["时间谷有142家企业。"], jieba, QUESTION, "142家")
    turned = nearness(["企业共142家，在时间谷。"], jieba, QUESTION, "142家")
    assert kept["letters_in_order"] > turned["letters_in_order"]


LETTERS = st.one_of(
    st.sampled_from("时间谷有企业家多14２0万%,，。：“”《》（）()、—…\n 時😀𠮷"), st.characters(codec="utf-8")
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(LETTERS, min_size=1, max_size=120), min_size=1, max_size=3),
    question=st.sampled_from([QUESTION, "时间", "谁", "哪里有时间谷？"]),
)
def test_any_texts_have_spans_that_can_be_described(jieba, texts, question):
    text = concordance(texts, jieba, question)
    found = spans.list_spans(text, every_sentence(text))
    described(text, found, question, jieba)
    assert (found.start < found.end).all()
    assert (text.passage_at[found.start] == text.passage_at[found.end - 1]).all()
    assert (text.token_start[found.first] == found.start).all()
    assert (text.token_end[found.last] == found.end).all()
    sizes = found.last - found.first + 1
    assert (found.end - found.start)[sizes > spans.LONGEST_IN_TOKENS].max(initial=0) <= spans.LONGEST_IN_CHARACTERS + 35
