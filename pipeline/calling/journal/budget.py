"""Keep what may be spent: the worst case of each call is reserved before it is made."""

from math import isinf

from db.attempts import Spent
from db.errors import NotAllowed
from pipeline.calling.asking import Model, Request
from pipeline.calling.work import Limits


class Budget:
    """What this run took or has reserved, beside what earlier ones of its name spent.

    A call that took more than was reserved for it is counted as it is, and each further one may
    take as much more: some servers count what nobody sent them.
    """

    def __init__(self, limits: Limits, spent: Spent) -> None:
        self.tokens_in = self.tokens_out = self.reserved = 0
        self._more_tokens, self._more_cost = 0, 0.0  # that a call took than was reserved for it
        self._price, self._max_cost, self._max_tokens = (
            limits.price,
            limits.max_cost,
            limits.max_tokens,
        )
        self.earlier_tokens = spent.tokens_in + spent.tokens_out
        unpriced = self.cost_of(spent.unpriced_in, spent.unpriced_out)
        self._cost_before = spent.cost + (unpriced or 0.0)
        self.earlier_cost = None if unpriced is None else self._cost_before

    def cost_of(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what so many tokens cost, or None where no price is known."""
        if self._price is None:
            return None
        return self._price.cost(tokens_in=tokens_in, tokens_out=tokens_out)

    @property
    def cost(self) -> float | None:
        return self.cost_of(self.tokens_in, self.tokens_out)

    def reserve(self, tokens_in: int, tokens_out: int) -> bool:
        """Set the most that a call can take aside, if there is that much."""
        calls = max(self.reserved, 0) + 1
        in_all, out_all = self.tokens_in + tokens_in, self.tokens_out + tokens_out
        tokens = self.earlier_tokens + in_all + out_all + calls * self._more_tokens
        if self._max_tokens is not None and tokens > self._max_tokens:
            return False
        cost = self._cost_before + (self.cost_of(in_all, out_all) or 0.0) + calls * self._more_cost
        if self._max_cost is not None and cost > self._max_cost:
            return False
        self.tokens_in, self.tokens_out = in_all, out_all
        self.reserved += 1
        return True

    def settle(self, *, reserved: tuple[int, int], used: tuple[int, int]) -> None:
        """Put what a call took in the place of what was reserved for it."""
        more_in, more_out = used[0] - reserved[0], used[1] - reserved[1]
        self.tokens_in += more_in
        self.tokens_out += more_out
        self.reserved -= 1
        if any(reserved):  # else it is what is out in batch jobs, and no call
            self._more_tokens = max(self._more_tokens, more_in + more_out)
            self._more_cost = max(self._more_cost, self.cost_of(more_in, more_out) or 0.0)


def check(limits: Limits) -> None:
    """Raise NotAllowed for limits that allow no call, and for a cost without a price."""
    numbers = {
        "a concurrency": limits.concurrency,
        "a timeout (in seconds)": limits.timeout_seconds,
        "a number of tries": limits.tries,
        "a number of requests in a batch job": limits.job_requests,
        "a budget of money": limits.max_cost,
        "a budget of tokens": limits.max_tokens,
    }
    for what, number in numbers.items():
        if number is not None and not number > 0:
            raise NotAllowed(f"{what} of {number:g} allows no call; give more")
        if number is not None and isinf(number):
            raise NotAllowed(f"{what} of {number:g} is none; leave it out")
    if limits.max_cost is not None and limits.price is None:
        raise NotAllowed(
            "a budget of money needs the model's price; give a price file, or a budget of tokens"
        )


def most_tokens_in(model: Model, request: Request) -> int:
    """Return how many tokens a server can read for a request at most, its schema among them."""
    return request.most_tokens_in + (0 if request.plain else model.schema_bytes)
