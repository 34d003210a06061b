"""The results of a live study: what counts, what is left out, and what is missing."""

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Assignment, Study
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.results import Results, ResultsOf, SystemMean, run


def of(store: Store, system: str, criterion: str = "relevance", **options: str) -> SystemMean:
    found = run(store, ResultsOf("live", **options))
    return next(each for each in found.criteria[criterion] if each.system == system)


def results(store: Store) -> Results:
    return run(store, ResultsOf("live"))


def test_systems_come_by_code_in_the_codes_order_until_unblinding(live_study: Store) -> None:
    found = results(live_study)
    assert not found.unblinded
    assert [each.system for each in found.criteria["relevance"]] == ["S1", "S2"]
    with live_study.writing() as session:
        session.execute(update(Study).values(unblinded_at=Study.created_at))
    found = results(live_study)
    assert [each.system for each in found.criteria["relevance"]] == ["secret-b", "secret-a"]


def test_only_the_newest_revision_counts(live_study: Store) -> None:
    # S2's items: 1 (rater A: first 0, then 1; B: 8 % 3 = 2), 3 (A: nothing yet; B: 10 % 3 = 1),
    # 5 (A: 5 % 3 = 2; B: 12 % 3 = 0); the repeat, item 7, does not count.
    mean = of(live_study, "S2").mean
    assert (mean.n, mean.items, mean.value) == (5, 3, 6 / 5)
    assert mean.share == {0: 1 / 5, 1: 2 / 5, 2: 2 / 5}
    assert mean.level == 0.9


def test_missing_scores_are_counted_and_repeats_and_calibration_left_out(
    live_study: Store,
) -> None:
    first, second = of(live_study, "S1"), of(live_study, "S2")
    assert (first.missing, first.repeats, first.calibration) == (1, 0, 2)
    assert (second.missing, second.repeats, second.calibration) == (1, 2, 0)


def test_one_group_of_raters_can_be_asked_for(live_study: Store) -> None:
    student = of(live_study, "S2", group="student")
    assert (student.mean.n, student.mean.value, student.missing) == (3, 1.0, 0)
    with pytest.raises(NotKnown, match="in the group nurse; groups: student, therapist"):
        of(live_study, "S2", group="nurse")


def test_a_study_without_judgements_says_what_is_missing(
    sqlite_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item,system,rater,criterion,value\n1,A,r,relevance,\n2,A,r,relevance,\n")
    importing.run(sqlite_store, RatingsImport(path, "waiting"))
    with pytest.raises(NotAllowed, match="no judgements yet: 0 of 2 assignments are answered"):
        run(sqlite_store, ResultsOf("waiting"))
    with sqlite_store.writing() as session:
        session.execute(delete(Assignment))
    with pytest.raises(NotAllowed, match="waiting has no assignments yet"):
        run(sqlite_store, ResultsOf("waiting"))
