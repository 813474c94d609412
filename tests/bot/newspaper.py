"""A small newspaper of invented news, for tests of the bot: two issues, an undated page, one very long article."""

from __future__ import annotations

import json
from pathlib import Path

PAPER = "河口晚报"
PARK = "青石湾产业园"
LONG = "青石湾十年记"
HOSTILE = "<b>“青石湾”&amp;的</i>标题"

ARTICLES = [
    {
        "title": "青石湾产业园再添新企业",
        "paper": PAPER,
        "date": "2025-08-12",
        "page": "A03",
        "page_name": "要闻",
        "author": "林一",
        "url": "https://example.org/news/1?a=1&b=2",
        "section": "园区新貌",
        "paragraphs": [
            "本报讯，青石湾产业园昨日迎来三家做传感器的新企业。",
            "截至目前，青石湾产业园累计签约引进企业152家，其中投产118家，年产值达到36亿元。",
            "园区负责人说，青石湾产业园位于河口县城东，首期占地900亩。",
        ],
    },
    {
        "title": "传感器小镇的一天",
        "paper": PAPER,
        "date": "2025-08-13",
        "page": "A01",
        "page_name": "头版",
        "paragraphs": [
            "清晨六点，青石湾产业园的灯就亮了，这里集聚了150多家上下游企业，工人正赶往车间。",
            "河口县图书馆新馆将于2025年10月1日开放，藏书30万册。",
        ],
    },
    {
        "title": HOSTILE,
        "paper": PAPER,
        "date": "2025-08-13",
        "page": "A02",
        "paragraphs": ["渔火节上，<script>灯船</script>一共有88艘，比去年多12艘 & 还有游客2万人。"],
    },
    {
        "title": LONG,
        "paper": PAPER,
        "date": "2025-08-13",
        "page": "A04",
        "paragraphs": [
            f"十年记第{n}节：这一年青石湾修了{n}条路，种了{n * 7}棵香樟，夜里河边的风很凉，大家坐在堤上说起从前的渡口、"
            f"从前的集市和第{n}次搬家的往事，老人们都记得那时候的月亮比现在圆，孩子们却更喜欢新修的球场。"
            for n in range(1, 81)
        ],
    },
]
UNDATED = {"title": "渡口的故事", "paragraphs": ["老渡口的摆渡人姓周，摆渡摆了47年。"]}


def write(corpus: Path) -> None:
    """Put the newspaper into a folder."""
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "晚报.jsonl").write_text("".join(line(article) for article in ARTICLES), "utf-8")
    (corpus / "旧闻.jsonl").write_text(line(UNDATED), "utf-8")


def line(article: dict[str, object]) -> str:
    return json.dumps(article, ensure_ascii=False) + "\n"


def late_news(title: str, text: str, date: str = "2025-08-14") -> str:
    """Return a further article as a JSONL file."""
    return line({"title": title, "paper": PAPER, "date": date, "page": "A01", "paragraphs": [text]})
