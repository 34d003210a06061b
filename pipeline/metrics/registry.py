"""Make metrics by their names."""

from collections.abc import Callable, Mapping

from pipeline.metrics import encoders, form, meteor, rouge, sacre
from pipeline.metrics.metric import Metric, Options

# A maker raises ModelError where an extra or a model is missing; the other metrics still run.
MAKERS: Mapping[str, Callable[[Options], Metric]] = {
    "bleu": sacre.bleu,
    "meteor": meteor.of_words,
    "chrf": sacre.chrf,
    "bleu-char": sacre.bleu_char,
    "meteor-char": meteor.of_characters,
    "chrf-3": sacre.chrf_3,
    "bleurt": encoders.bleurt,
    "bertscore": encoders.bertscore,
    "rouge-l": rouge.made,
    "length": form.length,
    "length-ratio": form.length_ratio,
    "parts": form.shown_parts,
    "five-parts": form.five_parts,
    "distinct-1": form.distinct_1,
    "distinct-2": form.distinct_2,
    "repetition": form.repetition,
}


def made(name: str, options: Options) -> Metric:
    """Return the metric of this name. Raises ModelError where it cannot run."""
    return MAKERS[name](options)
