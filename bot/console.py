"""Prints answers, progress and summaries: in colour on a terminal, plain text elsewhere and under NO_COLOR."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import TYPE_CHECKING

from bot import messages
from bot.citation import cite, day_meant
from index.model import Answer, NoAnswer, Progress, Reindexed, Report, Snippet, Stats, ignore_progress

if TYPE_CHECKING:
    from rich.console import Console

    from index.export import Exported

SHOWN_SKIPS = 20
"""Skipped entries named after a re-index; all of them are in `status --problems` and in --json."""

_WIDEST_TABLE = 160
_ANSWER = "bold green"
_ASIDE = "dim"
_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


def say(text: str) -> None:
    """Print one line for people on standard error."""
    print(text.translate(_CONTROLS), file=sys.stderr, flush=True)  # noqa: T201


def write(text: str) -> None:
    """Print one line on standard output, at once, for whoever reads along."""
    print(text, flush=True)  # noqa: T201


def print_outcome(outcome: Answer | NoAnswer) -> None:
    console = _console()
    if outcome.understood:
        console.print(messages.UNDERSTOOD.format(name=outcome.understood.translate(_CONTROLS)), style=_ASIDE)
    if isinstance(outcome, Answer):
        if outcome.doubtful:
            console.print(messages.DOUBTFUL)
        _print_snippets(console, outcome.snippets)
        return
    console.print(messages.NO_ANSWER)
    if outcome.nearest:
        console.print(messages.NEAREST)
        _print_snippets(console, outcome.nearest, mark=False)


def print_archive(stats: Stats, zone: tzinfo) -> None:
    """Print how fresh and how large the archive is: the line under an answer."""
    _console().print(messages.updated(stats.committed_at.astimezone(zone), stats.articles), style=_ASIDE)


def print_reindexed(done: Reindexed) -> None:
    console = _console()
    console.print(messages.indexed(done.added, done.changed, done.removed, done.unchanged))
    console.print(messages.totals(done.articles, done.passages, done.seconds))
    if done.duplicates:
        console.print(messages.duplicates(done.duplicates), style=_ASIDE)
    if done.ignored:
        console.print(messages.ignored(done.ignored), style=_ASIDE)
    if done.skipped:
        console.print(messages.skipped(len(done.skipped)), style="yellow")
        print_problems([(entry.source, entry.reason) for entry in done.skipped[:SHOWN_SKIPS]])
    if len(done.skipped) > SHOWN_SKIPS:
        console.print(messages.more(len(done.skipped) - SHOWN_SKIPS), style=_ASIDE)


def print_exported(done: Exported, target: str) -> None:
    console = _console()
    console.print(messages.exported(done.articles, done.sources, target).translate(_CONTROLS))
    if done.flags:
        console.print(messages.unsure(done.flags), style=_ASIDE)
    if done.ignored:
        console.print(messages.ignored(done.ignored), style=_ASIDE)
    if done.skipped:
        console.print(messages.skipped(len(done.skipped)), style="yellow")
        print_problems([(entry.source, entry.reason) for entry in done.skipped])


def print_problems(problems: Sequence[tuple[str, str]]) -> None:
    """Print sources with what is wrong with them, one a line."""
    console = _console()
    for source, reason in problems:
        console.print("  " + messages.source_problem(source, reason).translate(_CONTROLS))


def print_rows(rows: Sequence[tuple[str, str]]) -> None:
    """Print names with their values, one a line."""
    console = _console()
    for name, value in rows:
        console.print(f"{name}  {value}".translate(_CONTROLS))


@contextmanager
def progress(description: str) -> Iterator[Report]:
    """Yield a Report that draws a bar on standard error while the block runs, where that is a terminal."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield ignore_progress
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(description, total=None, rate="")

        def draw(at: Progress) -> None:
            stage = f"{description} · {messages.STAGES[at.stage]}"
            if stage != bar.tasks[0].description:
                bar.reset(task, description=stage)
            speed = bar.tasks[0].speed
            shown = messages.SOURCES_A_SECOND.format(rate=f"{speed:,.0f}") if speed and at.total else ""
            bar.update(task, completed=at.done, total=at.total, rate=shown)

        yield draw


@contextmanager
def counting(description: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told how many of how many are done, and draws a bar where that is a terminal."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads, numbers to the right; no column is cut, however narrow the screen."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(cell.translate(_CONTROLS) for cell in row))
    console = _console()
    console.width = max(console.width, _WIDEST_TABLE)
    console.print(table)


def _print_snippets(console: Console, snippets: Sequence[Snippet], *, mark: bool = True) -> None:
    from rich.text import Text

    previous = None
    for snippet in snippets:
        shown = Text(snippet.text.translate(_CONTROLS))
        if mark and snippet.answer != snippet.text:
            shown.stylize(_ANSWER, snippet.start, snippet.end)
            shown = Text.assemble(shown[: snippet.end], (day_meant(snippet), _ASIDE), shown[snippet.end :])
        console.print(shown)
        console.print(Text(cite(snippet.citation, previous).translate(_CONTROLS), _ASIDE))
        if snippet.citation.url and (previous is None or previous.url != snippet.citation.url):
            console.print(Text(snippet.citation.url.translate(_CONTROLS), _ASIDE))
        previous = snippet.citation


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if console.no_color or not console.is_terminal:
        return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True, color_system=None)
    return console
