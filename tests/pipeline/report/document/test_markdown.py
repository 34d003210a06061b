"""The report as Markdown, read by another program's reader."""

import doctest
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies
from markdown_it import MarkdownIt

from pipeline.report.document import markdown
from pipeline.report.document.blocks import Document, Paragraph, Piece
from tests.pipeline.report.document import sample
from tests.pipeline.report.document.shown import Shown

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Noncharacters (Cn) are no text: a report writes � for them.
WORDS = strategies.text(
    strategies.characters(exclude_categories=("Cs", "Cc", "Cn", "Z")), min_size=1
)


def read(text: str) -> Shown:
    return Shown(f"<div>{READER.render(text)}</div>")


@pytest.fixture(scope="module")
def report() -> Shown:
    return read(markdown.render(sample.document()))


def test_the_examples_hold() -> None:
    assert doctest.testmod(markdown).failed == 0


def test_every_text_is_shown_as_it_is_and_none_becomes_an_element(report: Shown) -> None:
    for text in sample.HOSTILE:
        assert report.text.count(text) >= 2
    assert {element.tag for element in report.elements} <= {
        *(
            "div",
            "h1",
            "h2",
            "h3",
            "p",
            "strong",
            "blockquote",
            "ul",
            "ol",
            "li",
            "code",
            "pre",
            "br",
        ),
        *("table", "thead", "tbody", "tr", "th", "td", "img", "a"),
    }
    links = [link.attributes["href"] for link in report.all("a")]
    assert links == ["tables/t5.csv", "tables/kappa.csv"]


def test_tables_keep_their_shape_and_pictures_their_alternative_text(report: Shown) -> None:
    assert len(report.all("table")) == 2
    assert len(report.all("th")) == 7 + 8
    assert len(report.all("td")) == 7 * (2 + 5) + 8 * 45
    pictures = [picture.attributes for picture in report.all("img")]
    assert [unquote(each["src"]) for each in pictures] == [
        "pictures/pictures.means.png",
        "pictures/pictures.shares.png",
        "pictures/pictures.kappa.png",
    ]
    assert pictures[0]["alt"] == "Dots with whiskers: all overlap."


def test_the_notice_stands_first_and_each_part_is_named(report: Shown) -> None:
    assert report.text.index("For research only") < report.text.index("Overview")
    for name in ("🟩 Validation and empathy", "🟥 Encouragement and foresight"):
        assert name in report.text
    assert "with ids (t5.relevance.Alpaca-Chinese-7B.mean, …)" in report.text
    assert "see Table 1 and Figure 1." in report.text


@given(strategies.lists(WORDS, min_size=1).map(" ".join))
def test_any_line_is_read_as_the_same_line(text: str) -> None:
    assert read(markdown.escaped(text)).text.strip("\n") == text
    row = f"| {markdown.escaped(text)} |\n| --- |\n"
    assert read(row).text.strip("\n") == text


@given(WORDS, WORDS)
def test_code_is_read_as_the_same_code(one: str, two: str) -> None:
    document = Document("t", "s", "n", (Paragraph(("a ", Piece(f"{one} {two}", look="code"))),))
    shown = read(markdown.render(document))
    assert shown.text.rstrip("\n").endswith(f"a {one} {two}")
