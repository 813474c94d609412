"""It is true of reading JSONL that …"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers.jsonl import read

ARTICLES = Path(__file__).resolve().parents[1] / "corpus" / "jsonl_articles.jsonl"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.jsonl"


def test_a_line_is_an_article_with_all_it_says() -> None:
    first = next(read(ARTICLES, ReadContext()))
    assert isinstance(first, Article)
    assert (first.title, first.paper, first.date) == ("水库放水", "河口日报", dt.date(2024, 4, 1))
    assert (first.page, first.page_name, first.author) == ("A01", "要闻", "林小舟")
    assert first.url == "https://example.org/17"
    assert [(paragraph.text, paragraph.section) for paragraph in first.paragraphs] == [
        ("城北水库今天放水。", "农事"),
        ("可浇灌农田1.2万亩。", "农事"),
    ]


def test_a_bad_line_is_named_and_the_rest_goes_on() -> None:
    entries = list(read(ARTICLES, ReadContext()))
    assert [entry.paragraphs[0].text for entry in entries if isinstance(entry, Article)] == [
        "城北水库今天放水。",
        "只有正文的一篇。",
        "日期看不懂，正文还在。",
    ]
    reasons = [(entry.source.partition("#")[2], entry.reason) for entry in entries if isinstance(entry, Rejected)]
    assert [line for line, _ in reasons] == [f"第{number}行" for number in (4, 5, 6, 7, 8, 9)]
    for (_, reason), named in zip(reasons, ["JSON", "没有正文", "title", "paragraphs", "对象", "第 1 行"], strict=True):
        assert named in reason


def test_only_paragraphs_are_required_and_the_folder_says_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "20240402.jsonl"
    path.write_text('{"paragraphs": ["只有正文。"]}', encoding="utf-8")
    (article,) = read(path, ReadContext("河口日报", "综合"))
    assert isinstance(article, Article)
    assert (article.paper, article.date, article.date_source) == ("河口日报", dt.date(2024, 4, 2), "file_name")
    assert article.paragraphs[0].section == "综合"


def test_a_date_that_is_none_is_flagged() -> None:
    last = list(read(ARTICLES, ReadContext()))[-1]
    assert isinstance(last, Article)
    assert last.date is None
    assert "四月一日" in last.flags[0]


def test_a_native_id_survives_a_move_and_a_number_will_do(tmp_path: Path) -> None:
    ids = []
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(
            '\n{"id": 7, "paragraphs": ["正文。"]}\n{"paragraphs": ["无号。"]}', encoding="utf-8"
        )
        ids.append([entry.id for entry in read(tmp_path / name, ReadContext()) if isinstance(entry, Article)])
    assert ids[0][0] == ids[1][0]
    assert ids[0][1] != ids[1][1]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "gb18030"])
def test_known_encodings_are_read(page: Path, name: str) -> None:
    page.write_bytes('{"paragraphs": ["河口镇的石桥是最长的。"]}\n'.encode(name))
    (article,) = read(page, ReadContext())
    assert isinstance(article, Article)
    assert article.paragraphs[0].text == "河口镇的石桥是最长的。"


def test_text_that_no_index_could_store_is_repaired(page: Path) -> None:
    page.write_text('{"paragraphs": ["半个\\ud83d字符"]}', encoding="utf-8")
    (article,) = read(page, ReadContext())
    assert isinstance(article, Article)
    assert article.paragraphs[0].text == "半个?字符"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"paragraphs": "一段"}', "paragraphs"),
        ('{"paragraphs": ["好", 5]}', "paragraphs"),
        ('{"id": true, "paragraphs": ["好"]}', "id"),
        ('{"page": 3, "paragraphs": ["好"]}', "page"),
        ("[" * 100_000, "JSON"),
        (json.dumps({"paragraphs": ["长" * 100_001]}), "100001"),
        ('{"paragraphs": ["' + "a" * 4_000_000 + '"]}', "字节"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_and_the_next_one_is_read(page: Path, line: str, named: str) -> None:
    page.write_text(line + '\n{"paragraphs": ["下一行。"]}\n', encoding="utf-8")
    bad, good = read(page, ReadContext())
    assert isinstance(bad, Rejected)
    assert bad.source.endswith("page.jsonl#第1行")
    assert named in bad.reason
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空"),
        (b"\n \n", "空"),
        (b"\0\1", "二进制"),
        (b"a" * 50_000_000 + b"\n" + b"title,text\n" * 200, "不像 JSONL"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_reason(page: Path, data: bytes, reason: str) -> None:
    page.write_bytes(data)
    with pytest.raises(UnreadableSource, match=rf"page\.jsonl.*{reason}"):
        list(read(page, ReadContext()))


def test_a_file_that_is_gone_is_named(page: Path) -> None:
    with pytest.raises(UnreadableSource, match="不见了"):
        list(read(page, ReadContext()))
