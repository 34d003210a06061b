"""BLEURT against a model that is built here, by hand, from the published layout."""

import os
from itertools import product
from math import sqrt
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from sentencepiece import SentencePieceProcessor
from torch.nn.functional import gelu, layer_norm, linear
from transformers import BertConfig, BertForSequenceClassification

from models.encoders import bleurt
from models.encoders.batches import Batches
from models.errors import ModelError
from tests.models.encoders import tiny

SHORT = [text[:9] for text in tiny.TEXTS]
PAIRS = list(product(SHORT, SHORT))
# The cards of these checkpoints give them for two pairs (candidate, reference).
EXAMPLES = (
    ("a bird chirps by the window", "a bird chirps by the window"),
    ("this looks like a random sentence", "this is a random sentence"),
)
PUBLISHED = {
    "BLEURT-20": (0.9990496635437012, 0.7930182218551636),
    "BLEURT-20-D12": (0.9604414105415344, 0.8080050349235535),
    "BLEURT-20-D3": (0.9514874815940857, 0.800938069820404),
    "bleurt-base-128": (1.0474469661712646, 0.7105223536491394),
}


def by_hand(folder: Path, ids: list[int], types: list[int]) -> float:
    """One row through embeddings, projection, layers, pooler and head, from the weights."""
    state = load_file(folder / "model.safetensors")

    def weight(name: str) -> torch.Tensor:
        return state[f"bleurt.{name}.weight"]

    def dense(x: torch.Tensor, name: str) -> torch.Tensor:
        return linear(x, weight(name), state[f"bleurt.{name}.bias"])

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return layer_norm(x, x.shape[-1:], weight(name), state[f"bleurt.{name}.bias"], 1e-12)

    x = weight("embeddings.word_embeddings")[ids]
    x = x + weight("embeddings.position_embeddings")[: len(ids)]
    x = norm(x + weight("embeddings.token_type_embeddings")[types], "embeddings.LayerNorm")
    if "bleurt.encoder.embedding_projection.weight" in state:
        x = dense(x, "encoder.embedding_projection")
    heads = tiny.SHAPE["num_attention_heads"]
    for layer in range(tiny.SHAPE["num_hidden_layers"]):
        own = f"encoder.layer.{layer}"
        query, key, value = (
            dense(x, f"{own}.attention.self.{name}").view(len(ids), heads, -1).transpose(0, 1)
            for name in ("query", "key", "value")
        )
        share = (query @ key.transpose(1, 2) / sqrt(query.shape[-1])).softmax(dim=-1)
        mixed = (share @ value).transpose(0, 1).reshape(len(ids), -1)
        x = norm(
            dense(mixed, f"{own}.attention.output.dense") + x, f"{own}.attention.output.LayerNorm"
        )
        inner = gelu(dense(x, f"{own}.intermediate.dense"))
        x = norm(dense(inner, f"{own}.output.dense") + x, f"{own}.output.LayerNorm")
    pooled = torch.tanh(dense(x[:1], "pooler.dense"))
    return float(linear(pooled, state["classifier.weight"], state["classifier.bias"]))


def row(one: list[int], other: list[int], marks: tuple[int, int]) -> tuple[list[int], list[int]]:
    begin, end = marks
    return (
        [begin, *one, end, *other, end],
        [0] * (len(one) + 2) + [1] * (len(other) + 1),
    )


def test_weights_like_those_of_bleurt_20_give_what_the_layout_says(bleurt_20: Path) -> None:
    pieces = SentencePieceProcessor(model_file=str(bleurt_20 / "spm.model"))
    marks = pieces.piece_to_id("[CLS]"), pieces.piece_to_id("[SEP]")
    expected = [
        by_hand(bleurt_20, *row(pieces.encode(reference), pieces.encode(candidate), marks))
        for candidate, reference in PAIRS
    ]
    found = bleurt.load(str(bleurt_20)).score(PAIRS)
    assert [each.value for each in found] == pytest.approx(expected, abs=1e-5)
    assert {each.windows for each in found} == {1}
    assert max(expected) - min(expected) > 0.01  # else any constant would do


def test_weights_like_those_of_bleurt_base_give_what_the_layout_says(bleurt_base: Path) -> None:
    words = (bleurt_base / "vocab.txt").read_text("utf-8").split("\n")

    def ids(text: str) -> list[int]:
        return [words.index(character) for character in text]

    marks = words.index("[CLS]"), words.index("[SEP]")
    expected = [
        by_hand(bleurt_base, *row(ids(reference), ids(candidate), marks))
        for candidate, reference in PAIRS
    ]
    found = bleurt.load(str(bleurt_base)).score(PAIRS)
    assert [each.value for each in found] == pytest.approx(expected, abs=1e-5)


def test_a_pickled_checkpoint_is_read_without_running_it(bleurt_20: Path, tmp_path: Path) -> None:
    pickled = tiny.bleurt(tmp_path / "BLEURT-20", like_20=True, safe=False)
    assert not (pickled / "model.safetensors").exists()
    values = [
        [each.value for each in bleurt.load(str(folder)).score(PAIRS)]
        for folder in (bleurt_20, pickled)
    ]
    assert values[0] == values[1]


