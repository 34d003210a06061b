"""BERTScore and BLEURT as metrics: a neural model compares an answer with its reference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.encoders import bertscore as encoder
from models.encoders import bleurt as judge
from models.errors import ModelError
from pipeline.metrics.metric import Options, Pair, Scored, Unscored

BATCH = 64  # pairs: long enough to sort by length, short enough to lose little when interrupted
Texts = Sequence[tuple[str, str]]  # a candidate and its reference


@dataclass(frozen=True)
class OfEncoder:
    """A metric of such a model.

    A score's statistics are one number: in how many windows the texts were read, 1 for as a whole.
    """

    name: str
    signature: str
    found: Callable[[Texts], list[Scored]]
    needs_reference: bool = True
    batch: int = BATCH

    def score(self, pairs: Sequence[Pair]) -> list[Scored | Unscored]:
        return list(self.found([(pair.answer, pair.reference) for pair in pairs]))


def bertscore(options: Options) -> OfEncoder:
    """Return BERTScore's F1. Raises ModelError where no model is named, or it cannot be loaded."""
    model = encoder.load(
        _named(options.bertscore_model, "BERTScore", "--bertscore-model", "bert-base-chinese"),
        layer=options.bertscore_layer,
        device=options.device,
    )
    return OfEncoder(
        "bertscore",
        f"BERTScore-F1|nrefs:1|{model.signature}",
        lambda texts: [Scored(each.f1, (float(each.windows),)) for each in model.score(texts)],
    )


def bleurt(options: Options) -> OfEncoder:
    """Return BLEURT. Raises ModelError where no model is named, or it cannot be loaded."""
    model = judge.load(
        _named(options.bleurt_model, "BLEURT", "--bleurt-model", "lucadiliello/BLEURT-20"),
        device=options.device,
    )
    return OfEncoder(
        "bleurt",
        f"BLEURT|nrefs:1|{model.signature}",
        lambda texts: [Scored(each.value, (float(each.windows),)) for each in model.score(texts)],
    )


def _named(name: str | None, metric: str, option: str, example: str) -> str:
    if not name:
        raise ModelError(
            f"{metric} needs a model; name a folder, or one in the local cache, with {option},"
            f" such as {example}"
        )
    return name
