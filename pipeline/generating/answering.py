"""Ask a model for answers, and say what becomes of each reply."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from pipeline.calling.asking import Model, Request
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.talk import Output, Talk
from pipeline.calling.work import Again, Kept, Settled
from pipeline.generating import reading
from pipeline.generating.first import first, is_in_danger
from pipeline.generating.gate.gate import Gate
from pipeline.generating.outcome import Found, refused, set_aside
from pipeline.generating.preparing import Prepared
from pipeline.generating.reading import Draft
from pipeline.generating.storing import Keeper
from pipeline.generating.wanted import Generating

REFUSAL_SHOWN = 300  # characters of a model's refusal that its reason holds
NO_ROOM = Found("no_room", "ends at the limit of tokens, with twice the room too")
FILTERED = Found("filtered", "was kept back by the server's filter")


class Answering:
    """The work of one run: it makes the requests, reads the replies and stores the answers."""

    def __init__(self, config: Generating, prepared: Prepared, *, keeper: Keeper) -> None:
        elsewhere = set(prepared.said) - {id_ for id_, _ in prepared.to_do}
        self.planned = len(prepared.to_do) + len(elsewhere)  # those come from batch jobs
        self._room, self._prepared, self._keeper = config.answer_tokens, prepared, keeper
        self._gate = Gate(prepared.prompt)
        model = replace(config.model, schema=prepared.prompt.schema())
        self._talk = Talk(model, output=prepared.output, first=self._anew)

    @property
    def model(self) -> Model:
        return self._talk.model

    @property
    def output(self) -> Output:
        """How answers are asked for, as far as that is known by now."""
        return self._talk.output

    def remember(self, question_id: int, text: str) -> None:
        """Take in an answer that was kept before."""
        self._gate.remember(question_id, text)

    def requests(self) -> Iterator[Request]:
        return map(self._first, self._prepared.to_do)

    def read(self, request: Request, reply: Reply) -> Kept | Again:
        self._talk.heard(request)
        if reply.refusal:
            return refused(Found("refused", f"was refused: {reply.refusal[:REFUSAL_SHOWN]}"))
        if reply.finish_reason == "content_filter":
            return refused(FILTERED)
        draft = reading.read(reply.content, self._prepared.prompt, structured=not request.plain)
        if reply.finish_reason == "length":
            return self._talk.longer(request, set_aside(draft, [NO_ROOM]))
        if not self._talk.follows(request, reply, readable=draft.unread != "no_json"):
            return self._talk.plainly(request)
        return self._judged(request, reply, draft)

    def faulted(self, request: Request, fault: Fault) -> Kept | Again | None:
        return self._talk.faulted(request, fault, refused(FILTERED))

    def keep(self, session: Session, settled: Sequence[Settled]) -> None:
        self._keeper.keep(session, settled, output=self.output)

    def _anew(self, request: Request) -> Request:
        return self._first((request.question_id, request.sample))

    def _first(self, of: tuple[int, int]) -> Request:
        said = self._prepared.said[of[0]]
        return first(
            self._prepared.prompt,
            said,
            of=of,
            room=self._room,
            plain=self._talk.plain,
            danger=is_in_danger(said),
        )

    def _judged(self, request: Request, reply: Reply, draft: Draft) -> Kept | Again:
        said = self._prepared.said[request.question_id]
        problems = self._gate.problems(
            draft,
            question_id=request.question_id,
            question=f"{said.text}\n{said.description}",
        )
        if not problems:
            self._gate.remember(request.question_id, draft.text)
            return Kept("kept", draft)
        otherwise = set_aside(draft, [Found(problem.code, problem.why) for problem in problems])
        ask = "\n".join(problem.ask for problem in problems)
        return self._talk.repaired(request, reply, ask, otherwise)
