"""What a rater learns of the own ratings, and what stays closed until the end, or for good."""

import json
from statistics import mean
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import own_ratings
from annotate_app.services.own_ratings import NotYours
from annotate_app.services.sign_in import SignedIn
from db import people, studies
from db.account_tables import Person
from db.engine import Store
from pipeline.study import lifecycle
from tests.annotate_app import rated_study
from tests.annotate_app.conftest import Made
from tests.annotate_app.rated_study import CANARY, STUDY
from tests.pipeline.labels import give, make_label_study


def someone(store: Store, username: str) -> SignedIn:
    with store.reading() as session:
        found = people.get(session, username=username)
        return SignedIn(found.id, username, found.pseudonym, tuple(found.roles))


def others(store: Store, username: str) -> list[str]:
    with store.reading() as session:
        query = select(Person.pseudonym).where(Person.username != username)
        return list(session.scalars(query))


def test_while_the_study_is_open_a_rater_learns_pace_and_scale_and_nothing_of_others(
    store: Store,
) -> None:
    rated_study.make(store)
    own = own_ratings.of(store, person=someone(store, "lin"), study=STUDY)
    assert (own.open, own.kind, own.answered, own.assigned) == (True, "rating", 30, 30)
    found: Any = own.found
    assert found["seconds"]["median"] == rated_study.SECONDS["lin"]
    mine = [
        score.value
        for score in rated_study.scores(store)
        if score.rater == "lin" and score.criterion == "relevance" and not score.is_repeat
    ]
    relevance = found["criteria"]["relevance"]
    assert relevance["counts"] == {str(level): mine.count(level) for level in (0, 1, 2)}
    assert relevance["others"]["code"] == "study_open"
    told = json.dumps(found)
    assert CANARY not in told
    assert not [name for name in others(store, "lin") if name in told]


def test_at_the_end_a_rater_learns_how_near_the_others_mean_was(sqlite_store: Store) -> None:
    rated_study.make(sqlite_store)
    lin = someone(sqlite_store, "lin")
    before = own_ratings.of(sqlite_store, person=lin, study=STUDY)
    assert own_ratings.of(sqlite_store, person=lin, study=STUDY).found is before.found
    lifecycle.close_study(sqlite_store, name=STUDY)
    own: Any = own_ratings.of(sqlite_store, person=lin, study=STUDY)
    assert not own.open
    near = own.found["criteria"]["relevance"]["others"]
    apart = apart_from_two_others(sqlite_store)
    # What bo has not rated has one other only, whose scores nobody shall work out.
    assert near["n"] == len(apart) < 24
    assert near["difference"] == pytest.approx(mean(apart))
    assert near["distance"] == pytest.approx(mean(map(abs, apart)))


def apart_from_two_others(store: Store) -> list[float]:
    """Lin's scores on relevance less the mean of both others', of answers that both have rated."""
    given: dict[tuple[str, str], dict[str, int]] = {}
    for score in rated_study.scores(store):
        if score.criterion == "relevance" and not score.is_repeat:
            given.setdefault((score.question, score.system), {})[score.rater] = score.value
    return [each["lin"] - (each["mei"] + each["bo"]) / 2 for each in given.values() if "bo" in each]


def test_a_study_of_others_or_none_or_a_draft_is_refused_in_the_same_words(
    made_sqlite: Made,
) -> None:
    store = made_sqlite.store
    make_label_study(store, questions=2)
    said = set()
    for username, study in (("he", "pilot"), ("lin", "none"), ("guo", "pilot"), ("lin", "labels")):
        with pytest.raises(NotYours) as refused:
            own_ratings.of(store, person=someone(store, username), study=study)
        said.add(refused.value.message)
    with store.writing() as session:
        studies.get(session, name="pilot").status = "draft"
    with pytest.raises(NotYours) as refused:
        own_ratings.of(store, person=someone(store, "lin"), study="pilot")
    assert {refused.value.message} == said


def test_where_there_is_nothing_to_tell_no_command_is_run(made_sqlite: Made) -> None:
    store = made_sqlite.store
    lin = someone(store, "lin")
    own = own_ratings.of(store, person=lin, study="pilot")
    assert (own.found, own.answered, own.assigned) == (None, 0, 6)
    make_label_study(store, questions=2, labellers=("lin", "he"))
    give(store, "labels", "lin", 1, "no")
    labels = own_ratings.of(store, person=lin, study="labels")
    assert (labels.kind, labels.found, labels.answered) == ("distortion", None, 1)
