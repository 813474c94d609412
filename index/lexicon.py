"""Finds the archive's own names, which a general dictionary cuts apart, and reads the words an operator adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from index import workers
from index.encoding import decode, opened
from index.errors import BadLexicon, UnreadableSource
from index.model import Article
from index.normalize import fold_all
from index.readers import articles_of
from index.tokens import Segmenter, Token

_NAME = r"([\u4e00-\u9fff]{2,8})"
_QUOTED = re.compile(rf"“{_NAME}”|‘{_NAME}’|「{_NAME}」|『{_NAME}』")
_QUOTED_IN_TITLE = re.compile(rf"{_QUOTED.pattern}|《{_NAME}》")
_MARKS = re.compile("[“‘「『《｢]")
"""What `_QUOTED_IN_TITLE` begins with, once folded: most articles have none, and need no folding."""
_NO_NAME = re.compile(
    "[的了吗呢吧啊呀么我你您他她它们这那哪谁是]|^[不没很最更太就也都和与及或在从把被让给]|^[一二三四五六七八九十百千万亿零〇两]+$"
)
_NOUN_TAGS = frozenset("SnRTZ")
_MOST_CANDIDATES = 300_000
_MOST_NAMES = 30_000
_LONGEST_WORD = 20
_TOGETHER = 100
"""Articles folded at once, which takes a third of what they take one by one."""
_LARGE = 100_000_000
"""Bytes of sources from which on workers count in less time than they take to be started."""


def local_names(counts: Iterable[Counter[str]], segmenter: Segmenter | None = None) -> list[str]:
    """
    Return names that articles use, in simplified characters, most frequent first, from the sums of their `names_of`.

    A name is 2 to 8 Chinese characters in quotation marks, or in 《》 in a title, that stand so at least twice, or once
    in an article that uses them without quotation marks too. With a segmenter, names that it cuts into dictionary words
    anyway are left out, and what follows a place or another noun and ends in a class word is a name too, since people
    leave the first part off: 船山时间谷 -> 时间谷.
    """
    times: Counter[str] = Counter()
    for count in counts:
        times.update(count)
        times = _bounded(times)
    names = [name for name, count in times.most_common() if count > 1]
    if segmenter:
        names = list(dict.fromkeys(part for name in names for part in _needed(name, segmenter)))
    return names[:_MOST_NAMES]


def read_lexicon(path: Path) -> list[str]:
    """
    Return the words of a lexicon file: one a line, "#" begins a comment.

    Raises BadLexicon.
    """
    try:
        with opened(path) as file:
            data = file.read()
        text = decode(data, str(path)) if data.strip() else ""
    except UnreadableSource as error:
        raise BadLexicon(f"词表 {error}（设置 LEXICON_FILE）") from error
    words = []
    for number, line in enumerate(text.split("\n"), 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        if len(word.split()) > 1 or len(word) > _LONGEST_WORD or not any(map(str.isalnum, word)):
            raise BadLexicon(
                f"词表 {path} 第 {number} 行：一行应是一个词，最长 {_LONGEST_WORD} 个字；请改正“{word[:30]}”"
            )
        words.append(word)
    return list(dict.fromkeys(words))


def counted(sources: Sequence[Path]) -> Generator[Counter[str], None, None]:
    """Yield the sum of `names_of` of each source's articles; what of it cannot be read is for others to report."""
    large = sum(map(_size, sources)) > _LARGE
    yield from workers.each(_counted, sources) if large else map(_counted, sources)


def _size(source: Path) -> int:
    try:
        return source.stat().st_size
    except OSError:
        return 0


def _counted(source: Path) -> Counter[str]:
    times: Counter[str] = Counter()
    articles = articles_of(source)
    while some := list(islice(articles, _TOGETHER)):
        times.update(names_of(some))
        times = _bounded(times)
    return times


def _bounded(times: Counter[str]) -> Counter[str]:
    """Return what is left when there are too many: without those found once."""
    if len(times) <= _MOST_CANDIDATES:
        return times
    return Counter({name: count for name, count in times.items() if count > 1})


def names_of(articles: Iterable[Article]) -> Counter[str]:
    """Count the articles' quoted names; one that its article also uses without quotation marks counts twice there."""
    quoting: list[str] = []
    for article in articles:
        heads = "\n".join((article.title, article.kicker, article.subtitle))
        text = "\n".join([paragraph.text for paragraph in article.paragraphs])
        if _MARKS.search(heads) or _MARKS.search(text):
            quoting += heads, text
    folded = iter(fold_all(quoting))
    times: Counter[str] = Counter()
    for heads, text in zip(folded, folded, strict=True):
        found = Counter(_in(_QUOTED_IN_TITLE, heads))
        found.update(_in(_QUOTED, text))
        found.update([name for name, count in found.items() if heads.count(name) + text.count(name) > count])
        times.update(found)
    return times


def _in(mark: re.Pattern[str], text: str) -> Iterator[str]:
    for match in mark.finditer(text):
        name = match[match.lastindex or 0]
        if not _NO_NAME.search(name):
            yield name


def _needed(name: str, segmenter: Segmenter) -> Iterator[str]:
    """Yield `name`, and the name inside it, where the dictionary alone does not hold them together."""
    head, *rest = segmenter.cut(name)
    if _falls_apart([head, *rest], segmenter):
        yield name
    inner = name[head.end :]
    if len(head.word) > 1 and head.tag in _NOUN_TAGS and len(inner) >= 3:
        tokens = segmenter.cut(inner)
        if len(tokens[0].word) > 1 and len(tokens[-1].word) == 1 and _falls_apart(tokens, segmenter):
            yield inner


def _falls_apart(tokens: list[Token], segmenter: Segmenter) -> bool:
    """
    Tell whether a cut leaves single characters or guessed words, which join their neighbours elsewhere: 时间 谷有.

    Dictionary words side by side stay where they are: 低空 经济.
    """
    return not all(len(token.word) > 1 and segmenter.knows(token.word) for token in tokens)
