"""Tell an answer that says the same over and over, as a model does that has lost its thread."""

PIECE = 8  # characters
SHORTEST = 60  # characters of a text that can be told to go in circles
MOST = 0.4  # of a text's pieces that stand in it before


def said_before(text: str) -> float:
    """Return which share of a text's pieces of eight characters stand in it before.

    >>> said_before("慢慢来，今天先好好睡一觉。"), said_before("慢慢来。" * 40) > 0.9
    (0.0, True)
    """
    plain = "".join(text.split())
    pieces = [plain[at : at + PIECE] for at in range(len(plain) - PIECE + 1)]
    return 1 - len(set(pieces)) / len(pieces) if pieces else 0.0


def goes_in_circles(text: str) -> bool:
    """Say whether so much of a text is said again that it says hardly anything."""
    return len(text) >= SHORTEST and said_before(text) > MOST
