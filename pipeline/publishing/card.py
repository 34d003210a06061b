"""Write the card of a fine-tuned model, for the hub and for people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.adapters import Manifest
from pipeline.publishing.scores import Score

MARK = "<!-- written by cbt model card -->"  # by it a card is known again, to be replaced
WARNING = """\
> **For research only.** The answers are by a model, not by a professional. It was trained on
> questions of people in distress; it gives no diagnosis, knows no emergency, and is no substitute
> for treatment. Nobody should be left alone with it.
>
> **仅供研究使用。**回答由模型生成，并非出自专业人员。提问者是正处于困扰中的人；本模型不作诊断，
> 也不会处理危机，不能替代专业治疗，不应让人独自使用。"""
LIMITS = """\
- One turn: it was trained to answer one question, not to hold a dialogue.
- Its answers follow the five parts of its training data. All five in one answer may overwhelm.
- It was not taught what to do for a person in acute danger; route such questions to people.
- It may name distortions that are not there: in the paper one flag in two was false.
- It learned from answers that a model wrote, with what that model got wrong.
- Automatic scores say how much an answer is like a reference, not whether it helps anybody."""
# The recipe's settings in the order and words of the card.
SETTINGS = {
    "epochs": "epochs",
    "learning_rate": "learning rate",
    "schedule": "schedule",
    "warmup": "warm-up",
    "weight_decay": "weight decay",
    "batch": "batch",
    "accumulation": "accumulation",
    "processes": "processes",
    "rank": "LoRA rank",
    "alpha": "LoRA alpha",
    "dropout": "LoRA dropout",
    "targets": "LoRA targets",
    "max_tokens": "longest row, tokens",
    "too_long": "longer rows",
    "precision": "precision",
    "quantize": "base in 4 bits",
    "seed": "seed",
}


@dataclass(frozen=True)
class About:
    """What a card tells: of an adapter, or of a model that one was merged into.

    `licence` is the base's, and `terms` are those of the questions, by source, where they are
    known. `scores` are of answers that the store calls `system`'s, without `learned` ones to
    passages that the model was trained on.
    """

    name: str
    manifest: Manifest
    merged: bool
    licence: str | None
    terms: Mapping[str, str]
    system: str | None
    scores: Sequence[Score]
    learned: int


def text(about: About) -> str:
    """Return the card: a head that the hub understands, then Markdown for people."""
    sections = (
        _title(about), _use(about), _training(about), _data(about), _scores(about), _end(about),
    )  # fmt: skip
    lines = [*_head(about), *(line for section in sections for line in (*section, ""))]
    return "\n".join(lines).rstrip() + "\n"


def _head(about: About) -> Iterator[str]:
    hub_id = about.manifest.base.hub_id
    yield "---"
    if hub_id:
        yield f"base_model: {_yaml(hub_id)}"
        yield f"base_model_relation: {'merge' if about.merged else 'adapter'}"
    yield from ("language:", "- zh", "license: other")
    yield "license_name: base-model-and-data-terms"
    yield f"library_name: {'transformers' if about.merged else 'peft'}"
    yield "pipeline_tag: text-generation"
    yield "tags:"
    tags = ["cbt", "counselling", "research-only", *(() if about.merged else ("lora",))]
    yield from (f"- {tag}" for tag in tags)
    yield "---"
    yield MARK
    yield ""


def _title(about: About) -> Iterator[str]:
    yield f"# {about.name}"
    yield ""
    yield WARNING
    yield ""
    kind = "A model into which a LoRA adapter was merged" if about.merged else "A LoRA adapter"
    yield (
        f"{kind}: {about.manifest.base.name}, taught by {about.manifest.data.rows:,} questions and"
        " answers to answer in the five parts of cognitive behavioural therapy."
    )


def _use(about: About) -> Iterator[str]:
    manifest = about.manifest
    yield "## How it is asked"
    yield ""
    yield (
        f"By the template `{manifest.template}`, one question at a time: title and description as"
        " one passage, after the instruction of its training:"
    )
    yield ""
    yield from (f"> {line}" for line in (manifest.data.instruction or "none").splitlines())
    yield ""
    yield "```console"
    base = manifest.base.hub_id or manifest.base.name
    if about.merged:
        yield "$ cbt infer --backbone FOLDER --system NAME --split NAME --subset test"
    else:
        yield (
            f"$ cbt infer --backbone {base} --adapter FOLDER --system NAME --split NAME"
            " --subset test"
        )
    yield "```"
    yield ""
    yield "The likeliest words (temperature 0), up to the stop token; leave room for 1,000 tokens."


def _training(about: About) -> Iterator[str]:
    manifest = about.manifest
    yield "## Training"
    yield ""
    yield "| setting | value |"
    yield "| --- | --- |"
    yield f"| base | {manifest.base.name}{_in_brackets(manifest.base.hub_id)} |"
    yield f"| base weights | `{manifest.base.weights_hash[:16]}` |"
    for key, words in SETTINGS.items():
        if manifest.settings.get(key) is not None:
            yield f"| {words} | {_cell(manifest.settings[key])} |"
    yield f"| steps | {manifest.steps:,} |"
    yield f"| tokens learned from | {manifest.tokens:,} |"
    yield f"| loss, first and last | {manifest.loss_first:.4f}, {manifest.loss_last:.4f} |"
    if manifest.loss_eval is not None:
        yield f"| loss on held-out rows | {manifest.loss_eval:.4f} |"
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    yield f"| versions | {versions} |"


def _data(about: About) -> Iterator[str]:
    data = about.manifest.data
    yield "## Data"
    yield ""
    subset = f"subset {data.subset} of " if data.subset else ""
    split = f", {subset}the split {data.split}" if data.split else ""
    system = f", answers of {data.system}" if data.system else ""
    yield f"{data.rows:,} rows{split}{system}; SHA-256 of the file `{data.sha256}`."
    left_out = ", ".join(f"{reason} {n:,}" for reason, n in data.left_out.items() if n)
    if left_out:
        yield f"Left out: {left_out}."
    yield (
        "Not part of this model: no text of a question or an answer comes with it, but hashes of"
        " the passages, by which a tester can tell that a question was not learned from."
    )
    for source, terms in sorted(about.terms.items()):
        yield f"- {source}: {terms}"


def _scores(about: About) -> Iterator[str]:
    if not (about.scores or about.learned):
        return
    yield f"## Scores of {about.system}"
    yield ""
    if about.learned:
        yield (
            "Left out are scored answers to passages that the model was trained on:"
            f" {about.learned:,}."
        )
        yield ""
    if about.scores:
        yield from _table(about.scores)


def _table(scores: Sequence[Score]) -> Iterator[str]:
    yield "| metric | value | 95% interval | answers | against | signature |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in scores:
        value, low, high = each.estimate.value, each.estimate.low, each.estimate.high
        interval = "-" if low is None or high is None else f"{low:.3f} to {high:.3f}"
        yield (
            f"| {each.title} | {'-' if value is None else f'{value:.3f}'} | {interval} | {each.n:,}"
            f" | {_cell(each.reference or '-')} | `{_cell(each.signature)}` |"
        )
    yield ""
    estimates = [each.estimate for each in scores]
    methods = dict.fromkeys(each.method for each in estimates if each.low is not None)
    if methods:
        yield f"Intervals: {'; '.join(methods)}."
    for reason in dict.fromkeys(each.reason for each in estimates if each.reason):
        yield f"No interval (-): {reason}."


def _end(about: About) -> Iterator[str]:
    yield "## Limits"
    yield ""
    yield LIMITS
    yield ""
    yield "## Licence"
    yield ""
    known = f": {about.licence}" if about.licence else ", which is not known here"
    yield f"The base model's licence holds for these weights too{known}."
    if about.terms:
        yield "So do the terms of the questions above: see that they allow what you do with it."
    else:
        yield (
            "The terms of the training questions are not known here; those of PsyQA allow research"
            " only, and neither its texts nor what is derived from them may be passed on."
        )


def _yaml(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _in_brackets(value: str | None) -> str:
    return f" ({value})" if value else ""


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text.replace("|", "\\|")
