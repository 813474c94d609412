"""Admins change the archive from Telegram: /reindex, /cancel, uploads, /remove."""

from __future__ import annotations

import zipfile

import pytest

from bot import indexing, upkeep
from bot.opening import open_archive, refresh
from bot.upload import safe_name
from index.errors import IndexWriteFailed
from index.model import Progress

from . import newspaper
from .conftest import Newsroom, settings_in, start


@pytest.fixture
async def room(folder, opened) -> Newsroom:
    """A newsroom whose archive may be changed."""
    return await start(folder, opened)


async def last_edit(room: Newsroom, message, said: str):
    """Wait until a message says `said`."""
    await room.server.until(lambda: said in message.text, 20, f"“{said}”")
    return message


class TestReindex:
    async def test_takes_in_what_is_new_and_ends_with_a_summary(self, room: Newsroom):
        (room.corpus / "新闻.jsonl").write_text(
            newspaper.late_news("桥通了", "白鹭大桥今天通车，全长1180米。"), "utf-8"
        )
        shown = await room.admin.asks("/reindex")
        await last_edit(room, shown, "新增 1 · 更新 0 · 移除 0 · 跳过 0")
        assert "白鹭大桥" in (await room.reader.asks("白鹭大桥全长多少米")).text

    async def test_names_what_it_skipped_and_why(self, room: Newsroom):
        (room.corpus / "坏.jsonl").write_bytes(b"\xff\xff\xff\x00")
        shown = await room.admin.asks("/reindex")
        await last_edit(room, shown, "跳过 1")
        assert "· 坏.jsonl：" in shown.text

    async def test_full_reads_everything_again(self, room: Newsroom):
        shown = await room.admin.asks("/reindex full")
        assert shown.versions[0].text == "开始全部重建……"
        await last_edit(room, shown, "共 5 篇")

    async def test_is_the_admins_alone(self, room: Newsroom):
        for command in ("/reindex", "/cancel", "/status", "/problems", "/lexicon list", "/remove x", "/feedback"):
            assert "管理员" in (await room.reader.asks(command)).text

    async def test_with_another_word_explains_itself(self, room: Newsroom):
        assert "/reindex full" in (await room.admin.asks("/reindex all")).text


class TestWhileItRuns:
    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch):
        """A re-index that goes on until it is cancelled or released, as one of a large archive would."""
        import threading

        from bot import indexing
        from index.errors import IndexingCancelled

        released = threading.Event()

        def run(settings, paths, *, full, report, cancelled):
            report(Progress("reading", 3, 10))
            while not released.wait(0.01):
                if cancelled():
                    raise IndexingCancelled("取消")
            return refresh(settings, paths, full=full)

        monkeypatch.setattr(indexing, "refresh", run)
        monkeypatch.setattr(upkeep, "EDIT_SECONDS", 0.05)
        yield released
        released.set()

    async def test_it_shows_how_far_it_is(self, room: Newsroom, slow):
        shown = await room.admin.asks("/reindex")
        await last_edit(room, shown, "读取 3/10")
        slow.set()
        await last_edit(room, shown, "用时")

    async def test_readers_are_answered_from_the_old_index(self, room: Newsroom, slow):
        await room.admin.asks("/reindex")
        assert "152家" in (await room.reader.asks("青石湾产业园有多少企业")).text

    async def test_a_second_one_is_refused(self, room: Newsroom, slow):
        await room.admin.asks("/reindex")
        assert (await room.admin.asks("/reindex")).text.startswith("正在重建索引")

    async def test_cancel_ends_it_and_leaves_the_index(self, room: Newsroom, slow):
        shown = await room.admin.asks("/reindex")
        assert (await room.admin.asks("/cancel")).text == "正在取消……"
        await last_edit(room, shown, "已取消，原来的索引没有改变。")

    async def test_status_says_that_it_runs(self, room: Newsroom, slow):
        await room.admin.asks("/reindex")
        assert (await room.admin.asks("/status")).text.startswith("正在重建索引：读取 3/10")


async def test_cancel_without_a_reindex_says_so(room: Newsroom):
    assert (await room.admin.asks("/cancel")).text == "现在没有在重建索引。"


async def test_the_other_admins_hear_of_a_failure(folder, opened, monkeypatch):
    from bot import indexing

    def fail(*args, **options):
        raise IndexWriteFailed("磁盘已满；请腾出空间")

    monkeypatch.setattr(indexing, "refresh", fail)
    room = await start(folder, opened, admin_ids="7,8")
    other = room.server.user("另一位", id=8)
    shown = await room.admin.asks("/reindex")
    await last_edit(room, shown, "重建索引失败：磁盘已满")
    assert "磁盘已满" in (await room.server.sent(other.chat))[0].text


