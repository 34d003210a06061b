"""The report for Word, opened again as Word's own file."""

import re
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from hypothesis import given, settings, strategies

from pipeline.report.document import word
from pipeline.report.document.blocks import (
    Cell,
    Column,
    Document,
    Group,
    Paragraph,
    Picture,
    Table,
)
from tests.pipeline.report.document import sample

DOCUMENT = sample.document()


@pytest.fixture(scope="module")
def content() -> bytes:
    return word.render(DOCUMENT, pictures=sample.drawn())


@pytest.fixture(scope="module")
def file(content: bytes) -> WordFile:
    return docx.Document(BytesIO(content))


def text_of(file: WordFile) -> str:
    return "\n".join(paragraph.text for paragraph in file.paragraphs)


def test_headings_are_words_own_and_the_notice_stands_first(file: WordFile) -> None:
    headings = [(p.style.name, p.text) for p in file.paragraphs if p.style.name[:7] == "Heading"]
    assert headings == [
        ("Heading 1", "Overview"),
        ("Heading 1", "Systems & scores"),
        ("Heading 2", "Agreement"),
        ("Heading 1", "A case study"),
        ("Heading 1", sample.HOSTILE[0]),
    ]
    assert file.paragraphs[0].text == DOCUMENT.notice
    assert (file.paragraphs[1].style.name, file.paragraphs[1].text) == ("Title", DOCUMENT.title)
    assert DOCUMENT.notice in file.sections[0].footer.paragraphs[0].text


def test_tables_are_words_own_and_repeat_their_headings(file: WordFile) -> None:
    means, pairs = file.tables
    assert [cell.text for cell in means.rows[1].cells][:3] == ["system", "mean", "95% interval"]
    assert [row.cells[0].text for row in means.rows][2:7] == ["of 100 questions", *sample.SYSTEMS]
    assert means.rows[0].cells[1].text == means.rows[0].cells[2].text == "relevance"
    assert len(pairs.rows) == 1 + 45
    for table, many in ((means, 2), (pairs, 1)):
        repeated = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert repeated == [True] * many + [False] * (len(table.rows) - many)


def test_pictures_say_what_they_show(file: WordFile) -> None:
    assert len(file.inline_shapes) == 3
    told = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert told == [b.alt for b in DOCUMENT.blocks if isinstance(b, Picture)]
    assert all(shape.width <= file.sections[0].page_width for shape in file.inline_shapes)


def test_captions_are_counted_by_word_and_references_lead_to_them(file: WordFile) -> None:
    xml = file.element.xml
    assert len(re.findall(r'w:instr=" SEQ Table \\\* ARABIC "', xml)) == 2
    assert len(re.findall(r'w:instr=" SEQ Figure \\\* ARABIC "', xml)) == 4
    links = re.findall(r'<w:hyperlink w:anchor="(\w+)"', xml)
    marks = re.findall(r'<w:bookmarkStart w:id="\d+" w:name="(\w+)"', xml)
    assert len(links) == 2
    assert set(links) <= set(marks)
    assert len(marks) == len(set(marks))


def test_chinese_has_a_font_and_a_language_of_its_own(file: WordFile) -> None:
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert fonts.get(qn("w:asciiTheme")) is None
    language = file.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:eastAsia")) == "zh-CN"
    hinted = file.element.xml.count('w:hint="eastAsia"')
    assert hinted >= len([part for part, _ in sample.ANSWER if part])


def test_every_text_is_there_as_it_is_and_each_part_is_named(file: WordFile) -> None:
    text = text_of(file)
    for each in sample.HOSTILE:
        assert text.count(each) >= 2
    assert "Challenge or reflection\n有没有一次，事情没有你担心的那么糟？\n如果是朋友" in text
    assert "Ethics body: left blank" in text


def test_the_same_document_twice_is_the_same_bytes_without_a_time(content: bytes) -> None:
    assert content == word.render(sample.document(), pictures=sample.drawn())
    with ZipFile(BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode("utf-8")
    assert re.findall(r"\b(?:19|20)\d\d-", core) == ["1980-", "1980-"]


@settings(max_examples=25, deadline=None)
@given(strategies.text())
def test_any_text_can_be_opened_again(text: str) -> None:
    table = Table("a", text, (Column(text, over=text),), (Group(((Cell(text, id=""),),), text),))
    made = word.render(Document(text, text, text, (Paragraph(text), table)), pictures={})
    file = docx.Document(BytesIO(made))
    assert len(file.tables) == 1
    assert len(file.tables[0].rows) == (4 if text else 2)
