"""Tell on how many of the questions a model that is scored may have been fine-tuned."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from db import metric_scores
from db.tables import System


def trained_on(session: Session, *, system: System, questions: Collection[int]) -> dict[str, int]:
    """Return how many of these questions stand in the train part of each split.

    {} for people, and for a model that is not run here and was fine-tuned by nobody known.
    """
    tuned = system.kind == "local" or bool((system.configuration or {}).get("adapter"))
    if not tuned:
        return {}
    return metric_scores.in_train(session, question_ids=questions)
