"""The case study: one answer in the five colours of the paper's Figure 4."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from db import study_facts
from db.engine import Store
from db.study_facts import AnswerTexts
from pipeline import parts
from pipeline.danger.danger import in_danger
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Coloured, Heading, Paragraph, Passage, Quote
from pipeline.report.findings import WAITS, Known

NOT_A_PROFESSIONAL = "The answer is by a model, not by a professional. For research only."


def blocks(context: Context, store: Store) -> Iterator[Block]:
    """Yield the section, or remember why there is none."""
    yield Heading("case", "Case study")
    why = _refusal(context.known)
    if why:
        context.lacks("A case study", why)
        return
    means, rule = _means(context.known)
    with store.reading() as session:
        texts = study_facts.answer_texts(session, units=sorted(means))
    shown = [each for each in texts if each.answer.strip() and not _is_in_danger(each)]
    if not shown:
        context.lacks("A case study", "the store holds no text that could be shown")
        return
    yield from _case(context.known, chosen(shown, means, seed=context.known.study.seed), rule)


def _is_in_danger(of: AnswerTexts) -> bool:
    return in_danger(text=of.question, description=of.description, tags=of.tags)


def _refusal(known: Known) -> str:
    if not known.facts.systems:
        return "the study is about questions, not about answers"
    return "" if known.unblinded else WAITS


def _means(known: Known) -> tuple[dict[int, float], str]:
    """Return the figure by which each answer can be chosen, and the rule in words."""
    seed = f"ties by lot, seed {known.study.seed}"
    if known.study.kind == "distortion":
        units = {item.response_id: 0.0 for item in known.items if item.response_id}
        return units, f"drawn by lot, seed {known.study.seed}"
    primary = known.study.analysis.get("primary", known.study.criteria[0]["id"])
    scores = defaultdict[int, list[int]](list)
    for answer in known.answers:
        value = answer.values.get(primary)
        if value is not None and not (answer.item.is_repeat or answer.item.is_calibration):
            scores[answer.item.unit].append(value)
    means = {unit: sum(values) / len(values) for unit, values in scores.items()}
    return means, f"the highest mean of the primary criterion, {primary}; {seed}"


def chosen(texts: Sequence[AnswerTexts], means: Mapping[int, float], *, seed: int) -> AnswerTexts:
    """Return an answer with the highest mean; of several one by lot, by what they say."""
    best = max(means[each.unit] for each in texts)
    alike = [each for each in texts if means[each.unit] == best]
    # What they say is the same in every store, the ids are not.
    ordered = sorted(alike, key=lambda each: (each.question, each.description or "", each.answer))
    return Random(f"{seed} case study").choice(ordered)  # noqa: S311


def _case(known: Known, case: AnswerTexts, rule: str) -> Iterator[Block]:
    systems = {answer.item.unit: answer.item.system.shown for answer in known.answers}
    systems |= {each.response_id: each.system for each in known.items
                if each.response_id and each.system}  # fmt: skip
    found = parts.parted(case.answer, case.parts)
    colours = "" if found.of_another else " in the colours of the reference study's Figure 4"
    yield Paragraph(
        f"One answer of {systems[case.unit]}{colours}."
        f" Chosen: {rule}; questions of people who may be in danger are left out."
    )
    asked = case.question + (f"\n\n{case.description}" if case.description else "")
    yield Quote(asked, by="a person who asked for help online")
    told = "as they came with the answer" if found.given else "as the parser finds them"
    notes = [NOT_A_PROFESSIONAL, f"Its parts are marked {told}."]
    if found.of_another:
        another = ", ".join(found.of_another)
        notes.append(f"They are those of another protocol, uncoloured: {another}.")
    elif found.missing:
        notes.append(f"Not found in it: {', '.join(found.missing)}.")
    passages = tuple(Passage(each.text, each.part) for each in found.stretches)
    yield Coloured("case-answer", "A case study", passages, tuple(notes))
