"""A study's figures for the pages: who may see which, when they change, what the files hold."""

import csv
import io
import json
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import select

from annotate_app.services import statistics
from annotate_app.services.rights import CasesWaiting, NotForYou, OwnStudy
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.statistics import NothingYet, OneRater, What, WithoutScores
from db import people, studies
from db.columns import now
from db.engine import Store
from db.errors import NotKnown
from db.tables import AdjudicationCase, Item
from tests.annotate_app import rated_study
from tests.annotate_app.rated_study import CANARY, STUDY
from tests.pipeline.imported import import_scores
from tests.pipeline.labels import give, make_label_study

PAGES: tuple[What, ...] = ("results", "agreement", "raters")


def someone(store: Store, username: str) -> SignedIn:
    with store.reading() as session:
        found = people.get(session, username=username)
        return SignedIn(found.id, username, found.pseudonym, tuple(found.roles))


@pytest.mark.parametrize(
    ("username", "may_see"),
    [("guo", ["results", "agreement", "raters"]), ("zhao", ["results", "agreement"]), ("he", [])],
)
def test_leads_see_a_studys_figures_and_researchers_single_raters_too(
    rated: Store, username: str, may_see: list[str]
) -> None:
    with rated.writing() as session:
        if people.find(session, username="he") is None:
            people.add(session, username="he", roles=["rater"], group=None, password_hash=None)
    by = someone(rated, username)
    seen = []
    for what in PAGES:
        try:
            statistics.about(rated, by=by, study=STUDY, what=what)
        except NotForYou:
            continue
        seen.append(what)
    assert seen == may_see


def test_what_a_page_has_to_say_and_to_ask_is_known_before_the_figures(rated: Store) -> None:
    about = statistics.about(rated, by=someone(rated, "guo"), study=STUDY, what="results")
    assert (about.open, about.unblinded, about.kind) == (True, False, "rating")
    assert about.raters == {"student": 2, "therapist": 1}
    assert about.groups == ["student", "therapist"]
    assert about.names.called("relevance", "zh") == "切题"
    assert about.names.called("other", "zh") == "other"


def test_who_rates_in_the_study_or_has_cases_to_decide_learns_nothing(sqlite_store: Store) -> None:
    rated_study.make(sqlite_store)
    with sqlite_store.writing() as session:
        people.get(session, username="lin").roles = ["rater", "researcher"]
        item = session.scalars(select(Item)).first()
        assert item
        lead = people.get(session, username="zhao").id
        case = {"study_id": item.study_id, "item_id": item.id, "person_id": lead}
        session.add(AdjudicationCase(position=1, agreed=False, votes=[], **case))
    for username, error in (("lin", OwnStudy), ("zhao", CasesWaiting)):
        with pytest.raises(error):
            statistics.work_out(
                sqlite_store, by=someone(sqlite_store, username), study=STUDY, what="agreement"
            )


def test_why_there_are_no_figures_is_said_before_anything_is_worked_out(
    sqlite_store: Store,
) -> None:
    rated_study.make(sqlite_store)
    guo = someone(sqlite_store, "guo")
    with pytest.raises(NotKnown):
        statistics.about(sqlite_store, by=guo, study="other", what="results")
    with pytest.raises(OneRater):
        statistics.work_out(sqlite_store, by=guo, study=STUDY, what="agreement", group="therapist")
    make_label_study(sqlite_store, questions=2)
    with pytest.raises(NothingYet):
        statistics.about(sqlite_store, by=guo, study="labels", what="agreement")
    give(sqlite_store, "labels", "li", 1, "no")
    for what in ("results", "raters"):
        with pytest.raises(WithoutScores):
            statistics.about(sqlite_store, by=guo, study="labels", what=what)
    with pytest.raises(OneRater):
        statistics.work_out(sqlite_store, by=guo, study="labels", what="agreement")


def test_the_figures_are_the_commands_by_code_with_a_spreadsheet_and_json(store: Store) -> None:
    rated_study.make(store)
    figures = statistics.work_out(
        store, by=someone(store, "zhao"), study=STUDY, what="results", group="student"
    )
    assert figures.found["group"] == "student"
    assert list(figures.files) == ["rated_results.csv", "rated_results.json"]
    sheet, everything = (write() for write in figures.files.values())
    assert json.loads(everything) == figures.found
    assert r"\toprule" in figures.found["latex"]
    assert CANARY.encode() not in sheet + everything
    assert CANARY not in json.dumps(figures.found, ensure_ascii=False)
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    of = {(row["figure"], row["of"]): row for row in rows}
    first = of["systems", "student criteria relevance S1"]
    assert first["method"].startswith("bootstrap BCa, 10000 resamples of questions")
    with store.reading() as session:
        named = studies.systems(session, study_id=studies.get(session, name=STUDY).id)
    students = [
        score.value
        for score in rated_study.scores(store)
        if score.criterion == "relevance"
        and score.system == named["S1"].name
        and score.rater != "bo"
        and not score.is_repeat
    ]
    assert float(first["value"]) == pytest.approx(mean(students))


def test_figures_are_kept_until_there_is_another_answer_or_a_name(sqlite_store: Store) -> None:
    rated_study.make(sqlite_store)
    guo = someone(sqlite_store, "guo")

    def figures() -> statistics.Figures:
        return statistics.work_out(sqlite_store, by=guo, study=STUDY, what="results")

    first = figures()
    assert figures() is first
    rated_study.rate_next(sqlite_store, "bo")
    second = figures()
    assert second is not first
    given = [
        sum(s["n"] for s in f.found["criteria"]["relevance"]["systems"]) for f in (first, second)
    ]
    assert given[1] - given[0] in {0, 1}  # a repeat counts for no system
    with sqlite_store.writing() as session:
        studies.get(session, name=STUDY).unblinded_at = now()
    named = [each["system"] for each in figures().found["criteria"]["relevance"]["systems"]]
    assert all(CANARY in name for name in named)


def test_the_mixed_model_tells_of_raters_and_so_is_for_researchers(rated: Store) -> None:
    asked = {"study": STUDY, "what": "results", "model": True}
    with pytest.raises(NotForYou):
        statistics.work_out(rated, by=someone(rated, "zhao"), **asked)  # type: ignore[arg-type]
    found = statistics.work_out(rated, by=someone(rated, "guo"), **asked).found  # type: ignore[arg-type]
    model = found["criteria"]["relevance"]["model"]
    assert [each["system"] for each in model["systems"]] == ["S1", "S2"]
    assert len(model["raters"]) == 3


def test_of_more_pairs_than_one_can_read_the_files_have_all(rated: Store, tmp_path: Path) -> None:
    rows = [
        (f"q{item}", "A", f"r{rater:02}", "", "depth", str((item + rater) % 3))
        for item in range(4)
        for rater in range(31)
    ]
    import_scores(rated, tmp_path, rows, study="crowd")
    figures = statistics.work_out(rated, by=someone(rated, "guo"), study="crowd", what="agreement")
    assert len(figures.found["criteria"]["depth"]["pairs"]) == 436
    everything = json.loads(figures.files["crowd_agreement.json"]())
    assert len(everything["criteria"]["depth"]["pairs"]) == 31 * 30 / 2
