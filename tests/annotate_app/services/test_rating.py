from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from annotate_app.services import rating
from annotate_app.services.rating import (
    CommentTooLong,
    Criterion,
    Desk,
    Level,
    NotUnderstood,
    NotYours,
    OffScale,
    Previous,
    RaterItem,
    ScoresAndCannotJudge,
    ScoresMissing,
    StudyNotOpen,
)
from db.engine import Store
from db.errors import NotAllowed
from db.judgements import NewJudgement
from db.people import get as person_named
from db.studies import get as study_named
from db.tables import Judgement

Given = Callable[..., NewJudgement]
NONE = {"relevance": None, "structure": None, "helpfulness": None}


def desk(made: Any, who: str = "lin", **more: Any) -> Desk:
    asked = {"study": "pilot", "language": "zh", **more}
    return rating.desk(made.store, person_id=made.people[who], **asked)


def save(made: Any, given: NewJudgement, who: str = "lin", item: str | None = None) -> rating.Saved:
    code = item or made.codes[who][0]
    return rating.save(made.store, person_id=made.people[who], item_code=code, given=given)


def stored(store: Store) -> list[Judgement]:
    with store.reading() as session:
        return list(session.scalars(select(Judgement).order_by(Judgement.id)))


def set_status(store: Store, status: Any) -> None:
    with store.writing() as session:
        study_named(session, name="pilot").status = status


def test_the_first_item_is_the_first_in_the_raters_own_order(made: Any) -> None:
    for who in ("lin", "wu"):
        shown = desk(made, who)
        assert shown.item is not None
        assert (shown.item.code, shown.item.position) == (made.codes[who][0], 1)
        assert (shown.answered, shown.total) == (0, 6)


def test_a_saved_item_is_stored_and_gives_way_to_the_next(made: Any, given: Given) -> None:
    saved = save(made, given(comment="  好 🌱 ", flags={"harmful": None}, seconds=12.5))
    (row,) = stored(made.store)
    assert (saved.revision, saved.known, saved.at) == (1, False, row.submitted_at)
    assert row.values == {"relevance": 2, "structure": 1, "helpfulness": 0}
    assert (row.comment, row.seconds) == ("好 🌱", 12.5)
    assert row.flags == [{"flag": "harmful", "reason": None}]
    shown = desk(made)
    assert shown.item is not None
    assert (shown.item.code, shown.answered) == (made.codes["lin"][1], 1)


def test_after_the_last_item_there_is_none(made: Any, given: Given) -> None:
    for code in made.codes["lin"]:
        save(made, given(), item=code)
    shown = desk(made)
    assert (shown.item, shown.answered, shown.total) == (None, 6, 6)


def test_an_item_can_be_reopened_with_what_was_given_and_changed(made: Any, given: Given) -> None:
    save(made, given(comment="先前", flags={"overwhelming": None}))
    shown = desk(made, position=1)
    assert shown.item is not None
    assert shown.item.previous == Previous(
        revision=1,
        values={"relevance": 2, "structure": 1, "helpfulness": 0},
        comment="先前",
        flags=("overwhelming",),
    )
    again = save(made, given(token="t2", values={**given().values, "relevance": 0}))
    assert again.revision == 2
    shown = desk(made, position=1)
    assert shown.item is not None
    assert shown.item.previous is not None
    assert shown.item.previous.values["relevance"] == 0
    assert [row.revision for row in stored(made.store)] == [1, 2]


def test_the_same_token_twice_is_one_judgement(made: Any, given: Given) -> None:
    first = save(made, given())
    second = save(made, given())
    assert (first.known, second.known) == (False, True)
    assert (first.revision, first.at) == (second.revision, second.at)
    assert len(stored(made.store)) == 1


def test_a_token_that_was_saved_is_known_even_after_closing(made: Any, given: Given) -> None:
    save(made, given())
    set_status(made.store, "closed")
    assert save(made, given()).known


def test_racing_saves_of_one_token_are_one_judgement(made: Any, given: Given) -> None:
    with ThreadPoolExecutor(8) as pool:
        saves = list(pool.map(lambda _: save(made, given()), range(8)))
    assert len(stored(made.store)) == 1
    assert sorted(saved.known for saved in saves) == [False] + [True] * 7


def test_racing_saves_of_different_tokens_are_revisions_without_gaps(
    made: Any, given: Given
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: save(made, given(token=f"t{n}")), range(8)))
    assert sorted(row.revision for row in stored(made.store)) == list(range(1, 9))


def test_an_item_that_cannot_be_judged_has_no_value_for_any_criterion(
    made: Any, given: Given
) -> None:
    save(made, given(values=NONE, flags={"cannot_judge": None}))
    (row,) = stored(made.store)
    assert row.values == NONE
    assert row.flags == [{"flag": "cannot_judge", "reason": None}]


