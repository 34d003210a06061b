"""Checkpoints are read without running what a pickled file may hold."""

from pathlib import Path
from typing import Any

import pytest
import torch

from models.conversion.shards import source_files, tensors
from models.errors import ModelError


class Harm:
    """What a pickled file can make Python do when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_code_in_a_pickled_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"weight": Harm(tmp_path / "harm")}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="code in it is not run"):
        list(tensors(tmp_path / "pytorch_model.bin"))
    assert not (tmp_path / "harm").exists()


def test_a_checkpoint_of_the_old_format_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save({"weight": torch.arange(4)}, path, _use_new_zipfile_serialization=False)
    (found,) = tensors(path)
    assert (found.name, found.tensor.tolist()) == ("weight", [0, 1, 2, 3])


@pytest.mark.parametrize("file", ["pytorch_model.bin", "model.safetensors"])
def test_a_file_that_is_cut_short_is_told(tmp_path: Path, file: str) -> None:
    from safetensors.torch import save_file

    path = tmp_path / file
    weights = {"weight": torch.ones(1000)}
    save = save_file if file == "model.safetensors" else torch.save
    save(weights, path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ModelError, match=r"cut short|code in it is not run"):
        list(tensors(path))


def test_something_else_than_weights_is_told(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="something else than a model's weights"):
        list(tensors(tmp_path / "pytorch_model.bin"))


def test_a_file_that_the_index_lists_and_nobody_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights in"):
        source_files(tmp_path)
    index = '{"weight_map": {"a": "pytorch_model-00001-of-00002.bin"}}'
    (tmp_path / "pytorch_model.bin.index.json").write_text(index)
    with pytest.raises(ModelError, match=r"lacks pytorch_model-00001-of-00002\.bin"):
        source_files(tmp_path)
