"""Say how good a detector is: to a person, and as a table for LaTeX."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.cli import latex
from pipeline.cli.columns import aligned
from pipeline.cli.detection_quality import versus
from pipeline.cli.estimates import NONE, interval, interval_heading, places
from pipeline.cli.wording import RESEARCH_ONLY, counted
from pipeline.detection_quality.ceiling import Ceiling
from pipeline.detection_quality.comparison import FIGURES, Comparison
from pipeline.detection_quality.scoring import Quality
from pipeline.stats.labels.multilabel import LabelQuality
from pipeline.stats.resampling.intervals import Estimate

NAMES = dict(zip(FIGURES, FIGURES, strict=True)) | {"f1": "F1", "mcc": "MCC"}
BETWEEN = ("accuracy", "f1", "kappa")  # figures that labellers with each other have too
PAIRS_SHOWN = 20
LEFT_OUT = {
    "undecided": "are in disagreement without a lead's decision",
    "conflicting": "have two answers in the imported ground truth",
    "cannot_tell": 'are "cannot tell" in the gold',
    "one_vote": "have only one vote",
    "no_vote": "have no vote",
    "no_detection": "were not searched by the detector",
    "detector_cannot_tell": "are ones that the detector cannot tell",
    "repeats": "are repeats",
    "calibration": "are for calibration",
}
PLACES = {
    "item": "items themselves",
    "response": "items' responses",
    "question": "items' questions",
    "system": "another system's answers to items' questions",
}
SETTLED = {
    "adjudicated": "decided by a lead",
    "agreed": "agreed by all labellers",
    "gold": "from the imported ground truth",
    "union": "by union",
    "intersection": "by intersection",
    "labeller": "by one labeller",
}
LABELLERS_MEANT = " Labellers: each with each other, over all pairs of answers to an item."
CHANGED = {"changed": "another text", "removed": "no such label", "new": "a label that is new"}


def lines(found: Quality) -> Iterator[str]:
    yield f"study {found.study}: {found.detector} against {_gold(found)}, {found.n:,} items"
    yield ""
    yield from aligned(_table_3(found))
    yield ""
    yield from aligned(_two_by_two(found))
    quality = found.comparison.labels
    if quality:
        yield ""
        yield from aligned(_by_label(quality, found))
    if found.ceiling:
        yield from _labellers(found.ceiling)
    if found.versus:
        yield ""
        yield from versus.lines(found.versus, found)
    yield ""
    yield from notes(found)


def _gold(found: Quality) -> str:
    by_classes = f" in the classes of {found.crosswalk}" if found.crosswalk else ""
    return f"{found.gold}{by_classes}"


def _table_3(found: Quality) -> list[list[str]]:
    level = interval_heading(found.plan.level)
    rows = [["Table 3", found.detector, level, "never flag", "always flag", "labellers", level]]
    for name in FIGURES:
        figure = found.comparison.figures[name]
        ceiling = _ceiling(found, name)
        rows.append(
            [
                NAMES[name],
                places(figure.value),
                interval(figure),
                places(found.never.figures[name].value),
                places(found.always.figures[name].value),
                *(["", ""] if ceiling is None else [places(ceiling.value), interval(ceiling)]),
            ]
        )
    return rows if found.ceiling else [row[:-2] for row in rows]


def _ceiling(found: Quality, name: str) -> Estimate | None:
    if found.ceiling is None or name not in BETWEEN:
        return None
    figure: Estimate = getattr(found.ceiling.between, name)
    return figure


def _two_by_two(found: Quality) -> list[list[str]]:
    tp, fp, fn, tn = found.comparison.table.cells
    return [
        ["", "gold: yes", "gold: no", "total"],
        ["detector: yes", *(f"{n:,}" for n in (tp, fp, tp + fp))],
        ["detector: no", *(f"{n:,}" for n in (fn, tn, fn + tn))],
        ["total", *(f"{n:,}" for n in (tp + fn, fp + tn, tp + fp + fn + tn))],
    ]


def _by_label(quality: LabelQuality, found: Quality) -> list[list[str]]:
    level = interval_heading(found.plan.level)
    rows = [["distortion", "gold", "found", "precision", "recall", "F1", level]]
    for each in quality.labels:
        if each.support or each.found:
            mark = "*" if found.changed.get(each.label) and not found.crosswalk else ""
            counts = [f"{each.support:,}", f"{each.found:,}"]
            figures = (each.precision, each.recall, each.f1)
            rows.append([each.label + mark, *counts, *_three(figures)])
    for name in ("micro", "macro", "weighted"):
        of = getattr(quality, name)
        rows.append([f"{name} average", "", "", *_three((of.precision, of.recall, of.f1))])
    exact = quality.exact_match
    rows.append(["exact match (share)", "", "", "", "", places(exact.value), interval(exact)])
    return rows


def _three(figures: Sequence[Estimate]) -> list[str]:
    return [*(places(figure.value) for figure in figures), interval(figures[-1])]


def _labellers(found: Ceiling) -> Iterator[str]:
    yield ""
    head = ["items", "accuracy", "F1", "kappa", "labels F1"]
    of_all = found.between
    each = (of_all.accuracy, of_all.f1, of_all.kappa, of_all.labels_f1)
    rows = [["labellers with each other", *head]]
    rows += [
        [f"{pair.a} and {pair.b}", f"{pair.n:,}", *_agreement(pair.comparison)]
        for pair in found.pairs[:PAIRS_SHOWN]
    ]
    all_pairs = f"all {of_all.pairs:,} pairs of answers"
    rows += [[all_pairs, f"{of_all.items:,}", *(places(figure.value) for figure in each)]]
    yield from aligned(rows)
    if len(found.pairs) > PAIRS_SHOWN:
        yield f"… and {len(found.pairs) - PAIRS_SHOWN:,} more pairs (--json lists them all)"
    if found.against_gold:
        yield ""
        rows = [["labellers against adjudicated", *head]]
        rows += [
            [each.labeller, f"{each.n:,}", *_agreement(each.comparison)]
            for each in found.against_gold
        ]
        yield from aligned(rows)


def _agreement(found: Comparison) -> list[str]:
    of_labels = None if found.labels is None else found.labels.micro.f1.value
    return [*(places(found.figures[name].value) for name in BETWEEN), places(of_labels)]


def notes(found: Quality) -> Iterator[str]:
    """Yield what a reader must know of the figures, a sentence each."""
    yield f"gold answers: {_told(found.settled, SETTLED)}"
    yield f"detections are from {_told(found.places, PLACES)}"
    if found.left_out:
        yield f"left out: {_told(found.left_out, LEFT_OUT)}"
    if found.left_out.get("undecided"):
        yield "items in disagreement are the hard ones: without them, these figures flatter"
    yield f"intervals: {_methods(found)}"
    yield from _label_notes(found)
    yield from _ceiling_notes(found)
    if found.versus:
        yield versus.NOTE
    if found.status == "open":
        yield "the study is still open: these figures are preliminary"
    if found.coded:
        yield "until 'cbt study unblind', systems are shown by code"
    yield RESEARCH_ONLY


def _told(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return ", ".join(f"{n:,} {words.get(key, key)}" for key, n in counts.items())


def _methods(found: Quality) -> str:
    figures = found.comparison.figures
    plan = found.plan
    return (
        f"{figures['accuracy'].method} for shares of items; for F1, kappa, MCC and averages a"
        f" bootstrap over items (BCa where it can be computed, {plan.resamples:,} resamples, seed"
        f" {plan.seed})"
    )


def _label_notes(found: Quality) -> Iterator[str]:
    quality = found.comparison.labels
    if quality is None:
        yield f"no figures by distortion: {found.comparison.no_labels}"
    else:
        yield quality.convention
        yield 'a "yes" without a label has the same labels as a "no": none'
    if quality and quality.absent:
        yield f"given by neither: {', '.join(quality.absent)}"
    yield from _name_notes(found)
    if found.changed:
        told = [f"{id_} ({CHANGED[how]})" for id_, how in found.changed.items()]
        yield (
            "labelled under an older codebook, which has changed since (marked *):"
            f" {', '.join(told)}"
        )


def _name_notes(found: Quality) -> Iterator[str]:
    for who, names in vars(found.unknown).items():
        if names:
            yield (
                f"names of the {who} that are not known, and count for presence only:"
                f" {counted(names)}"
            )
    for who, names in vars(found.without).items():
        if names:
            yield f"names of the {who} without a class in {found.crosswalk}: {counted(names)}"
    if found.outside:
        yield f"not in the codebook, compared as they came: {', '.join(found.outside)}"


def _ceiling_notes(found: Quality) -> Iterator[str]:
    if found.ceiling is None:
        yield "no human ceiling: fewer than two labellers have answered"
        return
    yield (
        'labellers with each other are the human ceiling: every pair of answers "yes" or "no" to'
        " the same item, on all items, also those left out above; counted both ways, so that kappa"
        " takes chance from all answers together (Fleiss' kappa; Scott's pi of two labellers) and"
        " the detector's is Cohen's"
    )
    yield (
        "the ceiling is a yardstick and no bound: a detector can come nearer to settled labels than"
        " labellers come to each other"
    )
    if found.ceiling.against_gold:
        yield (
            "labellers against adjudicated flatter the labellers, whose own votes went into the"
            " gold"
        )


def latex_table(found: Quality) -> Iterator[str]:
    """Yield a table of the paper's form with what it leaves out: precision, intervals, ceiling."""
    rows = []
    for name in FIGURES:
        figure = found.comparison.figures[name]
        figures = [figure, _ceiling(found, name)] if found.ceiling else [figure]
        baselines = [found.never.figures[name], found.always.figures[name]]
        rows.append(
            [
                NAMES[name].capitalize() if NAMES[name].islower() else NAMES[name],
                *(_with_interval(each) for each in figures),
                *(places(each.value, 2) for each in baselines),
            ]
        )
    heading = ["", found.detector, *(["labellers"] if found.ceiling else []), "never", "always"]
    tp, fp, fn, tn = found.comparison.table.cells
    caption = (
        f"Detection of cognitive distortions in {found.n:,} items, against {_gold(found)} labels"
        f" (TP {tp:,}, FP {fp:,}, FN {fn:,}, TN {tn:,}); {100 * found.plan.level:g}% intervals:"
        " Wilson's for shares of items, else by the bootstrap over items."
        f"{LABELLERS_MEANT if found.ceiling else ''}"
        " Never and always: what never or always flagging would score."
    )
    yield from latex.table(heading, rows, caption=caption, label="tab:detection")


def _with_interval(figure: Estimate | None) -> str:
    if figure is None or figure.value is None:
        return NONE
    if figure.low is None or figure.high is None:
        return places(figure.value, 2)
    return f"{places(figure.value, 2)} ({interval(figure, 2)})"
