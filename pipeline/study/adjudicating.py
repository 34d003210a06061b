"""Draw the items of a closed distortion study that its leads decide."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.orm import Session

from db import adjudications, events, people, runs, votes
from db.account_tables import Person
from db.adjudications import LeadProgress, NewCase
from db.engine import Store
from db.errors import BadRow, NotAllowed
from db.tables import Study
from db.votes import LabelledItem
from pipeline.ground_truth import KINDS, agree, disagreements
from pipeline.study.chance import dice, shuffled

ON = ("presence", "labels", "cannot_tell")
AGREED = 0.1
CONFLICTING = "conflicting"
ALL_KINDS = (*KINDS, CONFLICTING)


@dataclass(frozen=True)
class Wanted:
    """Which items become cases, and whose; what is None is as the study's design says."""

    study: str
    leads: Sequence[str] | None = None
    on: Sequence[str] | None = None
    agreed: float | None = None


@dataclass(frozen=True)
class Drawn:
    """The cases of a study, by kind of disagreement, and how many each lead has.

    A case may be of several kinds; "conflicting" is an outside ground truth with several answers.
    `agreed` of the `of_agreed` items in agreement are mixed in. `left_out` are items that can be
    no cases: with "one_vote" or "no_vote", or in disagreement of no wanted kind ("other_kind").
    """

    study: str
    cases: int
    on: tuple[str, ...]
    kinds: Mapping[str, int]
    agreed: int
    of_agreed: int
    left_out: Mapping[str, int]
    leads: Mapping[str, int]


@dataclass(frozen=True)
class HandedOver:
    """Undecided cases of leads who are gone, and how many of them each other lead now has."""

    study: str
    cases: int
    leads: Mapping[str, int]


@dataclass(frozen=True)
class Candidate:
    """An item with several votes, and in which ways these differ."""

    item: LabelledItem
    kinds: frozenset[str]
    agreed: bool
    votes: tuple[dict[str, int], ...]


def run(store: Store, wanted: Wanted, *, by: int | None = None) -> Drawn | HandedOver:
    """Draw the cases of a closed study, once, and give them to leads in turn.

    Cases are all items in disagreement and a share of those in agreement, mixed; of an imported
    ground truth, the items with several answers. Nobody gets an item that they labelled. A second
    call only hands over what leads who are gone have left undecided.
    Raises NotKnown, or NotAllowed where nothing can be drawn: then nothing is stored.
    """
    with store.writing(in_turn=True) as session:
        study = votes.distortion_study(session, name=wanted.study)
        _check_closed(study)
        leads = _leads(session, wanted)
        record = runs.start(session, stage="study adjudicate", configuration=vars(wanted))
        before = adjudications.progress(session, study_id=study.id)
        done: Drawn | HandedOver = (
            _hand_over(session, study, wanted, leads, before)
            if before
            else _draw(session, study, wanted, leads)
        )
        counts = {"cases": done.cases, "leads": dict(done.leads)}
        kind = "adjudication_handed_over" if before else "adjudication_drawn"
        events.record(session, kind=kind, person_id=by, study_id=study.id, details=counts)
        runs.end(record, counts=counts)
        return done


def _check_closed(study: Study) -> None:
    if study.status == "draft":
        raise NotAllowed(
            f"study {study.name} is a draft; open it with 'cbt study open {study.name}', let it be"
            " labelled and close it, then adjudicate"
        )
    if study.status == "open":
        raise NotAllowed(
            f"study {study.name} is open, and its labels can still change; close it with"
            f" 'cbt study close {study.name}', then adjudicate"
        )


def _leads(session: Session, wanted: Wanted) -> Sequence[Person]:
    if wanted.leads is not None and not wanted.leads:
        raise NotAllowed("name one lead or more, or leave --leads out, which takes every lead")
    leads = people.leads(session, usernames=wanted.leads)
    if not leads:
        raise NotAllowed(
            "there is no lead to decide; add one with 'cbt people add --role lead', then adjudicate"
        )
    return leads


def _draw(session: Session, study: Study, wanted: Wanted, leads: Sequence[Person]) -> Drawn:
    usual = study.design.get("adjudication", {})
    on = tuple(usual.get("on", ON) if wanted.on is None else wanted.on)
    share = usual.get("agreed", AGREED) if wanted.agreed is None else wanted.agreed
    _check_wanted(on, share)
    items = votes.of_study(session, study=study)
    found, left_out = _candidates(items)
    differing = [each for each in found if each.kinds & {*on, CONFLICTING}]
    in_agreement = [each for each in found if each.agreed and not each.kinds & {*on}]
    left_out["other_kind"] = len(found) - len(differing) - len(in_agreement)
    seed = f"{study.seed} adjudication"
    mixed_in = dice(f"{seed} agreed").sample(in_agreement, k=_of(len(in_agreement), share))
    mixed = shuffled([*differing, *mixed_in], seed=f"{seed} order")
    if not mixed:
        raise NotAllowed(_nothing(study.name, found, on))
    shared = _shared(session, study, [each.item.id for each in mixed], leads)
    chosen = {each.item.id for each in mixed_in}
    _store(session, study, mixed, agreed=chosen, shared=shared)
    return Drawn(
        study=study.name,
        cases=len(mixed),
        on=on,
        kinds={kind: sum(kind in case.kinds for case in differing) for kind in ALL_KINDS},
        agreed=len(mixed_in),
        of_agreed=len(in_agreement),
        left_out=dict(left_out),
        leads=_loads(leads, shared),
    )


