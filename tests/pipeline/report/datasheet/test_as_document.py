"""The datasheet as a person reads it."""

from pipeline.report.datasheet import questions
from pipeline.report.datasheet.as_document import document
from pipeline.report.document.blocks import Heading, Paragraph, Quote, Terms, pieces

CRITERIA = {"relevance": "Relevance"}
TOLD = {("raters", ""): "5", ("guidelines", ""): "第一段\n\n第二段", ("payment", ""): ""}


def test_each_question_stands_with_its_items_and_its_answer_or_a_blank() -> None:
    said = {("raters", ""): "One left.", ("ethics", ""): "committee 12"}
    sheet = questions.filled("pilot", "rating", CRITERIA, told=TOLD, said=said)
    found = document(sheet, notice="For research only.")
    terms = dict(pair for b in found.blocks if isinstance(b, Terms) for pair in b.pairs)
    asked = "How many raters are there? [HEDS 3.2.1, GRRAS 6, GRRAS 11]"
    assert terms[asked] == "5 The authors: One left."
    assert terms["Which ethics committee approved the study? [HEDS 5.1, CHART 12c]"] == (
        "committee 12"
    )
    assert terms["Were they paid, and how? [HEDS 3.2.2.2]"] == ""
    first = next(b.text for b in found.blocks if isinstance(b, Paragraph))
    assert f"{3} of {len(list(sheet.entries))} questions are answered" in str(first)


def test_an_answer_of_several_lines_keeps_them() -> None:
    sheet = questions.filled("pilot", "rating", CRITERIA, told=TOLD, said={})
    blocks = document(sheet, notice="").blocks
    place = next(n for n, block in enumerate(blocks) if isinstance(block, Quote))
    quote, asked = blocks[place], blocks[place - 1]
    assert isinstance(quote, Quote)
    assert isinstance(asked, Paragraph)
    assert quote.text == "第一段\n\n第二段"
    assert "What did the guidelines say" in getattr(pieces(asked.text)[0], "text", "")


def test_questions_on_criteria_stand_under_each_criterion() -> None:
    sheet = questions.filled("pilot", "rating", {"a": "A", "b": "B"}, told={}, said={})
    headings = [b.text for b in document(sheet, notice="").blocks if isinstance(b, Heading)]
    assert {"Criteria: A", "Criteria: B", "Agreement: B", "Results: A"} <= set(headings)
    assert "Ground truth and detection" not in headings
