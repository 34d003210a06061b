"""Make a drawn picture part of a page: its ids its own, its paper and ink those of the page."""

import re
from html import escape

from pipeline.figures import COLOURS, FAINT, INK
from pipeline.report.document.drawings import BAND, GRID, PAPER

OF_THE_PAGE = {
    INK: "var(--ink)",
    FAINT: "var(--faint)",
    GRID: "var(--line)",
    BAND: "var(--band)",
    PAPER: "var(--sheet)",
    COLOURS[0].lower(): "var(--dot)",
}
NOT_SHOWN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
STYLES = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
OPENING = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]*)\"[^>]*>")
ID = re.compile(r'(\bid="|href="#|url\(#)')
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
SPACES = re.compile(r"\s*\n\s*")


def inlined(svg: bytes, *, key: str, alt: str) -> str:
    """Return the picture as an element of a page in which no other has the same key.

    Its colours for paper and ink become the page's, so that it is right on a dark one as well.
    """
    text = STYLES.sub("", NOT_SHOWN.sub("", svg.decode("utf-8")))
    text = ID.sub(rf"\g<1>{key}-", text)
    text = COLOUR.sub(lambda found: OF_THE_PAGE.get(found[0], found[0]), text)
    text = OPENING.sub(lambda found: _opening(found[1], key, alt), text, count=1)
    return SPACES.sub(" ", text).replace("> <", "><").strip()


def _opening(box: str, key: str, alt: str) -> str:
    return (
        f'<svg viewBox="{box}" role="img" aria-labelledby="{key}-alt">'
        f'<title id="{key}-alt">{escape(alt)}</title>'
    )
