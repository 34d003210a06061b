"""Every metric by its name: what it is called, its scale, and how many scores become one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Whole = Literal["mean", "share", "ratio", "bleu", "chrf"]
Family = Literal["overlap", "encoder", "form"]


@dataclass(frozen=True, slots=True)
class Known:
    """A metric as tables show it.

    `family` is overlap (words or characters shared with a reference), encoder (a neural model
    compares with it) or form (what the answer is like). `top` is the highest value that there can
    be, None where there is none. `whole` says how the score of many answers comes from theirs: as
    their mean (a share where each is 0 or 1), or by a formula over the sums of their statistics.
    `table_4` says whether the paper has it.
    """

    title: str
    family: Family
    top: float | None = 1.0
    whole: Whole = "mean"
    table_4: bool = False


KNOWN: Mapping[str, Known] = {
    "bleu": Known("BLEU", "overlap", 100.0, "bleu", table_4=True),
    "meteor": Known("METEOR", "overlap", table_4=True),
    "chrf": Known("chrF", "overlap", 100.0, "chrf", table_4=True),
    "bleurt": Known("BLEURT", "encoder", None, table_4=True),
    "bertscore": Known("BERTScore", "encoder", table_4=True),
    "bleu-char": Known("BLEU, characters", "overlap", 100.0, "bleu"),
    "meteor-char": Known("METEOR, characters", "overlap"),
    "chrf-3": Known("chrF, up to 3 characters", "overlap", 100.0, "chrf"),
    "rouge-l": Known("ROUGE-L", "overlap"),
    "length": Known("Length in characters", "form", None),
    "length-ratio": Known("Length over the references'", "form", None, "ratio"),
    "parts": Known("Parts shown, of five", "form", 5.0),
    "five-parts": Known("Share with all five parts", "form", whole="share"),
    "distinct-1": Known("Distinct-1, mean of answers", "form"),
    "distinct-2": Known("Distinct-2, mean of answers", "form"),
    "repetition": Known("Repetition, mean of answers", "form"),
}
