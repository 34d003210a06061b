"""Choose the answers of a subset that a model may learn, each with its passage."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from db import dataset_rows, frames, splits
from db.dataset_rows import AnsweredQuestion, Wanted
from db.splits import Told
from pipeline import same_texts
from pipeline.danger.danger import in_danger
from pipeline.exporting import fit
from pipeline.exporting.instructions.wanted import InstructionsExport
from pipeline.metrics.metric import Language
from pipeline.metrics.tokens import language_of
from pipeline.passages import passage
from pipeline.same_texts import Asked


class Said(NamedTuple):
    """What a question asks, and an answer to it."""

    passage: str
    answer: str


@dataclass
class Chosen:
    """What may be learned, sorted by the questions' keys, and why other answers were left out."""

    said: list[Said] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0

    @property
    def language(self) -> Language:
        chinese = sum(language_of([each.passage]) == "zh" for each in self.said)
        return "zh" if 2 * chinese >= len(self.said) else "en"


def choose(session: Session, config: InstructionsExport) -> Chosen:
    """Return what a model may learn of a subset.

    Raises NotKnown for a system, split or subset that the store does not hold.
    """
    (system,) = frames.systems(session, names=[config.system])
    frames.questions(session, source=None, split=config.split, subset=config.subset)  # is there
    wanted = Wanted([system.id], split=config.split, subset=config.subset)
    answers = list(dataset_rows.of_systems(session, wanted))
    # By what every store calls them alike, so that the same data makes the same file.
    answers.sort(key=lambda answer: (answer.source, answer.external_id, answer.sample))
    places = splits.places(session, name=config.split)
    shared = _shared(splits.told(session), places, subset=config.subset)
    chosen = _chosen(answers, shared, with_danger=config.with_danger)
    answered = {answer.question_id for answer in answers}
    chosen.unanswered = Counter(places.values())[config.subset] - len(answered)
    return chosen


def _shared(told: Mapping[int, Told], places: Mapping[int, str], *, subset: str) -> set[int]:
    """Return the questions of a subset whose text is in another subset of the split too."""
    ids = sorted(places.keys() & told.keys())
    asked = [Asked(told[id_].text, told[id_].description) for id_ in ids]
    shared: set[int] = set()
    for group in same_texts.grouped(asked):
        of = {ids[place] for place in group}
        if {places[id_] for id_ in of} != {subset}:
            shared |= of
    return shared


def _chosen(
    answers: Sequence[AnsweredQuestion], shared: Collection[int], *, with_danger: bool
) -> Chosen:
    chosen = Chosen()
    there: set[tuple[str, str]] = set()
    for answer in answers:
        said = Said(passage(answer.question, answer.description), (answer.answer or "").strip())
        same = ("".join(said.passage.split()), said.answer)
        why = _why_not(answer, shared, with_danger=with_danger)
        if why is None and same in there:
            why = "duplicate"
        if why is not None:
            chosen.left_out[why] += 1
            continue
        there.add(same)
        chosen.said.append(said)
        chosen.sources.add(answer.source)
    return chosen


def _why_not(answer: AnsweredQuestion, shared: Collection[int], *, with_danger: bool) -> str | None:
    danger = in_danger(text=answer.question or "", description=answer.description, tags=answer.tags)
    why = fit.why_not(answer, danger=danger, with_danger=with_danger)
    if why in ("set_aside", "refused", "no_text"):
        return why
    if not passage(answer.question, answer.description):
        return "no_text"
    return "other_subset" if answer.question_id in shared else why
