from db.engine import Store
from tests.batch_server import batch_server
from tests.pipeline.calling.answers import add_questions, stored
from tests.pipeline.calling.batch.batched import good, jobs, run, states


def test_a_batch_answers_every_question_once(store: Store) -> None:
    add_questions(store, 5)
    with batch_server(good) as server:
        called = run(store, server.url)
    assert (called.kept, called.failed, called.left, called.out) == (5, {}, 0, 0)
    assert stored(store)[2] == ('关于第1个问题', "kept", None, 100, 50)
    assert len(server.bought) == 5
    assert [job.state for job in jobs(store)] == ["collected"]
    assert states(store) == {"answered": 5}
