"""A question with its answers, and what must not stand beside them."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.shown_questions import Among
from db.tables import Detection, MetricScore, Question, Response, System
from pipeline.showing.show import run, search
from pipeline.showing.wanted import Wanted
from pipeline.study import lifecycle
from tests.pipeline.report.studies import label_study

FIVE = "1. 共情：我理解你。\n2. 策略：写下来。"
SPANS = [{"part": "strategy", "start": 0, "end": 5}]
SEVEN = Wanted(question="7", source="one")
on_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@pytest.fixture
def kind() -> str:
    """One kind of store for all tests but those that are marked: they read it in every way."""
    return "sqlite"


@pytest.fixture
def shown_store(live_study: Store) -> Store:
    """The study "live" with what stands under its systems' names: scores, findings, parts."""
    with live_study.writing() as session:
        for response in session.scalars(select(Response)):
            response.text = FIVE
        first, second = (_answer(session, name) for name in ("secret-a", "secret-b"))
        first.parts = SPANS
        session.add_all(
            [
                MetricScore(response_id=first.id, reference_id=second.id, metric="bleu",
                            signature="bleu|tok:zh", value=31.5),
                MetricScore(response_id=first.id, reference_id=None, metric="distinct_1",
                            signature="distinct|n:1", value=0.5),
                Detection(response_id=first.id, detector="import:secret-a", presence="no",
                          labels=[]),
                Detection(response_id=first.id, detector="import:secret-a", presence="yes",
                          labels=["mind_reading", "own"],
                          reasons={"mind_reading": {"reason": "guesses", "quotes": ["讨厌我"]},
                                   "own": "said so"}),
                Detection(question_id=first.question_id, detector="lexicon", presence="cannot_tell",
                          labels=[]),
            ]
        )  # fmt: skip
    return live_study


def _answer(session: Any, system: str, *, question: str = "7", source: str = "one") -> Response:
    query = select(Response).join(System).join(Question)
    named = query.where(System.name == system, Question.external_id == question)
    found: Response = session.scalars(named.where(Question.source == source)).one()
    return found


def everything(found: Any) -> str:
    return str(asdict(found))


@on_both
def test_answers_stand_by_name_with_parts_scores_and_the_newest_findings(
    shown_store: Store,
) -> None:
    found = run(shown_store, SEVEN)
    assert [each.system for each in found.answers] == ["secret-a", "secret-b"]
    first, second = found.answers
    assert first.said
    assert first.said.given
    assert second.said
    assert (second.said.given, second.said.parts) == (False, ("validation", "strategy"))
    assert [(each.metric, each.value, each.reference) for each in first.scores] == [
        ("bleu", 31.5, "secret-b"),
        ("distinct_1", 0.5, None),
    ]
    (finding,) = first.findings
    assert finding.presence == "yes"
    assert [(each.id, each.reason, each.quotes) for each in finding.labels] == [
        ("mind_reading", "guesses", ("讨厌我",)),
        ("own", "said so", ()),
    ]
    assert [each.presence for each in found.question.findings] == ["cannot_tell"]
    assert (first.ratings, found.study, found.blinded) == ((), None, False)


def test_a_score_against_an_answer_that_was_set_aside_is_not_shown(shown_store: Store) -> None:
    with shown_store.writing() as session:
        reference = _answer(session, "secret-b")
        reference.status, reference.reason = "set_aside", "cut_off: ends in the middle"
    first = run(shown_store, SEVEN).answers[0]
    assert [each.metric for each in first.scores] == ["distinct_1"]


def test_before_unblinding_ratings_stand_by_code_beside_nothing_that_tells_the_name(
    shown_store: Store,
) -> None:
    found = run(shown_store, replace(SEVEN, study="live"))
    assert [each.system for each in found.answers] == ["S1", "S2"]
    assert "secret" not in everything(found)
    assert found.blinded
    for answer in found.answers:
        assert (answer.scores, answer.findings) == ((), ())
        assert answer.said
        assert not answer.said.given  # only one system's answers came with their parts
    assert found.question.findings == ()


@on_both
def test_ratings_are_the_newest_of_each_rater_without_repeats_and_calibration(
    shown_store: Store,
) -> None:
    s1, s2 = run(shown_store, replace(SEVEN, study="live")).answers
    relevance, structure = s2.ratings  # CODE0: one changed answer, and later the other rater's
    assert [(each.rater, each.value) for each in relevance.given] == [("P-AAAA", 1), ("P-BBBB", 2)]
    assert (relevance.mean, structure.mean) == (1.5, 0.5)
    assert (relevance.lowest, relevance.highest) == (0, 2)
    cannot = s1.ratings[0]
    assert [each.value for each in cannot.given] == [None, 0]
    assert (cannot.values, cannot.mean) == ([0], 0.0)
    calibration = run(shown_store, Wanted(question="8", study="live")).answers
    assert [len(each.ratings[0].given) for each in calibration] == [0, 2]
    assert calibration[0].ratings[0].mean is None


def test_after_unblinding_ratings_scores_and_names_stand_together(shown_store: Store) -> None:
    lifecycle.close_study(shown_store, name="live")
    lifecycle.unblind_study(shown_store, name="live")
    found = run(shown_store, replace(SEVEN, study="live"))
    assert {each.system for each in found.answers} == {"secret-a", "secret-b"}
    (scored,) = (each for each in found.answers if each.scores)
    assert scored.system == "secret-a"
    assert scored.ratings
    assert not found.blinded


