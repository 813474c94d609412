"""It is true of reading TRS exports that …"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import reader_for, trs

from . import wreckage

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
EXPORT = CORPUS / "trs_export.trs"

wrecking = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def articles(path: Path, context: ReadContext | None = None) -> list[Article]:
    return [entry for entry in trs.read(path, context or ReadContext()) if isinstance(entry, Article)]


def rejected(path: Path) -> list[Rejected]:
    return [entry for entry in trs.read(path, ReadContext()) if isinstance(entry, Rejected)]


def export(path: Path, text: str, encoding: str = "gb18030") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_a_record_is_an_article_with_all_that_its_fields_say() -> None:
    first, second, _ = articles(EXPORT)
    assert (first.kicker, first.title, first.subtitle) == ("一年少跑三趟", "药箱进村", "村医周岚的一天")
    assert (first.date, first.date_source) == (dt.date(2024, 3, 6), "markup")
    assert (first.page, first.page_name, first.author) == ("A03", "综合", "林小舟")
    assert (second.paper, second.url) == ("河口日报", "http://epaper.example.org/7.htm")


def test_a_body_goes_on_over_the_lines_that_follow_and_its_credits_are_left_out() -> None:
    assert [paragraph.text for paragraph in articles(EXPORT)[0].paragraphs] == [
        "早上六点，村医周岚背起药箱出门。她管着4个村，1260人。",
        "去年起，镇上给每个村配了一只药箱，常用药有38种。",
        "“路还是那条路，少跑了三趟县城。”她说。",
    ]


def test_tags_in_a_body_are_html() -> None:
    assert [paragraph.text for paragraph in articles(EXPORT)[1].paragraphs] == [
        "本报讯 昨天，30万尾鱼苗放进青河。",
        "放流将持续到4月底。",
    ]


def test_a_notice_is_no_news_and_a_date_that_is_none_is_flagged() -> None:
    notice = articles(EXPORT)[2]
    assert (notice.kind, notice.date) == ("notice", None)
    assert "三月六日" in notice.flags[0]


def test_a_record_without_text_is_named_by_number_and_line() -> None:
    assert [(entry.source.partition("#")[2], entry.reason) for entry in rejected(EXPORT)] == [
        ("第4条（第30行）", "没有正文"),
        ("第5条（第33行）", "没有 <正文>= 这一项"),
    ]


def test_fields_come_in_any_order_and_unindented_lines_are_paragraphs(tmp_path: Path) -> None:
    path = export(tmp_path / "a.trs", "<REC>\n<正文>=第一段。\n第二段。\n<版号>=2\n<正题>=标题\n<报名>=《河口日报》\n")
    (article,) = articles(path)
    assert (article.title, article.page, article.paper) == ("标题", "2", "河口日报")
    assert [paragraph.text for paragraph in article.paragraphs] == ["第一段。", "第二段。"]


def test_the_folder_and_the_file_name_say_what_a_record_does_not(tmp_path: Path) -> None:
    path = export(tmp_path / "20240402.trs", "<REC>\n<正文>=只有正文。\n")
    (article,) = articles(path, ReadContext("河口日报", "综合"))
    assert (article.paper, article.date, article.date_source) == ("河口日报", dt.date(2024, 4, 2), "file_name")
    assert article.paragraphs[0].section == "综合"


def test_the_exports_own_number_survives_a_move_and_comes_once(tmp_path: Path) -> None:
    text = "<REC>\n<ID>=7\n<正文>=甲乙丙丁。\n"
    one, other = export(tmp_path / "a.trs", text), export(tmp_path / "b.trs", text * 2)
    assert articles(one)[0].id == articles(other)[0].id
    assert "第 1 条" in rejected(other)[0].reason


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "big5"])
def test_known_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = export(tmp_path / "a.trs", "<REC>\n<正文>=河口的石橋今天上午正式通車。\n" * 2, encoding)
    assert [article.paragraphs[0].text for article in articles(path)] == ["河口的石橋今天上午正式通車。"] * 2


def test_an_export_is_known_by_how_it_begins(tmp_path: Path) -> None:
    path = export(tmp_path / "a.txt", "\ufeff<REC>\n<标题>=题\n<正文>=文。\n", "utf-8")
    assert reader_for(path) is trs
    assert not trs.claims("<REC> 不是字段".encode())


def test_a_file_without_records_is_named() -> None:
    with pytest.raises(UnreadableSource, match=r"trs_without_records\.trs.*<REC>"):
        list(trs.read(CORPUS / "trs_without_records.trs", ReadContext()))


def test_a_record_of_a_hundred_megabytes_is_named_and_the_next_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.trs"
    with path.open("wb") as file:
        file.write(b"<REC>\n<A>=\n")
        for _ in range(100):
            file.write(b"a" * 1_000_000)
        file.write("\n<REC>\n<正文>=下一条。\n".encode())
    large, good = trs.read(path, ReadContext())
    assert isinstance(large, Rejected)
    assert "MB" in large.reason
    assert isinstance(good, Article)


def test_bytes_of_no_encoding_spoil_only_their_record(tmp_path: Path) -> None:
    path = tmp_path / "a.trs"
    path.write_bytes(
        "<REC>\n<正文>=甲。\n<REC>\n<正文>=".encode() + b"\xff\xff\xff\n" + "<REC>\n<正文>=丙。\n".encode()
    )
    entries = list(trs.read(path, ReadContext()))
    assert [type(entry) for entry in entries] == [Article, Rejected, Article]


@given(share=st.floats(0, 1))
@wrecking
def test_an_export_cut_anywhere_is_clean_text_or_a_named_error(tmp_path: Path, share: float) -> None:
    whole = EXPORT.read_bytes()
    data = whole[: int(share * len(whole))]
    wreckage.assert_clean(wreckage.read(trs, tmp_path / "cut.trs", data), data)


PARTS = st.sampled_from(
    [
        *(b"<REC>", b"\n", b"<REC>\n", "<正文>=".encode(), "\n<标题>=".encode("gbk"), b"<p>", b"</p>", b"&lt;b&gt;"),
        *(b"<div>" * 3000, b"&#0;", "　　河口日报。".encode(), "石桥通车。".encode("gbk"), b"\0", b"\x07", b"<ID>="),
    ]
)


@given(st.lists(st.one_of(st.binary(max_size=40), PARTS), max_size=30))
@wrecking
def test_random_bytes_and_fields_are_clean_text_or_a_named_error(tmp_path: Path, parts: list[bytes]) -> None:
    data = "<REC>\n<正文>=河口。".encode() + b"".join(parts)
    wreckage.assert_clean(wreckage.read(trs, tmp_path / "random.trs", data), data)
