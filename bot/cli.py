"""The `wenbao` command: one function a command, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot import console, messages, record
from bot.settings import BadSettings, Settings, load_settings
from index.errors import ArchiveError, BadLexicon, MissingPath, NoIndex, TargetExists

if TYPE_CHECKING:
    from index.answer import Archive
    from index.model import Answer, NoAnswer

FAILED, MISUSED, SKIPPED, UNANSWERED, INTERRUPTED = 1, 2, 3, 4, 130

Respond = Callable[[str], "Answer | NoAnswer"]
IndexOption = Annotated[str | None, typer.Option("--index", metavar="DIR", help="The index; default: INDEX_DIR.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

app = typer.Typer(
    help=messages.ABOUT,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command("index")
def on_index(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Default: CORPUS_DIR.")] = None,
    index: IndexOption = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, with a new lexicon.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date with files and folders. Exit code 3: some were skipped."""
    from bot.opening import refresh

    settings = _settings(index)
    try:
        with console.progress(messages.BUILDING) as report:
            done = refresh(settings, paths or (), full=full, report=report)
    except KeyboardInterrupt:
        console.say(messages.CANCELLED)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        console.write(record.line(record.of_reindexed(done)))
    else:
        console.print_reindexed(done)
    if done.skipped:
        raise typer.Exit(SKIPPED)


@app.command("ask")
def on_ask(
    words: Annotated[list[str] | None, typer.Argument(metavar="QUESTION", help="None: ask in a loop.")] = None,
    index: IndexOption = None,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", metavar="DIR", help="Refresh the index from DIR first.")
    ] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="Snippets at most.")] = 5,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="FILE", help="One question a line, - for standard input.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with cited snippets. Exit code 4: no answer."""
    question = _printable(" ".join(words or ()))
    if batch is not None and words:
        raise typer.BadParameter(messages.QUESTION_AND_BATCH)
    if batch is None and not question.strip() and (words or not sys.stdin.isatty()):
        raise typer.BadParameter(messages.NO_QUESTION)
    settings = _settings(index)
    with contextlib.ExitStack() as opened:
        lines = opened.enter_context(_question_lines(batch)) if batch is not None else None
        archive = _open_archive(settings, corpus)
        opened.callback(archive.engine.close)
        respond = _responder(archive, settings, count)
        if lines is not None:
            for line in lines:
                console.write(record.line(_answer_line(line, respond)))
        elif not question:
            _ask_in_a_loop(respond, archive, settings, as_json=as_json)
        elif not _show(respond(question), archive, settings, as_json=as_json):
            raise typer.Exit(UNANSWERED)


