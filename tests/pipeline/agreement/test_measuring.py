"""Agreement from a real store: published data, overlap, gaps, repeats, groups, and bad input."""

from pathlib import Path

import pytest

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline.agreement.criterion import CriterionAgreement, chosen
from pipeline.agreement.measuring import Agreement, AgreementOf, run
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.families import Which
from tests.pipeline.imported import Row, import_scores, rows_of
from tests.pipeline.stats.oracles import O6_UNITS

# Gwet's raw5obser (ORACLES.md, O6): 15 units, 5 raters, values 0 to 3, our shape.
UNITS = [f"{unit:.<5}" for unit in O6_UNITS.split()]
PUBLISHED = {  # R irrCAC 1.4
    "identity": {"gwet_ac1": 0.49662, "fleiss_kappa": 0.45762, "conger_kappa": 0.46927},
    "linear": {"gwet_ac2": 0.68964, "fleiss_kappa": 0.61185, "conger_kappa": 0.62405},
    "quadratic": {"gwet_ac2": 0.83043, "fleiss_kappa": 0.75072, "conger_kappa": 0.76179},
    "ordinal": {"gwet_ac2": 0.78534, "fleiss_kappa": 0.70122, "conger_kappa": 0.71312},
}
PERCENT = {"identity": 0.61556, "linear": 0.86074, "quadratic": 0.94617, "ordinal": 0.92481}


@pytest.fixture
def gwet(sqlite_store: Store, tmp_path: Path) -> Store:
    import_scores(sqlite_store, tmp_path, rows_of(UNITS), highest=3)
    return sqlite_store


def agreement(store: Store, study: str = "outside", **options: str) -> Agreement:
    return run(store, AgreementOf(study, **options))


def only(found: Agreement) -> CriterionAgreement:
    (criterion,) = found.criteria
    return criterion


def coefficient(found: Agreement, name: str, metric: str) -> Coefficient:
    return chosen(only(found).coefficients, Which(name, metric))


def kappas_of(found: CriterionAgreement) -> dict[frozenset[str], float | None]:
    """Return the kappa of each two raters, whichever comes first."""
    return {
        frozenset((found.raters[pair.a], found.raters[pair.b])): pair.kappa.value
        for pair in found.pairs
    }


@pytest.mark.parametrize("weights", PUBLISHED)
def test_published_coefficients_come_out_of_the_store(gwet: Store, weights: str) -> None:
    found = agreement(gwet, weights=weights)
    for name, value in PUBLISHED[weights].items():
        each = coefficient(found, name, weights)
        assert each.estimate.value == pytest.approx(value, abs=5e-6)
        assert each.items == 15
    percent = coefficient(found, "percent_agreement", weights)
    assert percent.estimate.value == pytest.approx(PERCENT[weights], abs=5e-6)


def test_the_three_things_called_ordinal_are_told_apart(gwet: Store) -> None:
    # Krippendorff's own metric .768685, nominal .480530, interval .771865 (O6).
    found = agreement(gwet, weights="ordinal")
    alphas = {"nominal": 0.480530, "ordinal": 0.768685, "interval": 0.771865}
    for metric, value in alphas.items():
        each = coefficient(found, "krippendorff_alpha", metric)
        assert each.estimate.value == pytest.approx(value, abs=5e-7)
    assert coefficient(found, "gwet_ac2", "ordinal").estimate.value == pytest.approx(
        0.78534, abs=5e-6
    )


def test_items_raters_and_scores_are_counted_and_gaps_are_not_missing(gwet: Store) -> None:
    extent = only(agreement(gwet)).extent
    assert (extent.items, extent.raters, extent.judgements, extent.missing) == (15, 5, 58, 0)
    assert (extent.shared, extent.complete, extent.per_item) == (15, 1, {3: 3, 4: 11, 5: 1})


def test_raters_are_paired_by_item_and_not_by_position(
    gwet: Store, sqlite_store: Store, tmp_path: Path
) -> None:
    rows = rows_of(UNITS)
    import_scores(sqlite_store, tmp_path, rows, study="shuffled", highest=3, shuffled=5)
    first, other = agreement(gwet), agreement(sqlite_store, "shuffled")
    for one, two in zip(only(first).coefficients, only(other).coefficients, strict=True):
        assert two.estimate.value == pytest.approx(one.estimate.value, abs=1e-12)
    kappas = [kappas_of(only(first)), kappas_of(only(other))]
    assert kappas[0] == pytest.approx(kappas[1], abs=1e-12)
    assert len(kappas[0]) == 10


def test_what_was_to_be_scored_and_was_not_is_missing(sqlite_store: Store, tmp_path: Path) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["12?", "0.1", "22.", "1?.", "0..", "..?"]))
    extent = only(agreement(sqlite_store)).extent
    assert (extent.items, extent.raters, extent.judgements, extent.missing) == (5, 3, 8, 3)
    assert (extent.shared, extent.per_item) == (3, {1: 2, 2: 3})


