"""While the search cluster is away the bot says so at once, in one sentence, and answers again when it is back."""

from __future__ import annotations

import pytest

from bot import ask as asking
from bot import inline, messages
from index.errors import EngineAway

from .conftest import Newsroom

QUESTION = "青石湾产业园有多少企业"


def away(*_: object, **__: object) -> None:
    raise EngineAway("搜索集群 http://a:9200 wenbao 暂时没有答复")


async def test_a_question_is_told_that_the_archive_cannot_be_asked_now(newsroom: Newsroom, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(asking, "ask", away)
        assert (await newsroom.reader.asks(QUESTION)).text == messages.ARCHIVE_AWAY
    assert "152家" in (await newsroom.reader.asks(QUESTION)).text


async def test_the_log_has_a_line_for_it_and_no_traceback(newsroom: Newsroom, monkeypatch, caplog):
    monkeypatch.setattr(asking, "ask", away)
    await newsroom.reader.asks(QUESTION)
    assert [record for record in caplog.records if record.exc_info] == []


async def test_an_inline_question_is_told_too(newsroom: Newsroom, monkeypatch):
    monkeypatch.setattr(inline, "ask", away)
    answer = await (await newsroom.reader.inline(QUESTION)).answered()
    assert answer.button is not None
    assert answer.button["text"] == messages.ARCHIVE_AWAY


@pytest.mark.parametrize("traditional", [False, True])
async def test_the_sentence_is_in_the_readers_own_characters(traditional: bool):
    from bot.speech import speech_for

    said = speech_for("zh-hant" if traditional else "zh-hans")(messages.ARCHIVE_AWAY)
    assert ("檔案" in said) is traditional
