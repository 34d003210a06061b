"""Choose the answers of a subset that a model may learn, each with its passage."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from db import dataset_rows, frames, splits
from db.dataset_rows import AnsweredQuestion, Wanted
from pipeline import same_texts
from pipeline.danger.danger import in_danger
from pipeline.exporting import fit
from pipeline.exporting.instructions.wanted import InstructionsExport, Language
from pipeline.passages import passage

CHINESE = re.compile("[\u3400-\u9fff]")


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
        chinese = sum(CHINESE.search(each.passage) is not None for each in self.said)
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
    elsewhere = {id_ for id_, subset in places.items() if subset != config.subset}
    told = splits.told(session)
    taken = {
        key
        for id_ in elsewhere & told.keys()
        for key in same_texts.keys(told[id_].text, told[id_].description)
    }
    chosen = _chosen(answers, taken, with_danger=config.with_danger)
    answered = {answer.question_id for answer in answers}
    chosen.unanswered = len(places) - len(elsewhere) - len(answered)
    return chosen


def _chosen(
    answers: Sequence[AnsweredQuestion], taken: Collection[str], *, with_danger: bool
) -> Chosen:
    chosen = Chosen()
    there: set[tuple[str, str]] = set()
    for answer in answers:
        said = Said(passage(answer.question, answer.description), (answer.answer or "").strip())
        same = ("".join(said.passage.split()), said.answer)
        why = _why_not(answer, taken, with_danger=with_danger)
        if why is None and same in there:
            why = "duplicate"
        if why is not None:
            chosen.left_out[why] += 1
            continue
        there.add(same)
        chosen.said.append(said)
        chosen.sources.add(answer.source)
    return chosen


def _why_not(answer: AnsweredQuestion, taken: Collection[str], *, with_danger: bool) -> str | None:
    danger = in_danger(text=answer.question or "", description=answer.description, tags=answer.tags)
    why = fit.why_not(answer, danger=danger, with_danger=with_danger)
    if why in ("set_aside", "refused", "no_text"):
        return why
    keys = same_texts.keys(answer.question, answer.description)
    if not keys:
        return "no_text"
    return "other_subset" if any(key in taken for key in keys) else why
