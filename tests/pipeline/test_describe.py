"""Lengths and distortions of systems' answers: what is counted, once, and what is not."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from sqlalchemy.orm import Session

from db import detections
from db.engine import Store
from db.errors import NotKnown
from db.selections import Selection
from db.tables import Question, Response, System
from pipeline.describe import Described, DescribeOf, Distortions, SystemDescribed, run
from pipeline.stats.systems.means import mean_over_questions

AON, OVER, MIND = "all_or_nothing", "overgeneralization", "mind_reading"


def add_system(
    session: Session, name: str, texts: Sequence[str | None], *, source: str = "q"
) -> list[int]:
    """Add a system that answers the questions 1, 2, … of a source; return the answers' ids."""
    system = System(name=name, kind="api")
    session.add(system)
    session.flush()
    ids = []
    for number, text in enumerate(texts, start=1):
        query = session.query(Question).filter_by(source=source, external_id=str(number))
        question = query.one_or_none() or Question(
            source=source, external_id=str(number), text="问题🌱" * number,
            description=None if number == 2 else "描述 \n" * number,
        )  # fmt: skip
        session.add(question)
        session.flush()
        answer = Response(question_id=question.id, system_id=system.id, text=text)
        session.add(answer)
        session.flush()
        ids.append(answer.id)
    return ids


def find(session: Session, detector: str, found: Mapping[int, Sequence[str] | str]) -> None:
    rows = [
        {"detector": detector, "response_id": id_, "labels": [], "presence": labels}
        if isinstance(labels, str)
        else {"detector": detector, "response_id": id_, "labels": list(labels),
              "presence": "yes" if labels else "no"}
        for id_, labels in found.items()
    ]  # fmt: skip
    detections.add(session, rows)


def described(store: Store, *systems: str, **options: object) -> Described:
    return run(store, DescribeOf(systems, **options))  # type: ignore[arg-type]


def one(store: Store, *systems: str, **options: object) -> SystemDescribed:
    (found,) = described(store, *systems, **options).systems
    return found


def distortions(store: Store, *systems: str, **options: object) -> Distortions:
    found = one(store, *systems, **options).distortions
    assert found is not None
    return found


def test_lengths_are_characters_of_the_stored_texts_over_what_there_is(store: Store) -> None:
    with store.writing() as session:
        add_system(session, "a", ["慢慢来 🌱\n", "好", None])
    found = one(store)
    assert (found.responses, found.questions, found.described) == (2, 2, 1)
    assert found.characters.question == (3 + 6) / 2
    assert found.characters.description == 4
    assert found.characters.response == (6 + 1) / 2
    assert found.distortions is None


def test_each_answer_counts_once_for_a_distortion_and_once_for_a_class(store: Store) -> None:
    with store.writing() as session:
        ids = add_system(session, "a", ["一"] * 6)
        first, second = ["以偏概全", "过度概括", "非黑即白"], ["预测未来", "贴标签"]
        given = [first, second, [OVER, AON, MIND], [], "cannot_tell"]
        find(session, "import:a", dict(zip(ids, given, strict=False)))
    found = distortions(store)
    assert (found.yes, found.decided, found.cannot_tell, found.not_run) == (3, 4, 1, 1)
    assert found.distorted.value == 3 / 4
    counts = {id_: n for id_, n in found.counts.items() if n}
    assert counts == {AON: 2, OVER: 2, MIND: 1, "fortune_telling": 1, "labeling": 1}
    classes = {id_: n for id_, n in found.classes.items() if n}
    assert classes == {AON: 2, OVER: 2, MIND: 1, "others": 1}
    assert found.together == {
        (AON, OVER): 2, (AON, MIND): 1, (OVER, MIND): 1, ("fortune_telling", "labeling"): 1,
    }  # fmt: skip
    assert (found.labels, found.labels_each) == (2 + 2 + 3, 7 / 3)


def test_several_answers_to_a_question_are_no_independent_ones(store: Store) -> None:
    with store.writing() as session:
        ids = add_system(session, "a", ["一"] * 8)
        first = [session.get_one(Response, id_) for id_ in ids]
        again = [Response(question_id=each.question_id, system_id=each.system_id, sample=1,
                          text="二") for each in first]  # fmt: skip
        session.add_all(again)
        session.flush()
        said = [[AON], [], [], [AON], [], [], [], []]
        find(session, "lexicon", dict(zip(ids, said, strict=True)))
        find(session, "lexicon", {each.id: x for each, x in zip(again, said, strict=True)})
    found = distortions(store).distorted
    assert (found.value, found.method) == (2 / 8, "t, questions as clusters")
    said_once = mean_over_questions(np.array([1, 0, 0, 1, 0, 0, 0, 0]), np.arange(8), level=0.95)
    assert (found.low, found.high) == (pytest.approx(said_once.low), pytest.approx(said_once.high))


def test_a_detector_that_names_nothing_has_no_labels_to_count(store: Store) -> None:
    with store.writing() as session:
        ids = add_system(session, "a", ["一", "二"])
        find(session, "import:a", {ids[0]: "yes", ids[1]: "no"})
    found = distortions(store)
    assert (found.yes, found.labels, found.labels_each) == (1, 0, None)


