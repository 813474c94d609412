"""Words the interface's sentences for one reader: in simplified or in traditional characters."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC

_TRADITIONAL_CODES = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


class Speech:
    """Fills the templates of `messages`; what is filled in stays as it is, so quotations are verbatim."""

    def __init__(self, traditional: bool = False) -> None:
        self.traditional = traditional

    def __call__(self, template: str, **values: object) -> str:
        return self.wording(template).format(**values)

    def wording(self, template: str) -> str:
        """Return the template itself in the reader's script, its placeholders untouched."""
        return _traditional(template) if self.traditional else template


SIMPLIFIED = Speech()
TRADITIONAL = Speech(traditional=True)


def speech_for(language_code: str | None) -> Speech:
    """Return the script for a Telegram language code; simplified unless it names a traditional one."""
    return TRADITIONAL if (language_code or "").lower().startswith(_TRADITIONAL_CODES) else SIMPLIFIED


@cache
def _traditional(template: str) -> str:
    return str(_s2t().convert(template))


@cache
def _s2t() -> OpenCC:
    return OpenCC("s2t")
