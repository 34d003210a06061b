"""Give rows of tokens to a model in batches of like lengths, smaller ones where memory ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from models.errors import ModelError

T = TypeVar("T")
TOKENS = 8192  # in one batch, padding counted
FULL = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass
class Batches:
    """How many tokens go into one batch; what once did not fit is not tried again."""

    tokens: int = TOKENS

    def run(
        self, rows: Sequence[Sequence[int]], forward: Callable[[list[int]], Sequence[T]]
    ) -> list[T]:
        """Return what `forward` finds of each row, in the rows' order.

        `forward` takes the places of the rows of one batch, the longest first. Raises ModelError
        where one row alone does not fit into memory.
        """
        order = sorted(range(len(rows)), key=lambda place: (-len(rows[place]), place))
        found: dict[int, T] = {}
        while order:
            batch = order[: max(1, self.tokens // max(1, len(rows[order[0]])))]
            told = self._tried(batch, rows, forward)
            if told is None:
                continue
            found.update(zip(batch, told, strict=True))
            del order[: len(batch)]
        return [found[place] for place in range(len(rows))]

    def _tried(
        self,
        batch: list[int],
        rows: Sequence[Sequence[int]],
        forward: Callable[[list[int]], Sequence[T]],
    ) -> Sequence[T] | None:
        """Return what is found of a batch, None where it was too large for the memory."""
        try:
            return forward(batch)
        except RuntimeError as error:  # torch.OutOfMemoryError is one, and on a CPU just that
            if not any(words in str(error).casefold() for words in FULL):
                raise
            if len(batch) == 1:
                raise ModelError(
                    f"the memory does not suffice to read {len(rows[batch[0]]):,} tokens at once;"
                    " close other programs, or take a smaller model"
                ) from error
        _free()
        self.tokens = len(rows[batch[0]]) * (len(batch) // 2)
        return None


def _free() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def padded(rows: Sequence[Sequence[int]], fill: int) -> Iterator[list[int]]:
    """Yield the rows, each filled up to the longest.

    >>> list(padded([[5, 6, 7], [8]], 0))
    [[5, 6, 7], [8, 0, 0]]
    """
    longest = max(map(len, rows))
    for row in rows:
        yield [*row, *[fill] * (longest - len(row))]
