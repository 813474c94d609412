"""One tree of errors; every message names the file or setting and the next step, in Chinese."""

from __future__ import annotations


class ArchiveError(Exception):
    """Anything the archive cannot do; `str(error)` is a sentence for people."""


class UnreadableSource(ArchiveError):
    """A file that cannot be used: skipped and reported, it never stops the rest."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}：{reason}")
        self.source = source
        self.reason = reason


class UnknownEncoding(UnreadableSource):
    """Bytes that are neither UTF-8 nor GB18030 nor Big5."""


class MissingPath(ArchiveError):
    """A PATH that does not exist."""


class NothingToIndex(ArchiveError):
    """The given paths hold nothing that a reader knows."""


class BadPaperFile(ArchiveError):
    """A `_paper.toml` that cannot be used."""


class BadLexicon(ArchiveError):
    """A LEXICON_FILE that cannot be used."""


class NoIndex(ArchiveError):
    """There is no index at the given place."""


class CorruptIndex(ArchiveError):
    """A directory that should hold an index and does not, or holds a damaged one."""


class IndexBusy(ArchiveError):
    """Another process is writing to the index."""


class IndexMismatch(ArchiveError):
    """The index was built with another segmenter, normaliser or format than this question would use."""


class IndexWriteFailed(ArchiveError):
    """The new state could not be written (disk full, read-only); the old one still answers."""


class BadQuestionFile(ArchiveError):
    """A question file that is not in the expected form."""


class TargetExists(ArchiveError):
    """A file that would be overwritten."""


class NotInstalled(ArchiveError):
    """An optional package that was asked for is not there."""


class IndexingCancelled(ArchiveError):
    """The one who started a re-index has stopped it; the old state still answers."""


class EngineAway(ArchiveError):
    """The search cluster does not answer, or has too much to do: it may soon."""


class EngineRefused(ArchiveError):
    """The search cluster answers with a refusal: credentials, permissions, version or a setting must be mended."""
