"""The line under a snippet says where it stands, and what is not known of it."""

from __future__ import annotations

import datetime as dt

from bot.citation import cite
from index.model import Citation

BARE = Citation("a.1", "a", "/archive/page.txt", 23)
FULL = BARE._replace(
    title="老桥新生",
    section="一江两岸",
    paper="江城日报",
    date=dt.date(2025, 8, 12),
    date_source="file_name",
    page="A01",
    page_name="要闻",
)


def test_a_full_citation_leads_to_the_paragraph_on_paper():
    assert cite(FULL) == "《老桥新生》 › 一江两岸 · 第23段 · 江城日报 2025-08-12 第A01版（要闻）"


def test_what_is_unknown_is_said_or_left_out():
    assert cite(BARE) == "无标题 · 第23段 · 日期未标注"
    assert (
        cite(FULL._replace(date=None, page_name="")) == "《老桥新生》 › 一江两岸 · 第23段 · 江城日报 日期未标注 第A01版"
    )


def test_an_inferred_title_is_marked():
    assert cite(BARE._replace(title="老桥新生", title_inferred=True)) == "《老桥新生》 · 第23段 · 日期未标注, 标题推断"


def test_further_sources_are_named_by_their_files():
    assert cite(BARE._replace(also=("/a/b.pdf",))).endswith(" · 日期未标注 · 另见 1 处：b.pdf")
    assert cite(BARE._replace(also=("/a/b.zip!c/d.htm", "/e.txt", "/f.txt"))).endswith("另见 3 处：d.htm、e.txt……")


def test_a_title_inside_the_title_takes_the_inner_marks():
    assert cite(BARE._replace(title="读《江城志》")).startswith("《读〈江城志〉》 · ")


def test_a_further_snippet_of_the_same_article_is_cited_by_its_paragraph_alone():
    assert cite(FULL._replace(paragraph=2), FULL) == "同一篇 · 第2段"
    assert cite(FULL._replace(article_id="b", paragraph=2), FULL) == cite(FULL._replace(paragraph=2))
