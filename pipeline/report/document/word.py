"""Write a document for Word: real headings, tables and lists, pictures with their meaning."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt

from pipeline.report.document import word_xml
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
from pipeline.report.document.naming import example_id, lines_of, one_line
from pipeline.report.document.palette import ACCENT, BAND, FAINT, INK, LINE, PARTS, WARNING
from pipeline.report.document.word_xml import parsed, run
from pipeline.report.document.writing import SHORT_NAME, Writer

LATIN, CHINESE, TYPED = "Calibri", "Microsoft YaHei", "Consolas"
# A file of Word's has a time; this one says that none was kept.
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
WIDEST = 6.5  # inches between the margins
SMALL, FAINTLY = '<w:sz w:val="17"/>', f'<w:color w:val="{FAINT}"/>'
HEADINGS = {"Heading 1": 15, "Heading 2": 12, "Title": 22, "Subtitle": 12}


def render(document: Document, *, pictures: Mapping[str, Drawn]) -> bytes:
    """Return the file; of equal documents, equal bytes."""
    page = _Page(document, pictures)
    page.write()
    file = BytesIO()
    page.word.save(file)
    return _undated(file)


def _undated(file: BytesIO) -> bytes:
    """Return the same archive without the times at which its parts were put together."""
    undated = BytesIO()
    with ZipFile(file) as old, ZipFile(undated, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name, NO_TIME.timetuple()[:6])
            new.writestr(info, old.read(name), compress_type=ZIP_DEFLATED)
    return undated.getvalue()


def _prepared(document: Document) -> WordFile:
    """Return an empty file of Word's with this report's fonts, margins and languages."""
    word = docx.Document()
    about = {
        "title": one_line(document.title),
        "subject": one_line(document.notice),
        "language": "en-GB",
        "created": NO_TIME,
        "modified": NO_TIME,
        **dict.fromkeys(("author", "comments", "keywords"), ""),
    }
    for name, value in about.items():
        setattr(word.core_properties, name, value)
    sizes = {"page_width": 210, "page_height": 297}
    sizes |= dict.fromkeys((f"{side}_margin" for side in ("left", "right", "top", "bottom")), 22)
    for name, millimetres in sizes.items():
        setattr(word.sections[0], name, Mm(millimetres))
    for style in word.styles:
        fonts = style.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if fonts is not None or style.name == "Normal":
            _set_fonts(style.element)
    word.styles["Normal"].font.size = Pt(10.5)
    for name, size in HEADINGS.items():
        style = word.styles[name]
        style.font.size = Pt(size)
        colour = style.element.rPr.find(qn("w:color"))
        colour.attrib.clear()  # else a theme's would go first
        colour.set(qn("w:val"), FAINT if name == "Subtitle" else INK)
    rule = word.styles["Title"].element.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}")
    rule.attrib.clear()
    for name, value in (("val", "single"), ("sz", "4"), ("space", "6"), ("color", LINE)):
        rule.set(qn(f"w:{name}"), value)
    language = word.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    return word


def _set_fonts(style: Any) -> None:
    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # a theme's fonts would go first
    for script, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
        fonts.set(qn(f"w:{script}"), font)


class _Page(Writer[None]):
    """Writes blocks one after the other at the end of a file."""

    def __init__(self, document: Document, pictures: Mapping[str, Drawn]) -> None:
        super().__init__(document)
        self.pictures = pictures
        self.word = _prepared(document)
        ids = [block.id for block in document.blocks if not isinstance(block, NAMELESS)]
        self.marks = {id_: (number, f"cbt{number}") for number, id_ in enumerate(ids, start=1)}

    def write(self) -> None:
        self._paragraph(run(self.document.notice, inside="<w:b/>"), _box(ACCENT, BAND))
        self.word.add_paragraph(one_line(self.document.title), style="Title")
        self.word.add_paragraph(one_line(self.document.subtitle), style="Subtitle")
        for block in self.document.blocks:
            self.block(block)
        foot = self.word.sections[0].footer.paragraphs[0]
        for xml in (
            run(f"{self.document.notice}  ·  ", inside=FAINTLY + SMALL),
            _field("PAGE", "1"),
        ):
            foot._p.extend(parsed(xml))

    def ref(self, ref: Ref) -> str:
        name, known = run(self.label(ref)), self.marks.get(ref.to)
        return f'<w:hyperlink w:anchor="{known[1]}">{name}</w:hyperlink>' if known else name

    def piece(self, piece: Piece) -> str:
        looks = {"plain": "", "strong": "<w:b/>", "code": _typed()}
        return run(piece.text.replace("\n", " "), inside=looks[piece.look])

    def paragraph(self, block: Paragraph) -> None:
        self._paragraph(self.text(block.text))

    def _paragraph(self, runs: str, properties: str = "", *, style: str | None = None) -> Any:
        """Add a paragraph; `runs` and `properties` are Word's XML."""
        made = self.word.add_paragraph(style=style)._p
        for each in parsed(properties):
            made.get_or_add_pPr().append(each)
        for each in parsed(runs):
            made.append(each)
        return made

    def _marked(self, id_: str, runs: str) -> str:
        number, name = self.marks[id_]
        start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
        return f'{start}{runs}<w:bookmarkEnd w:id="{number}"/>'

    def heading(self, block: Heading) -> None:
        runs = self._marked(block.id, run(one_line(block.text)))
        self._paragraph(runs, style=f"Heading {block.level - 1}")

    def listing(self, block: Listing) -> None:
        for item in block.items:
            self._paragraph(self.text(item), style="List Bullet")

    def terms(self, block: Terms) -> None:
        blank = run("left blank", inside=f"<w:i/>{FAINTLY}")
        for name, text in block.pairs:
            told = self.text(text) if text else blank
            if len(name) <= SHORT_NAME:
                self._paragraph(run(f"{one_line(name)}: ", inside="<w:b/>") + told, _spaced(0, 40))
                continue
            self._paragraph(run(one_line(name), inside="<w:b/>"), f"<w:keepNext/>{_spaced(120, 0)}")
            self._paragraph(told)

    def note(self, block: Note) -> None:
        word, colour = ("Warning. ", WARNING) if block.warning else ("Note. ", ACCENT)
        start = run(word, inside=f'<w:b/><w:color w:val="{colour}"/>')
        self._paragraph(start + self.text(block.text), _box(colour, BAND))

    def quote(self, block: Quote) -> None:
        sides = '<w:ind w:left="360" w:right="360"/>'
        edge = f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{LINE}"/></w:pBdr>'
        self._paragraph(run("\n".join(lines_of(block.text))), edge + sides)
        if block.by:
            self._paragraph(run(f"— {one_line(block.by)}", inside=FAINTLY), sides)

    def table(self, block: Table) -> None:
        self._caption("Table", block.id, block.caption, keep=True)
        body = self.word.element.body
        body.insert(len(body) - 1, word_xml.table(block))  # before what says how a page is set
        example = example_id(block)
        ids = f" with ids ({example}, …)" if example else ""
        self._notes((*block.notes, f"Unrounded{ids}: tables/{self.stems[block.id]}.csv."))

    def picture(self, block: Picture) -> None:
        drawn = self.pictures[block.id]
        kept = self.word.add_paragraph()
        kept._p.get_or_add_pPr().extend(parsed("<w:keepNext/>"))
        width = Inches(min(WIDEST, drawn.width))
        shape = kept.add_run().add_picture(BytesIO(drawn.png), width=width)
        shape._inline.docPr.set("descr", one_line(block.alt))
        self._caption("Figure", block.id, block.caption)
        self._notes(block.notes)

    def coloured(self, block: Coloured) -> None:
        self._caption("Figure", block.id, block.caption, keep=True)
        for passage in block.passages:
            words = "\n".join(lines_of(passage.text.strip()))
            part = PARTS.get(passage.part)
            if part:
                look = f'<w:b/><w:color w:val="{part.edge}"/>{SMALL}'
                name = run(f"{part.name}\n", inside=look)
                self._paragraph(name + run(words), _box(part.edge, part.tint))
            elif words:
                self._paragraph(run(words))
        self._notes(block.notes)

    def _caption(self, kind: str, id_: str, caption: str, *, keep: bool = False) -> None:
        number = self.named[id_].removeprefix(f"{kind} ")
        label = run(f"{kind} ", inside="<w:b/>") + _field(
            f"SEQ {kind} \\* ARABIC", number, "<w:b/>"
        )
        runs = self._marked(id_, label) + run(". ", inside="<w:b/>") + run(one_line(caption))
        kept = "<w:keepNext/>" if keep else ""
        self._paragraph(runs, f"{kept}{_spaced(200, 80)}")

    def _notes(self, notes: tuple[str, ...]) -> None:
        for place, note in enumerate(notes):
            after = 200 if place == len(notes) - 1 else 0
            self._paragraph(run(one_line(note), inside=FAINTLY + SMALL), _spaced(40, after))


def _field(instruction: str, shown: str, look: str = "") -> str:
    """Return a field that Word counts anew, with what it shows until then."""
    return f'<w:fldSimple w:instr=" {escape(instruction)} ">{run(shown, inside=look)}</w:fldSimple>'


def _spaced(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _typed() -> str:
    fonts = "".join(f' w:{script}="{TYPED}"' for script in ("ascii", "hAnsi", "cs"))
    return f'<w:rFonts{fonts} w:eastAsia="{CHINESE}"/><w:sz w:val="19"/>'


def _box(edge: str, ground: str) -> str:
    """Return a ground under a paragraph, with an edge on its left."""
    border = f'<w:left w:val="single" w:sz="24" w:space="6" w:color="{edge}"/>'
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>'
    return f'<w:pBdr>{border}</w:pBdr>{shade}{_spaced(80, 120)}<w:ind w:left="120"/>'
