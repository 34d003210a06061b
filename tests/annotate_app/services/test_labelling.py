from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from annotate_app.services.answers import CommentTooLong, NotUnderstood
from annotate_app.services.judging import ChangedElsewhere
from annotate_app.services.label_check import (
    LabelsWithoutPresence,
    LabelUnknown,
    PresenceMissing,
    PrimaryMissing,
    SpanOutside,
)
from annotate_app.services.labelling import in_order
from db.errors import NotAllowed
from db.labels import FIELDS, GivenLabel, Labelling, Span
from db.tables import Item, Question, Response
from tests.annotate_app.asking import FULL, asked, keep, set_status, stored
from tests.annotate_app.labelling_study import NO, YES, add_labelling, label, newest

FIRST, SECOND = "catastrophizing", "mind_reading"


@pytest.fixture
def labels(made: Any) -> Any:
    """A study of the distortions in the questions."""
    return add_labelling(made)


@pytest.fixture
def labels_sqlite(made_sqlite: Any) -> Any:
    return add_labelling(made_sqlite)


def texts(made: Any, item: str) -> dict[str, str]:
    query = (
        select(Question.text, Question.description, Response.text)
        .select_from(Item)
        .join(Question, Question.id == Item.question_id)
        .outerjoin(Response, Response.id == Item.response_id)
        .where(Item.code == item)
    )
    with made.store.reading() as session:
        return dict(zip(FIELDS, (text or "" for text in session.execute(query).one()), strict=True))


@pytest.mark.parametrize("presence", ["no", "cannot_tell"])
def test_a_presence_is_kept_without_labels(labels: Any, presence: str) -> None:
    keep(labels, asked(labels, values={"presence": presence, "confidence": 2}, comment=" 难 "))
    assert newest(labels) == Labelling(presence, confidence=2)
    (row,) = stored(labels.store)
    assert (row.labels, row.comment) == ([], "难")


def test_labels_are_kept_in_the_order_of_the_codebook_with_their_evidence(labels: Any) -> None:
    given = [
        label(SECOND, ("description", 3, 6), ("question", 0, 2)),
        label(FIRST, ("description", 8, 9), ("description", 2, 5), ("description", 4, 6),
              primary=False),
    ]  # fmt: skip
    keep(labels, asked(labels, values=YES, labels=given))
    assert newest(labels) == Labelling(
        "yes",
        (
            GivenLabel(FIRST, spans=(Span("description", 2, 6), Span("description", 8, 9))),
            GivenLabel(
                SECOND, primary=True, spans=(Span("question", 0, 2), Span("description", 3, 6))
            ),
        ),
    )


def test_present_without_a_label_is_an_answer_too(labels: Any) -> None:
    keep(labels, asked(labels, values={"presence": "yes"}))
    assert newest(labels) == Labelling("yes")


def test_evidence_reaches_to_the_last_character_of_a_text(labels: Any) -> None:
    item = labels.codes["lin"][0]
    for token, (field, text) in enumerate(list(texts(labels, item).items())[:2]):
        given = [label(FIRST, (field, 0, len(text)))]
        keep(labels, asked(labels, values=YES, labels=given, token=f"t{token}", base=token))
        assert newest(labels).labels[0].spans == (Span(field, 0, len(text)),)
        over = [label(FIRST, (field, 0, len(text) + 1))]
        with pytest.raises(SpanOutside):
            keep(labels, asked(labels, values=YES, labels=over, token="over", base=token + 1))
    assert len(stored(labels.store)) == 2


def test_evidence_in_an_answer_is_counted_in_characters_of_the_answer(made: Any) -> None:
    pointed = add_labelling(made, on_answers=True)
    item = pointed.codes["lin"][0]
    with made.store.writing() as session:
        response = session.scalars(select(Item.response_id).where(Item.code == item)).one()
        session.get_one(Response, response).text = "👩‍👩‍👧🇨🇳e\u0301"
    keep(pointed, asked(pointed, values=YES, labels=[label(FIRST, ("answer", 5, 9))]))
    assert newest(pointed).labels[0].spans == (Span("answer", 5, 9),)
    for wrong in (("answer", 5, 10), ("question", 0, 1), ("description", 0, 1)):
        with pytest.raises(SpanOutside):
            keep(
                pointed,
                asked(pointed, values=YES, labels=[label(FIRST, wrong)], token="t2", base=1),
            )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"values": {}}, PresenceMissing),
        ({"values": {"presence": "maybe"}}, NotAllowed),
        ({"values": {"presence": True}}, NotAllowed),
        ({"values": {"presence": []}}, NotAllowed),
        ({"values": {"presence": "no", "confidence": 0}}, NotAllowed),
        ({"values": {"presence": "no", "confidence": 4}}, NotAllowed),
        ({"values": {"presence": "no", "confidence": True}}, NotAllowed),
        ({"values": {"presence": "no", "confidence": "2"}}, NotAllowed),
        ({"values": {"presence": "no", "relevance": 2}}, NotAllowed),
        ({"values": FULL}, NotAllowed),
        ({"values": NO, "labels": [label(FIRST)]}, LabelsWithoutPresence),
        ({"labels": [label("rumination")]}, LabelUnknown),
        ({"labels": [label("")]}, LabelUnknown),
        ({"labels": [label(FIRST), label(FIRST, primary=False)]}, NotAllowed),
        ({"labels": [label(FIRST, primary=False)]}, PrimaryMissing),
        ({"labels": [label(FIRST), label(SECOND)]}, PrimaryMissing),
        ({"labels": [label(FIRST, ("description", 3, 3))]}, SpanOutside),
        ({"labels": [label(FIRST, ("description", 4, 3))]}, SpanOutside),
        ({"labels": [label(FIRST, ("description", -1, 3))]}, SpanOutside),
        ({"labels": [label(FIRST, ("description", 0, 10_000))]}, SpanOutside),
        ({"labels": [label(FIRST, ("answer", 0, 1))]}, SpanOutside),
        ({"labels": [label(FIRST, ("tags", 0, 1))]}, SpanOutside),
        ({"labels": [FIRST]}, NotAllowed),
        ({"labels": [{"label": FIRST}]}, NotAllowed),
        ({"labels": [{**label(FIRST), "x": 1}]}, NotAllowed),
        ({"labels": [{**label(FIRST), "primary": 1}]}, NotAllowed),
        ({"labels": [{**label(FIRST), "spans": {}}]}, NotAllowed),
        ({"labels": [{**label(FIRST), "spans": [["question", 0, 1]]}]}, NotAllowed),
        ({"labels": [label(FIRST, ("question", 0, True))]}, NotAllowed),
        ({"flags": {"harmful": None}}, NotUnderstood),
        ({"comment": "长" * 5_001}, CommentTooLong),
    ],
)
def test_a_wrong_labelling_is_refused_in_one_sentence_and_nothing_is_stored(
    labels_sqlite: Any, changes: dict[str, Any], error: type[NotAllowed]
) -> None:
    with pytest.raises(error) as told:
        keep(labels_sqlite, asked(labels_sqlite, **{"values": YES, **changes}))
    assert "\n" not in told.value.message
    assert stored(labels_sqlite.store) == []


