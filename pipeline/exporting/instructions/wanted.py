"""What is asked of an export of instruction records, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.exporting import fit
from pipeline.metrics.metric import Language

# The role that the paper's instruction gives a model, in our words.
INSTRUCTIONS: dict[Language, str] = {
    "zh": "请你以一位经验丰富的认知行为治疗（CBT）治疗师的身份，回应下面这位求助者的困扰。",
    "en": (
        "As an experienced cognitive behavioural therapist, reply to the person who wrote the"
        " following."
    ),
}
# Why an answer stays behind, in the order in which it is looked at.
WHY = {
    **{why: fit.WHY[why] for why in ("set_aside", "refused", "no_text")},
    "other_subset": "to questions whose text is in another subset too",
    **{why: fit.WHY[why] for why in ("in_danger", "personal_data")},
    "duplicate": "that say the same to the same passage again",
}


@dataclass(frozen=True)
class InstructionsExport:
    """Whose answers to write where: to the questions of a split's subset.

    Without an `instruction` it is the one of `language`; without that, of the language in which
    most questions are. Answers to people in acute danger stay behind unless `with_danger`.
    """

    split: str
    subset: str
    system: str
    path: Path
    format: str = "alpaca"
    instruction: str | None = None
    language: Language | None = None
    with_danger: bool = False
    replace: bool = False


@dataclass(frozen=True)
class InstructionsWritten:
    """What was written: `rows` records. `left_out` counts answers by why they stayed behind.

    `unanswered` questions of the subset have no answer at all. `dataset` is the name by which
    `dataset_info` has the file, both None where the format has none. `licences` has what the store
    knows of the terms of the questions, by their sources.
    """

    path: Path
    manifest: Path
    dataset_info: Path | None
    dataset: str | None
    instruction: str
    rows: int
    left_out: Mapping[str, int]
    unanswered: int
    licences: Mapping[str, str]
