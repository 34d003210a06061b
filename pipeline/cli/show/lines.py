"""Lines of a terminal, in the colours of the five parts, below or beside each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.cli.columns import width
from pipeline.cli.command import harmless

# The paper's Figure 4: green, yellow, purple, blue, red. Text keeps the terminal's own ink.
COLOURS = {
    "validation": 32,
    "thought": 33,
    "challenge": 35,
    "strategy": 34,
    "encouragement": 31,
}
BAR = "▌"
GAP = "   "
NARROWEST = 36  # places of a column that can still be read


@dataclass(frozen=True)
class Line:
    """A line; one of a `part` has that part's bar before it, a `strong` one is set in bold."""

    text: str
    part: str = ""
    strong: bool = False

    @property
    def plain(self) -> str:
        return harmless(f"{BAR} {self.text}".rstrip() if self.part else self.text)

    def drawn(self, *, coloured: bool) -> str:
        """Return the line as it is printed."""
        if not coloured:
            return self.plain
        colour = COLOURS.get(self.part)
        text = harmless(self.text)
        if self.strong:
            text = _styled(text, 1, colour)
        bar = f"{_styled(BAR, colour)} " if self.part else ""
        return bar + text


def _styled(text: str, *codes: int | None) -> str:
    told = [str(code) for code in codes if code is not None]
    return f"\x1b[{';'.join(told)}m{text}\x1b[0m" if told else text


def columns_that_fit(columns: int, places: int) -> int:
    """Return how wide each of so many columns can be; 0 where they do not fit beside each other.

    >>> columns_that_fit(2, 80), columns_that_fit(3, 80)
    (38, 0)
    """
    if columns < 2:
        return 0
    each = (places - len(GAP) * (columns - 1)) // columns
    return each if each >= NARROWEST else 0


def beside(blocks: Sequence[Sequence[Line]], each: int, *, coloured: bool) -> Iterator[str]:
    """Yield blocks of lines beside each other, each in a column of so many places."""
    for row in zip_longest(*blocks, fillvalue=Line("")):
        cells = (line.drawn(coloured=coloured) + " " * (each - width(line.plain)) for line in row)
        yield GAP.join(cells).rstrip()


def below(blocks: Sequence[Sequence[Line]], *, coloured: bool) -> Iterator[str]:
    """Yield blocks of lines below each other."""
    for number, block in enumerate(blocks):
        if number:
            yield ""
        yield from (line.drawn(coloured=coloured) for line in block)
