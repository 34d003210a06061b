"""Tell under which terms the questions of each source came, as their imports recorded it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import Question, Run

KEY = "licence"  # in the configuration of a run that imported questions
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


def of_sources(session: Session) -> dict[str, str]:
    """Return the terms of each source of which any are known; of several imports all are told."""
    query = select(Question.source, Question.run_id).where(Question.run_id.is_not(None)).distinct()
    by_run = {
        run_id: configuration[KEY]
        for run_id, configuration in session.execute(select(Run.id, Run.configuration))
        if configuration.get(KEY)
    }
    found: dict[str, dict[str, None]] = {}
    for source, run_id in session.execute(query.order_by(Question.source, Question.run_id)):
        if run_id in by_run:
            found.setdefault(source, {})[terms(by_run[run_id])] = None
    return {source: "; ".join(said) for source, said in found.items()}
