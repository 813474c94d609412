"""What the reader of Word documents makes of a file."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from pathlib import Path

import docx as word
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ArchiveError, UnreadableSource
from index.model import Article, ReadContext, Rejected
from index.readers import docx

CORPUS = Path(__file__).parents[1] / "corpus"
MANUSCRIPT = CORPUS / "docx_manuscript.docx"


def read(path: Path, context: ReadContext | None = None) -> list[Article]:
    found = list(docx.read(path, context or ReadContext()))
    assert all(isinstance(article, Article) for article in found)
    return found


def saved(tmp_path: Path, *paragraphs: tuple[str, str], name: str = "a.docx") -> Path:
    """A document of (style, text) pairs; style "" is plain text, "b" bold."""
    document = word.Document()
    for style, text in paragraphs:
        if style == "b":
            document.add_paragraph().add_run(text).bold = True
        else:
            document.add_paragraph(text, style or None)
    path = tmp_path / name
    document.save(str(path))
    return path


def test_a_manuscript_has_title_subtitle_byline_sections_and_paragraphs():
    (article,) = read(MANUSCRIPT)
    assert article.title == "一座渡口的三次搬家"
    assert article.subtitle == "——河口老码头口述"
    assert article.author == "本报记者 顾晚晴 通讯员 石磊"
    assert [paragraph.section for paragraph in article.paragraphs] == ["", "水退了", "水退了", "新码头", "新码头"]
    assert article.paragraphs[1].text.startswith("第一次搬家是1987年。")


def test_several_headings_of_the_first_level_are_several_articles(tmp_path):
    path = saved(
        tmp_path,
        ("Heading 1", "堤上种了三千棵柳"),
        ("", "河口镇上周在堤上种了三千棵柳。"),
        ("Heading 2", "谁来浇水"),
        ("", "护堤员每天浇两次。"),
        ("Heading 1", "夜市搬进老厂房"),
        ("", "老厂房里摆下了86个摊位。"),
    )
    first, second = read(path)
    assert (first.title, second.title) == ("堤上种了三千棵柳", "夜市搬进老厂房")
    assert [paragraph.section for paragraph in first.paragraphs] == ["", "谁来浇水"]
    assert first.id != second.id
    assert [article.id for article in read(path)] == [first.id, second.id]


def test_headings_under_a_title_are_its_sections(tmp_path):
    path = saved(
        tmp_path,
        ("Title", "一条河的账本"),
        ("Heading 1", "上游"),
        ("", "上游关了九家作坊。"),
        ("Heading 1", "下游"),
        ("", "下游的鱼多了起来。"),
    )
    (article,) = read(path)
    assert article.title == "一条河的账本"
    assert [paragraph.section for paragraph in article.paragraphs] == ["上游", "下游"]


def test_what_stands_before_the_first_heading_is_not_lost(tmp_path):
    path = saved(
        tmp_path, ("", "编前的话写在这里。"), ("Heading 1", "甲"), ("", "甲文。"), ("Heading 1", "乙"), ("", "乙文。")
    )
    assert [(a.title, a.paragraphs[0].text) for a in read(path)] == [
        ("", "编前的话写在这里。"),
        ("甲", "甲文。"),
        ("乙", "乙文。"),
    ]


def test_without_styles_the_short_first_line_is_the_title(tmp_path):
    (article,) = read(saved(tmp_path, ("", "堤上种了三千棵柳"), ("", "河口镇上周在堤上种了三千棵柳。")))
    assert (article.title, article.title_inferred) == ("堤上种了三千棵柳", True)
    (article,) = read(saved(tmp_path, ("b", "堤上种了三千棵柳"), ("", "河口镇上周在堤上种了三千棵柳。")))
    assert (article.title, article.title_inferred) == ("堤上种了三千棵柳", False)
    (article,) = read(saved(tmp_path, ("", "河口镇上周在堤上种了三千棵柳。"), ("", "护堤员每天浇两次。")))
    assert (article.title, len(article.paragraphs)) == ("", 2)


def test_a_bold_line_before_plain_text_is_a_section_and_a_paragraph(tmp_path):
    path = saved(tmp_path, ("Title", "一条河的账本"), ("", "先说上游。"), ("b", "关了九家"), ("", "上游关了九家作坊。"))
    (article,) = read(path)
    assert [(p.text, p.section) for p in article.paragraphs] == [
        ("先说上游。", ""),
        ("关了九家", "关了九家"),
        ("上游关了九家作坊。", "关了九家"),
    ]


def test_cells_of_tables_are_paragraphs_and_merged_ones_come_once(tmp_path):
    document = word.Document()
    document.add_paragraph("各镇植树数量表", "Title")
    table = document.add_table(2, 2)
    for at, text in enumerate(("各镇植树", "", "河口镇", "3000棵")):
        table.cell(at // 2, at % 2).text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    document.add_paragraph("以上为上月数字。")
    document.save(str(tmp_path / "a.docx"))
    (article,) = read(tmp_path / "a.docx")
    assert [p.text for p in article.paragraphs] == ["各镇植树", "河口镇", "3000棵", "以上为上月数字。"]


def test_text_is_read_as_shown_with_insertions_and_without_deletions(tmp_path):
    document = word.Document()
    document.add_paragraph("一条河的账本", "Title")
    paragraph = document.add_paragraph("上游关了")
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>九</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>八</w:delText></w:r></w:del>"))
    paragraph.add_run("家作坊。").add_break()
    paragraph.add_run("下游的鱼多了起来。")
    document.save(str(tmp_path / "a.docx"))
    (article,) = read(tmp_path / "a.docx")
    assert [p.text for p in article.paragraphs] == ["上游关了九家作坊。", "下游的鱼多了起来。"]


def test_centred_first_line_is_a_sure_title(tmp_path):
    document = word.Document()
    document.add_paragraph("堤上种了三千棵柳").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("河口镇上周在堤上种了三千棵柳。")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx")[0].title_inferred is False


def test_paper_date_and_page_come_from_the_file_name_never_from_the_document(tmp_path):
    path = saved(tmp_path, ("Title", "一条河的账本"), ("", "上游关了九家作坊。"), name="河口晚报-20310304-A03.docx")
    (article,) = read(path)
    assert (article.paper, article.date, article.page) == ("河口晚报", dt.date(2031, 3, 4), "A03")
    (article,) = read(MANUSCRIPT, ReadContext(paper="河口晚报"))
    assert (article.paper, article.date) == ("河口晚报", None)


def test_an_entry_without_text_is_rejected_by_name(tmp_path):
    path = saved(tmp_path, ("Heading 1", "甲"), ("Heading 1", "乙"), ("", "乙文在这里。"))
    rejected, article = docx.read(path, ReadContext())
    assert isinstance(rejected, Rejected)
    assert rejected.source.endswith("a.docx#甲")
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("docx_truncated.docx", "已损坏"), ("docx_encrypted.docx", "密码"), ("docx_without_text.docx", "没有正文")],
)
def test_a_document_that_cannot_be_used_is_named_with_the_next_step(name, reason):
    with pytest.raises(UnreadableSource, match=rf"(?s){name}.*{reason}.*；"):
        read(CORPUS / name)


def test_a_document_that_unpacks_to_a_flood_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("word/document.xml", "w") as part:
        for _ in range(600):
            part.write(bytes(1 << 20))
    with pytest.raises(UnreadableSource, match="太大"):
        read(path)


def test_entities_are_not_expanded(tmp_path):
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = (
        f'<!DOCTYPE x [<!ENTITY a0 "哈哈">{entities}]><w:document {nsdecls("w")}><w:body><w:p><w:r><w:t>&a9;</w:t>'
        "</w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(UnreadableSource):
        read(_with_document(tmp_path, xml))


def test_deep_nesting_is_refused_or_read_without_a_traceback(tmp_path):
    deep = "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000
    xml = f"<w:document {nsdecls('w')}><w:body>{deep}</w:body></w:document>"
    with pytest.raises(UnreadableSource):
        read(_with_document(tmp_path, xml))


def _with_document(tmp_path: Path, xml: str) -> Path:
    path = tmp_path / "made.docx"
    with zipfile.ZipFile(MANUSCRIPT) as good, zipfile.ZipFile(path, "w") as made:
        for part in good.infolist():
            made.writestr(part, xml.encode() if part.filename == "word/document.xml" else good.read(part))
    return path


def test_it_claims_word_documents_and_no_other_archive(tmp_path):
    assert docx.claims(MANUSCRIPT.read_bytes()[:4096])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("0812/a01.txt", "正文")
    assert not docx.claims(packed.getvalue()[:4096])
    assert not docx.claims(b"")


def clean(path: Path) -> None:
    """Whatever comes out is text, and nothing but the archive's own errors is raised."""
    try:
        found = list(docx.read(path, ReadContext()))
    except ArchiveError:
        return
    for article in found:
        for paragraph in article.paragraphs if isinstance(article, Article) else ():
            assert paragraph.text.strip()
            assert all(unicodedata.category(character) != "Cc" for character in paragraph.text)
            assert "<w:" not in paragraph.text


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "a.docx"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_truncation_at_any_byte_is_survived(scratch, share):
    data = MANUSCRIPT.read_bytes()
    scratch.write_bytes(data[: int(share * len(data))])
    clean(scratch)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), as_zip=st.booleans())
def test_random_bytes_are_survived(scratch, data, as_zip):
    scratch.write_bytes(b"PK\x03\x04" * as_zip + data)
    clean(scratch)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), byte=st.integers(0, 255))
def test_a_document_with_one_wrong_byte_is_survived(scratch, at, byte):
    data = bytearray(MANUSCRIPT.read_bytes())
    data[min(int(at * len(data)), len(data) - 1)] = byte
    scratch.write_bytes(data)
    clean(scratch)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=6),
    styles=st.lists(st.sampled_from(["Normal", "Title", "Heading 1", "Heading 2", "Subtitle"]), min_size=6, max_size=6),
)
def test_any_text_in_any_style_comes_out_clean(scratch, texts, styles):
    document = word.Document()
    for text, style in zip(texts, styles, strict=False):
        document.add_paragraph("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"), style)
    document.save(str(scratch))
    clean(scratch)
