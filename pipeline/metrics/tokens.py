"""Cut texts into what metrics count: characters or words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from models.extras import need
from pipeline.metrics.metric import Language

Cut = Callable[[str], list[str]]

# A word keeps its apostrophes and hyphens; each other mark stands alone.
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|_")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LATIN_WORD = re.compile("[A-Za-z]+")
ENOUGH = 200_000  # characters tell a language


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """How texts are cut; `name` is what signatures call it."""

    name: str
    cut: Cut


def characters(text: str) -> list[str]:
    """Return the characters that are no blanks.

    >>> characters("我 OK")
    ['我', 'O', 'K']
    """
    return list("".join(text.split()))


def english_words(text: str) -> list[str]:
    """Return words and marks.

    >>> english_words("I don't know, well-known.")
    ['I', "don't", 'know', ',', 'well-known', '.']
    """
    return WORD.findall(text)


CHARACTERS = Tokenizer("char", characters)
ENGLISH_WORDS = Tokenizer("words", english_words)


def words(language: Language, *, what: str) -> Tokenizer:
    """Return what cuts texts of a language into words, for a metric called `what`.

    Chinese is cut by rjieba, that is jieba's dictionary and model in Rust. Raises ModelError where
    that is not installed.
    """
    if language == "en":
        return ENGLISH_WORDS
    need("rjieba", extra="metrics", what=what)
    import rjieba  # noqa: PLC0415  of an extra

    return Tokenizer(f"rjieba-{version('rjieba')}", partial(_chinese_words, rjieba.cut))


def _chinese_words(cut: Cut, text: str) -> list[str]:
    return [word for word in cut(text) if not word.isspace()]


def units(language: Language) -> Tokenizer:
    """Return the units in which a language is counted without a dictionary."""
    return CHARACTERS if language == "zh" else ENGLISH_WORDS


def language_of(texts: list[str]) -> Language:
    """Return the language that most of the texts' words are in; a Chinese character is one.

    >>> language_of(["CBT 有用吗", "很有用"]), language_of(["What does 认知 mean in CBT?"])
    ('zh', 'en')
    """
    read = han = latin = 0
    for text in texts:
        han += len(HAN.findall(text))
        latin += len(LATIN_WORD.findall(text))
        read += len(text)
        if read > ENOUGH:
            break
    return "en" if latin > han else "zh"
