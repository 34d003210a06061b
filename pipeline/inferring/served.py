"""Let a model behind a server answer: the same questions, told the same, stored the same."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.talk import FILTERED, Talk, refusal
from pipeline.calling.work import Again, Kept, Settled
from pipeline.inferring.judged import Judged, judged
from pipeline.inferring.keeping import Answer, keep
from pipeline.inferring.preparing import Prepared
from pipeline.inferring.wanted import Inferring, Served

ENDED = ("stop", "end_turn", "eos")


class Asking:
    """The work of one run by calls: each question once, as the server's chat template puts it."""

    def __init__(self, config: Inferring, served: Served, prepared: Prepared) -> None:
        self.planned = len(prepared.passages)
        self._config, self._prepared = config, prepared
        self._talk = Talk(served.model, output="text", first=self._anew)

    @property
    def model(self) -> Model:
        return self._talk.model

    def requests(self) -> Iterator[Request]:
        return map(self._request, self._prepared.passages)

    def read(self, _request: Request, reply: Reply) -> Kept | Again:
        refused = refusal(reply)
        if refused:
            return _refused(refused)
        room = self._config.answer_tokens
        found = judged(reply.content, stopped=reply.finish_reason in ENDED, room=room)
        return Kept(found.status, found, found.reason)

    def faulted(self, request: Request, fault: Fault) -> Kept | Again | None:
        return self._talk.faulted(request, fault, _refused(FILTERED))

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        keep(
            session,
            [
                Answer(
                    each.request.question_id,
                    each.run_id,
                    each.kept.what,
                    tokens_in=each.tokens_in,
                    tokens_out=each.tokens_out,
                    cost=each.cost,
                )
                for each in settled
            ],
            system=self._config.system,
            kind="api",
            configuration=self._prepared.configuration,
        )

    def _anew(self, request: Request) -> Request:
        return self._request(request.question_id)

    def _request(self, question_id: int) -> Request:
        told = {"role": "system", "content": self._prepared.instruction}
        asked = {"role": "user", "content": self._prepared.passages[question_id]}
        return Request(question_id, (told, asked), self._config.answer_tokens, plain=True)


def _refused(why: str) -> Kept:
    return Kept("refused", Judged("", "refused", f"refused: {why}", None), f"refused: {why}")
