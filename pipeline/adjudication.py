"""Report how leads settled a distortion study, and how far its labellers agreed before that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db import adjudications, label_sets, labels, votes
from db.adjudications import LeadProgress
from db.engine import Store
from db.labels import Labelling
from db.tables import AdjudicationCase
from db.votes import LabelledItem
from pipeline import analysis
from pipeline.ground_truth import agree
from pipeline.labelled import arrays
from pipeline.labeller_agreement import LabellerAgreement, measure
from pipeline.stats.resampling.intervals import Estimate, Resampling, wilson

Pair = tuple[Labelling, Labelling]


@dataclass(frozen=True)
class AdjudicationOf:
    """Which study to report on."""

    study: str


@dataclass(frozen=True)
class Sided:
    """With whom leads sided in `n` decided cases: in presence and the set of labels.

    "one" is exactly one of the votes, "some" several, but not all.
    """

    n: int
    with_one: Estimate
    with_some: Estimate
    with_all: Estimate
    with_none: Estimate


@dataclass(frozen=True)
class Share:
    """How often something was so in `n` cases: in the whole answer, and in presence only."""

    n: int
    answer: Estimate
    presence: Estimate


@dataclass(frozen=True)
class Report:
    """What leads decided of a study so far.

    `left_out` are items with "one_vote" or "no_vote". `first_shown` is how often a lead who sided
    with exactly one vote did with the one shown as A. `consistency` is how often a lead's own
    answer, without the votes, is the one that all labellers gave; `changed` how often the decision
    is another than the own answer.
    """

    study: str
    status: str
    level: float
    items: int
    left_out: Mapping[str, int]
    cases: int
    agreed: int
    leads: Sequence[LeadProgress]
    before: LabellerAgreement
    differing: Sided
    agreeing: Sided
    first_shown: Estimate
    consistency: Share
    changed: Share

    @property
    def decided(self) -> int:
        return sum(lead.decided for lead in self.leads)


@dataclass(frozen=True)
class Case:
    """One case as far as it is: `votes` as they were shown, `own` and `decided` as they are now."""

    agreed: bool
    votes: Sequence[Labelling]
    own: Labelling | None
    decided: Labelling | None


def run(store: Store, config: AdjudicationOf) -> Report:
    """Return the report, of decisions so far. Raises NotKnown, or NotAllowed for other studies."""
    with store.reading() as session:
        study = votes.distortion_study(session, name=config.study)
        items = [
            item
            for item in votes.of_study(session, study=study)
            if not (item.is_repeat or item.is_calibration)
        ]
        by_id = {item.id: item for item in items}
        cases = [
            _case(case, by_id[case.item_id])
            for case in adjudications.of_study(session, study_id=study.id)
        ]
        known = label_sets.known(session, label_set_id=study.label_set_id)
        plan = analysis.resampling(study)
        level = plan.level
        done = [case for case in cases if case.decided]
        return Report(
            study=study.name,
            status=study.status,
            level=level,
            items=len(items),
            left_out=_left_out(items),
            cases=len(cases),
            agreed=sum(case.agreed for case in cases),
            leads=adjudications.progress(session, study_id=study.id),
            before=_before(items, known, plan),
            differing=_sided([case for case in done if not case.agreed], level),
            agreeing=_sided([case for case in done if case.agreed], level),
            first_shown=_first_shown(done, level),
            consistency=_alike([(c.own, c.votes[0]) for c in cases if c.agreed and c.own], level),
            changed=_changed([(c.own, c.decided) for c in done if c.own and c.decided], level),
        )


def _left_out(items: Sequence[LabelledItem]) -> dict[str, int]:
    """Count items with too few votes; what an outside ground truth answers has none at all."""
    counts = [len(item.votes) for item in items if not item.gold]
    return {"one_vote": counts.count(1), "no_vote": counts.count(0)}


def _case(stored: AdjudicationCase, item: LabelledItem) -> Case:
    shown: dict[tuple[str, int], Labelling] = {
        ("judgement", vote.judgement_id): vote.given for vote in item.votes
    }
    for answer in item.gold:
        shown["gold", answer.id] = labels.of_gold(answer.presence, answer.labels)
    drawn = [next(iter(vote.items())) for vote in stored.votes]
    own = item.decision.before if item.decision else None
    decided = item.decision.decided if item.decision else None
    return Case(stored.agreed, [shown[vote] for vote in drawn], own, decided)


def _before(
    items: Sequence[LabelledItem], known: Sequence[str], plan: Resampling
) -> LabellerAgreement:
    raters = sorted({vote.rater.pseudonym for item in items for vote in item.votes})
    return measure(arrays(items, labels=known, raters=raters), plan=plan)


def _sided(cases: Sequence[Case], level: float) -> Sided:
    with_all = with_one = with_none = 0
    for case in cases:
        matching = _matching(case)
        with_all += len(matching) == len(case.votes)
        with_one += len(matching) == 1
        with_none += not matching
    n = len(cases)
    with_some = n - with_all - with_one - with_none
    shares = [wilson(k, n, level=level) for k in (with_one, with_some, with_all, with_none)]
    return Sided(n, *shares)


def _matching(case: Case) -> list[int]:
    """Return the places of the votes that the decision is the same as."""
    return [
        place
        for place, vote in enumerate(case.votes)
        if case.decided and agree([vote, case.decided])
    ]


def _first_shown(cases: Iterable[Case], level: float) -> Estimate:
    chosen = [places[0] for places in map(_matching, cases) if len(places) == 1]
    return wilson(chosen.count(0), len(chosen), level=level)


def _alike(pairs: Sequence[Pair], level: float) -> Share:
    answers = [agree(pair) for pair in pairs]
    return _share(answers, [a.presence == b.presence for a, b in pairs], level)


def _changed(pairs: Sequence[Pair], level: float) -> Share:
    answers = [not agree(pair) for pair in pairs]
    return _share(answers, [a.presence != b.presence for a, b in pairs], level)


def _share(answers: Sequence[bool], presence: Sequence[bool], level: float) -> Share:
    n = len(answers)
    return Share(n, wilson(sum(answers), n, level=level), wilson(sum(presence), n, level=level))
