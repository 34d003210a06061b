"""A study, from its plan to what raters get."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from db import label_sets, people, schema, verify
from db.account_tables import Person
from db.engine import Store, connect
from db.errors import AlreadyKnown, FileRejected, KnownError, NotAllowed, NotKnown
from db.tables import (
    Assignment,
    Event,
    Item,
    LabelSet,
    Question,
    Response,
    Run,
    Study,
    StudySystem,
    System,
)
from pipeline.codebook import distortions as codebooks
from pipeline.study.balance import Range
from pipeline.study.create import Created, run
from pipeline.study.studyfile import Plan, shipped

PLAN = Plan(name="pilot", systems=("A", "B"), sample=10, seed=7, repeats=0.1)
Seen = dict[str, list[tuple[str, str, bool]]]


def seen(store: Store, name: str = "pilot") -> Seen:
    """What each rater gets, in order: question, system, whether it is a repeat."""
    query = (
        select(Person.username, Question.external_id, System.name, Item.repeat_of_id)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Item, Assignment.item_id == Item.id)
        .join(Study, Item.study_id == Study.id)
        .join(Question, Item.question_id == Question.id)
        .join(Response, Item.response_id == Response.id)
        .join(System, Response.system_id == System.id)
        .where(Study.name == name)
        .order_by(Assignment.position)
    )
    found: Seen = {}
    with store.reading() as session:
        for username, question, system, original in session.execute(query):
            found.setdefault(username, []).append((question, system, original is not None))
    return found


def coded(store: Store, name: str = "pilot") -> Seen:
    """The same with the systems' codes, which is what a seed replays."""
    code = codes(store, name)
    return {
        rater: [(question, code[system], again) for question, system, again in order]
        for rater, order in seen(store, name).items()
    }


def codes(store: Store, name: str = "pilot") -> dict[str, str]:
    query = (
        select(System.name, StudySystem.code)
        .join(StudySystem, StudySystem.system_id == System.id)
        .join(Study, StudySystem.study_id == Study.id)
        .where(Study.name == name)
    )
    with store.reading() as session:
        return dict(session.execute(query).all())


def nothing_is_stored(store: Store) -> bool:
    with store.reading() as session:
        return not any(
            session.scalars(select(table).limit(1)).first() for table in (Study, Item, Run, Event)
        )


def test_every_rater_gets_every_answer_and_its_repeats(filled: Store) -> None:
    made = run(filled, PLAN)
    assert (made.balance.items, made.balance.raters, made.balance.assignments) == (22, 3, 66)
    orders = seen(filled)
    assert orders.keys() == {"li", "wang", "zhao"}
    for order in orders.values():
        originals = Counter((q, s) for q, s, is_repeat in order if not is_repeat)
        assert set(originals.values()) == {1}
        assert len(originals) == 20
        repeats = [(q, s) for q, s, is_repeat in order if is_repeat]
        assert len(repeats) == 2
        for question, system in repeats:
            assert order.index((question, system, False)) < order.index((question, system, True))
    assert len({tuple(order) for order in orders.values()}) == 3
    assert verify.run(filled).problems == []


def test_some_raters_a_question_judge_all_its_answers(filled: Store) -> None:
    made = run(filled, replace(PLAN, per_item=2, repeats=0.0))
    assert (made.balance.items, made.balance.assignments) == (20, 40)
    judges: dict[str, dict[str, set[str]]] = {}
    for rater, order in seen(filled).items():
        for question, system, _ in order:
            judges.setdefault(question, {}).setdefault(system, set()).add(rater)
    assert all(len(of["A"]) == 2 and of["A"] == of["B"] for of in judges.values())
    loads = [len(order) for order in seen(filled).values()]
    assert max(loads) - min(loads) <= 2


def test_a_seed_replays_in_a_store_that_was_filled_in_another_order(
    filled: Store, fill: Callable[..., Store], tmp_path: Path
) -> None:
    other = connect(f"sqlite:///{tmp_path / 'other.sqlite'}")
    schema.upgrade(other.engine)
    fill(other, backwards=True)
    plan = replace(PLAN, per_item=2)
    run(filled, plan)
    run(other, plan)
    assert coded(filled) == coded(other)
    run(other, replace(plan, name="again", seed=8))
    assert coded(other, "again") != coded(other)
    other.engine.dispose()


