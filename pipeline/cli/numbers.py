"""Numbers in a range, as options take them."""

import math
from typing import Any

import click


class Number(click.FloatRange):
    """A number in a range, which "nan" is in none of."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number
