"""Every base model of the list can be asked, and a folder says what it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.backbones import BACKBONES, resolve
from models.conversion.families import FAMILIES
from models.errors import ModelError
from models.templates import TEMPLATES

PAPER = {"llama-chinese-7b", "alpaca-chinese-7b", "qwen-7b", "baichuan-7b"}


def test_the_paper_s_four_and_the_published_model_are_in_the_list() -> None:
    assert {name for name, each in BACKBONES.items() if each.paper} == PAPER
    assert BACKBONES["cbt-llm"].instruction.startswith("你是一名经验丰富的心理咨询师")
    assert not any(each.paper for each in BACKBONES.values() if each.name not in PAPER)


@pytest.mark.parametrize("name", BACKBONES)
def test_what_the_list_says_of_a_model_fits_together(name: str) -> None:
    backbone = BACKBONES[name]
    assert backbone.template in TEMPLATES
    assert backbone.needs_conversion == (backbone.family in FAMILIES)
    assert set(backbone.lora_targets).isdisjoint({"W_pack", "c_attn"})  # gone once converted
    assert backbone.hub_id.count("/") == 1
    assert backbone.notes.endswith(".")


def test_a_model_is_found_by_name_and_by_its_hub_s_name() -> None:
    assert resolve("Qwen3-8B") is resolve("qwen/qwen3-8b") is BACKBONES["qwen3-8b"]


def folder_of(folder: Path, config: dict[str, Any], **files: str) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


LLAMA = {"model_type": "llama", "max_position_embeddings": 4096}


@pytest.mark.parametrize(
    ("config", "files", "template", "targets"),
    [
        (LLAMA, {}, "default", 7),
        (LLAMA, {"tokenizer_config__json": '{"chat_template": "{{ messages }}"}'}, "tokenizer", 7),
        (LLAMA, {"chat_template__jinja": "{{ messages }}"}, "tokenizer", 7),
        (LLAMA, {"manifest__json": '{"family": "baichuan"}'}, "default", 3),
        ({"model_type": "qwen2"}, {"manifest__json": '{"family": "qwen"}'}, "chatml", 3),
        ({"model_type": "qwen3"}, {"chat_template__jinja": "{{ messages }}"}, "qwen3", 7),
    ],
)
def test_a_folder_s_template_is_guessed_and_said(
    tmp_path: Path, config: dict[str, Any], files: dict[str, str], template: str, targets: int
) -> None:
    found = resolve(str(folder_of(tmp_path / "mine", config, **files)))
    assert (found.name, found.template, len(found.lora_targets)) == ("mine", template, targets)
    assert found.notes.startswith(f"Template {template}: ")
    assert found.folder() == tmp_path / "mine"


def test_an_unknown_name_is_told_with_all_names(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no base model 'gpt-9' and no folder.*baichuan-7b"):
        resolve("gpt-9")
    with pytest.raises(ModelError, match=r"holds no model: it has no config\.json"):
        resolve(str(tmp_path))