class TestUpload:
    async def test_puts_a_document_into_the_archive_and_indexes_it(self, room: Newsroom):
        await room.admin.uploads("桥.jsonl", newspaper.late_news("桥通了", "白鹭大桥全长1180米。").encode())
        (reply,) = await room.server.sent(room.admin.chat, timeout=20)
        assert reply.text == "已收录“桥.jsonl”，1 篇。"
        assert (room.corpus / "桥.jsonl").exists()

    async def test_replaces_a_document_of_the_same_name(self, room: Newsroom):
        await room.admin.uploads("旧闻.jsonl", newspaper.late_news("渡口没了", "老渡口拆了。").encode())
        (reply,) = await room.server.sent(room.admin.chat, timeout=20)
        assert reply.text == "已用新文件替换“旧闻.jsonl”，1 篇。"

    @pytest.mark.parametrize("name", ["../../坏.jsonl", "a\\..\\坏.jsonl", "/etc/坏.jsonl"])
    async def test_never_leaves_the_folder(self, room: Newsroom, name):
        await room.admin.uploads(name, newspaper.late_news("桥", "白鹭大桥全长1180米。").encode())
        await room.server.sent(room.admin.chat, timeout=20)
        assert (room.corpus / "坏.jsonl").exists()

    async def test_refuses_what_holds_nothing_and_keeps_what_was_there(self, room: Newsroom):
        before = (room.corpus / "旧闻.jsonl").read_bytes()
        await room.admin.uploads("旧闻.jsonl", b"\x00\xff\xfe")
        (reply,) = await room.server.sent(room.admin.chat)
        assert reply.text.startswith("没有收录“旧闻.jsonl”：")
        assert (room.corpus / "旧闻.jsonl").read_bytes() == before

    async def test_refuses_a_format_it_cannot_read(self, room: Newsroom):
        await room.admin.uploads("程序.exe", b"MZ")
        (reply,) = await room.server.sent(room.admin.chat)
        assert reply.text.startswith("不认识“程序.exe”的格式")

    async def test_that_telegram_does_not_hand_out_is_said(self, room: Newsroom):
        room.server.fail("getFile", 400, "file is temporarily unavailable")
        await room.admin.uploads("桥.jsonl", b"{}")
        (reply,) = await room.server.sent(room.admin.chat)
        assert reply.text.startswith("从 Telegram 取不到“桥.jsonl”")

    async def test_of_many_documents_at_once_loses_none_to_the_rate_limit(self, folder, opened):
        room = await start(folder, opened, rate_per_minute=1)
        for n in range(3):
            await room.admin.uploads(f"{n}.jsonl", newspaper.late_news(f"新闻{n}", f"白鹭来了{n}只。").encode())
        replies = await room.server.sent(room.admin.chat, 3, timeout=20)
        assert all(reply.text.startswith("已收录") for reply in replies)

    async def test_is_the_admins_alone(self, room: Newsroom):
        await room.reader.uploads("桥.jsonl", b"{}")
        (reply,) = await room.server.sent(room.reader.chat)
        assert reply.text.startswith("只有管理员可以添加文件")
        assert not (room.corpus / "桥.jsonl").exists()


@pytest.mark.parametrize("name", ["", ".hidden.md", "_paper.toml", "-rf.md", "a/../.md", "长" * 60 + ".md", "  "])
def test_a_name_that_would_do_harm_is_not_used(name):
    assert safe_name(name) is None


