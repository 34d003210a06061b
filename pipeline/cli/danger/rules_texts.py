"""Show the rules of danger, and how right they were measured to be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.cli.columns import aligned
from pipeline.cli.estimates import as_object, interval, places
from pipeline.danger.measured import Count, Measured, measured, measured_rules
from pipeline.danger.rules import LANGUAGES, Kind, excuses, kinds, version

OF_VERSION = 12  # characters that tell versions apart
PARTS = {
    "tuning": "questions that rules were written for",
    "held_out": "questions held out",
    "veiled": "questions without the words of the rules",
    "demo": "the demo's questions",
}
LIMITS = (
    "Rules know words, not people: danger told without any of them is missed, as the third row",
    "shows. They keep research data clean. They are no clinical instrument, and nobody watches.",
)


def lines(kind: str | None, language: str) -> Iterator[str]:
    if kind is not None:
        yield from _signs(next(each for each in kinds() if each.id == kind), language)
        return
    yield f"rules of danger, version {version()[:OF_VERSION]}"
    yield ""
    for each in kinds():
        counts = ", ".join(f"{len(each.signs[of])} {of}" for of in LANGUAGES)
        yield f"{each.id}: {each.about[language]} ({counts} signs)"
    yield f"excuses: {', '.join(excuses())}"
    yield ""
    yield from _figures()
    yield ""
    yield from LIMITS


def _signs(kind: Kind, language: str) -> Iterator[str]:
    yield f"{kind.id}: {kind.about[language]}"
    for of in LANGUAGES:
        yield ""
        yield from kind.signs[of]


def _figures() -> Iterator[str]:
    header = ["", "n", "recall", "95% interval", "precision", "95% interval", "specificity"]
    yield from aligned([header, *map(_figures_row, measured())])
    if measured_rules() != version():
        yield f"measured with other rules, version {measured_rules()[:OF_VERSION]}"


def _figures_row(part: Measured) -> list[str]:
    return [
        PARTS[part.name],
        str(part.danger.of + part.safe.of),
        places(part.recall.value),
        interval(part.recall),
        places(part.precision.value),
        interval(part.precision),
        places(part.specificity.value),
    ]


def as_json() -> dict[str, Any]:
    return {
        "version": version(),
        "kinds": [
            {"id": kind.id, "about": dict(kind.about), "signs": _lists(kind.signs)}
            for kind in kinds()
        ],
        "excuses": excuses(),
        "measured_version": measured_rules(),
        "measured": {part.name: _part_object(part) for part in measured()},
    }


def _lists(signs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {language: list(some) for language, some in signs.items()}


def _part_object(part: Measured) -> dict[str, Any]:
    return {
        "n": part.danger.of + part.safe.of,
        "danger": part.danger.of,
        "recall": as_object(part.recall),
        "precision": as_object(part.precision),
        "specificity": as_object(part.specificity),
        "kinds": _shares(part.kinds),
        "beside": _shares(part.beside),
    }


def _shares(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {name: {"n": count.of, **as_object(count.share)} for name, count in counts.items()}
