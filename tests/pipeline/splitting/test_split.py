import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from db import detections, frames, runs, selections
from db.engine import Store, connect
from db.errors import AlreadyKnown, NotAllowed, NotKnown
from db.questions import content_hash
from db.selections import Selection
from db.tables import Question, Response, Run, Split, System
from pipeline.splitting.split import listed, run
from pipeline.splitting.wanted import SplitDone, Splitting

LONG = "我和他在一起三年了，每次吵架他都不说话，我也不知道该怎么开口，最近连饭都吃不下。"


def add(store: Store, titles: dict[str, str], *, source: str = "forum", about: str = "") -> None:
    """Add questions by their ids, in whatever order the titles come."""
    with store.writing() as session:
        session.add_all(
            Question(
                source=source,
                external_id=id_,
                text=title,
                description=about,
                content_hash=content_hash(title, about),
            )
            for id_, title in titles.items()
        )


def numbered(n: int, *, since: int = 0) -> dict[str, str]:
    return {f"q{i}": f"第{i}个问题" for i in range(since, since + n)}


def subsets(store: Store, name: str = "cbt") -> dict[str, set[str]]:
    """Return the external ids of each subset."""
    query = select(Split.subset, Question.external_id).join(Question)
    found = defaultdict(set)
    with store.reading() as session:
        for subset, id_ in session.execute(query.where(Split.name == name)):
            found[subset].add(id_)
    return dict(found)


def drawn(store: Store, **config: Any) -> SplitDone:
    return run(store, Splitting(**{"name": "cbt", **config}))


def test_a_tenth_is_for_testing_and_every_question_has_one_place(store: Store) -> None:
    add(store, numbered(45))
    done = drawn(store, seed=3)
    assert done.subsets == {"train": 40, "test": 5}
    assert (done.added, done.known, done.new) == (45, 0, 0)
    found = subsets(store)
    assert {name: len(ids) for name, ids in found.items()} == done.subsets
    assert set.union(*found.values()) == set(numbered(45))


