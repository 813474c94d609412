"""How the embedded engine lies on disk: generations, one of them current, and the rows they hold."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import tantivy
import zstandard

from index.errors import CorruptIndex, IndexBusy, IndexMismatch, IndexWriteFailed, NoIndex
from index.model import IndexMeta, SourceRecord, Stats

LAYOUT = 6
"""Raised whenever the schema or a row changes: a directory of another LAYOUT must be rebuilt."""

CURRENT = "current"
LOCK = "writing.lock"
CACHE = "cache"
_LIST = "\x1e"
REBUILD = "请用 wenbao index --full 重建索引"
_GENERATION = re.compile(r"g(\d+)-[0-9a-f]{8}")

FIELDS = {"news": ("words", "bigrams"), "excerpt": ("words", "bigrams"), "notice": ("notice_words", "notice_bigrams")}
"""Notices have fields of their own: leaving them out costs a search nothing; a filter would visit every passage."""

_LOOKED_UP = ("row", "id", "article", "revision", "source", "beside")


@dataclass(frozen=True, slots=True)
class Holding:
    """
    A source's row: its manifest line and what its passages add to the statistics.

    revision     marks the passages in the index; a re-read source gets a new one
    start, stop  the numbers of the first and after the last of their rows
    """

    record: SourceRecord
    revision: str
    start: int
    stop: int
    words: int = 0
    bigrams: int = 0
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The one row that describes a commit."""

    meta: IndexMeta
    stats: Stats
    generation: str


def schema() -> tantivy.Schema:
    fields = tantivy.SchemaBuilder()
    for name in ("words", "bigrams", "notice_words", "notice_bigrams"):
        fields.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in _LOOKED_UP:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    fields.add_unsigned_field("day", indexed=True, fast=True)
    fields.add_unsigned_field("number", fast=True)
    fields.add_bytes_field("stored", stored=True)
    return fields.build()


def create(directory: Path) -> tantivy.Index:
    """
    Return a new, empty index in `directory`.

    Of fields that are only looked up, tantivy need not keep how long they are, a byte a field and row; its Python
    binding lets nobody choose but in the file it keeps.
    """
    tantivy.Index(schema(), str(directory))
    meta = directory / "meta.json"
    settings = json.loads(meta.read_text("utf-8"))
    for field in settings["schema"]:
        if field["name"] in _LOOKED_UP:
            field["options"]["indexing"]["fieldnorms"] = False
    meta.write_text(json.dumps(settings), "utf-8")
    return tantivy.Index.open(str(directory))


def day(date: dt.date) -> int:
    return date.year * 10000 + date.month * 100 + date.day


def also_id(article_id: str) -> str:
    """Return the id of the row that names the further sources of an article."""
    return f"also {article_id}"


def write_also(also: Sequence[str]) -> bytes:
    return _LIST.join(also).encode()


def read_also(stored: bytes) -> tuple[str, ...]:
    return tuple(stored.decode().split(_LIST))


def write_printings(source: str, printings: bytes) -> bytes:
    return zstandard.compress(source.encode() + b"\0" + printings)


def read_printings(stored: bytes) -> tuple[str, bytes]:
    source, _, printings = zstandard.decompress(stored).partition(b"\0")
    return source.decode(), printings


def write_holding(holding: Holding) -> bytes:
    return json.dumps(asdict(holding), ensure_ascii=False).encode()


def read_holding(stored: bytes) -> Holding:
    fields = json.loads(stored)
    record = fields.pop("record")
    return Holding(SourceRecord(**record | {"problems": tuple(record["problems"])}), **fields)


def write_state(state: State) -> bytes:
    return json.dumps(asdict(state), ensure_ascii=False, default=lambda value: value.isoformat()).encode()


def read_state(stored: bytes) -> State:
    fields = json.loads(stored)
    meta, stats = fields["meta"], fields["stats"]
    meta["lexicon"] = tuple(meta["lexicon"])
    for name in ("first", "last"):
        stats[name] = dt.date.fromisoformat(stats[name]) if stats[name] else None
    stats["committed_at"] = dt.datetime.fromisoformat(stats["committed_at"])
    return State(IndexMeta(**meta), Stats(**stats), fields["generation"])


