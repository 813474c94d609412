"""The trees written after training score as LightGBM's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from index import learned, letters, training, trees
from index.answer import Archive, ask
from index.engines import open_engine
from index.tokens import open_segmenter

from . import newsprint

lightgbm = pytest.importorskip("lightgbm", exc_type=ImportError)

NAMES = ["a", "b", "c", "d"]
TOWNS = ["河口", "望城", "青石", "安平", "南洲", "北坡", "东岭", "西塘", "云溪", "石桥", "柳林", "长湾"]
COUNTED = {"瓷厂": "家", "学校": "所", "医院": "座", "公交车": "辆"}


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "COMMON", {**training.COMMON, "num_threads": 1})


def groups(count: int, size: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Rows whose first columns tell, mostly, which row of each group is right; a third of all cells are zero."""
    draw = np.random.default_rng(3)
    rows, labels = [], []
    for _ in range(count):
        table = np.round(draw.normal(size=(size, len(NAMES))), 3) * (draw.random((size, len(NAMES))) > 0.3)
        right = np.zeros(size)
        right[(table[:, 0] + 0.5 * table[:, 1] + 0.1 * draw.normal(size=size)).argmax()] = 1
        rows.append(table.astype(np.float32))
        labels.append(right)
    return rows, labels


@pytest.mark.parametrize("name", ["passages", "begins", "spans", "confidence"])
def test_what_is_written_scores_as_lightgbm_does(name, monkeypatch):
    monkeypatch.setitem(training.ROUNDS, name, 20)
    rows, labels = groups(60, 12)
    booster = training.fit(name, rows, labels)
    ensemble = trees.parse(training.write(booster, NAMES, name))
    table = np.concatenate(rows)
    own = booster.predict(table, raw_score=True)
    assert ensemble.features == tuple(NAMES)
    assert np.ptp(own) > 0.1
    assert np.abs(ensemble.predict(table) - own).max() < 1e-3
    written = [
        {leaf["leaf_index"]: float(training._short(leaf["leaf_value"])) for leaf in leaves(tree["tree_structure"])}
        for tree in booster.dump_model()["tree_info"]
    ]
    fallen = booster.predict(table, pred_leaf=True)
    expected = [sum(values[leaf] for values, leaf in zip(written, row, strict=True)) for row in fallen]
    assert ensemble.predict(table) == pytest.approx(expected, abs=1e-9)


def leaves(node):
    """Yield the leaves of a tree as LightGBM dumps it."""
    if "leaf_value" in node:
        yield node
    else:
        yield from leaves(node["left_child"])
        yield from leaves(node["right_child"])


def test_the_right_row_is_learnt_to_be_first(monkeypatch):
    monkeypatch.setitem(training.ROUNDS, "spans", 30)
    rows, labels = groups(80, 10)
    ensemble = trees.parse(training.write(training.fit("spans", rows, labels), NAMES, "spans"))
    first = [wanted[ensemble.predict(table).argmax()] for table, wanted in zip(rows, labels, strict=True)]
    assert np.mean(first) > 0.6


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An index of invented towns, and questions on it in SQuAD's form."""
    folder = tmp_path_factory.mktemp("taught")
    entries, articles = [], []
    for number, town in enumerate(TOWNS):
        what = list(COUNTED.items())
        facts = [(noun, f"{number * 7 + at + 3}{unit}") for at, (noun, unit) in enumerate(what)]
        context = f"{town}镇在河的北边。" + "".join(f"镇上的{noun}一共有{figure}。" for noun, figure in facts)
        questions = [
            {
                "question": f"{town}镇有多少{noun}",
                "answers": [{"text": fig, "answer_start": context.index(f"有{fig}") + 1}],
            }
            for noun, fig in facts
        ]
        entries.append({"paragraphs": [{"context": context, "qas": questions}]})
        articles.append({"title": f"{town}镇", "paragraphs": [context]})
    newsprint.build(folder, articles).engine.close()
    (folder / "questions.json").write_text(json.dumps({"data": entries}), "utf-8")
    return folder / "index", folder / "questions.json"


def test_the_command_writes_every_model_and_they_answer(taught, tmp_path, monkeypatch, capsys):
    index, questions = taught
    monkeypatch.setattr(training, "ROUNDS", dict.fromkeys(training.ROUNDS, 8))
    monkeypatch.setattr(training, "COMMON", {**training.COMMON, "min_data_in_leaf": 3})
    out, folds = tmp_path / "out", tmp_path / "folds"
    monkeypatch.setattr(sys, "argv", ["training", f"{index}={questions}", "--out", str(out), "--folds", str(folds)])
    training.main()
    assert "48 questions" in capsys.readouterr().err
    names = {"letters", "passages", "begins", "ends", "spans", "finalists", "sentences", "confidence"}
    assert {path.stem for path in out.iterdir()} == names
    assert len(list(folds.glob("*/spans.txt"))) == training.FOLDS
    learned_now = {name: (out / f"{name}.txt").read_text("utf-8") for name in names}
    odds = letters.parse(learned_now.pop("letters"))
    ensembles = {name: trees.parse(text) for name, text in learned_now.items()}
    for name, columns in newsprint.feature_names(open_segmenter(open_engine(index).meta)).items():
        assert list(ensembles[name].features) == columns
    engine = open_engine(index)
    archive = Archive(engine, open_segmenter(engine.meta))
    with learned.using({**ensembles, "letters": odds}):
        for town in TOWNS[:3]:
            newsprint.check(ask(f"{town}镇有多少学校", archive), archive)


def test_questions_without_a_candidate_are_left_out(taught):
    index, questions = taught
    engine = open_engine(index)
    examples = list(training.read_examples(Archive(engine, open_segmenter(engine.meta)), questions))
    examples[0].text = "？"
    assert len(training.retrieve(examples)) == len(examples) - 1


def test_a_question_is_altered_to_one_that_its_paragraph_does_not_answer(taught):
    index, questions = taught
    engine = open_engine(index)
    examples = training.retrieve(list(training.read_examples(Archive(engine, open_segmenter(engine.meta)), questions)))
    asked = examples[0]
    asked.paragraph = "河口镇在河的北边。镇上的瓷厂一共有3家。"
    others = [training.altered(asked, examples, seed) for seed in range(10)]
    for other in others:
        assert other is not None
        assert other.question.text == other.text
        town, _, noun = other.text.partition("镇有多少")
        assert (town == "河口") != (noun == "瓷厂"), "one word is another"
        assert (noun if town == "河口" else town) not in asked.paragraph
    assert len({other.text for other in others}) > 2
    assert asked.text == "河口镇有多少瓷厂"


def test_a_question_is_not_altered_with_words_of_its_own_article(taught):
    index, questions = taught
    engine = open_engine(index)
    examples = training.retrieve(list(training.read_examples(Archive(engine, open_segmenter(engine.meta)), questions)))
    own = [one for one in examples if one.article == examples[0].article]
    assert len(own) == len(COUNTED)
    assert training.altered(own[0], own, 5) is None


def test_questions_on_one_article_share_a_fold(taught):
    index, questions = taught
    engine = open_engine(index)
    examples = training.read_examples(Archive(engine, open_segmenter(engine.meta)), questions)
    folds: dict[str, set[int]] = {}
    for example in examples:
        folds.setdefault(example.article, set()).add(example.fold)
    assert all(len(parts) == 1 for parts in folds.values())
    assert len(set.union(*folds.values())) > 1
