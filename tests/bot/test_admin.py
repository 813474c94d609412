"""What admins ask about the archive: /status, /problems, /lexicon, /feedback, and their menu."""

from __future__ import annotations

import json

from bot.menus import set_menus
from bot.opening import refresh
from index.testset import read_testset

from . import newspaper
from .conftest import ADMIN, Newsroom, settings_in, start

QUESTION = "青石湾产业园有多少企业"


async def test_status_tells_what_the_archive_holds_and_how_the_day_went(newsroom: Newsroom):
    await newsroom.reader.asks(QUESTION)
    await newsroom.reader.asks("火星探测器有几台发动机")
    status = (await newsroom.admin.asks("/status")).text
    assert "文章 5 篇" in status
    assert "日期 2025-08-12 至 2025-08-13" in status
    assert "今天提问 2 个，答出 50%" in status
    assert "tantivy" in status


async def test_status_of_an_archive_without_dates_says_so(folder, opened):
    (folder / "corpus" / "晚报.jsonl").unlink()
    refresh(settings_in(folder))
    room = await start(folder, opened)
    assert "\n日期 日期未标注\n" in (await room.admin.asks("/status")).text


async def test_problems_are_named_with_their_source(folder, opened):
    (folder / "corpus" / "半.jsonl").write_text(newspaper.late_news("桥", "桥通了。") + "{坏\n", "utf-8")
    room = await start(folder, opened)
    await room.admin.says("/reindex")
    await room.server.until(lambda: room.desk.archive.engine.stats.articles == 6, 20)
    assert "· 半.jsonl：" in (await room.server.sent(room.admin.chat) and await room.admin.asks("/problems")).text


async def test_without_problems_it_says_so(newsroom: Newsroom):
    assert (await newsroom.admin.asks("/problems")).text.startswith("没有问题")


class TestTheLexicon:
    async def test_takes_words_which_count_from_the_next_full_rebuild(self, folder, opened):
        room = await start(folder, opened)
        assert "/reindex full" in (await room.admin.asks("/lexicon add 白鹭大桥")).text
        assert "白鹭大桥" in (await room.admin.asks("/lexicon list")).text
        shown = await room.admin.asks("/reindex full")
        await room.server.until(lambda: "用时" in shown.text, 20)
        assert "白鹭大桥" in room.desk.archive.segmenter.lexicon

    async def test_gives_them_back(self, folder, opened):
        room = await start(folder, opened)
        await room.admin.asks("/lexicon add 白鹭大桥")
        assert (await room.admin.asks("/lexicon remove 白鹭大桥")).text.startswith("已删除“白鹭大桥”")
        assert (await room.admin.asks("/lexicon list")).text == "还没有添加本地词。"

    async def test_explains_what_it_does_not_understand(self, newsroom: Newsroom):
        assert (await newsroom.admin.asks("/lexicon")).text.startswith("用 /lexicon list")
        assert (await newsroom.admin.asks("/lexicon add 一 二")).text.startswith("词请写")
        assert (await newsroom.admin.asks("/lexicon remove 没有")).text == "没有添加过“没有”。"


class TestFeedback:
    async def test_lists_what_readers_did_not_like_and_exports_questions_for_eval(self, newsroom: Newsroom, tmp_path):
        good = await newsroom.reader.asks(QUESTION)
        await (await newsroom.reader.press(good, "👍")).answered()
        bad = await newsroom.reader.asks("火星探测器有几台发动机")
        await (await newsroom.reader.press(bad, "👎")).answered()
        wrong = await newsroom.reader.asks("图书馆新馆什么时候开放")
        await (await newsroom.reader.press(wrong, "👎")).answered()
        await newsroom.admin.says("/feedback")
        listed, exported = await newsroom.server.sent(newsroom.admin.chat, 2)
        assert "火星探测器有几台发动机\n　→ 没有找到" in listed.text
        records = [json.loads(line) for line in exported.document.content.decode().splitlines()]
        assert records[0] == {
            "question": "图书馆新馆什么时候开放",
            "answers": [],
            "said": wrong.bold[0].partition("（")[0],
        }
        assert records[1] == {"question": "火星探测器有几台发动机", "answers": [], "said": ""}
        assert records[2]["question"] == QUESTION
        assert records[2]["answers"]
        path = tmp_path / "feedback.jsonl"
        path.write_bytes(exported.document.content)
        assert len(read_testset(path).questions) == 3

    async def test_says_when_there_is_none(self, newsroom: Newsroom):
        assert (await newsroom.admin.asks("/feedback")).text == "还没有 👎。"


async def test_everyone_sees_the_commands_that_are_theirs(newsroom: Newsroom):
    await set_menus(newsroom.app.bot, [ADMIN])
    assert "reindex" not in newsroom.server.commands()
    assert "ask" in newsroom.server.commands("all_group_chats")
    assert "reindex" in newsroom.server.commands("chat", newsroom.admin.chat)
    assert newsroom.admin.id == ADMIN


async def test_an_admin_who_starts_the_bot_later_gets_the_menu_then(newsroom: Newsroom):
    await newsroom.admin.asks("/start")
    await newsroom.server.until(lambda: "status" in newsroom.server.commands("chat", newsroom.admin.chat))
