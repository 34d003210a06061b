"""Differences of agreements: of groups, of criteria, of studies, and what cannot be compared."""

from pathlib import Path

import pytest

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline.agreement.contrast import Contrast
from pipeline.agreement.measuring import AgreementOf, run
from tests.pipeline.imported import import_scores, rows_of

GROUPS = ("student",) * 3 + ("therapist",) * 3
# Students always agree, therapists on two units of three.
APART = ["000000", "111112", "222222"] * 2


def contrast(store: Store, against: str, **options: str) -> Contrast:
    found = run(store, AgreementOf("outside", against=against, **options)).contrast
    assert found is not None
    return found


@pytest.fixture
def grouped(sqlite_store: Store, tmp_path: Path) -> Store:
    rows = rows_of(APART, groups=GROUPS)
    rows += rows_of(["000000", "111111", "222222"] * 2, criterion="structure", groups=GROUPS)
    import_scores(sqlite_store, tmp_path, rows)
    return sqlite_store


def test_groups_are_compared_over_the_same_items(grouped: Store) -> None:
    found = contrast(grouped, "therapist", group="student", criterion="relevance")
    (relevance,) = found.criteria
    assert (found.kind, found.same_items) == ("group", True)
    assert (relevance.a, relevance.b) == ("student", "therapist")
    percent = relevance.coefficients[0]
    # Two of three pairs of therapists differ on one unit of three: 1 - 2 / 9.
    assert (percent.a.value, percent.b.value) == (1, pytest.approx(7 / 9))
    assert percent.difference.value == pytest.approx(2 / 9)
    assert percent.difference.low is not None


def test_of_two_groups_the_other_one_need_not_be_named(grouped: Store) -> None:
    named = contrast(grouped, "therapist", group="student")
    assert contrast(grouped, "therapist") == named
    assert contrast(grouped, "group:therapist") == named


def test_criteria_are_compared_over_the_same_items(grouped: Store) -> None:
    found = contrast(grouped, "structure")
    (relevance,) = found.criteria
    assert (found.kind, relevance.a, relevance.b) == ("criterion", "relevance", "structure")
    percent = relevance.coefficients[0]
    assert percent.b.value == 1
    assert percent.a.value is not None
    assert percent.difference.value == pytest.approx(percent.a.value - 1)


def test_studies_are_compared_over_different_items(grouped: Store, tmp_path: Path) -> None:
    import_scores(grouped, tmp_path, rows_of(["00", "11", "22", "12"]), study="pilot")
    found = contrast(grouped, "study:pilot")
    (relevance,) = found.criteria  # the pilot has no other
    assert (found.kind, found.same_items) == ("study", False)
    assert (relevance.a, relevance.b) == ("outside", "pilot")
    assert relevance.coefficients[0].b.value == 0.75


@pytest.mark.parametrize(
    ("against", "options", "why"),
    [
        ("structure", {"criterion": "structure"}, "structure is compared with itself"),
        ("student", {"group": "student"}, "name by --group which group to compare student with"),
        ("study:outside", {}, "outside is compared with itself"),
        ("study:none", {}, "there is no study none"),
        ("group:nurse", {}, "no rater of the study outside is in the group nurse"),
        ("criterion:tone", {}, "the study outside has no criterion tone"),
        ("tone", {}, "no group or criterion tone; groups: student, therapist; criteria"),
        ("study:", {}, "no group or criterion study:"),
    ],
)
def test_what_cannot_be_compared_says_why(
    grouped: Store, against: str, options: dict[str, str], why: str
) -> None:
    with pytest.raises((NotAllowed, NotKnown), match=why):
        contrast(grouped, against, **options)


def test_a_name_of_a_group_and_a_criterion_asks_which(sqlite_store: Store, tmp_path: Path) -> None:
    rows = rows_of(["0011"], criterion="student", groups=("student", "student", "tutor", "tutor"))
    import_scores(sqlite_store, tmp_path, rows)
    with pytest.raises(NotAllowed, match="write group:student or criterion:student"):
        contrast(sqlite_store, "student")
    assert contrast(sqlite_store, "group:student").criteria[0].a == "tutor"


def test_a_study_with_other_criteria_cannot_be_compared(grouped: Store, tmp_path: Path) -> None:
    import_scores(grouped, tmp_path, rows_of(["00"], criterion="tone"), study="pilot")
    with pytest.raises(NotAllowed, match="pilot has none of these criteria: relevance, structure"):
        contrast(grouped, "study:pilot")
