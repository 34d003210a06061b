"""The report as one page: it needs nothing else, and everyone can read it."""

import base64
import re

import pytest
from hypothesis import given, strategies

from pipeline.report.document import data_files, html, latex
from pipeline.report.document.anchors import shown
from pipeline.report.document.blocks import Document, Paragraph, Quote
from pipeline.report.document.naming import printable
from tests.pipeline.report.document import sample
from tests.pipeline.report.document.shown import Shown

DOCUMENT = sample.document()


@pytest.fixture(scope="module")
def page() -> str:
    files = data_files.tables(DOCUMENT)
    files |= {name: text.encode() for name, text in latex.tables(DOCUMENT).items()}
    return html.render(DOCUMENT, pictures=sample.drawn(), files=files).decode("utf-8")


@pytest.fixture(scope="module")
def read(page: str) -> Shown:
    return Shown(page)


def test_the_page_is_well_formed_and_says_its_language(read: Shown) -> None:
    assert read.wrong == []
    assert read.all("html")[0].attributes == {"lang": "en"}
    chinese = [words.text for words in read.all("p", class_="words", lang="zh-Hans")]
    assert chinese == [text for part, text in sample.ANSWER if part]
    ids = [e.attributes["id"] for e in read.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(page: str, read: Shown) -> None:
    (policy,) = read.all("meta", http_equiv="Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'")
    assert not read.all("script") + read.all("link") + read.all("iframe")
    assert not [name for e in read.elements for name in e.attributes if name.startswith("on")]
    sources = [
        value
        for element in read.elements
        for name, value in element.attributes.items()
        if name in {"src", "href", "xlink:href", "action"}
    ]
    assert all(source.startswith(("#", "data:")) for source in sources)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_every_link_leads_to_a_place_on_the_page(read: Shown) -> None:
    ids = {element.attributes.get("id") for element in read.elements}
    links = {
        link.attributes["href"][1:] for link in read.all("a") if "download" not in link.attributes
    }
    assert links <= ids
    assert len(links) > 20


def test_the_notice_stands_before_all_else_and_landmarks_are_there(read: Shown) -> None:
    order = [e.tag for e in read.elements if e.tag in {"header", "h1", "nav", "main", "footer"}]
    assert order == ["header", "h1", "nav", "main", "footer", "footer"]
    body = read.all("body")[0].text
    assert body.index("For research only") < body.index("Study 研究")
    contents = read.all("nav")[0].text
    for heading in ("Overview", "Systems & scores", "Agreement", "A case study"):
        assert heading in contents


def test_a_table_says_what_its_headings_are_of(read: Shown) -> None:
    tables = [c for c in read.all("caption") if c.text.startswith("Table")]
    assert [c.text for c in tables] == [
        "Table 1. Human scores, 0 to 2",
        "Table 2. Agreement of every two raters",
    ]
    over = read.all("th", scope="colgroup")
    assert [(cell.text, cell.attributes["colspan"]) for cell in over] == [
        ("relevance", "2"), ("CBT structure", "2"), ("helpfulness", "2")
    ]  # fmt: skip
    rows = [cell.text for cell in read.all("th", scope="row")]
    assert rows[:4] == list(sample.SYSTEMS)
    groups = [cell.text for cell in read.all("th", scope="rowgroup")]
    assert groups == ["of 100 questions", "without scores"]


def test_each_figure_leads_to_its_value_unrounded_and_to_the_command_and_rows(read: Shown) -> None:
    figures = {link.attributes["title"]: link for link in read.all("a", class_="figure")}
    places = {row.attributes["id"]: row.text for row in read.all("tr") if "id" in row.attributes}
    assert figures.keys() == {source.id for source in DOCUMENT.sources}
    for source in DOCUMENT.sources:
        told = places[figures[source.id].attributes["href"][1:]]
        assert source.id in told
        assert "system = S1 or S2" in told
        assert (
            "undefined: nobody scored it" if source.value is None else repr(source.value)
        ) in told
    assert "Computed again by cbt results --study paper --json" in read.text


def test_a_tables_files_can_be_saved_from_the_page(read: Shown) -> None:
    (link,) = read.all("a", download="t5.csv")
    data = base64.b64decode(link.attributes["href"].partition(",")[2])
    assert data == data_files.tables(DOCUMENT)["tables/t5.csv"]
    assert read.all("a", download="kappa.tex")


def test_a_picture_says_what_it_shows_and_takes_the_colours_of_the_page(
    page: str, read: Shown
) -> None:
    assert len(read.all("svg", role="img")) == 3
    assert [title.text for title in read.all("title")][1:] == [
        "Dots with whiskers: all overlap.",
        "Stacked bars: most scores are 2.",
        "Neighbours agree most.",
    ]
    assert "fill: var(--sheet)" in page
    assert "fill: #ffffff" not in page


def test_each_part_of_an_answer_is_named_beside_its_colour(read: Shown) -> None:
    names = [name.text for name in read.all("p", class_="part-name")]
    assert names == [
        "Validation and empathy",
        "Key thought or belief",
        "Challenge or reflection",
        "Strategy or insight",
        "Encouragement and foresight",
    ]
    (part,) = read.all("div", class_="part challenge")
    assert "没有你担心的那么糟？\n如果是朋友" in part.text


def test_texts_that_bite_are_shown_as_they_are(read: Shown) -> None:
    main = read.all("main")[0].text
    for text in sample.HOSTILE:
        assert main.count(text) >= 2


@given(strategies.text())
def test_any_text_is_read_as_the_same_text(text: str) -> None:
    read = Shown(f'<p title="{shown(text)}">{shown(text)}</p>')
    assert read.wrong == []
    (paragraph,) = read.elements
    assert paragraph.text == paragraph.attributes["title"] == printable(text)


def test_what_no_page_may_hold_is_marked() -> None:
    document = Document("t", "s", "n", (Paragraph("a\x00b\x1b"), Quote("c\x07\nd")))
    page = html.render(document, pictures={}, files={}).decode("utf-8")
    assert "<p>a\ufffdb\ufffd</p>" in page
    assert "c\ufffd\nd" in page


def test_the_same_document_twice_is_the_same_page() -> None:
    pages = [html.render(sample.document(), pictures=sample.drawn(), files={}) for _ in range(2)]
    assert pages[0] == pages[1]
