"""The likeliest spans are compared with one another: overlaps, wordings, places."""

from __future__ import annotations

import numpy as np
import pytest

from index import finalists
from index.concordance import Concordance
from index.finalists import COMPARED, Finalists
from index.spans import Spans, list_spans
from index.tokens import Segmenter, pack

TEXT = "园区有9家企业,去年投产4家企业。园区在河口。"


@pytest.fixture(scope="module")
def text() -> Concordance:
    cut = pack(Segmenter("jieba").cut(TEXT))
    return Concordance([TEXT], [cut], [], [])


@pytest.fixture(scope="module")
def spans(text: Concordance) -> Spans:
    return list_spans(text, np.arange(len(text.sentence_start)))


def scored(text: Concordance, spans: Spans, **worth: float) -> tuple[np.ndarray, Finalists]:
    """Give the named wordings a score, their first place a little more than the next; all others get none."""
    scores = np.full(len(spans.start), -50.0)
    for number, (start, end) in enumerate(zip(spans.start.tolist(), spans.end.tolist(), strict=True)):
        wording = text.text[start:end]
        if wording in worth:
            scores[number] = worth[wording] - start / 100
    return finalists.choose(spans, text, scores)


def described(some: Finalists) -> dict[str, np.ndarray]:
    table = finalists.describe(np.zeros((len(some.score), 3), np.float32), some)
    assert table.shape == (len(some.score), 3 + len(COMPARED))
    return dict(zip(COMPARED, table.T[3:], strict=True))


def test_the_best_come_first_and_no_more_than_forty(text, spans):
    best, some = scored(text, spans, **{"9家": 3.0, "9家企业": 2.0})
    assert len(best) == min(finalists.FINALISTS, len(spans.start))
    assert [text.text[a:b] for a, b in zip(some.start[:2], some.end[:2], strict=True)] == ["9家", "9家企业"]
    assert (np.diff(some.score) <= 0).all()
    assert spans.start[best].tolist() == some.start.tolist()


def test_chances_add_up_and_overlaps_agree(text, spans):
    _, some = scored(text, spans, **{"9家": 3.0, "9家企业": 3.0})
    seen = described(some)
    assert seen["chance"].sum() == pytest.approx(1, abs=1e-5)
    wide, narrow = np.flatnonzero(some.end - some.start == 4)[0], np.flatnonzero(some.end - some.start == 2)[0]
    assert some.alike[wide, narrow] == pytest.approx(2 * 2 / (4 + 2))
    assert seen["chance_around"][narrow] == pytest.approx(seen["chance"][wide], abs=1e-5)
    assert seen["chance_within"][wide] == pytest.approx(seen["chance"][narrow], abs=1e-5)
    assert seen["chance_around"][wide] == pytest.approx(0, abs=1e-5)
    assert seen["share_of_first"][0] == seen["share_in_first"][0] == 1


def test_the_same_words_elsewhere_agree_wholly(text, spans):
    _, some = scored(text, spans, 园区=3.0)
    first, second = range(2)
    assert some.same[first, second]
    assert some.alike[first, second] == 1
    assert some.sentence[first] != some.sentence[second]
    seen = described(some)
    assert seen["chance_of_wording"][first] == pytest.approx(seen["chance"][second], abs=1e-5)
    assert seen["chance_apart"][first] == pytest.approx(0, abs=1e-5)


def test_nothing_to_compare_is_compared_without_complaint(text, spans):
    best, some = finalists.choose(spans.take(np.zeros(0, np.int64)), text, np.zeros(0))
    assert len(best) == 0
    assert described(some)["score"].shape == (0,)


def test_one_alone_has_nothing_wider(text, spans):
    _, some = finalists.choose(spans.take(np.array([0])), text, np.array([1.5]))
    seen = described(some)
    assert seen["chance"] == pytest.approx([1])
    assert seen["wider"][0] == seen["narrower"][0] < -10
