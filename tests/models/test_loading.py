"""Models and tokenizers load natively, or one sentence says why not."""

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from models.errors import ModelError
from models.loading import (
    check_model_type,
    device_and_dtype,
    load_model,
    load_tokenizer,
    weights_hash,
)
from models.memory import MEMINFO, available, check_memory, weights_size
from models.weights import weights


@pytest.fixture
def model(tiny_llama: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(tiny_llama, folder)
    return folder


def load(folder: Path) -> object:
    return load_model(folder, dtype=torch.float32, device="cpu", tokenizer=load_tokenizer(folder))


def change(folder: Path, **values: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **values}))


def test_a_model_and_its_tokenizer_load_and_pad(model: Path) -> None:
    loaded = load_model(model, dtype=torch.bfloat16, device="cpu")
    assert (loaded.dtype, loaded.training) == (torch.bfloat16, False)
    tokenizer = load_tokenizer(model)
    assert tokenizer.pad_token == tokenizer.eos_token
    short, long = tokenizer(["我", "我最近总是睡不着"], padding=True)["attention_mask"]
    assert (len(short), 0 in short, 0 in long) == (len(long), True, False)


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def cut_short(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def pointer(folder: Path) -> None:
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid 1")


def rubbish(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", 9) + b"not json!")


def a_shard_short(folder: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def no_configuration(folder: Path) -> None:
    (folder / "config.json").unlink()


def no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def adapter(folder: Path) -> None:
    (folder / "config.json").rename(folder / "adapter_config.json")


def more_layers(folder: Path) -> None:
    change(folder, num_hidden_layers=3)


def fewer_layers(folder: Path) -> None:
    change(folder, num_hidden_layers=1)


def wider(folder: Path) -> None:
    change(folder, intermediate_size=64)


def old(folder: Path) -> None:
    change(folder, model_type="baichuan")


def another_tokenizer(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(folder / "model.safetensors")
    name = "model.embed_tokens.weight"
    save_file({**state, name: state[name][:900].clone()}, folder / "model.safetensors")
    change(folder, vocab_size=900)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (no_folder, "there is no folder"),
        (no_weights, "no weights in .*: it holds no model.safetensors"),
        (pickled, "pickled files.*cbt backbone convert"),
        (cut_short, "is cut short: it ends at"),
        (pointer, "git lfs pull"),
        (rubbish, "is not a safetensors file"),
        (a_shard_short, "lacks model-00001-of-00002.safetensors"),
        (no_tokenizer, "no tokenizer in"),
        (broken_tokenizer, "the tokenizer in .* cannot be loaded"),
        (no_configuration, "it has no config.json"),
        (no_json, "config.json cannot be read"),
        (adapter, "an adapter, not a model; name it with --adapter"),
        (more_layers, r"model\.layers\.2\..* is missing \(one of 9\)"),
        (fewer_layers, r"model\.layers\.1\..* has no place in the model"),
        (wider, "has another shape"),
        (old, "of the type baichuan, which needs remote code.*cbt backbone convert"),
        (another_tokenizer, "1500 tokens and the model in .* only 900"),
    ],
)
def test_a_folder_that_does_not_load_is_told_in_a_sentence(
    model: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(model)
    with pytest.raises(ModelError, match=sentence) as found:
        load(model)
    assert "\n" not in found.value.message


def test_a_tokenizer_of_one_file_is_loaded_by_that_file_whatever_the_model_is(model: Path) -> None:
    wanted = load_tokenizer(model).encode("Don't cafe\u0301 12")
    change(model, model_type="qwen2")  # whose own class composes accents first
    assert load_tokenizer(model).encode("Don't cafe\u0301 12") == wanted


def test_unknown_kinds_of_models_are_told(tmp_path: Path) -> None:
    for model_type, sentence in (("gpt-9", "does not know"), ("t5", "does not write text")):
        with pytest.raises(ModelError, match=sentence):
            check_model_type(tmp_path, model_type)


def test_precision_is_by_what_the_device_can() -> None:
    place = device_and_dtype("auto", device="cpu")
    assert (place.device, place.precision, place.dtype) == ("cpu", "fp32", torch.float32)
    assert device_and_dtype("bf16", device="cpu").dtype is torch.bfloat16
    with pytest.raises(ModelError, match="CPU does not compute in fp16"):
        device_and_dtype("fp16", device="cpu")
    with pytest.raises(ModelError, match="no precision 'int8'"):
        device_and_dtype("int8")


@pytest.mark.parametrize("device", [] if torch.cuda.is_available() else ["cuda", "cuda:1"])
def test_a_gpu_that_is_not_there_is_told(device: str) -> None:
    with pytest.raises(ModelError, match="no GPU that torch can use"):
        device_and_dtype("auto", device=device)


def test_four_bits_need_their_extra_or_a_gpu(model: Path) -> None:
    with pytest.raises(ModelError, match=r"\[qlora\]|needs an NVIDIA GPU"):
        load_model(model, dtype=torch.bfloat16, device="cpu", quantize=True)


def test_training_changes_a_model_s_hash_and_files_do_not(model: Path, tmp_path: Path) -> None:
    found = weights_hash(model)
    loaded = load_model(model, dtype=torch.float32, device="cpu")
    loaded.save_pretrained(tmp_path / "again", max_shard_size="300KB")
    assert len(list((tmp_path / "again").glob("*.safetensors"))) > 1
    assert weights_hash(tmp_path / "again") == found
    with torch.no_grad():
        loaded.model.layers[1].self_attn.q_proj.weight += 1e-4
    loaded.save_pretrained(tmp_path / "trained")
    assert weights_hash(tmp_path / "trained") != found
    change(model, rms_norm_eps=1e-2)
    assert weights_hash(model) != found


def test_memory_is_told_from_the_files_before_they_are_loaded(model: Path) -> None:
    count = sum(
        parameter.numel()
        for parameter in load_model(model, dtype=torch.float32, device="cpu").parameters()
    )
    assert sum(weight.elements for weight in weights(model)) == count
    assert weights_size(model, value_bytes=2) == 2 * count
    assert weights_size(model, value_bytes=2, quantize=True) < 2 * count
    free = available("cpu")
    assert 0 < free < 2**50
    check_memory(free // 2, device="cpu", what="it")
    with pytest.raises(ModelError, match=r"it needs about .* GiB of memory and this machine has"):
        check_memory(2 * free, device="cpu", what="it")


@pytest.mark.parametrize("path", [MEMINFO] if MEMINFO.exists() else [])
def test_available_memory_is_no_more_than_the_machine_says(path: Path) -> None:
    told = next(line for line in path.read_text().splitlines() if line.startswith("MemAvailable"))
    assert available("cpu") < 1.2 * 1024 * int(told.split()[1])
