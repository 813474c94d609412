"""Unpacks a container into a folder: bounded in members and bytes, and nothing ever lands outside of the folder."""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Literal, Protocol, cast

from index.encoding import opened
from index.errors import UnreadableSource
from index.model import Rejected

MEMBERS = 50_000
"""Members of a container, and of those inside it together: three years of an eight-page daily as single articles."""
LARGEST = 256 << 20
"""Bytes of one member unpacked."""
TOTAL = 4 << 30
"""Bytes unpacked of a container, and of those inside it together."""
RATIO = 200
"""
Times a member may be larger than what it was packed into, above FREE bytes. Newspaper text and HTML shrink to between a
third and a fifteenth, the same article repeated to a hundredth; bombs to a thousandth.
"""
FREE = 4 << 20

Wanted = Callable[[str], bool]
Kind = Literal["", "zip", "gzip", "tar"]

_CHUNK = 1 << 18
_BLOCK = 512
_DEEPEST = 50
_UNIX, _ENCRYPTED, _UTF8 = 3, 0x1, 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)
"""What the standard library raises over damaged containers."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Budget:
    """What may still be unpacked."""

    members: int = MEMBERS
    bytes: int = TOTAL


class _TooLarge(Exception):
    """A member is larger than it may be."""


class _Spent(Exception):
    """The budget is used up: nothing more is unpacked."""


def kind_of(head: bytes) -> Kind:
    """Return what a file that begins so is packed with; "" for anything else."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    return "tar" if head[257:262] == b"ustar" else ""


def is_document(head: bytes) -> bool:
    """Tell whether a zip that begins so is a document of another kind: Office, OpenDocument, EPUB, OFD."""
    first = head[30:300]
    return first.startswith((b"mimetype", b"OFD.xml")) or any(
        name in head for name in (b"[Content_Types].xml", b"_rels/.rels", b"word/document.xml")
    )


def unpack(source: Path, root: Path, budget: Budget, wanted: Wanted) -> Iterator[str | Rejected]:
    """
    Unpack the members that are `wanted` into the folder `root`.

    Yields the path of each in it, "/" between folders, and what was refused: `source` is then the member's path, ""
    when it is the rest of the container.

    Raises UnreadableSource.
    """
    with opened(source) as file:
        kind = kind_of(file.read(_BLOCK)) or ("tar" if source.suffix.lower() == ".tar" else "")
        size = file.seek(0, 2)
        file.seek(0)
        try:
            if kind == "zip":
                yield from _zip(file, root, budget, wanted)
            elif kind == "gzip":
                yield from _gzip(file, _inner_name(source), size, root, budget, wanted)
            elif kind == "tar":
                yield from _tar(file, root, budget, wanted)
            else:
                raise UnreadableSource(str(source), "不是 zip、tar 或 gzip 压缩包；请检查这个文件")
        except _BROKEN as error:
            raise UnreadableSource(str(source), "压缩包不完整或已损坏；请重新复制或下载") from error
        except _TooLarge:
            raise UnreadableSource(str(source), "解开后大得离谱，不像报纸；请检查这个文件") from None
        except _Spent as spent:
            yield Rejected("", str(spent))


def _zip(file: BinaryIO, root: Path, budget: Budget, wanted: Wanted) -> Iterator[str | Rejected]:
    with zipfile.ZipFile(file) as packed:
        for info in packed.infolist():
            name = _zip_name(info)
            if name.endswith("/"):
                continue
            mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
            refusal = "" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "是链接或设备，没有解开"
            if not refusal and info.flag_bits & _ENCRYPTED and wanted(_plain(name)):
                refusal = "加了密码，读不了；请解开后重新打包"
            limit = min(LARGEST, max(FREE, RATIO * info.compress_size))
            yield from _take(name, refusal, partial(packed.open, info), limit, root, budget, wanted)


def _gzip(file: BinaryIO, name: str, size: int, root: Path, budget: Budget, wanted: Wanted) -> Iterator[str | Rejected]:
    limit = min(TOTAL, max(FREE, RATIO * size))
    with gzip.GzipFile(fileobj=file) as unzipped:
        stream = cast(BinaryIO, _Measured(unzipped, limit))
        if kind_of(stream.read(_BLOCK)) == "tar" or name.endswith(".tar"):
            stream.seek(0)
            yield from _tar(stream, root, budget, wanted)
        else:
            stream.seek(0)
            yield from _take(name, "", lambda: nullcontext(stream), min(LARGEST, limit), root, budget, wanted)


