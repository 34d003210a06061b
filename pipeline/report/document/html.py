"""Write a document as one page that needs nothing else: no network, no other file."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.report.document import html_tables
from pipeline.report.document.anchors import Anchors, language, shown
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
    figure_ids,
)
from pipeline.report.document.drawings import Drawn
from pipeline.report.document.inline_svg import inlined
from pipeline.report.document.palette import PARTS
from pipeline.report.document.writing import Writer

STYLES = ("page.css", "tables.css")
REM_AN_INCH = 8  # a picture's letters then have the size of a table's
# The page may load nothing at all, whatever a text in it says.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render(
    document: Document, *, pictures: Mapping[str, Drawn], files: Mapping[str, bytes]
) -> bytes:
    """Return the page; `files` holds tables/….csv and .tex, which the page offers to save."""
    page = _Page(document, pictures, files)
    return ("\n".join([*_head(document), *page.body()]) + "\n").encode("utf-8")


def _head(document: Document) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{shown(document.title)}</title>"
    yield f"<style>\n{_styles()}</style>\n</head>"


def _styles() -> str:
    colours = "\n".join(
        f".{id_} {{ --edge: #{look.edge}; --tint: #{look.tint}; }}\n"
        "@media screen and (prefers-color-scheme: dark) {"
        f" .{id_} {{ --edge: #{look.dark_edge}; --tint: #{look.dark_tint}; }} }}"
        for id_, look in PARTS.items()
    )
    folder = Path(__file__).parent
    return "".join((folder / name).read_text("utf-8") for name in STYLES) + colours + "\n"


class _Page(Writer[Iterator[str]]):
    """Writes blocks, knowing where on the page each link leads."""

    def __init__(
        self, document: Document, pictures: Mapping[str, Drawn], files: Mapping[str, bytes]
    ) -> None:
        super().__init__(document)
        self.pictures = pictures
        self.files = files
        ids = [block.id for block in document.blocks if not isinstance(block, NAMELESS)]
        self.blocks = Anchors("b-", ids)
        self.places = Anchors("s-", (source.id for source in document.sources))
        self.sources = {source.id: source for source in document.sources}
        self.told: set[str] = set()

    def body(self) -> Iterator[str]:
        document = self.document
        yield '<body>\n<a class="skip" href="#content">Skip to the report</a>\n<header>'
        yield f'<p class="notice">{shown(document.notice)}</p>\n<div class="title">'
        yield f'<p class="eyebrow">{shown(document.kind)}</p>'
        yield f"<h1{language(document.title)}>{shown(document.title)}</h1>"
        yield f'<p class="subtitle">{shown(document.subtitle)}</p>\n</div>\n</header>'
        yield f'<div class="layout">\n{self._contents()}\n<main id="content" tabindex="-1">'
        yield from self._sections()
        yield "</main>"
        yield f'<footer class="end">{shown(document.notice)}</footer>\n</div>\n</body>\n</html>'

    def _contents(self) -> str:
        found, inside = "", False
        for block in self.document.blocks:
            if not isinstance(block, Heading):
                continue
            link = f'<a href="#{self.blocks[block.id]}">{shown(block.text)}</a>'
            if block.level == 2:
                found += f"{'</ol>' if inside else ''}{'</li>' if found else ''}<li>{link}"
                inside = False
            else:
                found += f"{'' if inside else '<ol>' if found else '<li><ol>'}<li>{link}</li>"
                inside = True
        found += f"{'</ol>' if inside else ''}{'</li>' if found else ''}"
        heading = '<h2 id="contents">Contents</h2>'
        return f'<nav aria-labelledby="contents">{heading}<ol>{found}</ol></nav>'

    def _sections(self) -> Iterator[str]:
        opened = False
        for block in self.document.blocks:
            if isinstance(block, Heading) and block.level == 2:
                yield "</section>" if opened else ""
                yield f'<section aria-labelledby="{self.blocks[block.id]}">'
                opened = True
            yield from self.block(block)
        yield "</section>" if opened else ""
        told = [source for id_, source in self.sources.items() if id_ not in self.told]
        yield from html_tables.sources(told, name="the text", places=self.places)

    def ref(self, ref: Ref) -> str:
        name = shown(self.label(ref))
        known = ref.to in self.blocks
        return f'<a href="#{self.blocks[ref.to]}">{name}</a>' if known else name

    def piece(self, piece: Piece) -> str:
        words = shown(piece.text)
        if piece.look != "plain":
            tag = {"strong": "strong", "code": "code"}[piece.look]
            words = f"<{tag}>{words}</{tag}>"
        if not piece.id:
            return words
        place, title = self.places[piece.id], shown(piece.id)
        return f'<a class="figure" href="#{place}" title="{title}">{words}</a>'

    def heading(self, block: Heading) -> Iterator[str]:
        tag = f"h{block.level}"
        place = self.blocks[block.id]
        yield f'<{tag} id="{place}"{language(block.text)}>{shown(block.text)}</{tag}>'

    def paragraph(self, block: Paragraph) -> Iterator[str]:
        text = self.text(block.text)
        yield f"<p{language(text)}>{text}</p>"

    def listing(self, block: Listing) -> Iterator[str]:
        items = "\n".join(f"<li>{self.text(item)}</li>" for item in block.items)
        yield f"<ul>\n{items}\n</ul>"

    def terms(self, block: Terms) -> Iterator[str]:
        blank = '<span class="blank">left blank</span>'
        rows = (
            f"<dt>{shown(name)}</dt><dd>{self.text(text) or blank}</dd>"
            for name, text in block.pairs
        )
        yield f"<dl>{''.join(rows)}</dl>"

    def note(self, block: Note) -> Iterator[str]:
        kind, word = (" warning", "Warning") if block.warning else ("", "Note")
        yield f'<div class="note{kind}"><strong>{word}.</strong> {self.text(block.text)}</div>'

    def quote(self, block: Quote) -> Iterator[str]:
        by = f"<footer>{shown(block.by)}</footer>" if block.by else ""
        words = f'<p class="words"{language(block.text)}>{shown(block.text)}</p>'
        yield f"<blockquote>{words}{by}</blockquote>"

    def table(self, block: Table) -> Iterator[str]:
        stem = self.stems[block.id]
        offered = {
            f"{stem}.{ending}": self.files[path]
            for ending in ("csv", "tex")
            if (path := f"tables/{stem}.{ending}") in self.files
        }
        label = self.named[block.id]
        yield from html_tables.table(
            block, key=self.blocks[block.id], label=label, places=self.places, files=offered
        )
        ids = [id_ for id_ in dict.fromkeys(figure_ids((block,))) if id_ not in self.told]
        self.told.update(ids)
        told = (self.sources[id_] for id_ in ids)
        yield from html_tables.sources(told, name=label, places=self.places)
        yield "</div>"

    def picture(self, block: Picture) -> Iterator[str]:
        drawn, key = self.pictures[block.id], self.blocks[block.id]
        svg = inlined(drawn.svg, key=key, alt=block.alt)
        yield f'<figure id="{key}" aria-labelledby="{key}-caption">'
        yield (
            f'<div class="drawing scroll" style="--natural: {REM_AN_INCH * drawn.width:.1f}rem"'
            f' role="region" tabindex="0" aria-labelledby="{key}-caption">{svg}</div>'
        )
        yield from self._caption(block)
        yield "</figure>"

    def coloured(self, block: Coloured) -> Iterator[str]:
        yield f'<figure class="answer" id="{self.blocks[block.id]}">'
        yield from self._caption(block)
        for passage in block.passages:
            part = PARTS.get(passage.part)
            words = passage.text.strip()
            text = f'<p class="words"{language(words)}>{shown(words)}</p>'
            if part:
                name = f'<p class="part-name">{part.name}</p>'
                yield f'<div class="part {passage.part}">{name}{text}</div>'
            elif words:
                yield text
        yield "</figure>"

    def _caption(self, block: Picture | Coloured) -> Iterator[str]:
        key, label = self.blocks[block.id], self.named[block.id]
        notes = " ".join(f'<span class="notes">{shown(note)}</span>' for note in block.notes)
        yield (
            f'<figcaption id="{key}-caption"><span class="label">{label}.</span>'
            f" {shown(block.caption)} {notes}</figcaption>"
        )
