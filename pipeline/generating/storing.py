"""Store answers with what came with them: their parts, and the distortions that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Keeper:
    """Stores answers of one system, which its first ones bind."""

    system: str
    configuration: dict[str, Any]
    prompt: Prompt
    label_set: dict[str, Any]

    def keep(self, session: Session, settled: Sequence[Settled], *, output: Output) -> None:
        """Add answers, each with its detection, in the caller's transaction."""
        system_id = self._system(session, {**self.configuration, "output": output})
        ids = responses.add_generated(session, [_response(one, system_id) for one in settled])
        named = [one for one in settled if one.kept.what.distortions is not None]
        if named:
            label_set = label_sets.find_or_add(session, **self.label_set)
            rows = (self._detection(ids[_key(one)], one, label_set.id) for one in named)
            detections.add(session, rows)

    def _system(self, session: Session, configuration: dict[str, Any]) -> int:
        bound = systems.binding(session, name=self.system)
        binding.check(self.system, bound, configuration)
        if bound is not None and bound.configuration == configuration:
            return bound.id
        prompt_id = library.stored(session, self.prompt)
        return systems.bind(
            session, name=self.system, configuration=configuration, prompt_id=prompt_id
        )

    def _detection(self, response_id: int, one: Settled, label_set_id: int) -> dict[str, Any]:
        draft: Draft = one.kept.what
        named = draft.distortions or ()
        return {
            "detector": detections.generated(self.system),
            "response_id": response_id,
            "presence": "yes" if named else "no",
            "labels": [each.id for each in named],
            "reasons": {each.id: each.reason for each in named},
            "label_set_id": label_set_id,
            "run_id": one.run_id,
        }


def keeper(system: str, configuration: dict[str, Any], prompt: Prompt) -> Keeper:
    return Keeper(system, configuration, prompt, distortions.shipped().as_label_set())


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
