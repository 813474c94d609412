"""Runs `wenbao bench`: measures, prints the records, keeps them and draws them."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bot import console, messages, record
from bot.settings import Settings
from index.bench import plot as drawing
from index.bench.measure import Bench, run
from index.bench.peers import PEERS
from index.errors import MissingPath
from index.tokens import Segmenter

_ASK = "from bot.cli import main; main()"


def bench(
    settings: Settings,
    paths: Sequence[Path],
    questions: Sequence[Path],
    *,
    sizes: Sequence[int],
    peers: Sequence[str] | None,
    count: int,
    keep: Path | None,
    history: Path | None,
    plot: Path | None,
) -> None:
    """
    Measure archives of `sizes` passages made from `paths`, CORPUS_DIR when there are none.

    Raises MissingPath for a peer nobody knows or a file that cannot be written, and as `measure.run` does.
    """
    for name in set(peers or ()) - set(PEERS):
        raise MissingPath(messages.UNKNOWN_PEER.format(name=name, known="、".join(PEERS)))
    if plot:
        drawing.check()
    with ExitStack() as opened:
        measured = run(
            Bench(
                paths=list(paths or [settings.corpus_dir]),
                testsets=list(questions),
                peers=list(PEERS if peers is None else peers),
                questions=count,
                segmenter=Segmenter(settings.segmenter).name,
                ask=[sys.executable, "-c", _ASK, "ask", "--index"],
                keep=keep or Path(opened.enter_context(tempfile.TemporaryDirectory())),
                say=console.say,
            ),
            sizes,
        )
        records = []
        for one in measured:
            records.append(one)
            console.write(record.line(one))
            if history:
                with history.open("a", encoding="utf-8") as lines:
                    lines.write(record.line(one) + "\n")
    if plot:
        drawing.draw([*_kept(history), *records], plot)


def _kept(history: Path | None) -> list[record.Record]:
    """Return the records of earlier runs, oldest first, so that newer ones take their places."""
    if history is None:
        return []
    records = [json.loads(line) for line in history.read_text("utf-8").splitlines()]
    return [one for one in records if one.get("case") in ("ask", "search")]
