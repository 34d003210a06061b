"""Every metric that tables know can be made, or says what is missing; the base install has some."""

import subprocess
import sys

import pytest

from models.errors import ModelError
from pipeline.metrics.known import KNOWN
from pipeline.metrics.metric import Options
from pipeline.metrics.registry import MAKERS, made

WITHOUT_EXTRA = """
import sys
for name in ("sacrebleu", "rjieba", "torch", "transformers"):
    sys.modules[name] = None
from models.errors import ModelError
from pipeline.metrics.metric import Options
from pipeline.metrics.registry import MAKERS, made
from pipeline.metrics.whole import adds, figure
print(figure("bleu")(adds("bleu", [59.5], [[4, 4, 3, 2, 1, 0, 4, 3, 2, 1]]))[0])
for name in MAKERS:
    try:
        made(name, Options("zh", "folder", "folder"))
    except ModelError as error:
        print(name, error.message)
"""


def test_every_known_metric_has_a_maker_and_goes_by_its_name() -> None:
    assert set(MAKERS) == set(KNOWN)
    for name, known in KNOWN.items():
        if known.family != "encoder":
            metric = made(name, Options())
            assert metric.name == name
            assert metric.needs_reference == (known.family == "overlap" or name == "length-ratio")


def test_a_model_that_is_not_named_is_asked_for() -> None:
    with pytest.raises(ModelError, match="--bertscore-model"):
        made("bertscore", Options())


def test_without_the_extra_stored_scores_still_have_a_whole_and_other_metrics_run() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA], capture_output=True, text=True, check=True
    )
    first, *missing = done.stdout.splitlines()
    assert round(float(first), 2) == 59.46
    assert {line.split()[0] for line in missing} == {
        "bleu", "bleu-char", "chrf", "chrf-3", "meteor", "bleurt", "bertscore",
    }  # fmt: skip
    told = [line for line in missing if "pip install 'cbt-annotate[metrics]'" in line]
    assert len(told) >= 5  # a folder that is not there may be told first
