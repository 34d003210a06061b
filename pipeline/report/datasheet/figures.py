"""What the stages found, as the datasheet tells it: samples, figures, agreement, detection."""

from collections.abc import Iterator
from typing import Any

from pipeline.cli.wording import many
from pipeline.report.cells import p_said, percent, two_places, with_interval
from pipeline.report.context import Context
from pipeline.report.datasheet.questions import Key
from pipeline.report.rows import FILES
from pipeline.report.sections.coefficients import interval_methods, named, named_once
from pipeline.report.sections.detection import FIGURES
from pipeline.report.versions import PROGRAM, software

LEADING = (
    ("percent_agreement", "identity"),
    ("krippendorff_alpha", "ordinal"),
    ("gwet_ac2", "quadratic"),
    ("icc_a_1", "interval"),
    ("icc_a_k", "interval"),
)
MOST_TOLD = 6  # differences; more stand in the report's table


def told(context: Context) -> dict[Key, str]:
    """Return the answers that rest on the judgements' values; empty ones are left out."""
    answers: dict[Key, str] = {(field, ""): text for field, text in _of_study(context)}
    for criterion in context.criteria:
        answers |= {(field, criterion): text for field, text in _of_criterion(context, criterion)}
    return {key: text for key, text in answers.items() if text}


def _of_study(context: Context) -> Iterator[tuple[str, str]]:
    names = ", ".join(FILES[context.known.study.kind])
    yield (
        "raw_file",
        (
            f"In {names} beside this sheet: a row for each score or vote, by pseudonyms, with the"
            " newest revision. figures.csv says which rows stand behind each figure."
        ),
    )
    versions = ", ".join(f"{name} {of}" for name, of in software().items())
    yield "software", f"{versions}."
    yield "missing", _missing(context)
    detectable = [_detectable(context, criterion) for criterion in context.findings.power]
    if any(detectable):
        yield (
            "power_value",
            (
                "Difference found with a power of 80 %, on the scale of the scores: "
                + "; ".join(filter(None, detectable))
            ),
        )
        commands = dict.fromkeys(each.command for each in context.findings.power.values())
        yield "power_code", f"{PROGRAM} {software()[PROGRAM]}: {'; '.join(commands)}"
    if context.known.study.kind == "distortion":
        yield from _of_detection(context)
    else:
        yield "order_effect", _order_effect(context)


def _detectable(context: Context, criterion: str) -> str:
    whole = context.findings.power[criterion].whole
    if not whole:
        return ""
    return f"{context.name(criterion)}: {two_places(whole['designs'][0]['detectable']['value'])}"


def _order_effect(context: Context) -> str:
    """Return how scores changed with the place in the order, over all raters."""
    told = []
    for criterion, of in context.findings.raters.whole.get("criteria", {}).items():
        trend = of["trend_of_all"]["per_100_positions"]
        if trend["value"] is not None:
            shown = with_interval(trend["value"], trend["low"], trend["high"], two_places)
            told.append(f"{context.name(criterion)} {shown}")
    if not told:
        return ""
    return f"Change in points for each 100 places in the order: {'; '.join(told)}."


def _missing(context: Context) -> str:
    size = context.known.facts.size
    parts = [f"{size.answered:,} of {many(size.assigned, 'assignment')} answered"]
    agreement = context.findings.agreement.whole.get("criteria", {})
    parts += [
        f"{context.name(criterion)}: {of['missing']:,} of {of['missing'] + of['judgements']:,}"
        " scores missing"
        for criterion, of in agreement.items()
    ]
    return "; ".join(parts)


def _of_criterion(context: Context, criterion: str) -> Iterator[tuple[str, str]]:
    results = context.findings.results
    if results.whole:
        yield from _of_scores(results.whole["criteria"][criterion])
    agreement = context.findings.agreement.whole.get("criteria", {})
    if criterion in agreement:
        yield from _of_agreement(agreement[criterion])


def _of_scores(of: dict[str, Any]) -> Iterator[tuple[str, str]]:
    scored = [each for each in of["systems"] if each["n"]]
    if not scored:
        yield "distribution", "Nobody gave a score."
        return
    yield (
        "distribution",
        "; ".join(
            f"{each['system']} (n = {each['n']:,}): "
            + ", ".join(f"{level}: {percent(share)}" for level, share in each["share"].items())
            for each in scored
        ),
    )
    yield "means", "; ".join(f"{each['system']}: {_interval(each)}" for each in scored)
    yield "aggregation", "The mean over all scores of a system; missing scores are left out."
    pairs = of["differences"]
    told = [f"{each['a']} − {each['b']}: {_interval(each)}, {_p(each)}" for each in pairs]
    if len(told) > MOST_TOLD:
        yield "differences", f"{len(told):,} differences, in the report's table of them."
    else:
        yield "differences", "; ".join(told)
    tests = dict.fromkeys(each["test"] for each in pairs if each["test"])
    methods = dict.fromkeys(each["method"] for each in (*scored, *pairs) if each["method"])
    yield "tests", "; ".join(
        (*tests, "Holm over the frozen family", "effect sizes: difference of means and"
         " (wins − losses) / questions", *methods)
        if tests else methods
    )  # fmt: skip