def test_a_seed_tells_neither_code_nor_order_of_a_system(small: Store) -> None:
    """Else unblinding a pilot, or replaying a seed, would unblind the main study."""
    with small.writing() as session:
        for n in range(4):
            system = System(name=f"more-{n}", kind="local")
            session.add(system)
            session.flush()
            session.add_all(
                Response(question_id=question, system_id=system.id, text="慢慢来。")
                for question in session.scalars(select(Question.id)).all()
            )
    plan = replace(PLAN, systems=("A", "B", *(f"more-{n}" for n in range(4))))
    names = [f"study-{n}" for n in range(8)]
    for name in names:
        run(small, replace(plan, name=name))
    assert len({tuple(sorted(codes(small, name).items())) for name in names}) > 1
    assert len({str(seen(small, name)) for name in names}) > 1
    assert len({str(coded(small, name)) for name in names}) == 1


def test_items_are_stored_in_an_order_that_codes_give(small: Store) -> None:
    query = (
        select(StudySystem.code)
        .join(Response, Response.system_id == StudySystem.system_id)
        .join(Item, (Item.response_id == Response.id) & (Item.study_id == StudySystem.study_id))
        .order_by(Item.id)
    )
    for n in range(8):
        run(small, replace(PLAN, name=f"study-{n}", repeats=0.0))
    with small.reading() as session:
        assert session.scalars(query).all() == ["S1", "S2"] * 80


def test_item_codes_tell_nothing_and_differ_from_draw_to_draw(small: Store) -> None:
    run(small, PLAN)
    run(small, replace(PLAN, name="again"))
    with small.reading() as session:
        found = session.scalars(select(Item.code)).all()
    assert len(set(found)) == 44
    assert all(re.fullmatch("[ACDEFHJKLMNPQRTUVWXY34679]{8}", code) for code in found)


def test_a_study_keeps_what_it_was_created_with(filled: Store) -> None:
    run(filled, PLAN)
    with filled.reading() as session:
        study = session.scalars(select(Study)).one()
        default = shipped()
        assert (study.status, study.kind, study.origin) == ("draft", "rating", "local")
        assert study.criteria == list(default.criteria or ())
        assert (study.guidelines, study.analysis) == (default.guidelines, default.analysis)
        assert {key: study.design[key] for key in ("sample", "seed", "per_item", "repeats")} == {
            "sample": 10,
            "seed": 7,
            "per_item": None,
            "repeats": 0.1,
        }
        assert study.design["frame"]["questions"] == 12
        assert study.design["balance"]["assignments"] == 66
        record = session.scalars(select(Run)).one()
        assert (record.stage, record.configuration["seed"]) == ("study create", 7)
        assert record.ended_at is not None
        assert [event.kind for event in session.scalars(select(Event))] == ["created"]


def test_without_a_seed_one_is_drawn_and_kept(small: Store) -> None:
    first = run(small, replace(PLAN, seed=None))
    second = run(small, replace(PLAN, seed=None, name="again"))
    assert first.seed != second.seed
    run(small, replace(PLAN, seed=first.seed, name="replayed"))
    assert coded(small, "replayed") == coded(small)


def test_only_the_raters_named_get_items(small: Store) -> None:
    run(small, replace(PLAN, raters=("zhao", "li")))
    assert seen(small).keys() == {"li", "zhao"}


def test_a_rater_who_is_disabled_gets_no_items(small: Store) -> None:
    with small.writing() as session:
        person = session.scalars(select(Person).where(Person.username == "li")).one()
        person.disabled_at = person.created_at
    run(small, PLAN)
    assert seen(small).keys() == {"wang", "zhao"}


def test_without_raters_the_draft_waits_for_them(small: Store) -> None:
    made = run(small, replace(PLAN, raters=(), per_item=2))
    assert (made.balance.items, made.balance.raters, made.balance.assignments) == (22, 0, 0)


def test_one_system_can_be_rated_alone(small: Store) -> None:
    made = run(small, replace(PLAN, systems=("B",), repeats=0.0))
    assert (made.balance.items, made.balance.answer_gap) == (10, None)


def distortions(store: Store, **options: object) -> Created:
    return run(store, Plan(name="pilot", kind="distortion", seed=1, **options))  # type: ignore[arg-type]


def test_a_distortion_study_labels_questions_and_gives_each_to_two(filled: Store) -> None:
    made = distortions(filled, sample=5, repeats=0.2)
    assert (made.balance.items, made.balance.repeats, made.balance.assignments) == (6, 1, 12)
    with filled.reading() as session:
        assert set(session.scalars(select(Item.response_id))) == {None}
        study = session.scalars(select(Study)).one()
        default = shipped("distortion")
        assert (study.criteria, study.guidelines) == ([], default.guidelines_on["question"])
        assert (study.analysis, study.design["per_item"]) == (default.analysis, 2)
        assert study.design["adjudication"] == {
            "on": ["presence", "labels", "cannot_tell"],
            "agreed": 0.1,
        }


