import pytest

from db.engine import Store
from db.errors import NotKnown
from db.tables import Question, Split
from pipeline.prototype.drawing import draw


def add(store: Store, *said: str, **columns: object) -> None:
    with store.writing() as session:
        session.add_all(
            Question(source="s", external_id=text, text=text, content_hash=text, **columns)
            for text in said
        )


def drawn(store: Store, *, seed: int = 0, source: str | None = None) -> str:
    with store.reading() as session:
        return draw(session, language="zh", source=source, seed=seed).said.text


def test_the_same_seed_draws_the_same_question_and_others_draw_all(sqlite_store: Store) -> None:
    texts = [f"睡不着{n}" for n in range(6)]
    add(sqlite_store, *texts)
    assert drawn(sqlite_store, seed=3) == drawn(sqlite_store, seed=3)
    assert {drawn(sqlite_store, seed=seed) for seed in range(60)} == set(texts)


def test_questions_that_are_no_example_are_never_drawn(store: Store) -> None:
    add(store, "睡不着", "最近真的不想活了", "加我微信：xiaoyu_2019", "I cannot sleep", "要考的")
    add(store, "被人打了标记", tags=["danger"])
    with store.writing() as session:
        kept = session.query(Question).filter_by(text="要考的").one()
        session.add(Split(name="main", question_id=kept.id, subset="test", seed=1))
    assert {drawn(store, seed=seed) for seed in range(40)} == {"睡不着"}


def test_the_same_text_as_a_test_question_is_kept_out_too(sqlite_store: Store) -> None:
    add(sqlite_store, "要考的")
    with sqlite_store.writing() as session:
        kept = session.query(Question).one()
        session.add(Split(name="main", question_id=kept.id, subset="test", seed=1))
        session.add(Question(source="t", external_id="1", text="要考的", content_hash="要考的"))
    with pytest.raises(NotKnown, match="no question fits a worked example: 2 kept for testing"):
        drawn(sqlite_store)


def test_an_empty_store_says_what_to_do(sqlite_store: Store) -> None:
    with pytest.raises(NotKnown, match="run 'cbt import questions FILE' first"):
        drawn(sqlite_store)
