"""`cbt detection-quality`: how good a detector is against a study's ground truth (Table 3)."""

from pathlib import Path
from typing import Any

import click

from pipeline.cli import pictures
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.detection_quality import texts
from pipeline.cli.detection_quality.picture import draw
from pipeline.cli.estimates import as_object
from pipeline.detection_quality.ceiling import Ceiling
from pipeline.detection_quality.comparison import Comparison
from pipeline.detection_quality.scoring import Baseline, Quality, QualityOf, run
from pipeline.detection_quality.versus import Versus
from pipeline.figures import check_ending
from pipeline.ground_truth import ADJUDICATED
from pipeline.stats.labels.detection import McNemar, TwoByTwo
from pipeline.stats.labels.multilabel import Averages, LabelScore
from pipeline.stats.resampling.intervals import Estimate

SHARED = ("accuracy", "f1", "kappa", "labels_f1")  # figures that labellers with each other have
NO_LABELLERS = "fewer than two labellers have answered"


@click.command("detection-quality", cls=Command)
@common_options
@click.option("--study", required=True, metavar="NAME", help="The distortion study.")
@click.option(
    "--detector",
    metavar="NAME",
    help="Whose detections to score [default: the only ones that there are].",
)
@click.option(
    "--against", metavar="NAME", help="Another detector to compare with, on the same items."
)
@click.option(
    "--gold",
    default=ADJUDICATED,
    show_default=True,
    metavar="RULE",
    help="What counts as the truth: adjudicated, union, intersection, or one labeller.",
)
@click.option(
    "--system",
    metavar="NAME",
    help="Whose answers to the items' questions count, where an item itself was not searched.",
)
@click.option("--crosswalk", metavar="NAME", help="Compare in the classes of a crosswalk.")
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also draw the figures, as .svg, .png or .pdf.",
)
@click.option("--latex", "as_latex", is_flag=True, help="Print the table for LaTeX.")
def detection_quality(
    *,
    study: str,
    detector: str | None,
    against: str | None,
    gold: str,
    system: str | None,
    crosswalk: str | None,
    picture: Path | None,
    as_latex: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Score a detector against the labels of a distortion study, as in the paper's Table 3.

    Reads the newest labels, the leads' decisions or an imported ground truth, and what the
    detector found: in the item, else in its response, else in its question, else with --system in
    that system's answer to the question. Changes nothing.

    Shows the whole 2×2 table with accuracy, precision, recall and specificity (Wilson intervals),
    F1, kappa and MCC (bootstrap over items, as the study's analysis plan says), each distortion
    and their averages, what always and never flagging would score, how well labellers match each
    other, and what was left out. Systems appear by code until 'cbt study unblind'.

    --against sets another detector beside it, on the items that both have an answer to: each
    figure's difference (paired bootstrap), and McNemar's exact test of all items, of those with a
    distortion and of those without one. A detector is the lexicon, a model's ('cbt detect --method
    model'), or what came with a system's answers: import:SYSTEM, generate:SYSTEM.
    """
    if picture:
        check_ending(picture)
    found = run(opened(database), QualityOf(study, detector, against, gold, system, crosswalk))
    if picture:
        pictures.write(picture, lambda path: draw(path, found))
    latex = "\n".join(texts.latex_table(found)) if as_latex else None
    result = quality_object(found) | ({"latex": latex} if latex else {})
    show(result, [latex] if latex else texts.lines(found), as_json=as_json)


def quality_object(found: Quality) -> dict[str, Any]:
    return {
        "study": found.study,
        "status": found.status,
        "unblinded": found.unblinded,
        "coded": found.coded,
        "n": found.n,
        "detector": found.detector,
        "gold": found.gold,
        "system": found.system,
        "crosswalk": found.crosswalk,
        "left_out": found.left_out,
        "found_in": found.places,
        "settled": found.settled,
        "binary": _binary(found.comparison.table, found.comparison.figures),
        **_label_objects(found),
        "ceiling": _ceiling(found.ceiling),
        "baselines": {
            "never_flag": _baseline(found.never),
            "always_flag": _baseline(found.always),
        },
        "mcnemar": _mcnemar(found.versus, found.detector) if found.versus else None,
        "compared": _compared(found.versus, found.detector) if found.versus else None,
        "unknown_names": vars(found.unknown),
        "without_counterpart": vars(found.without),
        "outside_names": list(found.outside),
        "changed_labels": found.changed,
        "analysis": vars(found.plan),
        "notes": list(texts.notes(found)),
    }


def _binary(table: TwoByTwo, figures: dict[str, Estimate]) -> dict[str, Any]:
    return {
        **dict(zip(("tp", "fp", "fn", "tn"), table.cells, strict=True)),
        **{name: as_object(figure) for name, figure in figures.items()},
    }


def _baseline(found: Baseline) -> dict[str, Any]:
    return _binary(found.table, found.figures)


def _label_objects(found: Quality) -> dict[str, Any]:
    quality = found.comparison.labels
    if quality is None:
        none = {"value": None, "code": "no_labels", "reason": found.comparison.no_labels}
        each = dict.fromkeys(("precision", "recall", "f1"), none)
        return {
            "labels": [],
            **dict.fromkeys(("micro", "macro", "weighted"), each),
            "exact_match": none,
            "absent_labels": [],
            "convention": None,
        }
    return {
        "labels": [
            _label(score, found) for score in quality.labels if score.support or score.found
        ],
        "micro": _averages(quality.micro),
        "macro": _averages(quality.macro),
        "weighted": _averages(quality.weighted),
        "exact_match": as_object(quality.exact_match),
        "absent_labels": list(quality.absent),
        "convention": quality.convention,
    }


def _label(score: LabelScore, found: Quality) -> dict[str, Any]:
    return {
        "label": score.label,
        "support": score.support,
        "found": score.found,
        "precision": as_object(score.precision),
        "recall": as_object(score.recall),
        "f1": as_object(score.f1),
        "definition": found.changed.get(score.label, "same") if not found.crosswalk else None,
    }


def _averages(averages: Averages) -> dict[str, Any]:
    return {name: as_object(figure) for name, figure in vars(averages).items()}


def _ceiling(found: Ceiling | None) -> dict[str, Any]:
    if found is None:
        return {"value": None, "code": "no_labellers", "reason": NO_LABELLERS}
    between = found.between
    return {
        "between": {
            "pairs": between.pairs,
            "items": between.items,
            **{name: as_object(getattr(between, name)) for name in SHARED},
        },
        "pairs": [
            {"a": pair.a, "b": pair.b, "n": pair.n, **_agreement(pair.comparison)}
            for pair in found.pairs
        ],
        "against_gold": [
            {"labeller": each.labeller, "n": each.n, **_scores(each.comparison)}
            for each in found.against_gold
        ],
    }


def _agreement(found: Comparison) -> dict[str, Any]:
    """Return the figures that are the same whichever of two labellers comes first."""
    scores = _scores(found)
    return {name: scores[name] for name in SHARED}


def _scores(found: Comparison) -> dict[str, Any]:
    none = {"value": None, "code": "no_labels", "reason": "one of them gives no label"}
    of_labels = none if found.labels is None else as_object(found.labels.micro.f1)
    return {**_binary(found.table, found.figures), "labels_f1": of_labels}


def _mcnemar(versus: Versus, detector: str) -> dict[str, Any]:
    return {
        "a": detector,
        "b": versus.detector,
        "n": versus.n,
        "accuracy_a": as_object(versus.first.figures["accuracy"]),
        "accuracy_b": as_object(versus.other.figures["accuracy"]),
        **_test(versus.tests["accuracy"]),
    }


def _compared(versus: Versus, detector: str) -> dict[str, Any]:
    return {
        "a": detector,
        "b": versus.detector,
        "n": versus.n,
        "of_a": _scores(versus.first),
        "of_b": _scores(versus.other),
        "differences": {name: as_object(each) for name, each in versus.differences.items()},
        "tests": {name: _test(each) for name, each in versus.tests.items()},
    }


def _test(test: McNemar) -> dict[str, Any]:
    refused = {"code": test.code, "reason": test.reason} if test.code else {}
    return {
        "only_a": test.only_a,
        "only_b": test.only_b,
        "n_discordant": test.n_discordant,
        "statistic": test.statistic,
        "p": test.p,
        "method": test.method,
    } | refused
