"""Turn what a model wrote in one field into plain prose."""

import re
from functools import lru_cache

from pipeline.prompts.headed import AFTER, BEFORE

WRITTEN_OUT = re.compile(r"\\r?\\n|\\n(?![a-z])")  # a line break that was escaped twice
BLANK_LINES, TRAILING = re.compile(r"\n{3,}"), re.compile(r"[ \t\u3000]+$", re.MULTILINE)
MARKUP = re.compile(r"[*_#`>]")
# Marks of Markdown around words of one line: what they stand around is kept.
MARKS = (
    (re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*+([-*_])(?:[ \t]*+\1){2,}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"__([^_\n]+)__"), r"\1"),
    (re.compile(r"(?<![A-Za-z0-9*])\*([^*\s]|[^*\s][^*\n]*[^*\s])\*(?![A-Za-z0-9*])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
)


def prose(text: str, *, name: str) -> str:
    r"""Return the text of a part as plain prose: no Markdown, and not its own name as a heading.

    >>> prose("**验证和共情**\n你真的*很*辛苦。", name="验证和共情")
    '你真的很辛苦。'
    """
    text = text.strip()
    if "\\n" in text:
        text = WRITTEN_OUT.sub("\n", text)
    heading = _own_heading(name).match(text)
    if heading and heading.end() < len(text):
        text = text[heading.end() :]
    if MARKUP.search(text):
        for mark, kept in MARKS:
            text = mark.sub(kept, text)
    if "\n" in text:
        text = BLANK_LINES.sub("\n\n", TRAILING.sub("", text))
    return text.strip()


@lru_cache(maxsize=64)
def _own_heading(name: str) -> re.Pattern[str]:
    return re.compile(f"{BEFORE}{re.escape(name)}{AFTER}\n*", re.IGNORECASE | re.MULTILINE)
