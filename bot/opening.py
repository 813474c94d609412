"""Opens the archive that the settings point at, and builds or refreshes its index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.settings import Settings, revealed
from bot.underway import announced
from index.answer import Archive
from index.engines import cache_dir, open_engine
from index.engines.opensearch.place import Cluster, hosts_of
from index.errors import NoIndex
from index.model import Reindexed, Report, ignore_progress
from index.tokens import open_segmenter


def location(settings: Settings) -> Path | Cluster:
    """
    Return where the index is, and for a cluster as whom to ask for it.

    Raises EngineRefused for an address that is none.
    """
    if not settings.engine_url:
        return settings.index_dir
    return Cluster(
        hosts=hosts_of(settings.engine_url),
        index=settings.engine_index,
        shards=settings.engine_shards,
        user=settings.engine_user,
        password=revealed(settings.engine_password),
        api_key=revealed(settings.engine_api_key),
        ca_file=settings.engine_ca_file,
        cache=settings.index_dir / "cache",
    )


def open_archive(settings: Settings) -> Archive:
    """
    Return the archive, ready for questions; its engine is the caller's to close.

    Raises NoIndex, CorruptIndex or IndexMismatch.
    """
    engine = open_engine(location(settings))
    try:
        segmenter = open_segmenter(engine.meta, settings.segmenter, cache_dir(location(settings)))
    except BaseException:
        engine.close()
        raise
    return Archive(engine, segmenter)


def lexicon_path(settings: Settings) -> Path:
    """Return where local words are kept: LEXICON_FILE, else a file of the bot's own beside its state."""
    return settings.lexicon_file or settings.state_file.with_name("lexicon.txt")


def refresh(
    settings: Settings,
    paths: Sequence[Path] = (),
    *,
    full: bool = False,
    report: Report = ignore_progress,
    cancelled: Callable[[], bool] = lambda: False,
) -> Reindexed:
    """Bring the index up to date with `paths`, CORPUS_DIR when there are none; a missing index is built."""
    from bot.store import read_retractions
    from index.lexicon import read_lexicon
    from index.reindex import run

    lexicon = lexicon_path(settings)
    with announced(settings.index_dir, report) as tell:
        return run(
            paths or [settings.corpus_dir],
            location(settings),
            full=full,
            segmenter=settings.segmenter,
            lexicon=read_lexicon(lexicon) if settings.lexicon_file or lexicon.exists() else (),
            retracted=read_retractions(settings.state_file),
            report=tell,
            cancelled=cancelled,
        )


def ensure_index(settings: Settings, report: Report = ignore_progress) -> Reindexed | None:
    """Build the index from CORPUS_DIR if there is none; None when there is one."""
    try:
        open_engine(location(settings)).close()
    except NoIndex:
        return refresh(settings, report=report)
    return None
