from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import people, sign_in
from annotate_app.services.rights import NotForYou
from annotate_app.services.sign_in import SignedIn
from db.errors import AlreadyKnown
from db.people import NameUnfit
from db.tables import Event


def someone(made: Any, username: str) -> SignedIn:
    return SignedIn(made.people[username], username, "P-AAAA", ("researcher",))


def events(made: Any, kind: str) -> list[tuple[int | None, dict[str, Any]]]:
    with made.store.reading() as session:
        found = session.scalars(select(Event).where(Event.kind == kind))
        return [(event.person_id, event.details) for event in found]


def test_the_list_says_who_came_when_and_who_has_yet_to(made: Any) -> None:
    guo = someone(made, "guo")
    sign_in.begin(made.store, person_id=guo.person_id)
    people.add(made.store, by=guo, username="Sun", roles=["rater"], group="student")
    found = {member.username: member for member in people.members(made.store, by=guo)}
    assert list(found) == ["lin", "wu", "guo", "zhao", "he", "sun"]
    assert found["guo"].last_at is not None
    assert (found["lin"].last_at, found["lin"].pending) == (None, False)
    assert (found["sun"].pending, found["sun"].group) == (True, "student")
    assert found["wu"].roles == ("rater", "researcher")


def test_who_adds_whom_is_on_record_without_the_name(made_sqlite: Any) -> None:
    guo = someone(made_sqlite, "guo")
    assert people.add(made_sqlite.store, by=guo, username="Ｓun", roles=["lead"], group="") == "sun"
    ((by, details),) = events(made_sqlite, "added")
    assert by == guo.person_id
    assert details["roles"] == ["lead"]
    assert "sun" not in str(details)


def test_a_name_that_is_taken_or_unfit_adds_nobody(made_sqlite: Any) -> None:
    guo = someone(made_sqlite, "guo")
    for name, error in (("LIN", AlreadyKnown), ("a,b", NameUnfit)):
        with pytest.raises(error):
            people.add(made_sqlite.store, by=guo, username=name, roles=["rater"], group=None)
    assert len(people.members(made_sqlite.store, by=guo)) == 5


def test_someone_who_is_disabled_is_out_at_once_and_can_come_back(made: Any) -> None:
    guo = someone(made, "guo")
    token = sign_in.begin(made.store, person_id=made.people["lin"])
    people.switch(made.store, by=guo, username="lin", able=False)
    assert sign_in.who(made.store, token=token) is None
    people.switch(made.store, by=guo, username="lin", able=True)
    assert sign_in.who(made.store, token=sign_in.begin(made.store, person_id=made.people["lin"]))
    assert [by for by, _ in events(made, "disabled")] == [guo.person_id]


def test_nobody_disables_themselves_so_one_researcher_is_always_left(made: Any) -> None:
    guo, wu = someone(made, "guo"), someone(made, "wu")
    with pytest.raises(people.NotYourself):
        people.switch(made.store, by=guo, username="guo", able=False)
    people.switch(made.store, by=guo, username="wu", able=False)
    with pytest.raises(NotForYou):  # who is disabled cannot take the other one along
        people.switch(made.store, by=wu, username="guo", able=False)


def test_a_lost_laptop_is_signed_out_by_a_researcher(made_sqlite: Any) -> None:
    guo = someone(made_sqlite, "guo")
    token = sign_in.begin(made_sqlite.store, person_id=made_sqlite.people["lin"])
    people.sign_out_everywhere(made_sqlite.store, by=guo, username="lin")
    assert sign_in.who(made_sqlite.store, token=token) is None
    assert [by for by, _ in events(made_sqlite, "signed_out")] == [guo.person_id]


@pytest.mark.parametrize("username", ["lin", "zhao"])
def test_raters_and_leads_look_after_nobody(made_sqlite: Any, username: str) -> None:
    store, by = made_sqlite.store, someone(made_sqlite, username)
    asked = (
        lambda: people.members(store, by=by),
        lambda: people.add(store, by=by, username="sun", roles=["rater"], group=None),
        lambda: people.invite(store, by=by, username="guo"),
        lambda: people.switch(store, by=by, username="guo", able=False),
        lambda: people.sign_out_everywhere(store, by=by, username="guo"),
    )
    for ask in asked:
        with pytest.raises(NotForYou):
            ask()
