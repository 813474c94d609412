"""Sets what the bot says into Telegram's HTML; no other module writes any."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import buttons, messages
from bot.buttons import Audience, Row
from bot.citation import also, day_meant, heading
from bot.measure import MESSAGE, clean, clip, clip_around, pieces, units
from bot.speech import Speech
from index.model import Answer, Citation, Engine, NoAnswer, Passage, Snippet

TOGETHER = 3
"""How many differing figures the first message shows."""

_SNIPPET = 800
_PAGE = 3000
_LISTED = 20
_WEB = re.compile(r"https?://[^\s<>\"]{1,2000}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message: its text as HTML, and its buttons."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


# Answers


def answer_pages(answer: Answer) -> list[tuple[Snippet, ...]]:
    """Return the snippets a page: the differing figures of one unit together on the first, then one each."""
    first = answer.snippets[0]
    together = [first]
    if first.figure is not None:
        values = {first.figure.value}
        for snippet in answer.snippets[1:]:
            if snippet.figure and snippet.figure.unit == first.figure.unit and snippet.figure.value not in values:
                values.add(snippet.figure.value)
                together.append(snippet)
    together = together[:TOGETHER]
    return [tuple(together), *((snippet,) for snippet in answer.snippets if snippet not in together)]


def answer(answer: Answer, page: int, key: str, engine: Engine, audience: Audience, *, asked_as: str = "") -> Sheet:
    """
    Set one page of an answer; `page` wraps around. `key` is the question's, for the buttons.

    asked_as  the whole question when what the reader wrote leant on the one before
    """
    pages = answer_pages(answer)
    page %= len(pages)
    shown = pages[page]
    above = [*_understood(answer, audience, asked_as), *_doubt(answer, audience)]
    blocks = [*above, *_snippets(shown, audience), _freshness(engine, audience)]
    turning = buttons.turning(f"s:{key}", page, len(pages))
    first, *others = [buttons.reading(shown[n - 1].citation, audience, n) for n in _articles(shown)]
    return Sheet("\n\n".join(blocks), buttons.keyboard(turning, [*first, *buttons.judging(key)], *others))


def _doubt(answer: Answer, audience: Audience) -> list[str]:
    return [_said(audience, messages.DOUBTFUL)] if answer.doubtful else []


def _articles(shown: Sequence[Snippet]) -> list[int]:
    """Return the places, from 1, of the snippets that are the first of their article."""
    first: dict[str, int] = {}
    for n, snippet in enumerate(shown, start=1):
        first.setdefault(snippet.citation.article_id, n)
    return list(first.values())


def no_answer(outcome: NoAnswer, key: str, audience: Audience, *, asked_as: str = "") -> Sheet:
    """Say that nothing was found, with what may be related: no claim, so nothing in bold."""
    question = clip(clean(asked_as or outcome.question), 200)
    blocks = [_said(audience, messages.NOT_FOUND, question=question)]
    if outcome.understood:
        blocks.append(_said(audience, messages.UNDERSTOOD, name=clip(clean(outcome.understood), 60)))
    nearest = outcome.nearest[:TOGETHER]
    if not nearest:
        blocks.append(_said(audience, messages.NOTHING_NEAR))
        return Sheet("\n".join(blocks), buttons.keyboard(buttons.judging(key)))
    blocks.append(_said(audience, messages.MAYBE))
    opening = [
        button
        for n, snippet in enumerate(nearest, start=1)
        for button in buttons.opening(snippet.citation, audience, audience.speech(messages.FULL_TEXT_OF, n=n))
    ]
    return Sheet(
        "\n\n".join([*blocks, *_snippets(nearest, audience, bold=False)]),
        buttons.keyboard(opening, buttons.judging(key)),
    )


def inline_result(answer: Answer, snippet: Snippet, audience: Audience) -> Sheet:
    """Set one of an answer's snippets as a message that stands alone in somebody else's chat."""
    asked = _said(audience, messages.QUESTION_LINE, question=clip(clean(answer.question), 200))
    return Sheet(
        "\n\n".join([asked, *_doubt(answer, audience), *_snippets((snippet,), audience)]),
        buttons.keyboard(buttons.link(snippet.citation, audience)),
    )


def cited(citation: Citation, audience: Audience) -> str:
    """Return the citation as HTML: 《报名》2025-08-12 第A03版 《题名》 › 小标题 第23段, the title linked to its URL."""
    title = html.escape(heading(clip(_line(citation.title), 120)) or audience.speech(messages.UNTITLED))
    if _WEB.fullmatch(citation.url):
        title = f'<a href="{html.escape(citation.url)}">{title}</a>'
    section = f" › {html.escape(clip(_line(citation.section), 60))}" if citation.section else ""
    paragraph = _said(audience, messages.PARAGRAPH, n=citation.paragraph)
    return f"{_issue(citation, audience)}{title}{section} {paragraph}{_doubts(citation, audience)}"


def _snippets(snippets: Sequence[Snippet], audience: Audience, *, bold: bool = True) -> list[str]:
    blocks = []
    before = ""
    for snippet in snippets:
        cite = snippet.citation
        same = _said(audience, f"{messages.SAME_ARTICLE} {messages.PARAGRAPH}", n=cite.paragraph)
        line = same if cite.article_id == before else cited(cite, audience)
        blocks.append(f"{_snippet(snippet, bold)}\n<i>{line}</i>")
        before = cite.article_id
    return blocks


def _snippet(snippet: Snippet, bold: bool) -> str:
    """Return the snippet verbatim, its answer bold; an answer that is all of the snippet needs no emphasis."""
    text, start, end = clip_around(snippet.text, snippet.start, snippet.end, _SNIPPET)
    head, span, tail = clean(text[:start]), clean(text[start:end]), clean(text[end:])
    if not bold or not span.strip() or not (head + tail).strip("。！？；，、 \n…"):
        return html.escape(head + span + tail, quote=False)
    return "{}<b>{}</b>{}{}".format(
        *(html.escape(part, quote=False) for part in (head, span, day_meant(snippet), tail))
    )


def _understood(answer: Answer, audience: Audience, asked_as: str) -> list[str]:
    if answer.understood:
        return [_said(audience, messages.UNDERSTOOD, name=clip(clean(answer.understood), 60))]
    return [_said(audience, messages.ASKED_AS, question=clip(clean(asked_as), 200))] if asked_as else []


def _freshness(engine: Engine, audience: Audience) -> str:
    stats = engine.stats
    at = f"{stats.committed_at.astimezone(audience.timezone):%m-%d %H:%M}"
    return _said(audience, messages.FRESHNESS, at=at, articles=f"{stats.articles:,}")


def _issue(citation: Citation, audience: Audience) -> str:
    paper = html.escape(heading(clip(_line(citation.paper), 40)))
    date = citation.date.isoformat() if citation.date else ""
    parts = [paper + date, html.escape(_printed_page(citation, audience.speech))]
    return "".join(f"{part} " for part in parts if part)


def _printed_page(citation: Citation, speech: Speech) -> str:
    page, name = clip(_line(citation.page), 12), clip(_line(citation.page_name), 20)
    number = speech(messages.PAGE_NO, page=page) if page else ""
    return (f"{number}（{name}）" if number else name) if name else number


def _doubts(citation: Citation, audience: Audience, *, named: bool = False) -> str:
    doubts = ""
    if citation.title_inferred:
        doubts += " · " + _said(audience, messages.TITLE_INFERRED)
    if citation.date is None:
        doubts += " · " + _said(audience, messages.UNDATED)
    if citation.also:
        template = messages.ALSO_NAMED if named else messages.ALSO
        doubts += _said(audience, template, n=len(citation.also), names=clip(_line(also(citation)), 120))
    return doubts


# Articles and issues


def article(passages: Sequence[Passage], passage_id: str, page: int | None, audience: Audience) -> Sheet:
    """
    Set one page of an article: whole paragraphs, the one that `passage_id` belongs to marked.

    passages  the whole article, in reading order
    page      None for the page with the marked paragraph
    """
    marked = next((one.citation for one in passages if one.citation.passage_id == passage_id), passages[0].citation)
    pages, of_marked = _article_pages(passages, marked.paragraph, audience)
    page = of_marked if page is None else page % len(pages)
    head = f"<b>{html.escape(clip(_line(marked.title), 200) or audience.speech(messages.UNTITLED), quote=False)}</b>"
    place = _issue(marked, audience).strip() + _doubts(marked, audience, named=True)
    extra = buttons.copying(marked, audience)
    if _WEB.fullmatch(marked.url):
        extra.append(InlineKeyboardButton(audience.speech(messages.ORIGINAL), url=marked.url))
    if marked.date and audience.private:
        extra += buttons.button(audience.speech(messages.WHOLE_ISSUE), f"b:{marked.date.isoformat()}:0")
    keyboard = buttons.keyboard(buttons.turning(f"a:{marked.passage_id}", page, len(pages)), extra)
    return Sheet("\n\n".join([f"{head}\n<i>{place.removeprefix(' · ')}</i>", *pages[page]]), keyboard)


def _article_pages(passages: Sequence[Passage], marked: int, audience: Audience) -> tuple[list[list[str]], int]:
    """Return the pages' paragraphs as HTML, and which page holds the marked one."""
    pages: list[list[str]] = [[]]
    room, of_marked, section = _PAGE, 0, ""
    for number, parts in groupby(passages, key=lambda passage: passage.citation.paragraph):
        run = list(parts)
        under = _line(run[0].citation.section)
        for place, text in enumerate(pieces(clean("".join(one.text for one in run)).strip(), _PAGE - 300)):
            lead = f"<b>{html.escape(clip(under, 100), quote=False)}</b>\n\n" if under not in ("", section) else ""
            body = html.escape(text, quote=False)
            if number == marked:
                body = f"<b>▸ {_said(audience, messages.PARAGRAPH, n=number)}</b>\n<blockquote>{body}</blockquote>"
            size = units(text) + units(lead) + 20
            if size > room and pages[-1]:
                pages.append([])
                room = _PAGE
            if number == marked and place == 0:
                of_marked = len(pages) - 1
            pages[-1].append(lead + body)
            room -= size
            section = under or section
    return pages, of_marked


