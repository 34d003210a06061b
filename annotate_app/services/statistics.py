"""Work out a study's figures, for who may know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from annotate_app.i18n.translator import Language
from annotate_app.services import commands, figure_files, rights
from annotate_app.services.sign_in import SignedIn
from db import ratings, studies
from db.engine import Store

What = Literal["results", "agreement", "raters"]
KEPT = 64  # sets of figures, so that a page that is drawn anew shows the same without a wait


@dataclass(frozen=True)
class Figures:
    """What the command says, and the same as files."""

    found: Mapping[str, Any]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class About:
    """A study whose figures may be seen, and the groups that its raters are of.

    `names` are those of its criteria by language, as far as the study has them.
    """

    study: str
    kind: str
    open: bool
    unblinded: bool
    groups: Sequence[str]
    names: Mapping[str, Mapping[str, str]]

    def called(self, criterion: str, language: Language) -> str:
        """Return what a reader calls a criterion."""
        return self.names.get(criterion, {}).get(language) or criterion


def about(store: Store, *, by: SignedIn, study: str, what: What) -> About:
    """Return what there is to be chosen, and the state in which the study is.

    Raises NotForYou for who only rates, and for a lead who asks about single raters; OwnStudy or
    CasesWaiting for whom the results are closed; NotKnown.
    """
    with store.reading() as session:
        rights.check_watches(session, by)
        if what == "raters":
            rights.check_researches(session, by)
        found = studies.get(session, name=study)
        rights.check_outside(session, by, found)
        raters = studies.progress(session, study_id=found.id)
        groups = sorted({rater.group for rater in raters if rater.group})
        return About(
            study=found.name,
            kind=found.kind,
            open=found.status == "open",
            unblinded=found.unblinded_at is not None,
            groups=groups,
            names={each["id"]: each.get("name") or {} for each in found.criteria},
        )


def work_out(
    store: Store, *, by: SignedIn, study: str, what: What, options: Sequence[str] = ()
) -> Figures:
    """Return the figures of the newest judgements, in a process of their own.

    Raises as `about` does, and NotWritten with the reason why there are no figures.
    """
    about(store, by=by, study=study, what=what)
    with store.reading() as session:
        state = ratings.state(session, study=studies.get(session, name=study))
    asked = (f"--study={study}", *options, "--latex")
    found = _worked_out(store, what, asked, state)
    name = figure_files.named(study, what)
    files = {
        f"{name}.csv": figure_files.as_csv(figure_files.figures_in(found)),
        f"{name}.json": figure_files.as_json(found),
    }
    return Figures(found, files)


@lru_cache(maxsize=KEPT)
def _worked_out(
    store: Store, what: What, options: tuple[str, ...], _state: tuple[Any, ...]
) -> dict[str, Any]:
    return commands.run(store, what, options)
