"""Tell raters about their own ratings, and nothing of anybody else's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotate_app.services import commands, criterion_names
from annotate_app.services.criterion_names import CriterionNames
from annotate_app.services.newest import Newest
from annotate_app.services.sign_in import SignedIn
from db import ratings, studies
from db.engine import Store
from db.errors import NotAllowed
from db.tables import Study

KEPT: Newest[dict[str, Any]] = Newest(256)


class NotYours(NotAllowed):
    code = "not_yours"


@dataclass(frozen=True)
class OwnRatings:
    """A study in which someone rates, and what the command says of that one rater.

    `found` is None where there is nothing to tell: no answer yet, or labels instead of scores.
    """

    study: str
    kind: str
    open: bool
    answered: int
    assigned: int
    found: Mapping[str, Any] | None
    names: CriterionNames


def of(store: Store, *, person: SignedIn, study: str) -> OwnRatings:
    """Return what concerns this person alone in a study.

    Raises NotYours for a study in which the person has nothing to rate, in the same words whether
    there is such a study or not; NotWritten with the reason why there are no figures.
    """
    with store.reading() as session:
        mine = {each.name: each for each in studies.of_rater(session, person_id=person.person_id)}
        own = mine.get(study)
        if own is None or own.status == "draft":
            raise NotYours("you rate in no study of this name")
        kept = session.get_one(Study, own.study_id)
        names = criterion_names.of_study(kept)
        state = ratings.state(session, study=kept)
    tells = own.kind == "rating" and own.answered > 0
    options = (f"--study={own.name}", f"--own={person.pseudonym}")
    found = (
        KEPT.get((store, *options), state, lambda: commands.run(store, "raters", options))
        if tells
        else None
    )
    return OwnRatings(
        study=own.name,
        kind=own.kind,
        open=own.open,
        answered=own.answered,
        assigned=own.assigned,
        found=found,
        names=names,
    )
