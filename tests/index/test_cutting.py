"""Articles cut by workers come back in order and as one process would cut them."""

from __future__ import annotations

import os
import signal
import time

import pytest

from index import cutting
from index.cutting import Cut, Cutting
from index.duplicates import printings
from index.model import Article, Paragraph, Rejected
from index.passages import split_and_index
from index.tokens import Segmenter


def article(number: int) -> Article:
    paragraphs = (Paragraph(f"第{number}条新闻说，大桥在2024年3月建成通车，长{number}米。" * 12), Paragraph("完。"))
    return Article(f"a{number}", f"/报/{number}.txt", paragraphs, title=f"第{number}条")


def plain(cut):
    return [(one.passage, list(one.words), list(one.bigrams)) for one in cut.passages], cut.printing


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter("jieba", ["大桥在"])


@pytest.fixture
def workers(monkeypatch, segmenter):
    """Two workers that start after the first few passages, with small batches."""
    monkeypatch.setattr(cutting, "_ALONE", 5)
    monkeypatch.setattr(cutting, "_CHARACTERS", 1_000)
    opened = Cutting(lambda: segmenter, None, many=2)
    yield opened
    opened.close()


@pytest.mark.slow
class TestWorkers:
    def test_cut_as_one_process_does_and_keep_the_order(self, workers, segmenter):
        items = [thing for number in range(60) for thing in (article(number), Rejected(f"/报/{number}.txt", "空的"))]
        alone = list(Cutting(lambda: segmenter, None, many=1).cut(items))
        together = list(workers.cut(items))
        assert workers._pool is not None
        assert [item for item, _ in together] == items
        assert [plain(cut) for _, cut in together] == [plain(cut) for _, cut in alone]
        assert all(len(one.words) == len(list(one.words)) for _, cut in together for one in cut.passages)

    def test_hand_back_why_one_article_cannot_be_cut_and_cut_the_others(self, workers):
        bad = Article("bad", "/报/坏.txt", (Paragraph("坏\ud800字"),))
        cuts = dict(list(workers.cut([*map(article, range(20)), bad, *map(article, range(20, 40))])))
        failed = [one.id for one, cut in cuts.items() if cut.error]
        assert failed == ["bad"]
        assert len(cuts) == 41

    def test_read_only_a_little_ahead(self, workers):
        read = 0

        def articles():
            nonlocal read
            for number in range(2_000):
                read += 1
                yield article(number)

        coming = workers.cut(articles())
        for taken in range(200):
            next(coming)
            assert read - taken < 100

    def test_that_are_killed_leave_their_work_to_this_process(self, workers, segmenter):
        coming = workers.cut(map(article, range(200)))
        done = [next(coming) for _ in range(20)]
        for pid in list(workers._pool._processes):
            os.kill(pid, signal.SIGKILL)
        done += coming
        assert [item.id for item, _ in done] == [f"a{number}" for number in range(200)]
        assert plain(done[-1][1])[0] == [
            (one.passage, list(one.words), list(one.bigrams)) for one in split_and_index(article(199), segmenter)
        ]

    def test_end_with_the_one_who_started_them(self, workers):
        list(workers.cut(map(article, range(60))))
        pids = list(workers._pool._processes)
        workers.close()
        time.sleep(0.1)
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_little_to_do_starts_no_workers(segmenter):
    alone = Cutting(lambda: segmenter, None, many=2)
    assert len(list(alone.cut(map(article, range(20))))) == 20
    assert alone._pool is None


def test_nothing_to_cut_needs_no_segmenter():
    alone = Cutting(lambda: pytest.fail("loaded"), None)
    assert list(alone.cut([Rejected("/报/1.txt", "空的")])) == [(Rejected("/报/1.txt", "空的"), Cut())]


def test_of_articles_cut_at_once_only_the_one_that_cannot_be_is_reported(monkeypatch, segmenter):
    whole = cutting.cut_up

    def cut_up(articles, segmenter):
        if any(article_id == "a1" for article_id, _ in articles):
            raise OSError(5, "Input/output error")
        return whole(articles, segmenter)

    monkeypatch.setattr(cutting, "cut_up", cut_up)
    some = [article(0), article(1), article(2)]
    first, failed, last = cutting._received(some, cutting._cut(list(map(cutting.written, some)), segmenter))
    assert isinstance(failed.error, OSError)
    assert not failed.passages
    for one, cut in ((some[0], first), (some[2], last)):
        assert cut.passages == split_and_index(one, segmenter)
        assert [cut.printing] == printings([one])
