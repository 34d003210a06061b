"""The quality of a detector for the page: who may see it, what can be chosen, which files."""

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import quality
from annotate_app.services.quality import Source
from annotate_app.services.rights import CasesWaiting, NotForYou, OwnStudy
from annotate_app.services.sign_in import SignedIn
from db import detections, people
from db.account_tables import Person
from db.engine import Store
from db.errors import NotAllowed, NotWritten
from db.tables import AdjudicationCase, Item, Question, Response, System
from tests.annotate_app.conftest import make_study
from tests.pipeline.detected import detect
from tests.pipeline.labels import give, make_label_study


def someone(store: Store, username: str, *roles: str) -> SignedIn:
    with store.writing() as session:
        found = session.scalar(select(Person).where(Person.username == username)) or people.add(
            session, username=username, roles=list(roles), group=None, password_hash=None
        )
        return SignedIn(found.id, username, found.pseudonym, tuple(found.roles))


def labelled(store: Store, system: str | None = None) -> None:
    make_label_study(store, questions=4, system=system)
    for username in ("li", "wang"):
        for place, given in enumerate((["labeling"], ["mind_reading"], [], []), start=1):
            give(store, "labels", username, place, "yes" if given else "no", given)
    detect(store, "lexicon", {1: ["labeling"], 2: [], 3: ["=1+1"], 4: []})


def test_a_researcher_gets_the_commands_figures_with_a_picture_and_files(store: Store) -> None:
    labelled(store)
    guo = someone(store, "guo", "researcher")
    choices = quality.choices(store, by=guo, study="labels")
    assert choices.sources == [Source("lexicon", "", 4)]
    assert choices.golds[:3] == ["adjudicated", "union", "intersection"]
    assert len(choices.golds) == 5
    scored = quality.score(
        store, by=guo, study="labels", source=choices.sources[0], gold="adjudicated"
    )
    binary = scored.figures["binary"]
    assert [binary[cell] for cell in ("tp", "fp", "fn", "tn")] == [1, 1, 1, 1]
    assert scored.picture.startswith(b"<?xml")
    assert r"\toprule" in scored.figures["latex"]
    assert list(scored.files) == [f"labels_lexicon.{end}" for end in ("csv", "json", "svg")]
    assert json.loads(scored.files["labels_lexicon.json"]) == scored.figures
    sheet = scored.files["labels_lexicon.csv"].decode("utf-8-sig")
    rows = {(row["figure"], row["of"]): row for row in csv.DictReader(io.StringIO(sheet))}
    assert rows["accuracy", "lexicon"]["value"] == "0.5"
    assert rows["f1", "labeling"]["value"] == "1.0"
    assert rows["f1", "labellers with each other"]["value"] == "1.0"
    assert rows["precision", "never_flag"]["reason"]


def test_the_studys_system_goes_by_code(sqlite_store: Store) -> None:
    labelled(sqlite_store, system="secret")
    detect(sqlite_store, "import:secret", {1: ["labeling"], 2: []})
    guo = someone(sqlite_store, "guo", "researcher")
    choices = quality.choices(sqlite_store, by=guo, study="labels")
    assert choices.sources == [Source("import:S1", "", 2), Source("lexicon", "", 4)]
    scored = quality.score(
        sqlite_store, by=guo, study="labels", source=choices.sources[0], gold="union"
    )
    assert "secret" not in json.dumps(scored.figures)


def test_answers_of_another_system_to_the_questions_can_be_chosen(sqlite_store: Store) -> None:
    labelled(sqlite_store)
    with sqlite_store.writing() as session:
        system = System(name="GPT", kind="api")
        session.add(system)
        session.flush()
        for question in session.scalars(select(Question)):
            answer = Response(question_id=question.id, system_id=system.id, text="贴标签")
            session.add(answer)
            session.flush()
            row = {"response_id": answer.id, "presence": "yes", "labels": ["labeling"]}
            detections.add(session, [{"detector": "import:GPT", **row}])
    guo = someone(sqlite_store, "guo", "researcher")
    choices = quality.choices(sqlite_store, by=guo, study="labels")
    source = Source("import:GPT", "GPT", 4)
    assert choices.sources == [Source("lexicon", "", 4), source]
    scored = quality.score(sqlite_store, by=guo, study="labels", source=source, gold="union")
    assert scored.figures["found_in"] == {"system": 4}


def test_who_labels_or_still_has_cases_to_decide_learns_nothing(sqlite_store: Store) -> None:
    labelled(sqlite_store)
    lead = someone(sqlite_store, "zhao", "lead")
    with sqlite_store.writing() as session:
        item = session.scalars(select(Item)).first()
        assert item
        case = {"study_id": item.study_id, "item_id": item.id, "person_id": lead.person_id}
        session.add(AdjudicationCase(position=1, agreed=False, votes=[], **case))
        labeller = session.scalars(select(Person).where(Person.username == "li")).one()
        labeller.roles = ["rater", "researcher"]
    for by, error in (
        (lead, CasesWaiting),
        (someone(sqlite_store, "li"), OwnStudy),
        (someone(sqlite_store, "he", "rater"), NotForYou),
    ):
        with pytest.raises(error):
            quality.choices(sqlite_store, by=by, study="labels")
        with pytest.raises(error):
            quality.score(
                sqlite_store, by=by, study="labels", source=Source("lexicon", "", 4), gold="union"
            )
    without_cases = someone(sqlite_store, "qian", "lead")
    assert quality.choices(sqlite_store, by=without_cases, study="labels").sources


def test_what_cannot_be_scored_says_why(sqlite_store: Store) -> None:
    labelled(sqlite_store)
    guo = someone(sqlite_store, "guo", "researcher")
    with pytest.raises(NotWritten, match="no detector other has looked at the items"):
        quality.score(
            sqlite_store, by=guo, study="labels", source=Source("other", "", 0), gold="union"
        )


def test_a_rating_study_has_no_such_figures(sqlite_store: Store) -> None:
    made: Any = make_study(sqlite_store)
    guo = SignedIn(made.people["guo"], "guo", "P", ("researcher",))
    with pytest.raises(NotAllowed, match="pilot is a rating study"):
        quality.choices(sqlite_store, by=guo, study="pilot")


def test_a_label_is_called_by_its_name_in_the_readers_language() -> None:
    assert quality.label_name("mind_reading", "zh") == "读心术"
    assert quality.label_name("思维反刍", "en") == "思维反刍"
