"""Questions in private: the answer, its buttons, follow-ups, edits, and what is no question."""

from __future__ import annotations

import json

import pytest

from bot import ask as asking

from . import newspaper
from .conftest import Newsroom, start

QUESTION = "青石湾产业园有多少企业"
PAGED = "青石湾修了多少条路"
"""Each section of a long article answers it anew."""


async def test_the_reply_quotes_the_question_and_shows_both_figures_bold_with_their_citations(newsroom: Newsroom):
    question = await newsroom.reader.says(QUESTION)
    (reply,) = await newsroom.server.sent(newsroom.reader.chat)
    assert reply.reply_to is question
    assert set(reply.bold) >= {"152家", "150多家"}
    assert "《河口晚报》2025-08-12 第A03版（要闻） 《青石湾产业园再添新企业》 › 园区新貌 第2段" in reply.text
    assert reply.links == {"《青石湾产业园再添新企业》": "https://example.org/news/1?a=1&b=2"}
    assert json.loads(reply.options["link_preview_options"]) == {"is_disabled": True}


async def test_typing_is_shown_while_it_works(newsroom: Newsroom):
    await newsroom.reader.asks(QUESTION)
    assert newsroom.server.called("sendChatAction")


async def test_the_same_question_is_worked_out_once_in_one_state_of_the_archive(newsroom: Newsroom, monkeypatch):
    first = await newsroom.reader.asks(QUESTION)
    monkeypatch.setattr(asking, "ask", lambda *_, **__: pytest.fail("asked again"))
    assert (await newsroom.reader.asks(QUESTION)).text == first.text


async def test_arrows_turn_the_pages_in_the_same_message_and_come_round(newsroom: Newsroom):
    reply = await newsroom.reader.asks(PAGED)
    first = reply.text
    pages = int(reply.button("1/").text.partition("/")[2])
    for _ in range(pages):
        await (await newsroom.reader.press(reply, "▶")).answered()
        await newsroom.server.edited(reply)
    assert pages > 1
    assert reply.text == first


async def test_the_place_between_the_arrows_does_nothing(newsroom: Newsroom):
    reply = await newsroom.reader.asks(PAGED)
    answer = await (await newsroom.reader.press(reply, "1/")).answered()
    assert answer.text == ""
    assert not reply.edits


async def test_the_reference_is_copied_as_gb_t_7714(newsroom: Newsroom):
    reply = await newsroom.reader.asks("图书馆新馆什么时候开放")
    assert newsroom.reader.copies(reply, "引用") == "传感器小镇的一天[N]. 河口晚报, 2025-08-13(A01)."


async def test_each_article_of_the_first_message_can_be_opened_and_copied(newsroom: Newsroom):
    reply = await newsroom.reader.asks(QUESTION)
    assert newsroom.reader.copies(reply, "引用 2") == "传感器小镇的一天[N]. 河口晚报, 2025-08-13(A01)."
    await (await newsroom.reader.press(reply, "全文 2")).answered()
    (article,) = await newsroom.server.sent(newsroom.reader.chat)
    assert article.text.startswith("传感器小镇的一天\n")


async def test_a_verdict_is_kept_with_question_and_answer(newsroom: Newsroom):
    reply = await newsroom.reader.asks(QUESTION)
    answer = await (await newsroom.reader.press(reply, "👎")).answered()
    assert answer.text == "谢谢，已记下。"
    (verdict,) = newsroom.desk.store.verdicts()
    assert (verdict.question, verdict.good) == (QUESTION, False)


async def test_a_second_verdict_replaces_the_first(newsroom: Newsroom):
    reply = await newsroom.reader.asks(QUESTION)
    await (await newsroom.reader.press(reply, "👎")).answered()
    await (await newsroom.reader.press(reply, "👍")).answered()
    assert [verdict.good for verdict in newsroom.desk.store.verdicts()] == [True]


async def test_what_the_archive_does_not_hold_is_said_plainly(newsroom: Newsroom):
    reply = await newsroom.reader.asks("火星探测器有几台发动机")
    assert reply.text.startswith("档案里没有找到“火星探测器有几台发动机”的答案。")
    assert reply.bold == []


