"""Question files are read as they are published, and what is wrong with one is named."""

from __future__ import annotations

import json

import pytest

from index.errors import BadQuestionFile, MissingPath
from index.testset import Place, read_from, read_testset

from . import newsprint

CONTEXT = "大桥全长1268米，今年5月通车。"


def squad(**changed):
    asked = {"question": "大桥有多长？", "answers": [{"text": "1268米", "answer_start": 4}]} | changed
    return {"data": [{"title": "大桥", "paragraphs": [{"context": CONTEXT, "qas": [asked]}]}]}


@pytest.fixture
def write(tmp_path):
    def write(content, name="set.json"):
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
        return file

    return write


def test_a_squad_file_gives_articles_and_questions_with_the_places_of_their_answers(write):
    testset = read_testset(write(squad()))
    assert testset.name == "set"
    assert testset.articles == (("大桥", (CONTEXT,)),)
    (question,) = testset.questions
    assert (question.text, question.answers) == ("大桥有多长？", ("1268米",))
    assert question.places == (Place(0, 0, CONTEXT, 4, 9),)


@pytest.mark.parametrize("start", [-1, 0, 7, None, "4"])
def test_an_answer_whose_offset_is_wrong_is_found_where_it_stands_first(write, start):
    testset = read_testset(write(squad(answers=[{"text": "1268米", "answer_start": start}])))
    assert testset.questions[0].places == (Place(0, 0, CONTEXT, 4, 9),)


def test_an_answer_that_stands_nowhere_has_no_place(write):
    (question,) = read_testset(write(squad(answers=[{"text": "两里", "answer_start": 4}]))).questions
    assert (question.answers, question.places) == (("两里",), ())


def test_the_same_answer_from_several_people_counts_once(write):
    gold = {"text": "1268米", "answer_start": 4}
    (question,) = read_testset(write(squad(answers=[gold, gold]))).questions
    assert len(question.answers) == len(question.places) == 1


def test_a_line_file_gives_questions_with_evidence_and_those_to_refuse(write):
    lines = [
        {"question": "桥多长", "answers": ["1268米"], "evidence": ["大桥全长1268米"], "kind": "number"},
        {"question": "桥名谁题", "answers": []},
    ]
    testset = read_testset(write("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "q.jsonl"))
    first, second = testset.questions
    assert (first.answers, first.evidence) == (("1268米",), ("大桥全长1268米",))
    assert second.answers == ()
    assert testset.articles == ()


class TestAnswersNamedByTheirPassage:
    @pytest.fixture
    def archive(self, tmp_path):
        return newsprint.build(
            tmp_path / "passages", [{"id": "bridge", "title": "大桥", "paragraphs": ["大桥全长1268米。"]}]
        )

    def test_are_read_from_the_archive(self, write, archive):
        passage = next(iter(archive.engine.passages(next(iter(archive.engine.manifest())))))
        name = passage.citation.passage_id.rpartition(".")[2]
        line = {"question": "桥多长", "passage": f"articles.jsonl#{name}", "spans": [[4, 9], [4, 8]]}
        testset = read_from(read_testset(write(json.dumps(line), "q.jsonl")), archive.engine)
        assert testset.questions[0].answers == ("1268米", "1268")
        assert testset.questions[0].evidence == ("大桥全长1268米。",)

    def test_of_a_passage_it_does_not_have_are_refused(self, write, archive):
        line = {"question": "桥多长", "passage": "articles.jsonl#0", "spans": [[4, 9]]}
        with pytest.raises(BadQuestionFile, match=r"articles\.jsonl#0"):
            read_from(read_testset(write(json.dumps(line), "q.jsonl")), archive.engine)

    def test_others_stay_as_they_are(self, write, archive):
        testset = read_testset(write(json.dumps({"question": "桥名谁题", "answers": []}), "q.jsonl"))
        assert read_from(testset, archive.engine) == testset


def test_questions_alone_become_simplified(write):
    testset = read_testset(write(squad(question="大橋有多長？"))).simplified()
    assert testset.questions[0].text == "大桥有多长？"
    assert testset.articles == (("大桥", (CONTEXT,)),)


def test_a_sample_is_taken_from_the_whole_file(write):
    lines = [json.dumps({"question": str(number), "answers": []}) for number in range(10)]
    testset = read_testset(write("\n".join(lines), "q.jsonl"))
    assert [question.text for question in testset.sample(4).questions] == ["0", "2", "5", "7"]
    assert testset.sample(99) == testset


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ('{"question": "a", "answers": []}\n{"question": "b", "answers": [}', "第 2 行"),
        ('\n{"answers": []}', "第 2 行"),
        ('{"question": " ", "answers": []}', "第 1 行"),
        ('{"question": "a"}', "第 1 行"),
        ('{"question": "a", "answers": "b"}', "第 1 行"),
        ('{"question": "a", "answers": [1]}', "第 1 行"),
        ('{"question": "a", "answers": [""]}', "第 1 行"),
        ('{"question": "a", "answers": [], "evidence": "b"}', "第 1 行"),
        ('{"question": "a", "passage": "p.1"}', "第 1 行"),
        ('{"question": "a", "passage": 1, "spans": [[0, 1]]}', "第 1 行"),
        ('{"question": "a", "passage": "p.1", "spans": []}', "第 1 行"),
        ('{"question": "a", "passage": "p.1", "spans": [[1]]}', "第 1 行"),
        ('{"question": "a", "passage": "p.1", "spans": [[2, 2]]}', "第 1 行"),
        ("[]", "第 1 行"),
        ("[" * 100_000, "第 1 行"),
    ],
)
def test_a_bad_line_is_named_with_its_number(write, content, where):
    file = write(content, "q.jsonl")
    with pytest.raises(BadQuestionFile) as caught:
        read_testset(file)
    assert str(file) in str(caught.value)
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ('{\n"data": [\n}', "第 3 行"),
        ("[]", "data"),
        ({"data": []}, "没有题目"),
        ({"data": [{}]}, "data[0]"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, "data[0].paragraphs[0]"),
        (squad(question=None), "data[0].paragraphs[0].qas[0]"),
        (squad(answers=["1268米"]), "data[0].paragraphs[0].qas[0].answers[0]"),
    ],
)
def test_what_is_wrong_in_a_squad_file_is_named_with_its_place(write, content, where):
    file = write(content)
    with pytest.raises(BadQuestionFile) as caught:
        read_testset(file)
    assert str(file) in str(caught.value)
    assert where in str(caught.value)


def test_a_file_that_is_not_there_is_a_missing_path(tmp_path):
    with pytest.raises(MissingPath):
        read_testset(tmp_path / "none.json")


def test_a_file_that_is_no_text_is_a_bad_question_file(tmp_path):
    (tmp_path / "q.jsonl").write_bytes(b"\x81\xff\x00\xff" * 10)
    with pytest.raises(BadQuestionFile):
        read_testset(tmp_path / "q.jsonl")
