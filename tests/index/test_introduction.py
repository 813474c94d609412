"""A bare name is introduced by the sentence that says what it is; nothing else is."""

from __future__ import annotations

import pytest

from index import introduction
from index.model import Passage, Snippet
from index.question import read_question

from . import newsprint
from .newsprint import check_snippet, passage, ranked, terms

SAYS_WHAT = "星湖公园是河口县最大的公园，占地90亩。"
MENTIONS = "星湖公园上周末来了许多市民。"
OTHER = "望城二桥通车了。"


def introduced(question: str, passages: list[Passage], jieba, most: int = 5) -> list[Snippet]:
    asked = read_question(question, jieba)
    found = introduction.of(asked, terms(asked), ranked(passages), most)
    for snippet in found:
        check_snippet(snippet, next(p.text for p in passages if p.citation == snippet.citation))
    return found


@pytest.fixture
def pages(jieba) -> list[Passage]:
    texts = (OTHER, MENTIONS, SAYS_WHAT)
    return [passage(text, jieba, article=f"a{number}") for number, text in enumerate(texts)]


@pytest.mark.parametrize("question", ["星湖公园", "“星湖公园”", "星湖公园？", " 星湖公園 ", "《星湖公园》"])
def test_the_sentence_that_says_what_it_is_comes_first(jieba, pages, question):
    found = introduced(question, pages, jieba)
    assert [snippet.text for snippet in found] == [SAYS_WHAT, MENTIONS]


def test_the_answer_is_the_sentence_without_its_mark(jieba, pages):
    (first, *_) = introduced("星湖公园", pages, jieba)
    assert first.answer == SAYS_WHAT[:-1]


@pytest.mark.parametrize(
    "question",
    ["星湖公园在哪里", "谁去了星湖公园", "星湖公园是", "星湖公园 占地", "修建星湖公园", "青石湾产业园", "园", "，", ""],
)
def test_questions_keywords_and_unknown_names_are_not_introduced(jieba, pages, question):
    assert introduced(question, pages, jieba) == []


def test_there_is_one_an_article_and_no_more_than_asked_for(jieba):
    passages = [passage(f"星湖公园是第{n}个。", jieba, article=f"a{n // 2}", paragraph=n) for n in range(8)]
    found = introduced("星湖公园", passages, jieba, most=3)
    assert len(found) == len({snippet.citation.article_id for snippet in found}) == 3


def test_a_name_beside_its_verb_in_a_title_counts_for_the_article_about_it(jieba):
    about = passage("周末，星湖公园里人很多。", jieba, article="about", title="星湖公园开放了")
    aside = passage("周末，星湖公园里人很多。", jieba, article="aside", title="别的事")
    found = introduced("星湖公园", [aside, about], jieba)
    assert [snippet.citation.article_id for snippet in found] == ["about", "aside"]


def test_a_long_sentence_is_cut_to_whole_clauses_from_the_name_on(jieba):
    text = "背景的话说了许多许多，" * 8 + "星湖公园位于县城东边，" + "后面的话也说了许多许多，" * 8 + "完。"
    (found,) = introduced("星湖公园", [passage(text, jieba)], jieba)
    assert found.text.startswith("星湖公园位于县城东边")


def test_traditional_text_with_half_width_marks_is_shown_as_printed(jieba):
    text = "星湖公園是河口縣最大的公園,占地90畝!"
    (found,) = introduced("星湖公园", [passage(text, jieba)], jieba)
    assert found.text == text
    assert found.answer == text[:-1]


def test_keywords_stay_keywords(jieba):
    assert newsprint.concordance([MENTIONS], jieba, "星湖公园 孩子").bigrams
    assert introduced("星湖公园 孩子", [passage(MENTIONS, jieba)], jieba) == []
