"""An adapter tells what it was made of, and fits no other base."""

import json
import shutil
from pathlib import Path

import pytest

from models import adapters
from models.adapters import Base, Data, Manifest
from models.errors import ModelError
from models.loading import weights_hash

MADE = Manifest(
    base=Base("tiny", None, "/models/tiny", "0" * 64),
    template="default",
    data=Data("train.json", "1" * 64, rows=2, left_out={"too_long": 1}, split="cbt"),
    trained_on=("0123456789abcdef", "fedcba9876543210"),
    settings={"rank": 8},
    versions={"peft": "0.21"},
    seed=0,
    steps=4,
    tokens=100,
    loss_first=6.5,
    loss_last=5.5,
    eval_data=Data("eval.json", "2" * 64, rows=1),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    (tmp_path / adapters.MANIFEST).write_text(adapters.as_text(MADE), "utf-8")
    assert adapters.is_finished(tmp_path)
    assert adapters.read_manifest(tmp_path) == MADE


def test_a_folder_without_a_finished_adapter_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no cbt_manifest.json; name the folder that"):
        adapters.read_manifest(tmp_path)
    (tmp_path / "checkpoints").mkdir()
    with pytest.raises(ModelError, match="has not ended; run the same 'cbt train' command again"):
        adapters.read_manifest(tmp_path)
    path = tmp_path / adapters.MANIFEST
    for text, said in (
        ("{", "cannot be read"),
        ('{"kind": "cbt report"}', "does not tell of an adapter"),
        ('{"kind": "cbt adapter"}', "is not as 'cbt train' writes it"),
        (json.dumps({**json.loads(adapters.as_text(MADE)), "base": {}}), "is not as 'cbt train'"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ModelError, match=said):
            adapters.read_manifest(tmp_path)


def test_only_the_base_it_was_trained_on_fits_wherever_that_stands(
    tiny_qwen2: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    base = Base("tiny-qwen2", None, str(tiny_qwen2), weights_hash(tiny_qwen2))
    manifest = Manifest(**{**vars(MADE), "base": base})
    moved = shutil.copytree(tiny_qwen2, tmp_path / "moved")
    adapters.check_base(manifest, moved)
    with pytest.raises(ModelError, match=r"trained on tiny-qwen2 .* holds other weights"):
        adapters.check_base(manifest, tiny_llama)
