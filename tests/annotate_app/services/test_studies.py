from collections.abc import Callable
from typing import Any

import pytest

from annotate_app.services import rating, studies
from annotate_app.services.sign_in import SignedIn
from db.errors import NotAllowed
from db.judgements import NewJudgement
from db.studies import get


def someone(made: Any, username: str, *roles: str) -> SignedIn:
    return SignedIn(made.people[username], username, "P-AAAA", roles)


def test_a_rater_sees_the_open_studies_with_items_for_them(made: Any) -> None:
    (mine,) = studies.open_studies(made.store, person_id=made.people["lin"])
    assert (mine.name, mine.answered, mine.assigned) == ("pilot", 0, 6)
    assert studies.open_studies(made.store, person_id=made.people["he"]) == []


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_a_study_that_is_not_open_is_not_offered(made_sqlite: Any, status: Any) -> None:
    with made_sqlite.store.writing() as session:
        get(session, name="pilot").status = status
    assert studies.open_studies(made_sqlite.store, person_id=made_sqlite.people["lin"]) == []


def test_progress_counts_each_rater_under_the_pseudonym(
    made: Any, given: Callable[..., NewJudgement]
) -> None:
    lin = made.people["lin"]
    for token in ("t1", "t2"):  # a changed judgement is still one item
        rating.save(
            made.store, person_id=lin, item_code=made.codes["lin"][0], given=given(token=token)
        )
    (study,) = studies.progress(made.store, reader=someone(made, "guo", "researcher"))
    assert (study.name, study.status, study.items, study.repeats) == ("pilot", "open", 6, 0)
    assert (study.answered, study.assigned, study.own) == (1, 12, False)
    assert [(rater.answered, rater.assigned) for rater in study.raters] == [(1, 6), (0, 6)]
    assert all(rater.pseudonym.startswith("P-") for rater in study.raters)
    assert study.raters[0].last_at is not None
    assert study.raters[1].last_at is None


def test_who_rates_in_a_study_is_told_that_its_results_stay_closed(made_sqlite: Any) -> None:
    reader = someone(made_sqlite, "wu", "rater", "researcher")
    assert [study.own for study in studies.progress(made_sqlite.store, reader=reader)] == [True]


def test_the_studies_are_not_for_someone_who_only_rates(made_sqlite: Any) -> None:
    with pytest.raises(NotAllowed):
        studies.progress(made_sqlite.store, reader=someone(made_sqlite, "lin", "rater"))
