"""The JSON of an answer has the contract's fields and nothing of the program's own."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from bot import record
from index.model import Answer, Citation, Figure, NoAnswer, Snippet

CITATION = Citation(
    "a.1", "a", "/archive/page.txt", 2, date=dt.date(2025, 8, 12), author="记者", also=("/archive/b.md",)
)
TEXT = "全年接待游客1.2万人次"
SNIPPET = Snippet(TEXT, 6, 12, CITATION, Figure(Decimal("1.2E+4"), "人次", "1.2万人次", 6))


def test_a_figure_is_a_plain_decimal_string():
    (snippet,) = record.of_outcome(Answer("问", (SNIPPET,), 0.9, 3.0))["snippets"]
    assert snippet["figure"] == {"value": "12000", "unit": "人次", "written": "1.2万人次"}


def test_a_citation_has_the_fields_of_the_contract():
    (snippet,) = record.of_outcome(Answer("问", (SNIPPET,), 0.9, 3.0))["snippets"]
    assert list(snippet["citation"]) == [
        *("passage_id", "article_id", "title", "title_inferred", "section", "paper", "date", "date_source"),
        *("page", "page_name", "paragraph", "url", "source", "also"),
    ]
    assert snippet["citation"]["date"] == "2025-08-12"
    assert snippet["citation"]["also"] == ["/archive/b.md"]


def test_the_nearest_passages_claim_no_answer():
    refused = record.of_outcome(NoAnswer("问", (SNIPPET,), 0.2, 3.0))
    (near,) = refused["nearest"]
    assert (refused["found"], refused["snippets"]) == (False, [])
    assert list(near) == ["text", "citation"]


def test_both_outcomes_have_the_same_fields():
    assert list(record.of_outcome(Answer("问", (), 0.9, 1.0))) == list(record.of_outcome(NoAnswer("问", (), 0.2, 1.0)))


def test_a_record_is_one_line_of_readable_json():
    written = record.line(record.of_outcome(Answer("一\n二", (SNIPPET,), 0.123456, 1.23456)))
    assert "\n" not in written
    assert TEXT in written
    assert (json.loads(written)["confidence"], json.loads(written)["took_ms"]) == (0.1235, 1.23)
