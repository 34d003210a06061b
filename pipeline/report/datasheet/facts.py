"""What the store tells the datasheet of a study's design, before any figure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from db.study_facts import StudyFacts
from pipeline.cli.wording import many
from pipeline.report.datasheet.questions import Key
from pipeline.report.versions import PROGRAM
from pipeline.tidy import instant_text

NOT_GUESSED = "Raters were not asked to guess the system, so there is no index of blinding."


def told(facts: StudyFacts) -> dict[Key, str]:
    """Return the answers that do not rest on the judgements' values; empty ones are left out."""
    answers: dict[Key, str] = {(field, ""): text for field, text in _of_study(facts)}
    for criterion in facts.study.criteria:
        answers |= {
            (field, criterion["id"]): text for field, text in _of_criterion(facts, criterion)
        }
    return {key: text for key, text in answers.items() if text}


def _of_study(facts: StudyFacts) -> Iterator[tuple[str, str]]:
    study = facts.study
    yield "experiment", _experiment(facts)
    yield "analysis_plan", _plan(facts)
    yield "dates", _dates(facts)
    yield from _of_sample(facts)
    yield "raters", f"{facts.raters}" if facts.raters else ""
    yield (
        "rater_groups",
        ", ".join(f"{group or 'without a group'}: {n}" for group, n in facts.groups.items()),
    )
    yield from _of_procedure(facts)
    if study.kind == "rating":
        yield "blinding_success", NOT_GUESSED if study.origin == "local" else ""
    yield "flags", _flags(facts)
    yield "seeds", _seeds(facts)


def _experiment(facts: StudyFacts) -> str:
    study, size = facts.study, facts.size
    what = {"rating": "ratings of answers", "distortion": "labels of cognitive distortions"}
    of = f", {many(len(facts.systems), 'system')}" if facts.systems else ""
    origin = ", imported" if study.origin == "imported" else ""
    return (
        f"The study {study.name} ({what[study.kind]}{origin}): {many(size.items, 'item')} about"
        f" {many(size.questions, 'question')}{of}."
    )


def _plan(facts: StudyFacts) -> str:
    plan, study = facts.study.analysis, facts.study
    fixed = []
    if "primary" in plan:
        family = ", ".join(plan["family"])
        fixed.append(f"primary criterion {plan['primary']}; tested together (Holm): {family}")
    fixed.append(f"intervals of {100 * plan.get('level', 0.95):g}%")
    if "resamples" in plan:
        fixed.append(f"{plan['resamples']:,} resamples, seed {plan.get('seed', study.seed)}")
    when = (
        "no plan of its own; that of every imported study"
        if study.origin == "imported"
        else ("frozen when the study was opened")
    )
    return f"{'; '.join(fixed)} ({when})."


def _dates(facts: StudyFacts) -> str:
    study = facts.study
    steps: dict[str, datetime | None] = {
        "imported" if study.origin == "imported" else "made": study.created_at,
        "opened": study.opened_at,
        "closed": study.closed_at,
        "unblinded": study.unblinded_at,
    }
    if study.origin == "imported":
        steps = dict(list(steps.items())[:1])
    return ", ".join(f"{step} {instant_text(at)}" for step, at in steps.items() if at)


def _of_sample(facts: StudyFacts) -> Iterator[tuple[str, str]]:
    size, design = facts.size, facts.study.design
    each = {system.items for system in facts.systems}
    if len(each) == 1:
        yield "outputs", f"{next(iter(each))}"
    elif each:
        yield "outputs", ", ".join(f"{s.shown}: {s.items}" for s in facts.systems)
    else:
        yield "outputs", f"{size.items} (questions, without an answer of a system)"
    yield "selection", _selection(facts)
    frame = design.get("frame", {})
    left = [
        f"{many(frame[key], 'question')} of the frame {why}"
        for key, why in (
            ("unanswered", "without a kept answer of every system"),
            ("same_text", "with the text of another one"),
        )
        if frame.get(key)
    ]
    if size.repeats:
        left.append(
            f"hidden repeats ({many(size.repeats, 'item')}) from all but agreement with oneself"
        )
    if size.calibration:
        left.append(f"{many(size.calibration, 'item')} for calibration from all figures")
    yield "exclusions", f"Left out: {', '.join(left)}." if left else "Nothing was left out."


def _selection(facts: StudyFacts) -> str:
    design, size = facts.study.design, facts.size
    frame = design.get("frame")
    if facts.study.origin == "imported" or not frame:
        return ""
    named = [
        f"{key} {frame[key]}" for key in ("source", "split", "subset", "ids") if frame.get(key)
    ]
    of = f" ({', '.join(named)})" if named else ""
    if frame["questions"] == size.questions:
        return f"All {many(size.questions, 'question')} of the frame{of}."
    return (
        f"{many(size.questions, 'question')} drawn at random, without strata and without"
        f" replacement, from a frame of {frame['questions']:,}{of}; seed {facts.study.seed}."
    )


