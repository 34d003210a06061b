from typing import Any

from sqlalchemy import select

from annotate_app.services import design_notes, studies
from annotate_app.services.sign_in import SignedIn
from db.tables import LabelSet, Question
from pipeline.cli.study import texts as study_texts
from pipeline.study import create
from pipeline.study.studyfile import Plan
from tests.annotate_app.conftest import CANARY

SYSTEMS = (f"{CANARY}-1", f"{CANARY}-2")


def noted(made: Any, **given: Any) -> tuple[list[str], list[str]]:
    """The codes of the page's notes on a new study, and what the command says of it."""
    guo = SignedIn(made.people["guo"], "guo", "P-AAAA", ("researcher",))
    done = create.run(made.store, Plan(name="new", seed=1, **{"systems": SYSTEMS, **given}))
    found = design_notes.of(studies.progress(made.store, reader=guo, name="new"))
    return [note.code for note in found], study_texts.notes(done)


def test_the_page_notes_what_the_command_notes(made_sqlite: Any) -> None:
    with made_sqlite.store.writing() as session:
        session.add(Question(source=CANARY, external_id="x", text="没有回答的问题"))
    codes, told = noted(made_sqlite, repeats=0.01)
    assert codes == ["unanswered", "no_repeats", "answer_gap"]
    assert len(told) == 3


def test_a_study_without_raters_says_so_and_nothing_of_their_agreement(made_sqlite: Any) -> None:
    codes, told = noted(made_sqlite, raters=())
    assert codes == ["no_raters"]
    assert len(told) == 1


def test_raters_who_share_no_question_are_counted(made_sqlite: Any) -> None:
    codes, told = noted(made_sqlite, per_item=1)
    assert codes[0] == "no_agreement"
    assert len(told) == len(codes)


def test_a_distortion_study_without_overlap_says_that_it_stays_a_draft(made_sqlite: Any) -> None:
    codes, told = noted(made_sqlite, kind="distortion", systems=(), per_item=1)
    assert codes == ["fewer", "no_agreement", "no_overlap"]
    assert len(told) == len(codes)


def test_a_distortion_study_says_that_it_is_smaller_than_usual(made_sqlite: Any) -> None:
    codes, told = noted(made_sqlite, kind="distortion", systems=())
    assert (codes, len(told)) == (["fewer"], 1)


def test_a_codebook_that_has_changed_since_is_told(made_sqlite: Any) -> None:
    guo = SignedIn(made_sqlite.people["guo"], "guo", "P-AAAA", ("researcher",))
    create.run(made_sqlite.store, Plan(name="new", kind="distortion", sample=3))
    with made_sqlite.store.writing() as session:
        kept = session.scalars(select(LabelSet)).one()
        kept.labels = kept.labels[1:]
    found = design_notes.of(studies.progress(made_sqlite.store, reader=guo, name="new"))
    assert found == [design_notes.Note("codebook_changed", {"n": 1})]


def test_a_study_that_was_not_drawn_here_has_no_notes(made_sqlite: Any) -> None:
    guo = SignedIn(made_sqlite.people["guo"], "guo", "P-AAAA", ("researcher",))
    assert design_notes.of(studies.progress(made_sqlite.store, reader=guo, name="pilot")) == []
