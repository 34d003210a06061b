"""Work out how good a detector is, for who may know a study's results."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from annotate_app.i18n.translator import Language
from annotate_app.services import commands, figure_files, rights
from annotate_app.services.figure_files import Row
from annotate_app.services.sign_in import SignedIn
from db import detections, votes
from db.engine import Store
from db.tables import Study
from pipeline.codebook import distortions
from pipeline.ground_truth import ADJUDICATED, RULES

FIGURES = ("accuracy", "precision", "recall", "specificity", "f1", "kappa", "mcc")
AVERAGES = ("micro", "macro", "weighted")
SHARED = ("accuracy", "f1", "kappa", "labels_f1")  # figures that labellers with each other have


@dataclass(frozen=True)
class Source:
    """A detector that searched `items` of a study, or the answers of a system to its questions."""

    detector: str
    system: str
    items: int


@dataclass(frozen=True)
class Choices:
    """What can be scored, and against what: a rule, or a labeller's pseudonym."""

    sources: Sequence[Source]
    golds: Sequence[str]


@dataclass(frozen=True)
class Scored:
    """The figures as the command gives them, with their picture, and both as files."""

    figures: dict[str, Any]
    picture: bytes
    files: Mapping[str, bytes]


def choices(store: Store, *, by: SignedIn, study: str) -> Choices:
    """Return what of a study can be scored.

    Raises NotForYou for who only rates, OwnStudy or CasesWaiting for whom the results are closed,
    NotKnown or NotAllowed for what is no distortion study.
    """
    with _results(store, by, study) as (session, found):
        labellers = sorted(set(votes.labeller_names(session, study=found).values()))
        golds = [*RULES, *labellers] if labellers else [ADJUDICATED]
        return Choices(_sources(session, found), golds)


def _sources(session: Session, study: Study) -> list[Source]:
    """Return the detectors, and each system of whose answers one searched more than of the items.

    The study's own system and the detections imported with its answers go by code.
    """
    shown = detections.names_in(session, study=study)
    own = detections.in_study(session, study_id=study.id)
    found = [Source(shown.get(name, name), "", len(own[name])) for name in sorted(own)]
    for system, id_ in detections.searched_systems(session, study_id=study.id).items():
        there = detections.in_study(session, study_id=study.id, system_id=id_)
        for name in sorted(there):
            if len(there[name]) > len(own.get(name, ())):
                found.append(Source(shown.get(name, name), system, len(there[name])))
    return found


def score(store: Store, *, by: SignedIn, study: str, source: Source, gold: str) -> Scored:
    """Return how good a detector is.

    Raises as `choices` does, and NotWritten with the reason why there are no figures.
    """
    with _results(store, by, study):
        detector = source.detector
    options = [f"--study={study}", f"--detector={detector}", f"--gold={gold}", "--latex"]
    if source.system:
        options.append(f"--system={source.system}")
    with TemporaryDirectory(prefix="cbt-quality-") as folder:
        picture = Path(folder) / "quality.svg"
        figures = commands.run(store, "detection-quality", [*options, f"--picture={picture}"])
        drawn = picture.read_bytes()
    name = figure_files.named(study, detector)
    files = {
        f"{name}.csv": figure_files.as_csv(_rows(figures)),
        f"{name}.json": figure_files.as_json(figures),
        f"{name}.svg": drawn,
    }
    return Scored(figures, drawn, files)


def label_name(label: str, language: Language) -> str:
    """Return what a reader calls a label of the codebook; any other name stays as it is."""
    codebook = distortions.shipped()
    return codebook.label(label).name[language] if label in codebook.ids else label


@contextmanager
def _results(store: Store, by: SignedIn, study: str) -> Iterator[tuple[Session, Study]]:
    """Yield a session and the study, for who may know its results."""
    with store.reading() as session:
        rights.check_watches(session, by)
        found = votes.distortion_study(session, name=study)
        rights.check_outside(session, by, found)
        yield session, found


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
    binary = found["binary"]
    for cell in ("tp", "fp", "fn", "tn"):
        yield cell, "", {"value": binary[cell]}
    yield from _each(FIGURES, found["detector"], binary)
    for baseline, of in found["baselines"].items():
        yield from _each(FIGURES, baseline, of)
    for each in found["labels"]:
        yield from _each(("precision", "recall", "f1"), each["label"], each)
    for average in AVERAGES:
        yield from _each(("precision", "recall", "f1"), f"{average} average", found[average])
    yield "exact_match", found["detector"], found["exact_match"]
    ceiling = found["ceiling"]
    yield from _each(SHARED, "labellers with each other", ceiling.get("between", {}))
    for pair in ceiling.get("pairs", ()):
        yield from _each(SHARED, f"{pair['a']} and {pair['b']}", pair)
    for each in ceiling.get("against_gold", ()):
        yield from _each(SHARED, f"{each['labeller']} and adjudicated", each)
    for reason, n in found["left_out"].items():
        yield "left_out", reason, {"value": n}


def _each(names: Sequence[str], of: str, figures: Mapping[str, Any]) -> Iterator[Row]:
    return ((name, of, figures[name]) for name in names if name in figures)