class Harmful:
    """What runs code when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_code_in_a_pickled_checkpoint_does_not_run(tmp_path: Path) -> None:
    folder = tiny.bleurt(tmp_path / "BLEURT-20", like_20=True)
    (folder / "model.safetensors").unlink()
    torch.save({"bleurt.x": Harmful(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot be read"):
        bleurt.load(str(folder))
    assert not (tmp_path / "ran").exists()


def test_a_bert_classifier_as_elrons_lie_on_the_hub_is_read_as_it_is(
    bleurt_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bleurt-base-512"
    folder.mkdir()
    size = tiny.vocabulary(folder)
    config = BertConfig(vocab_size=size, num_labels=1, **tiny.SHAPE)
    model = BertForSequenceClassification(config)
    state = {
        name.replace("bleurt.", "bert."): weights
        for name, weights in load_file(bleurt_base / "model.safetensors").items()
        if "position_ids" not in name
    }
    model.load_state_dict(state)
    model.save_pretrained(folder)
    values = [
        [each.value for each in bleurt.load(str(each_folder)).score(PAIRS)]
        for each_folder in (bleurt_base, folder)
    ]
    assert values[0] == pytest.approx(values[1], abs=1e-6)


def test_a_pair_beyond_the_window_is_the_mean_of_its_aligned_stretches(bleurt_base: Path) -> None:
    scorer = bleurt.load(str(bleurt_base))
    one, other = "".join(SHORT), "".join(reversed(SHORT))
    (found,) = scorer.score([(other, one)])
    assert (len(one), len(other), scorer.window) == (36, 36, 32)
    assert found.windows == 3  # of 12 and 12 characters; two of 18 and 18 would need 39 tokens
    stretches = [(other[at : at + 12], one[at : at + 12]) for at in (0, 12, 24)]
    alone = [each.value for each in scorer.score(stretches)]
    assert found.value == pytest.approx(sum(alone) / 3, abs=1e-6)


def test_values_do_not_depend_on_what_else_is_in_a_batch(bleurt_20: Path) -> None:
    scorer = bleurt.load(str(bleurt_20))
    texts = [*SHORT[:2], *tiny.TEXTS, ""]
    pairs = list(product(texts, texts))
    together = [each.value for each in scorer.score(pairs)]
    alone = [each.value for pair in pairs for each in scorer.score([pair])]
    assert together == pytest.approx(alone, abs=1e-5)
    scorer.batches = Batches(tokens=40)
    assert [each.value for each in scorer.score(pairs)] == pytest.approx(together, abs=1e-5)


def test_a_model_for_128_tokens_reads_no_more_at_once(bleurt_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bleurt-base-128"
    folder.mkdir()
    for path in bleurt_base.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    state = load_file(bleurt_base / "model.safetensors")
    name = "bleurt.embeddings.position_embeddings.weight"
    state[name] = state[name].repeat(16, 1)
    del state["bleurt.embeddings.position_ids"]
    save_file(state, folder / "model.safetensors")
    vocabulary = len((folder / "vocab.txt").read_text("utf-8").split("\n"))
    more = {"vocab_size": vocabulary, "embedding_size": None, "max_position_embeddings": 512}
    tiny.write_config(folder, model_type="bleurt", **more)
    scorer = bleurt.load(str(folder))
    assert scorer.window == 128
    assert "|window:128|" in scorer.signature


def test_weights_of_another_model_are_refused(bleurt_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    for path in bleurt_base.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    state = load_file(folder / "model.safetensors")
    del state["bleurt.pooler.dense.bias"]
    save_file(state, folder / "model.safetensors")
    with pytest.raises(ModelError, match=r"1 do not fit, such as bert\.pooler\.dense\.bias"):
        bleurt.load(str(folder))


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"model_type": "gpt2"}, "other is no BLEURT model .it is gpt2."),
        ({"model_type": "bert", "id2label": {"0": "a", "1": "b"}}, "is no BLEURT model"),
    ],
)
def test_what_is_no_bleurt_is_refused(
    bert: Path, tmp_path: Path, told: dict[str, object], reason: str
) -> None:
    folder = tiny.bert(tmp_path / "other")
    tiny.write_config(folder, **told)
    with pytest.raises(ModelError, match=reason):
        bleurt.load(str(folder))


def test_a_folder_without_a_vocabulary_is_told(bleurt_20: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((bleurt_20 / name).read_bytes())
    with pytest.raises(ModelError, match=r"there is no vocabulary in .*spm\.model"):
        bleurt.load(str(tmp_path))


def test_published_values_come_out_where_the_weights_are_there() -> None:
    """Name folders in CBT_TEST_BLEURT, with ":" between, to have these looked at."""
    folders = [Path(each) for each in os.environ.get("CBT_TEST_BLEURT", "").split(":") if each]  # noqa: TID251
    for folder in folders:
        found = bleurt.load(str(folder)).score(EXAMPLES)
        expected = PUBLISHED[folder.resolve().name]
        assert [each.value for each in found] == pytest.approx(expected, abs=1e-4)
    assert all((folder / "config.json").is_file() for folder in folders)