def test_how_often_each_level_was_given_stands_beside_the_kappas(
    sqlite_store: Store, tmp_path: Path
) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["22", "21", "20", "11"]))
    found = only(agreement(sqlite_store))
    first, second = found.distribution.raters
    assert (first.counts, second.counts) == ((0, 1, 3), (1, 2, 1))
    assert (first.mean, second.mean) == (1.75, 1.0)
    assert found.distribution.all.shares == (1 / 8, 3 / 8, 4 / 8)
    most = found.prevalence
    assert most is not None
    assert (most.level, most.share, most.bias) == ("2", 0.5, 0.75)
    assert (most.lowest, most.highest) == (found.raters[1], found.raters[0])


REPEATS = ("item", "question_id", "system", "rater", "criterion", "value", "is_repeat")


def repeated(item: str, rater: str, first: int, again: int | None) -> list[tuple[str, ...]]:
    rows = [(item, item, "A", rater, "relevance", str(first), "false")]
    if again is not None:
        rows.append((f"{item}x", item, "A", rater, "relevance", str(again), "true"))
    return rows


def test_hidden_repeats_tell_of_raters_with_themselves_and_enter_nothing_else(
    sqlite_store: Store, tmp_path: Path
) -> None:
    given = {"r1": [(2, 2), (1, 0), (0, 0)], "r2": [(2, 1), (1, None), (0, 0)]}
    rows = [
        row
        for rater, scores in given.items()
        for place, (first, again) in enumerate(scores)
        for row in repeated(f"q{place}", rater, first, again)
    ]
    import_scores(sqlite_store, tmp_path, rows, columns=REPEATS)
    found = agreement(sqlite_store)
    criterion = only(found)
    assert coefficient(found, "percent_agreement", "identity").estimate.value == 1
    assert (criterion.extent.judgements, found.repeats) == (6, 5)
    pooled, *each = criterion.repeats
    assert (pooled.found.n, pooled.found.items) == (5, 3)
    assert pooled.found.percent_agreement.value == pytest.approx(3 / 5)
    assert [(one.rater, one.found.n) for one in each] == [
        (criterion.raters[0], 3),
        (criterion.raters[1], 2),
    ]
    assert each[0].found.percent_agreement.value == pytest.approx(2 / 3)


def test_without_repeats_it_is_said_that_there_are_none(gwet: Store) -> None:
    (pooled,) = only(agreement(gwet)).repeats
    assert (pooled.found.n, pooled.found.alpha.code) == (0, "no_repeats")


def test_each_rater_is_left_out_once(gwet: Store) -> None:
    found = only(agreement(gwet))
    assert len(found.without) == 10
    import_one = {(found.raters[each.rater], each.metric) for each in found.without}
    assert len(import_one) == 10


GROUPS = ("student", "student", "student", "therapist", "therapist")


def test_groups_are_compared_and_small_ones_described_only(
    sqlite_store: Store, tmp_path: Path
) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(UNITS, groups=GROUPS), highest=3)
    groups = only(agreement(sqlite_store)).groups
    assert groups is not None
    assert [(each.group, each.raters, each.shared) for each in groups.within] == [
        ("student", 3, 15),
        ("therapist", 2, 1),
    ]
    (between,) = groups.between
    assert (between.a, between.b, between.found.items) == ("student", "therapist", 15)
    for each in between.differences:
        assert each.difference.value is not None
        assert (each.difference.low, each.difference.code) == (None, "few_raters")


def test_one_groups_figures_are_those_within_it(sqlite_store: Store, tmp_path: Path) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(UNITS, groups=GROUPS), highest=3)
    groups = only(agreement(sqlite_store)).groups
    assert groups is not None
    student = agreement(sqlite_store, group="student")
    assert only(student).groups is None
    for each in groups.within[0].coefficients:
        alone, within = coefficient(student, each.name, each.metric).estimate, each.estimate
        assert (alone.value, alone.low, alone.high) == pytest.approx(
            (within.value, within.low, within.high), abs=1e-12
        )


def test_a_rater_without_a_group_is_counted(sqlite_store: Store, tmp_path: Path) -> None:
    rows = rows_of(["012", "112", "000"], groups=("student", "therapist", ""))
    import_scores(sqlite_store, tmp_path, rows)
    groups = only(agreement(sqlite_store)).groups
    assert groups is not None
    assert groups.without == 1
    assert [each.coefficients[0].estimate.code for each in groups.within] == ["one_rater"] * 2


def test_one_level_above_80_percent_warns_of_narrow_intervals(
    sqlite_store: Store, tmp_path: Path
) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["22"] * 18 + ["21", "12"]))
    codes = [caution.code for caution in only(agreement(sqlite_store)).cautions]
    assert codes[:2] == ["narrow_intervals", "few_items"]


