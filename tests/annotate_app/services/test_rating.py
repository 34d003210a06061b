from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import func, select

from annotate_app.services import rating
from annotate_app.services.rating import (
    AT_ONCE,
    FIRST,
    NotYours,
    Package,
    SignInEnded,
    StudyNotOpen,
)
from annotate_app.services.study_texts import Criterion, Label, Level
from db.account_tables import Person
from db.desk import Given, OwnItem
from db.people import get as person_named
from db.studies import get as study_named
from db.tables import Judgement
from tests.annotate_app.asking import FULL, asked, keep, owner, set_status
from tests.annotate_app.conftest import CANARY
from tests.annotate_app.labelling_study import add_labelling

EVERY = range(1, 7)


def package(made: Any, who: str = "lin", study: str = "pilot") -> Package:
    return rating.package(made.store, person_id=made.people[who], study=study)


def items(made: Any, *positions: int, who: str = "lin", study: str = "pilot") -> list[OwnItem]:
    return rating.items(
        made.store,
        person_id=made.people[who],
        study=study,
        owner=owner(made, who),
        positions=positions,
    )


def test_a_study_begins_with_the_first_items_of_the_raters_own_order(made: Any) -> None:
    for who in ("lin", "wu"):
        begun = package(made, who)
        assert [item.code for item in begun.items] == made.codes[who][:FIRST]
        assert [item.position for item in begun.items] == [1, 2, 3, 4, 5]
        assert (begun.study, begun.total, begun.done) == ("pilot", 6, [])


def test_a_study_goes_on_at_the_first_open_items(made: Any) -> None:
    for place in (1, 3):
        keep(made, asked(made, item=made.codes["lin"][place - 1]))
    begun = package(made)
    assert begun.done == [1, 3]
    assert [item.position for item in begun.items] == [2, 4, 5, 6]


def test_after_the_last_item_there_is_none(made: Any) -> None:
    for code in made.codes["lin"]:
        keep(made, asked(made, item=code))
    begun = package(made)
    assert (begun.items, begun.done, begun.total) == ([], [*EVERY], 6)


def test_an_item_comes_back_with_what_was_given_to_it_last(made: Any) -> None:
    assert [item.previous for item in items(made, 1)] == [None]
    keep(made, asked(made, comment="先前", flags={"overwhelming": "长", "harmful": None}))
    keep(made, asked(made, token="t2", base=1, values={**FULL, "relevance": 0}, comment="后来"))
    (item,) = items(made, 1)
    assert item.previous is not None
    assert item.previous.at is not None
    assert (item.previous.revision, item.previous.comment) == (2, "后来")
    assert (item.previous.values, item.previous.flags) == ({**FULL, "relevance": 0}, {})


def test_later_items_come_in_order_and_only_so_many_at_once(made: Any) -> None:
    assert [item.position for item in items(made, 5, 2, 2, 99, 0)] == [2, 5]
    assert items(made, *[99] * AT_ONCE, 1) == []


def test_two_raters_of_one_item_do_not_see_each_other(made: Any) -> None:
    keep(made, asked(made, comment="只有我知道"))
    (item,) = items(made, 6, who="wu")
    assert (item.code, item.previous) == (made.codes["lin"][0], None)
    assert package(made, "wu").done == []


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_a_study_that_is_not_open_shows_nothing(made: Any, status: str) -> None:
    set_status(made.store, status)
    for look in (package, items):
        with pytest.raises(StudyNotOpen):
            look(made)


@pytest.mark.parametrize(("who", "study"), [("he", "pilot"), ("guo", "pilot"), ("lin", "nowhere")])
def test_a_study_of_others_is_refused_as_one_that_does_not_exist(
    made: Any, who: str, study: str
) -> None:
    for look in (package, items):
        with pytest.raises(NotYours) as told:
            look(made, who=who, study=study)
        assert told.value.message == "you have no items in a study of this name"


def test_who_rates_no_longer_is_shown_nothing(made: Any) -> None:
    with made.store.writing() as session:
        person_named(session, username="lin").roles = ["researcher"]
    with pytest.raises(NotYours):
        package(made)


