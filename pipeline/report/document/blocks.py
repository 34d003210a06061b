"""The document model of a report: what it says, apart from how a format shows it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Number = int | float
Look = Literal["plain", "strong", "code"]


@dataclass(frozen=True)
class Source:
    """A figure, unrounded, and the way back to it.

    `id` is stable and readable, for example t5.helpfulness.S1.mean; `about` says in a phrase what
    the figure is. `command` computes it again, and `at` is its place in the command's JSON (a
    JSON pointer, RFC 6901). `rows` chooses its rows of `file`, which lies beside the report: for
    each column, the value or values to keep. A figure that cannot be told has a code and a reason.
    """

    id: str
    about: str
    value: Number | None
    command: str
    at: str = ""
    rows: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    file: str = ""
    low: float | None = None
    high: float | None = None
    level: float | None = None
    method: str = ""
    n: int | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of running text; `id` names the figure that it tells."""

    text: str
    look: Look = "plain"
    id: str = ""


@dataclass(frozen=True)
class Ref:
    """The number of a table, picture or answer, such as "Table 3", as a link to it."""

    to: str


Text = str | tuple[str | Piece | Ref, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 2 is a section, 3 a part of it (the document's title is level 1)."""

    id: str
    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    text: Text


@dataclass(frozen=True)
class Listing:
    items: tuple[Text, ...]


@dataclass(frozen=True)
class Terms:
    """Names with what belongs to each, as in a datasheet; an empty text is shown as a blank."""

    pairs: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Note:
    """What a reader must know beside the text; a warning is a note that a figure depends on."""

    text: Text
    warning: bool = False


@dataclass(frozen=True)
class Quote:
    """A person's or a model's own words, with their line breaks; `by` says whose they are."""

    text: str
    by: str = ""


@dataclass(frozen=True)
class Column:
    """A column's heading; neighbours with the same `over` share that heading above theirs.

    `names` are the columns that it becomes in a file of data, where a cell may hold several
    figures, such as both ends of an interval; without them, the heading is the name. `text` is a
    column of words, which stands on the left.
    """

    heading: str
    names: tuple[str, ...] = ()
    over: str = ""
    text: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell as it is read, its unrounded `values` (one a name of the column), its figure's id."""

    text: str
    values: tuple[Number | str | None, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Group:
    """Rows that belong together, under a title of their own if they have one."""

    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table; its first column names the rows. `id` is also its files' name, such as t5.

    `notes` stand below it: n, method, what a dash means.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows():
            if len(row) != len(self.columns):
                raise ValueError(f"{self.id}: {len(row)} cells for {len(self.columns)} columns")

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        for group in self.groups:
            yield from group.rows


@dataclass(frozen=True)
class Dot:
    """A figure with its interval, None where it cannot be told; `note` stands beside it."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Dots:
    """A panel of dots with whiskers, one row a name; `at` draws a line there, such as 0."""

    title: str
    axis: str
    dots: tuple[Dot, ...]
    at: float | None = None
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bar:
    """How a row's n scores share out over the levels; the shares add up to 1, or are empty."""

    name: str
    shares: tuple[float, ...]
    n: int


@dataclass(frozen=True)
class Bars:
    """A panel of stacked bars, one a name, from the lowest level to the highest."""

    title: str
    levels: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Matrix:
    """A panel of a square of figures, row by row; None on its diagonal and where not known."""

    title: str
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    limits: tuple[float, float] = (-1.0, 1.0)


@dataclass(frozen=True)
class Picture:
    """A drawing of panels side by side, all of one kind; `alt` says in words what it shows."""

    id: str
    caption: str
    alt: str
    panels: tuple[Dots | Bars | Matrix, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len({type(panel) for panel in self.panels}) != 1:
            raise ValueError(f"{self.id}: a picture has one or more panels, all of one kind")


@dataclass(frozen=True)
class Passage:
    """A stretch of an answer; `part` is one of pipeline.parts.PARTS, or "" outside of them."""

    text: str
    part: str = ""


@dataclass(frozen=True)
class Coloured:
    """An answer whose five parts stand in the colours of the paper's Figure 4.

    The passages are the whole answer, in its order; each part is named in text as well.
    """

    id: str
    caption: str
    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()


Block = Heading | Paragraph | Listing | Terms | Note | Quote | Table | Picture | Coloured


@dataclass(frozen=True)
class Document:
    """A whole document; `notice` (research use only) stands above everything else.

    `kind` says what sort of document it is, above its title.
    `sources` has an entry for each figure id that a cell or a piece of text carries.
    """

    title: str
    subtitle: str
    notice: str
    blocks: tuple[Block, ...]
    sources: tuple[Source, ...] = ()
    kind: str = "Study report"

    def __post_init__(self) -> None:
        named = [block.id for block in self.blocks if not isinstance(block, NAMELESS)]
        figures = [source.id for source in self.sources]
        twice = [id_ for id_, times in Counter([*named, *figures]).items() if times > 1]
        if twice:
            raise ValueError(f"ids that stand for two things: {', '.join(twice)}")
        unknown = set(figure_ids(self.blocks)) - set(figures)
        if unknown:
            raise ValueError(f"figures without a source: {', '.join(sorted(unknown))}")


NAMELESS = (Paragraph, Listing, Terms, Note, Quote)


def pieces(text: Text) -> tuple[Piece | Ref, ...]:
    """Return a text as its pieces.

    >>> pieces(("n is ", Piece("500", id="t5.n")))
    (Piece(text='n is ', look='plain', id=''), Piece(text='500', look='plain', id='t5.n'))
    """
    if isinstance(text, str):
        return (Piece(text),)
    return tuple(Piece(each) if isinstance(each, str) else each for each in text)


def figure_ids(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the ids of the figures that the blocks tell, in their order."""
    for block in blocks:
        if isinstance(block, Table):
            yield from (cell.id for row in block.rows() for cell in row if cell.id)
        for text in texts(block):
            yield from (p.id for p in pieces(text) if isinstance(p, Piece) and p.id)


def texts(block: Block) -> tuple[Text, ...]:
    """Return a block's running texts."""
    if isinstance(block, Paragraph | Note):
        return (block.text,)
    if isinstance(block, Listing):
        return block.items
    return tuple(text for _, text in block.pairs) if isinstance(block, Terms) else ()