def current(location: Path, again: bool = True) -> Path:
    """
    Return the directory of the generation that answers; looks again when one was swapped away meanwhile.

    Raises NoIndex, CorruptIndex or IndexMismatch.
    """
    try:
        name = (location / CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        if _foreign(location):
            raise damaged(location, "目录里有别的文件，却没有索引") from None
        raise NoIndex(f"{location} 还没有索引；请先运行 wenbao index") from None
    except NotADirectoryError:
        raise CorruptIndex(f"{location} 是一个文件，不是索引目录；请移走它，或把 INDEX_DIR 改到别处") from None
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(location, error) from error
    found = _GENERATION.fullmatch(name)
    if found is None or not (location / name).is_dir():
        if again and found is not None:
            return current(location, again=False)
        raise damaged(location, f"{CURRENT} 指向的“{name[:40]}”不存在")
    if int(found[1]) != LAYOUT:
        raise IndexMismatch(f"{location} 是另一个版本的程序建的索引；{REBUILD}")
    return location / name


def mark(location: Path) -> str | None:
    """Return what changes with every commit, without opening anything; None when there is no index."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        name = (location / CURRENT).read_text("ascii").strip()
        committed = (location / name / "meta.json").stat()
        return f"{name} {committed.st_mtime_ns} {committed.st_ino} {committed.st_size}"
    return None


def make_generation(location: Path) -> Path:
    """Create and return the directory of a new generation, after removing what killed writers left."""
    with contextlib.suppress(NoIndex, CorruptIndex, IndexMismatch):
        remove_generations(location, but=current(location))
    directory = location / f"g{LAYOUT}-{secrets.token_hex(4)}"
    directory.mkdir()
    return directory


def unfinished(location: Path) -> list[Path]:
    """Return the generations of this layout in a place that has no current one, newest first."""
    if not location.is_dir():
        return []
    found = [(entry.stat().st_mtime_ns, entry) for entry in location.iterdir() if _of_this_layout(entry.name)]
    return [generation for _, generation in sorted(found, reverse=True)]


def _of_this_layout(name: str) -> bool:
    found = _GENERATION.fullmatch(name)
    return found is not None and int(found[1]) == LAYOUT


def publish(location: Path, generation: Path) -> None:
    """Make `generation` the one that answers, at once and durably."""
    aside = location / f"{CURRENT}.new"
    with aside.open("w", encoding="ascii") as pointer:
        pointer.write(generation.name)
        pointer.flush()
        os.fsync(pointer.fileno())
    aside.replace(location / CURRENT)
    remove_generations(location, but=generation)


def remove_generations(location: Path, but: Path | None = None) -> None:
    """Remove every other generation; readers that hold one open go on reading it."""
    for directory in location.iterdir():
        if _GENERATION.fullmatch(directory.name) and directory != but:
            shutil.rmtree(directory, ignore_errors=True)


def sweep(generation: Path) -> None:
    """
    Remove the lists of deleted rows that a killed writer left before it had committed them.

    They are named by a segment and an operation's number, so the same changes give the same name again, and tantivy
    writes no file that is there. No commit names them and no reader opens them: their numbers are beyond its own.
    """
    committed = json.loads((generation / "meta.json").read_text("utf-8"))["opstamp"]
    for left in generation.glob("*.del"):
        _, _, stamp = left.stem.rpartition(".")
        if stamp.isdigit() and int(stamp) > committed:
            left.unlink()


def lock(location: Path) -> int:
    """
    Take the one writer's place and return the file descriptor that holds it; a killed process gives it up.

    Raises IndexBusy or IndexWriteFailed.
    """
    try:
        location.mkdir(parents=True, exist_ok=True)
        held = os.open(location / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        if location.exists() and not location.is_dir():
            current(location)
        raise unwritable(location, error) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        if isinstance(error, BlockingIOError):
            raise IndexBusy(f"另一个进程正在写索引 {location}；请等它结束再试") from None
        raise unwritable(location, error) from error
    return held


@contextlib.contextmanager
def reading(location: Path) -> Iterator[None]:
    """Turn whatever tantivy raises over damaged files into CorruptIndex; some damage makes it panic."""
    try:
        yield
    except (ValueError, LookupError, RuntimeError, OSError, MemoryError, zstandard.ZstdError) as error:
        if "Failed to acquire Lockfile" in str(error) and "NotFound" not in str(error):
            raise IndexWriteFailed(
                f"打不开索引目录 {location}（{_brief(error)}）；打开时要在其中写锁文件，请检查权限和磁盘"
            ) from error
        raise damaged(location, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(location, error) from None


@contextlib.contextmanager
def writing(location: Path) -> Iterator[None]:
    """Turn what tantivy raises when it cannot write into IndexWriteFailed."""
    try:
        yield
    except UnicodeError:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        raise unwritable(location, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise unwritable(location, error) from None


def damaged(location: Path, why: object) -> CorruptIndex:
    return CorruptIndex(f"索引目录 {location} 已损坏（{_brief(why)}）；{REBUILD}")


def unwritable(location: Path, why: object) -> IndexWriteFailed:
    return IndexWriteFailed(f"写不进索引目录 {location}（{_brief(why)}）；请检查磁盘空间和权限，原有的索引不受影响")


def _brief(why: object) -> str:
    text = " ".join(str(why).split())
    return text if len(text) <= 160 else text[:160] + "…"


def _foreign(location: Path) -> list[str]:
    """Return the names in `location` that no writer of ours puts there before its first commit."""
    if not location.exists():
        return []
    own = {LOCK, CACHE, f"{CURRENT}.new"}
    return [entry.name for entry in location.iterdir() if entry.name not in own and not _GENERATION.match(entry.name)]