def test_a_system_is_asked_for_by_the_name_that_it_has_there(shown_store: Store) -> None:
    found = run(shown_store, replace(SEVEN, systems=("secret-b",)))
    assert [each.system for each in found.answers] == ["secret-b"]
    assert found.others == ("secret-a",)
    coded = run(shown_store, replace(SEVEN, study="live", systems=("S2", "S1")))
    assert [each.system for each in coded.answers] == ["S2", "S1"]
    with pytest.raises(NotKnown, match=r"no system secret-a in the study live; .* are S1, S2"):
        run(shown_store, replace(SEVEN, study="live", systems=("secret-a",)))
    with pytest.raises(NotKnown, match="no system other; there are secret-a, secret-b"):
        run(shown_store, replace(SEVEN, systems=("other",)))
    with shown_store.writing() as session:
        session.add(System(name="late", kind="api"))
    late = run(shown_store, replace(SEVEN, systems=("late",)))
    assert (late.answers, late.silent) == ((), ("late",))


@on_both
def test_what_is_not_kept_is_shown_with_its_reason_where_it_is_asked_for(
    shown_store: Store,
) -> None:
    with shown_store.writing() as session:
        answer = _answer(session, "secret-a")
        answer.status, answer.reason = "set_aside", "harmful: it gives a dose"
    first = run(shown_store, SEVEN).answers[0]
    assert (first.status, first.reason, first.said) == (
        "set_aside", "harmful: it gives a dose", None,
    )  # fmt: skip
    assert run(shown_store, replace(SEVEN, set_aside=True)).answers[0].said
    blinded = run(shown_store, replace(SEVEN, study="live"))
    assert not {"harmful", "set_aside"} & set(everything(blinded).replace("'", " ").split())
    assert all(each.said for each in blinded.answers)  # as its raters saw it
    with shown_store.writing() as session:
        later = _answer(session, "secret-a")
        session.add(
            Response(question_id=later.question_id, system_id=later.system_id, sample=1, text="好")
        )
    again = run(shown_store, SEVEN).answers[0]
    assert (again.status, again.sample, again.samples) == ("kept", 1, 2)


def test_a_question_of_somebody_who_may_be_in_danger_waits_until_it_is_wanted(
    shown_store: Store,
) -> None:
    with shown_store.writing() as session:
        for question in session.scalars(select(Question).where(Question.external_id == "7")):
            question.tags = ["danger"]
    waits = run(shown_store, SEVEN)
    assert (waits.question.text, waits.question.description, waits.answers) == (None, None, ())
    assert (waits.question.danger, waits.question.withheld) == (True, True)
    wanted = run(shown_store, replace(SEVEN, danger=True))
    assert (wanted.question.text, len(wanted.answers)) == ("睡不着怎么办", 2)
    found = search(shown_store, Among(search="睡不着"), limit=2)
    assert [(each.external_id, each.text) for each in found.first] == [("7", None), ("7", None)]
    assert found.count == 3
    drawn = {run(shown_store, Wanted(seed=seed)).question.external_id for seed in range(9)}
    assert drawn == {"8"}
    with pytest.raises(NotKnown, match="--danger lets the lot fall on one"):
        run(shown_store, Wanted(source="one"))
    assert run(shown_store, Wanted(source="one", danger=True)).answers


@on_both
def test_a_question_is_named_by_id_item_or_lot(shown_store: Store) -> None:
    with pytest.raises(NotAllowed, match="the id 7 is in 2 sources, one, two: say which"):
        run(shown_store, Wanted(question="7"))
    with pytest.raises(NotKnown, match="there is no question 9 in the source one"):
        run(shown_store, Wanted(question="9", source="one"))
    of_item = run(shown_store, Wanted(item="CODE4"))
    assert (of_item.question.external_id, of_item.study and of_item.study.name) == ("8", "live")
    with pytest.raises(NotKnown, match="there is no item CODE9 in any study"):
        run(shown_store, Wanted(item="CODE9"))
    drawn = [run(shown_store, Wanted(seed=seed)).question.id for seed in range(12)]
    assert drawn == [run(shown_store, Wanted(seed=seed)).question.id for seed in range(12)]
    assert len(set(drawn)) == 3
    with pytest.raises(NotKnown, match="no question with such answers to draw from"):
        run(shown_store, Wanted(search="没有这句"))
    assert run(shown_store, Wanted(study="live", systems=("S1",), search="三天")).seed == 0


def test_a_study_of_labels_has_no_ratings_to_show(sqlite_store: Store) -> None:
    label_study(sqlite_store)
    with pytest.raises(NotAllowed, match="is a distortion study"):
        run(sqlite_store, Wanted(study="labels"))


def test_an_outside_rating_without_texts_is_shown_as_far_as_it_is_known(
    shown_store: Store,
) -> None:
    with shown_store.writing() as session:
        answer = _answer(session, "secret-a")
        answer.text = None
        session.get_one(Question, answer.question_id).text = None
    found = run(shown_store, SEVEN)
    assert found.question.text is None
    assert [each.said is None for each in found.answers] == [True, False]
