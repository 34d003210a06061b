from typing import Any

import pytest

from annotate_app.services import rating, sign_in
from annotate_app.services.answers import CommentTooLong, NotUnderstood, ReasonTooLong
from annotate_app.services.judging import ChangedElsewhere, Saved
from annotate_app.services.rating import NotYours, SignInEnded, StudyNotOpen
from annotate_app.services.scoring import OffScale, ScoresAndCannotJudge, ScoresMissing
from db.errors import NotAllowed
from db.people import get, switch
from tests.annotate_app.asking import FULL, NONE, asked, keep, leave_unused, set_status, stored


def test_what_was_given_is_stored_whole(made: Any) -> None:
    flags = {"overwhelming": " 太长 ", "harmful": None}
    saved = keep(made, asked(made, comment="  好 🌱 ", flags=flags, seconds=12.5))
    (row,) = stored(made.store)
    assert saved == Saved(revision=1, at=row.submitted_at, known=False)
    assert (row.values, row.comment, row.seconds) == (FULL, "好 🌱", 12.5)
    assert row.flags == [
        {"flag": "harmful", "reason": None},
        {"flag": "overwhelming", "reason": "太长"},
    ]


def test_a_change_is_a_new_revision_and_the_old_one_stays(made: Any) -> None:
    keep(made, asked(made))
    changed = keep(made, asked(made, token="t2", base=1, values={**FULL, "relevance": 0}))
    assert changed.revision == 2
    assert [(row.revision, row.values["relevance"]) for row in stored(made.store)] == [
        (1, 2),
        (2, 0),
    ]


def test_the_same_token_again_changes_nothing_and_tells_what_was_kept(made: Any) -> None:
    first = keep(made, asked(made))
    again = keep(made, asked(made, comment="another", values={"relevance": 9}))
    assert again == Saved(first.revision, first.at, known=True)
    assert len(stored(made.store)) == 1


@pytest.mark.parametrize("status", ["closed", "draft"])
def test_a_token_that_was_kept_is_known_whatever_became_of_the_study(
    made_sqlite: Any, status: str
) -> None:
    keep(made_sqlite, asked(made_sqlite))
    set_status(made_sqlite.store, status)
    assert keep(made_sqlite, asked(made_sqlite)).known


def test_a_token_is_its_assignments_own(made: Any) -> None:
    keep(made, asked(made))
    code = made.codes["lin"][0]
    assert not keep(made, asked(made, "wu", item=code)).known
    assert not keep(made, asked(made, item=made.codes["lin"][1])).known
    assert len(stored(made.store)) == 3


def test_what_was_judged_elsewhere_since_is_shown_and_not_overwritten(made: Any) -> None:
    keep(made, asked(made, comment="先来的", flags={"harmful": None}))
    for base in (0, 2, -1):
        with pytest.raises(ChangedElsewhere) as told:
            keep(made, asked(made, token="t2", base=base))
        newest = told.value.newest
        assert newest is not None
        assert (newest.revision, newest.values, newest.comment) == (1, FULL, "先来的")
        assert newest.flags == {"harmful": ""}
    assert len(stored(made.store)) == 1


def test_a_base_where_nothing_was_judged_yet_is_not_it_either(made: Any) -> None:
    with pytest.raises(ChangedElsewhere) as told:
        keep(made, asked(made, base=1))
    assert told.value.newest is None


def test_an_item_that_cannot_be_judged_has_no_value_for_any_criterion(made: Any) -> None:
    keep(made, asked(made, values=NONE, flags={"cannot_judge": "看不懂"}))
    (row,) = stored(made.store)
    assert row.values == NONE
    assert row.flags == [{"flag": "cannot_judge", "reason": "看不懂"}]


