"""Tell under which terms the questions of each source came, as their imports recorded it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import Question, Run

STAGE = "import questions"
KEY = "licence"  # in the configuration of a run of that stage
PSYQA = "psyqa"
TERMS = {
    PSYQA: (
        "PsyQA: for research only, by agreement with its authors; neither its texts nor what is"
        " derived from them may be passed on"
    ),
}


def terms(licence: str) -> str:
    """Return a licence in words: a known one's terms, or what was given in its place."""
    return TERMS.get(licence, licence)


def given(session: Session) -> dict[str, list[str]]:
    """Return the licences of each source that has any, in the order of their imports.

    What an import says of a source holds for all its questions, also for those that were there.
    """
    runs = session.execute(select(Run.id, Run.configuration).where(Run.stage == STAGE))
    licensed = {id_: configuration for id_, configuration in runs if configuration.get(KEY)}
    query = select(Question.source, Question.run_id).where(Question.run_id.in_(licensed)).distinct()
    of_run = {(run_id, source) for source, run_id in session.execute(query)}
    of_run |= {(id_, each["source"]) for id_, each in licensed.items() if each.get("source")}
    found: dict[str, dict[str, None]] = {}
    for run_id, source in sorted(of_run):
        found.setdefault(source, {})[licensed[run_id][KEY]] = None
    return {source: list(licences) for source, licences in found.items()}


def of_sources(session: Session) -> dict[str, str]:
    """Return the terms of each source of which any are known; of several imports all are told."""
    return {source: "; ".join(map(terms, each)) for source, each in given(session).items()}
