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
    assert (mean.n, mean.questions, mean.value) == (5, 3, 6 / 5)
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


def imported(store: Store, folder: Path, text: str) -> Results:
    (folder / "a.csv").write_text(text)
    importing.run(store, RatingsImport(folder / "a.csv", "outside"))
    return run(store, ResultsOf("outside"))


def test_items_of_one_question_are_counted_and_are_one_cluster(
    sqlite_store: Store, tmp_path: Path
) -> None:
    rows = [f"{q}{n},{q},{s},r,rel,{(n + len(q)) % 3}\n" for q in ("q", "qq") for n in (1, 2, 3)
            for s in "AB"]  # fmt: skip
    found = imported(sqlite_store, tmp_path, "item,question_id,system,rater,criterion,value\n"
                     + "".join(rows) + "z,qq,B,r,rel,2\n")  # fmt: skip
    assert (found.scored.questions, found.scored.items) == (2, 13)
    first, second = found.criteria["rel"]
    assert [(each.items, each.mean.questions, each.mean.n) for each in (first, second)] == [
        (6, 2, 6),
        (7, 2, 7),
    ]
    assert first.mean.code == "no_spread"  # each question's mean is 1


def test_raters_and_questions_without_a_score_are_assigned_only(
    sqlite_store: Store, tmp_path: Path
) -> None:
    head = "item,system,rater,criterion,value,comment\n"
    rows = "1,A,r1,rel,2,\n1,A,r2,rel,,\n2,A,r1,rel,,cannot say\n"
    found = imported(sqlite_store, tmp_path, head + rows)
    assert vars(found.scored) == {"raters": 1, "questions": 1, "items": 1}
    assert vars(found.assigned) == {"raters": 2, "questions": 2, "items": 2}


def test_a_criterion_that_a_system_was_not_asked_about_is_not_missing(
    sqlite_store: Store, tmp_path: Path
) -> None:
    head = "item,system,rater,criterion,value\n"
    rows = "1,A,r,rel,2\n1,A,r,str,\n1,B,r,rel,1\n2,B,r,rel,\n"
    found = imported(sqlite_store, tmp_path, head + rows)
    assert [(each.mean.n, each.missing) for each in found.criteria["str"]] == [(0, 1), (0, 0)]
    assert [each.missing for each in found.criteria["rel"]] == [0, 1]
