"""How requests are cut into files."""

from contextlib import ExitStack

from db.attempts import Spent
from pipeline.calling.asking import Model, Request
from pipeline.calling.batch.shards import Cutter, Room, Shard, Waiting
from pipeline.calling.journal.apart import Apart
from pipeline.calling.journal.budget import Budget
from pipeline.calling.journal.calls import Call
from pipeline.calling.work import Limits
from tests.pipeline.calling.answers import Answers


def request(number: int) -> Request:
    return Request(number, ({"role": "user", "content": "睡不着" * 10},), 50)


def cut(work: Answers, waiting: Waiting, room: Room, files: ExitStack) -> list[Shard]:
    cutter = Cutter(run_id=1, budget=Budget(Limits(), Spent()), files=files, room=room)
    shards: list[Shard] = []
    shard = cutter.begin()
    while waits := waiting.look():
        ask, call = waits
        assert isinstance(call, Call)
        if cutter.add(shard, ask, call):
            waiting.take()
        else:
            shards.append(shard)
            shard = cutter.begin()
    return [*shards, shard]


def test_a_file_ends_where_the_next_line_would_be_too_much() -> None:
    work = Answers(store=None, model=Model("m"))  # type: ignore[arg-type]
    with ExitStack() as files:
        [one] = cut(work, Waiting(work, Apart(iter([request(0)])), {}), Room(9), files)
        fits_two = Room(rows=9, bytes=2 * one.size_bytes)
        asked = Waiting(work, Apart(map(request, range(5))), {})
        shards = cut(work, asked, fits_two, files)
        assert [len(shard.rows) for shard in shards] == [2, 2, 1]
        for shard in shards:
            shard.file.seek(0)
            assert len(shard.file.read()) == shard.size_bytes <= fits_two.bytes
            assert shard.most == (len(shard.rows) * (90 + 32), len(shard.rows) * 50)


def test_a_line_that_is_larger_than_a_file_may_be_goes_alone() -> None:
    work = Answers(store=None, model=Model("m"))  # type: ignore[arg-type]
    with ExitStack() as files:
        waiting = Waiting(work, Apart(map(request, range(2))), {})
        shards = cut(work, waiting, Room(rows=9, bytes=10), files)
    assert [len(shard.rows) for shard in shards] == [1, 1]
