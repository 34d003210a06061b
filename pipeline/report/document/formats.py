"""Write a document in all of its formats."""

from collections.abc import Callable

from pipeline.report.document import data_files, drawings, html, latex, markdown, word
from pipeline.report.document.blocks import Document, Picture
from pipeline.report.document.naming import stems


def files(document: Document, *, say: Callable[[str], None]) -> dict[str, bytes]:
    """Return the content of each of the document's files, by its name in the report's folder."""
    say("drawing the pictures")
    drawn = {
        block.id: drawings.draw(block) for block in document.blocks if isinstance(block, Picture)
    }
    names = stems(document)
    pictures: dict[str, bytes] = {}
    for id_, picture in drawn.items():
        for kind, content in (("svg", picture.svg), ("pdf", picture.pdf), ("png", picture.png)):
            pictures[f"pictures/{names[id_]}.{kind}"] = content
    say("writing the documents")
    tables = data_files.tables(document)
    tables |= {name: _bytes(text) for name, text in latex.tables(document).items()}
    return {
        "report.html": html.render(document, pictures=drawn, files=tables),
        "report.docx": word.render(document, pictures=drawn),
        "report.md": _bytes(markdown.render(document)),
        "report.tex": _bytes(latex.render(document, pictures=drawn)),
        "report.json": data_files.everything(document),
        "figures.csv": data_files.sources(document),
        **tables,
        **pictures,
    }


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