def test_a_desk_that_another_person_left_open_is_given_nothing(made: Any) -> None:
    asking = {"person_id": made.people["wu"], "study": "pilot", "positions": [1]}
    for stranger in (owner(made, "lin"), "", "0" * 16):
        with pytest.raises(SignInEnded):
            rating.items(made.store, owner=stranger, **asking)
    with made.store.writing() as session:
        session.get_one(Person, made.people["wu"]).browser_key = None
    with pytest.raises(SignInEnded):
        rating.items(made.store, owner="", **asking)


def test_a_persons_key_is_made_once_and_stays(made: Any) -> None:
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda _: package(made), range(8)))
    assert len({(each.key, each.owner) for each in begun}) == 1
    assert package(made, "wu").key != begun[0].key


def test_what_a_rater_gets_has_no_field_that_tells_the_origin() -> None:
    allowed: dict[Any, set[str]] = {
        Package: {
            *("study", "kind", "target", "total", "done", "owner", "key"),
            *("criteria", "labels", "guidelines", "items"),
        },
        OwnItem: {"code", "position", "question", "description", "answer", "hard", "previous"},
        Given: {"revision", "values", "labels", "comment", "flags", "at"},
        Criterion: {"id", "name", "question", "levels"},
        Level: {"value", "label", "anchor", "example"},
        Label: {"id", "name", "definition", "boundary", "examples", "near_miss"},
    }
    for shape, names in allowed.items():
        assert {field.name for field in fields(shape)} == names


def test_what_a_rater_gets_never_names_a_system_or_a_source(made_sqlite: Any) -> None:
    shown = repr([package(made_sqlite), *items(made_sqlite, *EVERY)])
    assert CANARY not in shown
    assert "怎么办" in shown


def test_hard_topics_are_marked(made_sqlite: Any) -> None:
    hard = [item.hard for item in items(made_sqlite, *EVERY)]
    assert hard == [False, False, True, True, False, False]


def test_criteria_and_guidelines_come_in_both_languages(made_sqlite: Any) -> None:
    begun = package(made_sqlite)
    assert [each.name for each in begun.criteria["zh"]] == ["切题", "CBT 结构", "帮助程度"]
    assert [each.id for each in begun.criteria["en"]] == ["relevance", "structure", "helpfulness"]
    assert begun.criteria["en"][0].levels[2].label == "Fully on topic"
    assert begun.guidelines["zh"].startswith("用途")
    assert begun.guidelines["en"].startswith("Purpose")


def test_a_distortion_study_tells_its_labels_and_whose_text_is_labelled(made: Any) -> None:
    add_labelling(made)
    add_labelling(made, on_answers=True)
    assert (package(made).kind, package(made).labels["zh"]) == ("rating", ())
    questions, answers = package(made, study="labels"), package(made, study="pointed out")
    assert (questions.kind, questions.target) == ("distortion", "question")
    assert (answers.kind, answers.target) == ("distortion", "answer")
    assert len(questions.labels["zh"]) == len(answers.labels["en"]) == 16
    assert (questions.labels["zh"][4].name, answers.labels["en"][4].id) == (
        "读心术",
        "mind_reading",
    )
    assert questions.criteria == {"zh": (), "en": ()}
    assert all(item.question and item.answer == "" for item in questions.items)
    assert all(item.question and item.answer for item in answers.items)
    assert CANARY not in repr([questions, answers])


def test_a_study_in_one_language_is_shown_in_that_one(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        study = study_named(session, name="pilot")
        study.guidelines = {"zh": "只有中文"}
        study.criteria = [{"id": "relevance", "levels": [{"value": 0}, {"value": 1}]}]
    begun = package(made_sqlite)
    assert begun.guidelines["en"] == "只有中文"
    assert begun.criteria["en"][0].name == "relevance"
    assert [level.label for level in begun.criteria["en"][0].levels] == ["", ""]


def test_looking_writes_nothing_but_the_key_of_the_first_time(made: Any) -> None:
    package(made)
    items(made, *EVERY)
    with made.store.reading() as session:
        assert session.scalar(select(func.count(Judgement.id))) == 0
