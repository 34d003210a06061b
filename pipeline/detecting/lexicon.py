"""Find the distortions that answers name, and keep what was found."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from db import detections, label_sets, responses, runs, selections
from db.engine import Store
from db.errors import NotKnown
from db.selections import SelectedResponse, Selection
from db.tables import Run
from pipeline import parts
from pipeline.codebook import distortions, lexicon

STAGE = "detect"
BATCH = 500  # looked at outside, then stored together: raters wait for no more than this


@dataclass(frozen=True)
class Detecting:
    """Which answers to look at: of one system or of all, and how."""

    method: str = lexicon.DETECTOR
    system: str | None = None
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class Detected:
    """What was found; `present` and `labels` count all answers that were read, known ones too.

    `parts_added` counts answers in which the five parts were marked that nobody had marked.
    """

    detector: str
    read: int
    added: int
    known: int
    present: int
    labels: Mapping[str, int]
    parts_added: int


class _Looked(NamedTuple):
    """What was found in one answer; `parts` are those to store, if any."""

    response_id: int
    labels: list[str]
    parts: list[dict[str, Any]] | None


Tell = Callable[[int, int], None]


def run(store: Store, config: Detecting, *, tell: Tell = lambda _done, _of: None) -> Detected:
    """Look at each answer that the lexicon, as it now is, has not looked at; keep what it finds.

    Stores batch by batch, so an interrupted run goes on where it was. `tell` is told how many of
    the new answers are done. Raises NotKnown for a system, source, split or subset that is not
    there, and where there is no answer.
    """
    with store.reading() as session:
        answers = selections.responses(session, system=config.system, selection=config.selection)
        if not answers:
            raise NotKnown("there are no such answers to look at; run 'cbt import responses' first")
        known = _known(session, [answer.id for answer in answers])
        found = detections.in_responses(session, detector=lexicon.DETECTOR)
    all_found = {id_: list(found[id_].labels) for id_ in known}
    new = [answer for answer in answers if answer.id not in known]
    keeper = _Keeper(store, config)
    for done, batch in _batches(new):
        looked = [_look(answer) for answer in batch]
        keeper.keep(looked)
        all_found |= {each.response_id: each.labels for each in looked}
        tell(done, len(new))
    counts = Counter(label for labels in all_found.values() for label in labels)
    return Detected(
        detector=lexicon.DETECTOR,
        read=len(answers),
        added=keeper.added,
        known=len(answers) - keeper.added,
        present=sum(map(bool, all_found.values())),
        labels={id_: counts[id_] for id_ in distortions.shipped().ids if counts[id_]},
        parts_added=keeper.parts_added,
    )


def _known(session: Session, ids: Sequence[int]) -> set[int]:
    """Return the answers among these that the lexicon, as it now is, has looked at."""
    current = runs.ids(session, stage=STAGE, having={lexicon.DETECTOR: lexicon.version()})
    last: dict[int, int | None] = {}
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        last |= detections.runs_in_responses(session, detector=lexicon.DETECTOR, response_ids=some)
    return {id_ for id_, run_id in last.items() if run_id in current}


def _batches(new: Sequence[SelectedResponse]) -> Iterator[tuple[int, Sequence[SelectedResponse]]]:
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        yield start + len(batch), batch


def _look(answer: SelectedResponse) -> _Looked:
    given = parts.given(answer.parts)
    marked = parts.marked(answer.text) if given is None else None
    named = lexicon.named_in(answer.text, given or marked)
    labels = list(dict.fromkeys(each.label for each in named))
    new = marked if marked and marked != answer.parts else None
    return _Looked(answer.id, labels, new)


class _Keeper:
    """Stores batches under one run, which begins with the first that holds something new."""

    def __init__(self, store: Store, config: Detecting) -> None:
        self._store, self._config = store, config
        self._run_id: int | None = None
        self.added = self.parts_added = 0

    def keep(self, looked: Sequence[_Looked]) -> None:
        with self._store.writing(in_turn=True) as session:
            known = _known(session, [each.response_id for each in looked])  # by another command
            new = [each for each in looked if each.response_id not in known]
            if not new:
                return
            record = self._run(session)
            marked = {each.response_id: each.parts for each in new if each.parts}
            responses.give_parts(session, parts=marked)
            detections.add(session, _rows(session, new, record.id))
            self.added += len(new)
            self.parts_added += len(marked)
            runs.end(record, counts={"added": self.added, "parts_added": self.parts_added})
            self._run_id = record.id

    def _run(self, session: Session) -> Run:
        if self._run_id is not None:
            return session.get_one(Run, self._run_id)
        wanted = self._config
        configuration = {
            "method": wanted.method,
            lexicon.DETECTOR: lexicon.version(),
            "system": wanted.system,
            **vars(wanted.selection),
        }
        return runs.start(session, stage=STAGE, configuration=configuration)


def _rows(session: Session, looked: Sequence[_Looked], run_id: int) -> list[dict[str, Any]]:
    label_set = label_sets.find_or_add(session, **distortions.shipped().as_label_set())
    return [
        {
            "detector": lexicon.DETECTOR,
            "response_id": each.response_id,
            "presence": "yes" if each.labels else "no",
            "labels": each.labels,
            "label_set_id": label_set.id,
            "run_id": run_id,
        }
        for each in looked
    ]
