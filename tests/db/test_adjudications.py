from db import adjudications, people, studies
from db.adjudications import LeadStudy
from db.engine import Store
from db.labels import Labelling, to_json
from db.tables import Adjudication, AdjudicationCase, Assignment, Item, Judgement
from pipeline.study import adjudicating
from pipeline.study.adjudicating import Wanted
from tests.pipeline.labels import close, give, make_label_study


def drawn(store: Store) -> tuple[int, int]:
    """Store a study with three cases of zhao's; return the ids of the study and of zhao."""
    make_label_study(store, questions=3)
    for place in (1, 2, 3):
        give(store, "labels", "li", place, "yes")
        give(store, "labels", "wang", place, "no")
    close(store)
    with store.writing() as session:
        lead = people.add(
            session, username="zhao", roles=["lead"], group=None, password_hash=None
        ).id
    adjudicating.run(store, Wanted("labels"))
    with store.reading() as session:
        return studies.get(session, name="labels").id, lead


def step(store: Store, item: int, revision: int, *, decides: bool) -> None:
    with store.writing() as session:
        case = session.query(AdjudicationCase).filter_by(item_id=item).one()
        answer = to_json(Labelling("no"))
        session.add(
            Adjudication(
                item_id=item,
                person_id=case.person_id,
                revision=revision,
                before=answer,
                decision=answer if decides else {},
                reason="因为" if decides else "",
            )
        )


def test_a_case_waits_until_there_is_a_decision(store: Store) -> None:
    study, zhao = drawn(store)
    step(store, 1, 1, decides=False)
    step(store, 2, 1, decides=False)
    step(store, 2, 2, decides=True)
    step(store, 2, 3, decides=True)
    with store.reading() as session:
        assert adjudications.waiting(session, study_id=study, person_id=zhao) == 2
        assert adjudications.waiting(session, study_id=study, person_id=1) == 0
        assert adjudications.of_lead(session, person_id=zhao) == [LeadStudy("labels", 3, 1)]
        (lead,) = adjudications.progress(session, study_id=study)
    assert (lead.person_id, lead.cases, lead.decided, lead.waiting, lead.able) == (
        zhao,
        3,
        1,
        2,
        True,
    )


def test_who_labelled_a_repeat_labelled_the_item(store: Store) -> None:
    study, zhao = drawn(store)
    with store.writing() as session:
        first = session.get_one(Item, 1)
        repeat = Item(
            study_id=study, code="AGAIN", question_id=first.question_id, repeat_of_id=first.id
        )
        session.add(repeat)
        session.flush()
        seen = Assignment(study_id=study, item_id=repeat.id, person_id=zhao)
        unseen = Assignment(study_id=study, item_id=2, person_id=zhao)
        session.add_all([seen, unseen])
        session.flush()
        values = {"presence": "no", "confidence": None}
        session.add(Judgement(assignment_id=seen.id, revision=1, values=values, token="z"))
    with store.reading() as session:
        found = adjudications.labellers(session, study_id=study)
    assert zhao in found[1]
    assert zhao not in found[2]
