"""It is true of reading RSS and Atom files that …"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import feed, reader_for

from . import wreckage

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
RSS, ATOM = CORPUS / "feed_rss.xml", CORPUS / "feed_atom.xml"

wrecking = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def articles(path: Path, context: ReadContext | None = None) -> list[Article]:
    return [entry for entry in feed.read(path, context or ReadContext()) if isinstance(entry, Article)]


def rss(path: Path, items: str) -> Path:
    path.write_text(f"<rss><channel><title>河口日报</title>{items}</channel></rss>", "utf-8")
    return path


class TestRss:
    def test_an_item_is_an_article_with_all_it_says(self) -> None:
        first = articles(RSS)[0]
        assert (first.title, first.paper, first.author) == ("油菜花开 & 游人来", "河口日报", "白露")
        assert first.url == "https://news.example.org/21.html"

    def test_the_longest_of_its_texts_is_the_body(self) -> None:
        assert [paragraph.text for paragraph in articles(RSS)[0].paragraphs] == [
            "双溪口的油菜花开了，有2300亩。",
            "周末来了1.2万人 & 400辆车。",
        ]

    def test_bare_ampersands_and_entities_of_html_are_read(self) -> None:
        assert articles(RSS)[1].paragraphs[0].text == "东干渠今天通水“提前”十天，A&B两段都已试过。"

    def test_a_moment_is_a_day_in_beijing(self) -> None:
        assert [(article.date, article.date_source) for article in articles(RSS)] == [
            (dt.date(2024, 3, 6), "markup"),
            (dt.date(2024, 3, 6), "markup"),
        ]

    def test_an_item_without_text_is_named(self) -> None:
        (entry,) = [entry for entry in feed.read(RSS, ReadContext()) if isinstance(entry, Rejected)]
        assert entry.source.endswith("feed_rss.xml#第3条")
        assert "没有正文" in entry.reason

    def test_the_folder_names_the_paper_before_the_feed_does(self) -> None:
        assert articles(RSS, ReadContext("河口晚报"))[0].paper == "河口晚报"

    def test_the_first_form_of_rss_is_read_too(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xml"
        path.write_text(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            "<channel><title>河口日报</title></channel><item><title>题</title><description>正文。</description></item>"
            "</rdf:RDF>",
            "utf-8",
        )
        (article,) = articles(path)
        assert (article.title, article.paper, article.paragraphs[0].text) == ("题", "河口日报", "正文。")


class TestAtom:
    def test_an_entry_is_an_article_with_all_it_says(self) -> None:
        first, second = articles(ATOM)
        assert (first.title, first.paper, first.author) == ("夜市开张", "河口晚报", "林小舟")
        assert (first.date, first.url) == (dt.date(2024, 3, 7), "https://news.example.org/31.html")
        assert (second.title, second.date) == ("路灯换新", dt.date(2024, 3, 6))

    def test_xhtml_is_read_as_paragraphs(self) -> None:
        assert [paragraph.text for paragraph in articles(ATOM)[0].paragraphs] == [
            "河边夜市开张，有86个摊位。",
            "气温 < 10 度也不歇业。",
        ]


def test_an_entrys_own_id_survives_a_move(tmp_path: Path) -> None:
    moved = tmp_path / "b.xml"
    moved.write_bytes(ATOM.read_bytes())
    assert [article.id for article in articles(moved)] == [article.id for article in articles(ATOM)]


def test_entries_of_one_id_come_once(tmp_path: Path) -> None:
    path = rss(tmp_path / "a.rss", "<item><guid>1</guid><description>正文。</description></item>" * 2)
    assert [type(entry) for entry in feed.read(path, ReadContext())] == [Article, Rejected]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Tue, 05 Mar 2024 15:59:00 GMT", dt.date(2024, 3, 5)),
        ("Tue, 05 Mar 2024 16:00:00 +0000", dt.date(2024, 3, 6)),
        ("2024-03-05T23:00:00+08:00", dt.date(2024, 3, 5)),
        ("2024-03-05 08:00:00", dt.date(2024, 3, 5)),
        ("2024年3月5日", dt.date(2024, 3, 5)),
    ],
)
def test_moments_are_read_as_they_are_written(tmp_path: Path, written: str, day: dt.date) -> None:
    path = rss(tmp_path / "a.xml", f"<item><description>正文。</description><pubDate>{written}</pubDate></item>")
    assert articles(path)[0].date == day


@pytest.mark.parametrize("written", ["昨天", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "Tue, 99 Mar"])
def test_a_date_that_is_none_is_flagged(tmp_path: Path, written: str) -> None:
    path = rss(tmp_path / "a.xml", f"<item><description>正文。</description><pubDate>{written}</pubDate></item>")
    (article,) = articles(path)
    assert article.date is None
    assert written in article.flags[0]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("feed_bomb.xml", "实体"),
        ("feed_other.xml", "不是 RSS"),
        ("feed_empty.rss", "没有一条"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_reason(name: str, named: str) -> None:
    with pytest.raises(UnreadableSource, match=rf"{name}.*{named}"):
        list(feed.read(CORPUS / name, ReadContext()))


def test_what_stands_before_a_break_is_kept() -> None:
    good, bad = feed.read(CORPUS / "feed_cut.xml", ReadContext())
    assert isinstance(good, Article)
    assert isinstance(bad, Rejected)
    assert "第 4 行" in bad.reason


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x">%x;]>',
        '<!DOCTYPE rss [<!ENTITY x "甲">]>',
    ],
)
def test_entities_are_neither_taken_nor_fetched(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"{declared}<rss><channel><item><description>&x;</description></item></channel></rss>", "utf-8")
    with pytest.raises(UnreadableSource, match="实体"):
        list(feed.read(path, ReadContext()))


@pytest.mark.parametrize("items", ["<a>" * 100_000, "<item><description>" + "<p>" * 100_000])
def test_deep_nesting_is_named(tmp_path: Path, items: str) -> None:
    with pytest.raises(UnreadableSource, match="嵌套太深"):
        list(feed.read(rss(tmp_path / "a.xml", items), ReadContext()))


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(UnreadableSource, match="MB"):
        list(feed.read(path, ReadContext()))


def test_a_calendar_of_issues_rightly_holds_no_article(tmp_path: Path) -> None:
    path = tmp_path / "period.xml"
    path.write_text("<period_list><period><period_name>2024-03-06</period_name></period></period_list>", "utf-8")
    assert list(feed.read(path, ReadContext())) == []


@pytest.mark.parametrize("source", [RSS, ATOM])
def test_feeds_are_known_by_how_they_begin(tmp_path: Path, source: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(source.read_bytes())
    assert reader_for(path) is feed


@pytest.mark.parametrize("source", [RSS, ATOM])
@given(share=st.floats(0, 1))
@wrecking
def test_a_feed_cut_anywhere_is_clean_text_or_a_named_error(tmp_path: Path, source: Path, share: float) -> None:
    whole = source.read_bytes()
    data = whole[: int(share * len(whole))]
    wreckage.assert_clean(wreckage.read(feed, tmp_path / "cut.xml", data), data)


PARTS = st.sampled_from(
    [
        *(b"<item>", b"</item>", b"<title>", b"</title>", b"<description>", b"</description>", b"<guid>", b"</guid>"),
        *(b"<![CDATA[", b"]]>", b"&lt;p&gt;", b"&#0;", b"&#7;", b"&#xFFFD;", b"&", b"&nbsp;", b"&x;", b"<p>", b"</p>"),
        *(b"<!--", b"-->", b"<?x", b"<a b='", b"\x07", "河口日报。".encode(), "石桥".encode("gbk")),
    ]
)


@given(st.lists(st.one_of(st.binary(max_size=40), PARTS), max_size=30))
@wrecking
def test_random_bytes_and_tags_are_clean_text_or_a_named_error(tmp_path: Path, parts: list[bytes]) -> None:
    data = b"<rss><channel><item><description>" + b"".join(parts) + b"</description></item></channel></rss>"
    entries = wreckage.read(feed, tmp_path / "random.xml", data)
    wreckage.assert_clean(entries, data + (b"\xef\xbf\xbd" if b"&#xFFFD;" in data else b""))
