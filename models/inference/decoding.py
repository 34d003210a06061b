"""Choose the next token of each row: the likeliest, or one drawn by the row's own chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from models.errors import ModelError


@dataclass(frozen=True)
class Decoding:
    """How words are chosen: the likeliest at temperature 0, which is the default.

    `repetition_penalty` makes the tokens of prompt and answer less likely to come again, as
    transformers does. `seed` begins the draws, which each prompt has of its own.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int = 0

    @property
    def draws(self) -> bool:
        return self.temperature > 0

    def chance(self, key: str) -> Random:
        """Return what draws for the prompt of this key, the same in every run."""
        return Random(f"{self.seed}:{key}")  # noqa: S311 - replayable


def choose(logits: Any, seen: Any, decoding: Decoding, draws: Sequence[Random]) -> list[int]:
    """Return a token for each row of logits, [rows, vocabulary]; `seen` marks tokens that were.

    Raises ModelError where the model gave no numbers.
    """
    import torch

    logits = logits.float()
    if decoding.repetition_penalty != 1.0:
        less = torch.where(
            logits > 0, logits / decoding.repetition_penalty, logits * decoding.repetition_penalty
        )
        logits = torch.where(seen, less, logits)
    best, tokens = logits.max(dim=-1)
    if not bool(torch.isfinite(best).all()):
        raise ModelError(
            "the model's numbers are no numbers any more, as they run over in fp16;"
            " give --precision bf16 or fp32"
        )
    if not decoding.draws:
        return [int(token) for token in tokens.tolist()]
    return _drawn(logits, decoding, [chance.random() for chance in draws])


def _drawn(logits: Any, decoding: Decoding, at: Sequence[float]) -> list[int]:
    """Return the tokens at these places, from 0 to 1, of the likeliest ones' shares."""
    import torch

    shares, order = torch.softmax(logits.double() / decoding.temperature, dim=-1).sort(
        dim=-1, descending=True
    )
    sums = shares.cumsum(dim=-1)
    # The one that reaches the share still counts, and so does the likeliest always.
    counts = ((sums - shares) < decoding.top_p).sum(dim=-1, keepdim=True)
    total = sums.gather(-1, counts - 1)
    wanted = torch.tensor(at, dtype=sums.dtype, device=sums.device).unsqueeze(-1) * total
    places = torch.searchsorted(sums, wanted, right=True).minimum(counts - 1)
    return [int(token) for token in order.gather(-1, places).squeeze(-1).tolist()]
