"""Fill the places in a prompt's texts: once where the prompt is made, and for each question."""

import re
from collections.abc import Iterator, Mapping

PLACE = re.compile(r"\{([a-z_]+)\}")
PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def places(text: str) -> list[str]:
    """Return the names of the places in a text; the braces of JSON are none.

    >>> places('{question}: {"presence": "yes"}')
    ['question']
    """
    return PLACE.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    r"""Return a text with what belongs in its places; braces in that stay as they are.

    A paragraph in which there is nothing to fill in is left out.

    >>> filled("Title: {question}\n\nMore: {description}", {"question": "{x}", "description": ""})
    'Title: {x}'
    """
    return "\n\n".join(_filled(text, values)).strip()


def _filled(text: str, values: Mapping[str, str]) -> Iterator[str]:
    for paragraph in PARAGRAPHS.split(text):
        wanted = [values[name] for name in places(paragraph)]
        if any(wanted) or not wanted:
            yield PLACE.sub(lambda place: values[place[1]], paragraph)
