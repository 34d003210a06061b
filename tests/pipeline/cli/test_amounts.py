"""Amounts are said as people say them."""

from pipeline.cli.amounts import duration, money, span, tokens


def test_tokens_are_as_exact_as_anybody_wants() -> None:
    assert [tokens(n) for n in (950, 12_345, 27_400_000, 3e9)] == [
        "950",
        "12,300",
        "27.4 million",
        "3.0 billion",
    ]


def test_a_small_sum_is_not_shown_as_nothing() -> None:
    said = [money(amount, "USD") for amount in (1234.5, 0.000123, 0)]
    assert said == ["1,234.50 USD", "0.00012 USD", "0.00 USD"]


def test_a_time_has_two_units() -> None:
    seconds = (0.44, 59.7, 75, 3 * 3600 + 300, 30 * 3600)
    assert [duration(each) for each in seconds] == [
        "0.4 s",
        "1 min",
        "1 min 15 s",
        "3 h 5 min",
        "1 d 6 h",
    ]


def test_a_range_whose_ends_read_alike_is_one_amount() -> None:
    assert span("3 s", "5 s") == "3 s to 5 s"
    assert span("3 s", "3 s") == "3 s"
