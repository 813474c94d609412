"""`wenbao chat`: the bot's handlers in the terminal."""

from __future__ import annotations

import io

import pytest

from bot import chat
from bot.chat import chat as run

from . import newspaper
from .conftest import settings_in

QUESTION = "青石湾产业园有多少企业"
PAGED = "青石湾修了多少条路"
"""Each section of a long article answers it anew."""


@pytest.fixture
def talk(folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Type lines and return what is shown."""

    def type_in(*lines: str, role: chat.Role = "reader", **settings: object) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        run(settings_in(folder, **settings), role)
        return capsys.readouterr().out.replace("\n", "")

    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(chat, "set_up", lambda *args, **options: None)
    return type_in


def test_a_question_is_answered_with_its_citation_and_numbered_buttons(talk):
    shown = talk(QUESTION)
    assert "152家" in shown
    assert "《河口晚报》2025-08-12 第A03版（要闻）" in shown
    assert "[1] ◀" in talk(PAGED)


def test_a_number_presses_its_button(talk):
    assert "（消息已更新）" in talk(PAGED, "3")
    assert "▸ 第" in talk(PAGED, "4")
    assert "[N]. 河口晚报" in talk(PAGED, "5")
    assert "谢谢，已记下。" in talk(PAGED, "6")


def test_a_number_without_a_button_is_said_to_have_none(talk):
    assert "没有这个按钮" in talk("9")


def test_a_follow_up_works_as_in_telegram(talk):
    assert "按“青石湾产业园的产值是多少”查找" in talk(QUESTION, "那产值呢？")


def test_admin_commands_are_for_admins(talk):
    assert "请联系管理员" in talk("/status")
    assert "文章 5 篇" in talk("/status", role="admin")


def test_an_admin_can_upload_and_reindex(talk, tmp_path):
    path = tmp_path / "桥.jsonl"
    path.write_text(newspaper.late_news("桥通了", "白鹭大桥全长1180米。"), "utf-8")
    shown = talk(f"/upload {path}", "/reindex full", role="admin")
    assert "已收录“桥.jsonl”，1 篇。" in shown
    assert "共 6 篇" in shown


def test_a_missing_file_is_named(talk):
    assert "没有这个文件" in talk("/upload /nowhere/x.txt")


def test_the_index_is_built_first_where_there_is_none(tmp_path, monkeypatch, capsys):
    newspaper.write(tmp_path / "corpus")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n"))
    monkeypatch.setattr(chat, "set_up", lambda *args, **options: None)
    run(settings_in(tmp_path))
    assert "152家" in capsys.readouterr().out
