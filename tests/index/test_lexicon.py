"""It is true of the local lexicon that …"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from index import lexicon
from index.errors import BadLexicon
from index.lexicon import read_lexicon
from index.model import Article, Paragraph, Rejected
from index.readers import context_for, reader_for
from index.tokens import Segmenter


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter("jieba")


def local_names(articles: Iterable[Article], segmenter: Segmenter | None = None) -> list[str]:
    return lexicon.local_names([lexicon.names_of(articles)], segmenter)


def article(*texts: str, title: str = "") -> Article:
    return Article(id="a", source="/a.md", paragraphs=tuple(map(Paragraph, texts)), title=title)


def test_a_name_quoted_twice_anywhere_in_the_archive_is_found() -> None:
    assert local_names([article("建起“星河里”小区"), article("「星河里」交房")]) == ["星河里"]


def test_a_name_quoted_once_is_found_when_its_article_uses_it_without_quotation_marks() -> None:
    assert local_names([article("建起“星河里”小区", "星河里有36栋楼")]) == ["星河里"]
    assert local_names([article("建起“星河里”小区"), article("星河里有36栋楼")]) == []


def test_a_title_gives_names_in_book_title_marks_and_a_paragraph_does_not() -> None:
    assert local_names([article(title="《河口谣》开播"), article(title="《河口谣》收官")]) == ["河口谣"]
    assert local_names([article("《河口谣》开播"), article("《河口谣》收官")]) == []


@pytest.mark.parametrize(
    "quoted", ["三百二十", "我的家乡", "不要停下", "A区", "桥", "一座建在老河口边上的石桥", "桥，水"]
)
def test_numerals_phrases_and_long_quotations_are_no_names(quoted: str) -> None:
    assert local_names([article(f"“{quoted}”和“{quoted}”")]) == []


def test_both_scripts_are_one_name() -> None:
    assert local_names([article("“云顶灣”開盤"), article("“云顶湾”开盘")]) == ["云顶湾"]


def test_what_the_dictionary_holds_together_anyway_is_left_out(segmenter: Segmenter) -> None:
    pages = [article("“企业”“企业”“低空经济”“低空经济”“云顶谷”“云顶谷”")]
    assert "云顶谷" in local_names(pages, segmenter)
    assert not {"企业", "低空经济"} & set(local_names(pages, segmenter))


def test_the_name_inside_a_name_is_one_word_too(segmenter: Segmenter) -> None:
    names = local_names([article("“长沙钟表谷”开园", "长沙钟表谷有商户")], segmenter)
    assert "钟表谷" in names
    local = Segmenter("jieba", names)
    assert local.cut("钟表谷有多少商户")[0].word == "钟表谷"


def test_a_source_that_is_gone_has_no_names(tmp_path: Path) -> None:
    assert list(lexicon.counted([tmp_path / "gone.txt"])) == [{}]


def test_the_names_of_many_articles_come_in_one_order(segmenter: Segmenter) -> None:
    pages = [article("“星河里”“星河里”“云顶谷”“云顶谷”“云顶谷”")] * 3
    assert local_names(iter(pages), segmenter) == local_names(pages, segmenter)
    assert local_names(pages)[0] == "云顶谷"


@pytest.mark.shared
def test_the_real_pages_place_name_is_one_word_in_questions(shared: Path, segmenter: Segmenter) -> None:
    (page,) = sorted((shared / "seed").glob("*.txt"))
    reader = reader_for(page)
    assert reader is not None
    articles = [entry for entry in reader.read(page, context_for(page)) if not isinstance(entry, Rejected)]
    local = Segmenter("jieba", local_names(articles, segmenter))
    assert "时间谷" in [token.word for token in local.cut("时间谷有多少企业")]
    assert "船山时间谷" in [token.word for token in local.cut("船山时间谷有多少企业")]


class TestALexiconFile:
    def test_holds_one_word_a_line_with_comments(self, tmp_path: Path) -> None:
        path = tmp_path / "words.txt"
        path.write_bytes("# 地名\n星河里\n\n云顶谷  # 新区\n星河里\n".encode("gb18030"))
        assert read_lexicon(path) == ["星河里", "云顶谷"]

    def test_may_be_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "words.txt"
        path.write_bytes(b"")
        assert read_lexicon(path) == []

    @pytest.mark.parametrize("line", ["星河里 100 ns", "——", "长" * 21])
    def test_names_file_and_line_of_what_is_no_word(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "words.txt"
        path.write_text(f"星河里\n{line}\n", encoding="utf-8")
        with pytest.raises(BadLexicon, match=r"words\.txt 第 2 行"):
            read_lexicon(path)

    def test_that_is_missing_or_binary_is_a_named_error(self, tmp_path: Path) -> None:
        with pytest.raises(BadLexicon, match=r"none\.txt"):
            read_lexicon(tmp_path / "none.txt")
        (tmp_path / "binary.txt").write_bytes(b"a\0b")
        with pytest.raises(BadLexicon, match="二进制"):
            read_lexicon(tmp_path / "binary.txt")
