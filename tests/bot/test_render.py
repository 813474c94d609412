"""Any text in, never a message out that Telegram would refuse."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Bot

from bot import console, messages, render
from bot.buttons import Audience
from bot.speech import SIMPLIFIED, TRADITIONAL
from index.model import Answer, Citation, Figure, NoAnswer, Passage, Snippet

from .botapi import BotApiServer

ZONE = ZoneInfo("Asia/Shanghai")
ENGINE = SimpleNamespace(stats=SimpleNamespace(articles=5, committed_at=dt.datetime(2025, 8, 13, tzinfo=dt.UTC)))
READER = Audience(SIMPLIFIED, "wenbao_bot", ZONE)

any_text = st.text(max_size=60) | st.sampled_from(
    ["<b>", "&amp;", "</a>", "𠮷" * 3000, "长" * 5000, "\x00", "\u202e", " ", "👨‍👩‍👧"]
)
addresses = st.sampled_from(
    ["", "https://example.org/?a=1&b=2", 'https://x.org/"><b>', "javascript:alert(1)", "https://例子.中国/长"]
)
citations = st.builds(
    Citation,
    passage_id=st.integers(0, 9).map(lambda n: f"abcdefgh{n}.0123456789"),
    article_id=st.integers(0, 9).map(lambda n: f"abcdefgh{n}"),
    source=any_text,
    paragraph=st.integers(1, 10_000),
    title=any_text,
    title_inferred=st.booleans(),
    section=any_text,
    paper=any_text,
    date=st.none() | st.dates(dt.date(1900, 1, 1)),
    page=any_text,
    page_name=any_text,
    author=any_text,
    url=addresses,
    also=st.lists(any_text, max_size=2).map(tuple),
)


@st.composite
def snippets(draw) -> Snippet:
    text = draw(any_text.filter(str.strip))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    figure = draw(
        st.none() | st.builds(Figure, st.integers(0, 3).map(Decimal), st.just("家"), st.just("3家"), st.just(0))
    )
    return Snippet(text, start, end, draw(citations), figure)


audiences = st.builds(
    Audience, st.sampled_from([SIMPLIFIED, TRADITIONAL]), st.just("wenbao_bot"), st.just(ZONE), st.booleans()
)
no_deadline = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sent(*sheets: render.Sheet) -> list:
    """Send the sheets as the bot would and return the messages; fails when one is refused."""

    async def send() -> list:
        server = BotApiServer()
        reader = server.user()
        request = server.request()
        bot = Bot(server.token, base_url="http://loopback/bot", request=request, get_updates_request=request)
        for sheet in sheets:
            await bot.send_message(reader.id, sheet.html, parse_mode="HTML", reply_markup=sheet.keyboard)
        assert server.rejections == []
        return server.messages(reader.chat)

    return asyncio.run(send())


@no_deadline
@given(st.lists(snippets(), min_size=1, max_size=5), any_text, any_text, audiences)
def test_every_page_of_any_answer_can_be_sent(found, question, understood, audience):
    answer = Answer(question, tuple(found), 0.9, 1.0, understood)
    pages = len(render.answer_pages(answer))
    sent(*(render.answer(answer, page, "key", ENGINE, audience, asked_as=question) for page in range(pages)))


@pytest.mark.slow
@no_deadline
@given(st.lists(snippets(), max_size=3), any_text, any_text, audiences)
def test_any_refusal_can_be_sent(nearest, question, understood, audience):
    sent(render.no_answer(NoAnswer(question, tuple(nearest), 0.1, 1.0, understood), "key", audience))


@no_deadline
@given(st.lists(st.tuples(any_text, citations), min_size=1, max_size=40), audiences)
def test_every_page_of_any_article_can_be_sent(paragraphs, audience):
    passages = [Passage(text, citation, "") for text, citation in paragraphs]
    marked = passages[-1].citation.passage_id
    sent(*(render.article(passages, marked, page, audience) for page in (None, 0, 1, 2)))


@pytest.mark.slow
@no_deadline
@given(st.lists(st.tuples(any_text, citations), min_size=1, max_size=45), audiences)
def test_any_issue_can_be_sent(articles, audience):
    passages = [Passage(text, citation, "") for text, citation in articles]
    day = dt.date(2025, 8, 13)
    sent(*(render.issue(day, passages, page, day, None, audience) for page in range(3)))


@no_deadline
@given(snippets(), any_text, st.lists(any_text, min_size=1, max_size=5), audiences)
def test_any_inline_result_notice_and_plain_text_can_be_sent(snippet, text, words, audience):
    first = Passage(snippet.text, snippet.citation, "")
    answer = Answer(text, (snippet,), 0.2, 1.0)
    sent(render.inline_result(answer, snippet, audience), render.news(words, first, audience), render.plain(text))


CITED = Citation(
    "a.0123456789", "a", "/纸/一.txt", 23, title="题", section="节", paper="报", date=dt.date(2025, 8, 12), page="A03"
)


def snippet(text: str, answer: str, value: int | None = None, unit: str = "家", cited: Citation = CITED) -> Snippet:
    start = text.index(answer)
    figure = None if value is None else Figure(Decimal(value), unit, answer, start)
    return Snippet(text, start, start + len(answer), cited, figure)


def test_differing_figures_stand_together_on_the_first_page_and_equal_ones_do_not():
    answer = Answer(
        "问",
        (
            snippet("有142家。", "142家", 142),
            snippet("有142家企业。", "142家", 142),
            snippet("占地900亩。", "900亩", 900, "亩"),
            snippet("有140多家。", "140多家", 140),
        ),
        0.9,
        1.0,
    )
    assert [[one.answer for one in page] for page in render.answer_pages(answer)] == [
        ["142家", "140多家"],
        ["142家"],
        ["900亩"],
    ]


def test_a_second_snippet_of_the_same_article_is_cited_by_its_paragraph_alone():
    answer = Answer("问", (snippet("有142家。", "142家", 142), snippet("有140多家。", "140多家", 140)), 0.9, 1.0)
    (message,) = sent(render.answer(answer, 0, "key", ENGINE, READER))
    assert message.text.count("《报》2025-08-12 第A03版 《题》 › 节 第23段") == 1
    assert "同一篇 第23段" in message.text


def test_an_answer_that_is_the_whole_snippet_is_not_bold():
    answer = Answer("问", (snippet("它在城东。", "它在城东"),), 0.9, 1.0)
    assert sent(render.answer(answer, 0, "key", ENGINE, READER))[0].bold == []


@pytest.mark.parametrize(("confidence", "said"), [(0.29, True), (0.3, False)])
def test_a_doubtful_answer_says_so_above_its_snippet(capsys, confidence, said):
    answer = Answer("问", (snippet("它在城东。", "城东"),), confidence, 1.0)
    (message,) = sent(render.answer(answer, 0, "key", ENGINE, READER))
    assert message.text.startswith(messages.DOUBTFUL) == said
    console.print_outcome(answer)
    assert (messages.DOUBTFUL in capsys.readouterr().out) == said


def test_what_is_uncertain_is_said():
    cited = Citation("a.0123456789", "a", "s", 2, title="题", title_inferred=True)
    assert render.cited(cited, READER) == "《题》 第2段 · 标题推断 · 日期未标注"


def test_an_address_that_is_none_is_no_link():
    cited = Citation("a.0123456789", "a", "s", 2, title="题", url="javascript:alert(1)")
    assert "<a" not in render.cited(cited, READER)


@pytest.mark.parametrize("private", [True, False])
def test_the_article_opens_in_a_private_chat_only(private):
    audience = Audience(SIMPLIFIED, "wenbao_bot", ZONE, private)
    answer = Answer("问", (snippet("有142家。", "142家", 142),), 0.9, 1.0)
    button = sent(render.answer(answer, 0, "key", ENGINE, audience))[0].button("全文")
    assert bool(button.data) is private
    assert bool(button.url) is not private