def test_the_same_questions_are_drawn_the_same_in_whatever_order_they_came(
    store: Store, sqlite_template: Path, tmp_path: Path
) -> None:
    other = connect(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.sqlite')}")
    titles = numbered(60)
    add(store, titles)
    add(other, {"z": "先删掉"}, source="other")
    add(other, dict(sorted(titles.items(), key=lambda item: item[0][::-1])))
    with other.writing() as session:
        session.execute(delete(Question).where(Question.source == "other"))
    for each in (store, other):
        drawn(each, seed=11, validation=Decimal("0.2"))
    assert subsets(store) == subsets(other)
    other.engine.dispose()


def test_one_text_is_never_in_two_subsets(sqlite_store: Store) -> None:
    add(sqlite_store, numbered(20))
    again = {f"again {id_}": f"  {title}？！" for id_, title in numbered(20).items()}
    add(sqlite_store, again)
    add(sqlite_store, {f"long {i}": f"标题之{i}" for i in range(4)}, about=LONG)
    for seed in range(5):
        name = f"split {seed}"
        done = drawn(sqlite_store, name=name, seed=seed, test=Decimal("0.5"))
        found = subsets(sqlite_store, name)
        for ids in found.values():
            assert {id_.removeprefix("again ") for id_ in ids if "again" in id_} == {
                id_ for id_ in ids if id_.startswith("q")
            }
            assert len([id_ for id_ in ids if "long" in id_]) in (0, 4)
        assert done.subsets == {"train": 22, "test": 22}
        assert vars(done.same_texts) == {"texts": 21, "questions": 44}


def test_the_same_again_changes_nothing_and_another_seed_is_refused(store: Store) -> None:
    add(store, numbered(30))
    first = drawn(store, seed=1)
    before = subsets(store)
    again = drawn(store, seed=1)
    assert (again.added, again.known, again.subsets) == (0, 30, first.subsets)
    with pytest.raises(AlreadyKnown, match="cbt was drawn with --seed 1, not --seed 2;"):
        drawn(store, seed=2)
    with pytest.raises(AlreadyKnown, match=r"with no --source, not --source forum"):
        drawn(store, seed=1, source="forum")
    with pytest.raises(AlreadyKnown, match=r"with --test 0.1, not --test 0.2"):
        drawn(store, seed=1, test=Decimal("0.2"))
    with pytest.raises(AlreadyKnown, match=r"no --stratify, not --stratify danger, keyword"):
        drawn(store, seed=1, stratify=("keyword", "danger"))
    assert subsets(store) == before
    with store.reading() as session:
        assert len(session.scalars(select(Run).where(Run.stage == "split")).all()) == 1


def test_new_questions_are_told_and_extending_leaves_the_test_as_it_was(store: Store) -> None:
    add(store, numbered(30))
    drawn(store, seed=1)
    before = subsets(store)
    tested = sorted(before["test"])[0]
    add(store, numbered(5, since=100))
    add(store, {"copy": f"{numbered(30)[tested]}。"}, source="another")
    told = drawn(store, seed=1)
    assert (told.added, told.known, told.new) == (0, 30, 6)
    assert subsets(store) == before
    done = drawn(store, seed=1, extend=True)
    assert (done.added, done.known, done.new) == (6, 30, 0)
    assert subsets(store) == {
        "train": before["train"] | set(numbered(5, since=100)),
        "test": before["test"] | {"copy"},
    }
    assert drawn(store, seed=1, extend=True).added == 0
    assert drawn(store, seed=1).subsets == {"train": 32, "test": 4}


def test_a_new_question_between_train_and_test_is_in_neither(sqlite_store: Store) -> None:
    add(sqlite_store, {"a": "甲"}, about=LONG)
    add(sqlite_store, {"b": f"乙，{LONG}"})
    drawn(sqlite_store, test=Decimal("0.5"))
    before = subsets(sqlite_store)
    add(sqlite_store, {"between": "乙"}, about=LONG)
    done = drawn(sqlite_store, test=Decimal("0.5"), extend=True)
    assert (done.added, done.new, done.between) == (0, 1, 1)
    assert subsets(sqlite_store) == before


def test_strata_are_as_frequent_in_each_subset(sqlite_store: Store) -> None:
    add(sqlite_store, numbered(100))
    with sqlite_store.writing() as session:
        questions = session.scalars(select(Question).order_by(Question.id)).all()
        for place, question in enumerate(questions):
            question.keywords = ["恋爱"] if place < 40 else ["职场", "恋爱"]
            question.tags = ["danger"] if place % 10 == 0 else []
    done = drawn(sqlite_store, test=Decimal("0.2"), stratify=("keyword", "danger"))
    assert {each.traits: each.subsets for each in done.strata} == {
        ("-", "职场"): {"train": 43, "test": 11},
        ("-", "恋爱"): {"train": 29, "test": 7},
        ("danger", "职场"): {"train": 5, "test": 1},
        ("danger", "恋爱"): {"train": 3, "test": 1},
    }


def test_distortions_count_by_a_detector_who_must_be_clear(sqlite_store: Store) -> None:
    add(sqlite_store, numbered(40))
    wanted = {"test": Decimal("0.25"), "stratify": ("distortions",)}
    with pytest.raises(NotAllowed, match="no distortions are known yet"):
        drawn(sqlite_store, **wanted)
    with sqlite_store.writing() as session:
        ids = session.scalars(select(Question.id).order_by(Question.id)).all()
        system = System(name="gpt", kind="api")
        session.add(system)
        session.flush()
        answers = [Response(question_id=id_, system_id=system.id, text="答") for id_ in ids[:20]]
        session.add_all(answers)
        session.flush()
        run_id = runs.start(session, stage="detect", configuration={}).id
        base = {"detector": "lexicon", "run_id": run_id, "presence": "yes", "labels": []}
        rare, often = ["labeling", "mind_reading"], ["mind_reading"]
        old = [{**base, "response_id": each.id, "labels": ["magnification"]} for each in answers]
        new = [
            {**base, "response_id": each.id, "labels": rare if place < 4 else often}
            for place, each in enumerate(answers)
        ]
        detections.add(session, [*old, *new])
        detections.add(session, [{**base, "question_id": id_} for id_ in ids[20:36]])
    done = drawn(sqlite_store, **wanted)
    assert {each.traits[0]: each.subsets for each in done.strata} == {
        "mind_reading": {"train": 12, "test": 4},
        "none": {"train": 12, "test": 4},
        "labeling": {"train": 3, "test": 1},
        "not looked at": {"train": 3, "test": 1},
    }
    with sqlite_store.writing() as session:
        detections.add(session, [{**base, "detector": "gpt", "question_id": ids[0]}])
    with pytest.raises(NotAllowed, match="add --detector: gpt, lexicon"):
        drawn(sqlite_store, name="other", **wanted)
    with pytest.raises(NotKnown, match="there is no detector me; there is gpt, lexicon"):
        drawn(sqlite_store, name="other", detector="me", **wanted)
    assert drawn(sqlite_store, detector="lexicon", **wanted).known == 40


def test_only_a_systems_questions_are_drawn_where_it_is_named(sqlite_store: Store) -> None:
    add(sqlite_store, numbered(30))
    with sqlite_store.writing() as session:
        system = System(name="gpt", kind="api")
        session.add_all([system, System(name="silent", kind="api")])
        session.flush()
        for question in session.scalars(select(Question).limit(21)).all():
            kept = question.external_id != "q0"
            session.add(
                Response(
                    question_id=question.id,
                    system_id=system.id,
                    text="答",
                    status="kept" if kept else "set_aside",
                )
            )
    assert drawn(sqlite_store, system="gpt").subsets == {"train": 18, "test": 2}
    assert "q0" not in set.union(*subsets(sqlite_store).values())
    with pytest.raises(NotKnown, match="silent has no kept answer"):
        drawn(sqlite_store, name="none", system="silent")
    with sqlite_store.reading() as session:
        test = Selection(split="cbt", subset="test")
        assert len(selections.responses(session, system="gpt", selection=test)) == 2
        assert len(frames.questions(session, source=None, split="cbt", subset="train")) == 18


def test_an_outside_golds_texts_are_drawn_only_by_name(sqlite_store: Store) -> None:
    add(sqlite_store, numbered(10))
    add(sqlite_store, numbered(20, since=50), source="gold:c2d2")
    assert sum(drawn(sqlite_store).subsets.values()) == 10
    of_gold = drawn(sqlite_store, name="gold", source="gold:c2d2")
    assert sum(of_gold.subsets.values()) == 20
    with sqlite_store.reading() as session:
        tested = frames.questions(session, source=None, split="gold", subset="test")
    assert len(tested) == of_gold.subsets["test"] == 2


@pytest.mark.parametrize(
    ("titles", "config", "why"),
    [
        (numbered(0), {}, "the store holds no questions yet"),
        (numbered(4), {}, r"a share of 0.1 of 4 questions is none for test"),
        (numbered(2), {"test": Decimal("0.9")}, "none is left to train on"),
        ({"a": "同一句话", "b": "同一句话。"}, {"test": Decimal("0.5")}, "test would be empty"),
    ],
)
def test_too_few_questions_are_told_and_nothing_is_stored(
    titles: dict[str, str], config: dict[str, Any], why: str, sqlite_store: Store
) -> None:
    add(sqlite_store, titles)
    with pytest.raises((NotAllowed, NotKnown), match=why):
        drawn(sqlite_store, **config)
    assert listed(sqlite_store) == []


def test_splits_are_listed_with_how_they_were_drawn(store: Store) -> None:
    add(store, numbered(20))
    drawn(store, seed=4)
    with store.writing() as session:
        question = session.scalars(select(Question)).first()
        assert question is not None
        session.add(Split(name="by hand", question_id=question.id, subset="dev", seed=0))
    by_hand, cbt = listed(store)
    assert (by_hand.name, by_hand.subsets, by_hand.settings) == ("by hand", {"dev": 1}, None)
    assert (cbt.seed, cbt.subsets) == (4, {"train": 18, "test": 2})
    assert cbt.settings is not None
    assert cbt.settings["test"] == 0.1
    with pytest.raises(AlreadyKnown, match="'cbt split' has not drawn"):
        drawn(store, name="by hand")
