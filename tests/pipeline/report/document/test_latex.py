"""The report for XeLaTeX: no text is read as a command, and where that is there it compiles."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, strategies

from pipeline.latex import escaped
from pipeline.report.document import latex
from pipeline.report.document.blocks import Document, Picture
from pipeline.report.document.naming import stems
from tests.pipeline.report.document import sample, tex

# What no text has: surrogates and control characters.
TEXT = strategies.text(strategies.characters(exclude_categories=("Cs", "Cc")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's report as a folder of files."""
    return written(tmp_path_factory.mktemp("latex"), sample.document())


def written(path: Path, document: Document) -> Path:
    for name in ("tables", "pictures"):
        (path / name).mkdir()
    drawn = sample.drawn()
    for id_, picture in drawn.items():
        (path / f"pictures/{stems(document)[id_]}.pdf").write_bytes(picture.pdf)
    for name, table in latex.tables(document).items():
        (path / name).write_text(table, "utf-8")
    (path / "report.tex").write_text(latex.render(document, pictures=drawn), "utf-8")
    return path


def test_nothing_in_the_report_or_its_tables_is_read_as_a_command(folder: Path) -> None:
    text = (folder / "report.tex").read_text("utf-8")
    assert tex.problems(tex.body_of(text)) == []
    tables = sorted((folder / "tables").iterdir())
    assert [table.name for table in tables] == ["kappa.tex", "t5.tex"]
    for table in tables:
        assert tex.problems(table.read_text("utf-8")) == []
        assert rf"\input{{tables/{table.name}}}" in text


@pytest.mark.parametrize("wrong", ["a_b", r"\begin{quote}a\end{table}", "{a", "a}", "a & b", "$x$"])
def test_the_reader_of_these_tests_would_find_what_is_wrong(wrong: str) -> None:
    assert tex.problems(wrong)
    assert tex.problems(r"5 \% \begin{quote}{a}\end{quote} % {") == []


def test_the_report_compiles_where_xelatex_is_there(folder: Path) -> None:
    text = (folder / "report.tex").read_text("utf-8")
    assert text.count(r"\begin{document}") == text.count(r"\end{document}") == 1
    compiler = shutil.which("xelatex")
    if compiler:
        command = [compiler, "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
        log = (folder / "report.log").read_text("utf-8", "replace")
        assert done.returncode == 0, log[-2000:]
        assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
        assert "Overfull \\hbox" not in log


def test_a_table_has_its_rules_its_shared_headings_and_the_ids_of_its_figures(folder: Path) -> None:
    lines = (folder / "tables/t5.tex").read_text("utf-8").splitlines()
    assert lines[1:3] == [r"\begin{table}[!htbp]", r"\centering\small"]
    assert r"\begin{tabular}{@{}lrrrrrr@{}}" in lines
    at = lines.index(r"\toprule")
    assert lines[at + 1] == (
        r" & \multicolumn{2}{c}{relevance} & \multicolumn{2}{c}{CBT structure}"
        r" & \multicolumn{2}{c}{helpfulness} \\"
    )
    assert lines[at + 2] == r"\cmidrule(lr){2-3}\cmidrule(lr){4-5}\cmidrule(lr){6-7}"
    assert lines[at + 5] == r"\multicolumn{7}{@{}l}{\textit{of 100 questions}} \\"
    assert lines[at + 6].endswith(
        r"\\ % t5.relevance.Alpaca-Chinese-7B.mean t5.CBT structure.Alpaca-Chinese-7B.mean"
        " t5.helpfulness.Alpaca-Chinese-7B.mean"
    )
    assert any(line.startswith(r"S4 \& \textless{}b\textgreater{}\_x\_") for line in lines)


def test_a_table_longer_than_a_page_goes_on_over_the_next_and_wraps_its_words(folder: Path) -> None:
    table = (folder / "tables/kappa.tex").read_text("utf-8")
    assert r"\begin{longtable}" in table
    assert r"\endhead" in table
    assert r"p{0." in table
    assert "也有中文。" in table


@given(TEXT)
def test_any_text_prints_as_it_is(text: str) -> None:
    line = escaped(text)
    assert tex.problems(line) == []
    assert tex.read(line) == " ".join(text.split())
    assert not any(pair in line for pair in ("--", "''", ",,", "`"))


def test_the_same_document_twice_is_the_same_text() -> None:
    document = Document("t", "s", "n", tuple(b for b in sample.document().blocks
                        if not isinstance(b, Picture)), sample.document().sources)  # fmt: skip
    assert latex.render(document, pictures={}) == latex.render(document, pictures={})
