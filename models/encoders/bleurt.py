"""BLEURT: a model that was trained to score a candidate as people did, given the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.encoders.batches import Batches, padded
from models.encoders.bleurt_tokens import Tokens, tokens_of
from models.encoders.checkpoints import (
    Checkpoint,
    device_of,
    find,
    placed,
    quiet,
    readable,
    versions,
)
from models.encoders.windows import aligned
from models.errors import ModelError

WHAT = "BLEURT"
MARKS = 3  # [CLS] reference [SEP] candidate [SEP]
SHORT = "-128"  # how names end of those that were trained on 128 tokens, whatever they could read
RENAMED = (
    ("encoder.embedding_projection.", "encoder.embedding_hidden_mapping_in."),
    (".gamma", ".weight"),
    (".beta", ".bias"),
)
SHARED = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "hidden_act",
    "max_position_embeddings",
    "type_vocab_size",
    "layer_norm_eps",
    "pad_token_id",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate's score; `windows` is in how many stretches the pair was read, 1 as a whole."""

    value: float
    windows: int


@dataclass
class Bleurt:
    """A BLEURT model; `window` is how many tokens of both texts and the marks it reads at once."""

    signature: str
    model: Any
    tokens: Tokens
    device: str
    window: int
    batches: Batches = field(default_factory=Batches)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[Judged]:
        """Return how each candidate is scored against its reference, in their order.

        The model reads [CLS] reference [SEP] candidate [SEP] (Sellam et al., ACL 2020). The
        original cuts the longer text until both fit. Here a pair that does not fit is read in the
        fewest stretches that do: the i-th k-th of the reference with the i-th k-th of the
        candidate; its score is the mean of theirs.
        """
        rows: list[list[int]] = []
        begun: list[list[int]] = []
        several = []
        for candidate, reference in pairs:
            one, other = self.tokens.ids(reference), self.tokens.ids(candidate)
            stretches = aligned(len(one), len(other), self.window - MARKS)
            several.append(len(stretches))
            for each in stretches:
                first = [self.tokens.begin, *one[each.reference], self.tokens.end]
                rows.append([*first, *other[each.candidate], self.tokens.end])
                begun.append([0] * len(first))
        read = iter(self.batches.run(rows, lambda places: self._read(places, rows, begun)))
        return [Judged(sum(next(read) for _ in range(n)) / n, n) for n in several]

    def _read(
        self, places: list[int], rows: list[list[int]], begun: list[list[int]]
    ) -> list[float]:
        import torch

        chosen = [rows[at] for at in places]
        types = [begun[at] + [1] * (len(rows[at]) - len(begun[at])) for at in places]
        ones = [[1] * len(row) for row in chosen]
        told, kinds, mask = (
            torch.tensor(list(padded(each, 0)), device=self.device)
            for each in (chosen, types, ones)
        )
        with torch.inference_mode():
            found = self.model(input_ids=told, token_type_ids=kinds, attention_mask=mask).logits
        values: list[float] = found.flatten().double().tolist()
        return values


def load(name: str, *, device: str = "auto") -> Bleurt:
    """Return the BLEURT in a folder, or of a name in the local cache, ready to score.

    It takes BLEURT-20 and its smaller ones as they lie on the hub in PyTorch's format (they are
    RemBERT classifiers under other names), and bleurt-base and -large (BERT classifiers). Raises
    ModelError for anything else.
    """
    checkpoint = find(name, what=WHAT)
    where = device_of(device)
    quiet()
    model = _model(checkpoint)
    asked = 128 if checkpoint.name.endswith(SHORT) else model.config.max_position_embeddings
    window = checkpoint.limit(asked)
    return Bleurt(
        signature=f"model:{checkpoint.name}|weights:{checkpoint.weights_hash()}"
        f"|tokens:{checkpoint.tokens_hash()}|window:{window}|longer:aligned|{versions()}",
        model=placed(model, where),
        tokens=tokens_of(checkpoint),
        device=where,
        window=window,
    )


def _model(checkpoint: Checkpoint) -> Any:
    """Build the stock classifier of the same shape, and give it the weights under its names."""
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        RemBertConfig,
        RemBertForSequenceClassification,
    )

    told = checkpoint.json("config.json")
    kind = told.get("model_type")
    narrow = told.get("embedding_size") or told.get("input_embedding_size")
    if kind not in {"bleurt", "bert", "rembert"} or len(told.get("id2label", {"0": ""})) != 1:
        raise ModelError(
            f"{checkpoint.name} is no BLEURT model (it is {kind or 'of no kind'}): take one such as"
            " lucadiliello/BLEURT-20, lucadiliello/BLEURT-20-D12 or Elron/bleurt-base-512"
        )
    shape = {key: told[key] for key in SHARED if key in told} | {"num_labels": 1}
    with readable(checkpoint):
        if narrow:
            config = RemBertConfig(input_embedding_size=narrow, **shape)
            return _filled(checkpoint, RemBertForSequenceClassification, config, "rembert.")
        return _filled(checkpoint, BertForSequenceClassification, BertConfig(**shape), "bert.")


def _filled(checkpoint: Checkpoint, kind: Any, config: Any, prefix: str) -> Any:
    state = {
        _name(name, prefix): weights.float()
        for name, weights in checkpoint.state().items()
        if not name.endswith("position_ids")
    }
    from transformers.initialization import no_init_weights

    with no_init_weights():  # to draw numbers that are replaced at once takes a quarter of a minute
        model = kind(config)
    told = model.load_state_dict(state, strict=False)
    wrong = [*told.missing_keys, *told.unexpected_keys]
    if wrong:
        raise ModelError(
            f"the weights in {checkpoint.folder} are not those of a BLEURT model:"
            f" {len(wrong):,} do not fit, such as {wrong[0]}"
        )
    return model


def _name(name: str, prefix: str) -> str:
    """Return a weight's name in the stock model.

    >>> _name("bleurt.encoder.embedding_projection.bias", "rembert.")
    'rembert.encoder.embedding_hidden_mapping_in.bias'
    """
    if name.startswith("bleurt."):
        name = prefix + name.removeprefix("bleurt.")
    for old, new in RENAMED:
        name = name.replace(old, new)
    return name
