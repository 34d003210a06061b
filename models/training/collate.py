"""Put rows of tokens side by side, and say which of them are to be learned."""

from collections.abc import Sequence
from typing import Any

from models.training.rows import Row

UNLEARNED = -100  # what torch's cross-entropy leaves out


def collate(rows: Sequence[Row], *, pad: int) -> dict[str, Any]:
    """Return a batch: rows filled up behind, and what each place is to guess next.

    Filled up behind, no token of a row looks at the filling, so that no attention mask is needed
    and the fast causal kernels serve. The head computes only the places where some row learns.
    No rows make a batch of which nothing is learned: a process's share where rows run out.
    """
    import torch

    longest = max((len(row) for row in rows), default=2)
    first = min((len(row.prompt) - 1 for row in rows), default=0)
    ids = torch.full((max(len(rows), 1), longest), pad)
    wanted = torch.full_like(ids, UNLEARNED)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row.prompt + row.answer)
        wanted[number, len(row.prompt) - 1 : len(row) - 1] = torch.tensor(row.answer)
    places = torch.arange(first, longest - 1)
    learned = wanted[:, first : longest - 1].contiguous()
    return {
        "input_ids": ids,
        "labels": learned,
        "shift_labels": learned,
        "logits_to_keep": places,
    }
