"""@bot 问题 in any chat: cited answers ready to be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import inline, messages
from index.answer import ask

from .conftest import Newsroom

QUESTION = "青石湾产业园有多少企业"


async def test_each_result_is_an_answer_with_its_citation(newsroom: Newsroom):
    query = await newsroom.reader.inline(QUESTION)
    answer = await query.answered()
    assert 1 < len(answer.results) <= 10
    sent = await newsroom.reader.chooses(query, 0)
    assert sent.text.startswith(f"问　{QUESTION}\n")
    assert "《河口晚报》" in sent.text
    assert sent.bold


async def test_the_article_behind_a_result_is_a_link_away(newsroom: Newsroom):
    query = await newsroom.reader.inline(QUESTION)
    sent = await newsroom.reader.chooses(query, 0)
    assert sent.button("全文").url.startswith("https://t.me/wenbao_bot?start=")


@pytest.mark.parametrize(("confidence", "said"), [(0.29, True), (0.3, False)])
async def test_doubt_is_said_above_the_results_and_in_what_is_sent(newsroom: Newsroom, monkeypatch, confidence, said):
    monkeypatch.setattr(inline, "ask", lambda *asked, **how: replace(ask(*asked, **how), confidence=confidence))
    query = await newsroom.reader.inline(QUESTION)
    button = (await query.answered()).button
    assert (button and button["text"]) == (messages.DOUBTFUL if said else None)
    sent = await newsroom.reader.chooses(query, 0)
    assert sent.text.startswith(f"问　{QUESTION}\n\n{messages.DOUBTFUL}\n") == said


async def test_nothing_found_is_said_with_a_way_to_help(newsroom: Newsroom):
    answer = await (await newsroom.reader.inline("火星探测器有几台发动机")).answered()
    assert not answer.results


async def test_too_little_or_too_much_text_gets_a_hint(newsroom: Newsroom):
    for text in ("", "青", "？？", "长" * 256):
        answer = await (await newsroom.reader.inline(text)).answered()
        assert not answer.results or len(text) == 256


async def test_an_expired_query_is_of_no_matter(newsroom: Newsroom):
    await newsroom.reader.inline(QUESTION, expired=True)
    assert "152家" in (await newsroom.reader.asks(QUESTION)).text
