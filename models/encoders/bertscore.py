"""BERTScore: how well each token of a text finds its like in another, by an encoder's vectors."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from models.encoders.batches import Batches, padded
from models.encoders.checkpoints import (
    Checkpoint,
    device_of,
    find,
    placed,
    quiet,
    readable,
    versions,
)
from models.encoders.windows import Window, windows
from models.errors import ModelError

WHAT, LAYER = "BERTScore", "--bertscore-layer"
SPACED = ("roberta",)  # they know a word at a text's beginning only with a space before it
OFFSET = ("roberta", "xlm-roberta", "camembert")  # their positions begin after that of padding
WINDOW = 512  # where neither the model nor its tokenizer says one


@dataclass(frozen=True, slots=True)
class Match:
    """How two texts match; `windows` is in how many the longer of them was read, 1 as a whole."""

    precision: float
    recall: float
    f1: float
    windows: int


@dataclass
class BertScore:
    """An encoder that compares texts; `window` is how many tokens it reads at once."""

    signature: str
    model: Any
    tokenizer: Any
    device: str
    window: int
    batches: Batches = field(default_factory=Batches)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Match]:
        """Return how each candidate matches its reference, in their order.

        As in Zhang et al. (BERTScore, ICLR 2020) and their package: cosine similarities of the
        layer's vectors, precision the mean over the candidate's tokens of the best match in the
        reference, recall the other way round, F1 their harmonic mean. [CLS] and [SEP] can be
        matched and do not count themselves. No idf weights, no rescaling by a baseline. An empty
        text has 0. Other than the package, a text beyond the window is not cut: it is read in
        overlapping windows, and each token has the vector of the window that it stands in most
        centrally.
        """
        texts = list(dict.fromkeys(text.strip() for pair in pairs for text in pair))
        vectors = dict(zip(texts, self._vectors(texts), strict=True))
        return [
            _match(vectors[candidate.strip()], vectors[reference.strip()])
            for candidate, reference in pairs
        ]

    def _vectors(self, texts: list[str]) -> list["_Text"]:
        """Return unit vectors, shape (tokens with [CLS] and [SEP], d), of each text."""
        import torch

        begin, end = _frame(self.tokenizer)
        ids = [self.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
        size = self.window - len(begin) - len(end)
        cut = [windows(len(each), size) for each in ids]
        rows = [
            [*begin, *each[window.start : window.stop], *end]
            for each, its in zip(ids, cut, strict=True)
            for window in its
        ]
        read = iter(self.batches.run(rows, lambda places: self._read([rows[at] for at in places])))
        return [
            _Text(torch.cat([_kept(next(read), at, its, len(begin)) for at in its]), len(begin),
                  len(end), len(its))
            for its in cut
        ]  # fmt: skip

    def _read(self, rows: list[list[int]]) -> list[Any]:
        import torch

        fill = self.tokenizer.pad_token_id or 0
        told = torch.tensor(list(padded(rows, fill)), device=self.device)
        mask = torch.tensor(list(padded([[1] * len(row) for row in rows], 0)), device=self.device)
        with torch.inference_mode():
            found = self.model(input_ids=told, attention_mask=mask).last_hidden_state.float()
            found = found / found.norm(dim=-1, keepdim=True)
        return [vectors[: len(row)] for vectors, row in zip(found, rows, strict=True)]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text's vectors; the first `before` and the last `after` are of marks, not of the text."""

    vectors: Any
    before: int
    after: int
    windows: int

    @property
    def tokens(self) -> int:
        return int(self.vectors.shape[0]) - self.before - self.after

    def own(self, best: Any) -> Any:
        """Return the best similarities of the text's own tokens."""
        return best[self.before : self.before + self.tokens]


def _kept(vectors: Any, window: Window, its: list[Window], before: int) -> Any:
    """Return what is kept of a window, with the marks where the text begins or ends."""
    first = 0 if window is its[0] else before + window.first - window.start
    last = vectors.shape[0] if window is its[-1] else before + window.last - window.start
    return vectors[first:last]


