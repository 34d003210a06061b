"""Write a document as Markdown (GitHub's)."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from pipeline.report.document.blocks import (
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
    Text,
)
from pipeline.report.document.columns import on_left
from pipeline.report.document.naming import (
    example_id,
    lines_of,
    one_line,
    printable,
)
from pipeline.report.document.palette import PARTS
from pipeline.report.document.writing import Writer

SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&])")
AT_START = re.compile(r"(?:(\d+)([.)])|([#+\-=]))(?=\s|$|[#+\-=])")
SPACES = re.compile(r"\s+")
BLANK = "(blank)"


def render(document: Document) -> str:
    """Return the document as Markdown; its pictures stand in the folder pictures."""
    page = _Page(document)
    head = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    notice = f"> **{escaped(document.notice)}**"
    told = [page.block(block) for block in document.blocks]
    return "\n\n".join(part for part in [*head, notice, *told] if part) + "\n"


def escaped(text: str) -> str:
    r"""Return a text that Markdown shows as it is, on one line.

    >>> print(escaped("1. a_b <script> | [x](y)"), escaped("- 5 * 5"))
    1\. a\_b \<script\> \| \[x\](y) \- 5 \* 5
    """
    return _from_start(_inline(one_line(text)))


def code(text: str) -> str:
    """Return a text as code, with as many marks around it as it needs.

    >>> code("cbt report"), code("a`b")
    ('`cbt report`', '`` a`b ``')
    """
    line = one_line(text)
    marks = "`" * (_longest_ticks(line) + 1)
    space = " " if "`" in line else ""
    return f"{marks}{space}{line}{space}{marks}" if line else ""


def _inline(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _from_start(line: str) -> str:
    """Escape what would make a line a heading or an item of a list."""
    start = AT_START.match(line)
    if start is None:
        return line
    number, mark, other = start.groups()
    return f"{number or ''}\\{mark or other}{line[start.end() :]}"


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _quoted(lines: list[str], *, heading: str = "") -> str:
    """Return lines as a quotation that keeps them apart; an empty one starts a paragraph."""
    shown = [escaped(line) for line in lines]
    broken = [
        f"{line}\\" if line and after else line
        for line, after in zip(shown, [*shown[1:], ""], strict=True)
    ]
    head = [f"**{escaped(heading)}**", ""] if heading else []
    return "\n".join(f"> {line}".rstrip() for line in [*head, *broken])


def _ids(table: Table, file: str) -> str:
    """Say where the figures of a table stand unrounded, with one of their ids as an example."""
    example = example_id(table)
    ids = f" with ids ({code(example)}, …)" if example else ""
    return f"Unrounded{ids}: [{escaped(file)}]({quote(file)})."


class _Page(Writer[str]):
    """Writes blocks as lines."""

    def text(self, text: Text) -> str:
        return _from_start(super().text(text).strip())

    def ref(self, ref: Ref) -> str:
        return _inline(self.label(ref))

    def piece(self, piece: Piece) -> str:
        if piece.look == "code":
            return code(piece.text)
        shown = _inline(SPACES.sub(" ", printable(piece.text)))
        return f"**{shown.strip()}**" if piece.look == "strong" and shown.strip() else shown

    def paragraph(self, block: Paragraph) -> str:
        return self.text(block.text)

    def heading(self, block: Heading) -> str:
        return f"{'#' * block.level} {escaped(block.text)}"

    def listing(self, block: Listing) -> str:
        return "\n".join(f"- {self.text(item)}" for item in block.items)

    def terms(self, block: Terms) -> str:
        return "\n".join(
            f"- **{escaped(name)}**: {self.text(text) or BLANK}" for name, text in block.pairs
        )

    def note(self, block: Note) -> str:
        return f"> **{'Warning' if block.warning else 'Note'}:** {self.text(block.text)}"

    def quote(self, block: Quote) -> str:
        lines = lines_of(block.text) + (["", f"— {block.by}"] if block.by else [])
        return _quoted(lines)

    def table(self, block: Table) -> str:
        headings = [
            f"{column.over}: {column.heading}" if column.over else column.heading
            for column in block.columns
        ]
        ruled = [":--" if on_left(column, at) else "--:" for at, column in enumerate(block.columns)]
        rows = [_row(map(escaped, headings)), _row(ruled), *self._rows(block)]
        file = f"tables/{self.stems[block.id]}.csv"
        notes = [*map(escaped, block.notes), _ids(block, file)]
        return "\n\n".join([self._caption(block), "\n".join(rows), *notes])

    def _rows(self, block: Table) -> Iterator[str]:
        for group in block.groups:
            if group.title:
                rest = [""] * (len(block.columns) - 1)
                yield _row([f"**{escaped(group.title)}**", *rest])
            for cells in group.rows:
                yield _row(escaped(cell.text) for cell in cells)

    def picture(self, block: Picture) -> str:
        path = f"pictures/{self.stems[block.id]}.png"
        image = f"![{escaped(block.alt)}]({quote(path)})"
        return "\n\n".join([image, self._caption(block), *map(escaped, block.notes)])

    def coloured(self, block: Coloured) -> str:
        shown = [self._caption(block)]
        for passage in block.passages:
            part = PARTS.get(passage.part)
            lines = lines_of(passage.text.strip())
            if part or any(lines):
                name = f"{part.square} {part.name}" if part else ""
                shown.append(_quoted(lines, heading=name))
        return "\n\n".join([*shown, *map(escaped, block.notes)])

    def _caption(self, block: Table | Picture | Coloured) -> str:
        return f"**{self.named[block.id]}.** {escaped(block.caption)}"
