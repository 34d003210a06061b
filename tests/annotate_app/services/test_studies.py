from typing import Any

import pytest

from annotate_app.services import studies
from annotate_app.services.rights import NotForYou
from annotate_app.services.sign_in import SignedIn
from db.errors import NotKnown
from db.studies import Counts, get
from tests.annotate_app.answers import answer
from tests.annotate_app.labelling_study import add_labelling


def someone(made: Any, username: str) -> SignedIn:
    return SignedIn(made.people[username], username, "P-AAAA", ())


def test_a_rater_sees_the_studies_with_items_for_them_and_what_is_next(made: Any) -> None:
    answer(made, "lin", 1, 3)
    answer(made, "lin", 1, revision=2)
    (mine,) = studies.of_rater(made.store, person_id=made.people["lin"])
    assert (mine.name, mine.open) == ("pilot", True)
    assert (mine.answered, mine.assigned, mine.next) == (2, 6, 2)
    answer(made, "lin", 2, 4, 5, 6)
    (mine,) = studies.of_rater(made.store, person_id=made.people["lin"])
    assert mine.next is None
    assert studies.of_rater(made.store, person_id=made.people["he"]) == []


def test_a_labeller_sees_distortion_studies_too(made_sqlite: Any) -> None:
    add_labelling(made_sqlite)
    mine = studies.of_rater(made_sqlite.store, person_id=made_sqlite.people["lin"])
    assert [(study.name, study.kind, study.open) for study in mine] == [
        ("pilot", "rating", True),
        ("labels", "distortion", True),
    ]


def test_a_closed_study_stays_in_the_raters_list_and_a_draft_is_not_in_it(made_sqlite: Any) -> None:
    store, lin = made_sqlite.store, made_sqlite.people["lin"]
    with store.writing() as session:
        get(session, name="pilot").status = "closed"
    assert [study.open for study in studies.of_rater(store, person_id=lin)] == [False]
    with store.writing() as session:
        get(session, name="pilot").status = "draft"
    assert studies.of_rater(store, person_id=lin) == []


def test_progress_counts_each_rater_under_the_pseudonym_with_the_usual_time(made: Any) -> None:
    for place, seconds in enumerate((30, 90, 40), start=1):
        answer(made, "lin", place, seconds=seconds)
    answer(made, "lin", 1, revision=2, seconds=1)  # a changed judgement is still one item
    found = studies.progress(made.store, reader=someone(made, "guo"), name="pilot")
    assert found.counts == Counts(items=6, repeats=0, raters=2, assigned=12, answered=3)
    assert (found.status, found.systems, found.own) == ("open", 2, False)
    first, second = found.raters
    assert (first.answered, first.assigned, first.seconds) == (3, 6, 40.0)
    assert (second.answered, second.last_at, second.seconds) == (0, None, None)
    assert first.last_at is not None
    assert all(rater.pseudonym.startswith("P-") for rater in found.raters)


def test_who_rates_in_a_study_is_told_that_its_results_stay_closed(made_sqlite: Any) -> None:
    found = studies.progress(made_sqlite.store, reader=someone(made_sqlite, "wu"), name="pilot")
    assert found.own


def test_the_list_gives_the_size_of_each_study_to_leads_too(made: Any) -> None:
    (pilot,) = studies.overview(made.store, reader=someone(made, "zhao"))
    assert (pilot.name, pilot.status) == ("pilot", "open")
    assert pilot.counts == Counts(items=6, repeats=0, raters=2, assigned=12, answered=0)


def test_the_studies_are_not_for_someone_who_only_rates(made_sqlite: Any) -> None:
    lin = someone(made_sqlite, "lin")
    with pytest.raises(NotForYou):
        studies.overview(made_sqlite.store, reader=lin)
    with pytest.raises(NotForYou):
        studies.progress(made_sqlite.store, reader=lin, name="pilot")


def test_an_unknown_study_is_not_known(made_sqlite: Any) -> None:
    with pytest.raises(NotKnown, match="there is no study other"):
        studies.progress(made_sqlite.store, reader=someone(made_sqlite, "guo"), name="other")
