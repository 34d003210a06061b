"""The results of a live study: what counts, what is left out, and what is missing."""

import random
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Assignment, Study
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport
from pipeline.results import Results, ResultsOf, SystemMean, run
from pipeline.stats.model.ordinal import OrdinalFit


def of(store: Store, system: str, criterion: str = "relevance", **options: str) -> SystemMean:
    found = run(store, ResultsOf("live", **options))
    return next(each for each in found.criteria[criterion].systems if each.system == system)


def results(store: Store) -> Results:
    return run(store, ResultsOf("live"))


def test_systems_come_by_code_in_the_codes_order_until_unblinding(live_study: Store) -> None:
    found = results(live_study)
    assert not found.unblinded
    assert [each.system for each in found.criteria["relevance"].systems] == ["S1", "S2"]
    with live_study.writing() as session:
        session.execute(update(Study).values(unblinded_at=Study.created_at))
    found = results(live_study)
    assert [each.system for each in found.criteria["relevance"].systems] == [
        "secret-b",
        "secret-a",
    ]
    (difference,) = found.criteria["relevance"].differences
    assert (difference.a, difference.b) == ("secret-b", "secret-a")


def test_only_the_newest_revision_counts(live_study: Store) -> None:
    # S2's items: 1 (rater A: first 0, then 1; B: 8 % 3 = 2), 3 (A: nothing yet; B: 10 % 3 = 1),
    # 5 (A: 5 % 3 = 2; B: 12 % 3 = 0); the repeat, item 7, does not count.
    found = of(live_study, "S2")
    assert (found.n, found.questions, found.mean.value) == (5, 3, 6 / 5)
    assert found.share == {0: 1 / 5, 1: 2 / 5, 2: 2 / 5}
    assert found.mean.level == 0.9


def test_missing_scores_are_counted_and_repeats_and_calibration_left_out(
    live_study: Store,
) -> None:
    first, second = of(live_study, "S1"), of(live_study, "S2")
    assert (first.missing, first.repeats, first.calibration) == (1, 0, 2)
    assert (second.missing, second.repeats, second.calibration) == (1, 2, 0)


def test_one_group_of_raters_can_be_asked_for(live_study: Store) -> None:
    student = of(live_study, "S2", group="student")
    assert (student.n, student.mean.value, student.missing) == (3, 1.0, 0)
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
        session.execute(update(Study).values(status="draft"))
    with pytest.raises(NotAllowed, match="are answered; it is a draft, so open it first"):
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
    first, second = found.criteria["rel"].systems
    assert [(each.items, each.questions, each.n) for each in (first, second)] == [
        (6, 2, 6),
        (7, 2, 7),
    ]
    assert first.mean.code == "few_questions"


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
    assert [(each.n, each.missing) for each in found.criteria["str"].systems] == [(0, 1), (0, 0)]
    assert [each.missing for each in found.criteria["rel"].systems] == [0, 1]
    (difference,) = found.criteria["str"].differences
    assert (difference.estimate.code, difference.p, difference.test) == ("no_pairs", None, None)
    assert difference.no_p_holm
    assert [each.rank.code for each in found.criteria["str"].ranks] == ["no_scores", "no_scores"]


def rows(scores: dict[tuple[str, str, str], list[int]], criterion: str = "rel") -> str:
    """A file's rows: of a system by a rater of a group, a score for each of the questions."""
    return "".join(
        f"{number},{system},{rater},{group},{criterion},{score}\n"
        for (system, rater, group), each in scores.items()
        for number, score in enumerate(each)
        if score >= 0
    )


HEAD = "item,system,rater,rater_group,criterion,value\n"


def test_systems_are_compared_question_by_question(sqlite_store: Store, tmp_path: Path) -> None:
    # Sums of the two raters: A 4 3 3 2 4 4 2, B 2 2 3 2 2 1 2, so A is ahead on 4, never behind;
    # differences 2 1 0 0 2 3 0: of 16 flips only all plus and all minus are as far from 0.
    a, b = [2, 2, 1, 1, 2, 2, 1], [1, 1, 2, 1, 1, 0, 1]
    more = {("A", "s", "y"): [2, 1, 2, 1, 2, 2, 1], ("B", "s", "y"): [1, 1, 1, 1, 1, 1, 1]}
    text = rows({("A", "r", "x"): a, ("B", "r", "x"): b} | more)
    found = imported(sqlite_store, tmp_path, HEAD + text).criteria["rel"]
    (difference,) = found.differences
    assert (difference.a, difference.b, difference.n_pairs) == ("A", "B", 7)
    assert difference.estimate.value == pytest.approx(8 / 14, abs=1e-15)
    assert difference.estimate.low is not None
    assert (difference.p, difference.p_holm, difference.test) == (1 / 8, 1 / 8, "sign-flip, exact")
    assert (difference.wins, difference.losses, difference.ties) == (4, 0, 3)
    assert difference.net == 4 / 7
    assert difference.balanced
    assert difference.of_means == pytest.approx(8 / 14, abs=1e-15)
    assert [each.rank.value for each in found.ranks] == [1, 2]
    assert sum(each.p_best or 0 for each in found.ranks) == pytest.approx(1)


