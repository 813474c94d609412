"""Names articles and passages so that a citation made today still points to the same text after a re-index."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_NO_LETTER = re.compile(r"[\W_]+")
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~，。、；：？！“”‘’《》〈〉（）【】「」『』…—·～]")
"""Nothing in it is a letter in another width."""
_PLAIN = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]")
"""Letters and digits that are as NFKC has them, whatever stands beside them."""
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


def passage_ids(articles: Sequence[tuple[str, Sequence[str]]]) -> list[list[str]]:
    """
    Return an id for each passage of each article, given by its id and its passages, in order.

    It depends on the passage's own letters and digits, not on widths, punctuation or what stands before it; the second
    passage of an article with the same ones ends in "~2".
    """
    letters = iter(_letters([text for _, texts in articles for text in texts]))
    ids = []
    for article_id, texts in articles:
        seen: dict[str, int] = {}
        of_article = []
        for _, written in zip(texts, letters, strict=False):
            name = hashlib.sha1(written.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()[:10]
            time = seen[name] = seen.get(name, 0) + 1
            of_article.append(f"{article_id}.{name}~{time}" if time > 1 else f"{article_id}.{name}")
        ids.append(of_article)
    return ids


def _letters(texts: Sequence[str]) -> list[str]:
    """Return the letters and digits of each text in NFKC; those of most texts are plain."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    plain, other = (table.take(codes, mode="clip") for table in _kinds())
    places, ends = np.flatnonzero(plain), np.cumsum([0, *map(len, texts)])
    written = codes.take(places).tobytes().decode("utf-32-le")
    letters = [written[start:end] for start, end in pairwise(np.searchsorted(places, ends).tolist())]
    for at in np.unique(np.searchsorted(ends, np.flatnonzero(other), side="right") - 1).tolist():
        letters[at] = _NO_LETTER.sub("", unicodedata.normalize("NFKC", texts[at]))
    return letters


@cache
def _kinds() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell of each character of the basic plane whether it is plain, and whether it is neither that nor punctuation."""
    every = list(map(chr, range(0x10000)))
    plain, marks = (np.array([bool(kind.match(one)) for one in every]) for kind in (_PLAIN, _PUNCTUATION))
    return plain, ~(plain | marks)
