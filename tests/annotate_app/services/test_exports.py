import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from annotate_app.services import exports
from annotate_app.services.rights import NotForYou, OwnStudy
from annotate_app.services.sign_in import SignedIn
from db.errors import NotKnown, NotWritten
from db.tables import Event, Study
from tests.annotate_app.answers import answer
from tests.annotate_app.conftest import CANARY


def someone(made: Any, username: str) -> SignedIn:
    return SignedIn(made.people[username], username, "P-AAAA", ("researcher",))


def test_a_researcher_gets_the_file_of_the_command_and_is_on_record(made: Any) -> None:
    answer(made, "lin", 1)
    guo = someone(made, "guo")
    found = exports.ratings(made.store, by=guo, study="pilot", form="csv", wide=False)
    rows = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert (found.name, found.rows, len(rows)) == ("pilot.csv", 36, 36)
    assert sorted(row["value"] for row in rows if row["value"]) == ["0", "1", "2"]
    assert {row["system"] for row in rows} == {"S1", "S2"}
    assert CANARY + "-1" not in {row["system"] for row in rows}
    with made.store.reading() as session:
        kinds = {event.kind: event for event in session.scalars(select(Event))}
    assert "exported" in kinds
    assert kinds["downloaded"].person_id == guo.person_id
    assert kinds["downloaded"].details == {"format": "csv", "rows": 36}


def test_a_study_called_like_a_path_or_an_option_is_exported_all_the_same(
    made_sqlite: Any,
) -> None:
    with made_sqlite.store.writing() as session:
        session.scalars(select(Study)).one().name = "--../研究"
    guo = someone(made_sqlite, "guo")
    found = exports.ratings(made_sqlite.store, by=guo, study="--../研究", form="xlsx", wide=True)
    assert found.name == "--_研究.xlsx"
    assert found.content.startswith(b"PK")


def test_who_rates_in_the_study_gets_no_file(made_sqlite: Any) -> None:
    wu = someone(made_sqlite, "wu")
    with pytest.raises(OwnStudy):
        exports.ratings(made_sqlite.store, by=wu, study="pilot", form="csv", wide=False)


@pytest.mark.parametrize("username", ["lin", "he", "zhao"])
def test_raters_and_leads_get_no_file(made_sqlite: Any, username: str) -> None:
    by = someone(made_sqlite, username)
    with pytest.raises(NotForYou):
        exports.ratings(made_sqlite.store, by=by, study="pilot", form="csv", wide=False)


def test_what_cannot_be_exported_says_why(made_sqlite: Any) -> None:
    guo = someone(made_sqlite, "guo")
    with pytest.raises(NotKnown, match="there is no study other"):
        exports.ratings(made_sqlite.store, by=guo, study="other", form="csv", wide=False)
    with made_sqlite.store.writing() as session:
        session.scalars(select(Study)).one().kind = "distortion"
    with pytest.raises(NotWritten, match="pilot"):
        exports.ratings(made_sqlite.store, by=guo, study="pilot", form="csv", wide=False)
