"""BERTScore against the formula of its authors' package, written here from their paper and code."""

import os
from itertools import product
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertTokenizer,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from models.encoders import bertscore
from models.encoders.batches import Batches
from models.encoders.bertscore import BertScore, Match
from models.errors import ModelError
from tests.models.encoders import tiny

LAYER = 2
SHORT = [text[:24] for text in tiny.TEXTS]
PAIRS = list(product(SHORT, SHORT))
LONG = "".join(tiny.TEXTS)
# What the authors' tests expect of roberta-large, layer 17 (tests/test_score_function.py there).
PUBLISHED = (
    (
        "28-year-old chef found dead in San Francisco mall",
        "28-Year-Old Chef Found Dead at San Francisco Mall",
        0.9833561182022095,
    ),
    (
        "A 28-year-old chef who recently moved to San Francisco was found dead in the staircase of"
        " a local shopping center.",
        "A 28-year-old chef who had recently moved to San Francisco was found dead in the stairwell"
        " of a local mall this week.",
        0.9782299995422363,
    ),
)


@pytest.fixture(scope="module")
def scorer(bert: Path) -> BertScore:
    return bertscore.load(str(bert), layer=LAYER)


def by_the_package(folder: Path, pairs: list[tuple[str, str]]) -> list[tuple[float, float, float]]:
    """All texts in one padded batch; [CLS] and [SEP] have no weight, padding no likeness."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    model.eval()

    def embed(texts: list[str]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        read = tokenizer(texts, padding=True, return_tensors="pt")
        with torch.no_grad():
            layers = model(**read, output_hidden_states=True).hidden_states
        mask = read["attention_mask"].float()
        marks = [tokenizer.cls_token_id, tokenizer.sep_token_id]
        weight = mask * ~torch.isin(read["input_ids"], torch.tensor(marks))
        vectors = layers[LAYER] / layers[LAYER].norm(dim=-1, keepdim=True)
        return vectors, mask, weight / weight.sum(dim=1, keepdim=True)

    (c, c_mask, c_weight), (r, r_mask, r_weight) = (
        embed(list(t)) for t in zip(*pairs, strict=True)
    )
    alike = torch.bmm(c, r.transpose(1, 2)) * c_mask[:, :, None] * r_mask[:, None]
    precision = (alike.max(dim=2).values * c_weight).sum(dim=1)
    recall = (alike.max(dim=1).values * r_weight).sum(dim=1)
    f1 = 2 * precision * recall / (precision + recall)
    return list(zip(precision.tolist(), recall.tolist(), f1.tolist(), strict=True))


def figures(found: list[Match]) -> list[float]:
    return [figure for each in found for figure in (each.precision, each.recall, each.f1)]


def test_it_is_the_formula_of_its_authors(scorer: BertScore, bert: Path) -> None:
    expected = [figure for three in by_the_package(bert, PAIRS) for figure in three]
    found = scorer.score(PAIRS)
    assert figures(found) == pytest.approx(expected, abs=1e-5)
    assert {each.windows for each in found} == {1}


def test_the_same_text_has_one_and_precision_and_recall_change_places(scorer: BertScore) -> None:
    same, one, other = scorer.score([(SHORT[0],) * 2, (SHORT[0], SHORT[1]), (SHORT[1], SHORT[0])])
    assert same.f1 == pytest.approx(1, abs=1e-6)
    assert (one.precision, one.recall) == pytest.approx((other.recall, other.precision), abs=1e-6)


def test_an_empty_text_has_nothing_in_common_with_any(scorer: BertScore) -> None:
    assert [each.f1 for each in scorer.score([("", SHORT[0]), (SHORT[0], " \n")])] == [0.0, 0.0]


def test_values_do_not_depend_on_what_else_is_in_a_batch(scorer: BertScore, bert: Path) -> None:
    texts = [*SHORT, LONG]
    pairs = list(product(texts, texts))
    together = figures(scorer.score(pairs))
    alone = [figure for pair in pairs for figure in figures(scorer.score([pair]))]
    assert together == pytest.approx(alone, abs=1e-5)
    small = bertscore.load(str(bert), layer=LAYER)
    small.batches = Batches(tokens=40)
    assert figures(small.score(pairs)) == pytest.approx(together, abs=1e-5)


def test_the_end_of_a_text_beyond_the_window_counts(scorer: BertScore) -> None:
    whole, changed = LONG, LONG[:-8] + SHORT[1][:8]
    same, other = scorer.score([(whole, whole), (changed, whole)])
    assert (same.windows, other.windows) == (3, 3)
    assert same.f1 == pytest.approx(1, abs=1e-6)
    assert other.f1 < 0.999
    cut = scorer.score([(changed[:30], whole[:30])])[0]
    assert cut.f1 == pytest.approx(1, abs=1e-6)  # what a tool that cuts would say of both


def test_the_layer_is_the_published_one_of_the_model_or_the_one_asked_for(
    bert: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="has the layers 1 to 3, so --bertscore-layer 8 is none"):
        bertscore.load(str(bert))  # named like a model whose published layer is the 8th
    other = tiny.bert(tmp_path / "mine")
    with pytest.raises(ModelError, match="no layer is published for mine, which has 3: choose one"):
        bertscore.load(str(other))
    assert "|layer:3|" in bertscore.load(str(other), layer=3).signature
    with pytest.raises(ModelError, match="layer 0 is none"):
        bertscore.load(str(other), layer=0)


def test_the_signature_tells_weights_and_layers_apart_and_no_folder(
    scorer: BertScore, tmp_path: Path
) -> None:
    others = [
        bertscore.load(str(tiny.bert(tmp_path / "bert-base-chinese", seed=1)), layer=LAYER),
        bertscore.load(str(tmp_path / "bert-base-chinese"), layer=1),
    ]
    signatures = {each.signature for each in (scorer, *others)}
    assert len(signatures) == 3
    assert not any("/tmp" in each or str(tmp_path) in each for each in signatures)  # noqa: S108
    assert scorer.signature.startswith("model:bert-base-chinese|weights:")


def test_published_layers_are_known_by_the_name_without_its_owner() -> None:
    assert bertscore.published_layers()["bert-base-chinese"] == 8
    assert bertscore.published_layers()["xlm-roberta-large"] == 17


def test_published_values_come_out_where_the_weights_are_there() -> None:
    """Name a folder with roberta-large in CBT_TEST_ROBERTA_LARGE to have this looked at."""
    folder = os.environ.get("CBT_TEST_ROBERTA_LARGE")  # noqa: TID251
    expected = [value for *_, value in PUBLISHED] if folder else []
    pairs = [(candidate, reference) for candidate, reference, _ in PUBLISHED] if folder else []
    found = bertscore.load(folder, layer=17).score(pairs) if folder else []
    assert [each.f1 for each in found] == pytest.approx(expected, abs=1e-4)


def test_a_roberta_reads_as_many_tokens_as_it_has_positions_for(tmp_path: Path) -> None:
    size = tiny.vocabulary(tmp_path)
    shape = {**tiny.SHAPE, "max_position_embeddings": 34, "type_vocab_size": 1}
    config = XLMRobertaConfig(vocab_size=size, pad_token_id=1, **shape)
    XLMRobertaModel(config).save_pretrained(tmp_path)
    BertTokenizer(str(tmp_path / "vocab.txt"), pad_token="[UNK]").save_pretrained(tmp_path)
    found = bertscore.load(str(tmp_path), layer=2)
    assert found.window == 32  # its positions begin after that of padding
    (same,) = found.score([(LONG, LONG)])
    assert same.f1 == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("device", "reason"), [("gpu", "there is no device 'gpu'"), ("cuda", "has no GPU")]
)
def test_a_device_that_is_not_there_is_told_before_anything_is_read(
    bert: Path, device: str, reason: str
) -> None:
    if torch.cuda.is_available() and device == "cuda":
        device, reason = "gpu", "there is no device 'gpu'"
    with pytest.raises(ModelError, match=reason):
        bertscore.load(str(bert), layer=LAYER, device=device)
