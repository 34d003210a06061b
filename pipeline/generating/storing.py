"""Store answers with what came with them: their parts, and the distortions that they name."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from db import detections, label_sets, responses, systems
from pipeline.calling.talk import Output
from pipeline.calling.work import Settled
from pipeline.codebook import distortions
from pipeline.generating import binding
from pipeline.generating.reading import Draft
from pipeline.prompts import library
from pipeline.prompts.prompt import Prompt


class Keeper:
    """Stores answers of one system, which its first ones bind.

    Two ids are looked up again until another transaction has stored what they name: one that is
    undone takes them along.
    """

    def __init__(self, system: str, configuration: dict[str, Any], prompt: Prompt) -> None:
        self._name, self._configuration, self._prompt = system, configuration, prompt
        self._label_set = distortions.shipped().as_label_set()
        self._system_ids: dict[Output, int] = {}
        self._label_set_id: int | None = None

    def keep(self, session: Session, settled: Sequence[Settled], *, output: Output) -> None:
        """Add answers, each with its detection, in the caller's transaction."""
        system_id = self._system(session, output)
        ids = responses.add_generated(session, [_response(one, system_id) for one in settled])
        new = (one for one in settled if _key(one) in ids)
        named = [one for one in new if one.kept.what.distortions is not None]
        if named:
            label_set_id = self._labels(session)
            rows = (self._detection(ids[_key(one)], one, label_set_id) for one in named)
            detections.add(session, rows)

    def _system(self, session: Session, output: Output) -> int:
        if output in self._system_ids:
            return self._system_ids[output]
        configuration = {**self._configuration, "output": output}
        bound = systems.binding(session, name=self._name)
        binding.check(self._name, bound, configuration)
        if bound is not None and bound.configuration == configuration:
            self._system_ids[output] = bound.id
            return bound.id
        prompt_id = library.stored(session, self._prompt)
        return systems.bind(
            session, name=self._name, configuration=configuration, prompt_id=prompt_id
        )

    def _labels(self, session: Session) -> int:
        of = {key: self._label_set[key] for key in ("name", "content_hash")}
        self._label_set_id = self._label_set_id or label_sets.known_id(session, **of)
        return self._label_set_id or label_sets.find_or_add(session, **self._label_set).id

    def _detection(self, response_id: int, one: Settled, label_set_id: int) -> dict[str, Any]:
        draft: Draft = one.kept.what
        named = draft.distortions or ()
        return {
            "detector": detections.generated(self._name),
            "response_id": response_id,
            "presence": "yes" if named else "no",
            "labels": [each.id for each in named],
            "reasons": {each.id: each.reason for each in named},
            "label_set_id": label_set_id,
            "run_id": one.run_id,
        }


def _key(one: Settled) -> tuple[int, int]:
    return one.request.question_id, one.request.sample


def _response(one: Settled, system_id: int) -> dict[str, Any]:
    draft: Draft = one.kept.what
    parts = {} if draft.parts is None else {"parts": draft.parts}
    return {
        **parts,
        "question_id": one.request.question_id,
        "system_id": system_id,
        "sample": one.request.sample,
        "text": draft.text or None,
        "status": one.kept.status,
        "reason": one.kept.reason,
        "tokens_in": one.tokens_in,
        "tokens_out": one.tokens_out,
        "cost": one.cost,
        "run_id": one.run_id,
    }
