from pathlib import Path

import pytest

from db.errors import FileRejected
from pipeline.calling.prices import Price, price_of

GOOD = """
currency = "USD"
as_of = 2026-01-02
batch = 0.5
[models."some-model.v1"]
input = 3
output = 4.5
[models.free]
input = 0
output = 0
currency = "CNY"
batch = 1
as_of = "2025-12-31"
"""


def priced(tmp_path: Path, text: str | bytes, *, name: str = "p.toml", model: str = "m") -> Price:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return price_of(path, model=model)


def refused(tmp_path: Path, text: str | bytes, *, name: str = "p.toml", model: str = "m") -> str:
    with pytest.raises(FileRejected) as caught:
        priced(tmp_path, text, name=name, model=model)
    assert caught.value.message.count("\n") == 0
    return caught.value.message


def test_what_stands_above_holds_for_each_model_that_says_nothing_else(tmp_path: Path) -> None:
    assert priced(tmp_path, GOOD, model="some-model.v1") == Price(
        3.0, 4.5, "USD", batch=0.5, as_of="2026-01-02"
    )
    assert priced(tmp_path, GOOD, model="free") == Price(0.0, 0.0, "CNY", 1.0, "2025-12-31")


def test_a_file_is_read_as_json_too_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = '\ufeff{"models": {"m": {"input": 1, "output": 2, "currency": "USD"}}}'
    assert priced(tmp_path, text, name="p.JSON") == Price(1.0, 2.0, "USD")


def test_the_example_has_the_papers_model_and_says_that_nobody_looked_its_price_up() -> None:
    path = Path("docs/prices.toml")
    price = price_of(path, model="gpt-3.5-turbo-16k")
    assert (price.input, price.output, price.currency) == (3.0, 4.0, "USD")
    assert "Check your provider's page" in path.read_text("utf-8")
    # FACTS: about 1,200 tokens in and 620 out for each of the paper's questions.
    spent = price.cost(tokens_in=22_327 * 1_200, tokens_out=22_327 * 620)
    assert spent == pytest.approx(136, abs=1)


def test_a_model_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD, model="other") == (
        "p.toml has no price for other, it has free, some-model.v1"
    )
    dotted = refused(tmp_path, GOOD.replace('"some-model.v1"', "some-model.v1"), model="gpt-4.1")
    assert dotted.endswith("it has free, some-model; write a name with a dot in it in quotes")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("input = -1\noutput = 1", "p.toml, m: input must be a number from 0 to 1,000,000, not -1"),
        (
            "input = nan\noutput = 1",
            "p.toml, m: input must be a number from 0 to 1,000,000, not nan",
        ),
        (
            "input = 1\noutput = inf",
            "p.toml, m: output must be a number from 0 to 1,000,000, not inf",
        ),
        (
            "input = true\noutput = 1",
            "p.toml, m: input must be a number from 0 to 1,000,000, not True",
        ),
        (
            "input = '3'\noutput = 1",
            "p.toml, m: input must be a number from 0 to 1,000,000, not '3'",
        ),
        ("input = 1", "p.toml, m: output must be a number from 0 to 1,000,000, not missing"),
        (
            f"input = {10**400}\noutput = 1",
            "p.toml, m: input must be a number from 0 to 1,000,000, not 10000",
        ),
        ("input = 1\nouput = 1", "p.toml, m: there is no ouput; there are input, output"),
        ("input = 1\noutput = 1\nbatch = 0", "p.toml, m: batch must be a share of the price"),
        ("input = 1\noutput = 1\nbatch = 50", "p.toml, m: batch must be a share of the price"),
        ("input = 1\noutput = 1\nas_of = 'May'", "p.toml, m: as_of must be a day, as 2026-01-31"),
    ],
)
def test_a_price_that_is_none_is_named_with_its_place(
    tmp_path: Path, wrong: str, told: str
) -> None:
    assert refused(tmp_path, f'[models.m]\ncurrency = "USD"\n{wrong}').startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[models.m]\ninput = 1\noutput = 1", 'currency must be a text, as "USD", not missing'),
        ("models = 3", "p.toml has no prices in it"),
        ("[models]", "p.toml has no prices in it"),
        ("[models]\nm = 3", "p.toml, m: give input and output, not 3"),
        ("", "p.toml has no prices in it"),
        ("a = ", "the price file p.toml is no TOML"),
        (b"\xff\xfe\x00", "the price file p.toml is not UTF-8 text"),
        ('curency = "USD"\n[models.m]\ninput = 1\noutput = 1', "p.toml: there is no curency"),
    ],
)
def test_a_file_that_is_no_price_file_says_so(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert told in refused(tmp_path, text)


@pytest.mark.parametrize("text", ["[]", "3", "{", "[" * 100_000, '{"models": {"m": NaN}}'])
def test_json_that_is_no_price_file_says_so(tmp_path: Path, text: str) -> None:
    assert "p.json" in refused(tmp_path, text, name="p.json")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match=r"price file .*none\.toml cannot be read: No such"):
        price_of(tmp_path / "none.toml", model="m")
    with pytest.raises(FileRejected, match="cannot be read: Is a directory"):
        price_of(tmp_path, model="m")