def test_names_that_only_table_2_has_count_there_and_unknown_ones_are_listed(
    store: Store,
) -> None:
    with store.writing() as session:
        ids = add_system(session, "a", ["一", "二"])
        find(session, "import:a", {ids[0]: ["Others", "思维反刍"], ids[1]: ["思维反刍"]})
    found = distortions(store)
    assert found.classes["others"] == 1
    assert not any(found.counts.values())
    assert (found.beside, found.unknown) == ({"Others": 1}, {"思维反刍": 2})
    assert found.yes == 2


def test_what_a_model_named_itself_counts_else_the_lexicon_else_what_was_imported(
    store: Store,
) -> None:
    with store.writing() as session:
        first = add_system(session, "a", ["一", "二"])
        second = add_system(session, "b", ["一"])
        add_system(session, "c", ["一"])
        find(session, "lexicon", {first[0]: []})
        find(session, "import:a", {first[0]: [AON], first[1]: [AON]})
        find(session, "import:b", {second[0]: [MIND]})
    a, b, c = described(store).systems
    assert a.distortions is not None
    assert b.distortions is not None
    assert (a.distortions.detector, a.distortions.decided, a.distortions.yes) == ("lexicon", 1, 0)
    assert (b.distortions.detector, b.distortions.yes) == ("import:b", 1)
    assert c.distortions is None
    with store.writing() as session:
        find(session, "generate:b", {second[0]: [AON]})
    _, b, _ = described(store).systems
    assert b.distortions is not None
    assert (b.distortions.detector, b.distortions.counts[AON]) == ("generate:b", 1)
    asked = described(store, detector="import:a").systems
    assert [each.distortions is not None for each in asked] == [True, False, False]
    with pytest.raises(
        NotKnown, match=r"no detector gpt was run .* there is generate:b, import:a, import:b, l"
    ):
        described(store, detector="gpt")


def test_a_system_and_a_part_of_the_questions_can_be_asked_for(store: Store) -> None:
    with store.writing() as session:
        add_system(session, "a", ["一", "二", "三"])
        add_system(session, "b", ["一二", "三四"])
        add_system(session, "c", ["一"], source="other")
    assert [each.system for each in described(store, "b", "a", "b").systems] == ["b", "a"]
    assert described(store).questions == 4
    of_source = described(store, selection=Selection(source="other"))
    assert [(each.system, each.responses) for each in of_source.systems] == [("c", 1)]
    assert one(store, "a", selection=Selection(limit=2)).responses == 2
    named = described(store, "a", "c", selection=Selection(source="other"))
    assert [each.responses for each in named.systems] == [0, 1]
    assert named.systems[0].characters.response is None


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotKnown, match="there are no answers to describe; run 'cbt import resp"):
        described(store)
    with pytest.raises(NotKnown, match="there is no system x; there is none yet"):
        described(store, "x")


def test_table_2_comes_back_from_detections_in_the_papers_proportions(store: Store) -> None:
    # Table 2, one in a hundred, rounded down: of 121 distorted answers of 223.
    table_2 = {AON: 71, OVER: 77, "emotional_reasoning": 7, "catastrophizing": 3, MIND: 3,
               "mental_filter": 12, "attribution_error": 8}  # fmt: skip
    named = [name for name, n in table_2.items() for _ in range(n)]
    given: list[list[str]] = [[] for _ in range(223)]
    for place, name in enumerate(named):
        given[place % 121].append(name)
    with store.writing() as session:
        ids = add_system(session, "GPT", ["答" * 523] * 223)
        find(session, "import:GPT", dict(zip(ids, given, strict=True)))
    found = distortions(store)
    assert found.distorted.value == pytest.approx(121 / 223)
    assert round(found.distorted.value, 3) == 0.543
    assert found.classes == {
        AON: 71, OVER: 77, "emotional_reasoning": 7, "catastrophizing": 3, MIND: 3, "others": 20,
    }  # fmt: skip
    assert found.labels_each == pytest.approx(181 / 121)
    assert one(store).characters.response == 523


def test_answers_that_are_not_kept_are_counted_apart_and_described_nowhere(store: Store) -> None:
    with store.writing() as session:
        ids = add_system(session, "a", ["一", "二二二", "三", None])
        add_system(session, "a2", ["一"], source="other")
        reasons = [
            ("set_aside", "cut_off: ends in the middle; language: no Chinese"),
            ("set_aside", "读起来很冷"),
            ("refused", "refused: was refused: no"),
        ]
        for id_, (status, reason) in zip(ids[1:], reasons, strict=True):
            answer = session.get_one(Response, id_)
            answer.status, answer.reason = status, reason  # type: ignore[assignment]
        find(session, "lexicon", {ids[0]: [], ids[1]: [AON]})
    found = one(store, "a")
    assert (found.responses, found.characters.response) == (1, 1)
    assert (found.left_out.set_aside, found.left_out.refused) == (2, 1)
    assert found.left_out.reasons == {"cut_off": 1, "other": 1, "refused": 1}
    assert found.distortions is not None
    assert found.distortions.decided == 1
    elsewhere = one(store, "a", selection=Selection(source="other"))
    assert (elsewhere.left_out.set_aside, elsewhere.left_out.reasons) == (0, {})


def test_a_system_of_which_no_answer_is_kept_is_told_all_the_same(sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        (id_,) = add_system(session, "a", ["一"])
        session.get_one(Response, id_).status = "set_aside"
    found = one(sqlite_store)
    assert (found.system, found.responses, found.left_out.set_aside) == ("a", 0, 1)