def _match(candidate: _Text, reference: _Text) -> Match:
    several = max(candidate.windows, reference.windows)
    if not (candidate.tokens and reference.tokens):
        return Match(0.0, 0.0, 0.0, several)
    alike = candidate.vectors @ reference.vectors.T
    precision = float(candidate.own(alike.amax(dim=1)).mean())
    recall = float(reference.own(alike.amax(dim=0)).mean())
    both = precision + recall
    return Match(precision, recall, 2 * precision * recall / both if both else 0.0, several)


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Return the marks that the tokenizer puts before and after a text."""
    alone = tokenizer("的", add_special_tokens=False)["input_ids"]
    framed = tokenizer("的")["input_ids"]
    before = next(
        (at for at in range(len(framed)) if framed[at : at + len(alone)] == alone), len(framed)
    )
    return framed[:before], framed[before + len(alone) :]


def load(name: str, *, layer: int | None = None, device: str = "auto") -> BertScore:
    """Return the encoder in a folder, or of a name in the local cache, ready to score.

    `layer` is the one whose vectors are compared; without it the published one of the model.
    Raises ModelError for a model that is not there, is no encoder, or has no such layer.
    """
    checkpoint = find(name, what=WHAT)
    where = device_of(device)
    model, tokenizer = _read(checkpoint)
    chosen = _cut(model, checkpoint, layer)
    window = checkpoint.limit(_window(model.config))
    return BertScore(
        signature=f"model:{checkpoint.name}|weights:{checkpoint.weights_hash()}"
        f"|tokens:{checkpoint.tokens_hash()}|layer:{chosen}|idf:no|baseline:no"
        f"|window:{window}|overlap:1/4|{versions()}",
        model=placed(model, where),
        tokenizer=tokenizer,
        device=where,
        window=window,
    )


def _read(checkpoint: Checkpoint) -> tuple[Any, Any]:
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    quiet()
    checkpoint.weight_files()
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with readable(checkpoint):
        config = AutoConfig.from_pretrained(checkpoint.folder, **local)
        spaced = {"add_prefix_space": True} if config.model_type in SPACED else {}
        tokenizer = AutoTokenizer.from_pretrained(checkpoint.folder, **local, **spaced)
        model, told = AutoModel.from_pretrained(
            checkpoint.folder, **local, dtype="float32", output_loading_info=True
        )
    lacking = sorted(name for name in told["missing_keys"] if "pooler" not in name)
    if lacking:
        raise ModelError(
            f"the weights in {checkpoint.folder} lack {len(lacking):,} of the model's, such as"
            f" {lacking[0]}: they are of another model than its config.json says"
        )
    return model, tokenizer


def _cut(model: Any, checkpoint: Checkpoint, asked: int | None) -> int:
    """Take away the layers above the chosen one, whose number is returned."""
    place = next((of for of in ("encoder", "transformer") if hasattr(model, of)), "")
    holder: Any = getattr(model, place, None)
    layers = getattr(holder, "layer", None)
    if layers is None:
        raise ModelError(
            f"{checkpoint.name} is no encoder like BERT, as {WHAT} needs:"
            " take one such as bert-base-chinese or xlm-roberta-large"
        )
    chosen = asked if asked is not None else _published(checkpoint, len(layers))
    if not 0 < chosen <= len(layers):
        raise ModelError(
            f"{checkpoint.name} has the layers 1 to {len(layers)}, so {LAYER} {chosen} is none"
        )
    holder.layer = layers[:chosen]
    return chosen


def _published(checkpoint: Checkpoint, layers: int) -> int:
    for name in (checkpoint.name, str(checkpoint.json("config.json").get("_name_or_path", ""))):
        found = published_layers().get(name.rstrip("/").rpartition("/")[2])
        if found is not None:
            return found
    raise ModelError(
        f"no layer is published for {checkpoint.name}, which has {layers}: choose one with"
        f" {LAYER}, such as 8 for BERT models of 12 layers in Chinese"
    )


@cache
def published_layers() -> dict[str, int]:
    """Return the published layers by the models' names, without their owners'."""
    text = files("models.encoders").joinpath("layers.toml").read_text("utf-8")
    return {name: int(layer) for name, layer in tomllib.loads(text).items()}


def _window(config: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None) or WINDOW
    if config.model_type in OFFSET:
        positions -= (config.pad_token_id or 0) + 1
    return int(positions)
