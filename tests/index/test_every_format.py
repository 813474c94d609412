"""It is true of a folder that holds every format at once that …"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from index.answer import Archive, ask
from index.engines import open_engine
from index.model import Answer, Citation, Reindexed
from index.readers import READERS, reader_named, scan
from index.reindex import run
from index.tokens import open_segmenter

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


class Fact(NamedTuple):
    """What one article of one format says, and where it must be found; "" where its source does not tell."""

    file: str
    question: str
    said: str
    title: str
    paper: str = "河口日报"
    date: dt.date | None = None
    page: str = ""
    url: str = ""


SPRING = dt.date(2024, 3, 6)
FACTS = [
    Fact(
        "河口日报-20240311-A05.txt",
        "柳湾村新修的水渠有多长",
        "17公里",
        "柳湾村修通水渠",
        date=dt.date(2024, 3, 11),
        page="A05",
    ),
    Fact(
        "md/note.md",
        "白石口小学新来了多少名教师",
        "23名",
        "白石口小学添教师",
        date=dt.date(2024, 3, 12),
        page="B02",
        url="https://news.example.org/md",
    ),
    Fact("md/2024-03-13.markdown", "东塔乡种了多少亩樟树", "640亩", "东塔乡植樟", date=dt.date(2024, 3, 13)),
    Fact("lines.jsonl", "双溪口码头停了多少条货船", "58条", "码头忙起来", date=dt.date(2024, 3, 14), page="A02"),
    Fact("lines.ndjson", "梅岭的茶园摘了多少斤新茶", "900斤", "新茶下山", date=dt.date(2024, 3, 15)),
    Fact(
        "array.json",
        "临水新区开通了几条公交线路",
        "9条",
        "公交进新区",
        date=dt.date(2024, 3, 16),
        url="https://news.example.org/js",
    ),
    Fact("2024-03/17/合集.zip!要闻/a.md", "望江街道装了多少盏路灯", "330盏", "路灯亮了", date=dt.date(2024, 3, 17)),
    Fact("合集.tar!2024-03/18/b.md", "云阳坝的粮仓存了多少吨稻谷", "4200吨", "粮仓满了", date=dt.date(2024, 3, 18)),
    Fact("合集.tar.gz!2024-03/19/c.md", "石桥社区开了几家食堂", "6家", "社区食堂开张", date=dt.date(2024, 3, 19)),
    Fact("合集.tgz!2024-03/20/d.md", "青石镇的合唱团有多少名队员", "75名", "合唱团登台", date=dt.date(2024, 3, 20)),
    Fact(
        "河口日报-20240321-A01.txt.gz!河口日报-20240321-A01.txt",
        "北门菜市场有多少个摊位",
        "212个",
        "北门菜市场重开",
        date=dt.date(2024, 3, 21),
        page="A01",
    ),
    Fact(
        "epaper/html/2024-03/06/content_5101.htm",
        "河口石桥桥长多少米",
        "312",
        "石桥通车 两岸七个村少绕十公里",
        date=SPRING,
        page="A01",
        url="http://epaper.example.org/html/2024-03/06/content_5101.htm",
    ),
    Fact(
        "epaper/html/2024-03/07/nw.D110000hkrb_20240307_1-02.htm",
        "城北水库清淤挖出泥沙多少方",
        "4万方",
        "水库清淤",
        date=dt.date(2024, 3, 7),
        page="02",
    ),
    Fact(
        "epaper/pc/content/202412/25/content_30048054.html",
        "老茶馆一碗茶多少钱",
        "两块钱",
        "茶馆重开",
        date=dt.date(2024, 12, 25),
        page="01",
    ),
    Fact(
        "feed_rss.xml",
        "双溪口的油菜花有多少亩",
        "2300亩",
        "油菜花开 & 游人来",
        date=SPRING,
        url="https://news.example.org/21.html",
    ),
    Fact(
        "feed.rss",
        "河边夜市有多少个摊位",
        "86个",
        "夜市开张",
        date=dt.date(2024, 3, 7),
        url="https://news.example.org/31.html",
    ),
    Fact("trs_export.trs", "村医周岚管着多少个村", "4个村", "药箱进村", date=SPRING, page="A03"),
    Fact(
        "pdf/河口日报-20240308-A03.pdf",
        "夜校报名的有多少人",
        "340人",
        "夜校的灯亮到十点",
        date=dt.date(2024, 3, 8),
        page="A03",
    ),
    Fact("docx/20240309.docx", "老码头搬过几次家", "三次", "一座渡口的三次搬家", date=dt.date(2024, 3, 9)),
    # Their names lie about what they are.
    Fact(
        "lies/trs.txt",
        "昨天放进青河的鱼苗有多少尾",
        "30万尾",
        "鱼苗入河",
        date=SPRING,
        url="http://epaper.example.org/7.htm",
    ),
    Fact(
        "lies/2024-03/06/page.txt",
        "夜校开课的旧教室在哪里",
        "镇上",
        "夜校 开课",
        date=SPRING,
        url="http://epaper.example.org/html/2024-03/06/content_5102.htm",
    ),
]
WITHOUT_SAMPLE = {".shtml", ".atom", ".jpg", ".jpeg", ".png", ".tif", ".tiff"}
"""Other names of formats that are here, and scans, which need an extra."""

MARKDOWN = {
    "2024-03/17/合集.zip!要闻/a.md": ("路灯亮了", "望江街道上周装了330盏路灯，夜里的巷子不再黑。"),
    "合集.tar!2024-03/18/b.md": ("粮仓满了", "云阳坝的粮仓存了4200吨稻谷，够全县吃半年。"),
    "合集.tar.gz!2024-03/19/c.md": ("社区食堂开张", "石桥社区今天开了6家食堂，老人吃饭打八折。"),
    "合集.tgz!2024-03/20/d.md": ("合唱团登台", "青石镇的合唱团有75名队员，最大的八十一岁。"),
}


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def line(title: str, text: str, **known: str) -> str:
    return json.dumps({"title": title, "paragraphs": [text], **known}, ensure_ascii=False)


def packed(name: str, member: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(member, content)
    else:
        with tarfile.open(fileobj=buffer, mode="w" if name.endswith(".tar") else "w:gz") as archive:
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of every format, as a newsroom might have kept them."""
    folder = tmp_path_factory.mktemp("every") / "河口"
    write(folder / "_paper.toml", 'paper = "河口日报"')
    page = "# {}\n\n{}\n"
    write(
        folder / "河口日报-20240311-A05.txt",
        page.format("柳湾村修通水渠", "柳湾村新修的水渠有17公里长，可以浇两千亩地，村里人等了三十年。").encode(
            "gb18030"
        ),
    )
    write(
        folder / "河口日报-20240321-A01.txt.gz",
        gzip.compress(
            page.format("北门菜市场重开", "北门菜市场昨天重新开门，里面有212个摊位，卖鱼的搬到了南头。").encode()
        ),
    )
    write(
        folder / "md/note.md",
        "---\ntitle: 白石口小学添教师\ndate: 2024-03-12\npage: B02\nurl: https://news.example.org/md\n---\n\n"
        "白石口小学这学期新来了23名教师，其中9名教体育。\n",
    )
    write(folder / "md/2024-03-13.markdown", "# 东塔乡植樟\n\n东塔乡今春种了640亩樟树，都在河堤两边。\n")
    write(
        folder / "lines.jsonl",
        line("码头忙起来", "双溪口码头停了58条货船，等着装橘子。", date="2024-03-14", page="A02"),
    )
    write(folder / "lines.ndjson", line("新茶下山", "梅岭的茶园昨天摘了900斤新茶。", date="2024-03-15"))
    write(
        folder / "array.json",
        f"[{line('公交进新区', '临水新区开通了9条公交线路。', date='2024-03-16', url='https://news.example.org/js')}]",
    )
    for place, told in MARKDOWN.items():
        name, _, member = place.partition("!")
        write(folder / name, packed(name, member, page.format(*told).encode()))
    shutil.copytree(CORPUS / "epaper", folder / "epaper")
    for name, sample in {
        "feed_rss.xml": "feed_rss.xml",
        "feed.rss": "feed_atom.xml",
        "trs_export.trs": "trs_export.trs",
        "pdf/河口日报-20240308-A03.pdf": "pdf_two_columns.pdf",
        "docx/20240309.docx": "docx_manuscript.docx",
    }.items():
        write(folder / name, (CORPUS / sample).read_bytes())
    write(folder / "lies/trs.txt", (folder / "trs_export.trs").read_bytes())
    write(folder / "lies/2024-03/06/page.txt", (folder / "epaper/html/2024-03/06/content_5102.htm").read_bytes())
    (folder / "epaper/html/2024-03/06/content_5102.htm").unlink()
    write(folder / "旧稿.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    write(folder / "标志.svg", "<svg/>")
    return folder


@pytest.fixture(scope="module")
def done(folder: Path) -> Reindexed:
    return run([folder], folder.parent / "index", segmenter="jieba")


@pytest.fixture(scope="module")
def archive(folder: Path, done: Reindexed) -> Archive:
    engine = open_engine(folder.parent / "index")
    return Archive(engine, open_segmenter(engine.meta, "jieba"))


def test_no_format_is_missing(folder: Path) -> None:
    there = {"".join(path.suffixes[-1:]) for path in folder.rglob("*") if path.is_file() and reader_named(path.name)}
    assert set(READERS) - there <= WITHOUT_SAMPLE
    assert {READERS[suffix] for suffix in READERS} - {READERS[suffix] for suffix in READERS if suffix in there} <= {
        scan
    }


def test_it_is_indexed_in_one_run_and_what_was_not_read_is_named(folder: Path, done: Reindexed) -> None:
    assert {Path(entry.source.partition("#")[0]).name for entry in done.skipped} <= {
        "旧稿.doc",
        "feed_rss.xml",
        "trs_export.trs",
        "trs.txt",
    }
    assert any(entry.source == str(folder / "旧稿.doc") and "docx" in entry.reason for entry in done.skipped)
    assert done.ignored == 1


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.file)
class TestEveryFormat:
    def test_gives_what_its_source_knows(self, folder: Path, archive: Archive, fact: Fact) -> None:
        assert cited(folder, archive, fact) != []

    def test_answers(self, archive: Archive, fact: Fact) -> None:
        outcome = ask(fact.question, archive, today=dt.date(2024, 12, 31))
        assert isinstance(outcome, Answer), outcome
        assert fact.said in outcome.snippets[0].text
        assert outcome.snippets[0].citation.title == fact.title


def cited(folder: Path, archive: Archive, fact: Fact) -> list[Citation]:
    """Return where the fact's article stands, if all that is known of it is right."""
    engine = archive.engine
    every = [passage.citation for source in engine.manifest() for passage in engine.passages(source)]
    return [
        one
        for one in every
        if str(folder / fact.file) in (one.source, *one.also)
        and (one.title, one.paper, one.date, one.page, one.url)
        == (fact.title, fact.paper, fact.date, fact.page, fact.url)
    ]