class TestRemove:
    async def removed(self, room: Newsroom, what: str) -> str:
        asked = await room.admin.asks(f"/remove {what}")
        await (await room.admin.press(asked, "确认移除")).answered()
        await last_edit(room, asked, "已移除")
        return asked.text

    async def test_takes_a_source_away_for_good(self, room: Newsroom):
        assert await self.removed(room, "旧闻.jsonl") == "已移除旧闻.jsonl。"
        refresh(room.desk.settings, full=True)
        assert open_archive(room.desk.settings).engine.issue(None) == []
        assert (room.corpus / "旧闻.jsonl").exists()

    async def test_takes_one_article_away_for_good_and_leaves_the_others(self, room: Newsroom):
        issue = await room.reader.asks("/browse 2025-08-12")
        passage = issue.buttons[0].data.removeprefix("a:").replace(".", "-")
        await self.removed(room, f"https://t.me/wenbao_bot?start={passage}")
        for full in (False, True):
            refresh(room.desk.settings, full=full)
            titles = [first.citation.title for first in open_archive(room.desk.settings).engine.issue(None)]
            dates = open_archive(room.desk.settings).engine.issue_dates()
            assert [str(date) for date in dates] == ["2025-08-13"]
            assert titles == ["渡口的故事"]

    async def test_finds_a_source_by_a_part_of_its_name(self, room: Newsroom):
        asked = await room.admin.asks("/remove 旧")
        assert asked.text.startswith("要移除来源“旧闻.jsonl”（1 篇）吗？")

    async def test_is_confirmed_by_its_button_after_a_restart_too(self, folder, opened):
        before = await start(folder, opened)
        asked = await before.admin.asks("/remove 旧闻.jsonl")
        await opened.aclose()
        after = await start(folder, opened, before.server)
        await (await before.admin.press(asked, "确认移除")).answered()
        await last_edit(after, asked, "已移除旧闻.jsonl。")

    @pytest.mark.parametrize("what", ["合集.zip!要闻/桥.jsonl", "合集.zip"])
    async def test_takes_a_container_or_one_member_of_it_away_for_good(self, room: Newsroom, what: str):
        with zipfile.ZipFile(room.corpus / "合集.zip", "w") as packed:
            packed.writestr("要闻/桥.jsonl", newspaper.late_news("桥通了", "白鹭大桥全长1180米。"))
            packed.writestr("要闻/路.jsonl", newspaper.late_news("路通了", "青山大道宽36米。"))
        refresh(room.desk.settings)
        await room.desk.reindexing.look_outside()
        asked = await room.admin.asks(f"/remove {what}")
        assert f"{what}" in asked.text
        assert ("1 篇" if "!" in what else "2 篇") in asked.text
        await (await room.admin.press(asked, "确认移除")).answered()
        await last_edit(room, asked, f"已移除{what}")
        for full in (False, True):
            refresh(room.desk.settings, full=full)
            engine = open_archive(room.desk.settings).engine
            left = {passage.citation.title for source in engine.manifest() for passage in engine.passages(source)}
            assert left & {"桥通了", "路通了"} == ({"路通了"} if "!" in what else set())

    async def test_does_nothing_unless_it_is_confirmed(self, room: Newsroom):
        asked = await room.admin.asks("/remove 旧闻.jsonl")
        await (await room.admin.press(asked, "不移除")).answered()
        await last_edit(room, asked, "没有移除。")
        assert room.desk.store.retractions() == frozenset()

    async def test_says_when_there_is_no_such_thing(self, room: Newsroom):
        assert (await room.admin.asks("/remove 没有.md")).text == "档案里没有“没有.md”。"

    async def test_cannot_be_confirmed_by_somebody_else(self, room: Newsroom):
        asked = await room.admin.asks("/remove 旧闻.jsonl")
        answer = await (await room.reader.press(asked, "确认移除")).answered()
        assert "管理员" in answer.text
        assert room.desk.store.retractions() == frozenset()

    async def test_an_upload_of_the_same_name_brings_it_back(self, room: Newsroom):
        await self.removed(room, "旧闻.jsonl")
        await room.admin.uploads("旧闻.jsonl", newspaper.line(newspaper.UNDATED).encode())
        (reply,) = await room.server.sent(room.admin.chat, timeout=20)
        assert "1 篇" in reply.text


async def test_what_another_process_indexed_is_taken_up(room: Newsroom):
    (room.corpus / "新闻.jsonl").write_text(newspaper.late_news("桥通了", "白鹭大桥全长1180米。"), "utf-8")
    refresh(settings_in(room.corpus.parent))
    await room.desk.reindexing.look_outside()
    assert "白鹭大桥" in (await room.reader.asks("白鹭大桥全长多少米")).text


async def test_what_another_process_indexed_is_taken_up_at_a_glance(room: Newsroom):
    before = room.desk.archive
    (room.corpus / "新闻.jsonl").write_text(newspaper.late_news("桥通了", "白鹭大桥全长1180米。"), "utf-8")
    refresh(settings_in(room.corpus.parent))
    await room.server.until(lambda: room.desk.archive is not before, 10, "the new state")
    assert "白鹭大桥" in (await room.reader.asks("白鹭大桥全长多少米")).text


async def test_a_glance_at_an_index_that_has_not_changed_opens_nothing(room: Newsroom, monkeypatch):
    await room.desk.reindexing.glance_outside()
    monkeypatch.setattr(indexing, "_reopen", lambda *_: pytest.fail("opened"))
    await room.desk.reindexing.glance_outside()
