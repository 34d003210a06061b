from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import studies, study_admin
from annotate_app.services.rights import NotForYou
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.study_admin import Unfit, planned
from db import people
from db.errors import AlreadyKnown, FileRejected, KnownError, NotAllowed, NotKnown
from db.tables import Event, Question, Response
from pipeline.study import create as create_
from pipeline.study.blinding import A_SYSTEM
from pipeline.study.studyfile import SHIPPED, Plan
from tests.annotate_app.conftest import CANARY

SYSTEMS = (f"{CANARY}-1", f"{CANARY}-2")


def someone(made: Any, username: str = "guo") -> SignedIn:
    return SignedIn(made.people[username], username, "P-AAAA", ("researcher",))


def plan(**given: Any) -> Any:
    return planned(None, **{"name": "new", "systems": SYSTEMS, "source": None, **given})


def create(made: Any, **given: Any) -> SignedIn:
    guo = someone(made)
    study_admin.make(made.store, by=guo, plan=plan(**given))
    return guo


def test_the_form_offers_systems_with_their_answers_sources_and_raters(made: Any) -> None:
    found = study_admin.choices(made.store, by=someone(made))
    assert found.systems == dict.fromkeys(SYSTEMS, 3)
    assert found.sources == [CANARY]
    assert [rater.username for rater in found.raters] == ["lin", "wu", "he"]


def test_the_preview_is_what_the_study_then_is(made: Any) -> None:
    guo, wanted = someone(made), plan(sample=2, per_item=2, repeats=0.25)
    found = study_admin.preview(made.store, by=guo, plan=wanted)
    assert (found.questions, found.frame, found.systems) == (2, 3, 2)
    assert (found.items, found.repeats, found.raters, found.each) == (5, 1, 3, 3)
    assert [study.name for study in studies.overview(made.store, reader=guo)] == ["pilot"]
    study_admin.make(made.store, by=guo, plan=found.plan)
    made_ = studies.progress(made.store, reader=guo, name="new")
    assert (made_.status, made_.seed) == ("draft", found.plan.seed)
    assert (made_.counts.items, made_.counts.repeats) == (found.items, found.repeats)
    assert made_.counts.assigned == pytest.approx(found.each * found.raters, abs=3)


def test_what_the_form_says_counts_more_than_the_file() -> None:
    file = b'name = "filed"\nsystems = ["a", "b"]\nsample = 7\nseed = 3\n[frame]\nsource = "x"\n'
    found = planned(file, name="", systems=(), source="y", sample=None, seed=0)
    assert (found.name, found.systems, found.sample) == ("filed", ("a", "b"), 7)
    assert (found.seed, found.frame.source) == (0, "y")
    assert planned(SHIPPED["rating"].read_bytes(), name="n", systems=("a",), source=None).criteria


def labelling(**given: Any) -> Any:
    return planned(None, **{"name": "new", "kind": "distortion", "source": None, **given})


def test_the_preview_of_a_distortion_study_is_what_it_then_is(made: Any) -> None:
    guo = someone(made)
    for name, systems in (("questions", ()), ("answers", SYSTEMS[:1])):
        wanted = labelling(name=name, systems=systems, repeats=1 / 3)
        found = study_admin.preview(made.store, by=guo, plan=wanted)
        assert (found.questions, found.usual, found.systems) == (3, 500, len(systems))
        assert (found.items, found.repeats, found.raters, found.each) == (4, 1, 3, 3)
        assert (found.seconds, found.hours) == (60, 0.05)
        study_admin.make(made.store, by=guo, plan=found.plan)
        made_ = studies.progress(made.store, reader=guo, name=name)
        assert (made_.kind, made_.seed, made_.systems) == (
            "distortion",
            found.plan.seed,
            len(systems),
        )
        assert (made_.counts.items, made_.counts.assigned) == (4, 8)
        assert made_.labels is not None
        assert (made_.labels.name, made_.labels.changes) == ("distortions", {})


def test_of_many_questions_the_preview_takes_500(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        session.add_all(Question(source="many", external_id=str(n), text="?") for n in range(600))
    found = study_admin.preview(
        made_sqlite.store, by=someone(made_sqlite), plan=labelling(source="many")
    )
    assert (found.questions, found.frame, found.usual, found.each) == (500, 600, None, 333)


def test_a_file_for_labelling_goes_with_that_kind_only() -> None:
    file = SHIPPED["distortion"].read_bytes()
    with pytest.raises(Unfit) as refused:
        planned(file, name="n", source=None, kind="rating")
    assert refused.value.code == "other_kind"
    assert planned(file, name="n", source=None, kind="distortion").adjudication


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "nameless"),
        ({"systems": SYSTEMS}, "one_system"),
        ({"sample": 4}, "sample_too_large"),
        ({"raters": ("lin",)}, "too_few_labellers"),
        ({"per_item": 4}, "too_few_labellers"),
        ({"per_item": 1}, "no_overlap"),
    ],
)
def test_a_distortion_study_that_cannot_be_says_why_before_anything_is_made(
    made_sqlite: Any, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(KnownError) as refused:
        study_admin.preview(made_sqlite.store, by=someone(made_sqlite), plan=labelling(**given))
    assert refused.value.code == code


def test_a_distortion_study_is_given_to_enough_labellers_before_it_is_opened(made: Any) -> None:
    guo, store = someone(made), made.store
    study_admin.make(store, by=guo, plan=labelling(raters=("lin", "wu")))
    with pytest.raises(Unfit) as refused:
        study_admin.assign(store, by=guo, name="new", usernames=["he"])
    assert refused.value.code == "too_few_labellers"
    study_admin.assign(store, by=guo, name="new", usernames=["he", "lin"])
    assert study_admin.leaks(store, by=guo, name="new") == []
    study_admin.open_(store, by=guo, name="new")
    assert studies.progress(store, reader=guo, name="new").status == "open"


def test_a_distortion_study_without_overlap_is_not_opened(made_sqlite: Any) -> None:
    guo, store = someone(made_sqlite), made_sqlite.store
    create_.run(store, Plan(name="new", kind="distortion", per_item=1))
    with pytest.raises(KnownError) as refused:
        study_admin.open_(store, by=guo, name="new")
    assert refused.value.code == "no_overlap"


def test_an_uploaded_file_names_no_file_of_the_server() -> None:
    file = b'name = "n"\nsystems = ["a"]\n[frame]\nids = "/etc/passwd"\n'
    with pytest.raises(FileRejected, match="cbt study create --file"):
        planned(file, source=None)
    with pytest.raises(FileRejected, match=r"study.toml is not a TOML file"):
        planned(b"name = ", source=None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": ""}, "incomplete"),
        ({"systems": ()}, "incomplete"),
        ({"sample": 4}, "sample_too_large"),
        ({"per_item": 4}, "too_few_raters"),
    ],
)
def test_a_plan_that_cannot_be_says_why_before_anything_is_made(
    made_sqlite: Any, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unfit) as refused:
        study_admin.preview(made_sqlite.store, by=someone(made_sqlite), plan=plan(**given))
    assert refused.value.code == code


