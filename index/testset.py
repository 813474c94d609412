"""Reads files of questions with known answers: SQuAD-style JSON, and JSONL with a question a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from index.encoding import decode, opened
from index.errors import BadQuestionFile, MissingPath, UnreadableSource
from index.model import Engine
from index.normalize import to_simplified


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a gold answer stands: `context[start:end]`.

    article  0-based among the test set's articles
    context  the whole paragraph
    """

    article: int
    paragraph: int
    context: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TestQuestion:
    """
    A question with what answers it.

    answers   gold answers as written; none when the archive must refuse
    places    where they stand, () when that is not known
    evidence  texts that hold an answer, for files that know no places
    passage   the archive's passage whose `spans`, starts and ends, are the answers, as FILE#NAME: the name of its
              file and the end of its id, which are the same wherever the archive lies
    """

    __test__ = False

    text: str
    answers: tuple[str, ...]
    places: tuple[Place, ...] = ()
    evidence: tuple[str, ...] = ()
    passage: str = ""
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TestSet:
    """
    A file of questions.

    articles  (title, paragraphs) that the questions were asked on, () when the file brings none
    """

    __test__ = False

    name: str
    questions: tuple[TestQuestion, ...]
    articles: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def simplified(self) -> TestSet:
        """Return the set with its questions in simplified characters; articles and answers stay as they are."""
        return replace(self, questions=tuple(replace(q, text=to_simplified(q.text)) for q in self.questions))

    def sample(self, most: int) -> TestSet:
        """Return the set with at most `most` questions, taken evenly from the whole file; the articles stay."""
        many = len(self.questions)
        chosen = range(many) if most >= many else [number * many // most for number in range(most)]
        return replace(self, questions=tuple(self.questions[at] for at in chosen))


def read_from(testset: TestSet, engine: Engine) -> TestSet:
    """
    Return the test set with the answers that it names by their places in the archive's passages.

    Raises BadQuestionFile when the archive does not have such a passage.
    """
    if not any(question.passage for question in testset.questions):
        return testset
    sources: dict[str, list[str]] = {}
    for source in engine.manifest():
        sources.setdefault(Path(source).name, []).append(source)

    @cache
    def texts(file: str) -> dict[str, str]:
        held = (passage for source in sources.get(file, ()) for passage in engine.passages(source))
        return {passage.citation.passage_id.rpartition(".")[2]: passage.text for passage in held}

    def read(question: TestQuestion) -> TestQuestion:
        if not question.passage:
            return question
        file, _, name = question.passage.partition("#")
        text = texts(file).get(name)
        if text is None:
            raise BadQuestionFile(
                f"{testset.name}：“{question.text}”的答案在 {question.passage}，档案里没有这一段；请用它所问的档案"
            )
        return replace(question, answers=tuple(text[start:end] for start, end in question.spans), evidence=(text,))

    return replace(testset, questions=tuple(map(read, testset.questions)))


def read_testset(path: Path) -> TestSet:
    """
    Return the questions of a file.

    Raises MissingPath and BadQuestionFile, which names the line or the place of what is wrong.
    """
    if not path.is_file():
        raise MissingPath(f"{path}：没有这个题目文件；请检查路径")
    try:
        with opened(path) as file:
            text = decode(file.read(), str(path))
    except UnreadableSource as error:
        raise BadQuestionFile(f"{error}；题目文件应是 SQuAD 式 JSON 或 JSONL") from error
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        testset = TestSet(path.stem, tuple(_of_lines(text, path)))
    else:
        testset = _squad(_parse(text, path, 1), path)
    if not testset.questions:
        raise BadQuestionFile(f"{path}：里面没有题目；应是 SQuAD 式 JSON，或一行一个 {_EXAMPLE}")
    return testset


_EXAMPLE = '{"question": "…", "answers": ["…"]}'


def _of_lines(text: str, path: Path) -> Iterator[TestQuestion]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        at = f"{path} 第 {number} 行"
        fields = _parse(line, path, number)
        question = _text(fields, "question", at).strip()
        if not question:
            raise BadQuestionFile(f"{at}：“question” 是空的")
        if "passage" in fields:
            yield TestQuestion(question, (), passage=_text(fields, "passage", at), spans=_spans(fields, at))
        else:
            answers, evidence = _texts(fields, "answers", at), _texts(fields, "evidence", at, needed=False)
            yield TestQuestion(question, answers, evidence=evidence)


def _parse(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadQuestionFile(
            f"{path} 第 {line + error.lineno - 1} 行第 {error.colno} 个字符：不是完整的 JSON（{error.msg}）；请改正"
        ) from error
    except RecursionError as error:
        raise BadQuestionFile(f"{path} 第 {line} 行：JSON 嵌套太深；请改正") from error


def _squad(whole: Any, path: Path) -> TestSet:
    """Take a SQuAD file apart: an entry of "data" is an article, its "paragraphs" are that article's."""
    articles = []
    questions = []
    for number, entry in enumerate(_list(whole, "data", str(path))):
        at = f"{path} data[{number}]"
        paragraphs = []
        for row, paragraph in enumerate(_list(entry, "paragraphs", at)):
            here = f"{at}.paragraphs[{row}]"
            context = _text(paragraph, "context", here)
            paragraphs.append(context)
            for column, asked in enumerate(_list(paragraph, "qas", here)):
                there = f"{here}.qas[{column}]"
                golds = [
                    (_text(gold, "text", f"{there}.answers[{place}]"), gold.get("answer_start"))
                    for place, gold in enumerate(_list(asked, "answers", there))
                ]
                places = [_place(number, row, context, answer, start) for answer, start in golds]
                questions.append(
                    TestQuestion(
                        text=_text(asked, "question", there).strip(),
                        answers=tuple(dict.fromkeys(answer for answer, _ in golds if answer.strip())),
                        places=tuple(dict.fromkeys(place for place in places if place)),
                    )
                )
        title = entry.get("title", "")
        articles.append((title if isinstance(title, str) else "", tuple(paragraphs)))
    return TestSet(path.stem, tuple(questions), tuple(articles))


def _place(article: int, paragraph: int, context: str, answer: str, start: Any) -> Place | None:
    """Return where an answer stands; where its offset is wrong, as some are in published sets, its first occurrence."""
    if not answer.strip():
        return None
    if not isinstance(start, int) or start < 0 or not context.startswith(answer, start):
        start = context.find(answer)
    return None if start < 0 else Place(article, paragraph, context, start, start + len(answer))


def _list(fields: Any, name: str, at: str) -> Sequence[Any]:
    written = fields.get(name) if isinstance(fields, Mapping) else None
    if not isinstance(written, list):
        raise BadQuestionFile(f"{at}：缺少 “{name}”，它应是一组内容；题目文件应是 SQuAD 式 JSON 或 JSONL")
    return written


def _text(fields: Any, name: str, at: str) -> str:
    written = fields.get(name) if isinstance(fields, Mapping) else None
    if not isinstance(written, str):
        raise BadQuestionFile(f"{at}：缺少 “{name}”，它应是文字")
    return written.encode("utf-8", "replace").decode()


def _spans(fields: Any, at: str) -> tuple[tuple[int, int], ...]:
    written = _list(fields, "spans", at)
    try:
        spans = tuple((int(start), int(end)) for start, end in written)
    except (TypeError, ValueError) as error:
        raise BadQuestionFile(f"{at}：“spans” 应是一组 [起, 止]") from error
    if not spans or not all(0 <= start < end for start, end in spans):
        raise BadQuestionFile(f"{at}：“spans” 应有至少一个 [起, 止]，起在止之前")
    return spans


def _texts(fields: Any, name: str, at: str, *, needed: bool = True) -> tuple[str, ...]:
    written = fields.get(name, None if needed else [])
    if not isinstance(written, list) or not all(isinstance(text, str) and text.strip() for text in written):
        raise BadQuestionFile(f"{at}：“{name}” 应是一组文字" + ("，没有答案写 []" if needed else ""))
    return tuple(text.encode("utf-8", "replace").decode() for text in written)
