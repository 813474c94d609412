"""Which passages are read closely, and which spans are shortlisted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import extraction

from .newsprint import passage, ranked


@pytest.mark.parametrize(
    ("scores", "read"), [([0] * 6, 4), ([2, 1.5, -0.5, -2.5, -3], 3), ([9, 0, 0, 0], 1), ([-4], 1)]
)
def test_passages_are_read_that_stand_in_front_and_not_far_behind_the_best(jieba, scores, read):
    some = ranked([passage("时间谷", jieba, article=f"a{number}") for number in range(len(scores))])
    some = replace(some, scores=np.array(scores, float))
    assert extraction.foremost(some) == some.passages[:read]


@given(scores=st.lists(st.integers(0, 5), max_size=30), most=st.integers(1, 10))
def test_the_best_are_those_a_full_sort_puts_first(scores, most):
    values = np.array(scores, float)
    assert extraction._best(values, most).tolist() == np.argsort(-values, kind="stable")[:most].tolist()