def test_a_taken_name_and_unknown_systems_and_raters_are_refused(made_sqlite: Any) -> None:
    store, guo = made_sqlite.store, someone(made_sqlite)
    for given, error in (
        ({"name": "pilot"}, AlreadyKnown),
        ({"systems": ("other",)}, NotKnown),
        ({"raters": ("zhao",)}, NotKnown),
    ):
        with pytest.raises(error):
            study_admin.preview(store, by=guo, plan=plan(**given))


def test_a_study_is_opened_once_and_closed_once(made: Any) -> None:
    guo, store = create(made), made.store
    study_admin.open_(store, by=guo, name="new")
    assert studies.progress(store, reader=guo, name="new").status == "open"
    study_admin.close(store, by=guo, name="new")
    assert studies.progress(store, reader=guo, name="new").status == "closed"
    for step in (study_admin.open_, study_admin.close):
        with pytest.raises(NotAllowed):
            step(store, by=guo, name="new")


def test_the_log_says_who_did_what_to_a_study(made: Any) -> None:
    guo, store = create(made), made.store
    study_admin.assign(store, by=guo, name="new", usernames=["lin"])
    study_admin.open_(store, by=guo, name="new")
    study_admin.close(store, by=guo, name="new")
    with store.reading() as session:
        asked = select(Event.kind, Event.person_id).where(Event.study_id.is_not(None))
        done = session.execute(asked.order_by(Event.id)).all()
    kinds = ("created", "assigned", "opened", "closed")
    assert [tuple(row) for row in done] == [(kind, made.people["guo"]) for kind in kinds]


def test_items_of_someone_who_was_disabled_are_named_before_opening(made: Any) -> None:
    guo, store = create(made), made.store
    with store.writing() as session:
        person = people.get(session, username="he")
        people.switch(session, person=person, able=False)
        pseudonym = person.pseudonym
    with pytest.raises(Unfit) as refused:
        study_admin.open_(store, by=guo, name="new")
    assert (refused.value.code, refused.value.values) == ("disabled_raters", {"who": pseudonym})
    study_admin.assign(store, by=guo, name="new", usernames=["lin", "wu"])
    study_admin.open_(store, by=guo, name="new")
    assert studies.progress(store, reader=guo, name="new").counts.raters == 2


def test_answers_that_tell_their_origin_are_found_before_opening(made_sqlite: Any) -> None:
    guo, store = create(made_sqlite), made_sqlite.store
    assert study_admin.leaks(store, by=guo, name="new") == []
    with store.writing() as session:
        session.scalars(select(Response)).first().text = f"我是 {SYSTEMS[0]}。"
    (leak,) = study_admin.leaks(store, by=guo, name="new")
    assert leak.found == [A_SYSTEM]


def test_a_late_rater_gets_all_items_of_an_open_study(made: Any) -> None:
    guo, store = create(made, raters=("lin", "wu")), made.store
    study_admin.open_(store, by=guo, name="new")
    within, others = study_admin.raters(store, by=guo, name="new")
    assert [rater.username for rater in within] == ["lin", "wu"]
    assert [rater.username for rater in others] == ["he"]
    study_admin.assign(store, by=guo, name="new", usernames=["he"])
    counts = studies.progress(store, reader=guo, name="new").counts
    assert (counts.raters, counts.assigned) == (3, 18)


@pytest.mark.parametrize("username", ["lin", "zhao"])
def test_raters_and_leads_change_no_study(made_sqlite: Any, username: str) -> None:
    store, by = made_sqlite.store, someone(made_sqlite, username)
    asked = (
        lambda: study_admin.choices(store, by=by),
        lambda: study_admin.preview(store, by=by, plan=plan()),
        lambda: study_admin.make(store, by=by, plan=plan()),
        lambda: study_admin.leaks(store, by=by, name="pilot"),
        lambda: study_admin.open_(store, by=by, name="pilot"),
        lambda: study_admin.close(store, by=by, name="pilot"),
        lambda: study_admin.raters(store, by=by, name="pilot"),
        lambda: study_admin.assign(store, by=by, name="pilot", usernames=["he"]),
    )
    for ask in asked:
        with pytest.raises(NotForYou):
            ask()
    (pilot,) = studies.overview(store, reader=someone(made_sqlite))
    assert (pilot.status, pilot.counts.assigned) == ("open", 12)
