"""How raters of a real study score: what is planted is found, and others stay unseen."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from db.engine import Store, connect
from db.errors import NotAllowed, NotKnown
from db.tables import Item, Study
from pipeline.raters import Near, RaterInAll, RaterOn, RatersFound, RatersOf, own, run
from pipeline.stats.habits.dawid_skene import Consensus
from pipeline.stats.model.ordinal import OrdinalFit
from pipeline.stats.resampling.intervals import Undefined
from tests.pipeline.planted_raters import (
    ALIKE,
    CRITERIA,
    DRIFTING,
    MOSTLY_TWO,
    PLAIN,
    RATERS,
    SEVERE,
    imported,
    rows,
)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("planted")
    made = connect(f"sqlite:///{shutil.copy(sqlite_template, folder / 'store.sqlite')}")
    imported(made, folder, rows())
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def everybody(planted: Store) -> RatersFound:
    return run(planted, RatersOf("planted"))


def on(found: RatersFound, rater: str, criterion: str = "relevance") -> RaterOn:
    return next(each for each in found.criteria[criterion].raters if each.rater == rater)


def whole(found: RatersFound, rater: str) -> RaterInAll:
    return next(each for each in found.raters if each.rater == rater)


def codes(found: RatersFound, rater: str) -> set[str]:
    return {note.code for note in whole(found, rater).notes}


def test_planted_habits_are_found_and_nothing_else_is_worth_a_look(everybody: RatersFound) -> None:
    found = everybody
    assert on(found, SEVERE).habit.difference.high < -0.4
    assert on(found, DRIFTING).habit.drifts[0].trend.low > 0.5
    assert on(found, DRIFTING).habit.drifts[1].trend.low > 0
    assert whole(found, ALIKE).halo.difference.low > 0.4
    assert on(found, MOSTLY_TWO).spread.share > 0.95
    assert {"apart"} == codes(found, SEVERE)
    assert "drift" in codes(found, DRIFTING)
    assert "alike" in codes(found, ALIKE)
    assert codes(found, MOSTLY_TWO) == {"apart", "one_level"}
    assert "drift" not in codes(found, PLAIN) | codes(found, SEVERE)
    assert found.criteria["relevance"].by_position.low is not None
    assert found.names == tuple(sorted(RATERS))


def test_agreement_with_the_others_is_highest_for_who_scores_as_they_do(planted: Store) -> None:
    found = run(planted, RatersOf("planted", criterion="structure"))
    kappas = {
        each.rater: each.with_others.weighted.value for each in found.criteria["structure"].raters
    }
    assert max(kappas, key=lambda rater: kappas[rater]) in {PLAIN, DRIFTING, SEVERE}
    assert min(kappas, key=lambda rater: kappas[rater]) in {MOSTLY_TWO, ALIKE}
    assert list(found.criteria) == ["structure"]
    assert found.asked == CRITERIA


def test_the_model_and_what_answers_suggest_name_raters_alike(planted: Store) -> None:
    found = run(planted, RatersOf("planted", criterion="relevance", model=True))
    of = found.criteria["relevance"]
    assert isinstance(of.model, OrdinalFit)
    effects = {found.names[each.place]: each.estimate.value for each in of.model.raters}
    assert min(effects, key=lambda rater: effects[rater] or 0) == SEVERE
    assert max(effects, key=lambda rater: effects[rater] or 0) == MOSTLY_TWO
    assert of.model.rater_test is not None
    assert of.model.rater_test.p < 1e-6
    assert isinstance(of.consensus, Consensus)
    assert of.consensus.confusion.shape == (len(RATERS), 3, 3)
    assert len(found.units) == len(of.consensus.labels)


def test_one_rater_can_be_asked_for_beside_all_others(
    planted: Store, everybody: RatersFound
) -> None:
    alone = run(planted, RatersOf("planted", rater=DRIFTING))
    assert [each.rater for each in alone.raters] == [DRIFTING]
    assert on(alone, DRIFTING) == on(everybody, DRIFTING)
    assert whole(alone, DRIFTING) == whole(everybody, DRIFTING)


def test_raters_of_a_group_are_held_against_this_group_only(planted: Store) -> None:
    found = run(planted, RatersOf("planted", group="student"))
    assert on(found, PLAIN).habit.difference.code == "no_others"
    assert on(found, PLAIN).with_others.weighted.code == "no_others"
    assert whole(found, PLAIN).halo.difference.code == "no_others"
    assert isinstance(found.criteria["relevance"].consensus, Undefined)


def test_a_file_without_order_and_seconds_says_so(sqlite_store: Store, tmp_path: Path) -> None:
    imported(sqlite_store, tmp_path, rows(order=False, seconds=False))
    found = run(sqlite_store, RatersOf("planted"))
    position, time = on(found, DRIFTING).habit.drifts
    assert (position.change.code, time.trend.code) == ("no_positions", "no_times")
    assert "'position'" in (position.change.reason or "")
    assert whole(found, DRIFTING).pace.n == 0
    assert on(found, SEVERE).habit.difference.high < -0.4
    assert on(found, SEVERE).with_themselves.percent_agreement.code == "no_repeats"


def test_a_live_study_counts_repeats_missing_scores_and_seconds(live_study: Store) -> None:
    found = run(live_study, RatersOf("live"))
    first = on(found, "P-AAAA")
    # Rater A: five items without calibration; one unanswered, one "cannot judge".
    assert (first.spread.n, first.missing, first.with_themselves.n) == (3, 2, 1)
    assert whole(found, "P-AAAA").judgements == 3
    # Seconds are n / 7, and a text of three characters takes 60 * 3 / 255 / 3 = 0.235 of them.
    pace = whole(found, "P-AAAA").pace
    assert (pace.n, pace.timed, pace.fast) == (3, 3, 1)
    assert found.plan.level == 0.9
    assert not found.unblinded
    assert {system for _, system in found.units} == {"S1", "S2"}


def test_who_or_what_is_not_there_is_named(planted: Store) -> None:
    with pytest.raises(NotKnown, match="has no rater P-NONE; raters: P-ALIKE"):
        run(planted, RatersOf("planted", rater="P-NONE"))
    with pytest.raises(NotKnown, match="no criterion depth; criteria: relevance, structure"):
        run(planted, RatersOf("planted", criterion="depth"))
    with pytest.raises(NotKnown, match="no rater P-PLAIN of the group therapist"):
        run(planted, RatersOf("planted", rater=PLAIN, group="therapist"))


def test_a_study_of_labels_has_no_raters_habits(live_study: Store) -> None:
    with live_study.writing() as session:
        session.execute(update(Study).values(kind="distortion"))
    with pytest.raises(NotAllowed, match="has labels and no ratings"):
        run(live_study, RatersOf("live"))


def test_where_only_calibration_items_are_judged_there_is_nothing_to_show(
    live_study: Store,
) -> None:
    with live_study.writing() as session:
        session.execute(update(Item).values(is_calibration=True))
    with pytest.raises(NotAllowed, match="nobody has judged an item of the study live that counts"):
        run(live_study, RatersOf("live"))


def test_a_rater_sees_only_what_is_the_own(live_study: Store) -> None:
    found = own(live_study, study="live", rater="P-AAAA")
    assert (found.judgements, found.assigned, found.pace.n) == (3, 5, 3)
    relevance = found.criteria[0]
    # Scores 1, 1, 2; the first item came again and got 7 % 3 = 1 the second time.
    assert (relevance.criterion, relevance.counts) == ("relevance", (0, 2, 1))
    assert (relevance.repeats, relevance.same) == (1, 1)
    assert isinstance(relevance.near, Undefined)
    assert relevance.near.code == "study_open"
    with pytest.raises(NotKnown):
        own(live_study, study="live", rater="P-CCCC")


def test_how_near_the_others_are_is_told_at_the_end_and_never_of_one_other(
    planted: Store, everybody: RatersFound, live_study: Store
) -> None:
    near = own(planted, study="planted", rater=SEVERE).criteria[0].near
    assert isinstance(near, Near)
    assert near.difference == pytest.approx(on(everybody, SEVERE).habit.difference.value)
    assert near.distance >= abs(near.difference)
    with live_study.writing() as session:
        session.execute(update(Study).values(status="closed"))
    of_two = own(live_study, study="live", rater="P-AAAA").criteria[0].near
    assert isinstance(of_two, Undefined)
    assert of_two.code == "few_others"