def test_a_missing_score_is_named(made: Any) -> None:
    with pytest.raises(ScoresMissing) as told:
        keep(made, asked(made, values={"relevance": 1, "structure": None}))
    assert told.value.criteria == ["structure", "helpfulness"]
    assert "structure, helpfulness" in told.value.message


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"values": {**FULL, "relevance": 3}}, OffScale),
        ({"values": {**FULL, "relevance": -1}}, OffScale),
        ({"values": {**FULL, "relevance": True}}, OffScale),
        ({"values": {**FULL, "relevance": "2"}}, OffScale),
        ({"values": {**FULL, "relevance": 1.0}}, OffScale),
        ({"values": {**FULL, "relevance": [1]}}, OffScale),
        ({"values": {**FULL, "style": 1}}, OffScale),
        ({"values": {}}, ScoresMissing),
        ({"flags": {"cannot_judge": None}}, ScoresAndCannotJudge),
        ({"values": {}, "flags": {"cannot_judge": None}}, NotUnderstood),
        ({"flags": {"bad": None}}, NotUnderstood),
        ({"flags": {"harmful": "长" * 501}}, ReasonTooLong),
        ({"token": ""}, NotUnderstood),
        ({"token": "t" * 65}, NotUnderstood),
        ({"comment": "长" * 5_001}, CommentTooLong),
    ],
)
def test_a_wrong_answer_is_refused_and_nothing_is_stored(
    made_sqlite: Any, changes: dict[str, Any], error: type[NotAllowed]
) -> None:
    with pytest.raises(error):
        keep(made_sqlite, asked(made_sqlite, **changes))
    assert stored(made_sqlite.store) == []


def test_the_longest_texts_are_kept_whole(made: Any) -> None:
    comment, reason = "🌱" * 5_000, "因" * 500
    keep(made, asked(made, comment=comment, flags={"harmful": reason}, token="t" * 64))
    (row,) = stored(made.store)
    assert (row.comment, row.flags[0]["reason"]) == (comment, reason)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 86_401])
def test_a_clock_that_jumped_is_an_unknown_time(made_sqlite: Any, seconds: float) -> None:
    keep(made_sqlite, asked(made_sqlite, seconds=seconds))
    assert stored(made_sqlite.store)[0].seconds is None


def test_a_nul_is_left_out_and_blanks_are_no_comment(made: Any) -> None:
    keep(made, asked(made, comment="a\x00b"))
    keep(made, asked(made, comment=" \n", item=made.codes["lin"][1]))
    assert [row.comment for row in stored(made.store)] == ["ab", None]


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_a_study_that_is_not_open_keeps_nothing(made: Any, status: str) -> None:
    set_status(made.store, status)
    with pytest.raises(StudyNotOpen):
        keep(made, asked(made))
    assert stored(made.store) == []


@pytest.mark.parametrize("item", ["of another", "no-such-item", "", "' OR 1=1 --"])
def test_an_item_of_someone_else_is_refused_as_one_that_does_not_exist(
    made: Any, item: str
) -> None:
    code = made.codes["lin"][0] if item == "of another" else item
    with pytest.raises(NotYours) as told:
        keep(made, asked(made, "he", item=code))
    assert told.value.message == "this item is not yours to rate"
    assert stored(made.store) == []


@pytest.mark.parametrize("end", ["signed out", "expired", "made up", "disabled"])
def test_who_is_no_longer_signed_in_keeps_nothing(made: Any, end: str) -> None:
    given = asked(made)
    if end == "signed out":
        sign_in.sign_out(made.store, token=given.sign_in, everywhere=False)
    if end == "expired":
        leave_unused(made.store, hours=13)
    if end == "made up":
        given = asked(made, sign_in="made-up")
    if end == "disabled":
        with made.store.writing() as session:
            switch(session, person=get(session, username="lin"), able=False)
    with pytest.raises(SignInEnded):
        keep(made, given)
    assert stored(made.store) == []


def test_who_is_no_longer_a_rater_keeps_nothing(made: Any) -> None:
    given = asked(made)
    with made.store.writing() as session:
        get(session, username="lin").roles = ["researcher"]
    with pytest.raises(NotYours):
        keep(made, given)
    assert stored(made.store) == []


def test_a_desk_that_another_person_left_open_never_judges_for_who_came_after(made: Any) -> None:
    left = rating.package(made.store, person_id=made.people["lin"], study="pilot").owner
    with pytest.raises(SignInEnded):
        keep(made, asked(made, "wu", owner=left, item=made.codes["lin"][0]))
    assert stored(made.store) == []


def test_a_judgement_extends_the_sign_in_it_came_by(made: Any) -> None:
    given = asked(made)
    leave_unused(made.store, hours=6)
    keep(made, given)
    leave_unused(made.store, hours=11)
    assert sign_in.who(made.store, token=given.sign_in)