def test_a_distortion_study_keeps_the_codebook_as_it_was_when_it_was_created(filled: Store) -> None:
    for name in ("first", "second"):
        run(filled, Plan(name=name, kind="distortion"))
    with filled.reading() as session:
        (label_set,) = session.scalars(select(LabelSet))
        ids = set(session.scalars(select(Study.label_set_id)))
        codebook = codebooks.shipped()
        assert (label_set.name, label_set.version) == ("distortions", codebook.version)
        assert (label_sets.ids(label_set), ids) == (list(codebook.ids), {label_set.id})
        assert codebooks.changes(label_set.labels) == {}


def test_a_distortion_study_takes_500_questions_or_all_where_there_are_fewer(
    sqlite_store: Store, fill: Callable[..., Store]
) -> None:
    fill(sqlite_store, questions=501, systems=())
    made = distortions(sqlite_store, raters=())
    assert (made.frame, made.balance.items, made.at_most) == (501, 500, 500)
    again = run(sqlite_store, Plan(name="own", kind="distortion", sample=501, raters=()))
    assert (again.balance.items, again.at_most) == (501, None)


def test_pairs_of_labellers_share_about_equally_many_items(
    small: Store, fill: Callable[..., Store]
) -> None:
    with small.writing() as session:
        people.add(session, username="qian", roles=["rater"], group=None, password_hash=None)
    shared = distortions(small).balance.questions_per_pair
    assert shared == Range(2, 2)


def test_a_distortion_study_can_judge_one_systems_answers(small: Store) -> None:
    made = distortions(small, sample=5, systems=("A",))
    assert made.balance.items == 5
    with small.reading() as session:
        study = session.scalars(select(Study)).one()
        assert study.guidelines == shipped("distortion").guidelines_on["answer"]
    assert {system for order in seen(small).values() for _, system, _ in order} == {"A"}


@pytest.mark.parametrize(
    ("plan", "error", "sentence"),
    [
        (
            replace(PLAN, systems=("A", "X")),
            NotKnown,
            "there is no system X; there are A, B",
        ),
        (
            replace(PLAN, systems=()),
            NotAllowed,
            "a rating study needs at least one system whose answers are rated",
        ),
        (replace(PLAN, raters=("li", "nobody")), NotKnown, "no rater is called nobody;"),
        (
            replace(PLAN, per_item=4),
            NotAllowed,
            "4 raters for each question are wanted, but there are 3",
        ),
        (
            Plan(name="pilot", kind="distortion", raters=("li",)),
            NotAllowed,
            "2 raters for each question are wanted, but there is 1",
        ),
        (
            replace(PLAN, sample=100),
            NotAllowed,
            "a sample of 100 is larger than its frame of 12 questions; ask for fewer",
        ),
        (
            replace(PLAN, name="a\nb"),
            NotAllowed,
            "a study needs a name of 1 to 100 characters on one line",
        ),
        (replace(PLAN, name="a\u2028b"), NotAllowed, "a study needs a name"),
        (replace(PLAN, name="a\u202eb"), NotAllowed, "a study needs a name"),
        (replace(PLAN, name="a\x7fb"), NotAllowed, "a study needs a name"),
        (replace(PLAN, name="a" * 101), NotAllowed, "a study needs a name"),
        (replace(PLAN, name=" "), NotAllowed, "a study needs a name"),
        (
            replace(PLAN, repeats=float("nan")),
            NotAllowed,
            "repeats is a share from 0 to 1, not nan",
        ),
        (
            replace(PLAN, kind="distortion", criteria=shipped().criteria),
            FileRejected,
            "a distortion study has labels, not criteria; leave out [[criteria]]",
        ),
        (
            replace(PLAN, kind="distortion"),
            NotAllowed,
            "a distortion study labels the questions, or the answers of one system, not of 2;"
            " create one study for each of A, B",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_stored(
    small: Store, plan: Plan, error: type[KnownError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        run(small, plan)
    assert caught.value.message.startswith(sentence)
    assert nothing_is_stored(small)


def test_a_name_may_hold_the_space_of_chinese_text(small: Store) -> None:
    assert run(small, replace(PLAN, name="试点　一")).study == "试点　一"


def test_a_name_that_is_taken_is_refused(filled: Store) -> None:
    run(filled, PLAN)
    with pytest.raises(AlreadyKnown, match="there is a study pilot already; choose another name"):
        run(filled, PLAN)


def test_of_two_creations_at_once_under_one_name_one_is_refused(filled: Store) -> None:
    def attempt(seed: int) -> str:
        try:
            return run(filled, replace(PLAN, seed=seed)).study
        except AlreadyKnown as error:
            return error.code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(attempt, [1, 2])) == ["already_known", "pilot"]
    assert verify.run(filled).problems == []
