"""BERTScore and BLEURT as metrics: values, windows, signatures, and reasons in their place."""

from pathlib import Path

import pytest
import torch

from models.errors import ModelError
from pipeline.metrics.known import KNOWN
from pipeline.metrics.metric import Options, Pair, Scored
from pipeline.metrics.registry import made
from tests.models.encoders import tiny

LONG = "".join(tiny.TEXTS)
PAIRS = [Pair(tiny.TEXTS[0][:8], tiny.TEXTS[0][:8]), Pair(LONG, tiny.TEXTS[1])]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("models")
    return Options(
        bertscore_model=str(tiny.bert(folder / "bert")),
        bertscore_layer=2,
        bleurt_model=str(tiny.bleurt(folder / "BLEURT-20", like_20=True)),
    )


@pytest.mark.parametrize("name", ["bertscore", "bleurt"])
def test_each_pair_has_a_value_and_in_how_many_windows_it_was_read(
    options: Options, name: str
) -> None:
    metric = made(name, options)
    whole, cut = metric.score(PAIRS)
    assert isinstance(whole, Scored)
    assert isinstance(cut, Scored)
    assert whole.statistics == (1.0,)
    assert cut.statistics is not None
    assert cut.statistics[0] > 1
    assert metric.name == name
    assert KNOWN[name].whole == "mean"
    assert metric.needs_reference


def test_the_same_text_has_a_bertscore_of_one(options: Options) -> None:
    (found, _) = made("bertscore", options).score(PAIRS)
    assert isinstance(found, Scored)
    assert found.value == pytest.approx(1, abs=1e-6)


def test_signatures_say_the_model_its_weights_and_its_layer(options: Options) -> None:
    bertscore, bleurt = (made(name, options).signature for name in ("bertscore", "bleurt"))
    assert bertscore.startswith("BERTScore-F1|nrefs:1|model:bert|weights:")
    assert "|layer:2|idf:no|baseline:no|window:32|" in bertscore
    assert bleurt.startswith("BLEURT|nrefs:1|model:BLEURT-20|weights:")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bertscore", "with --bertscore-model, such as bert-base-chinese"),
        ("bleurt", "with --bleurt-model, such as lucadiliello/BLEURT-20"),
    ],
)
def test_without_a_model_the_reason_says_how_to_name_one(name: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        made(name, Options())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no folder"):
        made("bleurt", Options(bleurt_model=str(tmp_path / "none")))
