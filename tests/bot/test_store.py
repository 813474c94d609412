"""What must outlive a restart does, and what must go goes."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from bot import schema
from bot.schema import BadStateFile
from bot.store import Removal, Store, Watch, read_retractions

NOW = dt.datetime(2025, 8, 13, 12, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "deep" / "bot.db") as store:
        yield store


def test_a_question_outlives_a_restart(tmp_path):
    with Store(tmp_path / "bot.db") as store:
        key = store.ask(1, 2, 3, "问", NOW)
        store.answered(key, 4, "答")
    with Store(tmp_path / "bot.db") as store:
        asked = store.asked(key)
        assert asked is not None
        assert (asked.question, asked.answer, asked.reply_id) == ("问", "答", 4)
        assert store.asked_in(2, 3) == store.answered_in(2, 4) == asked


def test_keys_fit_into_a_button(store):
    assert all(len(f"s:{store.ask(1, 2, n, '问', NOW)}:99") <= 64 for n in range(20))


def test_a_question_is_gone_after_thirty_days(store):
    key = store.ask(1, 2, 3, "问", NOW)
    store.expire(NOW + dt.timedelta(days=29))
    assert store.asked(key)
    store.expire(NOW + dt.timedelta(days=31))
    assert store.asked(key) is None


def test_forget_deletes_what_is_the_users_and_nothing_else(store):
    for user in (1, 2):
        asked = store.asked(store.ask(user, user, 3, "问", NOW))
        assert asked is not None
        store.judge(asked, user, True, NOW)
        store.watch(Watch(user, "词", None, False), user)
        store.count(f"notices:{user}", NOW.date())
    assert store.forget(1) == (1, 1, 1)
    assert store.asked_in(1, 3) is None
    assert store.asked_in(2, 3)
    assert len(store.verdicts()) == 1
    assert [watch.chat_id for watch in store.watches()] == [2]
    assert [store.counted(f"notices:{user}", NOW.date()) for user in (1, 2)] == [0, 1]


def test_a_removal_waits_for_its_confirmation_across_restarts_and_only_once(tmp_path):
    removal = Removal("a1", "article", "《题》", "/corpus/a.md")
    with Store(tmp_path / "bot.db") as store:
        key = store.propose(removal, NOW)
    with Store(tmp_path / "bot.db") as store:
        assert store.take_proposal(key) == removal
        assert store.take_proposal(key) is None


def test_a_removal_that_nobody_confirmed_is_gone_after_thirty_days(store):
    key = store.propose(Removal("a1", "article", "《题》", "/corpus/a.md"), NOW)
    store.expire(NOW + dt.timedelta(days=31))
    assert store.take_proposal(key) is None


def test_articles_are_unknown_until_a_source_has_had_them(store):
    store.remember_sources({"a": "1", "b": "1"}, {"a": ["x", "y"], "b": []})
    assert store.unknown_articles(["w", "x", "v"]) == ["w", "v"]
    store.remember_sources({"a": "2", "b": "1"}, {"a": ["x"]})
    assert store.sources() == {"a": "2", "b": "1"}
    assert store.unknown_articles(["y"]) == ["y"]
    store.remember_sources({"b": "1"}, {})
    assert store.sources() == {"b": "1"}


def test_counters_are_a_days(store):
    day = NOW.date()
    assert [store.count("q", day), store.count("q", day, 2)] == [1, 3]
    assert store.counted("q", day + dt.timedelta(days=1)) == 0


def test_a_chat_hears_of_an_article_once(store):
    assert store.told(1, ["a", "b"], NOW.date()) == {"a", "b"}
    assert store.told(1, ["b", "c"], NOW.date()) == {"c"}


def test_a_moved_group_keeps_its_watches_even_where_both_have_the_word(store):
    store.watch(Watch(1, "词", None, False), 9)
    store.watch(Watch(2, "词", None, False), 9)
    store.move_chat(1, 2)
    assert [watch.chat_id for watch in store.watches()] == [2]
    assert store.former_chats(2) == {1}


def test_removals_can_be_read_by_another_process(store, tmp_path):
    store.retract(Removal("来源", "source", "来源", "来源"), 7, NOW)
    assert read_retractions(tmp_path / "deep" / "bot.db") == {"来源"}
    store.readmit("来源")
    assert read_retractions(tmp_path / "deep" / "bot.db") == frozenset()


def test_without_a_state_file_nothing_is_removed_and_none_is_made(tmp_path):
    assert read_retractions(tmp_path / "none.db") == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_a_named_error(tmp_path):
    (tmp_path / "bot.db").write_text("这不是数据库，只是一些文字。" * 100, "utf-8")
    with pytest.raises(BadStateFile, match=r"bot\.db"):
        Store(tmp_path / "bot.db")


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    Store(tmp_path / "bot.db").close()
    database = sqlite3.connect(tmp_path / "bot.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(BadStateFile, match="版本 99"):
        Store(tmp_path / "bot.db")


def test_a_file_of_the_first_version_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path):
    old = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    old.executescript(schema._STEPS[0])
    old.execute("INSERT INTO watches VALUES (1, '词', 1, NULL, 0)")
    old.execute("INSERT INTO sources VALUES ('a', '1')")
    old.execute("PRAGMA user_version = 1")
    old.close()
    with Store(tmp_path / "bot.db") as store:
        assert [watch.word for watch in store.watches()] == ["词"]
        assert store.sources() == {}  # its articles are not known, so the next look at it takes them in
        store.remember_sources({"a": "1"}, {"a": ["x"]})
        assert store.sources() == {"a": "1"}
