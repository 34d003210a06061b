"""What a researcher chooses from."""

from db import people, rosters, sign_ins
from db.account_tables import Person
from db.engine import Store
from db.tables import Question, Response, System


def test_a_system_counts_the_questions_that_it_answered_and_not_its_answers(
    stored_study: Store,
) -> None:
    with stored_study.writing() as session:
        session.add_all(
            [
                Question(source="other", external_id="2", text="怎么办"),
                Question(source="outside", external_id="3"),
                System(name="silent", kind="local"),
            ]
        )
        session.flush()
        session.add_all(
            [
                Response(question_id=1, system_id=1, sample=1, text="又一个"),
                Response(question_id=2, system_id=1, text="不好", status="refused"),
                Response(question_id=2, system_id=2, text=None),
                Response(question_id=3, system_id=2, text="没有问题文字"),
            ]
        )
        session.flush()
        assert rosters.systems(session) == {"kind": 1}
        assert rosters.sources(session) == ["demo", "other"]


def test_people_come_with_the_start_of_their_last_sign_in_and_no_outside_raters(
    stored_study: Store,
) -> None:
    with stored_study.writing() as session:
        session.add(Person(pseudonym="P-AAAA", scope="imported", roles=["rater"]))
        people.add(session, username="wang", roles=["lead"], group=None, password_hash=None)
        sign_ins.begin(session, person_id=1)
        sign_ins.begin(session, person_id=1)
        session.flush()
        first, second = rosters.people(session)
        assert (first.person.username, second.person.username) == ("li", "wang")
        assert first.last_at is not None
        assert second.last_at is None
