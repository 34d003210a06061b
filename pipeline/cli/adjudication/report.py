"""The report of `cbt study adjudication`: for a person, and as JSON."""

from collections.abc import Iterator
from typing import Any

from pipeline.adjudication import Report, Share, Sided
from pipeline.cli.adjudication.texts import left_out
from pipeline.cli.agreement.names import EMPTY_SETS
from pipeline.cli.columns import aligned
from pipeline.cli.estimates import as_object, interval, interval_heading, percent, percents, places
from pipeline.cli.wording import many
from pipeline.labeller_agreement import LabellerAgreement
from pipeline.stats.resampling.intervals import Estimate

FIGURES = {
    "percent_agreement": "percent agreement",
    "alpha_nominal": "Krippendorff's alpha (nominal)",
    "cohen_kappa": "Cohen's kappa",
    "alpha_masi": "Krippendorff's alpha (MASI)",
    "alpha_jaccard": "Krippendorff's alpha (Jaccard)",
}
SIDES = {
    "with_one": "as exactly one vote",
    "with_some": "as some of the votes",
    "with_all": "as all votes",
    "with_none": "as none of the votes",
}
WHERE = ("in disagreement", "in agreement")


def lines(found: Report) -> Iterator[str]:
    differing = found.cases - found.agreed
    yield (
        f"study {found.study}, {found.status}: {many(found.cases, 'case')}, {differing:,} in"
        f" disagreement, {found.agreed:,} in agreement; {found.decided:,} decided"
    )
    yield from left_out(found.left_out)
    if found.leads:
        yield ""
        head = ["lead", "cases", "decided", "waiting"]
        rows = [[x.pseudonym, str(x.cases), str(x.decided), str(x.waiting)] for x in found.leads]
        yield from aligned([head, *rows])
    yield ""
    yield from _agreement(found.before, found.level)
    if found.decided:
        yield ""
        yield from _sides(found)
    yield ""
    if found.first_shown.value is not None:
        first = f"{percent(found.first_shown.value)} ({percents(found.first_shown)})"
        yield f"decided as exactly one vote: in {first} as the one shown first"
    yield f"in agreement, the lead's own answer is that of all: {_share(found.consistency)}"
    yield f"the decision is another than the lead's own answer: {_share(found.changed)}"
    yield ""
    yield from _notes(found)


def _notes(found: Report) -> Iterator[str]:
    yield (
        'agreement in presence is of "yes", "no" and "cannot tell"; in labels it is of the sets of'
        ' those who can tell, and a "yes" without a label has the empty set, as a "no"'
    )
    yield EMPTY_SETS
    yield "answers are the same if presence and labels are, whichever label is the primary one"
    yield (
        f"{100 * found.level:g}% intervals: Wilson's for shares of cases, and of items with two"
        " votes each; else the bootstrap over items, or over questions where several items are"
        " about one (--json has each figure's method and seed)"
    )


def _agreement(before: LabellerAgreement, level: float) -> Iterator[str]:
    yield (
        f"before adjudication: {many(before.labellers, 'labeller')},"
        f" {many(before.items, 'item')} with two votes or more"
    )
    head = ["", "value", interval_heading(level)]
    figures = [("presence", before.presence), ("labels", before.labels)]
    rows = [
        [f"{what}: {FIGURES[name]}", places(figure.value), interval(figure)]
        for what, named in figures
        for name, figure in named.items()
    ]
    given = [(label, n, figure) for label, (n, figure) in before.by_label.items() if n]
    rows += [
        [f"alpha of {label} ({many(n, 'vote')})", places(figure.value), interval(figure)]
        for label, n, figure in given
    ]
    yield from aligned([head, *rows])
    unused = [label for label, (n, _) in before.by_label.items() if not n]
    if unused and given:
        yield f"given by nobody: {', '.join(unused)}"


def _sides(found: Report) -> Iterator[str]:
    both = (found.differing, found.agreeing)
    head = ["decided", *(f"{what}, {side.n:,}" for what, side in zip(WHERE, both, strict=True))]
    rows = [
        [name, *(f"{percent(_of(side, key).value)} ({percents(_of(side, key))})" for side in both)]
        for key, name in SIDES.items()
    ]
    yield from aligned([head, *rows])


def _of(side: Sided, key: str) -> Estimate:
    estimate: Estimate = getattr(side, key)
    return estimate


def _share(share: Share) -> str:
    if not share.n:
        return "no cases yet"
    answer = f"{percent(share.answer.value)} of {share.n:,} ({percents(share.answer)})"
    return f"{answer}; presence only {percent(share.presence.value)} ({percents(share.presence)})"


def as_json(found: Report) -> dict[str, Any]:
    before = found.before
    return {
        "study": found.study,
        "status": found.status,
        "items": found.items,
        "left_out": found.left_out,
        "cases": found.cases,
        "in_disagreement": found.cases - found.agreed,
        "in_agreement": found.agreed,
        "decided": found.decided,
        "leads": [
            {
                "lead": lead.pseudonym,
                "cases": lead.cases,
                "decided": lead.decided,
                "waiting": lead.waiting,
            }
            for lead in found.leads
        ],
        "before": {
            "items": before.items,
            "labellers": before.labellers,
            "presence": {name: as_object(figure) for name, figure in before.presence.items()},
            "labels": {name: as_object(figure) for name, figure in before.labels.items()},
            "by_label": [
                {"label": label, "votes": n, "alpha": as_object(figure)}
                for label, (n, figure) in before.by_label.items()
            ],
        },
        "decisions": {
            "in_disagreement": _sided_json(found.differing),
            "in_agreement": _sided_json(found.agreeing),
            "first_shown": as_object(found.first_shown),
        },
        "consistency": _share_json(found.consistency),
        "changed": _share_json(found.changed),
        "notes": list(_notes(found)),
    }


def _sided_json(side: Sided) -> dict[str, Any]:
    return {"n": side.n} | {key: as_object(_of(side, key)) for key in SIDES}


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "n": share.n,
        "answer": as_object(share.answer),
        "presence": as_object(share.presence),
    }
