"""It is true of reading Markdown that …"""

from __future__ import annotations

import datetime as dt
import tarfile
from pathlib import Path

import pytest

from index.errors import UnknownEncoding, UnreadableSource
from index.model import Article, Paragraph, ReadContext, Rejected
from index.readers.markdown import read

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


def articles(path: Path, context: ReadContext | None = None) -> list[Article]:
    return [entry for entry in read(path, context or ReadContext()) if isinstance(entry, Article)]


def rejected(path: Path) -> list[Rejected]:
    return [entry for entry in read(path, ReadContext()) if isinstance(entry, Rejected)]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


class TestOneArticleAFile:
    def test_has_its_front_matter_as_citation(self) -> None:
        (article,) = articles(CORPUS / "md_one_article.md", ReadContext("别的报", "综合"))
        assert article.title == "河口镇: 一座老桥的新路"
        assert (article.paper, article.date, article.date_source) == ("河口日报", dt.date(2024, 3, 5), "front_matter")
        assert (article.page, article.page_name, article.author) == ("B03", "乡镇", "林小舟")
        assert (article.url, article.flags) == ("https://example.org/paper/42", ())

    def test_has_its_paragraphs_without_markup_under_their_sections(self) -> None:
        (article,) = articles(CORPUS / "md_one_article.md", ReadContext("", "综合"))
        assert article.paragraphs == (
            Paragraph("河口镇的石桥建于一九五八年，全长120米。桥面去年加宽，双向四车道通车。", "综合"),
            Paragraph("每天过桥的车辆超过3000辆。", "通车以后"),
            Paragraph("沿桥开了26家店。", "通车以后"),
            Paragraph("桥头的老茶馆也重新开张。", "通车以后"),
            Paragraph("年份 车流", "通车以后"),
            Paragraph("2023 2100辆", "通车以后"),
        )

    def test_keeps_its_id_when_the_file_moves(self, tmp_path: Path) -> None:
        moved = tmp_path / "moved.md"
        moved.write_bytes((CORPUS / "md_one_article.md").read_bytes())
        assert articles(moved)[0].id == articles(CORPUS / "md_one_article.md")[0].id

    def test_needs_no_front_matter(self, tmp_path: Path) -> None:
        path = tmp_path / "河口日报-20240305-A01.md"
        path.write_text("# 老桥\n\n开头。\n\n## 小标题\n\n正文。\n\n## 又一个\n\n正文二。\n", encoding="utf-8")
        (article,) = articles(path)
        assert (article.title, article.paper, article.page) == ("老桥", "河口日报", "A01")
        assert (article.date, article.date_source) == (dt.date(2024, 3, 5), "file_name")
        assert [paragraph.section for paragraph in article.paragraphs] == ["", "小标题", "又一个"]

    def test_without_any_heading_has_no_title(self, page: Path) -> None:
        page.write_text("一段。\n\n又一段。", encoding="utf-8")
        (article,) = articles(page)
        assert (article.title, len(article.paragraphs)) == ("", 2)

    def test_says_so_when_its_date_is_none(self, page: Path) -> None:
        page.write_text("---\ntitle: 老桥\ndate: 三月五日\n---\n正文。", encoding="utf-8")
        (article,) = articles(page)
        assert article.date is None
        assert "三月五日" in article.flags[0]

    def test_may_begin_with_a_rule_that_is_no_front_matter(self, page: Path) -> None:
        page.write_text("---\n\n第一段。\n\n---\n\n第二段。", encoding="utf-8")
        (article,) = articles(page)
        assert [paragraph.text for paragraph in article.paragraphs] == ["第一段。", "第二段。"]

    @pytest.mark.parametrize(
        "text", ["气温<10度，A>B - C > D。", "用 a < b 表示；x<y>z。", "3 * 4 * 5 = 60，_不是斜体_。"]
    )
    def test_keeps_signs_that_are_no_markup(self, page: Path, text: str) -> None:
        page.write_text(text, encoding="utf-8")
        assert articles(page)[0].paragraphs[0].text == text


