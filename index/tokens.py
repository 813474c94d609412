"""Cuts text into tagged words with jieba or rjieba, and packs the cut beside the passage."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import marshal
import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexMismatch
from index.model import IndexMeta, JoinedTerms
from index.normalize import fold_all, is_cjk

FORMAT = "2"
"""Raised whenever what is stored or searched changes its meaning: an index of another FORMAT must be rebuilt."""

_WORD = re.compile(r"\w")
_OTHER = r"[^\W_\u3400-\u4dbf\u4e00-\u9fff]"
_CHINESE = re.compile(rf"({_OTHER}?)([\u3400-\u4dbf\u4e00-\u9fff]+)(?=({_OTHER}?))")
"""Chinese characters with the letter or digit before and after them."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = len(_DIGITS) - 1
_KEPT_TAGS = {"nr": "R", "nrfg": "R", "nrt": "R", "ns": "S", "nt": "T", "nz": "Z", "vn": "V", "mq": "m"}

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱胡郭何罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范石姚谭"
    "廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟万段雷钱汤尹黎易武乔贺赖龚文庞樊殷施陶洪翟颜倪严牛温芦季俞鲁葛韦申毕聂丛焦邢岳齐梅"
    "莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童欧甄项曲屈鲍覃霍裴柴窦柯阮骆褚"
)
"""First characters of people's names that a dictionary does not hold."""

Choice = Literal["auto", "jieba", "rjieba"]


class Token(NamedTuple):
    """
    One word of a folded text.

    tag  one letter: R person, S place, T organisation, Z other name, n noun, v verb, V verbal noun, m numeral,
         q measure word, t time, e Latin, w punctuation, x unknown, else jieba's first letter
    """

    word: str
    start: int
    end: int
    tag: str


_MOST_ENTRIES = 400_000
"""Words remembered at most, some 100 MB; forty years of a paper have about as many."""


class Segmenter:
    """
    Words of folded text, with the archive's own names kept whole.

    Raises IndexMismatch when `choice` asks for a segmenter that is not installed.
    """

    def __init__(self, choice: Choice = "auto", lexicon: Iterable[str] = (), cache_dir: Path | None = None) -> None:
        self.lexicon = tuple(sorted(set(lexicon)))
        self.name: Literal["jieba", "rjieba"] = _resolve(choice)
        self._backend = _backend(self.name, self.lexicon, cache_dir)
        self.fingerprint = _fingerprint(self.name, self.lexicon)
        self._entries: dict[str, tuple[str, str]] = {}

    @property
    def meta(self) -> IndexMeta:
        return IndexMeta(self.fingerprint, self.name, self.lexicon)

    def cut(self, folded: str) -> list[Token]:
        """Return the tokens of `folded`, which cover it completely, in order."""
        tokens = []
        at = 0
        for word, tag in self._backend.tag(folded):
            end = at + len(word)
            tokens.append(Token(word, at, end, _short_tag(word, tag)))
            at = end
        return tokens

    def cut_and_index(self, folded: str) -> tuple[str, JoinedTerms]:
        """
        Return `pack` of the cut of `folded`, and the words it is found by: those of `index_words`, in another order.

        What an archive is built with: a word's entry is made once and looked up ever after.
        """
        entry, words = self._entries.__getitem__, self._backend.cut(folded)
        if len(self._entries) > _MOST_ENTRIES:
            self._entries.clear()
        try:
            entries = list(map(entry, words))
        except KeyError:
            for word in {*words}.difference(self._entries):
                self._entries[word] = self._entry(word, folded)
            entries = list(map(entry, words))
        packed, found = zip(*entries, strict=True) if entries else ((), ())
        return "".join(packed), JoinedTerms("".join(found)[:-1])

    def _entry(self, word: str, folded: str) -> tuple[str, str]:
        """Return what a word becomes in an index: packed with its tag, and the words found by, a space behind each."""
        token = Token(word, 0, len(word), _short_tag(word, self._backend.tag_of(word, folded)))
        return pack([token]), "".join([f"{found} " for found in index_words([token], self)])

    def knows(self, word: str) -> bool:
        """Tell whether the folded `word` is in the dictionary or the lexicon."""
        return self._backend.knows(word)

    def inner_words(self, word: str) -> list[str]:
        """Return the shorter dictionary words inside `word`: 船山时间谷 -> 船山, 时间."""
        return [
            word[at : at + size]
            for size in (2, 3)
            if len(word) > size
            for at in range(len(word) - size + 1)
            if self._backend.knows(word[at : at + size])
        ]