def _interval(each: dict[str, Any]) -> str:
    return with_interval(each["value"], each.get("low"), each.get("high"))


def _p(each: dict[str, Any]) -> str:
    return f"{p_said(each['p'])}, {p_said(each['p_holm'], 'adjusted p')}"


def _of_agreement(of: dict[str, Any]) -> Iterator[tuple[str, str]]:
    there = [each for each in of["coefficients"] if each["value"] is not None]
    if there:
        names, methods = (
            ", ".join(named_once(there)),
            "; ".join(interval_methods(each.get("method") for each in there)),
        )
        yield "agreement_method", f"{names}. Intervals: {methods}."
        leading = [each for each in there if (each["name"], each["metric"]) in LEADING]
        scores = "; ".join(f"{named(e['name'], e['metric'])} {_interval(e)}" for e in leading)
        yield "agreement_score", f"{scores}; the others stand in the report's table."
    repeats = of["repeats"]
    alpha, percents = repeats["krippendorff_alpha"], repeats["percent_agreement"]
    if repeats["n"]:
        yield (
            "repeat_method",
            (
                "Percent agreement and alpha between a rater's score and that of the same rater for"
                f" the hidden repeat ({repeats['n']:,} scores given twice)."
            ),
        )
        yield (
            "repeat_score",
            (f"percent agreement {percent(percents['value'])}; alpha {_interval(alpha)}"),
        )
    else:
        yield "repeat_method", "IntraAA not assessed: no item came up again."
        yield "repeat_score", "IntraAA not assessed"


def _of_detection(context: Context) -> Iterator[tuple[str, str]]:
    label_set = context.known.facts.label_set
    if label_set:
        labels = ", ".join(str(label["id"]) for label in label_set.labels)
        yield "scheme", f"{label_set.name}, version {label_set.version}: {labels}."
    yield "adjudication", _adjudication(context)
    yield "agreement_before", _before(context)
    there = [(of, found.whole) for of, found in context.findings.quality if found.whole]
    yield "detector", ", ".join(str(of.detector) for of, _ in there)
    tables = ("tp", "fp", "fn", "tn")
    yield (
        "two_by_two",
        "; ".join(
            f"{of.detector}: "
            + ", ".join(f"{each.upper()} {whole['binary'][each]}" for each in tables)
            for of, whole in there
        ),
    )
    yield (
        "accuracy",
        "; ".join(f"{of.detector}: {_figures(whole['binary'])}" for of, whole in there),
    )
    between = [whole["ceiling"].get("between") for _, whole in there]
    if any(between):
        figures = ("accuracy", "f1", "kappa")
        yield "ceiling", ", ".join(f"{name} {_told(between[0][name])}" for name in figures)
    yield (
        "baselines",
        "; ".join(
            f"{name.replace('_', ' ')}: {_figures(whole['baselines'][name])}"
            for _, whole in there[:1]
            for name in ("never_flag", "always_flag")
        ),
    )
    yield "indeterminate", "; ".join(
        f"{of.detector}: left out "
        + (", ".join(f"{why.replace('_', ' ')} {n:,}" for why, n in whole["left_out"].items())
           or "nothing")
        for of, whole in there
    )  # fmt: skip


def _figures(binary: dict[str, Any]) -> str:
    return ", ".join(f"{FIGURES[name].lower()} {_told(binary[name])}" for name in FIGURES)


def _told(figure: dict[str, Any]) -> str:
    return "undefined" if figure["value"] is None else _interval(figure)


def _adjudication(context: Context) -> str:
    study = context.known.study
    rule = study.design.get("adjudication")
    if not rule:
        return ""
    return (
        f"A lead decides items that differ in {', '.join(rule['on'])}, first without seeing the"
        f" votes, then seeing them unnamed; {rule['agreed']:.0%} of the agreed items are mixed in"
        f" unseen. Leads so far: {context.known.facts.leads}."
    )


def _before(context: Context) -> str:
    whole = context.findings.agreement.whole
    if not whole:
        return ""
    found = [*whole["criteria"].get("presence", {}).get("coefficients", ())]
    found += (whole.get("labels") or {}).get("coefficients", ())
    return "; ".join(
        f"{named(each['name'], each['metric'])} {_interval(each)}"
        for each in found
        if each["value"] is not None
    )
