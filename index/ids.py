"""Names articles and passages so that a citation made today still points to the same text after a re-index."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_NO_LETTER = re.compile(r"[\W_]+")
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~，。、；：？！“”‘’《》〈〉（）【】「」『』…—·～]+")
"""Nothing in it is a letter in another width."""
_ARTICLE_ID = re.compile(r"[a-z2-7]{12}[acegikmoqsuwy246]")


def article_id(source: str, ordinal: int, *, native: str = "", paper: str = "", date: dt.date | None = None) -> str:
    """
    Return 13 lower-case letters and digits.

    source   where the article stands
    ordinal  its place in the source; used with `source` when there is no native id
    native   the id the publisher gave it; with `paper` and `date` it alone decides, so the file may move
    """
    parts = ("native", native, paper, date.isoformat() if date else "") if native else ("place", source, str(ordinal))
    digest = hashlib.sha1("\0".join(parts).encode(errors="surrogatepass"), usedforsecurity=False).digest()
    return base64.b32encode(digest[:8]).decode().rstrip("=").lower()


def is_article_id(text: str) -> bool:
    """Tell whether a text has the form of `article_id`; one of digits alone is a publisher's number."""
    return _ARTICLE_ID.fullmatch(text) is not None and not text.isdigit()


def passage_ids(article_id: str, texts: Sequence[str]) -> list[str]:
    """
    Return an id for each passage of one article, in order.

    It depends on the passage's own letters and digits, not on widths, punctuation or what stands before it; the second
    passage with the same ones ends in "~2".
    """
    seen: Counter[str] = Counter()
    ids = []
    for text in texts:
        letters = _letters(text).encode(errors="surrogatepass")
        name = hashlib.sha1(letters, usedforsecurity=False).hexdigest()[:10]
        seen[name] += 1
        ids.append(f"{article_id}.{name}" + (f"~{seen[name]}" if seen[name] > 1 else ""))
    return ids


def _letters(text: str) -> str:
    """Return the letters and digits of `text` in NFKC, which most texts are in but for their punctuation."""
    bare = _PUNCTUATION.sub("", text)
    if bare.isalnum() and unicodedata.is_normalized("NFKC", bare):
        return bare
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text))
