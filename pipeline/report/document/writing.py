"""What all formats share: a document is written block by block, and a text piece by piece."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pipeline.report.document.blocks import (
    Block,
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
    pieces,
)
from pipeline.report.document.naming import labels, stems

Written = TypeVar("Written")
SHORT_NAME = 30  # characters that may stand before what belongs to them, on one line


class Writer(ABC, Generic[Written]):
    """Writes a document in one format, knowing how each table and picture is called."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.named = labels(document)
        self.stems = stems(document)

    def block(self, block: Block) -> Written:
        writers: dict[type, Callable[[Any], Written]] = {
            Heading: self.heading,
            Paragraph: self.paragraph,
            Listing: self.listing,
            Terms: self.terms,
            Note: self.note,
            Quote: self.quote,
            Table: self.table,
            Picture: self.picture,
            Coloured: self.coloured,
        }
        return writers[type(block)](block)

    def text(self, text: Text) -> str:
        return "".join(
            self.ref(piece) if isinstance(piece, Ref) else self.piece(piece)
            for piece in pieces(text)
        )

    def label(self, ref: Ref) -> str:
        """Return what a reference reads: the number of a table or picture, else the id itself."""
        return self.named.get(ref.to, ref.to)

    @abstractmethod
    def ref(self, ref: Ref) -> str: ...

    @abstractmethod
    def piece(self, piece: Piece) -> str: ...

    @abstractmethod
    def heading(self, block: Heading) -> Written: ...

    @abstractmethod
    def paragraph(self, block: Paragraph) -> Written: ...

    @abstractmethod
    def listing(self, block: Listing) -> Written: ...

    @abstractmethod
    def terms(self, block: Terms) -> Written: ...

    @abstractmethod
    def note(self, block: Note) -> Written: ...

    @abstractmethod
    def quote(self, block: Quote) -> Written: ...

    @abstractmethod
    def table(self, block: Table) -> Written: ...

    @abstractmethod
    def picture(self, block: Picture) -> Written: ...

    @abstractmethod
    def coloured(self, block: Coloured) -> Written: ...
