from typing import Any

import pytest

from annotate_app.services import rights
from annotate_app.services.sign_in import SignedIn
from db import people, studies
from tests.annotate_app.leads import make_cases


def known(made: Any, username: str, *roles: str) -> SignedIn:
    """Someone as a page knows them, whatever the store has by now."""
    return SignedIn(made.people[username], username, "P-AAAA", roles)


@pytest.mark.parametrize("username", ["lin", "zhao"])
def test_a_rater_and_a_lead_are_no_researchers_whatever_a_page_remembers(
    made: Any, username: str
) -> None:
    with pytest.raises(rights.NotForYou):
        rights.check(made.store, known(made, username, "researcher"))


def test_a_researcher_who_is_disabled_has_no_right_from_then_on(made: Any) -> None:
    guo = known(made, "guo", "researcher")
    rights.check(made.store, guo)
    with made.store.writing() as session:
        people.switch(session, person=people.get(session, username="guo"), able=False)
    with pytest.raises(rights.NotForYou), rights.writing(made.store, guo):
        pytest.fail("a disabled person may not write")


def test_a_lead_watches_and_a_rater_does_not(made_sqlite: Any) -> None:
    with made_sqlite.store.reading() as session:
        rights.check_watches(session, known(made_sqlite, "zhao"))
        with pytest.raises(rights.NotForYou):
            rights.check_watches(session, known(made_sqlite, "lin"))


def test_results_stay_closed_to_a_lead_until_all_cases_are_decided(sqlite_store: Any) -> None:
    cases = make_cases(sqlite_store, items=2)
    with sqlite_store.reading() as session:
        study = studies.get(session, name="labels")
        rights.check_outside(session, known(cases, "qian"), study)
        with pytest.raises(rights.CasesWaiting, match="decide your 2 waiting cases"):
            rights.check_outside(session, known(cases, "zhao"), study)
        with pytest.raises(rights.OwnStudy):
            rights.check_outside(session, known(cases, "li"), study)
