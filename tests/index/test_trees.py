"""Trees written as text score as they read, and the shipped ones know the features they are given."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import learned, trees

from . import newsprint

TWO = """# made up
features length numerals

0:10 -1 1:2.5 0.5 2
# a word in between
1:0 0.25 -0.25
"""


def scores(text: str, *rows: tuple[float, ...]) -> list[float]:
    return trees.parse(text).predict(np.array(rows, np.float32)).tolist()


def test_a_score_is_the_sum_of_the_leaves_it_comes_to_in_every_tree():
    assert scores(TWO, (9, 0), (11, 2), (11, 3)) == [-0.75, 0.25, 1.75]


def test_a_value_equal_to_the_threshold_goes_left():
    assert scores("features a\n0:3 1 2", (3,), (3.5,)) == [1, 2]


def test_a_tree_may_be_a_single_leaf():
    assert scores("features a\n0.5\n0:1 1 2", (0,), (2,)) == [1.5, 2.5]


def test_features_are_named_in_column_order():
    assert trees.parse(TWO).features == ("length", "numerals")


def test_there_are_no_scores_of_no_rows():
    assert trees.parse(TWO).predict(np.zeros((0, 2), np.float32)).shape == (0,)


def chain(levels: int) -> str:
    return "features a\n" + " ".join(f"0:{n} {n}" for n in range(levels)) + f" {levels}"


def test_an_unbalanced_tree_is_walked_to_its_deepest_leaf():
    assert scores(chain(8), *((float(n),) for n in range(9))) == list(range(9))


def test_a_deeper_tree_is_refused():
    with pytest.raises(ValueError, match="more than 8 levels"):
        trees.parse(chain(9))


def test_all_trees_may_be_single_leaves():
    assert scores("features a\n0.5\n2", (0,), (2,)) == [2.5, 2.5]


@pytest.mark.parametrize("many", [1, 8, 63, 64, 65, 200])
def test_as_many_rows_as_wanted_are_scored_at_once(many):
    assert scores(chain(8), *((n % 9,) for n in range(many))) == [n % 9 for n in range(many)]


Node = float | tuple[int, float, "Node", "Node"]
LEAVES = st.integers(-8, 8).map(lambda n: n / 4)
NODES = st.recursive(
    LEAVES, lambda inner: st.tuples(st.integers(0, 2), st.integers(-3, 3).map(float), inner, inner), max_leaves=9
)


def written(tree: Node) -> str:
    nodes, level = [], [tree]
    while level:
        nodes += [f"{node[0]}:{node[1]}" if isinstance(node, tuple) else str(node) for node in level]
        level = [below for node in level if isinstance(node, tuple) for below in node[2:]]
    return " ".join(nodes)


def walked(node: Node, row: tuple[int, ...]) -> float:
    while isinstance(node, tuple):
        column, threshold, left, right = node
        node = left if row[column] <= threshold else right
    return node


@settings(max_examples=80, deadline=None)
@given(
    forest=st.lists(NODES, min_size=1, max_size=4),
    rows=st.lists(st.tuples(*[st.integers(-4, 4)] * 3), min_size=1, max_size=6),
)
def test_any_trees_score_as_if_walked_one_by_one(forest, rows):
    text = "\n".join(["features a b c", *map(written, forest)])
    assert scores(text, *rows) == [sum(walked(tree, row) for tree in forest) for row in rows]


class TestTheBestRows:
    """Of a thousand rows; the first tree sees one column, the second another."""

    TREES = trees.parse("features a b\n0:0.5 0 1\n1:0.5 0 0.25")
    ROWS = np.random.default_rng(5).random((1000, 2)).astype(np.float32)

    def test_of_the_first_trees_have_their_whole_score_and_the_others_none(self):
        scores = self.TREES.predict_best(self.ROWS, 1, 100)
        kept = np.isfinite(scores)
        assert kept.sum() == 100
        assert (self.ROWS[kept, 0] > 0.5).all()
        assert scores[kept] == pytest.approx(self.TREES.predict(self.ROWS)[kept])
        assert (scores[~kept] == -np.inf).all()

    @pytest.mark.parametrize(("first", "most"), [(1, 1000), (2, 100), (9, 1)])
    def test_are_all_where_there_is_nothing_to_leave_out(self, first, most):
        assert self.TREES.predict_best(self.ROWS, first, most).tolist() == self.TREES.predict(self.ROWS).tolist()

    def test_part_by_part_add_up(self):
        first, others = self.TREES.split(1)
        assert (first.count, others.count) == (1, 1)
        assert first.predict(self.ROWS) + others.predict(self.ROWS) == pytest.approx(self.TREES.predict(self.ROWS))


class TestOtherTreesInThePlaceOfTheShipped:
    OTHER = trees.parse("features a\n7")

    def test_are_used_inside_the_block_only(self):
        with learned.using({"confidence": self.OTHER}):
            assert trees.load("confidence") is self.OTHER
            assert trees.load("passages") is not self.OTHER
        assert trees.load("confidence") is not self.OTHER

    def test_are_gone_after_an_error_too(self):
        with pytest.raises(RuntimeError), learned.using({"confidence": self.OTHER}):
            raise RuntimeError
        assert trees.load("confidence") is not self.OTHER


class TestTheShippedTrees:
    @pytest.mark.parametrize("name", ["passages", "begins", "ends", "spans", "finalists", "sentences", "confidence"])
    def test_were_taught_on_the_features_they_are_given(self, jieba, name):
        ensemble = trees.load(name)
        columns = newsprint.feature_names(jieba)
        assert list(ensemble.features) == columns[name]
        assert 0 <= ensemble.feature.min() <= ensemble.feature.max() < len(columns[name])
        assert np.isfinite(ensemble.value).all()

    def test_are_small(self):
        sizes = {path.name: len(path.read_bytes()) for path in files("index.models").iterdir() if ".txt" in path.name}
        assert len(sizes) == 8
        assert sum(sizes.values()) <= 300_000
