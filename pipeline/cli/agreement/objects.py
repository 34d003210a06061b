"""The JSON of `cbt agreement`, which pages and reports read."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.agreement.contrast import Contrast
from pipeline.agreement.counts import Distribution, Given, Prevalence
from pipeline.agreement.criterion import CriterionAgreement, RatedTwice
from pipeline.agreement.groups import Groups
from pipeline.agreement.measuring import Agreement
from pipeline.cli.agreement import texts
from pipeline.cli.estimates import as_object as figure
from pipeline.labeller_agreement import LabellerAgreement
from pipeline.stats.agreement.coefficients import Coefficient
from pipeline.stats.agreement.concordance import Concordance
from pipeline.stats.agreement.differences import Difference
from pipeline.stats.agreement.pairs import Pair
from pipeline.stats.resampling.intervals import ITEMS, QUESTIONS, Estimate

NO_SCORES = {"value": None, "code": "no_scores", "reason": "nobody gave a score"}
SETS = {
    "percent_agreement": ("percent_agreement", "equal sets"),
    "alpha_masi": ("krippendorff_alpha", "masi"),
    "alpha_jaccard": ("krippendorff_alpha", "jaccard"),
}


def as_object(found: Agreement, *, most_pairs: int | None = None) -> dict[str, Any]:
    """Return the whole result, or no more than so many pairs; names and places are the contract's.

    A hundred raters have thousands of pairs, which nobody can read on a page.
    """
    labels = {"labels": _labels(found.labels)} if found.labels else {}
    return {
        "study": found.study,
        "kind": found.kind,
        "status": found.status,
        "unblinded": found.unblinded,
        "group": found.group,
        "weights": found.weights,
        "raters": found.raters,
        "items": found.items,
        "left_out": {"repeats": found.repeats, "calibration": found.calibration},
        "analysis": {**vars(found.plan), "resampled": found.resampled},
        "criteria": {each.criterion: _criterion(each, most_pairs) for each in found.criteria},
        **labels,
        "against": _contrast(found.contrast) if found.contrast else None,
        "notes": list(texts.notes(found)),
    }


def _criterion(found: CriterionAgreement, most_pairs: int | None) -> dict[str, Any]:
    extent = found.extent
    return {
        "items": extent.items,
        "raters": extent.raters,
        "judgements": extent.judgements,
        "missing": extent.missing,
        "items_with_two": extent.shared,
        "items_complete": extent.complete,
        "questions_with_two": extent.questions,
        "scores_per_item": {str(scores): items for scores, items in extent.per_item.items()},
        "coefficients": [_coefficient(each) for each in found.coefficients],
        "category_kappas": [
            {"category": level, "name": "fleiss_kappa", **figure(each.kappa)}
            for level, each in zip(found.distribution.levels, found.categories, strict=True)
        ],
        "concordance": _concordance(found.concordance) if found.concordance else None,
        "pairs": [_pair(each, found.raters) for each in found.pairs[:most_pairs]],
        "categories": _categories(found.distribution),
        "prevalence": _prevalence(found.prevalence),
        "leave_one_out": _without(found),
        "repeats": _repeats(found.repeats),
        "groups": _groups(found.groups) if found.groups else None,
        "planning": _planning(found),
        "warnings": [vars(each) for each in found.cautions],
    }


def _coefficient(each: Coefficient) -> dict[str, Any]:
    return {
        "name": each.name,
        "metric": each.metric,
        **figure(each.estimate),
        "n": each.items,
        "left_out": each.left_out,
        "standard_error": each.standard_error,
        "undefined_share": each.undefined_share,
        **({"normal": figure(each.normal)} if each.normal else {}),
    }


def _concordance(found: Concordance) -> dict[str, Any]:
    told: dict[str, Any] = {"name": "kendall_w", "raters": found.raters, "n": found.items}
    if found.w is None:
        return {**told, "value": None, "code": found.code, "reason": found.reason}
    return {**told, "value": found.w, "chi2": found.chi2, "df": found.df, "p": found.p}


def _pair(pair: Pair, raters: Sequence[str]) -> dict[str, Any]:
    kappas = {
        "kappa": pair.kappa,
        "kappa_linear": pair.linear,
        "kappa_quadratic": pair.quadratic,
    }
    told = {name: _number(estimate) for name, estimate in kappas.items()}
    indices = {
        "prevalence_index": pair.prevalence_index,
        "bias_index": pair.bias_index,
        "pabak": pair.pabak,
    }
    none = told["kappa"]
    return {
        "a": raters[pair.a],
        "b": raters[pair.b],
        "n": pair.n,
        **told,
        "intervals": {name: figure(estimate) for name, estimate in kappas.items()},
        "standard_errors": {
            "kappa": pair.kappa_error,
            "kappa_linear": pair.linear_error,
            "kappa_quadratic": pair.quadratic_error,
        },
        **{name: none if value is None else value for name, value in indices.items()},
        "table": pair.table.tolist(),
    }


def _number(estimate: Estimate) -> Any:
    """Return a figure as the bare number, or as what says why there is none."""
    return figure(estimate) if estimate.value is None else estimate.value


def _categories(found: Distribution) -> dict[str, Any]:
    return {
        "levels": list(found.levels),
        **_given(found.all, found.levels),
        "raters": [
            {"rater": each.rater, "group": each.group, **_given(each, found.levels)}
            for each in found.raters
        ],
    }


def _given(each: Given, levels: Sequence[str]) -> dict[str, Any]:
    return {
        "n": each.n,
        "mean": each.mean,
        "counts": dict(zip(levels, each.counts, strict=True)),
        "share": dict(zip(levels, each.shares, strict=True)),
    }


def _prevalence(found: Prevalence | None) -> dict[str, Any]:
    if found is None:
        return NO_SCORES
    return {
        "level": found.level,
        "share": found.share,
        "bias": found.bias,
        "highest": found.highest,
        "lowest": found.lowest,
    }


def _without(found: CriterionAgreement) -> list[dict[str, Any]]:
    return [
        {
            "rater": found.raters[each.rater],
            "name": each.name,
            "metric": each.metric,
            **figure(each.estimate),
            "change": figure(each.change),
        }
        for each in found.without
    ]


def _repeats(found: Sequence[RatedTwice]) -> dict[str, Any]:
    pooled, *raters = found
    return {
        **_twice(pooled),
        "raters": [{"rater": each.rater, **_twice(each)} for each in raters],
    }


def _twice(each: RatedTwice) -> dict[str, Any]:
    return {
        "n": each.found.n,
        "items": each.found.items,
        "metric": each.metric,
        "percent_agreement": figure(each.found.percent_agreement),
        "krippendorff_alpha": figure(each.found.alpha),
    }


def _groups(found: Groups) -> dict[str, Any]:
    return {
        "within": [
            {
                "group": each.group,
                "raters": each.raters,
                "judgements": each.judgements,
                "items_with_two": each.shared,
                "coefficients": [_coefficient(one) for one in each.coefficients],
            }
            for each in found.within
        ],
        "between": [
            {
                "a": each.a,
                "b": each.b,
                "n": each.found.items,
                "pairs": each.found.pairs,
                "percent_agreement": figure(each.found.percent_agreement),
                "kappa": figure(each.found.kappa),
                "kappa_weighted": figure(each.found.weighted),
                "differences": [_difference(one) for one in each.differences],
            }
            for each in found.between
        ],
        "without_group": found.without,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "name": each.name,
        "metric": each.metric,
        **figure(each.difference),
        "of_a": figure(each.a),
        "of_b": figure(each.b),
    }


def _planning(found: CriterionAgreement) -> dict[str, Any] | None:
    if found.planning is None:
        return None
    return {
        "text": texts.planned(found),
        "name": found.chief.name,
        "metric": found.chief.metric,
        "resampled": ITEMS if found.extent.questions is None else QUESTIONS,
        **vars(found.planning),
    }


def _labels(found: LabellerAgreement) -> dict[str, Any]:
    return {
        "n": found.sets,
        "coefficients": [
            {"name": SETS[key][0], "metric": SETS[key][1], **figure(estimate), "n": found.sets}
            for key, estimate in found.labels.items()
        ],
        "labels": [
            {
                "label": label,
                "votes": votes,
                "n": found.sets,
                "name": "krippendorff_alpha",
                "metric": "nominal",
                **figure(estimate),
            }
            for label, (votes, estimate) in found.by_label.items()
        ],
    }


def _contrast(found: Contrast) -> Mapping[str, Any]:
    return {
        "kind": found.kind,
        "same_items": found.same_items,
        "differences": [
            {"criterion": each.criterion, "a": each.a, "b": each.b, **_difference(one)}
            for each in found.criteria
            for one in each.coefficients
        ],
    }