def check(meta: IndexMeta, choice: Choice = "auto") -> None:
    """Raise IndexMismatch when the segmenter an index was built with is not to be had, or `choice` is another one."""
    rebuild = "请用 wenbao index --full 重建索引"
    if choice not in ("auto", meta.segmenter):
        raise IndexMismatch(f"索引是用 {meta.segmenter} 建的，而 SEGMENTER={choice}；{rebuild}，或改回 SEGMENTER=auto")
    if meta.segmenter == "rjieba" and importlib.util.find_spec("rjieba") is None:
        raise IndexMismatch(f"索引是用 rjieba 建的，而这里没有安装 rjieba；请 pip install 'wenbao[fast]'，或{rebuild}")
    ours = _fingerprint(meta.segmenter, meta.lexicon)
    if ours != meta.fingerprint:
        raise IndexMismatch(f"索引的切词方式（{meta.fingerprint}）与程序的（{ours}）不同；{rebuild}")


def open_segmenter(meta: IndexMeta, choice: Choice = "auto", cache_dir: Path | None = None) -> Segmenter:
    """
    Return the segmenter an index was built with.

    Raises IndexMismatch as `check` does.
    """
    check(meta, choice)
    return Segmenter(meta.segmenter, meta.lexicon, cache_dir)


def index_words(tokens: Sequence[Token], segmenter: Segmenter) -> list[str]:
    """
    Return the words that are indexed of a cut text: no punctuation, the shorter words inside the others too.

    Words that are bigrams are left out: as bigrams they are found anyway.
    """
    return [word for word in every_word(tokens, segmenter) if not is_bigram(word)]


def every_word(tokens: Sequence[Token], segmenter: Segmenter) -> list[str]:
    """Return the words of a cut text, no punctuation, and behind them the shorter words inside them."""
    words = [token.word for token in tokens if token.tag != "w"]
    return words + [inner for word in words if len(word) > 2 for inner in segmenter.inner_words(word)]


def bigrams(folded: str) -> list[str]:
    """Return the pairs of neighbouring characters, at least one of them Chinese, none of them punctuation."""
    found: list[str] = []
    for before, chinese, after in _CHINESE.findall(folded):
        run = before + chinese + after
        found.extend(map(str.__add__, run, run[1:]))
    return found


def is_bigram(word: str) -> bool:
    """Tell whether a folded word is what `bigrams` returns of it."""
    return len(word) == 2 and bigrams(word) == [word]


def bigrams_of_all(folded: Sequence[str]) -> list[JoinedTerms]:
    """Return `bigrams` of every text, at the price of one."""
    codes = np.frombuffer("\n".join(folded).encode("utf-32-le"), np.uint32)
    if codes.max(initial=0) > 0xFFFF:
        return [JoinedTerms(" ".join(bigrams(text))) for text in folded]
    letter, chinese = (table.take(codes) for table in _tables())
    first = letter[:-1] & letter[1:] & (chinese[:-1] | chinese[1:])
    places = np.flatnonzero(first)
    apart = np.full(len(places), ord(" "), np.uint32)
    joined = np.column_stack([codes.take(places), codes.take(places + 1), apart]).tobytes().decode("utf-32-le")
    ends = np.cumsum([len(text) + 1 for text in folded])
    bounds = [0, *(3 * np.searchsorted(places, ends)).tolist()]
    return [JoinedTerms(joined[start : max(start, end - 1)]) for start, end in pairwise(bounds)]


