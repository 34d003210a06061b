"""The detecting stage looks at each answer once, until its lexicon changes."""

from typing import Any

import pytest
from sqlalchemy import select, update

from db import detections
from db.engine import Store
from db.errors import NotKnown
from db.selections import Selection
from db.tables import Detection, LabelSet, Question, Response, Run, System
from pipeline import parts
from pipeline.codebook import lexicon
from pipeline.detecting import lexicon as detecting
from pipeline.detecting.lexicon import Detected, Detecting, run

HEADED = "共情：你辛苦了。\n识别想法：“都怪我”是个人化，也是灾难化。\n策略：写下来。"
DENIED = "这不是读心术，你听他亲口说了。"
GIVEN = "“我永远不行”是过度概括。这并不丢人。"


@pytest.fixture
def answered(store: Store) -> Store:
    """A store with one question, which "one" has answered twice and "two" once, with parts."""
    with store.writing() as session:
        systems = [System(name=name, kind="api") for name in ("one", "two")]
        session.add_all([*systems, Question(source="q", external_id="1", text="睡不着")])
        session.flush()
        spans = [{"part": "thought", "start": 0, "end": 13}]
        for system, sample, text, marked in (
            (systems[0], 0, HEADED, None),
            (systems[0], 1, DENIED, None),
            (systems[1], 0, GIVEN, spans),
        ):
            where = {"question_id": 1, "system_id": system.id, "sample": sample}
            session.add(Response(**where, text=text, **({"parts": marked} if marked else {})))
            session.flush()
    return store


def rows(store: Store) -> list[tuple[str, list[Any]]]:
    with store.reading() as session:
        found = session.scalars(select(Detection).order_by(Detection.response_id, Detection.id))
        return [(each.presence, each.labels) for each in found]


def test_what_is_named_is_kept_and_nothing_named_is_a_finding_too(answered: Store) -> None:
    assert run(answered, Detecting()) == Detected(
        detector="lexicon",
        read=3,
        added=3,
        known=0,
        present=2,
        labels={"overgeneralization": 1, "catastrophizing": 1, "personalization": 1},
        parts_added=1,
    )
    assert rows(answered) == [
        ("yes", ["personalization", "catastrophizing"]),
        ("no", []),
        ("yes", ["overgeneralization"]),
    ]


def test_each_finding_names_its_run_and_its_codebook(answered: Store) -> None:
    run(answered, Detecting(system="one", selection=Selection(limit=1)))
    with answered.reading() as session:
        (found,) = session.scalars(select(Detection))
        record = session.get_one(Run, found.run_id)
        assert session.get_one(LabelSet, found.label_set_id).name == "distortions"
    assert record.stage == "detect"
    assert record.configuration == {
        "method": "lexicon",
        "lexicon": lexicon.version(),
        "system": "one",
        "source": None,
        "split": None,
        "subset": None,
        "limit": 1,
    }
    assert record.counts == {"added": 1, "parts_added": 1}
    assert record.ended_at is not None


def test_parts_are_marked_where_nobody_has_marked_them(answered: Store) -> None:
    run(answered, Detecting())
    with answered.reading() as session:
        first, second, third = session.scalars(select(Response).order_by(Response.id))
    assert first.parts == parts.marked(HEADED)
    assert [span["part"] for span in first.parts or []] == ["validation", "thought", "strategy"]
    assert second.parts is None
    assert third.parts == [{"part": "thought", "start": 0, "end": 13}]


def test_a_second_run_adds_nothing_and_tells_the_same(answered: Store) -> None:
    first = run(answered, Detecting())
    again = run(answered, Detecting())
    assert (again.added, again.known, again.parts_added) == (0, 3, 0)
    assert (again.present, again.labels) == (first.present, first.labels)
    with answered.reading() as session:
        assert len(session.scalars(select(Run)).all()) == 1


def test_another_lexicon_looks_again_and_its_newer_finding_counts(answered: Store) -> None:
    run(answered, Detecting())
    with answered.writing() as session:
        session.execute(update(Run).values(configuration={"lexicon": "an older one"}))
        session.execute(update(Detection).values(labels=["labeling"]))
    again = run(answered, Detecting())
    assert (again.added, again.known, again.parts_added) == (3, 0, 0)
    assert len(rows(answered)) == 6
    with answered.reading() as session:
        newest = detections.in_responses(session, detector="lexicon")
    assert newest[3].labels == ["overgeneralization"]


def test_an_interrupted_run_keeps_its_batches_and_goes_on(
    answered: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detecting, "BATCH", 2)
    told = []

    def interrupt(done: int, of: int) -> None:
        told.append((done, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(answered, Detecting(), tell=interrupt)
    assert told == [(2, 3)]
    assert len(rows(answered)) == 2
    rest = run(answered, Detecting())
    assert (rest.added, rest.known) == (1, 2)
    assert len(rows(answered)) == 3


def test_what_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(NotKnown, match="there are no such answers to look at"):
        run(store, Detecting())
    with pytest.raises(NotKnown, match="there is no system one"):
        run(store, Detecting(system="one"))
