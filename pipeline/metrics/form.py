"""What an answer is like by itself: its length, its parts, its variety, its repetitions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline import parts
from pipeline.metrics.metric import Options, Pair, Scored, Unscored
from pipeline.metrics.tokens import Cut, units
from pipeline.parsing.version import version as parser_version

VERSION = 1
REPEATED = {"zh": 6, "en": 4}  # six characters are about four Chinese words
TOO_SHORT = "too_short"
OF_PARTS = ("parts", "five-parts")


@dataclass(frozen=True)
class Form:
    """A metric that one function tells of a pair."""

    name: str
    signature: str
    of: Callable[[Pair], Scored | Unscored]
    needs_reference: bool = False
    batch: int = 500

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        return list(map(self.of, pairs))


def distinct(tokens: Sequence[str], n: int) -> float | None:
    """Return how many n-grams of a text differ, over how many there are; None without any.

    >>> distinct("好好学习", 1), distinct("好好学习", 2), distinct("好", 2)
    (0.75, 1.0, None)
    """
    grams = [tuple(tokens[at : at + n]) for at in range(len(tokens) - n + 1)]
    return len(set(grams)) / len(grams) if grams else None


def length(_options: Options) -> Form:
    return Form(
        "length",
        f"length|unit:code point|blanks:yes|version:{VERSION}",
        lambda pair: Scored(len(pair.answer)),
    )


def length_ratio(_options: Options) -> Form:
    return Form(
        "length-ratio",
        f"length-ratio|nrefs:1|unit:code point|blanks:yes|whole:ratio of sums|version:{VERSION}",
        _length_ratio,
        needs_reference=True,
    )


def _length_ratio(pair: Pair) -> Scored:
    own, other = len(pair.answer), len(pair.reference)
    return Scored(own / other, (own, other))


def shown_parts(_options: Options) -> Form:
    return Form("parts", _of_parts("parts"), lambda pair: Scored(len(pair.parts)))


def five_parts(_options: Options) -> Form:
    every = frozenset(parts.PARTS)
    return Form(
        "five-parts", _of_parts("five-parts"), lambda pair: Scored(float(pair.parts >= every))
    )


def _of_parts(name: str) -> str:
    return f"{name}|parts:as given, else parser {parser_version()}|version:{VERSION}"


def distinct_1(options: Options) -> Form:
    return _distinct(1, options)


def distinct_2(options: Options) -> Form:
    return _distinct(2, options)


def _distinct(n: int, options: Options) -> Form:
    tokenizer = units(options.language)
    return Form(
        f"distinct-{n}",
        f"distinct-{n}|tok:{tokenizer.name}|whole:mean of answers|version:{VERSION}",
        lambda pair: _variety(pair, tokenizer.cut, n),
    )


def repetition(options: Options) -> Form:
    tokenizer, n = units(options.language), REPEATED[options.language]

    def repeated(pair: Pair) -> Scored | Unscored:
        found = _variety(pair, tokenizer.cut, n)
        return Scored(1 - found.value) if isinstance(found, Scored) else found

    return Form(
        "repetition",
        f"repetition|n:{n}|tok:{tokenizer.name}|whole:mean of answers|version:{VERSION}",
        repeated,
    )


def _variety(pair: Pair, cut: Cut, n: int) -> Scored | Unscored:
    found = distinct(cut(pair.answer), n)
    if found is None:
        return Unscored(TOO_SHORT, f"shorter than {n} units, so there is nothing to count")
    return Scored(found)
