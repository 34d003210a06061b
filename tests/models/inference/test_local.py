import json
from pathlib import Path

import pytest
import torch

from models.errors import ModelError
from models.inference.local import with_adapter
from models.loading import load_model


def test_an_adapter_whose_weights_were_cut_short_is_one_sentence(
    tiny_qwen2: Path, tmp_path: Path
) -> None:
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "target_modules": ["q_proj"]}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "adapter_model.safetensors").touch()
    model = load_model(tiny_qwen2, dtype=torch.float32, device="cpu")
    with pytest.raises(ModelError, match="does not load on this base: Error while deserializing"):
        with_adapter(model, tmp_path)
