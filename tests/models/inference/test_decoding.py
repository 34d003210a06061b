"""Words are drawn from the share of the likely ones that was asked for."""

from collections import Counter

import pytest

from models.inference.decoding import Decoding, choose

SHARES = (0.5, 0.3, 0.15, 0.05)


def drawn(decoding: Decoding, n: int) -> Counter[int]:
    """Count what each of n rows, all alike, draws."""
    import torch

    logits = torch.tensor(SHARES).log().repeat(n, 1)
    chances = [decoding.chance(str(row)) for row in range(n)]
    return Counter(choose(logits, None, decoding, chances))


def test_words_come_as_often_as_they_are_likely() -> None:
    found = drawn(Decoding(temperature=1.0), 20_000)
    assert [found[token] / 20_000 for token in range(4)] == pytest.approx(SHARES, abs=0.012)


@pytest.mark.parametrize(("top_p", "left"), [(0.5, 1), (0.51, 2), (0.8, 2), (0.9, 3), (1.0, 4)])
def test_only_the_likeliest_words_that_reach_the_share_are_drawn(top_p: float, left: int) -> None:
    assert set(drawn(Decoding(temperature=1.0, top_p=top_p), 600)) == set(range(left))


def test_a_low_temperature_draws_the_likeliest_word_and_a_high_one_draws_evenly() -> None:
    assert set(drawn(Decoding(temperature=0.02), 300)) == {0}
    even = drawn(Decoding(temperature=50.0), 4_000)
    assert min(even.values()) > 900


def test_what_was_said_is_less_likely_by_the_penalty() -> None:
    import torch

    logits = torch.tensor([[4.0, 3.0, -1.0, -1.1]])
    seen = torch.tensor([[True, False, True, False]])
    assert choose(logits, seen, Decoding(repetition_penalty=1.5), []) == [1]
    assert choose(logits, ~seen, Decoding(repetition_penalty=1.5), []) == [0]
    below = torch.tensor([[-1.0, -1.1]])
    penal = torch.tensor([[True, False]])
    assert choose(below, penal, Decoding(repetition_penalty=1.5), []) == [1]