def test_one_level_throughout_is_full_agreement_that_chance_cannot_be_told_from(
    sqlite_store: Store, tmp_path: Path
) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["22"] * 5))
    found = agreement(sqlite_store)
    assert coefficient(found, "percent_agreement", "identity").estimate.value == 1
    alpha = coefficient(found, "krippendorff_alpha", "ordinal").estimate
    assert (alpha.value, alpha.code) == (None, "one_value")
    assert only(found).cautions[0].code == "one_level"


def test_a_closed_study_needs_no_planning(gwet: Store) -> None:
    assert only(agreement(gwet)).planning is None


CRITERIA: list[Row] = [
    *rows_of(["22", "11", "00", "12"]),
    *rows_of(["2.", "1.", ".0", "1."], criterion="structure"),
]


def test_a_criterion_without_two_scores_says_so_beside_others(
    sqlite_store: Store, tmp_path: Path
) -> None:
    import_scores(sqlite_store, tmp_path, CRITERIA)
    _, structure = agreement(sqlite_store).criteria
    assert structure.extent.shared == 0
    assert {each.estimate.code for each in structure.coefficients} >= {"no_pairs"}
    assert all(each.estimate.value is None for each in structure.coefficients)


@pytest.mark.parametrize(
    ("units", "options", "why"),
    [
        (["2", "1"], {}, "only one rater, r0, has given scores .* same 2 items"),
        (["2.", ".1"], {}, "no item of the study outside has two scores on relevance: 2 raters"),
        (["22"], {"criterion": "tone"}, "has no criterion tone; it has relevance"),
        (["22"], {"group": "nurse"}, "in the group nurse; groups: none"),
        (["22"], {"study": "other"}, "there is no study other"),
        (["22"], {"weights": "cubic"}, "no weights cubic; there are identity, linear"),
        (["22"], {"against": "tone"}, "has no group or criterion tone; groups: none; criteria"),
    ],
)
def test_what_is_not_there_is_said_with_what_would_be_enough(
    sqlite_store: Store, tmp_path: Path, units: list[str], options: dict[str, str], why: str
) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(units))
    with pytest.raises((NotAllowed, NotKnown), match=why):
        agreement(sqlite_store, **options)


def test_a_criterion_that_nobody_scored_is_named(sqlite_store: Store, tmp_path: Path) -> None:
    rows = [*rows_of(["22", "11"]), *rows_of(["??"], criterion="structure")]
    import_scores(sqlite_store, tmp_path, rows)
    with pytest.raises(NotAllowed, match="nobody has given a score on structure"):
        agreement(sqlite_store, criterion="structure")
    assert len(agreement(sqlite_store).criteria) == 2


def test_one_item_has_its_figures_and_no_intervals(sqlite_store: Store, tmp_path: Path) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["21"]))
    found = agreement(sqlite_store)
    percent = coefficient(found, "percent_agreement", "quadratic").estimate
    assert (percent.value, percent.low) == (0.75, None)
    assert percent.reason


def test_a_live_study_leaves_out_calibration_and_says_what_may_still_come(
    live_study: Store,
) -> None:
    found = agreement(live_study, "live", criterion="relevance")
    criterion = only(found)
    # Rater A: item 2 is "cannot judge", item 3 still to come; item 6 is for calibration.
    assert (criterion.extent.items, criterion.extent.missing) == (5, 2)
    assert (criterion.extent.judgements, criterion.extent.shared) == (8, 3)
    assert (found.calibration, found.repeats, found.status) == (2, 2, "open")
    # What is to come is about a question of which two scores are there already.
    assert (criterion.extent.questions, found.resampled) == (3, "questions")
    assert criterion.planning is not None
    assert (criterion.planning.items, criterion.planning.remaining) == (3, 0)


def test_answers_to_one_question_are_counted_and_drawn_together(
    sqlite_store: Store, tmp_path: Path
) -> None:
    columns = ("question_id", "item", "system", "rater", "criterion", "value")
    rows = [
        (f"q{place}", f"q{place}{system}", system, rater, "relevance", f"{(place * by) % 3}")
        for place in range(12)
        for system, by in (("A", 1), ("B", 2))
        for rater in ("r0", "r1")
    ]
    import_scores(sqlite_store, tmp_path, rows, columns=columns)
    found = agreement(sqlite_store)
    extent = only(found).extent
    assert (found.resampled, extent.shared, extent.questions) == ("questions", 24, 12)
    (few, *_) = only(found).cautions
    assert few.message.startswith("so few questions with two scores or more (12) give rough")
    alone = [row for row in rows if row[2] == "A"]
    import_scores(sqlite_store, tmp_path, alone, columns=columns, study="one system")
    assert agreement(sqlite_store, "one system", criterion="relevance").resampled == "items"