def issue(
    date: dt.date | None,
    articles: Sequence[Passage],
    page: int,
    before: dt.date | None,
    after: dt.date | None,
    audience: Audience,
) -> Sheet:
    """List the articles of one day's issue by page, `articles` being their first passages; buttons open them."""
    last = (len(articles) - 1) // _LISTED
    page = max(0, min(page, last))
    title = messages.ISSUE if date else messages.ISSUE_UNDATED
    blocks = [_said(audience, title, date=date, n=len(articles))]
    numbers: Row = []
    shown = list(enumerate(articles, start=1))[page * _LISTED : (page + 1) * _LISTED]
    for printed, run in groupby(
        shown, key=lambda one: (one[1].citation.paper, _printed_page(one[1].citation, audience.speech))
    ):
        paper, where = printed
        lines = [f"<b>{html.escape(heading(clip(_line(paper), 40)) + where) or _said(audience, messages.NO_PAGE)}</b>"]
        for n, first in run:
            lines.append(f"{n}. {html.escape(_named(first, audience), quote=False)}")
            numbers += buttons.button(str(n), f"a:{first.citation.passage_id}")
        blocks.append("\n".join(lines))
    name = date.isoformat() if date else "-"
    rows = [numbers[at : at + 5] for at in range(0, len(numbers), 5)]
    days = [*buttons.day_button("« ", before, ""), *buttons.day_button("", after, " »")]
    return Sheet("\n\n".join(blocks), buttons.keyboard(*rows, buttons.turning(f"b:{name}", page, last + 1), days))


