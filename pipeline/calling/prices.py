"""What calls cost: a price file, and the sums that follow from it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """The price of a model, per million tokens; `batch` is the Batch API's share of it."""

    input: float
    output: float
    currency: str
    batch: float = 1.0

    def cost(self, *, tokens_in: int, tokens_out: int) -> float:
        """Return what so many tokens cost.

        >>> Price(3.0, 4.0, "USD").cost(tokens_in=1_000_000, tokens_out=500_000)
        5.0
        """
        return (tokens_in * self.input + tokens_out * self.output) / 1e6
