"""What the store tells the datasheet of the systems, and of how their answers were generated."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from db.errors import FileRejected
from db.study_facts import JudgedSystem
from pipeline.cli.wording import counted, many
from pipeline.prompts import document
from pipeline.report.context import Context
from pipeline.report.datasheet.questions import Key
from pipeline.report.sections import generation_texts as texts
from pipeline.report.sections.generation_texts import Generation

NOT_BEFORE_UNBLINDING = "told after 'cbt study unblind'"
WITHHELD = {
    "system_details": "The configurations that the store holds are",
    "prompts": "The prompts are",
    "generation": "What models were asked for, if this program asked any, is",
}
NONE_HERE = "This program had no model answer for these systems."
LEFT_OUT = "(its text is not here, as it may hold a question and an answer)"
NO_EXAMPLE = "(without its worked example, as no question and no answer is shown)"


def told(context: Context, *, with_texts: bool) -> dict[Key, str]:
    """Return the answers about the systems; without texts no example of a prompt is shown."""
    facts = context.known.facts
    if not facts.systems:
        return {}
    answers = {
        "systems": ", ".join(map(_system, facts.systems)),
        "input": "A help-seeker's question with its description, as text.",
        "output": "One answer to it, as text.",
    }
    if context.known.unblinded:
        answers |= {
            "system_details": "\n".join(_details(context)),
            "prompts": "\n\n".join(_prompts(context, with_texts=with_texts)),
            **dict(_of_generation(context)),
        }
    else:
        answers |= {id_: f"{what} {NOT_BEFORE_UNBLINDING}." for id_, what in WITHHELD.items()}
    return {(field, ""): text for field, text in answers.items() if text}


def added(context: Context) -> dict[Key, str]:
    """Return what is to be said besides, after what the design alone tells."""
    systems = context.findings.described.whole.get("systems", ())
    left_out = [_left_out(each) for each in systems if each["set_aside"] or each["refused"]]
    seeds = [
        f"{of.shown} {of.found['seed']}"
        for of in texts.generations(context)
        if of.found["seed"] is not None
    ]
    answers = {
        "exclusions": " ".join(left_out),
        "seeds": f"Given to the models: {', '.join(seeds)}." if seeds else "",
    }
    return {(field, ""): text for field, text in answers.items() if text}


def _system(system: JudgedSystem) -> str:
    kinds = {"people": "people", "api": "a model by an API", "local": "a model run locally"}
    kind = f", {kinds[system.kind]}" if system.kind in kinds else ""
    return f"{system.shown} ({many(system.items, 'item')}{kind})"


def _details(context: Context) -> Iterator[str]:
    generated = {of.shown: texts.details(of) for of in texts.generations(context)}
    for system in context.known.facts.systems:
        if system.shown in generated:
            yield generated[system.shown]
        elif system.configuration:
            yield f"{system.shown}: {_settings(system.configuration)}"


def _settings(configuration: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(configuration.items()))


def _prompts(context: Context, *, with_texts: bool) -> Iterator[str]:
    """Yield each prompt once, with the systems that were asked with it."""
    prompts = (of.prompt for of in texts.generations(context))
    about = {told["sha256"]: f"; {texts.prompt(told)}" for told in prompts if told}
    asked = [(each.prompt, each.shown) for each in context.known.facts.systems if each.prompt]
    asked.sort(key=lambda pair: pair[0])
    for (name, sha256, text), group in groupby(asked, key=lambda pair: pair[0]):
        shown = ", ".join(system for _, system in group)
        shown_text = text if with_texts else _without(text)
        yield f"{shown}: {name} (SHA-256 {sha256}{about.get(sha256, '')})\n{shown_text}"


def _without(text: str) -> str:
    try:
        prompt = document.read(text, file="the stored prompt")
    except FileRejected:
        return LEFT_OUT
    if prompt.example is None:
        return text
    return f"{NO_EXAMPLE}\n{prompt.with_example(None).text}"


def _of_generation(context: Context) -> Iterator[tuple[str, str]]:
    found = texts.generations(context)
    if not found:
        yield "generation", NONE_HERE
        return
    yield "generation", "\n".join(_became(context, of) for of in found)
    yield "task", _each(found, texts.task)
    yield "languages", _each(found, texts.language)
    yield "prompt_development", _each(found, texts.development)
    yield "crisis", _each(found, texts.danger)


def _each(found: list[Generation], say: Callable[[Generation], str]) -> str:
    return " ".join(filter(None, map(say, found)))


def _became(context: Context, of: Generation) -> str:
    return (
        f"{of.shown}: {texts.became(of)}. {texts.took(of)}. Over all that it was asked, not only"
        f" what is in this study ({context.findings.described.command}, /systems/{of.place}"
        "/generation)."
    )


def _left_out(each: Mapping[str, Any]) -> str:
    return (
        f"Of the answers of {each['system']} in the store, set aside: {each['set_aside']:,},"
        f" refused: {each['refused']:,} ({counted(each['reasons'])}); a study takes none of these."
    )