async def test_a_title_full_of_markup_is_shown_as_it_is(newsroom: Newsroom):
    reply = await newsroom.reader.asks("渔火节上灯船一共有多少艘")
    assert "<script>灯船</script>一共有88艘" in reply.text
    assert newspaper.HOSTILE in reply.text


class TestAFollowUp:
    async def test_keeps_the_subject(self, newsroom: Newsroom):
        await newsroom.reader.asks(QUESTION)
        reply = await newsroom.reader.asks("那产值呢？")
        assert "按“青石湾产业园的产值是多少”查找" in reply.text
        assert "36亿元" in reply.text

    async def test_keeps_what_was_counted(self, newsroom: Newsroom):
        await newsroom.reader.asks(QUESTION)
        reply = await newsroom.reader.asks("投产的呢")
        assert "按“青石湾产业园投产的企业有多少”查找" in reply.text

    async def test_may_be_a_reply_to_an_earlier_answer(self, newsroom: Newsroom):
        first = await newsroom.reader.asks(QUESTION)
        await newsroom.reader.asks("河口县图书馆新馆什么时候开放")
        reply = await newsroom.reader.asks("在哪里", reply_to=first)
        assert "按“青石湾产业园在哪里”查找" in reply.text

    async def test_is_taken_literally_after_new(self, newsroom: Newsroom):
        await newsroom.reader.asks(QUESTION)
        assert (await newsroom.reader.asks("/new")).text == "好的，换个话题。"
        assert "按“" not in (await newsroom.reader.asks("那产值呢？")).text

    async def test_is_taken_literally_after_ten_minutes(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
        await newsroom.reader.asks(QUESTION)
        now = newsroom.desk.clock()
        monkeypatch.setattr(newsroom.desk, "clock", lambda: now + 601)
        assert "按“" not in (await newsroom.reader.asks("那产值呢？")).text

    async def test_does_not_lean_on_somebody_elses_question(self, newsroom: Newsroom):
        await newsroom.reader.asks(QUESTION)
        other = newsroom.server.user("别人")
        assert "按“" not in (await other.asks("那产值呢？")).text


class TestAnEditedQuestion:
    async def test_is_answered_by_editing_the_reply(self, newsroom: Newsroom):
        question = await newsroom.reader.says("图书馆新馆什么时候开放")
        (reply,) = await newsroom.server.sent(newsroom.reader.chat)
        await newsroom.reader.edits(question, QUESTION)
        await newsroom.server.edited(reply)
        assert "152家" in reply.bold
        assert newsroom.server.untaken(newsroom.reader.chat) == []

    async def test_has_buttons_that_belong_to_the_new_question(self, newsroom: Newsroom):
        question = await newsroom.reader.says("图书馆新馆什么时候开放")
        (reply,) = await newsroom.server.sent(newsroom.reader.chat)
        await newsroom.reader.edits(question, QUESTION)
        await newsroom.server.edited(reply)
        await (await newsroom.reader.press(reply, "👍")).answered()
        assert newsroom.desk.store.verdicts()[0].question == QUESTION

    async def test_that_never_was_one_stays_unanswered(self, newsroom: Newsroom):
        greeting = await newsroom.reader.says("/help")
        await newsroom.server.sent(newsroom.reader.chat)
        await newsroom.reader.edits(greeting, QUESTION)
        await newsroom.server.silence(newsroom.reader.chat)

    async def test_that_was_refused_at_first_is_answered_in_place_of_the_refusal(self, newsroom: Newsroom):
        question = await newsroom.reader.says("？？")
        (reply,) = await newsroom.server.sent(newsroom.reader.chat)
        await newsroom.reader.edits(question, QUESTION)
        await newsroom.server.edited(reply)
        assert "152家" in reply.bold
        await (await newsroom.reader.press(reply, "👍")).answered()
        assert newsroom.desk.store.verdicts()[0].question == QUESTION

    async def test_that_became_too_long_says_so_in_place(self, newsroom: Newsroom):
        question = await newsroom.reader.says(QUESTION)
        (reply,) = await newsroom.server.sent(newsroom.reader.chat)
        await newsroom.reader.edits(question, "长" * 501)
        await newsroom.server.edited(reply)
        assert reply.text.startswith("问题太长了")


class TestWhatIsNoQuestion:
    @pytest.mark.parametrize(("text", "said"), [("？？", "请用文字"), ("😀👍", "请用文字"), ("长" * 501, "问题太长了")])
    async def test_gets_a_friendly_sentence(self, newsroom: Newsroom, text: str, said: str):
        assert (await newsroom.reader.asks(text)).text.startswith(said)

    @pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location"])
    async def test_other_than_text_gets_one_too(self, newsroom: Newsroom, kind):
        await newsroom.reader.sends(kind)
        (reply,) = await newsroom.server.sent(newsroom.reader.chat)
        assert reply.text.startswith("我只读得懂文字")

    async def test_five_hundred_characters_are_still_a_question(self, newsroom: Newsroom):
        reply = await newsroom.reader.asks("青石湾产业园有多少企业" + "啊" * 489)
        assert not reply.text.startswith("问题太长了")

    async def test_ask_without_a_question_shows_how(self, newsroom: Newsroom):
        assert (await newsroom.reader.asks("/ask")).text.startswith("请在 /ask 后面写上问题")

    async def test_an_unknown_command_points_to_help(self, newsroom: Newsroom):
        assert "/help" in (await newsroom.reader.asks("/weather")).text


async def test_traditional_readers_see_the_interface_in_their_characters_and_quotations_as_printed(newsroom: Newsroom):
    reader = newsroom.server.user("讀者", language="zh-hant")
    reply = await reader.asks("图书馆新馆什么时候开放")
    assert [button.text for button in reply.buttons if "全" in button.text] == ["全文"]
    assert "檔案更新於" in reply.text
    assert "河口县图书馆新馆将于" in reply.text


class TestTheRateLimit:
    async def test_gives_one_notice_and_then_silence(self, folder, opened):
        room = await start(folder, opened, rate_per_minute=2)
        await room.reader.asks(QUESTION)
        await room.reader.asks(QUESTION)
        assert (await room.reader.asks(QUESTION)).text.startswith("您问得有点快，每分钟最多 2 个问题")
        await room.reader.says(QUESTION)
        await room.server.silence(room.reader.chat)

    async def test_is_each_readers_own(self, folder, opened):
        room = await start(folder, opened, rate_per_minute=1)
        await room.reader.asks(QUESTION)
        assert "152家" in (await room.server.user("别人").asks(QUESTION)).text


async def test_buttons_from_before_a_restart_still_work(folder, opened):
    before = await start(folder, opened)
    reply = await before.reader.asks(PAGED)
    await opened.aclose()
    after = await start(folder, opened, before.server)
    await (await before.reader.press(reply, "▶")).answered()
    await after.server.edited(reply)
    assert "2/" in reply.button("2/").text


async def test_a_button_whose_question_is_gone_says_that_it_has_expired(newsroom: Newsroom):
    reply = await newsroom.reader.asks(PAGED)
    await newsroom.reader.asks("/forget")
    for button in ("▶", "👍"):
        assert (await (await newsroom.reader.press(reply, button)).answered()).text == "这个按钮已经过期，请重新提问。"


@pytest.mark.parametrize("data", ["x:1", "s:", "s:nokey:99999999999", "a:none.0000000000", "b:2025-99-99:0", "r:zz:1"])
async def test_a_forged_button_does_no_harm(newsroom: Newsroom, data: str):
    reply = await newsroom.reader.asks(QUESTION)
    await (await newsroom.reader.press_old(reply, data)).answered()


class TestWhomItServes:
    async def test_a_chat_that_is_not_allowed_is_told_so(self, folder, opened):
        room = await start(folder, opened, allowed_chats="12345")
        assert (await room.reader.asks(QUESTION)).text.startswith("抱歉，这个机器人只为指定的会话服务")

    async def test_an_allowed_chat_and_the_admins_are_answered(self, folder, opened):
        room = await start(folder, opened, allowed_chats="12345")
        assert "152家" in (await room.server.user("读者", id=12345).asks(QUESTION)).text
        assert "152家" in (await room.admin.asks(QUESTION)).text
