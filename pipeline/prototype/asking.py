"""Ask a model for the one answer that may become an example."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from db.questions import Said
from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.work import Again, Kept, Settled
from pipeline.prompts.prompt import Prompt


class Asking:
    """One request by a prompt without example: by its schema, or as text where that is refused.

    Nothing is stored but the journal's own row: that is the proposal.
    """

    planned = 1

    def __init__(
        self, prompt: Prompt, model: Model, *, question_id: int, said: Said, room: int
    ) -> None:
        self.model = replace(model, schema=prompt.schema())
        self._prompt, self._said = prompt, said
        self._question_id, self._room = question_id, room

    def requests(self) -> Iterator[Request]:
        yield self._request(plain=self.model.schema is None)

    def read(self, _request: Request, reply: Reply) -> Kept | Again:
        return Kept("refused" if reply.refusal else "kept", None, reply.refusal)

    def faulted(self, request: Request, fault: Fault) -> Kept | Again | None:
        if fault.kind != "bad_request":
            return None
        if fault.about == "max_tokens" and self.model.limit_name == "max_tokens":
            self.model = replace(self.model, limit_name="max_completion_tokens")
            return Again(request, None)
        if fault.about in (None, "response_format") and not request.plain:
            return Again(self._request(plain=True), None)
        return None

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        del session, settled

    def _request(self, *, plain: bool) -> Request:
        messages = self._prompt.messages(
            question=self._said.text,
            description=self._said.description,
            structured=not plain,
        )
        return Request(self._question_id, messages, self._room, plain=plain)