def _tar(file: IO[bytes], root: Path, budget: Budget, wanted: Wanted) -> Iterator[str | Rejected]:
    with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as packed:
        try:
            for info in packed:
                if info.isdir():
                    continue
                refusal = "" if info.isfile() and not info.issparse() else "是链接、设备或稀疏文件，没有解开"
                name = _decoded(info.name.encode("utf-8", "surrogateescape"), info.name)
                stream = partial(_extracted, packed, info)
                yield from _take(name, refusal, stream, LARGEST, root, budget, wanted)
            file.seek(packed.offset)
            whole = file.read(_BLOCK) == bytes(_BLOCK)
        except _BROKEN:
            whole = False
        if not whole:
            yield Rejected("", "压缩包到这里断了，后面的没有读；请重新复制或下载")


def _take(
    name: str,
    refusal: str,
    stream: Callable[[], AbstractContextManager[_Readable]],
    limit: int,
    root: Path,
    budget: Budget,
    wanted: Wanted,
) -> Iterator[str | Rejected]:
    """Unpack one member unless it is refused, leads out of the folder, or is not wanted."""
    budget.members -= 1
    if budget.members < 0:
        raise _Spent(f"成员超过 {MEMBERS} 个，其余的没有读；请分成几个压缩包")
    member = _plain(name)
    refusal = refusal or _leads_astray(name)
    if refusal:
        yield Rejected(member.encode("utf-8", "backslashreplace").decode(), refusal)
        return
    if not wanted(member):
        return
    target = root / member
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with stream() as opening, target.open("xb") as copy:
            try:
                _copy(opening, copy, limit, budget)
            except BaseException:
                target.unlink()
                raise
    except _TooLarge:
        yield Rejected(member, f"解开后超过 {limit >> 20} MB，不像报纸；请检查这个成员")
    except NotImplementedError:
        yield Rejected(member, "压缩方法这里解不开；请用普通 zip 重新打包")
    except (FileExistsError, NotADirectoryError):
        yield Rejected(member, "与压缩包里另一个成员同名，只读了前一个")
    except (*_BROKEN, gzip.BadGzipFile):
        yield Rejected(member, "已损坏，读不出来；请重新打包")
    except OSError as error:
        yield Rejected(member, f"解不开（{error.strerror or error}）；请检查磁盘空间")
    else:
        yield member


def _copy(stream: _Readable, copy: BinaryIO, limit: int, budget: Budget) -> None:
    written = 0
    while chunk := stream.read(_CHUNK):
        written += len(chunk)
        budget.bytes -= len(chunk)
        if budget.bytes < 0:
            raise _Spent(f"解开后超过 {TOTAL >> 30} GB，其余的没有读；请分成几个压缩包")
        if written > limit:
            raise _TooLarge
        copy.write(chunk)


def _extracted(packed: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = packed.extractfile(info)
    assert stream is not None
    return stream


class _Measured:
    """A stream that ends in _TooLarge at `limit`, or where more is asked for at once than a member's name can need."""

    def __init__(self, stream: gzip.GzipFile, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _CHUNK or self._stream.tell() + size > self._limit + _CHUNK:
            raise _TooLarge
        return self._stream.read(size)

    def seek(self, position: int) -> int:
        if position > self._limit:
            raise _TooLarge
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the member's path: Windows writes it in GBK and says it were IBM's code page, with "\\\\" at times."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        name = _decoded(name.encode("cp437", "replace"), name)
    return name.replace("\\", "/")


def _decoded(raw: bytes, otherwise: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return otherwise


def _plain(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _leads_astray(name: str) -> str:
    """Return why a member's path is not followed, "" for one that stays inside."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or _DRIVE.match(name):
        return "路径指向压缩包之外，没有解开"
    if not _plain(name) or any(ord(character) < 32 for character in name) or len(parts) > _DEEPEST:
        return "路径不像文件名，没有解开"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "文件名既不是 UTF-8 也不是 GBK，没有解开"
    return ""


def _inner_name(source: Path) -> str:
    """Return what a .gz holds by its own name: "a.txt.gz" -> "a.txt", "a.tgz" -> "a.tar"."""
    suffix = source.suffix.lower()
    return source.stem if suffix == ".gz" else f"{source.stem}.tar" if suffix == ".tgz" else source.name
