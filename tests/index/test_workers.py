"""Work given to other processes comes back whole and in order."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from index import lexicon, workers

NUMBERS = list(range(4_000, 4_300))
EXPECTED = list(map(math.factorial, NUMBERS))


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(workers, "processors", lambda: 2)


@pytest.mark.slow
@pytest.mark.usefixtures("two_processors")
class TestWorkers:
    def test_do_all_in_order(self):
        assert list(workers.each(math.factorial, NUMBERS)) == EXPECTED

    def test_that_are_killed_leave_their_work_to_this_process(self):
        coming = workers.each(math.factorial, NUMBERS)
        first = next(coming)
        for child in multiprocessing.active_children():
            os.kill(child.pid, signal.SIGKILL)
        assert [first, *coming] == EXPECTED

    def test_end_when_no_more_is_wanted(self):
        coming = workers.each(math.factorial, NUMBERS)
        next(coming)
        coming.close()
        assert not multiprocessing.active_children()

    def test_count_the_names_of_a_large_archive_as_one_process_does(self, monkeypatch, tmp_path: Path):
        pages = [tmp_path / f"{number}.txt" for number in range(30)]
        for number, page in enumerate(pages):
            page.write_text(f"河口新闻\n\n“星河里{number % 7}”旁边的“云顶谷”开园，“云顶谷”有商户。\n", encoding="utf-8")
        alone = list(lexicon.counted(pages))
        monkeypatch.setattr(lexicon, "_LARGE", 0)
        assert list(lexicon.counted(pages)) == alone
        assert lexicon.local_names(alone) == ["云顶谷"]


def test_with_one_processor_nothing_is_started(monkeypatch):
    monkeypatch.setattr(workers, "processors", lambda: 1)
    monkeypatch.setattr(workers, "pool", lambda *_: pytest.fail("started"))
    assert list(workers.each(math.factorial, NUMBERS)) == EXPECTED


def test_nothing_to_do_is_soon_done(monkeypatch):
    monkeypatch.setattr(workers, "pool", lambda *_: pytest.fail("started"))
    assert list(workers.each(math.factorial, [])) == []
