"""It is true that an article that stands in several sources is indexed once, and that …"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import reindex
from index.duplicates import Catalogue, alike, printings
from index.engines import open_engine
from index.model import Article, Citation, Paragraph, Reindexed

DAY = dt.date(2024, 3, 6)
STORY = (
    "河口市白鹭大桥6日上午建成通车。大桥全长1180米，双向六车道，总投资3.2亿元，连接老城区与江南新区。",
    "市交通局局长陈守田在通车仪式上说，大桥通车后，两岸往来由原来的40分钟缩短到8分钟，沿线12个村的菜农进城不必再等渡船。",
    "渡口的老船工周水生今年67岁，在江上摆渡41年。他说，桥通了心里高兴，最后一班渡船他想亲手靠岸。",
    "据了解，大桥于2021年9月开工，历经三个汛期，建设者先后攻克深水基础、大跨度合龙等难题，提前两个月完工。",
)
WEATHER = (
    "市气象台6日发布：今天夜间到明天，全市多云转阴，局部有小雨，偏南风2到3级，"
    "最高气温18度，最低气温9度，请市民注意添衣，早晚出行带好雨具。"
)
DRAW = (
    "福彩中心公布第2024026期开奖号码：红球03、07、12、19、26、31，蓝球09。"
    "本期一等奖开出8注，单注奖金682万元，奖池余额21亿元。"
)
NOTICE = (
    "河口市{}有限公司经股东会决议拟注销登记，请债权人自本公告之日起45日内向本公司清算组申报债权，"
    "逾期不报视为放弃，特此公告。联系人刘女士，地址河口市江南新区白鹭路18号二楼，办公时间为工作日上午。"
)


def article(*texts: str, source: str = "/报/a.txt", day: dt.date | None = DAY, **facts: object) -> Article:
    return Article("a1", source, tuple(map(Paragraph, texts)), date=day, **facts)  # type: ignore[arg-type]


def row(one: Article) -> np.void:
    return printings([one])[0].row


def same(one: Article, other: Article) -> bool:
    found = alike(row(one), np.array([row(other)]))
    assert found.tolist() == alike(row(other), np.array([row(one)])).tolist()
    return bool(found[0])


def misread(text: str, every: int, seed: int = 7) -> str:
    """Return the text with one character in `every` read wrongly."""
    draw = random.Random(seed)
    return "".join(draw.choice("口囗日曰未末土士") if draw.random() < 1 / every else one for one in text)


class TestTheSameArticleIs:
    def test_one_with_other_line_breaks_widths_and_punctuation(self):
        assert same(article(*STORY), article("".join(STORY).replace("，", ",").replace("。", "．")))

    def test_one_in_traditional_characters(self):
        assert same(article("橋通了，兩岸往來方便多了。"), article("桥通了，两岸往来方便多了。"))

    @pytest.mark.parametrize("seed", range(8))
    def test_one_with_a_few_characters_misread(self, seed):
        assert same(article(*STORY), article(misread("".join(STORY), 120, seed)))

    def test_one_without_its_last_paragraph(self):
        assert same(article(*STORY), article(*STORY[:-1]))

    def test_one_reprinted_some_days_later(self):
        assert same(article(*STORY), article(*STORY, day=DAY + dt.timedelta(6)))

    def test_one_whose_day_is_not_known(self):
        assert same(article(*STORY), article(*STORY, day=None))
        assert same(article(*STORY, day=None), article(*STORY, day=None))


class TestAnotherArticleIs:
    def test_one_of_the_same_template_with_other_figures(self):
        assert not same(article(DRAW), article(DRAW.replace("03、07、12、19", "05、11、14、22").replace("026", "027")))
        assert not same(article(DRAW), article(DRAW.replace("03、07、12、19", "05、11、14、22").replace("682", "705")))

    @pytest.mark.parametrize("day", [DAY, DAY + dt.timedelta(1), None], ids=["same day", "next day", "no day"])
    def test_one_of_the_same_template_with_other_words(self, day):
        other = WEATHER.replace("多云转阴", "晴间多云").replace("局部有小雨", "空气干燥").replace("18度", "21度")
        assert not same(article(WEATHER), article(other, day=day))

    def test_a_short_one_unless_it_is_equal(self):
        note = "本报讯 城北菜场6日起休市三天。"
        assert same(article(note), article("本报讯，城北菜场６日起休市三天！"))
        assert not same(article(note), article(note.replace("三天", "两天")))

    def test_a_notice_unless_it_is_equal(self):
        notices = [article(NOTICE.format(name), kind="notice") for name in ("长河", "长江")]
        assert not same(*notices)
        assert same(notices[0], notices[0])

    def test_an_equal_one_a_year_later(self):
        assert not same(article(*STORY), article(*STORY, day=DAY.replace(year=2025)))

    def test_one_that_has_much_more_to_say(self):
        assert not same(article(*STORY), article(*STORY[:2]))

    def test_any_without_a_letter(self):
        assert not same(article("……"), article("……"))


def test_the_printings_of_many_articles_are_those_of_each():
    some = [
        article(*STORY),
        article("桥"),
        article("……"),
        article("3月5日，12人。", day=None),
        article("臺灣英哩"),
        article(),
    ]
    assert printings(some) == [printing for one in some for printing in printings([one])]
    assert printings([]) == []


class TestACatalogue:
    def test_finds_what_comparing_each_with_each_finds(self):
        draw = random.Random(3)
        texts = ["".join(draw.choice("河口市大桥通车老城新区渡船江南菜农") for _ in range(200)) for _ in range(1500)]
        texts += [misread(text, 60) for text in texts[:200]]
        entered = printings([article(text) for text in texts])
        catalogue = Catalogue()
        for number, printing in enumerate(entered):
            assert catalogue.enter(f"/报/{number % 40}.txt", printing, f"/报/{number % 40}.txt") == number
        rows = np.array([printing.row for printing in entered])
        expected = {n: set(np.flatnonzero(alike(row, rows)).tolist()) - {n} for n, row in enumerate(rows)}
        found = {n: set(catalogue.like(n)) for n in range(len(rows))}
        missed = sum(len(expected[n] - found[n]) for n in expected)
        assert all(found[n] <= expected[n] for n in expected)
        assert missed <= 0.01 * sum(map(len, expected.values()))

    def test_reads_back_what_it_wrote(self):
        catalogue = Catalogue()
        for name in ("/报/一.zip!甲/a.htm", "/报/一.zip!甲/b.htm", "/报/二.txt"):
            catalogue.enter(name.partition("!")[0], *printings([article(*STORY, source=name)]), name)
        files = ("/报/一.zip", "/报/二.txt")
        again = Catalogue([(file, catalogue.written(file)) for file in files])
        assert (again.name, again.file) == (catalogue.name, catalogue.file)
        assert again.rows[:3].tobytes() == catalogue.rows[:3].tobytes()
        assert [again.written(file) for file in files] == [catalogue.written(file) for file in files]
        assert catalogue.written("/报/三.txt") == b""

    def test_decides_the_same_whatever_the_order(self):
        versions = [article(misread("".join(STORY), 60, seed), source=f"/报/{seed}.txt") for seed in range(5)]
        outcomes = set()
        for order in itertools.permutations(versions):
            catalogue = Catalogue()
            numbers = [catalogue.enter(one.source, *printings([one]), one.source) for one in order]
            decided = catalogue.decide(numbers)
            outcomes.add(frozenset(catalogue.name[n] for n, leader in decided.items() if leader is None))
        assert len(outcomes) == 1

    def test_prefers_html_then_the_better_known_then_the_earlier(self):
        pdf = article(*STORY, source="/报/a.pdf", title="大桥通车", page="A01", url="")
        html = article(*STORY, source="/报/b.htm", title="大桥通车")
        bare, later = (
            replace(pdf, source="/报/0.txt", page=""),
            replace(pdf, source="/报/0.pdf", date=DAY.replace(day=9)),
        )
        for better, worse in ((html, pdf), (pdf, bare), (pdf, later)):
            catalogue = Catalogue()
            two = [catalogue.enter(one.source, *printings([one]), one.source) for one in (worse, better)]
            assert catalogue.decide(two) == {two[0]: two[1], two[1]: None}


class Paper:
    """A folder of JSONL sources and its index."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.location = folder / "index"

    def write(self, name: str, *paragraphs: str, **facts: object) -> Path:
        path = self.corpus / name
        line = {"title": "大桥通车", "date": "2024-03-06", "paragraphs": list(paragraphs or STORY)} | facts
        path.write_text(json.dumps(line, ensure_ascii=False), "utf-8")
        return path

    def run(self, *paths: Path, **options) -> Reindexed:
        return reindex.run(paths or [self.corpus], self.location, segmenter="jieba", **options)

    def indexed(self) -> dict[str, tuple[str, ...]]:
        """Return the sources that have passages in the index, each with the further ones its citations name."""
        engine = open_engine(self.location)
        found: dict[str, set[tuple[str, ...]]] = {}
        for source in engine.manifest():
            for passage in engine.passages(source):
                also = tuple(Path(one).name for one in passage.citation.also)
                found.setdefault(Path(passage.citation.source).name, set()).add(also)
        assert all(len(also) == 1 for also in found.values())
        assert engine.stats.passages == sum(len(list(engine.passages(source))) for source in engine.manifest())
        return {source: also.pop() for source, also in sorted(found.items())}

    def problems(self, name: str) -> tuple[str, ...]:
        return open_engine(self.location).manifest()[str(self.corpus / name)].problems


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path)


