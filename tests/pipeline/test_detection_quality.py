"""A detector against a study's ground truth: what counts, what is left out, and the ceiling."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from db import detections
from db.account_tables import Person
from db.columns import now
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.tables import Gold, Item, LabelSet, Question, Response, Study, System
from pipeline.detection_quality.comparison import Comparison
from pipeline.detection_quality.scoring import Quality, QualityOf, run
from tests.pipeline.detected import decide, detect, plant_gold
from tests.pipeline.labels import give, make_label_study

AON, OVER, MIND = "all_or_nothing", "overgeneralization", "mind_reading"


def quality(store: Store, study: str = "labels", **options: Any) -> Quality:
    return run(store, QualityOf(study, **options))


def cells_of(found: Comparison) -> tuple[int, int, int, int]:
    return found.table.cells


def cells(found: Quality) -> tuple[int, int, int, int]:
    return found.comparison.table.cells


def labelled(store: Store) -> None:
    """Six questions: 1, 2 agreed, 3 decided by a lead, 4 waits, 5 cannot tell, 6 has one label."""
    make_label_study(store, questions=6)
    votes: dict[int, tuple[Sequence[str] | None, Sequence[str] | None]] = {
        1: ([AON, OVER], [OVER, AON]),
        2: ([], []),
        3: ([AON], [MIND]),
        4: ([AON], []),
    }
    for place, pair in votes.items():
        for username, given in zip(("li", "wang"), pair, strict=True):
            give(store, "labels", username, place, "yes" if given else "no", given or ())
    for username in ("li", "wang"):
        give(store, "labels", username, 5, "cannot_tell")
    give(store, "labels", "li", 6, "yes", [OVER])
    decide(store, 3, "yes", [MIND])


def test_a_detector_is_scored_where_gold_and_detection_both_say_yes_or_no(store: Store) -> None:
    labelled(store)
    detect(store, "d", {1: [AON], 2: [MIND], 3: [MIND], 4: [AON], 5: [AON]})
    found = quality(store)
    assert (found.detector, found.gold, found.n) == ("d", "adjudicated", 3)
    assert cells(found) == (2, 1, 0, 0)
    assert found.left_out == {"undecided": 1, "cannot_tell": 1, "one_vote": 1}
    assert found.settled == {"agreed": 2, "adjudicated": 1}
    assert found.places == {"item": 3}
    labels = found.comparison.labels
    assert labels is not None
    of = {each.label: (each.support, each.found, each.f1.value) for each in labels.labels}
    assert (of[AON], of[OVER]) == ((1, 1, 1.0), (1, 0, 0.0))
    assert of[MIND] == (1, 2, pytest.approx(2 / 3))
    assert labels.micro.f1.value == pytest.approx(2 * 2 / (3 + 3))
    assert labels.exact_match.value == pytest.approx(1 / 3)
    assert AON not in labels.absent
    assert "catastrophizing" in labels.absent


@pytest.mark.parametrize(
    ("gold", "expected"), [("union", (3, 1, 0, 0)), ("intersection", (2, 2, 0, 0))]
)
def test_votes_can_be_joined_without_a_lead(
    store: Store, gold: str, expected: tuple[int, ...]
) -> None:
    labelled(store)
    detect(store, "d", {place: [AON] for place in range(1, 7)})
    found = quality(store, gold=gold)
    assert cells(found) == expected
    assert found.left_out == {"cannot_tell": 1, "one_vote": 1}


def test_one_labeller_can_be_the_truth_by_pseudonym_or_username(store: Store) -> None:
    labelled(store)
    detect(store, "d", {place: [AON] for place in range(1, 7)})
    with store.reading() as session:
        pseudonym = session.scalars(select(Person.pseudonym).where(Person.username == "wang")).one()
    by_name, by_pseudonym = quality(store, gold="wang"), quality(store, gold=pseudonym)
    assert by_name == by_pseudonym
    assert by_name.gold == pseudonym
    assert cells(by_name) == (2, 2, 0, 0)
    assert by_name.left_out == {"cannot_tell": 1, "no_vote": 1}
    with pytest.raises(
        NotKnown, match=f"no labeller zhao; --gold can be adjudicated, .*{pseudonym}"
    ):
        quality(store, gold="zhao")


def test_repeats_and_calibration_items_and_what_was_not_searched_are_left_out(
    store: Store,
) -> None:
    labelled(store)
    detect(store, "d", {1: "cannot_tell", 2: [], 3: [AON]})
    with store.writing() as session:
        first = session.scalars(select(Item).order_by(Item.id)).first()
        assert first
        session.add(Item(study_id=first.study_id, code="again", question_id=first.question_id,
                         repeat_of_id=first.id))  # fmt: skip
        session.add(Item(study_id=first.study_id, code="trial", question_id=first.question_id,
                         is_calibration=True))  # fmt: skip
    found = quality(store, gold="li")
    assert found.left_out == {
        "detector_cannot_tell": 1, "no_detection": 2, "cannot_tell": 1, "repeats": 1,
        "calibration": 1,
    }  # fmt: skip
    assert cells(found) == (1, 0, 0, 1)


def test_labellers_are_measured_against_each_other_and_against_the_leads_gold(
    store: Store,
) -> None:
    labelled(store)
    detect(store, "d", {1: [AON], 2: []})
    ceiling = quality(store).ceiling
    assert ceiling is not None
    # The items 1 to 4: both yes, both no, both yes, one yes.
    assert (ceiling.between.pairs, ceiling.between.items) == (4, 4)
    assert ceiling.between.accuracy.value == 3 / 4
    assert ceiling.between.f1.value == 4 / 5
    assert ceiling.between.labels_f1.value == pytest.approx(2 * 2 / (4 + 3))
    (pair,) = ceiling.pairs
    assert (pair.n, pair.comparison.table.n) == (4, 4)
    assert pair.comparison.figures["f1"].value == 4 / 5
    assert [each.n for each in ceiling.against_gold] == [3, 3]
    exact = [each.comparison.labels.exact_match.value for each in ceiling.against_gold
             if each.comparison.labels]  # fmt: skip
    assert sorted(exact) == [pytest.approx(2 / 3), 1.0]


def test_without_a_decision_nobody_is_measured_against_the_gold(store: Store) -> None:
    make_label_study(store, questions=2)
    for username in ("li", "wang"):
        give(store, "labels", username, 1, "yes", [AON])
        give(store, "labels", username, 2, "no")
    detect(store, "d", {1: [AON], 2: []})
    ceiling = quality(store).ceiling
    assert ceiling is not None
    assert ceiling.against_gold == ()


def test_the_only_detector_is_the_default_and_several_are_listed(store: Store) -> None:
    labelled(store)
    with pytest.raises(NotKnown, match="no detector has looked at the items of the study labels"):
        quality(store)
    detect(store, "d", {1: [], 2: []})
    detect(store, "e", {1: []})
    with pytest.raises(NotKnown, match=r"labels: d \(2 items\), e \(1 items\); name one"):
        quality(store)
    with pytest.raises(NotKnown, match=r"no detector f has looked .* there is d \(2 items\)"):
        quality(store, detector="f")
    assert quality(store, detector="e").n == 1


def test_a_study_without_anything_to_compare_says_what_is_missing(store: Store) -> None:
    make_label_study(store, questions=2)
    detect(store, "d", {1: []})
    with pytest.raises(NotAllowed, match=r"has both .* detector d; left out: no_vote 2"):
        quality(store)


def test_another_systems_answers_to_the_questions_can_stand_for_them(store: Store) -> None:
    labelled(store)
    with store.writing() as session:
        system = System(name="GPT", kind="api")
        session.add(system)
        session.flush()
        for question in session.scalars(select(Question)):
            answer = Response(question_id=question.id, system_id=system.id, text="过度概括")
            session.add(answer)
            session.flush()
            row = {"detector": "import:GPT", "response_id": answer.id, "presence": "yes"}
            detections.add(session, [{**row, "labels": ["以偏概全"]}])
    with pytest.raises(NotKnown, match="name with --system whose answers count for them: GPT"):
        quality(store)
    found = quality(store, system="GPT")
    assert (found.detector, found.system) == ("import:GPT", "GPT")
    assert (cells(found), found.places) == ((2, 1, 0, 0), {"system": 3})
    with pytest.raises(NotKnown, match="there is no system Claude; there are GPT"):
        quality(store, system="Claude")


def test_until_unblinding_the_studys_system_and_its_detections_go_by_code(store: Store) -> None:
    make_label_study(store, questions=2, system="secret")
    for username in ("li", "wang"):
        give(store, "labels", username, 1, "yes", [AON])
        give(store, "labels", username, 2, "no")
    detect(store, "import:secret", {1: [AON], 2: []})
    detect(store, "generate:secret", {1: [AON], 2: []})
    found = quality(store, detector="import:S1", against="generate:S1")
    assert found.versus is not None
    assert found.versus.detector == "generate:S1"
    assert "secret" not in repr(found)
    with pytest.raises(NotKnown, match=r"no detector import:secret .* is generate:S1 .* import:S1"):
        quality(store, detector="import:secret")
    with pytest.raises(NotAllowed, match="by code: S1"):
        quality(store, system="secret")
    assert quality(store, system="S1", detector="generate:S1").system == "S1"
    with store.writing() as session:
        session.execute(update(Study).values(unblinded_at=now()))
    assert quality(store, system="secret", detector="import:secret").n == 2


def test_two_detectors_are_compared_on_the_items_that_both_have(store: Store) -> None:
    # Right: both, both, only the first, only the first, only the second; the last has one.
    plant_gold(
        store,
        ["yes", "no", "yes", "no", "yes", "no"],
        {
            "d": ["yes", "no", "yes", "no", "no", "no"],
            "e": ["yes", "no", "no", "yes", "yes", "cannot_tell"],
        },
    )
    versus = quality(store, "outside", detector="d", against="e").versus
    assert versus is not None
    assert (versus.detector, versus.n, cells_of(versus.first), cells_of(versus.other)) == (
        "e", 5, (2, 0, 1, 2), (2, 1, 1, 1),
    )  # fmt: skip
    tests = {name: (each.only_a, each.only_b) for name, each in versus.tests.items()}
    assert tests == {"accuracy": (2, 1), "recall": (1, 1), "specificity": (1, 0)}
    assert versus.differences["accuracy"].value == pytest.approx(4 / 5 - 3 / 5)
    assert versus.differences["f1"].value == pytest.approx(4 / 5 - 4 / 6)
    assert versus.differences["labels_f1"].code == "no_labels"


def test_two_detectors_without_an_item_in_common_are_not_compared(store: Store) -> None:
    plant_gold(store, ["yes", "no"], {"d": ["yes", "cannot_tell"], "e": ["cannot_tell", "no"]})
    with pytest.raises(NotAllowed, match="e has an answer to none of the 1 items that count"):
        quality(store, "outside", detector="d", against="e")


def test_the_names_of_detections_are_resolved_and_unknown_ones_listed(store: Store) -> None:
    labelled(store)
    detect(store, "d", {1: ["非黑即白", "思维反刍"], 2: [], 3: ["Mind reading", "思维反刍"]})
    found = quality(store)
    assert found.unknown.detector == {"思维反刍": 2}
    assert found.unknown.gold == {}
    labels = found.comparison.labels
    assert labels is not None
    assert (labels.micro.precision.value, labels.micro.recall.value) == (1.0, pytest.approx(2 / 3))


def test_names_of_an_outside_gold_that_the_codebook_lacks_are_compared_as_they_came(
    store: Store,
) -> None:
    gold = [["思维反刍"], ["灾难化", "Rumination"], []]
    plant_gold(store, gold, {"d": [["思维反刍 "], ["catastrophizing", "rumination"], ["别的"]]})
    found = quality(store, "outside")
    assert found.outside == ("Rumination", "思维反刍")
    assert found.unknown.detector == {"别的": 1}
    labels = found.comparison.labels
    assert labels is not None
    assert labels.micro.f1.value == 1.0
    assert cells(found) == (2, 1, 0, 0)


def test_a_gold_without_labels_has_no_figures_by_distortion(store: Store) -> None:
    plant_gold(store, ["yes", "no"], {"d": [[AON], []], "e": ["yes", "no"]})
    assert quality(store, "outside", detector="d").comparison.no_labels == (
        "the gold names no distortion in these items"
    )
    assert quality(store, "outside", detector="d").ceiling is None


def test_a_detector_that_finds_nothing_has_recalled_no_distortion(store: Store) -> None:
    plant_gold(store, [[AON], [MIND], []], {"d": [[], [], []]})
    labels = quality(store, "outside").comparison.labels
    assert labels is not None
    assert (labels.micro.recall.value, labels.micro.f1.value, labels.macro.f1.value) == (0, 0, 0)
    assert labels.micro.precision.code == "nothing_found"
    assert labels.exact_match.value == pytest.approx(1 / 3)


def test_where_nothing_is_to_be_found_a_wrongly_named_distortion_still_counts(
    store: Store,
) -> None:
    plant_gold(store, [[], []], {"d": [[AON], []], "e": [[], []]})
    labels = quality(store, "outside", detector="d").comparison.labels
    assert labels is not None
    assert (labels.micro.precision.value, labels.micro.recall.code) == (0, "no_positives")
    silent = quality(store, "outside", detector="e").comparison.labels
    assert silent is not None
    assert (silent.exact_match.value, silent.micro.f1.code) == (1, "neither_has_any")


def test_answers_of_the_gold_that_conflict_are_left_out(store: Store) -> None:
    plant_gold(store, ["yes", "no"], {"d": ["yes", "no"]})
    with store.writing() as session:
        gold = session.scalars(select(Gold).order_by(Gold.id)).first()
        assert gold
        gold.conflicting = True
        session.add(Gold(item_id=gold.item_id, presence="no", labels=[], conflicting=True))
    found = quality(store, "outside")
    assert (found.n, found.left_out) == (1, {"conflicting": 1})


def test_a_crosswalk_compares_in_its_classes(store: Store) -> None:
    plant_gold(
        store,
        [["fortune_telling"], ["mental_filter", AON], ["思维反刍"], []],
        {"d": [["Others"], [AON], [], [MIND]]},
    )
    found = quality(store, "outside", crosswalk="table2")
    assert found.unknown.gold == {"思维反刍": 1}
    labels = found.comparison.labels
    assert labels is not None
    of = {each.label: (each.support, each.found) for each in labels.labels}
    assert (of["others"], of[AON], of[MIND]) == ((2, 1), (1, 1), (0, 1))
    with pytest.raises(NotKnown, match=r"there is no crosswalk burnz; there are .*table2"):
        quality(store, "outside", crosswalk="burnz")


def test_labels_given_under_an_older_codebook_are_marked(store: Store) -> None:
    labelled(store)
    detect(store, "d", {1: [AON], 2: [], 3: ["tunnel_vision"]})
    assert quality(store).changed == {}
    with store.writing() as session:
        old = session.scalars(select(LabelSet)).one()
        kept = [each for each in old.labels if each["id"] != "tunnel_vision"]
        changed = {**kept[0], "boundary": {"zh": "旧", "en": "old"}}
        old.labels = [changed, *kept[1:], {**kept[0], "id": "gone"}]
    found = quality(store)
    assert found.changed == {kept[0]["id"]: "changed", "gone": "removed", "tunnel_vision": "new"}
    assert found.unknown.detector == {"tunnel_vision": 1}, "labellers could not give it"


def test_the_analysis_plan_says_level_resamples_and_seed(store: Store) -> None:
    labelled(store)
    detect(store, "d", {1: [AON], 2: [MIND], 3: []})
    with store.writing() as session:
        session.execute(update(Study).values(analysis={"level": 0.9, "seed": 3, "resamples": 150}))
    first, again = quality(store), quality(store)
    assert first == again
    assert first.comparison.figures["accuracy"].level == 0.9
    assert "150 resamples of items, seed 3" in first.comparison.figures["f1"].method


def test_a_rating_study_has_no_labels_to_score_against(live_study: Store) -> None:
    with pytest.raises(NotAllowed, match="live is a rating study; it has no distortion labels"):
        quality(live_study, "live")