def test_a_rating_takes_no_labels_and_a_labelling_no_scores(made_sqlite: Any) -> None:
    with pytest.raises(NotUnderstood):
        keep(made_sqlite, asked(made_sqlite, labels=[label(FIRST)]))
    keep(made_sqlite, asked(made_sqlite, labels=[]))
    assert stored(made_sqlite.store)[0].labels is None


def test_a_study_goes_by_the_labels_that_it_was_made_with(labels_sqlite: Any) -> None:
    with labels_sqlite.store.writing() as session:
        session.connection().exec_driver_sql("""UPDATE label_set SET labels = '[{"id":"old"}]'""")
    keep(labels_sqlite, asked(labels_sqlite, values=YES, labels=[label("old")]))
    with pytest.raises(LabelUnknown):
        keep(
            labels_sqlite,
            asked(labels_sqlite, values=YES, labels=[label(FIRST)], token="t2", base=1),
        )


def test_a_change_is_a_revision_and_the_other_window_is_told_what_was_saved(labels: Any) -> None:
    keep(labels, asked(labels, values=YES, labels=[label(FIRST, ("description", 0, 2))]))
    with pytest.raises(ChangedElsewhere) as told:
        keep(labels, asked(labels, values=NO, token="t2"))
    assert told.value.newest is not None
    assert told.value.newest.labels == [label(FIRST, ("description", 0, 2))]
    keep(labels, asked(labels, values=NO, token="t2", base=1))
    assert [row.revision for row in stored(labels.store)] == [1, 2]
    assert newest(labels) == Labelling("no")


def test_a_closed_study_takes_no_labels(labels_sqlite: Any) -> None:
    set_status(labels_sqlite.store, "closed", name="labels")
    with pytest.raises(NotAllowed, match="is closed"):
        keep(labels_sqlite, asked(labels_sqlite, values=NO))


def test_the_store_is_asked_for_labels_and_texts_only_where_they_matter(labels_sqlite: Any) -> None:
    said: list[str] = []
    listen = (labels_sqlite.store.engine, "before_cursor_execute")
    items = labels_sqlite.codes["lin"]
    ways = [
        ({"values": NO}, 0),
        ({"values": YES, "labels": [label(FIRST)]}, 1),
        ({"values": YES, "labels": [label(FIRST, ("description", 0, 1))]}, 2),
    ]
    counted = []
    for item, (changes, _) in zip(items, ways, strict=True):
        wanted = asked(labels_sqlite, item=item, **changes)
        said.clear()
        event.listen(*listen, note := lambda *words: said.append(words[2]))
        keep(labels_sqlite, wanted)
        event.remove(*listen, note)
        counted.append(len(said))
    assert [count - counted[0] for count in counted] == [more for _, more in ways]


spans = st.builds(
    lambda field, start, size: Span(field, start, start + size),
    st.sampled_from(FIELDS),
    st.integers(0, 30),
    st.integers(1, 10),
)


@given(st.lists(spans, max_size=8))
def test_evidence_in_order_covers_the_same_characters_and_never_overlaps(given: list[Span]) -> None:
    (kept,) = in_order(
        Labelling("yes", (GivenLabel("a", primary=True, spans=tuple(given)),)), ["a"]
    ).labels
    assert covered(kept.spans) == covered(given)
    places = [(FIELDS.index(span.field), span.start, span.end) for span in kept.spans]
    assert places == sorted(places)
    for one, other in zip(kept.spans, kept.spans[1:], strict=False):
        assert one.field != other.field or one.end <= other.start


def covered(given: Any) -> set[tuple[str, int]]:
    return {(span.field, at) for span in given for at in range(span.start, span.end)}


def test_who_has_no_such_item_labels_nothing(labels_sqlite: Any) -> None:
    with pytest.raises(NotAllowed, match="not yours"):
        keep(labels_sqlite, asked(labels_sqlite, "he", values=NO))
