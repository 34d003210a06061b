"""Join a question's title and description into the one passage that models are asked."""

import unicodedata


def passage(text: str | None, description: str | None) -> str:
    r"""Return both in one passage, "" where neither says anything.

    As with the published model, a title that ends in punctuation is followed by the description at
    once (in English after a blank). A title that just stops has a line of its own: run together,
    "我该怎么办我今年三十岁" would be read as one sentence. Only blanks are ever put between, so
    `models.records.asked_hash` tells no difference to a passage that was joined without any.

    >>> passage("我该怎么办？", "我今年三十岁。"), passage("我该怎么办", "我今年三十岁。")
    ('我该怎么办？我今年三十岁。', '我该怎么办\n我今年三十岁。')
    >>> passage("What can I do?", "I am thirty."), passage(" 我该怎么办 ", None)
    ('What can I do? I am thirty.', '我该怎么办')
    """
    title, more = (text or "").strip(), (description or "").strip()
    if not (title and more):
        return title or more
    return title + _between(title[-1], more[0]) + more


def _between(last: str, first: str) -> str:
    if not unicodedata.category(last).startswith("P"):
        return "\n"
    return " " if last.isascii() and first.isascii() else ""
