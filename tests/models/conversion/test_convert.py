"""A converted checkpoint computes what its old code did, and nothing of it is left out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from models.conversion.convert import Progress, convert, plan
from models.errors import ModelError
from models.loading import load_model, load_tokenizer, weights_hash
from tests.models.conversion.checkpoints import (
    BAICHUAN,
    BAICHUAN2,
    QWEN,
    baichuan_folder,
    qwen_folder,
)
from tests.models.conversion.published import Weights, baichuan_logits, qwen_logits

SHARD = 40_000
IDS = torch.randint(0, 400, (2, 48), generator=torch.Generator().manual_seed(3))


def ignored(_progress: Progress) -> None:
    """Tell nobody."""


def converted(source: Path, out: Path, *, shard_bytes: int = SHARD) -> Path:
    out.mkdir()
    convert(plan(source), out, tell=ignored, shard_bytes=shard_bytes)
    return out


def native_logits(folder: Path) -> torch.Tensor:
    model = load_model(folder, dtype=torch.float32, device="cpu", tokenizer=load_tokenizer(folder))
    with torch.no_grad():
        logits: torch.Tensor = model(IDS).logits
    return logits


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def baichuan(folder: Path) -> torch.Tensor:
    weights = baichuan_folder(folder)
    return baichuan_logits(weights, BAICHUAN, IDS, norm_head=False)


def baichuan2(folder: Path) -> torch.Tensor:
    weights = baichuan_folder(folder, config=BAICHUAN2)
    return baichuan_logits(weights, BAICHUAN2, IDS, norm_head=True)


def qwen(folder: Path) -> torch.Tensor:
    return qwen_logits(qwen_folder(folder), QWEN, IDS)


@pytest.mark.parametrize(
    ("make", "native"), [(baichuan, "llama"), (baichuan2, "llama"), (qwen, "qwen2")]
)
def test_the_native_model_gives_the_published_forward_pass_s_logits(
    tmp_path: Path, make: Callable[[Path], torch.Tensor], native: str
) -> None:
    wanted = make(tmp_path / "old")
    found = native_logits(converted(tmp_path / "old", tmp_path / "new"))
    assert torch.allclose(found, wanted, rtol=1e-5, atol=1e-5)
    assert wanted.std() > 0.5  # and not because all is nearly nothing
    assert json.loads((tmp_path / "new" / "config.json").read_text())["model_type"] == native


def test_a_head_that_is_not_normalised_is_seen_in_the_logits(tmp_path: Path) -> None:
    wanted = baichuan2(tmp_path / "old")
    (tmp_path / "new").mkdir()
    convert(plan(tmp_path / "old", family="baichuan"), tmp_path / "new", tell=ignored)
    assert not torch.allclose(native_logits(tmp_path / "new"), wanted, atol=0.1)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_weights_keep_their_precision_and_every_value(tmp_path: Path, dtype: torch.dtype) -> None:
    weights = halved(baichuan_folder(tmp_path / "old"), tmp_path / "old", dtype)
    out = converted(tmp_path / "old", tmp_path / "new")
    model = load_model(out, dtype=dtype, device="cpu")
    layer = model.model.layers[1]
    packed = weights["model.layers.1.self_attn.W_pack.weight"]
    rows = [getattr(layer.self_attn, f"{part}_proj").weight for part in "qkv"]
    assert torch.equal(torch.cat(rows), packed)
    assert torch.equal(model.lm_head.weight, weights["lm_head.weight"])
    assert json.loads((out / "config.json").read_text())["dtype"] == str(dtype)[6:]


def halved(weights: Weights, folder: Path, dtype: torch.dtype) -> Weights:
    made = {name: weight.to(dtype) for name, weight in weights.items()}
    for path in folder.glob("pytorch_model*"):
        path.unlink()
    torch.save(made, folder / "pytorch_model.bin")
    return made


def test_a_head_in_half_precision_is_normalised_in_single(tmp_path: Path) -> None:
    weights = baichuan_folder(tmp_path / "old", config=BAICHUAN2)
    weights["lm_head.weight"] *= 1e-4  # whose squares are nothing in fp16
    made = halved(weights, tmp_path / "old", torch.float16)
    out = converted(tmp_path / "old", tmp_path / "new")
    head = load_model(out, dtype=torch.float16, device="cpu").lm_head.weight
    wanted = torch.nn.functional.normalize(made["lm_head.weight"].float()).half()
    assert torch.equal(head, wanted)


def test_how_files_are_cut_changes_no_weight(tmp_path: Path) -> None:
    baichuan_folder(tmp_path / "old")
    one = converted(tmp_path / "old", tmp_path / "one", shard_bytes=10**9)
    many = converted(tmp_path / "old", tmp_path / "many")
    assert (one / "model.safetensors").is_file()
    assert len(list(many.glob("model-*.safetensors"))) > 3
    assert weights_hash(one) == weights_hash(many)


def test_what_is_native_but_for_its_pickled_weights_is_written_as_safetensors(
    tmp_path: Path,
) -> None:
    baichuan_folder(tmp_path / "old")
    native = converted(tmp_path / "old", tmp_path / "native", shard_bytes=10**9)
    wanted = native_logits(native)
    model = load_model(native, dtype=torch.float32, device="cpu")
    torch.save(model.state_dict(), native / "pytorch_model.bin")
    (native / "model.safetensors").unlink()
    (native / "LICENSE").write_text("research only")
    again = converted(native, tmp_path / "again")
    assert torch.equal(native_logits(again), wanted)
    assert (again / "LICENSE").read_text() == "research only"


def test_what_a_qwen_did_beyond_its_length_is_told(tmp_path: Path) -> None:
    qwen_folder(tmp_path / "old")
    (tmp_path / "new").mkdir()
    written = convert(plan(tmp_path / "old"), tmp_path / "new", tell=ignored)
    assert "128 tokens" in written.notes[0]
    config = json.loads((tmp_path / "new" / "config.json").read_text())
    assert config["max_position_embeddings"] == 128
    assert config["rope_parameters"]["rope_theta"] == 500


def test_a_chat_model_s_turn_ends_with_its_mark_too(tmp_path: Path) -> None:
    qwen_folder(tmp_path / "old")
    (tmp_path / "old" / "generation_config.json").write_text('{"chat_format": "chatml"}')
    out = converted(tmp_path / "old", tmp_path / "new")
    tokenizer = load_tokenizer(out)
    ends = json.loads((out / "generation_config.json").read_text())["eos_token_id"]
    assert tokenizer.convert_ids_to_tokens(ends) == ["<|im_end|>", "<|endoftext|>"]


def test_progress_reaches_the_whole_in_steps(tmp_path: Path) -> None:
    baichuan_folder(tmp_path / "old")
    told: list[Progress] = []
    (tmp_path / "new").mkdir()
    convert(plan(tmp_path / "old"), tmp_path / "new", tell=told.append)
    done = [each.done for each in told]
    assert done == sorted(done)
    assert done[-1] > 0.8 * told[-1].total  # the rest of a pickled file is its names


def lacking(folder: Path, config: dict[str, object], weights: Weights) -> None:
    del weights["model.norm.weight"]


def strange(folder: Path, config: dict[str, object], weights: Weights) -> None:
    weights["model.visual.weight"] = torch.ones(2)


def narrow(folder: Path, config: dict[str, object], weights: Weights) -> None:
    weights["lm_head.weight"] = weights["lm_head.weight"][:100]


def incomplete(folder: Path, config: dict[str, object], weights: Weights) -> None:
    del config["intermediate_size"]


def small(folder: Path, config: dict[str, object], weights: Weights) -> None:
    for name in ("lm_head.weight", "model.embed_tokens.weight"):
        weights[name] = weights[name][:100]
    config["vocab_size"] = 100


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lacking, "no weight for model.norm.weight"),
        (strange, "model.visual.weight has no place"),
        (narrow, "the shape \\(100, 32\\)"),
        (incomplete, "lacks something.*intermediate_size"),
        (small, "430 tokens and the model only 100"),
    ],
)
def test_a_checkpoint_that_is_not_one_model_is_told_in_a_sentence(
    tmp_path: Path, spoil: Callable[..., None], sentence: str
) -> None:
    weights = baichuan_folder(tmp_path / "old")
    config: dict[str, object] = dict(BAICHUAN)
    spoil(tmp_path / "old", config, weights)
    (tmp_path / "old" / "config.json").write_text(json.dumps(config))
    halved(weights, tmp_path / "old", torch.float32)
    (tmp_path / "new").mkdir()
    with pytest.raises(ModelError, match=sentence):
        convert(plan(tmp_path / "old"), tmp_path / "new", tell=ignored)
