"""Names the formats that are not read and says what to convert them to, so that nobody waits for their articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from index.encoding import opened
from index.errors import UnreadableSource
from index.model import Article, ReadContext, Rejected

_WORD = "是旧版 Word 或 WPS 文档，读不了；请用 Word、WPS 或 LibreOffice 另存为 .docx 或 .txt"
_WRITER = "是其他文字处理格式，读不了；请用 LibreOffice 或 WPS 另存为 .docx 或 .txt"
_CNKI = "是知网的 CAJ 格式，读不了；请用 CAJViewer 另存为 PDF 或文本"
_APABI = "是方正的 CEB 格式，读不了；请用方正阅读器打印成 PDF，或向报社要 PDF、HTML"
_PACKED = "是 RAR 或 7z 压缩包，读不了；请解开，或重新打包成 .zip"
_OFD = "是 OFD 版式文件，读不了；请用 WPS 或 OFD 阅读器另存为 PDF"
_SAVED_PAGE = "是单文件网页（MHT），读不了；请在浏览器里另存为 .html"

ADVICE: Mapping[str, str] = {
    ".doc": _WORD,
    ".wps": _WORD,
    ".rtf": _WRITER,
    ".odt": _WRITER,
    ".caj": _CNKI,
    ".kdh": _CNKI,
    ".ceb": _APABI,
    ".cebx": _APABI,
    ".ofd": _OFD,
    ".rar": _PACKED,
    ".7z": _PACKED,
    ".mht": _SAVED_PAGE,
    ".mhtml": _SAVED_PAGE,
}
"""Each suffix that is named instead of ignored, with what to do about it."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = {
    b"{\\rtf": _WRITER,
    b"CAJ\0": _CNKI,
    b"KDH ": _CNKI,
    b"Founder CEB": _APABI,
    b"Rar!\x1a\x07": _PACKED,
    b"7z\xbc\xaf\x27\x1c": _PACKED,
}


def claims(head: bytes) -> bool:
    """Tell whether a file that begins so is of one of these formats; old Office files may be locked new ones."""
    return head.startswith(tuple(_SIGNATURES))


def read(source: Path, context: ReadContext) -> Iterator[Article | Rejected]:
    """Raise UnreadableSource with the advice for what the file is, or for what its name says it is."""
    with opened(source) as file:
        head = file.read(64)
    signatures = _SIGNATURES | {_OLD_OFFICE: _WORD}
    signed = next((advice for signature, advice in signatures.items() if head.startswith(signature)), "")
    raise UnreadableSource(str(source), signed or ADVICE[source.suffix.lower()])
