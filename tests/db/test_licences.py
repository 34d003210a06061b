"""What an import said of a source's licence is told of all its questions."""

from db import licences, runs
from db.engine import Store
from db.tables import Question


def test_the_licences_of_a_source_are_those_of_all_its_imports(store: Store) -> None:
    with store.writing() as session:
        for source, licence in (("forum", "psyqa"), ("forum", "CC0"), ("own", None)):
            configuration = {"source": source, "licence": licence}
            run = runs.start(session, stage="import questions", configuration=configuration)
            session.add(Question(source=source, external_id=str(licence), text="问", run_id=run.id))
        later = {"source": "later", "licence": "with a later import"}
        runs.start(session, stage="import questions", configuration=later)
        runs.start(session, stage="generate", configuration={"source": "own", "licence": "other"})
    with store.reading() as session:
        assert licences.given(session) == {
            "forum": ["psyqa", "CC0"],
            "later": ["with a later import"],
        }
        told = licences.of_sources(session)
    assert told["forum"].startswith("PsyQA: for research only")
    assert told["forum"].endswith("; CC0")