def days(text: str, dates: Iterable[dt.date], audience: Audience, *, undated: bool = False) -> Sheet:
    """Offer issues to choose from."""
    offered = [button for date in dates for button in buttons.day_button("", date, "")]
    if undated:
        offered += buttons.button(audience.speech(messages.UNDATED_BUTTON), "b:-:0")
    rows = [offered[at : at + 3] for at in range(0, len(offered), 3)]
    return Sheet(html.escape(text, quote=False), buttons.keyboard(*rows))


def news(words: Iterable[str], first: Passage, audience: Audience) -> Sheet:
    """Tell a watcher of one new article, with the beginning of the paragraph that matched."""
    head = _said(audience, messages.WATCH_NEWS, words=clip("”“".join(map(clean, words)), 200))
    text = html.escape(clip(clean(first.text), 200), quote=False)
    return Sheet(
        f"{head}\n\n{text}\n<i>{cited(first.citation, audience)}</i>",
        buttons.keyboard(buttons.opening(first.citation, audience)),
    )


def confirm(text: str, key: str, speech: Speech) -> Sheet:
    """Ask before something is removed."""
    yes, no = speech(messages.REMOVE_YES), speech(messages.REMOVE_NO)
    return Sheet(
        html.escape(clip(text, MESSAGE), quote=False),
        buttons.keyboard(buttons.button(yes, f"r:{key}:1"), buttons.button(no, f"r:{key}:0")),
    )


def plain(text: str) -> Sheet:
    """Set text without markup."""
    return Sheet(html.escape(clip(clean(text).strip(), MESSAGE), quote=False) or "…")


def _named(first: Passage, audience: Audience) -> str:
    title = clip(_line(first.citation.title), 60)
    return title or clip(_line(first.text), 24) or audience.speech(messages.UNTITLED)


def _said(audience: Audience, template: str, **values: object) -> str:
    return html.escape(audience.speech(template, **values), quote=False)


def _line(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(clean(text).split())