def test_holm_adjusts_over_the_frozen_family_and_says_what_is_outside(
    sqlite_store: Store, tmp_path: Path
) -> None:
    lines = HEAD + "".join(
        rows({(system, "r", "x"): scores for system, scores in of.items()}, criterion)
        for criterion, of in {
            "one": {"A": [2] * 8, "B": [1] * 8, "C": [0] * 7 + [2]},
            "two": {"A": [0] * 6 + [2, 1], "B": [1] * 8, "C": [2] * 8},
            "more": {"A": [2] * 8, "B": [1] * 8, "C": [0] * 8},
        }.items()
    )
    imported(sqlite_store, tmp_path, lines)
    with sqlite_store.writing() as session:
        plan = {"family": ["one", "two"], "primary": "one", "level": 0.95, "seed": 3}
        session.execute(update(Study).values(analysis=plan))
    found = run(sqlite_store, ResultsOf("outside"))
    assert (found.family.tests, found.family.primary) == (6, "one")
    pairs = {name: of.differences for name, of in found.criteria.items()}
    # Of 256 flips as many are as far from 0 as the 2, 4, 18 and 32, 4, 2 that can be counted by
    # hand: 8 times 1; 7 times 2; 7 times 1 and -1; 6 times -1 and 1; 6 times -2 and -1; 8 times -1.
    # Holm: 6 * 2, 5 * 2 and so 12 again, 4 * 4, 3 * 4 and so 16 again, 2 * 18, 32 and so 36 again.
    p = [[256 * (each.p or 0) for each in pairs[name]] for name in ("one", "two")]
    assert p == [[2, 4, 18], [32, 4, 2]]
    adjusted = [[256 * (each.p_holm or 0) for each in pairs[name]] for name in ("one", "two")]
    assert adjusted == [[12, 16, 36], [36, 16, 12]]
    assert [each.p for each in pairs["more"]] == [2 / 256] * 3
    assert [each.p_holm for each in pairs["more"]] == [None] * 3
    assert {each.no_p_holm.code for each in pairs["more"] if each.no_p_holm} == {"outside_family"}


def test_shuffled_rows_and_other_names_of_raters_change_no_figure(
    sqlite_store: Store, tmp_path: Path
) -> None:
    dice = random.Random(5)  # noqa: S311
    scores = {
        (system, f"r{rater}", "x"): [dice.choice([-1, 0, 1, 2, 2]) for _ in range(12)]
        for system in "ABC"
        for rater in range(3)
    }
    lines = rows(scores).splitlines(keepends=True)
    first = imported(sqlite_store, tmp_path, HEAD + "".join(lines))
    dice.shuffle(lines)
    # The first row says which system is S1.
    lines.sort(key=lambda line: line.split(",")[1])
    renamed = "".join(lines).replace(",r0,", ",zoe,").replace(",r2,", ",anna,")
    (tmp_path / "b.csv").write_text(HEAD + renamed)
    importing.run(sqlite_store, RatingsImport(tmp_path / "b.csv", "again"))
    again = run(sqlite_store, ResultsOf("again"))
    assert again.criteria == first.criteria


def test_groups_are_described_beside_each_other(sqlite_store: Store, tmp_path: Path) -> None:
    scores = {
        ("A", f"{group}{rater}", group): [(q + rater + len(group)) % 3 for q in range(9)]
        for group, raters in (("student", 3), ("therapist", 2), ("x", 3))
        for rater in range(raters)
    }
    found = imported(sqlite_store, tmp_path, HEAD + rows(scores))
    assert [(g.group, g.raters, g.descriptive_only) for g in found.groups] == [
        ("student", 3, False),
        ("therapist", 2, True),
        ("x", 3, False),
    ]
    (student,) = found.groups[0].criteria["rel"]
    of_students = run(sqlite_store, ResultsOf("outside", group="student"))
    alone = of_students.criteria["rel"].systems[0]
    assert (student.n, student.mean.value, student.share) == (27, alone.mean.value, alone.share)
    assert of_students.groups == []
    few, enough, _ = found.group_differences["rel"]
    assert (few.a, few.b, few.n_pairs, few.estimate.code) == (
        "student",
        "therapist",
        9,
        "few_raters",
    )
    assert few.estimate.value == pytest.approx(
        alone.mean.value - found.groups[1].criteria["rel"][0].mean.value
    )
    assert (enough.a, enough.b, enough.estimate.code) == ("student", "x", "no_spread")


def test_one_system_has_neither_differences_nor_ranks(sqlite_store: Store, tmp_path: Path) -> None:
    found = imported(sqlite_store, tmp_path, HEAD + rows({("A", "r", "x"): [0, 1, 2, 2, 1, 0, 2]}))
    assert (found.criteria["rel"].differences, found.criteria["rel"].ranks) == ([], [])
    assert found.family.tests == 0
    assert found.criteria["rel"].systems[0].mean.low is not None


def test_a_study_in_which_nobody_could_judge_has_no_figure(
    sqlite_store: Store, tmp_path: Path
) -> None:
    text = "".join(f"{n},{s},r,rel,,dialect\n" for n in range(8) for s in "AB")
    head = "item,system,rater,criterion,value,comment\n"
    found = imported(sqlite_store, tmp_path, head + text).criteria["rel"]
    assert {each.mean.code for each in found.systems} == {"no_scores"}
    assert {each.estimate.code for each in found.differences} == {"no_pairs"}
    assert {(each.rank.code, each.p_best) for each in found.ranks} == {("no_scores", None)}


def test_the_mixed_model_is_fitted_where_it_is_asked_for(
    sqlite_store: Store, tmp_path: Path
) -> None:
    dice = random.Random(5)  # noqa: S311
    scores = {
        (system, f"r{rater}", "x"): [dice.choice(values) for _ in range(30)]
        for system, values in (("A", [1, 2, 2]), ("B", [0, 0, 1, 2]))
        for rater in range(2)
    }
    assert imported(sqlite_store, tmp_path, HEAD + rows(scores)).criteria["rel"].model is None
    model = run(sqlite_store, ResultsOf("outside", model=True)).criteria["rel"].model
    assert isinstance(model, OrdinalFit)
    (contrast,) = model.differences
    assert (contrast.estimate.low or 0) > 0  # A's scores are higher