def _of_procedure(facts: StudyFacts) -> Iterator[tuple[str, str]]:
    study, size = facts.study, facts.size
    yield "guidelines", _both(study.guidelines)
    if facts.seconds:
        yield "pace", f"Median {median(facts.seconds):.0f} s an item, over newest judgements."
    if study.origin == "imported":
        return
    yield "medium", f"In a browser, with the desk of {PROGRAM}, one item at a time."
    yield "quality_checks", _checks(facts)
    yield "shown", _shown(facts)
    yield "blinding", _blinding(facts)
    yield "order", _order(facts)
    yield (
        "independence",
        (
            "Yes: no rater could see another's answers, nor results, in the program."
            + (f" {many(size.repeats, 'item')} came up again, unmarked." if size.repeats else "")
        ),
    )


def _order(facts: StudyFacts) -> str:
    study = facts.study
    gaps = [
        f"{what} {study.design[key]} places apart"
        for key, what in (("answer_gap", "answers to one question"), ("repeat_distance", "repeats"))
        if key in study.design
    ]
    kept = f", with {' and '.join(gaps)} where that was possible" if gaps else ""
    return f"Drawn at random for each rater independently{kept}; seed {study.seed}."


def _checks(facts: StudyFacts) -> str:
    size = facts.size
    checks = ["labels are of the study's own label set"]
    if facts.study.kind == "rating":
        checks = ["a judgement scores every criterion on its scale, or says that it cannot"]
    if size.repeats:
        checks.append(f"{many(size.repeats, 'hidden repeat')} show how consistent raters are")
    if size.calibration:
        checks.append(f"{many(size.calibration, 'item')} for calibration")
    told = "; ".join(checks)
    return f"{told[:1].upper()}{told[1:]}."


def _shown(facts: StudyFacts) -> str:
    if facts.study.kind == "rating":
        return (
            "The question's title, its description and one answer, with each criterion's question"
            " and the meaning of each score beside it; the guidelines at any time."
        )
    what = "one answer to it" if facts.systems else "nothing else"
    return (
        f"The question's title, its description and {what}, with the codebook of distortions"
        " beside it; the guidelines at any time."
    )


def _blinding(facts: StudyFacts) -> str:
    hidden = ["other raters' answers", "results"]
    if facts.systems:
        hidden.insert(0, "which system wrote an answer")
    if facts.study.kind == "distortion":
        hidden.append("what any detector found")
    return f"Hidden: {', '.join(hidden)}; neither page nor network traffic holds them."


def _flags(facts: StudyFacts) -> str:
    if facts.study.kind != "rating" or (facts.study.origin == "imported" and not facts.flags):
        return ""
    if not facts.flags:
        return "Nothing was flagged."
    return ", ".join(f"{flag}: {many(n, 'judgement')}" for flag, n in sorted(facts.flags.items()))


def _seeds(facts: StudyFacts) -> str:
    study = facts.study
    seed = study.analysis.get("seed", study.seed)
    drawn = "" if study.origin == "imported" else f"sample, assignments and orders {study.seed}; "
    return f"{drawn}resampling {seed}."


def _of_criterion(facts: StudyFacts, criterion: dict[str, Any]) -> Iterator[tuple[str, str]]:
    levels = criterion["levels"]
    yield "criterion_name", _both(criterion.get("name")) or criterion["id"]
    yield "scale_size", f"{len(levels)}"
    yield "scale_values", ", ".join(str(level["value"]) for level in levels)
    yield "verbatim_question", _both(criterion.get("question"))
    anchors = [_anchor(level, language) for language in ("zh", "en") for level in levels]
    yield "definition", "\n".join(filter(None, anchors))
    yield "elicitation", "Direct: a score on a scale whose values are described."
    yield "absolute", "Absolute: each answer by itself."
    if facts.study.origin == "local":
        yield (
            "scale_shown",
            "Buttons side by side, one a value, each with its name and description.",
        )


def _anchor(level: Mapping[str, Any], language: str) -> str:
    label = (level.get("label") or {}).get(language, "")
    anchor = (level.get("anchor") or {}).get(language, "")
    return f"{level['value']} {label}: {anchor}" if anchor else ""


def _both(texts: Mapping[str, str] | None) -> str:
    """Return a text in both its languages, once where they are the same."""
    found = [(texts or {}).get(language, "").strip() for language in ("zh", "en")]
    return "\n\n".join(dict.fromkeys(text for text in found if text))