class TestAReindex:
    def test_counts_the_article_once_and_says_so_with_its_copy(self, paper):
        paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl", *STORY[:-1])
        done = paper.run()
        assert (done.added, done.articles, done.passages, done.duplicates, done.skipped) == (2, 1, 4, 1, ())
        assert paper.indexed() == {"a.jsonl": ("b.jsonl",)}
        assert paper.problems("a.jsonl") == ()
        [problem] = paper.problems("b.jsonl")
        assert "a.jsonl 相同，只收录一次" in problem

    def test_names_the_further_sources_wherever_a_citation_stands(self, paper):
        paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl")
        paper.run()
        engine = open_engine(paper.location)
        cited: list[Citation] = [passage.citation for passage in engine.issue(DAY)]
        cited += [passage.citation for passage in engine.article(cited[0].article_id)]
        cited.append(engine.passage(cited[0].passage_id).citation)
        assert {one.also for one in cited} == {(str(paper.corpus / "b.jsonl"),)}

    @pytest.mark.parametrize("full", [False, True])
    def test_the_better_printing_takes_over_when_it_comes_later(self, paper, full):
        paper.write("a.jsonl")
        paper.run()
        paper.write("b.jsonl", page="A01", url="https://example.org/1")
        done = paper.run(full=full)
        assert (done.added, done.articles, done.duplicates) == (1, 1, 1)
        assert paper.indexed() == {"b.jsonl": ("a.jsonl",)}
        assert open_engine(paper.location).stats.average_words > 0

    def test_the_copy_comes_back_when_the_kept_one_goes(self, paper):
        kept = paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl")
        paper.run()
        kept.unlink()
        done = paper.run()
        assert (done.removed, done.unchanged, done.articles, done.duplicates) == (1, 1, 1, 0)
        assert paper.indexed() == {"b.jsonl": ()}
        assert paper.problems("b.jsonl") == ()

    def test_the_copy_comes_back_when_the_kept_one_says_something_else(self, paper):
        paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl")
        paper.run()
        paper.write(
            "a.jsonl",
            "河堤路6日开工，全长3公里，沿线种植香樟和桂花，工期一年，由市政公司承建，届时两岸居民散步多了去处。",
            page="A01",
        )
        done = paper.run()
        assert (done.changed, done.articles, done.duplicates) == (1, 2, 0)
        assert paper.indexed() == {"a.jsonl": (), "b.jsonl": ()}

    def test_a_copy_outside_the_given_path_comes_back_too(self, paper, tmp_path):
        paper.write("b.jsonl")
        other = tmp_path / "other"
        other.mkdir()
        kept = paper.write("a.jsonl", page="A01").rename(other / "a.jsonl")
        paper.run(paper.corpus, other)
        kept.unlink()
        paper.run(other)
        assert paper.indexed() == {"b.jsonl": ()}

    def test_a_copy_that_can_be_read_no_more_comes_back_as_soon_as_it_can(self, paper):
        kept = paper.write("a.jsonl", page="A01")
        copy = paper.write("b.jsonl")
        paper.write("c.jsonl", WEATHER)
        paper.run()
        kept.unlink()
        whole = copy.read_bytes()
        copy.write_bytes(b"\x00\x01" * 50)
        assert [Path(entry.source).name for entry in paper.run().skipped][:1] == ["b.jsonl"]
        copy.write_bytes(whole)
        paper.run()
        assert paper.indexed() == {"b.jsonl": (), "c.jsonl": ()}

    def test_a_copy_that_goes_is_cited_no_more(self, paper):
        paper.write("a.jsonl", page="A01")
        copy = paper.write("b.jsonl")
        paper.write("c.jsonl")
        paper.run()
        assert paper.indexed() == {"a.jsonl": ("b.jsonl", "c.jsonl")}
        copy.unlink()
        done = paper.run()
        assert (done.removed, done.duplicates) == (1, 1)
        assert paper.indexed() == {"a.jsonl": ("c.jsonl",)}

    def test_without_changes_commits_nothing_and_compares_nothing(self, paper, monkeypatch):
        paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl")
        paper.run()
        before = open_engine(paper.location).generation
        monkeypatch.setattr("index.copies.Catalogue", lambda *_: pytest.fail("compared"))
        done = paper.run()
        assert (done.unchanged, done.articles, done.duplicates) == (2, 1, 1)
        assert open_engine(paper.location).generation == before

    def test_an_article_that_one_source_holds_twice_is_indexed_once(self, paper):
        line = json.dumps({"title": "大桥通车", "paragraphs": STORY}, ensure_ascii=False)
        (paper.corpus / "a.jsonl").write_text(f"{line}\n{line}\n", "utf-8")
        done = paper.run()
        assert (done.articles, done.passages, done.duplicates) == (1, 4, 1)
        assert paper.indexed() == {"a.jsonl": ()}
        [problem] = paper.problems("a.jsonl")
        assert problem.startswith("第2篇：")

    def test_a_moved_file_keeps_its_passages_ids_when_it_has_a_native_id(self, paper):
        native = {"id": "30048054", "paper": "河口日报"}
        path = paper.write("a.jsonl", page="A01", **native)
        paper.write("b.jsonl")
        paper.run()
        before = [passage.citation.passage_id for passage in open_engine(paper.location).passages(str(path))]
        moved = path.rename(paper.corpus / "moved.jsonl")
        paper.run()
        moved.write_text(moved.read_text("utf-8").replace("，", ","), "utf-8")
        paper.run()
        after = [passage.citation.passage_id for passage in open_engine(paper.location).passages(str(moved))]
        assert len(before) == 4
        assert after == before
        assert paper.indexed() == {"moved.jsonl": ("b.jsonl",)}

    def test_what_was_retracted_does_not_come_back_through_its_copy(self, paper):
        paper.write("a.jsonl", page="A01")
        paper.write("b.jsonl")
        paper.write("c.jsonl", WEATHER)
        paper.run()
        [bridge] = [first.citation for first in open_engine(paper.location).issue(DAY) if first.citation.page]
        retracted = [bridge.article_id]
        for full in (False, True):
            paper.run(retracted=retracted, full=full)
            assert paper.indexed() == {"c.jsonl": ()}

    @pytest.mark.parametrize("seed", range(6))
    def test_many_runs_in_any_order_end_as_one_full_rebuild_does(self, paper, tmp_path, seed):
        draw = random.Random(seed)
        texts = {f"{n}.jsonl": [misread(text, 70, n) for text in STORY] for n in range(5)}
        texts["8.jsonl"] = [WEATHER]
        names = sorted(texts)
        for _ in range(7):
            for name in draw.sample(names, 2):
                path = paper.corpus / name
                if path.exists() and draw.random() < 0.4:
                    path.unlink()
                else:
                    paper.write(name, *texts[name], page=draw.choice(["", "A01"]))
            if list(paper.corpus.iterdir()):
                paper.write("9.jsonl", WEATHER, date="2020-01-01")
                last = paper.run()
        incremental = paper.indexed(), [paper.problems(path.name) for path in sorted(paper.corpus.iterdir())]
        averages = open_engine(paper.location).stats.average_words
        whole = paper.run(full=True)
        assert (last.articles, last.passages, last.duplicates) == (whole.articles, whole.passages, whole.duplicates)
        assert incremental == (paper.indexed(), [paper.problems(path.name) for path in sorted(paper.corpus.iterdir())])
        assert averages == pytest.approx(open_engine(paper.location).stats.average_words)
