"""Chats hear once of new articles that mention what they watch for, and not too often."""

from __future__ import annotations

import pytest

from bot import watch
from bot.opening import refresh

from . import newspaper
from .conftest import Newsroom, start


@pytest.fixture
async def room(folder, opened) -> Newsroom:
    room = await start(folder, opened)
    await room.desk.reindexing.look_back()
    await room.server.until(lambda: room.desk.store.sources(), 10, "the sources to be remembered")
    return room


async def arrives(room: Newsroom, name: str, text: str) -> None:
    """Let an article be printed and indexed."""
    (room.corpus / f"{name}.jsonl").write_text(newspaper.late_news(name, text), "utf-8")
    await room.desk.reindexing.run()


async def test_a_new_article_is_sent_once_with_its_citation(room: Newsroom):
    assert (await room.reader.asks("/watch 白鹭大桥")).text.startswith("已关注“白鹭大桥”")
    await arrives(room, "桥通了", "白鹭大桥今天通车。")
    (notice,) = await room.server.sent(room.reader.chat)
    assert notice.text.startswith("关注的“白鹭大桥”有新文章：\n\n白鹭大桥今天通车。\n《河口晚报》2025-08-14")
    refresh(room.desk.settings, full=True)
    await room.desk.reindexing.look_outside()
    await room.server.silence(room.reader.chat)


async def test_articles_that_were_there_before_are_not_news(room: Newsroom):
    await room.reader.asks("/watch 青石湾")
    await arrives(room, "桥通了", "白鹭大桥今天通车。")
    await room.server.silence(room.reader.chat)


async def test_an_article_added_to_a_file_that_was_there_is_news_alone(room: Newsroom):
    await room.reader.asks("/watch 河口县")
    with (room.corpus / "晚报.jsonl").open("a", encoding="utf-8") as file:
        file.write(newspaper.late_news("县里的事", "河口县下了一场雪。"))
    await room.desk.reindexing.run()
    (notice,) = await room.server.sent(room.reader.chat)
    assert "下了一场雪" in notice.text
    await room.server.silence(room.reader.chat)


async def test_a_word_matches_whatever_the_script(room: Newsroom):
    await room.reader.asks("/watch 白鷺大橋")
    await arrives(room, "桥通了", "白鹭大桥今天通车。")
    assert "白鹭大桥" in (await room.server.sent(room.reader.chat))[0].text


async def test_after_the_days_cap_the_rest_is_summed_up(room: Newsroom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "CAP", 2)
    await room.reader.asks("/watch 白鹭")
    for n in range(4):
        (room.corpus / f"{n}.jsonl").write_text(newspaper.late_news(f"新闻{n}", f"白鹭来了{n}只。"), "utf-8")
    await room.desk.reindexing.run()
    notices = await room.server.sent(room.reader.chat, 3)
    assert notices[-1].text.startswith("今天的通知已满 2 条，另有 2 篇")
    await arrives(room, "还有", "白鹭又来了。")
    await room.server.silence(room.reader.chat)


async def test_the_watches_of_who_blocked_the_bot_are_dropped(room: Newsroom):
    await room.reader.asks("/watch 白鹭大桥")
    room.server.fail("sendMessage", 403, "bot was blocked by the user")
    await arrives(room, "桥通了", "白鹭大桥今天通车。")
    await room.server.until(lambda: not room.desk.store.watches(room.reader.id))


async def test_blocking_the_bot_drops_them_at_once(room: Newsroom):
    await room.reader.asks("/watch 白鹭大桥")
    await room.reader.blocks()
    await room.server.until(lambda: not room.desk.store.watches(room.reader.id))


async def test_a_topic_hears_of_it_in_the_topic(room: Newsroom):
    forum = room.server.supergroup(members=[room.reader], forum=True)
    topic = await room.reader.opens_topic(forum, "桥")
    await room.reader.asks("/watch 白鹭大桥", to=topic)
    await arrives(room, "桥通了", "白鹭大桥今天通车。")
    (notice,) = await room.server.sent(topic)
    assert notice.thread_id == topic.id


async def test_watches_can_be_listed_and_ended(room: Newsroom):
    await room.reader.asks("/watch 渡口")
    assert (await room.reader.asks("/watch 渡口")).text == "已经在关注“渡口”了。"
    assert "渡口" in (await room.reader.asks("/watch")).text
    assert (await room.reader.asks("/unwatch 渡口")).text == "不再关注“渡口”。"
    assert (await room.reader.asks("/unwatch 渡口")).text == "没有关注过“渡口”。"
    assert (await room.reader.asks("/watch")).text.startswith("这里还没有关注")


@pytest.mark.parametrize("word", ["一", "长" * 31, "？？"])
async def test_a_word_that_is_none_is_refused(room: Newsroom, word):
    assert (await room.reader.asks(f"/watch {word}")).text.startswith("关键词请写")


async def test_what_came_while_the_bot_was_not_running_is_news_too(folder, opened, tmp_path):
    before = await start(folder, opened)
    await before.desk.reindexing.look_back()
    await before.server.until(lambda: before.desk.store.sources(), 10)
    await before.reader.asks("/watch 白鹭大桥")
    await opened.aclose()
    (folder / "corpus" / "桥.jsonl").write_text(newspaper.late_news("桥通了", "白鹭大桥今天通车。"), "utf-8")
    refresh(before.desk.settings)
    after = await start(folder, opened, before.server)
    await after.desk.reindexing.look_back()
    assert "白鹭大桥" in (await before.server.sent(before.reader.chat))[0].text


async def test_an_article_added_to_a_known_file_while_the_bot_was_not_running_is_news_alone(folder, opened):
    before = await start(folder, opened)
    await before.desk.reindexing.look_back()
    await before.server.until(lambda: before.desk.store.sources(), 10)
    await before.reader.asks("/watch 河口县")
    await opened.aclose()
    with (folder / "corpus" / "晚报.jsonl").open("a", encoding="utf-8") as file:
        file.write(newspaper.late_news("县里的事", "河口县下了一场雪。"))
    refresh(before.desk.settings)
    after = await start(folder, opened, before.server)
    await after.desk.reindexing.look_back()
    (notice,) = await before.server.sent(before.reader.chat)
    assert "下了一场雪" in notice.text
    await before.server.silence(before.reader.chat)


async def test_a_file_under_another_name_brings_no_news(room: Newsroom):
    own = {"id": "n-1", "title": "桥通了", "paragraphs": ["白鹭大桥今天通车。"]}
    (room.corpus / "甲.jsonl").write_text(newspaper.line(own), "utf-8")
    await room.desk.reindexing.run()
    await room.server.until(lambda: len(room.desk.store.sources()) == 3, 10)
    await room.reader.asks("/watch 白鹭大桥")
    (room.corpus / "甲.jsonl").rename(room.corpus / "乙.jsonl")
    await room.desk.reindexing.run()
    await room.server.silence(room.reader.chat)