@app.command("import")
def on_import(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders to read.")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The JSONL file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write what is understood of files as JSONL, to be checked, mended and indexed. Exit code 3: some were skipped."""
    from index.export import export

    with console.progress(messages.IMPORTING) as report:
        done = export(paths, to, force=force, report=report)
    if as_json:
        console.write(record.line(record.of_exported(done, str(to))))
    else:
        console.print_exported(done, str(to))
    if done.skipped:
        raise typer.Exit(SKIPPED)


@app.command("status")
def on_status(
    index: IndexOption = None,
    problems: Annotated[bool, typer.Option("--problems", help="List what was skipped or unsure, by source.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the index holds, how fresh it is, and what could not be read."""
    from bot.opening import location
    from bot.underway import describe, under_way
    from index.engines import open_engine
    from index.problems import counted

    settings = _settings(index)
    place = location(settings)
    where = str(place)
    running = under_way(settings.index_dir)
    if running and not as_json:
        console.say(messages.STATUS_REINDEXING.format(progress=describe(running)))
    with contextlib.closing(open_engine(place)) as engine:
        if as_json:
            console.write(record.line(record.of_engine(engine, where, running)))
            return
        entries = engine.manifest()
        found = [(source, reason) for source, entry in entries.items() for reason in entry.problems]
        console.print_rows(
            messages.status_rows(
                where=where,
                articles=engine.stats.articles,
                passages=engine.stats.passages,
                sources=sum(entry.indexed for entry in entries.values()),
                first=engine.stats.first,
                last=engine.stats.last,
                committed_at=engine.stats.committed_at.astimezone(settings.timezone),
                segmenter=engine.meta.segmenter,
                lexicon=len(engine.meta.lexicon),
                problems=sum(counted(reason)[1] for _, reason in found),
            )
        )
    if problems:
        console.print_problems(sorted(found))


@app.command("eval")
def on_eval(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="SQuAD-style JSON, or JSONL of questions.")],
    index: IndexOption = None,
    distractors: Annotated[
        list[Path] | None,
        typer.Option("--distractors", metavar="PATH...", help="Index these too, in an index of the questions' own."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep that index here for the next run.")
    ] = None,
    without_gold: Annotated[
        bool, typer.Option("--without-gold", help="Ask again without each question's article: it must be refused.")
    ] = False,
    without_set: Annotated[
        bool, typer.Option("--without-set", help="The same, without any of the file's articles.")
    ] = False,
    simplified: Annotated[bool, typer.Option("--simplified", help="Ask in simplified characters.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask N questions, evenly chosen.")] = None,
    errors: Annotated[int, typer.Option("--errors", min=0, help="Show N failures.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Score the answers to questions whose answers are known."""
    from bot import evaluation
    from index.evaluate import Removal, evaluate
    from index.testset import read_testset

    file, *more = files
    if more and not distractors:
        raise typer.BadParameter(messages.FILE_AND_MORE)
    if index is not None and (distractors or keep):
        raise typer.BadParameter(messages.INDEX_OR_DISTRACTORS)
    settings = _settings(index)
    testset = read_testset(file)
    testset = testset.simplified() if simplified else testset
    testset = testset.sample(limit) if limit else testset
    if index is None and (testset.articles or distractors):
        opening = evaluation.archive_for(testset, [*(distractors or ()), *more], settings, keep)
    else:
        opening = evaluation.archive_at(settings, testset)
    with opening as (archive, articles), console.counting(messages.ASKING) as report:
        without: Removal = "articles" if without_set else "article" if without_gold else ""
        found = evaluate(testset, archive, articles=articles, without=without, report=report)
        if as_json:
            console.write(record.line(evaluation.of_evaluation(testset, archive, found, errors)))
    if not as_json:
        evaluation.show(found, errors)


@app.command("bench")
def on_bench(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Default: CORPUS_DIR.")] = None,
    questions: Annotated[
        list[Path] | None, typer.Option("--questions", metavar="FILE", help="Ask these; their texts go in first.")
    ] = None,
    passages: Annotated[list[int] | None, typer.Option(min=100, help="Size of an archive; may be repeated.")] = None,
    peers: Annotated[list[str] | None, typer.Option("--peer", help="Only these: tantivy, fts5, …")] = None,
    count: Annotated[int, typer.Option(min=10, help="Questions asked at each size.")] = 200,
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep archives and indexes here.")] = None,
    history: Annotated[Path | None, typer.Option(metavar="FILE", help="Append the records to this JSONL file.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw how time and memory grow.")] = None,
) -> None:
    """Measure speed and memory against other engines, over archives made from PATHs. One JSON record a case."""
    from bot.benchmark import bench

    bench(
        _settings(None),
        paths or (),
        questions or (),
        sizes=passages or (10_000, 100_000),
        peers=peers,
        count=count,
        keep=keep,
        history=history,
        plot=plot,
    )


@app.command("selfcheck")
def on_selfcheck(index: IndexOption = None) -> None:
    """Check that the cluster of ENGINE_URL can hold and answer an archive, and say what to mend."""
    from bot.opening import location
    from index.engines.opensearch.check import check
    from index.engines.opensearch.client import shared
    from index.engines.opensearch.place import Cluster

    place = location(_settings(index))
    if not isinstance(place, Cluster):
        console.write(messages.NO_CLUSTER)
        return
    good = True
    for finding in check(shared(place)):
        good = good and finding.good
        console.write(messages.finding(finding.step, finding.told, good=finding.good))
    if not good:
        raise typer.Exit(FAILED)


@app.command("serve")
def on_serve(index: IndexOption = None) -> None:
    """Run the Telegram bot until it is told to stop; builds the index first if there is none."""
    from bot.serve import serve

    serve(_settings(index))


@app.command("chat")
def on_chat(
    index: IndexOption = None,
    role: Annotated[Literal["reader", "admin"], typer.Option("--as", help="Whom the bot takes you for.")] = "reader",
) -> None:
    """Talk to the bot in the terminal: the same handlers, no token needed."""
    from bot.chat import chat

    chat(_settings(index), role)


def main() -> None:
    """Run the command, and turn what goes wrong into one line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names may hold bytes that are no text; in JSON their escapes are JSON's own.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    try:
        try:
            app(prog_name="wenbao")
        finally:
            sys.stdout.flush()
    except (BadSettings, MissingPath, BadLexicon, TargetExists) as error:
        _leave(str(error), MISUSED)
    except ArchiveError as error:
        _leave(str(error), FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read along has left; what is still buffered must not fail again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        _leave(messages.out_of_reach(error), FAILED)


def _leave(sentence: str, code: int) -> None:
    console.say(sentence)
    sys.exit(code)


def _settings(index: str | None) -> Settings:
    """Return the settings, with the place of the index as the command line names it."""
    settings = load_settings()
    if index is None:
        return settings
    if index.startswith(("http://", "https://")):
        return settings.model_copy(update={"engine_url": index})
    return settings.model_copy(update={"engine_url": "", "index_dir": Path(index)})


def _open_archive(settings: Settings, corpus: Path | None) -> Archive:
    """Open the archive after refreshing it from `corpus`, or after building it where there is none."""
    from bot.opening import ensure_index, open_archive, refresh

    if corpus is not None:
        with console.progress(messages.REFRESHING) as report:
            done = refresh(settings, [corpus], report=report)
        if done.skipped:
            console.say(messages.skipped(len(done.skipped)))
    try:
        return open_archive(settings)
    except NoIndex:
        console.say(messages.building(str(settings.corpus_dir)))
    with console.progress(messages.BUILDING) as report:
        ensure_index(settings, report)
    return open_archive(settings)


def _responder(archive: Archive, settings: Settings, count: int) -> Respond:
    from index.answer import ask

    def respond(question: str) -> Answer | NoAnswer:
        return ask(question, archive, k=count, today=dt.datetime.now(settings.timezone).date())

    return respond


def _show(outcome: Answer | NoAnswer, archive: Archive, settings: Settings, *, as_json: bool) -> bool:
    """Print the outcome; return whether the question was answered."""
    shown = record.of_outcome(outcome)
    if as_json:
        console.write(record.line(shown))
    else:
        console.print_outcome(outcome)
        console.print_archive(archive.engine.stats, settings.timezone)
    return bool(shown["found"])


def _ask_in_a_loop(respond: Respond, archive: Archive, settings: Settings, *, as_json: bool) -> None:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  input() then edits lines and remembers them
    console.say(messages.LOOP_HINT)
    while True:
        try:
            question = _printable(input(messages.PROMPT)).strip()
        except EOFError:
            console.write("")
            return
        if question:
            _show(respond(question), archive, settings, as_json=as_json)


@contextlib.contextmanager
def _question_lines(name: str) -> Iterator[Iterator[bytes]]:
    if name == "-":
        yield iter(sys.stdin.buffer)
        return
    with contextlib.ExitStack() as opened:
        try:
            file = opened.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise MissingPath(messages.missing_batch(name, error)) from None
        yield iter(file)


def _answer_line(line: bytes, respond: Respond) -> record.Record:
    """Return the record of one line of a batch, which may be no question at all."""
    try:
        question = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return record.of_unusable(line.decode("utf-8", "replace").strip(), messages.NOT_UTF8_QUESTION)
    return record.of_outcome(respond(question)) if question else record.of_unusable("", messages.BLANK_QUESTION)


def _printable(question: str) -> str:
    """Return the question with bytes that are no text, as the shell may pass them, replaced."""
    return question.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
