"""The demo store, made by the commands that a user would type."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from db import items, people, studies, verify
from db.engine import Store, connect
from db.errors import StoreError
from db.tables import Assignment, Item
from pipeline import passwords
from pipeline.cli.serve import demo_store
from pipeline.cli.serve.demo_store import DemoNotMade
from pipeline.demo.commands import LABELLERS, PASSWORD, PEOPLE, RATERS, Command, commands, stock


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[str]]:
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    said: list[str] = []
    assert demo_store.make(path, commands(), say=said.append)
    assert [entry.name for entry in path.parent.iterdir()] == ["demo.sqlite"]
    return connect(f"sqlite:///{path}"), said


def test_the_demo_has_an_open_study_with_all_questions_and_hidden_repeats(
    demo: tuple[Store, list[str]],
) -> None:
    store, _ = demo
    with store.reading() as session:
        study = studies.get(session, name="demo")
        counts = studies.counts(session, study_id=study.id)
        originals = session.scalars(
            select(Item).where(Item.study_id == study.id, Item.repeat_of_id.is_(None))
        ).all()
        assert study.status == "open"
        assert len({item.question_id for item in originals}) == 51
        assert len(originals) == 51 * 3
        assert 3 <= counts.repeats <= 10
        assert counts.raters == 4
    assert verify.run(store).problems == []


def test_two_therapists_and_two_students_have_every_item_in_orders_of_their_own(
    demo: tuple[Store, list[str]],
) -> None:
    store, _ = demo
    with store.reading() as session:
        raters = people.raters(session, usernames=RATERS)
        assert Counter(rater.group for rater in raters) == {"therapist": 2, "student": 2}
        orders = [
            tuple(
                session.scalars(
                    select(Assignment.item_id)
                    .where(Assignment.person_id == rater.id)
                    .order_by(Assignment.position)
                )
            )
            for rater in raters
        ]
        assert len(set(orders)) == 4
        assert len({frozenset(order) for order in orders}) == 1


def test_two_labellers_have_twelve_questions_and_a_lead_none(
    demo: tuple[Store, list[str]],
) -> None:
    store, _ = demo
    with store.reading() as session:
        study = studies.get(session, name="demo-labels")
        assert (study.kind, study.status) == ("distortion", "open")
        assert studies.counts(session, study_id=study.id) == studies.Counts(12, 0, 2, 24, 0)
        within = items.orders(session, study_id=study.id)
        labellers = people.raters(session, usernames=LABELLERS)
        assert within.keys() == {person.id for person in labellers}
        (lead,) = people.leads(session)
        assert lead.username == "lead"


def test_everyone_who_judges_has_one_open_study_which_opens_by_itself(
    demo: tuple[Store, list[str]],
) -> None:
    store, _ = demo
    with store.reading() as session:
        found = {
            person.username: [s.name for s in studies.of_rater(session, person_id=person.id)]
            for person in people.raters(session)
        }
    assert found == {name: ["demo"] for name in RATERS} | {
        name: ["demo-labels"] for name in LABELLERS
    }


def test_everyone_signs_in_with_the_demo_password(demo: tuple[Store, list[str]]) -> None:
    store, _ = demo
    with store.reading() as session:
        for person in PEOPLE:
            kept = people.get(session, username=person.username).password_hash
            assert passwords.fits(PASSWORD, password_hash=kept)


def test_each_command_is_shown_as_it_can_be_typed(demo: tuple[Store, list[str]]) -> None:
    _, said = demo
    assert len(said) == len(commands())
    assert said[4].startswith("$ echo demo-only | cbt people add --username therapist ")
    assert said[-3] == "$ cbt study open demo"
    assert said[-1] == "$ cbt study open demo-labels"


def test_a_store_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    path.write_bytes(b"mine")
    assert not demo_store.make(path, commands(), say=lambda _: None)
    assert path.read_bytes() == b"mine"


def test_a_command_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    wrong = [*stock()[:1], Command(("study", "open", "nowhere"))]
    with pytest.raises(DemoNotMade, match="cbt study open nowhere"):
        demo_store.make(tmp_path / "demo.sqlite", wrong, say=lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written to"):
        demo_store.make(tmp_path / "file" / "demo.sqlite", commands(), say=lambda _: None)
