"""A model that is not on this machine is told at once, with how to get it."""

import time
from pathlib import Path

import pytest

from models.errors import ModelError
from models.places import find_folder


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("name", "revision", "sentence"),
    [
        ("Qwen/Qwen3-8B", "main", "hf download Qwen/Qwen3-8B --local-dir FOLDER"),
        ("Qwen/Qwen3-8B", "abc123", "hf download Qwen/Qwen3-8B --revision abc123 --local-dir"),
        ("not a name", "main", "neither a folder nor in the local cache"),
        ("./models/mine", "main", "there is no folder models/mine"),
        ("/nowhere/mine", "main", "there is no folder /nowhere/mine"),
        ("a/b/c", "main", "there is no folder a/b/c"),
    ],
)
def test_a_model_that_is_not_here_is_told_without_a_network(
    name: str, revision: str, sentence: str
) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=sentence):
        find_folder(name, revision=revision)
    assert time.monotonic() - began < 30  # the first import included, no retries


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(ModelError, match="is a file; name the folder"):
        find_folder(str(tmp_path / "model.safetensors"))


def test_what_was_fetched_before_is_found_in_the_cache(tmp_path: Path) -> None:
    at = tmp_path / "cache" / "models--Qwen--Tiny"
    (at / "snapshots" / "abc123").mkdir(parents=True)
    (at / "snapshots" / "abc123" / "config.json").write_text("{}")
    (at / "refs").mkdir()
    (at / "refs" / "main").write_text("abc123")
    assert find_folder("Qwen/Tiny") == at / "snapshots" / "abc123"
