"""It is true of ids that …"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from index import ids
from index.ids import article_id

DAY = dt.date(2024, 3, 5)


def passage_ids(article: str, texts: list[str]) -> list[str]:
    [found] = ids.passage_ids([(article, texts)])
    return found


@given(st.text(), st.integers(min_value=0), st.text())
def test_an_article_id_is_short_and_fit_for_a_url(source: str, ordinal: int, native: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,16}", article_id(source, ordinal, native=native))


def test_an_article_without_native_id_is_known_by_source_and_ordinal() -> None:
    assert article_id("/a.md", 1) == article_id("/a.md", 1, paper="河口日报", date=DAY)
    assert len({article_id("/a.md", 1), article_id("/a.md", 2), article_id("/b.md", 1)}) == 3


def test_a_native_id_survives_a_move_and_belongs_to_its_paper_and_day() -> None:
    here = article_id("/a.md", 1, native="7", paper="河口日报", date=DAY)
    assert here == article_id("/moved/b.md", 9, native="7", paper="河口日报", date=DAY)
    assert here != article_id("/a.md", 1, native="7", paper="河口晚报", date=DAY)
    assert here != article_id("/a.md", 1, native="7", paper="河口日报", date=dt.date(2024, 3, 6))
    assert here != article_id("/a.md", 1)


def test_a_passage_keeps_its_id_when_widths_and_punctuation_change_or_one_is_put_before_it() -> None:
    before = passage_ids("a", ["石桥长120米。", "桥头有ABC茶馆"])
    after = passage_ids("a", ["新的一段。", "石桥长１２０米!", "桥头有ＡＢＣ茶馆。"])
    assert before == after[1:]


def test_equal_passages_of_one_article_get_different_ids() -> None:
    first, second, _, third = passage_ids("a", ["同一句。", "同一句", "别的", "同一句！"])
    assert (second, third) == (first + "~2", first + "~3")
    assert re.fullmatch(r"a\.[0-9a-f]{10}", first)


@settings(deadline=None)
@given(st.text(st.one_of(st.sampled_from("桥，。…Ａ１①℃㎡ﬁ가\u1100\u1161e\u0301_ ・ｱﾞ"), st.characters())))
def test_a_passage_is_known_by_its_letters_and_digits_in_nfkc(text: str) -> None:
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
    digest = hashlib.sha1(letters.encode(errors="surrogatepass")).hexdigest()
    assert passage_ids("a", [text]) == [f"a.{digest[:10]}"]


@given(st.lists(st.text()))
def test_passage_ids_never_collide_within_an_article(texts: list[str]) -> None:
    assert len(set(passage_ids("a", texts))) == len(texts)


@given(st.lists(st.lists(st.text(st.sampled_from("桥Ａ，\n①é"), max_size=4), max_size=3), max_size=4))
def test_the_passages_of_many_articles_are_named_as_those_of_each(articles: list[list[str]]) -> None:
    named = [(f"a{number}", texts) for number, texts in enumerate(articles)]
    assert ids.passage_ids(named) == [passage_ids(*one) for one in named]
