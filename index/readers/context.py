"""Finds what a file's place says about it: the folder's `_paper.toml`, and paper, date and page in its path."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.errors import BadPaperFile
from index.model import DateSource, ReadContext

PAPER_FILE = "_paper.toml"

_GROUPS = {"date", "page", "page_name", "paper"}
_PAGE_FILE = re.compile(
    r"^(?P<paper>[^-\d][^-]*)-(?P<date>\d{8})-(?P<page>[A-Za-z]?\d{1,3})(?:[-_](?P<page_name>[^-_.]+))?(?=\.|$)"
)
_DATE_IN_PATH = re.compile(r"(?<!\d)(\d{4})(?:-(\d\d)[-/]|/(\d\d)/|(\d\d)/?)(\d\d)(?!\d)")
_DATE = re.compile(r"(\d{4})\s*[-./_年]\s*(\d{1,2})\s*[-./_月]\s*(\d{1,2})\s*日?(?:[T\s].*)?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """
    What a file's place says about the articles in it; "" and None where it says nothing.

    paper  from a `filename` pattern, else `_paper.toml`, else the built-in file name pattern
    page   upper case: "A02"
    """

    paper: str = ""
    date: dt.date | None = None
    date_source: DateSource = ""
    page: str = ""
    page_name: str = ""


def context_for(path: Path, within: Path | None = None, above: ReadContext | None = None) -> ReadContext:
    """
    Return what the `_paper.toml` files above `path` say; for each field the nearest one that has it wins.

    Only those in the folder `within` and below it are looked at; `above` is what holds for that folder.

    Raises BadPaperFile.
    """
    context = above or ReadContext()
    for folder in reversed(path.absolute().parents):
        if within is not None and not folder.is_relative_to(within):
            continue
        paper_file = folder / PAPER_FILE
        try:
            stat = paper_file.stat()
        except OSError:
            continue
        own = _load(paper_file, stat.st_mtime_ns, stat.st_size)
        context = ReadContext(
            own.paper or context.paper, own.section or context.section, own.filename or context.filename
        )
    return context


def source_name(path: Path, context: ReadContext) -> str:
    """Return what articles call their source: the context's name for it, else the absolute path."""
    return context.name or str(path.absolute())


def file_of(source: str, files: Container[str]) -> str:
    """Return which of `files` an article's source stands in: itself, or the container before a "!"; "" for none."""
    while source and source not in files:
        source = source.rpartition("!")[0]
    return source


def page_facts(path: Path, context: ReadContext) -> PageFacts:
    """
    Return paper, date and page by the context's `filename` patterns, then by the built-in ones.

    Built in are `报名-YYYYMMDD-A02.*` and the last date in the path written YYYY-MM/DD, YYYYMM/DD, YYYY/MM/DD,
    YYYY-MM-DD or YYYYMMDD. A `filename` pattern with a "/" is searched in the whole path, others in the file's name.
    """
    path = Path(context.name.replace("!", "/")) if context.name else path
    named = _by_patterns(path, context.filename)
    built_in = _PAGE_FILE.match(path.name)
    given = built_in.groupdict("") if built_in and parse_date(built_in["date"]) else {}
    date = parse_date(named.get("date", ""))
    date_source: DateSource = "file_name" if date else ""
    if date is None:
        date, date_source = _date_in_path(path)
    return PageFacts(
        paper=named.get("paper") or context.paper or given.get("paper", ""),
        date=date,
        date_source=date_source,
        page=page_label(named.get("page") or given.get("page", "")),
        page_name=named.get("page_name") or given.get("page_name", ""),
    )


def parse_date(written: str) -> dt.date | None:
    """Return the day of 20250812, 2025-08-12 (a time may follow), 2025/8/12, 2025.8.12, 2025年8月12日; else None."""
    match = _DATE.fullmatch(written.strip())
    return calendar_date(*[group for group in match.groups() if group]) if match else None


def page_label(written: str) -> str:
    """Return the page as citations show it: 第a02版 -> A02."""
    return written.strip().removeprefix("第").removesuffix("版").upper()


def calendar_date(year: str, month: str, day: str) -> dt.date | None:
    """Return the day if the calendar has it and it lies between 1900 and 2100."""
    if not 1900 <= int(year) <= 2100:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _by_patterns(path: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    for pattern in patterns:
        match = re.search(pattern, path.as_posix() if "/" in pattern else path.name)
        if match:
            return {name: text.strip() for name, text in match.groupdict("").items()}
    return {}


def _date_in_path(path: Path) -> tuple[dt.date | None, DateSource]:
    folders = path.parent.as_posix() + "/"
    for match in reversed(list(_DATE_IN_PATH.finditer(folders + path.stem))):
        date = calendar_date(match[1], match[2] or match[3] or match[4], match[5])
        if date:
            return date, "file_name" if match.start() >= len(folders) else "path"
    return None, ""


@lru_cache(maxsize=1024)
def _load(paper_file: Path, mtime_ns: int, size: int) -> ReadContext:
    try:
        table = tomllib.loads(paper_file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPaperFile(f"{paper_file}：不是可读的 TOML（{error}）；请改正或删除它") from error
    unknown = sorted(table.keys() - {"paper", "section", "filename"})
    if unknown:
        raise BadPaperFile(f"{paper_file}：不认识的项 {'、'.join(unknown)}；可用的是 paper、section、filename")
    for key in ("paper", "section"):
        if not isinstance(table.get(key, ""), str):
            raise BadPaperFile(f"{paper_file}：{key} 应是一段文字")
    patterns = table.get("filename", [])
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise BadPaperFile(f"{paper_file}：filename 应是一条正则表达式或一组正则表达式")
    for pattern in patterns:
        _check_pattern(paper_file, pattern)
    return ReadContext(table.get("paper", "").strip(), table.get("section", "").strip(), tuple(patterns))


def _check_pattern(paper_file: Path, pattern: str) -> None:
    try:
        names = re.compile(pattern).groupindex.keys()
    except re.error as error:
        raise BadPaperFile(f"{paper_file}：filename 的正则表达式 {pattern} 有误（{error}）；请改正它") from error
    if not names or names - _GROUPS:
        raise BadPaperFile(
            f"{paper_file}：filename 的正则表达式 {pattern} 里的命名组应是 date、page、page_name、paper 中的一个或几个"
        )
