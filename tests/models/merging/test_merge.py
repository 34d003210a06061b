"""A merged model answers as base and adapter do, wherever it is loaded."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from models.adapters import MANIFEST, adapter_hash
from models.errors import ModelError
from models.loading import load_model, load_tokenizer
from models.merging.lora import Lora
from models.merging.merge import Merging
from models.merging.serving import SAMPLE, set_chat_template
from models.taught import read_merged, taught_by
from models.templates import find_template, fitting
from tests.adapted import make_adapter


@pytest.fixture(scope="module")
def adapter(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    torch.set_num_threads(1)
    return make_adapter(tmp_path_factory.mktemp("adapter"), tiny_qwen2, trained_on=["ab12"])


def written(adapter: Path, base: Path, out: Path) -> Any:
    out.mkdir()
    return Merging(str(base), adapter).write(out, lambda _: None)


def test_both_answer_alike_and_not_as_the_base(
    tiny_qwen2: Path, adapter: Path, tmp_path: Path
) -> None:
    import torch

    done = written(adapter, tiny_qwen2, tmp_path / "merged")
    assert (done.changed, done.precision, done.asks_alike) == (6, "fp32", "tokens")
    assert done.proof.apart < 1e-4
    logits = [
        load_model(folder, dtype=torch.float32, device="cpu")(torch.tensor([[5, 6, 7]])).logits
        for folder in (tiny_qwen2, tmp_path / "merged")
    ]
    assert (logits[0] - logits[1]).abs().max() > 0.1


def test_it_tells_what_it_was_taught_and_nobodys_paths(
    tiny_qwen2: Path, adapter: Path, tmp_path: Path
) -> None:
    written(adapter, tiny_qwen2, tmp_path / "merged")
    merged = read_merged(tmp_path / "merged")
    assert merged is not None
    assert merged.adapter == adapter_hash(adapter)
    assert merged.manifest.trained_on == ("ab12",)
    assert taught_by(tmp_path / "merged") == merged.manifest
    for name in (MANIFEST, "config.json", "generation_config.json"):
        assert str(tiny_qwen2.parent) not in (tmp_path / "merged" / name).read_text("utf-8")
    settings = json.loads((tmp_path / "merged" / "generation_config.json").read_text("utf-8"))
    tokenizer = load_tokenizer(tiny_qwen2)
    assert settings["eos_token_id"][0] == tokenizer.convert_tokens_to_ids("<|im_end|>")


def test_a_half_precise_base_stays_so_and_sums_are_exact(tiny_qwen2: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    base = tmp_path / "base"
    model: Any = AutoModelForCausalLM.from_pretrained(tiny_qwen2, dtype=torch.bfloat16)
    model.save_pretrained(base)
    load_tokenizer(tiny_qwen2).save_pretrained(base)
    adapter = make_adapter(tmp_path / "adapter", base)
    done = written(adapter, base, tmp_path / "merged")
    assert done.precision == "bf16"
    name = "model.layers.0.self_attn.q_proj"
    before, after = (load_file(f / "model.safetensors") for f in (base, tmp_path / "merged"))
    lora = load_file(adapter / "adapter_model.safetensors")
    first, second = (lora[f"base_model.model.{name}.lora_{x}.weight"].float() for x in "AB")
    wanted = before[f"{name}.weight"].float() + 2.0 * second @ first
    assert after[f"{name}.weight"].dtype == torch.bfloat16
    assert torch.equal(after[f"{name}.weight"], wanted.bfloat16())
    assert torch.equal(after["model.norm.weight"], before["model.norm.weight"])


def test_an_adapter_of_another_base_is_refused(
    tiny_qwen2: Path, tiny_llama: Path, adapter: Path
) -> None:
    with pytest.raises(ModelError, match=r"was trained on tiny .* holds other weights"):
        Merging(str(tiny_llama), adapter)


@pytest.mark.parametrize("name", ["use_dora", "modules_to_save"])
def test_what_is_no_plain_lora_is_refused(
    tiny_qwen2: Path, adapter: Path, tmp_path: Path, name: str
) -> None:
    other = shutil.copytree(adapter, tmp_path / "other")
    config = json.loads((other / "adapter_config.json").read_text("utf-8"))
    (other / "adapter_config.json").write_text(json.dumps({**config, name: ["x"]}), "utf-8")
    with pytest.raises(ModelError, match=rf"no plain LoRA .{name}."):
        Merging(str(tiny_qwen2), other)


def test_weights_that_the_base_has_not_are_told(
    tiny_qwen2: Path, adapter: Path, tmp_path: Path
) -> None:
    merging = Merging(str(tiny_qwen2), adapter)
    pairs = {name.replace("layers.0", "layers.9"): w for name, w in merging._lora.pairs.items()}
    merging._lora = Lora(1.0, pairs)
    with pytest.raises(ModelError, match="changes 6 weights, of which the base has 3"):
        merging.write(tmp_path, lambda _: None)


def test_a_broken_adapter_is_one_sentence(tiny_qwen2: Path, adapter: Path, tmp_path: Path) -> None:
    other = shutil.copytree(adapter, tmp_path / "other")
    (other / "adapter_model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"the adapter in .* cannot be read"):
        Merging(str(tiny_qwen2), other)


@pytest.mark.parametrize("base", ["tiny_qwen2", "tiny_llama"])
def test_a_server_asks_as_in_training(base: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(base)
    names = fitting(load_tokenizer(folder))
    assert {"default", "alpaca"} <= set(names)
    instruction, passage = SAMPLE
    turns = [{"role": "system", "content": instruction}, {"role": "user", "content": passage}]
    for name in names:
        tokenizer, template = load_tokenizer(folder), find_template(name)
        alike = set_chat_template(tokenizer, template)
        found = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
        wanted = template.prompt_ids(tokenizer, instruction=instruction, passage=passage)
        assert tokenizer.decode(found) == tokenizer.decode(wanted)
        assert (alike == "tokens") == (list(found) == wanted)
        assert alike == "tokens" or name not in ("chatml", "qwen3", "llama3")


def test_a_server_gives_no_answer_to_a_dialogue(tiny_qwen2: Path) -> None:
    tokenizer = load_tokenizer(tiny_qwen2)
    set_chat_template(tokenizer, find_template("chatml"))
    turns = [{"role": role, "content": "好"} for role in ("user", "assistant", "user")]
    with pytest.raises(Exception, match="trained to answer one question"):
        tokenizer.apply_chat_template(turns)
