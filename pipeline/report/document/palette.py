"""The colours of a report: those of Figure 4's five parts, and of paper and ink."""

from dataclasses import dataclass

ACCENT, INK, FAINT, LINE = "2b6b5e", "24302d", "5f6a66", "c9c4b8"
BAND = "f3f1ea"
WARNING = "8a4b00"


@dataclass(frozen=True)
class PartLook:
    """A part's name and its colour: an edge that text is readable in, and a tint under text.

    Both are hexadecimal, for light paper and for dark; `square` is the colour as a character.
    """

    name: str
    square: str
    edge: str
    tint: str
    dark_edge: str
    dark_tint: str


PARTS = {
    "validation": PartLook(
        "Validation and empathy", "🟩", "2a6b31", "e4f2e5", "8ed49a", "1c3224"
    ),
    "thought": PartLook(
        "Key thought or belief", "🟨", "725200", "fbf2cf", "e6ca68", "383015"
    ),
    "challenge": PartLook(
        "Challenge or reflection", "🟪", "633a92", "f0e7f7", "cdaef0", "31263f"
    ),
    "strategy": PartLook(
        "Strategy or insight", "🟦", "1d5794", "e1edf8", "96c5f4", "1a2e43"
    ),
    "encouragement": PartLook(
        "Encouragement and foresight", "🟥", "9c2d26", "fbe6e3", "f6a9a1", "40221f"
    ),
}  # fmt: skip
