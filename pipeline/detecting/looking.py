"""Let a model look at texts, and say what becomes of each reply."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from db import detections, label_sets
from db.engine import Store
from db.items import Subject
from db.tables import Run
from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.talk import CUT_OFF, FILTERED, Output, Talk, refusal
from pipeline.calling.work import Again, Kept, Settled
from pipeline.codebook import distortions
from pipeline.detecting import problems, subjects
from pipeline.detecting.found import Found
from pipeline.detecting.preparing import Prepared, first
from pipeline.detecting.reading import read
from pipeline.detecting.subjects import Texts
from pipeline.detecting.wanted import Looking
from pipeline.prompts import library


class LookingWork:
    """The work of one run: it makes the requests, reads the replies and stores the findings."""

    def __init__(self, store: Store, config: Looking, prepared: Prepared) -> None:
        self.planned = len(prepared.to_do)
        self.quotes_dropped = 0
        self._detector, self._room = config.detector, config.finding_tokens
        self._store, self._prepared = store, prepared
        model = replace(config.model, schema=prepared.prompt.schema())
        output: Output = prepared.configuration["output"]
        self._talk = Talk(model, output=output, first=self._anew)
        self._others: dict[Subject, Texts] = {}
        self._label_set = distortions.shipped().as_label_set()

    @property
    def model(self) -> Model:
        return self._talk.model

    @property
    def output(self) -> Output:
        return self._talk.output

    def requests(self) -> Iterator[Request]:
        return map(self._request, self._prepared.to_do)

    def read(self, request: Request, reply: Reply) -> Kept | Again:
        self._talk.heard(request)
        refused = refusal(reply)
        if refused:
            return Kept("refused", None, refused)
        if reply.finish_reason == "length":
            return self._talk.longer(request, Kept("set_aside", None, CUT_OFF))
        subject = Subject(request.question_id, request.response_id)
        found = read(reply.content, text=self._texts_with(subject).text(subject))
        if not self._talk.follows(request, reply, readable=isinstance(found, Found)):
            return self._talk.plainly(request)
        if isinstance(found, Found):
            self.quotes_dropped += found.dropped
            return Kept("kept", found)
        ask = problems.ask(found, language=self._prepared.prompt.language)
        otherwise = Kept("set_aside", None, problems.WHY[found])
        return self._talk.repaired(request, reply, ask, otherwise)

    def faulted(self, request: Request, fault: Fault) -> Kept | Again | None:
        return self._talk.faulted(request, fault, Kept("refused", None, FILTERED))

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        """Add the findings; a text without one stays as it was, to be asked about again."""
        kept = [one for one in settled if one.kept.status == "kept"]
        if not kept:
            return
        self._bind(session, kept[0].run_id)
        label_set = label_sets.find_or_add(session, **self._label_set)
        detections.add(session, [self._row(one, label_set.id) for one in kept])

    def _bind(self, session: Session, run_id: int) -> None:
        """Write down by which output the first reply settled to be asked for."""
        library.stored(session, self._prepared.prompt)
        run = session.get_one(Run, run_id)
        if run.configuration["output"] != self.output:
            run.configuration = {**run.configuration, "output": self.output}

    def _row(self, one: Settled, label_set_id: int) -> dict[str, Any]:
        found: Found = one.kept.what
        response_id = one.request.response_id
        return {
            "detector": self._detector,
            "question_id": one.request.question_id if response_id is None else None,
            "response_id": response_id,
            "presence": found.presence,
            "labels": found.labels,
            "reasons": found.reasons,
            "label_set_id": label_set_id,
            "run_id": one.run_id,
        }

    def _request(self, subject: Subject) -> Request:
        texts, prompt = self._texts_with(subject), self._prepared.prompt
        return first(prompt, texts, subject, room=self._room, plain=self._talk.plain)

    def _texts_with(self, subject: Subject) -> Texts:
        """Return the texts that this one is among; a batch job may be of an earlier run."""
        if subject in self._prepared.texts:
            return self._prepared.texts
        if subject not in self._others:
            with self._store.reading() as session:
                self._others[subject] = subjects.one(session, subject)
        return self._others[subject]

    def _anew(self, request: Request) -> Request:
        return self._request(Subject(request.question_id, request.response_id))
