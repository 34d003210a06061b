"""Read a study file: what raters are asked, how it is analysed, and what is drawn for it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from db.columns import StudyKind
from db.errors import FileRejected
from pipeline.study import labelling
from pipeline.study.table import Table
from pipeline.tidy import taken_names

KINDS: tuple[StudyKind, ...] = ("rating", "distortion")
SHIPPED: Mapping[StudyKind, Path] = {kind: Path(__file__).parent / f"{kind}.toml" for kind in KINDS}
CRITERION_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_NAME = 100
LARGEST_SEED = 2**31 - 1  # the largest number of PostgreSQL's integer column
ANSWER_GAP = 10
REPEAT_DISTANCE = 20


@dataclass(frozen=True)
class Frame:
    """What a sample is drawn from: all questions, or those that fit everything given here."""

    source: str | None = None
    split: str | None = None
    subset: str | None = None
    ids: Path | None = None


@dataclass(frozen=True)
class Plan:
    """A study as it is wanted; None is "not said", and what then holds is said in `create`.

    Of a distortion study's guidelines, those in `guidelines_on` hold for the text that is labelled,
    and `guidelines`, where given, for either.
    """

    name: str | None = None
    kind: StudyKind = "rating"
    systems: tuple[str, ...] = ()
    sample: int | None = None
    seed: int | None = None
    frame: Frame = Frame()
    raters: tuple[str, ...] | None = None
    per_item: int | None = None
    repeats: float = 0.0
    answer_gap: int = ANSWER_GAP
    repeat_distance: int = REPEAT_DISTANCE
    criteria: tuple[dict[str, Any], ...] | None = None
    guidelines: dict[str, str] | None = None
    guidelines_on: Mapping[str, dict[str, str]] = field(default_factory=dict)
    adjudication: dict[str, Any] | None = None
    analysis: dict[str, Any] | None = None


@cache
def shipped(kind: StudyKind = "rating") -> Plan:
    """Return the study file for studies of this kind that comes with the program."""
    return _plan(SHIPPED[kind], criteria=())


def read(path: Path) -> Plan:
    """Return what a study file says. Raises FileRejected, saying what is wrong where."""
    return _plan(path, criteria=shipped().criteria or ())


def _plan(path: Path, *, criteria: tuple[dict[str, Any], ...]) -> Plan:
    table = Table(path.name, _loaded(path))
    plan = _drawing(table, path.parent)
    if table.has("criteria"):
        criteria = _criteria(table)
        plan = replace(plan, criteria=criteria)
    if table.has("guidelines"):
        plan = replace(plan, **_guidelines(table, plan.kind))
    if table.has("adjudication"):
        plan = replace(plan, adjudication=_adjudication(table, plan.kind))
    if table.has("analysis"):
        plan = replace(plan, analysis=_analysis(table.table("analysis"), plan.kind, criteria))
    elif plan.criteria:
        raise table.wrong("own criteria need an [analysis] that says which one is primary")
    if plan.kind == "distortion" and plan.criteria:
        raise table.wrong("a distortion study has labels, not criteria; leave out [[criteria]]")
    table.end()
    return plan


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileRejected(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise FileRejected(f"{path.name} is not a TOML file: {error}") from error
    except RecursionError as error:
        raise FileRejected(f"{path.name} has brackets within too many brackets") from error
    except ValueError as error:
        raise FileRejected(f"{path.name} holds a number of too many digits") from error


def _drawing(table: Table, folder: Path) -> Plan:
    """Take the options that the command line has too."""
    given: dict[str, Any] = {key: table.line(key) for key in ("name", "kind") if table.has(key)}
    given |= {key: table.names(key) for key in ("systems", "raters") if table.has(key)}
    numbers = {
        "sample": (1, LARGEST_SEED),
        "seed": (0, LARGEST_SEED),
        "per_item": (1, LARGEST_SEED),
        "answer_gap": (1, LARGEST_SEED),
        "repeat_distance": (1, LARGEST_SEED),
    }
    for key, (low, high) in numbers.items():
        if table.has(key):
            given[key] = table.whole(key, low=low, high=high)
    if table.has("repeats"):
        given["repeats"] = table.number("repeats", low=0, high=1)
    if table.has("frame"):
        given["frame"] = _frame(table.table("frame"), folder)
    if given.get("kind", "rating") not in KINDS:
        raise table.wrong(f"kind must be {' or '.join(KINDS)}, not {given['kind']}")
    return Plan(**given)


def _frame(table: Table, folder: Path) -> Frame:
    given = {key: table.line(key) for key in ("source", "split", "subset") if table.has(key)}
    ids = folder / table.line("ids") if table.has("ids") else None
    table.end()
    return Frame(**given, ids=ids)


def _guidelines(table: Table, kind: StudyKind) -> dict[str, Any]:
    given = table.values["guidelines"]
    if kind == "distortion" and isinstance(given, dict) and labelling.by_text(given):
        return {"guidelines_on": labelling.guidelines(table.table("guidelines"))}
    return {"guidelines": table.both("guidelines")}


def _adjudication(table: Table, kind: StudyKind) -> dict[str, Any]:
    if kind != "distortion":
        raise table.wrong(
            "only a distortion study is adjudicated; leave out [adjudication],"
            ' or add kind = "distortion"'
        )
    return labelling.adjudication(table.table("adjudication"))


def _criteria(table: Table) -> tuple[dict[str, Any], ...]:
    criteria = tuple(_criterion(inner) for inner in table.tables("criteria", called="criterion"))
    if not criteria:
        raise table.wrong("there must be at least one [[criteria]]")
    ids = [criterion["id"] for criterion in criteria]
    for identifier in ids:
        if ids.count(identifier) > 1:
            raise table.wrong(f"two criteria have the id {identifier}")
    return criteria


def _criterion(table: Table) -> dict[str, Any]:
    identifier = table.line("id")
    table.place += f" ({identifier})"
    if not CRITERION_ID.fullmatch(identifier):
        raise table.wrong("an id has small letters, digits and _ only, and begins with a letter")
    if identifier in taken_names():
        raise table.wrong(f"the id {identifier} is a column of the ratings file; choose another")
    name, question = table.both("name"), table.both("question")
    levels = [_level(inner) for inner in table.tables("levels", called="level")]
    table.end()
    values = [level["value"] for level in levels]
    if len(values) < 2:
        raise table.wrong("a scale needs at least two [[criteria.levels]]")
    if values != sorted(set(values)):
        raise table.wrong(f"the values must rise, each once, not {', '.join(map(str, values))}")
    return {"id": identifier, "name": name, "question": question, "levels": levels}


def _level(table: Table) -> dict[str, Any]:
    level: dict[str, Any] = {"value": table.whole("value", low=-100, high=100)}
    level |= {key: table.both(key) for key in ("label", "anchor", "example")}
    table.end()
    return level


def _analysis(
    table: Table, kind: StudyKind, criteria: tuple[dict[str, Any], ...]
) -> dict[str, Any]:
    known = [criterion["id"] for criterion in criteria]
    plan: dict[str, Any] = {}
    if kind == "rating":
        plan = {"primary": table.line("primary"), "family": list(table.names("family"))}
        for identifier in (plan["primary"], *plan["family"]):
            if identifier not in known:
                raise table.wrong(
                    f"there is no criterion {identifier}; the criteria are {', '.join(known)}"
                )
        if plan["primary"] not in plan["family"]:
            raise table.wrong(f"the family must hold the primary criterion, {plan['primary']}")
    plan["level"] = table.number("level", low=0.5, high=0.9999)
    plan["seed"] = table.whole("seed", low=0, high=LARGEST_SEED)
    plan["resamples"] = table.whole("resamples", low=100, high=1_000_000)
    table.end()
    return plan
