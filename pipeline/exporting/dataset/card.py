"""Write the card of a dataset: what it holds, who made it, what may be done with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.danger.danger import rules_version
from pipeline.exporting.dataset import data_files
from pipeline.exporting.dataset.makers import Maker
from pipeline.exporting.dataset.records import COLUMNS
from pipeline.exporting.fit import WHY
from pipeline.tidy import instant_text

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
LARGEST = "n>1M"
OUTSIDE = {"not_in_split": "to questions that the split does not hold"}
WARNING = """\
> **For research only.** {who} The questions are from people in distress. Nothing here is advice
> or a substitute for treatment, and no system that learns from it is.
>
> **仅供研究使用。**{who_zh}提问者是正处于困扰中的人。本数据不是咨询建议，不能替代专业治疗，
> 用它训练出的系统也不能。"""
BY_MODELS = (
    "The answers are by models, not by professionals.",
    "回答由模型生成，并非出自专业人员。",
)
BY_PEOPLE = (
    "Some of the answers are by people who wrote them elsewhere; the others are by models, not by"
    " professionals.",
    "部分回答由网友撰写，其余由模型生成，并非出自专业人员。",
)
KINDS = {
    "api": "a model behind an API",
    "local": "a local model",
    "people": "people",
    "outside": "imported from a file; how it was made is not known here",
}


@dataclass(frozen=True)
class About:
    """What a card says of a dataset; `splits`, `left_out` and `sources` count answers."""

    makers: Sequence[Maker]
    splits: Mapping[str, int]
    left_out: Mapping[str, int]
    sources: Mapping[str, int]
    licences: Mapping[str, str]
    with_danger: bool


def text(about: About) -> str:
    """Return the card: a head that dataset readers understand, then Markdown for people."""
    sections = (_title(about), _rows(about), _columns(), _makers(about), _choice(about))
    blocks = [*_head(about), *(line for section in sections for line in (*section, ""))]
    return "\n".join([*blocks, *_licences(about), "", *_loading(about), ""])


def _head(about: About) -> Iterator[str]:
    count = sum(about.splits.values())
    size = next((name for most, name in SIZES if count < most), LARGEST)
    yield from ("---", "pretty_name: " + _quoted(_name(about)), "license: other")
    yield "license_name: see-the-card"
    yield from ("task_categories:", "- question-answering", "- text-generation")
    yield from ("tags:", "- cognitive-behavioral-therapy", "- mental-health")
    if all(maker.kind != "people" for maker in about.makers):
        yield "- synthetic"
    yield from ("size_categories:", f"- {size}", "configs:")
    yield from ("- config_name: default", "  data_files:")
    for split in about.splits:
        yield from (f"  - split: {split}", f"    path: {data_files.names(split)[0]}")
    yield from ("---", "")


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)  # a JSON text is a YAML one


def _name(about: About) -> str:
    return f"Answers of {', '.join(maker.name for maker in about.makers)}"


def _title(about: About) -> Iterator[str]:
    people = any(maker.kind == "people" for maker in about.makers)
    who, who_zh = BY_PEOPLE if people else BY_MODELS
    yield from (f"# {_name(about)}", "", *WARNING.format(who=who, who_zh=who_zh).splitlines())


def _rows(about: About) -> Iterator[str]:
    yield from ("## Rows", "", "| split | answers |", "| --- | ---: |")
    yield from (f"| {split} | {count:,} |" for split, count in about.splits.items())
    yield from ("", "| source of the questions | answers |", "| --- | ---: |")
    yield from (f"| {source} | {count:,} |" for source, count in sorted(about.sources.items()))
    if about.left_out:
        yield from ("", "Answers of these systems that are not here:", "")
        words = WHY | OUTSIDE
        yield from (f"- {count:,} {words[why]}" for why, count in about.left_out.items())


def _columns() -> Iterator[str]:
    yield from ("## Columns", "", "| column | holds |", "| --- | --- |")
    yield from (f"| `{name}` | {about} |" for name, (_, about) in COLUMNS.items())


def _makers(about: About) -> Iterator[str]:
    yield "## Who answered"
    for maker in about.makers:
        yield from ("", f"### {maker.name}", "", f"- {KINDS[maker.kind]}; {maker.rows:,} answers")
        if maker.prompt_file:
            yield f"- prompt: [{maker.prompt_file}]({maker.prompt_file})"
        yield from (f"- {key}: {_setting(value)}" for key, value in maker.configuration.items())
        if maker.first_at and maker.last_at:
            yield f"- made from {instant_text(maker.first_at)} to {instant_text(maker.last_at)}"
        if maker.programs:
            yield f"- by {', '.join(maker.programs)}"


def _setting(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _choice(about: About) -> Iterator[str]:
    yield from ("## What was looked at", "")
    if about.with_danger:
        yield (
            "- Answers to people who may be in acute danger are among these (`in_danger`): do not"
            " train a model on them without clinicians."
        )
    else:
        yield "- Answers to people who may be in acute danger were left out."
    yield (
        f"- Danger is told by a person's word or by rules (version {rules_version()[:12]}); rules"
        " miss some, and are no clinical instrument."
    )
    yield (
        "- Texts with e-mail addresses, ID, phone or QQ numbers or WeChat names were left out, as"
        " far as a scan finds them. Names of people and places were not looked for."
    )
    yield "- Answers that were set aside, or that the model refused to give, were left out."


def _licences(about: About) -> Iterator[str]:
    yield from ("## Licence", "")
    for source, terms in sorted(about.licences.items()):
        yield f"- Questions of {source}: {terms}"
    others = [source for source in sorted(about.sources) if source not in about.licences]
    if others:
        yield (
            f"- Questions of {', '.join(others)}: the terms are not known to the program that wrote"
            " this; find them out before you pass anything on."
        )
    yield "- Answers: the terms of the model's provider hold besides."


def _loading(about: About) -> Iterator[str]:
    split = next(iter(about.splits))
    yield from ("## Loading", "", "```python", "from datasets import load_dataset", "")
    yield f'rows = load_dataset("path/to/this/folder", split="{split}")'
    yield f'lines = load_dataset("path/to/this/folder/jsonl", split="{split}")  # the same rows'
    yield from ("```", "", "`manifest.json` has the hash of each file.")
