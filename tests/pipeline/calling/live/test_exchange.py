"""A reply for whose mending there is no money waits for a run that has it."""

from typing import Any

import pytest

from db.engine import Store
from pipeline.calling.asking import Model
from pipeline.calling.live import run as live
from pipeline.calling.work import Called, Limits
from tests.model_server import Answer, ModelServer, model_server
from tests.pipeline.calling import answers
from tests.pipeline.calling.answers import ROOM, RUN_OF, Answers, answer


def called(store: Store, server: ModelServer, *, max_tokens: int | None) -> Called:
    work = Answers(store, Model("m-1", server.url))
    limits = Limits(concurrency=4, tries=2, max_tokens=max_tokens)
    return live.run(store, work, run_of=RUN_OF, limits=limits, key=None, tell=lambda _: None)


class Script:
    """The first answer is cut off where it has little room, or is no JSON until it is mended."""

    def __init__(self, *, cut_off: bool) -> None:
        self.cut_off = cut_off

    def __call__(self, body: Any) -> Answer:
        more = len(body["messages"]) > 2 or body["max_tokens"] > ROOM
        if body["messages"][1]["content"] != "第0个问题" or more:
            return Answer(answer("好。"))
        if self.cut_off:
            return Answer("{", finish_reason="length")
        return Answer("没有 JSON。")


@pytest.mark.parametrize("cut_off", [True, False])
def test_a_budget_leaves_what_it_cannot_mend_as_an_endless_one_would_have_found_it(
    store: Store, *, cut_off: bool
) -> None:
    answers.add_questions(store, 3)
    one = answers.ROOM + 100
    with model_server(Script(cut_off=cut_off)) as server:
        first = called(store, server, max_tokens=one)
        assert (first.kept, first.set_aside, first.left, first.stopped) == (0, 0, 3, "budget")
        assert [row.state for row in answers.journal(store)] == ["held"]
        again = called(store, server, max_tokens=one)
        assert (again.attempts, again.left, again.stopped) == (0, 3, "budget")
        assert called(store, server, max_tokens=None).kept == 3
    assert len(server.asked) == 4
    assert answers.stored(store)[1] == ("好。", "kept", None, 200, 100)
