"""Of which family a checkpoint is, and which have no native counterpart."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.conversion.families import family_of
from models.errors import ModelError
from tests.models.conversion.checkpoints import BAICHUAN, BAICHUAN2, QWEN


def folder_of(folder: Path, config: dict[str, Any]) -> Path:
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("config", "family"),
    [
        (BAICHUAN, "baichuan"),
        (BAICHUAN2, "baichuan2"),
        ({**BAICHUAN, "vocab_size": 125696, "architectures": None}, "baichuan2"),
        (QWEN, "qwen"),
        ({"model_type": "llama"}, "native"),
    ],
)
def test_a_family_is_told_by_the_configuration(
    tmp_path: Path, config: dict[str, Any], family: str
) -> None:
    assert family_of(folder_of(tmp_path, config)) == family


def test_a_baichuan_can_be_said_to_be_the_other_one_and_nothing_else(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BAICHUAN)
    assert family_of(folder, asked="baichuan2") == "baichuan2"
    with pytest.raises(ModelError, match="of the family baichuan, not qwen"):
        family_of(folder, asked="qwen")


WITHOUT_ROTATION = {
    key: value for key, value in BAICHUAN2.items() if key != "max_position_embeddings"
}


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({**BAICHUAN, "hidden_size": 5120}, "13B.*ALiBi"),
        (WITHOUT_ROTATION, "13B.*ALiBi"),
        ({**QWEN, "no_bias": False}, "no_bias = False"),
        ({**QWEN, "rotary_pct": 0.5}, "rotary_pct = 0.5"),
        ({**QWEN, "kv_channels": 4}, "do not fill its hidden size"),
        ({**QWEN, "quantization_config": {"bits": 4}}, "quantised"),
        ({"model_type": "bloomz2"}, "'bloomz2', which this version of transformers does not"),
        ({}, "of the type 'unknown'"),
        ({"model_type": "t5"}, "does not write text"),
    ],
)
def test_a_model_without_a_native_counterpart_is_told(
    tmp_path: Path, config: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        family_of(folder_of(tmp_path, config))
