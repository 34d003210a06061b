"""Show the first words of a text on one line, as wide as a column may be."""

from pipeline.cli.columns import width

WIDEST = 40


def first_words(text: str, widest: int = WIDEST) -> str:
    """Return a text's beginning on one line, in at most so many places of a terminal.

    >>> first_words("睡不着  怎么办", 10)
    '睡不着 怎…'
    """
    line = " ".join(text[: 20 * widest].split())
    if width(line) <= widest:
        return line
    while width(line) > widest - 1:
        line = line[:-1]
    return line + "…"