def _check_wanted(on: Sequence[str], share: float) -> None:
    unknown = [kind for kind in on if kind not in KINDS]
    if unknown or not on:
        none = f"there is no kind of disagreement {', '.join(unknown)}; " if unknown else ""
        raise NotAllowed(f"{none}name one or more kinds of disagreement: {', '.join(KINDS)}")
    if not 0 <= share <= 1:
        raise NotAllowed(f"the share of agreed items is from 0 to 1, not {share}")


def _candidates(items: Sequence[LabelledItem]) -> tuple[list[Candidate], Counter[str]]:
    """Return the items that could be cases, and count those that have too few votes."""
    found: list[Candidate] = []
    left_out = Counter(one_vote=0, no_vote=0)
    for item in items:
        if item.is_repeat or item.is_calibration:
            continue
        given = [vote.given for vote in item.votes]
        if len(given) > 1:
            refs = tuple({"judgement": vote.judgement_id} for vote in item.votes)
            kinds = disagreements(given)
            found.append(Candidate(item, kinds, agreed=agree(given), votes=refs))
        elif any(answer.conflicting for answer in item.gold):
            refs = tuple({"gold": answer.id} for answer in item.gold)
            found.append(Candidate(item, frozenset({CONFLICTING}), agreed=False, votes=refs))
        elif not item.gold:
            left_out["one_vote" if given else "no_vote"] += 1
    return found, left_out


def _of(items: int, share: float) -> int:
    """Return how many a share of so many items is: rounded half up, and one at least."""
    exact = Decimal(str(share)) * items
    return max(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), int(exact > 0))


def _nothing(study: str, found: Sequence[Candidate], on: Sequence[str]) -> str:
    if not found:
        return f"no item of study {study} has two votes, so there is nothing to adjudicate"
    return (
        f"the votes on the {len(found):,} items of study {study} do not differ in"
        f" {', '.join(on)}, and none in agreement are wanted: there is nothing to adjudicate"
    )


def _shared(
    session: Session, study: Study, items: Sequence[int], leads: Sequence[Person]
) -> dict[int, int]:
    """Return who decides each item: {item: person}.

    Items that fewer leads can have are given first; each goes to the lead with the fewest so far.
    """
    labelled = adjudications.labellers(session, study_id=study.id)
    free = {
        item: [lead.id for lead in leads if lead.id not in labelled.get(item, ())] for item in items
    }
    if not all(free.values()):
        taken = {item for item, theirs in free.items() if not theirs}
        raise _labelled_by_all(session, study, taken, leads)
    loads = {lead.id: 0 for lead in leads}
    shared = {}
    for item in sorted(free, key=lambda item: len(free[item])):
        shared[item] = min(free[item], key=loads.__getitem__)
        loads[shared[item]] += 1
    return shared


def _labelled_by_all(
    session: Session, study: Study, taken: set[int], leads: Sequence[Person]
) -> NotAllowed:
    who = " and ".join(lead.username or lead.pseudonym for lead in leads)
    rows = [
        BadRow(place, "labelled_by_lead", f"item {item.item} was labelled by {who}")
        for place, item in enumerate(votes.of_study(session, study=study), start=1)
        if item.id in taken
    ]
    items = f"{len(rows):,} item{'s' if len(rows) > 1 else ''}"
    return NotAllowed(
        f"nobody adjudicates what they labelled, and {who} labelled {items} of study {study.name}"
        " that nobody else would decide; name other leads with --leads",
        rows,
    )


def _store(
    session: Session,
    study: Study,
    mixed: Sequence[Candidate],
    *,
    agreed: set[int],
    shared: Mapping[int, int],
) -> None:
    positions: Counter[int] = Counter()
    cases = []
    for each in mixed:
        item = each.item.id
        positions[shared[item]] += 1
        cases.append(
            NewCase(
                item_id=item,
                person_id=shared[item],
                position=positions[shared[item]],
                agreed=item in agreed,
                votes=shuffled(each.votes, seed=f"{study.seed} adjudication votes {item}"),
            )
        )
    adjudications.add(session, study_id=study.id, cases=cases)


def _loads(leads: Sequence[Person], shared: Mapping[int, int]) -> dict[str, int]:
    loads = Counter(shared.values())
    return {lead.pseudonym: loads[lead.id] for lead in leads if loads[lead.id]}


def _hand_over(
    session: Session,
    study: Study,
    wanted: Wanted,
    leads: Sequence[Person],
    before: Sequence[LeadProgress],
) -> HandedOver:
    left = adjudications.left_behind(session, study_id=study.id)
    if not left or wanted.on is not None or wanted.agreed is not None:
        cases, decided = sum(lead.cases for lead in before), sum(lead.decided for lead in before)
        raise NotAllowed(
            f"the cases of study {study.name} were drawn before, and are drawn only once:"
            f" {decided:,} of {cases:,} are decided;"
            f" 'cbt study adjudication {study.name}' shows who has the others"
        )
    shared = _shared(session, study, [case.item_id for case in left], leads)
    last = Counter(adjudications.last_positions(session, study_id=study.id))
    for case in left:
        case.person_id = shared[case.item_id]
        last[case.person_id] += 1
        case.position = last[case.person_id]
    return HandedOver(study.name, len(left), _loads(leads, shared))
