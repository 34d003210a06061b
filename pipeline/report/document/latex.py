"""Write a document for XeLaTeX, which prints Chinese."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.latex import escaped
from pipeline.report.document import latex_tables
from pipeline.report.document.anchors import Anchors, language
from pipeline.report.document.blocks import (
    NAMELESS,
    Coloured,
    Document,
    Heading,
    Listing,
    Note,
    Paragraph,
    Picture,
    Piece,
    Quote,
    Ref,
    Table,
    Terms,
)
from pipeline.report.document.drawings import Drawn
from pipeline.report.document.naming import lines_of, one_line, stems
from pipeline.report.document.palette import PARTS
from pipeline.report.document.writing import SHORT_NAME, Writer

PREAMBLE = Path(__file__).with_name("preamble.tex")
COMMANDS = {2: "section", 3: "subsection"}


def render(document: Document, *, pictures: Mapping[str, Drawn]) -> str:
    """Return the file to compile; its tables stand in tables, its pictures in pictures."""
    page = _Page(document, pictures)
    return "\n".join([PREAMBLE.read_text("utf-8").rstrip(), *page.lines()]) + "\n"


def tables(document: Document) -> dict[str, str]:
    r"""Return each table as a file of its own, to \input in this or another document."""
    names = stems(document)
    places = _places(document)
    return {
        f"tables/{names[block.id]}.tex": latex_tables.table(
            block, label=places[block.id], file=f"tables/{names[block.id]}.csv"
        )
        for block in document.blocks
        if isinstance(block, Table)
    }


def _places(document: Document) -> Anchors:
    return Anchors("cbt:", [b.id for b in document.blocks if not isinstance(b, NAMELESS)])


class _Page(Writer[Iterator[str]]):
    """Writes blocks as lines."""

    def __init__(self, document: Document, pictures: Mapping[str, Drawn]) -> None:
        super().__init__(document)
        self.pictures = pictures
        self.places = _places(document)

    def lines(self) -> Iterator[str]:
        for id_, look in PARTS.items():
            yield rf"\definecolor{{{id_}-edge}}{{HTML}}{{{look.edge.upper()}}}"
            yield rf"\definecolor{{{id_}-tint}}{{HTML}}{{{look.tint.upper()}}}"
        title = escaped(self.document.title)
        yield rf"\hypersetup{{pdftitle={{{title}}},pdflang={{en}}}}"
        yield "\\begin{document}"
        yield rf"\notice{{{escaped(self.document.notice)}}}"
        yield rf"{{\LARGE\bfseries\raggedright {title}\par}}"
        yield rf"{{\large\raggedright {escaped(self.document.subtitle)}\par}}"
        for block in self.document.blocks:
            yield ""
            yield from self.block(block)
        yield "\n\\end{document}"

    def ref(self, ref: Ref) -> str:
        name = escaped(self.label(ref))
        return rf"\hyperref[{self.places[ref.to]}]{{{name}}}" if ref.to in self.places else name

    def piece(self, piece: Piece) -> str:
        words = _with_spaces(piece.text)
        if piece.look == "plain":
            return words
        return {"strong": r"\textbf{%s}", "code": r"\texttt{%s}"}[piece.look] % words

    def heading(self, block: Heading) -> Iterator[str]:
        command = COMMANDS[block.level]
        yield rf"\{command}{{{escaped(block.text)}}}\label{{{self.places[block.id]}}}"

    def paragraph(self, block: Paragraph) -> Iterator[str]:
        text = self.text(block.text)
        yield rf"\begin{{chinese}}{text}\end{{chinese}}" if language(text) else text

    def listing(self, block: Listing) -> Iterator[str]:
        yield r"\begin{itemize}"
        for item in block.items:
            yield rf"\item {self.text(item)}"
        yield r"\end{itemize}"

    def terms(self, block: Terms) -> Iterator[str]:
        for name, text in block.pairs:
            between = ": " if len(name) <= SHORT_NAME else r"\\*\relax "
            told = self.text(text) or r"\blank"
            yield rf"\textbf{{{escaped(name)}}}{between}{told}\par"

    def note(self, block: Note) -> Iterator[str]:
        word = "Warning" if block.warning else "Note"
        yield rf"\begin{{remark}}\textbf{{{word}.}} {self.text(block.text)}\end{{remark}}"

    def quote(self, block: Quote) -> Iterator[str]:
        by = rf"\par\hfill --- {escaped(block.by)}" if block.by else ""
        yield rf"\begin{{quote}}{_words(block.text)}{by}\end{{quote}}"

    def table(self, block: Table) -> Iterator[str]:
        yield rf"\input{{tables/{self.stems[block.id]}.tex}}"

    def picture(self, block: Picture) -> Iterator[str]:
        width = self.pictures[block.id].width
        file = f"pictures/{self.stems[block.id]}.pdf"
        yield "\\begin{figure}[!htbp]\n\\centering"
        yield f"% {one_line(block.alt)}"
        yield rf"\includegraphics[width={min(1.0, width / 6.3):.2f}\linewidth]{{{file}}}"
        yield rf"\caption{{{escaped(block.caption)}}}\label{{{self.places[block.id]}}}"
        for note in block.notes:
            yield rf"\par{{\footnotesize {escaped(note)}\par}}"
        yield r"\end{figure}"

    def coloured(self, block: Coloured) -> Iterator[str]:
        yield rf"\answercaption{{{escaped(block.caption)}}}{{{self.places[block.id]}}}"
        for passage in block.passages:
            words = _words(passage.text.strip())
            part = PARTS.get(passage.part)
            if part:
                name = rf"{{{passage.part}}}{{{part.name}}}"
                yield rf"\begin{{answerpart}}{name}{words}\end{{answerpart}}"
            elif words:
                yield rf"{words}\par"
        for note in block.notes:
            yield rf"{{\footnotesize {escaped(note)}\par}}"


def _with_spaces(text: str) -> str:
    """Escape a piece of a text, keeping the space on either side of it."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escaped(text)}{after}"


def _words(text: str) -> str:
    """Escape someone's own words, keeping their lines and paragraphs."""
    paragraphs: list[list[str]] = [[]]
    for line in map(escaped, lines_of(text)):
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    words = "\\par\n".join("\\newline\n".join(lines) for lines in paragraphs if lines)
    return rf"\begin{{chinese}}{words}\end{{chinese}}" if language(text) else words
