"""It is true of reading saved e-paper pages that …"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import reindex
from index.errors import UnreadableSource
from index.model import Article, ReadContext
from index.readers import credits, epaper, html, pagefiles, reader_for
from index.readers.markup import Line

from . import wreckage

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
ISSUE = CORPUS / "epaper" / "html" / "2024-03" / "06"
NATIONAL = CORPUS / "epaper" / "html" / "2024-03" / "07"
DAY = dt.date(2024, 3, 6)
BODY = "<p>镇上的旧教室里，夜校今晚开课。</p>"

wrecking = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def the_article(path: Path) -> Article:
    (article,) = epaper.read(path, ReadContext())
    assert isinstance(article, Article)
    return article


def saved(path: Path, body: str, properties: str = "", encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"<html><head><title>河口</title></head><body><founder-content><!--enpcontent-->{body}<!--/enpcontent-->"
        f"</founder-content></body></html><!--enpproperty {properties} /enpproperty-->",
        encoding=encoding,
    )
    return path


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


class TestFoundersPages:
    def test_an_article_has_all_that_its_properties_say(self) -> None:
        article = the_article(ISSUE / "content_5101.htm")
        assert article.title == "石桥通车 两岸七个村少绕十公里"
        assert (article.kicker, article.subtitle) == ("两年修一座桥", "——老渡口今起停航")
        assert (article.paper, article.date, article.date_source) == ("河口日报", DAY, "markup")
        assert (article.page, article.page_name, article.author) == ("A01", "要闻", "本报记者 林小舟")
        assert article.url == "http://epaper.example.org/html/2024-03/06/content_5101.htm"
        assert article.flags == ()

    def test_its_paragraphs_are_the_body_and_nothing_around_it(self) -> None:
        article = the_article(ISSUE / "content_5101.htm")
        assert texts(article) == [
            "本报讯（记者 林小舟）3月5日上午，河口石桥通车。桥长312米，宽9米，连着两岸七个村。",
            "过去，对岸的孩子上学要等渡船，“雾天一等就是半天”，村民周大成说。",
            "通车以后，去镇上的路少了10公里。",
            "老渡口停航",
            "摆渡三十年的船工钱水生领到了护桥员的工牌。",
        ]
        assert [paragraph.section for paragraph in article.paragraphs] == ["", "", "", "老渡口停航", "老渡口停航"]

    def test_text_inside_and_outside_the_npm_comments_is_read_once_and_in_order(self) -> None:
        article = the_article(ISSUE / "content_5102.htm")
        assert texts(article) == [
            "镇上的旧教室里，夜校今晚开课。",
            "第一堂课讲怎样看懂电表。",
            "来听课的有46人，最大的71岁。",
            "“以前怕按错，现在会了。”学员沈桂兰说。",
            "夜校每周二、周四开课。",
        ]

    def test_what_an_article_does_not_say_its_headings_path_and_page_file_do(self) -> None:
        article = the_article(ISSUE / "content_5102.htm")
        assert (article.title, article.kicker, article.author) == ("夜校 开课", "白天种田", "本报记者 白露")
        assert (article.page, article.page_name) == ("A02", "乡土")
        assert (article.date, article.url) == (DAY, "http://epaper.example.org/html/2024-03/06/content_5102.htm")

    def test_without_page_files_the_path_gives_the_date(self, tmp_path: Path) -> None:
        folder = tmp_path / "html" / "2017-10" / "09"
        folder.mkdir(parents=True)
        article = the_article(Path(shutil.copy(ISSUE / "content_5102.htm", folder / "content_401862.htm")))
        assert (article.date, article.date_source) == (dt.date(2017, 10, 9), "path")
        assert (article.page, article.page_name) == ("", "")

    @pytest.mark.parametrize("name", ["node_2.htm", "node_3.htm", "content_5103.htm", "content_5104.htm"])
    def test_a_page_file_a_mere_reference_and_a_bare_picture_hold_no_article(self, name: str) -> None:
        assert list(epaper.read(ISSUE / name, ReadContext())) == []

    def test_founder_type_tells_a_page_from_an_article_whatever_the_name(self, tmp_path: Path) -> None:
        page = saved(tmp_path / "content_1.htm", BODY, "<founder-type>2</founder-type>")
        assert list(epaper.read(page, ReadContext())) == []

    def test_a_day_other_than_the_paths_is_kept_and_flagged(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "2024-03" / "06" / "content_1.htm", BODY, "<founder-date>2024-03-05</founder-date>")
        article = the_article(path)
        assert article.date == dt.date(2024, 3, 5)
        assert "2024-03-06" in article.flags[0]

    def test_a_notice_is_no_news(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.htm", "<p>证件遗失，作废。</p>", "<founder-title>遗失声明</founder-title>")
        assert the_article(path).kind == "notice"


class TestOtherForms:
    def test_the_national_dailies_pages_are_read(self) -> None:
        article = the_article(NATIONAL / "nw.D110000hkrb_20240307_1-02.htm")
        assert (article.kicker, article.title, article.subtitle) == ("赶在汛期之前", "水库清淤", "挖出泥沙四万方")
        assert (article.paper, article.date) == ("河口日报", dt.date(2024, 3, 7))
        assert (article.page, article.page_name, article.author) == ("02", "水利", "本报记者 林小舟")
        assert texts(article) == ["城北水库清淤完工，挖出泥沙4万方。", "库容恢复到860万方。"]
        assert list(epaper.read(NATIONAL / "nbs.D110000hkrb_02.htm", ReadContext())) == []

    def test_a_layout_folder_beside_the_content_folder_is_asked_too(self) -> None:
        article = the_article(CORPUS / "epaper/pc/content/202412/25/content_30048054.html")
        assert (article.date, article.date_source) == (dt.date(2024, 12, 25), "path")
        assert (article.title, article.page, article.page_name) == ("茶馆重开", "01", "要闻")

    def test_any_other_news_page_is_read_with_trafilatura(self) -> None:
        pytest.importorskip("trafilatura")
        article = the_article(CORPUS / "webpage_news.html")
        assert (article.title, article.paper) == ("渡船改成书船", "河口新闻网")
        assert (article.date, article.url) == (dt.date(2024, 3, 8), "https://news.example.org/2024/0308/17.html")
        assert len(article.paragraphs) == 3
        assert texts(article)[0].startswith("停航的渡船没有拆")

    def test_without_trafilatura_the_next_step_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
        with pytest.raises(UnreadableSource, match=r"webpage_news\.html.*wenbao\[html\]"):
            list(epaper.read(CORPUS / "webpage_news.html", ReadContext()))


class TestParagraphs:
    @pytest.mark.parametrize(
        ("markup", "expected"),
        [
            ("<P>甲。<P>乙。", ["甲。", "乙。"]),
            ("甲。<br>乙。<BR/>丙", ["甲。", "乙。", "丙"]),
            ("　　甲。\n　　乙，\n丙。", ["甲。", "乙，丙。"]),
            ("　　甲。　　乙。", ["甲。", "乙。"]),
            ("&nbsp;&nbsp;&nbsp;&nbsp;甲。&nbsp;&nbsp;&nbsp;&nbsp;乙。", ["甲。", "乙。"]),
            ("记者 张　三 摄影，<b>粗</b>字<font color=red>红</font>", ["记者 张 三 摄影，粗字红"]),
            (
                "<table><tr><td>品种</td><td>亩数</td></tr><tr><td>茶</td><td>30</td></tr></table>",
                ["品种 亩数", "茶 30"],
            ),
            ("甲<script>var a='乙'</script><style>p{}</style><!--丙-->", ["甲"]),
            ("&lt;p&gt;甲&lt;/p&gt;&lt;P&gt;乙&lt;/P&gt;", ["甲", "乙"]),
            ("3 &lt; 5 &amp;&amp; a&lt;b", ["3 < 5 && a<b"]),
            ("甲&#0;&#x7;&#8203;乙", ["甲乙"]),
        ],
    )
    def test_are_told_by_blocks_breaks_and_indents(self, markup: str, expected: list[str]) -> None:
        assert [line.text for line in html.lines(markup)] == expected

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "新华社记者 张三 摄",
                "（陈颖 摄）",
                "▲新华社发（陈颖 摄）",
                "图片来源：新华社",
                "资料图片",
                "（受访者供图）",
            ),
            *("责任编辑：张三", "（责任编辑　张三　校对　李四）", "责编 张三 美编 李四", "编辑/张三"),
            *(
                "（A04）",
                "详见第4版",
                "（下转A02版）",
                "（上接第一版）",
                "见A2、A3版",
                "第A02版",
                "编者按：本报今起连载。",
            ),
        ],
    )
    def test_credits_editors_notes_and_references_are_none(self, text: str) -> None:
        told = credits.body([Line("城北水库今天放水。"), Line(text)])
        assert [paragraph.text for paragraph in told.paragraphs] == ["城北水库今天放水。"]

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "8月11日，工人在车间作业。 本报记者 王五 摄",
                "编辑部的故事",
                "规划图",
                "（一）",
                "15日",
                "统筹 推进乡村振兴",
            ),
            *("第一版《词典》出版", "摄影爱好者云集江边。", "见证历史", "张家界"),
        ],
    )
    def test_text_that_looks_like_them_stays(self, text: str) -> None:
        assert [paragraph.text for paragraph in credits.body([Line("甲。"), Line(text)]).paragraphs] == ["甲。", text]

    def test_a_note_of_the_editor_that_is_all_there_is_stays(self) -> None:
        told = credits.body([Line("编者按"), Line("本报今起连载河口新事。")])
        assert [paragraph.text for paragraph in told.paragraphs] == ["本报今起连载河口新事。"]

    def test_the_reporters_own_line_is_the_author(self) -> None:
        told = credits.body([Line("本报记者 林小舟 通讯员 白露"), Line("城北水库今天放水。")])
        assert told.author == "本报记者 林小舟 通讯员 白露"
        assert len(told.paragraphs) == 1


class TestIds:
    def test_the_publishers_number_survives_a_move(self, tmp_path: Path) -> None:
        for name in ("content_5101.htm", "content_5102.htm"):
            (tmp_path / "2024-03" / "06").mkdir(parents=True, exist_ok=True)
            moved = Path(shutil.copy(ISSUE / name, tmp_path / "2024-03" / "06" / name))
            assert the_article(moved).id == the_article(ISSUE / name).id

    def test_different_articles_have_different_ids(self) -> None:
        assert the_article(ISSUE / "content_5101.htm").id != the_article(ISSUE / "content_5102.htm").id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5"])
@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "iso-8859-1", "x-sjis"])
def test_a_page_is_decoded_by_what_its_bytes_are(tmp_path: Path, encoding: str, charset: str) -> None:
    body = "<p>河口的石橋在三月五日上午正式通車，兩岸的七個村子都有人來看，橋上的人走了一天也沒有走完。</p>"
    path = saved(tmp_path / "a.htm", f'<meta charset="{charset}">{body * 3}', encoding=encoding)
    assert texts(the_article(path))[0].startswith("河口的石橋在三月五日上午正式通車")


class TestWhatCannotBeUsed:
    def test_a_page_cut_before_its_text_is_named(self) -> None:
        with pytest.raises(UnreadableSource, match=r"epaper_cut\.htm.*完整"):
            list(epaper.read(CORPUS / "epaper_cut.htm", ReadContext()))

    def test_a_page_in_two_encodings_is_named(self) -> None:
        with pytest.raises(UnreadableSource, match=r"epaper_mixed\.htm.*UTF-8"):
            list(epaper.read(CORPUS / "epaper_mixed.htm", ReadContext()))

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ("<div>" * 100_000, "嵌套太深"),
            ("".join(f"<p><font color={number}>" for number in range(100_000)), "嵌套太深"),
            (f"<a {' '.join(f'x{number}=1' for number in range(100_000))}>", "嵌套太深"),
            ("<p>" + "长" * 100_001 + "</p>", "100001"),
            ("<p>甲</p>" * 500_000, "4 MB"),
        ],
    )
    def test_a_page_beyond_all_measure_is_named_and_takes_no_time(self, tmp_path: Path, body: str, named: str) -> None:
        with pytest.raises(UnreadableSource, match=named):
            list(epaper.read(saved(tmp_path / "a.htm", body), ReadContext()))

    def test_a_hundred_megabytes_are_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.htm"
        with path.open("wb") as file:
            file.truncate(100_000_000)
        with pytest.raises(UnreadableSource, match="MB"):
            list(epaper.read(path, ReadContext()))


class TestIndexing:
    def test_an_issue_is_indexed_whole_and_its_page_files_are_no_failures(self, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(ISSUE, tmp_path / "2024-03" / "06"))
        done = reindex.run([folder], tmp_path / "index")
        assert (done.added, done.articles, done.skipped) == (6, 2, ())
        assert reindex.run([folder], tmp_path / "index").unchanged == 6

    def test_an_issue_in_a_zip_knows_its_pages_too(self, tmp_path: Path) -> None:
        packed = Path(shutil.make_archive(str(tmp_path / "issue"), "zip", CORPUS / "epaper", "html/2024-03/06"))
        reader = reader_for(packed)
        assert reader is not None
        entries = list(reader.read(packed, ReadContext()))
        assert [(entry.page, entry.page_name, entry.date) for entry in entries if isinstance(entry, Article)] == [
            ("A01", "要闻", DAY),
            ("A02", "乡土", DAY),
        ]
        assert len(entries) == 2

    def test_a_changed_page_file_has_its_articles_read_again(self, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(ISSUE, tmp_path / "2024-03" / "06"))
        reindex.run([folder], tmp_path / "index")
        node = folder / "node_3.htm"
        node.write_bytes(node.read_bytes().replace("乡土".encode("gbk"), "副刊与乡土".encode("gbk")))
        assert reindex.run([folder], tmp_path / "index").changed == 6
        assert pagefiles.facts_for(folder / "content_5102.htm").page_name == "副刊与乡土"


@pytest.mark.parametrize("name", ["a.txt", "b.html", "c.shtml"])
def test_pages_are_known_by_their_suffix_and_by_how_they_begin(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, BODY)
    assert reader_for(path) is epaper


@pytest.mark.parametrize("name", ["content_5101.htm", "content_5102.htm"])
@given(share=st.floats(0, 1))
@wrecking
def test_a_page_cut_anywhere_is_clean_text_or_a_named_error(tmp_path: Path, name: str, share: float) -> None:
    whole = (ISSUE / name).read_bytes()
    data = whole[: int(share * len(whole))]
    wreckage.assert_clean(wreckage.read(epaper, tmp_path / "cut.htm", data), data)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [
                    *(b"<p>", b"</p>", b"<br>", b"<b>", b"</div>", b"<table><td>", b"<founder-content>", b"&lt;p&gt;"),
                    *(
                        b"<!--enpcontent-->",
                        b"<!--/enpcontent-->",
                        b"<!--enpproperty <founder-title>",
                        b"</founder-title>",
                    ),
                    *(
                        b"<!--",
                        b"-->",
                        b"<script>",
                        b"&#0;",
                        b"&#xD800;",
                        b"<![CDATA[",
                        b"<svg>",
                        b"<title>",
                        b"<a href='",
                    ),
                    *(
                        "河口日报。".encode(),
                        "　　石桥".encode(),
                        "通车".encode("gbk"),
                        b"<!--<npm:article-content>-->",
                    ),
                ]
            ),
        ),
        max_size=30,
    )
)
@wrecking
def test_random_bytes_and_markup_are_clean_text_or_a_named_error(tmp_path: Path, parts: list[bytes]) -> None:
    data = b"<html><founder-content><p>" + b"".join(parts)
    wreckage.assert_clean(wreckage.read(epaper, tmp_path / "random.htm", data), data)
