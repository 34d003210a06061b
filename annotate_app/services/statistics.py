"""Work out a study's figures, for who may know them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotate_app.services import commands, criterion_names, figure_files, rights
from annotate_app.services.criterion_names import CriterionNames
from annotate_app.services.newest import Newest
from annotate_app.services.sign_in import SignedIn
from db import ratings, studies
from db.engine import Store
from db.errors import NotAllowed

What = Literal["results", "agreement", "raters"]
MOST_PAIRS = 435  # of 30 raters or systems; more are none that one can read on a page


class NothingYet(NotAllowed):
    code = "nothing_yet"


class OneRater(NotAllowed):
    code = "one_rater"


class WithoutScores(NotAllowed):
    code = "without_scores"


@dataclass(frozen=True)
class Figures:
    """What the command says, and what makes files of it for who wants them.

    Of the pairs in `found` that are more than MOST_PAIRS just so many are kept that this shows.
    """

    found: Mapping[str, Any]
    files: Mapping[str, Callable[[], bytes]]


# So that a page that is drawn anew shows the same without a wait.
KEPT: Newest[Figures] = Newest(32)


@dataclass(frozen=True)
class About:
    """A study whose figures may be seen.

    `raters` counts by group those who have answered; the group of some is None.
    """

    study: str
    kind: str
    open: bool
    unblinded: bool
    raters: Mapping[str | None, int]
    names: CriterionNames

    @property
    def groups(self) -> Sequence[str]:
        return sorted(group for group in self.raters if group)


def about(store: Store, *, by: SignedIn, study: str, what: What) -> About:
    """Return what there is to be chosen, and the state in which the study is.

    Raises NotForYou for who only rates, and for a lead who asks about single raters; OwnStudy or
    CasesWaiting for whom the results are closed; NotKnown; WithoutScores for a study of labels;
    NothingYet before the first answer.
    """
    with store.reading() as session:
        rights.check_watches(session, by)
        if what == "raters":
            rights.check_researches(session, by)
        found = studies.get(session, name=study)
        rights.check_outside(session, by, found)
        if found.kind != "rating" and what != "agreement":
            raise WithoutScores(f"the study {found.name} has labels and no scores")
        there = [one for one in studies.progress(session, study_id=found.id) if one.answered]
        if not there:
            raise NothingYet(f"nobody has answered anything in the study {found.name} yet")
        groups = [one.group or None for one in there]
        return About(
            study=found.name,
            kind=found.kind,
            open=found.status == "open",
            unblinded=found.unblinded_at is not None,
            raters={group: groups.count(group) for group in groups},
            names=criterion_names.of_study(found),
        )


def work_out(
    store: Store,
    *,
    by: SignedIn,
    study: str,
    what: What,
    group: str | None = None,
    model: bool = False,
) -> Figures:
    """Return the figures of the newest answers, of all raters or a group, in another process.

    `model` adds the mixed model, which tells of single raters and is for researchers. Raises as
    `about` does, OneRater where agreement is asked of one, NotForYou, and NotWritten with the
    reason why there are no figures.
    """
    there = about(store, by=by, study=study, what=what)
    counted = there.raters.get(group, 0) if group else sum(there.raters.values())
    if what == "agreement" and counted == 1:
        raise OneRater("one rater alone agrees with nobody; a second one would be enough")
    with store.reading() as session:
        if model:
            rights.check_researches(session, by)
        state = ratings.state(session, study=studies.get(session, name=study))
    asked = [f"--study={study}", "--latex"]
    asked += [f"--group={group}"] if group else []
    asked += ["--model"] if model else []
    question = (store, what, *asked)
    return KEPT.get(question, state, lambda: _worked_out(store, there.study, what, asked))


def _worked_out(store: Store, study: str, what: What, options: Sequence[str]) -> Figures:
    # To read thousands of pairs takes a while in which nobody could save.
    fewer = [f"--pairs={MOST_PAIRS + 1}"] if what == "agreement" else []
    said = commands.said(store, what, [*options, *fewer])
    found = json.loads(said)
    few = True
    for of in found["criteria"].values():
        few = few and len(of.get("pairs", ())) <= MOST_PAIRS
        if "differences" in of:
            of["differences"] = of["differences"][: MOST_PAIRS + 1]

    def whole() -> bytes:
        return said if few else commands.said(store, what, options)

    name = figure_files.named(study, what)
    files = {f"{name}.csv": lambda: figure_files.table_of(whole()), f"{name}.json": whole}
    return Figures(found, files)
