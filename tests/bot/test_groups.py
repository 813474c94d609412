"""In groups the bot speaks when spoken to, in the topic where it was asked; a group that moves keeps its watches."""

from __future__ import annotations

import pytest

from .conftest import Newsroom, start

QUESTION = "青石湾产业园有多少企业"
PAGED = "青石湾修了多少条路"
"""Each section of a long article answers it anew."""


@pytest.mark.parametrize("text", [f"/ask {QUESTION}", f"/ask@wenbao_bot {QUESTION}", f"@wenbao_bot {QUESTION}"])
async def test_a_command_or_a_mention_is_answered(newsroom: Newsroom, text: str):
    group = newsroom.server.supergroup(members=[newsroom.reader])
    reply = await newsroom.reader.asks(text, to=group)
    assert "152家" in reply.text
    assert reply.reply_to is not None


async def test_the_mention_is_no_part_of_the_question(newsroom: Newsroom):
    group = newsroom.server.supergroup(members=[newsroom.reader])
    reply = await newsroom.reader.asks("@wenbao_bot，火星探测器有几台发动机", to=group)
    assert "“火星探测器有几台发动机”" in reply.text


async def test_a_reply_to_the_bot_is_answered_as_a_follow_up(newsroom: Newsroom):
    group = newsroom.server.supergroup(members=[newsroom.reader])
    first = await newsroom.reader.asks(f"/ask {QUESTION}", to=group)
    reply = await newsroom.reader.asks("产值呢", reply_to=first)
    assert "按“青石湾产业园的产值是多少”查找" in reply.text


async def test_what_people_say_to_each_other_is_left_alone_even_without_privacy_mode(newsroom: Newsroom):
    newsroom.server.privacy = False
    group = newsroom.server.supergroup(members=[newsroom.reader])
    await newsroom.reader.says(QUESTION, to=group)
    await newsroom.reader.says(f"/ask@other_bot {QUESTION}", to=group)
    await newsroom.reader.sends("photo", to=group)
    await newsroom.server.silence(group)


async def test_chatter_does_not_use_up_anybodys_questions(printed, tmp_path, opened):
    room = await start(printed, opened, state_file=tmp_path / "bot.db", rate_per_minute=1)
    room.server.privacy = False
    group = room.server.supergroup(members=[room.reader])
    for _ in range(3):
        await room.reader.says("吃了吗", to=group)
    assert "152家" in (await room.reader.asks(f"/ask {QUESTION}", to=group)).text


async def test_a_topic_is_answered_in_the_topic(newsroom: Newsroom):
    forum = newsroom.server.supergroup(members=[newsroom.reader], forum=True)
    topic = await newsroom.reader.opens_topic(forum, "园区")
    reply = await newsroom.reader.asks(f"/ask {QUESTION}", to=topic)
    assert reply.thread_id == topic.id
    assert all(call.parameters.text("message_thread_id") for call in newsroom.server.called("sendChatAction"))


async def test_a_new_topic_is_no_question(newsroom: Newsroom):
    forum = newsroom.server.supergroup(members=[newsroom.reader], forum=True)
    await newsroom.reader.opens_topic(forum, "园区")
    await newsroom.server.silence(forum)


async def test_an_article_is_opened_in_private_by_a_deep_link(newsroom: Newsroom):
    group = newsroom.server.supergroup(members=[newsroom.reader])
    reply = await newsroom.reader.asks(f"/ask {QUESTION}", to=group)
    await newsroom.reader.follows(reply.button("全文").url)
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert "青石湾产业园再添新企业" in article.bold


async def test_another_member_may_turn_the_pages(newsroom: Newsroom):
    other = newsroom.server.user("别人")
    group = newsroom.server.supergroup(members=[newsroom.reader, other])
    reply = await newsroom.reader.asks(f"/ask {PAGED}", to=group)
    await (await other.press(reply, "▶")).answered()
    await newsroom.server.edited(reply)


async def test_a_group_that_becomes_a_supergroup_keeps_its_watches(newsroom: Newsroom):
    group = newsroom.server.group(members=[newsroom.reader])
    await newsroom.reader.asks("/watch 渡口", to=group)
    supergroup = await newsroom.reader.migrates(group)
    await newsroom.server.until(lambda: newsroom.desk.store.watches(supergroup.id))
    assert newsroom.desk.store.watches(group.id) == []


async def test_a_group_that_was_allowed_still_is_after_it_moved(printed, tmp_path, opened):
    from .botapi import BotApiServer

    server = BotApiServer()
    group = server.group()
    allowed = str(group.id)
    room = await start(printed, opened, server, state_file=tmp_path / "bot.db", allowed_chats=allowed)
    group.members[room.reader.id] = "member"
    supergroup = await room.reader.migrates(group)
    assert "152家" in (await room.reader.asks(f"/ask {QUESTION}", to=supergroup)).text


async def test_one_of_our_own_inline_results_is_no_question(newsroom: Newsroom):
    query = await newsroom.reader.inline(QUESTION)
    await newsroom.reader.chooses(query, 0, to=newsroom.reader.chat)
    await newsroom.server.silence(newsroom.reader.chat)