def test_a_missing_score_is_named(made: Any, given: Given) -> None:
    with pytest.raises(ScoresMissing) as told:
        save(made, given(values={"relevance": 1, "structure": None}))
    assert told.value.criteria == ["structure", "helpfulness"]
    assert "structure, helpfulness" in told.value.message


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"values": {"relevance": 3, "structure": 1, "helpfulness": 0}}, OffScale),
        ({"values": {"relevance": True, "structure": 1, "helpfulness": 0}}, OffScale),
        ({"values": {"relevance": "2", "structure": 1, "helpfulness": 0}}, OffScale),
        ({"values": {"relevance": 1.0, "structure": 1, "helpfulness": 0}}, OffScale),
        ({"values": {"relevance": [1], "structure": 1, "helpfulness": 0}}, OffScale),
        ({"values": {"relevance": 1, "structure": 1, "helpfulness": 0, "style": 1}}, OffScale),
        ({"flags": {"cannot_judge": None}}, ScoresAndCannotJudge),
        ({"values": {}, "flags": {"cannot_judge": None}}, NotUnderstood),
        ({"flags": {"bad": None}}, NotUnderstood),
        ({"token": ""}, NotUnderstood),
        ({"token": "t" * 65}, NotUnderstood),
        ({"comment": "长" * 5_001}, CommentTooLong),
    ],
)
def test_a_wrong_answer_is_refused_and_nothing_is_stored(
    made_sqlite: Any, given: Given, changes: dict[str, Any], error: type[NotAllowed]
) -> None:
    with pytest.raises(error):
        save(made_sqlite, given(**changes))
    assert stored(made_sqlite.store) == []


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0])
def test_a_clock_that_jumped_is_an_unknown_time(
    made_sqlite: Any, given: Given, seconds: float
) -> None:
    save(made_sqlite, given(seconds=seconds))
    assert stored(made_sqlite.store)[0].seconds is None


def test_a_comment_with_a_nul_is_kept_without_it(made: Any, given: Given) -> None:
    save(made, given(comment="a\x00b"))
    assert stored(made.store)[0].comment == "ab"


def test_an_empty_comment_is_none(made_sqlite: Any, given: Given) -> None:
    save(made_sqlite, given(comment=" \n"))
    assert stored(made_sqlite.store)[0].comment is None


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_a_study_that_is_not_open_takes_and_shows_nothing(
    made: Any, given: Given, status: str
) -> None:
    set_status(made.store, status)
    with pytest.raises(StudyNotOpen):
        save(made, given())
    with pytest.raises(StudyNotOpen):
        desk(made)
    assert stored(made.store) == []


def test_another_raters_item_cannot_be_saved(made: Any, given: Given) -> None:
    with pytest.raises(NotYours):
        save(made, given(), who="he", item=made.codes["lin"][0])
    with pytest.raises(NotYours):
        save(made, given(), item="no-such-item")
    with pytest.raises(NotYours):
        desk(made, "he")
    assert stored(made.store) == []


def test_a_disabled_rater_cannot_save(made: Any, given: Given) -> None:
    with made.store.writing() as session:
        person = person_named(session, username="lin")
        person.disabled_at = person.created_at
    with pytest.raises(NotYours):
        save(made, given())
    assert stored(made.store) == []


def test_two_raters_of_one_item_do_not_see_each_other(made: Any, given: Given) -> None:
    code = made.codes["lin"][0]
    save(made, given(comment="只有我知道"))
    shown = desk(made, "wu", position=6)
    assert shown.item is not None
    assert (shown.item.code, shown.item.previous, shown.answered) == (code, None, 0)


def test_what_a_rater_gets_has_no_field_that_tells_the_origin() -> None:
    allowed = {
        Desk: {"study", "answered", "total", "criteria", "guidelines", "item"},
        RaterItem: {
            "code",
            "question",
            "description",
            "answer",
            "hard",
            "position",
            "previous",
        },
        Previous: {"revision", "values", "comment", "flags"},
        Criterion: {"id", "name", "question", "levels"},
        Level: {"value", "label", "anchor", "example"},
    }
    for shape, names in allowed.items():
        assert is_dataclass(shape)
        assert {field.name for field in fields(shape)} == names


def test_what_a_rater_gets_never_names_a_system_or_a_source(made_sqlite: Any) -> None:
    for place in range(1, 7):
        shown = repr(desk(made_sqlite, position=place))
        assert "kanarienvogel" not in shown
        assert "怎么办" in shown


def test_hard_topics_are_marked(made_sqlite: Any) -> None:
    hard = []
    for place in range(1, 7):
        item = desk(made_sqlite, position=place).item
        assert item is not None
        hard.append(item.hard)
    assert hard == [False, False, True, True, False, False]


def test_criteria_and_guidelines_come_in_the_raters_language(made_sqlite: Any) -> None:
    zh, en = (desk(made_sqlite, language=language) for language in ("zh", "en"))
    assert [criterion.name for criterion in zh.criteria] == ["切题", "CBT 结构", "帮助程度"]
    assert [criterion.id for criterion in en.criteria] == ["relevance", "structure", "helpfulness"]
    assert en.criteria[0].levels[2].label == "Fully on topic"
    assert zh.guidelines.startswith("用途")
    assert en.guidelines.startswith("Purpose")


def test_a_study_in_one_language_is_shown_in_that_one(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        study = study_named(session, name="pilot")
        study.guidelines = {"zh": "只有中文"}
        study.criteria = [{"id": "relevance", "levels": [{"value": 0}, {"value": 1}]}]
    shown = desk(made_sqlite, language="en")
    assert shown.guidelines == "只有中文"
    assert shown.criteria[0].name == "relevance"
    assert [level.label for level in shown.criteria[0].levels] == ["", ""]


def test_reading_a_page_writes_nothing(made: Any) -> None:
    desk(made)
    with made.store.reading() as session:
        assert session.scalar(select(func.count(Judgement.id))) == 0
