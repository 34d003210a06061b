"""`cbt model merge` and `cbt model card`, as a person and a script see them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.adapters import MANIFEST
from pipeline.cli.main import main
from tests.adapted import make_adapter


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    torch.set_num_threads(1)
    monkeypatch.setenv("CBT_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def adapter(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_adapter(tmp_path_factory.mktemp("adapter"), tiny_qwen2)


def cbt(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def merge(adapter: Path, out: Path, *more: str) -> Result:
    return cbt("model", "merge", "--adapter", str(adapter), "--out", str(out), *more)


def test_a_merged_model_is_a_whole_folder_with_a_manifest_and_a_card(
    adapter: Path, tmp_path: Path
) -> None:
    result = merge(adapter, tmp_path / "merged", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["changed"], told["precision"], told["asks_alike"]) == (6, "fp32", "tokens")
    assert told["apart"] <= told["allowed"]
    there = {path.name for path in (tmp_path / "merged").iterdir()}
    assert there == set(told["written"])
    assert {"model.safetensors", "config.json", "tokenizer.json", MANIFEST} <= there
    card = cbt("model", "card", "--model", str(tmp_path / "merged"))
    assert card.exit_code == 0
    text = (tmp_path / "merged" / "README.md").read_text("utf-8")
    assert "library_name: transformers" in text
    assert str(tmp_path) not in text
    assert [path.name for path in tmp_path.iterdir()] == ["merged"]


def test_a_folder_that_is_taken_stays_and_one_of_ours_is_replaced(
    adapter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "merged"
    assert merge(adapter, out).exit_code == 0
    again = merge(adapter, out)
    assert again.exit_code == 1
    assert "is not empty; name another folder, or add --replace" in again.stderr
    assert merge(adapter, out, "--replace").exit_code == 0
    (out / "mine").write_text("", "utf-8")
    assert "mine, which is not of the model" in merge(adapter, out, "--replace").stderr


def test_what_does_not_fit_leaves_nothing(adapter: Path, tiny_llama: Path, tmp_path: Path) -> None:
    wrong = merge(adapter, tmp_path / "merged", "--backbone", str(tiny_llama))
    assert wrong.exit_code == 1
    assert "holds other weights" in wrong.stderr
    other = shutil.copytree(adapter, tmp_path / "other")
    (other / MANIFEST).unlink()
    assert "cbt_manifest.json" in merge(other, tmp_path / "merged").stderr
    assert {path.name for path in tmp_path.iterdir()} == {"other"}


def test_a_card_is_of_one_model(tmp_path: Path) -> None:
    assert cbt("model", "card").exit_code == 2
    assert "neither an adapter" in cbt("model", "card", "--model", str(tmp_path)).stderr