@cache
def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell of each character of the basic plane whether it is a letter or digit, and whether it is Chinese."""
    every = list(map(chr, range(0x10000)))
    return np.array([one.isalnum() for one in every]), np.array([is_cjk(one) for one in every])


def pack(tokens: Iterable[Token]) -> str:
    """Return a cut as text, two characters a token: its tag and its length."""
    parts = []
    for token in tokens:
        length = token.end - token.start
        while length > _LONGEST:
            parts.append(token.tag + _DIGITS[_LONGEST])
            length -= _LONGEST
        parts.append(token.tag + _DIGITS[length])
    return "".join(parts)


def unpack(folded: str, cut: str) -> list[Token]:
    """Return the tokens of `folded` that `pack` wrote; words over 35 characters come back in pieces."""
    tokens = []
    at = 0
    for place in range(0, len(cut), 2):
        end = at + _DIGITS.index(cut[place + 1])
        tokens.append(Token(folded[at:end], at, end, cut[place]))
        at = end
    return tokens


def _short_tag(word: str, tag: str) -> str:
    if not _WORD.search(word):
        return "w"
    if tag in _KEPT_TAGS:
        return _KEPT_TAGS[tag]
    if tag == "x" and word.isascii():
        return "m" if word[0].isdigit() else "e"
    if tag == "x" and len(word) in (2, 3) and word[0] in _SURNAMES:
        return "R"
    return tag[0]


def _fingerprint(name: str, lexicon: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(lexicon).encode()).hexdigest()[:12]
    return f"{FORMAT}:{name}-{importlib.metadata.version(name)}:{digest}"


def _resolve(choice: Choice) -> Literal["jieba", "rjieba"]:
    installed = importlib.util.find_spec("rjieba") is not None
    if choice == "rjieba" and not installed:
        raise IndexMismatch("SEGMENTER=rjieba，但没有安装 rjieba；请 pip install 'wenbao[fast]'，或改为 SEGMENTER=auto")
    return "rjieba" if installed and choice != "jieba" else "jieba"


class _Jieba:
    """jieba with each word's tag taken from its dictionary: posseg tags no better and costs ten times as much."""

    def __init__(self, cache_dir: Path | None) -> None:
        from index.jiebacut import Tokenizer

        self._tokenizer = Tokenizer()
        frequencies, self._tokenizer.total, tags = _dictionary(self._tokenizer, cache_dir)
        self._tokenizer.FREQ, self._tags = frequencies.copy(), tags.copy()
        self._tokenizer.initialized = True

    def add(self, word: str) -> None:
        self._tokenizer.add_word(word)
        self._tags.setdefault(word, "nz")

    def knows(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word))

    def cut(self, text: str) -> list[str]:
        return self._tokenizer.words(text)

    def tag(self, text: str) -> list[tuple[str, str]]:
        return [(word, self.tag_of(word, text)) for word in self.cut(text)]

    def tag_of(self, word: str, text: str) -> str:
        return self._tags.get(word, "x")


_Dictionary = tuple[dict[str, int], int, dict[str, str]]
_loaded: _Dictionary | None = None
"""jieba's own words, their total and their tags, read once a process; copied before words are added."""


def _dictionary(tokenizer: Any, cache_dir: Path | None) -> _Dictionary:
    global _loaded
    if _loaded is None:
        cache = cache_dir / f"jieba-{importlib.metadata.version('jieba')}.marshal" if cache_dir else None
        _loaded = _cached_dictionary(cache) or _read_dictionary(tokenizer, cache)
    return _loaded


def _read_dictionary(tokenizer: Any, cache: Path | None) -> _Dictionary:
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tags = {}
    with contextlib.closing(tokenizer.get_dict_file()) as lines:
        for line in lines:
            word, _, tag = line.decode().split()
            tags[word] = tag
    if cache:
        with contextlib.suppress(OSError):
            cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            written = cache.with_suffix(f".{os.getpid()}")
            written.write_bytes(marshal.dumps((frequencies, total, tags)))
            written.replace(cache)
    return frequencies, total, tags


def _cached_dictionary(cache: Path | None) -> _Dictionary | None:
    """Return the dictionary as an earlier run left it: read whole, which takes a quarter of jieba's own way."""
    if cache is None:
        return None
    try:
        frequencies, total, tags = marshal.loads(cache.read_bytes())
        return frequencies, total, tags
    except (OSError, ValueError, EOFError, TypeError):
        return None


@functools.lru_cache(maxsize=1)
def _backend(name: str, lexicon: tuple[str, ...], cache_dir: Path | None) -> _Jieba | _RustJieba:
    """Return the segmenter that knows the lexicon; the last one is kept: most re-indexing leaves it as it was."""
    backend = _RustJieba() if name == "rjieba" else _Jieba(cache_dir)
    for word in fold_all(lexicon):
        backend.add(word)
    return backend


class _RustJieba:
    _spare = True
    """Whether the dictionary that rjieba reads when it is imported is still as it came."""

    def __init__(self) -> None:
        rjieba: Any = importlib.import_module("rjieba")
        spare, _RustJieba._spare = _RustJieba._spare, False
        # The module's functions are those of its own dictionary: another one takes 30 MB and .08 s.
        self._jieba: Any = rjieba if spare else rjieba.Jieba()

    def add(self, word: str) -> None:
        if not self._jieba.has_word(word):
            self._jieba.add_word(word, None, "nz")

    def knows(self, word: str) -> bool:
        return bool(self._jieba.has_word(word))

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._jieba.cut(text)
        return words

    def tag(self, text: str) -> list[tuple[str, str]]:
        """Its guesses at words it does not hold are dropped: jieba makes none, and both must tag alike."""
        knows = self._jieba.has_word
        return [(word, tag if word.isascii() or knows(word) else "x") for word, tag in self._jieba.tag(text)]

    def tag_of(self, word: str, text: str) -> str:
        """Return the tag of a word of `text`, which is looked at only if the word alone would fall apart."""
        if not word.isascii() and not self.knows(word):
            return "x"
        alone = dict(self._jieba.tag(word))
        tag: str = (alone if word in alone else dict(self._jieba.tag(text)))[word]
        return tag
