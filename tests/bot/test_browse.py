"""Articles and issues: 全文, deep links, /browse, /latest, and the greeting."""

from __future__ import annotations

from bot.measure import units

from . import newspaper
from .conftest import Newsroom, start

QUESTION = "青石湾产业园有多少企业"


async def test_the_whole_article_opens_beneath_with_the_cited_paragraph_marked(newsroom: Newsroom):
    reply = await newsroom.reader.asks(QUESTION)
    await (await newsroom.reader.press(reply, "全文")).answered()
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert article.reply_to is reply
    assert article.bold[0] == "青石湾产业园再添新企业"
    assert article.marked("blockquote") == [newspaper.ARTICLES[0]["paragraphs"][1]]
    assert all(paragraph in article.text for paragraph in newspaper.ARTICLES[0]["paragraphs"])


async def test_a_long_article_has_pages_of_whole_paragraphs_and_opens_where_it_is_cited(newsroom: Newsroom):
    reply = await newsroom.reader.asks("十年记第40节种了多少棵香樟")
    await (await newsroom.reader.press(reply, "全文")).answered()
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert article.marked("blockquote")
    shown: list[str] = []
    for _ in range(int(article.button("/").text.partition("/")[2])):
        assert units(article.text) <= 4096
        shown += [paragraph for paragraph in newspaper.ARTICLES[3]["paragraphs"] if paragraph in article.text]
        await (await newsroom.reader.press(article, "▶")).answered()
        await newsroom.server.edited(article)
    assert sorted(shown) == sorted(newspaper.ARTICLES[3]["paragraphs"])


async def test_an_article_that_is_gone_is_said_to_be(newsroom: Newsroom):
    reply = await newsroom.reader.asks("/start nosuch-0123456789")
    assert reply.text == "这篇文章已不在档案里。"


async def test_a_deep_link_opens_the_article_where_it_is_cited(newsroom: Newsroom):
    query = await newsroom.reader.inline(QUESTION)
    result = (await query.answered()).results[0]
    await newsroom.reader.follows(result.content.keyboard[0][0].url)
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert article.marked("blockquote") == [newspaper.ARTICLES[0]["paragraphs"][1]]


async def test_a_day_lists_its_articles_by_page_and_opens_them(newsroom: Newsroom):
    issue = await newsroom.reader.asks("/browse 2025-08-13")
    assert issue.bold == ["《河口晚报》第A01版（头版）", "《河口晚报》第A02版", "《河口晚报》第A04版"]
    assert "1. 传感器小镇的一天" in issue.text
    await (await newsroom.reader.press(issue, "1")).answered()
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert article.bold[0] == "传感器小镇的一天"


async def test_a_day_leads_to_the_issue_before(newsroom: Newsroom):
    issue = await newsroom.reader.asks("/browse 2025年8月13日")
    await (await newsroom.reader.press(issue, "« 2025-08-12")).answered()
    await newsroom.server.edited(issue)
    assert "青石湾产业园再添新企业" in issue.text
    assert issue.button("2025-08-13 »")


async def test_a_day_without_an_issue_offers_its_neighbours(newsroom: Newsroom):
    reply = await newsroom.reader.asks("/browse 2025-08-20")
    assert reply.text.startswith("2025-08-20 没有文章。")
    assert [button.text for button in reply.buttons] == ["2025-08-12", "2025-08-13"]


async def test_something_else_than_a_date_is_explained(newsroom: Newsroom):
    for written in ("昨天", "2025-13-40", "<b>"):
        assert (await newsroom.reader.asks(f"/browse {written}")).text.startswith("请写日期")


async def test_browse_alone_shows_what_there_is_the_undated_too(newsroom: Newsroom):
    reply = await newsroom.reader.asks("/browse")
    await (await newsroom.reader.press(reply, "日期未标注")).answered()
    await newsroom.server.edited(reply)
    assert "渡口的故事" in reply.text


async def test_latest_is_the_newest_issue(newsroom: Newsroom):
    assert (await newsroom.reader.asks("/latest")).text.startswith("2025-08-13")


async def test_the_greeting_and_help_show_questions_this_archive_answers(newsroom: Newsroom):
    newsroom.desk.examples = (QUESTION,)
    assert QUESTION in (await newsroom.reader.asks("/start")).text
    assert QUESTION in (await newsroom.reader.asks("/help")).text


async def test_a_reader_is_told_while_there_is_no_index_yet(tmp_path, opened):
    newspaper.write(tmp_path / "corpus")
    room = await start(tmp_path, opened)
    for text in (QUESTION, "/latest", "/browse"):
        assert "档案里还没有文章" in (await room.reader.asks(text)).text
    work = room.desk.reindexing.build_first()
    room.desk.spawn(work)
    await room.server.until(lambda: room.desk.archive is not None, timeout=20)
    assert "152家" in (await room.reader.asks(QUESTION)).text


async def test_privacy_says_what_is_kept_and_forget_deletes_it(newsroom: Newsroom):
    await newsroom.reader.asks(QUESTION)
    await newsroom.reader.asks("/watch 渡口")
    assert "30 天" in (await newsroom.reader.asks("/privacy")).text
    assert (await newsroom.reader.asks("/forget")).text == "已删除您的记录：问题 1 条，评价 0 条，关注 1 个。"
    assert (await newsroom.reader.asks("/forget")).text == "已删除您的记录：问题 0 条，评价 0 条，关注 0 个。"
