"""What calls cost: a price file, and the sums that follow from it."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from db.errors import FileRejected

OF_A_MODEL = ("input", "output", "currency", "batch", "as_of")
OF_ALL = ("currency", "batch", "as_of", "models")
HIGHEST = 1_000_000
SHOWN = 12
EXAMPLE = "docs/prices.toml shows what one looks like"


@dataclass(frozen=True)
class Price:
    """The price of a model, per million tokens; `batch` is the Batch API's share of it.

    `as_of` is when somebody last looked, as the file says it: providers change their prices.
    """

    input: float
    output: float
    currency: str
    batch: float = 1.0
    as_of: str | None = None

    def cost(self, *, tokens_in: int, tokens_out: int) -> float:
        """Return what so many tokens cost.

        >>> Price(3.0, 4.0, "USD").cost(tokens_in=1_000_000, tokens_out=500_000)
        5.0
        """
        return (tokens_in * self.input + tokens_out * self.output) / 1e6

    def in_batch(self) -> "Price":
        """Return the price that the Batch API has.

        >>> Price(3.0, 4.0, "USD", batch=0.5).in_batch().cost(tokens_in=1_000_000, tokens_out=0)
        1.5
        """
        share = self.batch
        return replace(self, input=self.input * share, output=self.output * share, batch=1.0)


def price_of(path: Path, *, model: str) -> Price:
    """Return the price that a TOML or JSON file has for a model.

    What stands above all models holds for each that says nothing else. Raises FileRejected, saying
    what is wrong where, also where the file does not have the model.
    """
    said = _loaded(path)
    models = said.get("models")
    if not isinstance(models, dict) or not models:
        raise FileRejected(
            f'{path.name} has no prices in it: [models."NAME"] is missing; {EXAMPLE}'
        )
    if model not in models:
        there = ", ".join(sorted(map(str, models))[:SHOWN]) + (", …" if len(models) > SHOWN else "")
        hint = "; write a name with a dot in it in quotes" if "." in model else ""
        raise FileRejected(f"{path.name} has no price for {model}, it has {there}{hint}")
    _known(said, OF_ALL, path.name)
    own = models[model]
    if not isinstance(own, dict):
        raise FileRejected(f"{path.name}, {model}: give input and output, not {own!r}")
    place = f"{path.name}, {model}"
    _known(own, OF_A_MODEL, place)
    above = {key: said[key] for key in OF_A_MODEL if key in said}
    return _price({**above, **own}, place)


def _price(said: Mapping[str, Any], place: str) -> Price:
    currency = said.get("currency")
    if not isinstance(currency, str) or not currency.strip():
        raise FileRejected(f'{place}: currency must be a text, as "USD", not {_shown(currency)}')
    batch = _number(said, "batch", place) if "batch" in said else 1.0
    if not 0 < batch <= 1:
        raise FileRejected(f"{place}: batch must be a share of the price, as 0.5, not {batch:g}")
    return Price(
        input=_number(said, "input", place),
        output=_number(said, "output", place),
        currency=currency.strip(),
        batch=batch,
        as_of=_date(said.get("as_of"), place),
    )


def _number(said: Mapping[str, Any], key: str, place: str) -> float:
    value: Any = said.get(key)
    fits = isinstance(value, int | float) and 0 <= value <= HIGHEST
    if not fits or isinstance(value, bool):
        raise FileRejected(
            f"{place}: {key} must be a number from 0 to {HIGHEST:,}, not {_shown(value)}"
        )
    return float(value)


def _date(value: object, place: str) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise FileRejected(
            f"{place}: as_of must be a day, as 2026-01-31, not {_shown(value)}"
        ) from None


def _known(said: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
    strange = sorted(set(said) - set(keys))
    if strange:
        raise FileRejected(f"{place}: there is no {strange[0]}; there are {', '.join(keys)}")


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)[:60]


def _loaded(path: Path) -> Mapping[str, Any]:
    as_json = path.suffix.lower() == ".json"
    try:
        text = path.read_bytes().decode("utf-8-sig")
        said = json.loads(text) if as_json else tomllib.loads(text)
    except OSError as error:
        raise FileRejected(f"the price file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileRejected(f"the price file {path.name} is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        kind = "JSON" if as_json else "TOML"
        raise FileRejected(
            f"the price file {path.name} is no {kind}: {error}; {EXAMPLE}"
        ) from error
    if not isinstance(said, dict):
        raise FileRejected(f"the price file {path.name} holds no table of models; {EXAMPLE}")
    return said