class TestManyArticlesAFile:
    ISSUE = CORPUS / "md_issue_20240306.md"

    def test_are_the_entries_below_the_summary(self) -> None:
        assert [article.title for article in articles(self.ISSUE)] == ["河口大桥通车", "简讯"]

    def test_have_paper_and_date_of_the_issue_and_a_link_of_their_own(self) -> None:
        first, second = articles(self.ISSUE, ReadContext("别的报"))
        assert (first.paper, first.date, first.date_source) == ("河口新闻", dt.date(2024, 3, 6), "markup")
        assert first.url == "https://example.org/2024/03/06/a(1).html"
        assert second.url == "https://example.org/2024/03/06/b.html"
        assert first.id != second.id

    def test_have_plain_paragraphs(self) -> None:
        first, _ = articles(self.ISSUE)
        assert [paragraph.text for paragraph in first.paragraphs] == [
            "河口网消息（河口新闻）：河口大桥今天通车，全长1 280米。",
            "总投资6.2亿元，工期三年。",
            "桥上设有 A & B 两处观景台。",
        ]

    def test_have_bold_lines_as_sections_and_no_bare_dateline(self) -> None:
        _, second = articles(self.ISSUE)
        assert second.paragraphs == (
            Paragraph("春茶开采", "春茶开采"),
            Paragraph("全县8万亩茶园昨天开采。", "春茶开采"),
            Paragraph("渡口停航1天", "渡口停航1天"),
            Paragraph("老渡口因大风停航。", "渡口停航1天"),
        )

    def test_that_are_hollow_are_rejected_by_name(self) -> None:
        reasons = {entry.source.partition("#")[2]: entry.reason for entry in rejected(self.ISSUE)}
        assert list(reasons) == ["undefined", "天气", "空条目"]
        assert "undefined" in reasons["undefined"]
        assert "河口网消息（河口新闻）：" in reasons["天气"]
        assert "没有正文" in reasons["空条目"]

    def test_are_found_without_links_by_their_prose(self, page: Path) -> None:
        page.write_text(
            "# 河口日报 2024年3月6日 星期三\n\n## 导读\n\n- 大桥通车\n- 春茶开采\n\n"
            "## 大桥通车\n\n大桥今天通车。\n\n### 造价\n\n共6亿元。\n\n## 春茶开采\n\n茶园开采。\n",
            encoding="utf-8",
        )
        found = articles(page)
        assert [article.title for article in found if article.paragraphs[0].text.endswith("。")] == [
            "大桥通车",
            "春茶开采",
        ]
        assert found[-2].paragraphs[1] == Paragraph("共6亿元。", "造价")
        assert found[-1].paper == "河口日报"

    def test_may_stand_under_several_first_headings(self, page: Path) -> None:
        page.write_text("# 大桥通车\n\n通车了。\n\n## 造价\n\n6亿元。\n\n# 春茶开采\n\n开采了。\n", encoding="utf-8")
        first, second = articles(page)
        assert (first.title, second.title) == ("大桥通车", "春茶开采")
        assert first.paragraphs[1].section == "造价"

    def test_share_what_the_front_matter_says_of_the_issue(self, page: Path) -> None:
        page.write_text("---\npaper: 河口日报\npage: A02\nid: 1\n---\n# 甲\n\n一。\n\n# 乙\n\n二。\n", encoding="utf-8")
        first, second = articles(page)
        assert (first.paper, first.page) == (second.paper, second.page) == ("河口日报", "A02")
        assert first.id != second.id

    def test_a_title_with_a_date_in_it_is_still_one_article(self, page: Path) -> None:
        page.write_text(
            "# 河口镇 2024年3月6日 通车大典纪实\n\n## 上午\n\n剪彩。\n\n## 下午\n\n座谈。\n", encoding="utf-8"
        )
        assert len(articles(page)) == 1


class TestAFileThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [(b"", "空"), (b"\x89PNG\0\0", "二进制"), ("# 只有标题\n".encode(), "没有正文"), (b"---\n", "没有正文")],
    )
    def test_is_named_with_its_reason(self, page: Path, data: bytes, reason: str) -> None:
        page.write_bytes(data)
        with pytest.raises(UnreadableSource, match=rf"page\.md.*{reason}"):
            list(read(page, ReadContext()))

    def test_in_mixed_encodings_is_named(self, page: Path) -> None:
        page.write_bytes("# 一座老桥\n".encode() + "河口镇的石桥。\n".encode("gbk"))
        with pytest.raises(UnknownEncoding, match=r"page\.md"):
            list(read(page, ReadContext()))

    def test_that_is_gone_is_named(self, page: Path) -> None:
        with pytest.raises(UnreadableSource, match="不见了"):
            list(read(page, ReadContext()))

    def test_with_a_line_of_50_million_characters_is_named_at_once(self, page: Path) -> None:
        page.write_bytes(b"a" * 50_000_000)
        with pytest.raises(UnreadableSource, match="50000000"):
            list(read(page, ReadContext()))

    def test_loses_a_paragraph_of_over_100_000_characters_only(self, page: Path) -> None:
        page.write_text("# 老桥\n\n" + "长" * 100_001 + "\n\n正文。\n", encoding="utf-8")
        problem, article = read(page, ReadContext())
        assert isinstance(problem, Rejected)
        assert "100001" in problem.reason
        assert isinstance(article, Article)
        assert [paragraph.text for paragraph in article.paragraphs] == ["正文。"]

    @pytest.mark.parametrize("junk", ["<", "<a", "<!--", "[", "![](", "**a", "&", "[原文", "<p ", "\\", "_", " - "])
    def test_with_a_long_line_of_broken_markup_takes_no_time(self, page: Path, junk: str) -> None:
        """Each of these would keep a careless pattern busy for hours."""
        page.write_text(junk * (400_000 // len(junk)), encoding="utf-8")
        try:
            entries = list(read(page, ReadContext()))
        except UnreadableSource:
            entries = []
        assert all(isinstance(entry, Rejected) for entry in entries)


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_archive_has_19876_entries_and_103_000_distinct_paragraphs(shared: Path, tmp_path: Path) -> None:
    with tarfile.open(shared / "archive" / "xwlb-news.tar.xz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 and later have it
        archive.extractall(tmp_path)
    paragraphs: set[str] = set()
    good = bad = undated = 0
    for path in tmp_path.rglob("2*.md"):
        for entry in read(path, ReadContext()):
            if isinstance(entry, Rejected):
                bad += 1
                continue
            good += 1
            undated += entry.date is None
            paragraphs.update(paragraph.text for paragraph in entry.paragraphs)
    assert good + bad == 19_876
    assert good > 19_500
    assert undated == 0
    assert 102_500 < len(paragraphs) < 103_500
    assert not any("&nbsp;" in text or "<p" in text or "\xa0" in text for text in paragraphs)
