"""Say amounts as people do: tokens, money, and how long something takes."""

UNITS = ((1e9, "billion"), (1e6, "million"))


def tokens(n: float) -> str:
    """Return a number of tokens, as exact as a person wants it.

    >>> tokens(950), tokens(12_345), tokens(27_400_000)
    ('950', '12,300', '27.4 million')
    """
    for unit, name in UNITS:
        if n >= unit:
            return f"{n / unit:.1f} {name}"
    return f"{round(n, -2 if n >= 10_000 else 0):,.0f}"


def money(amount: float, currency: str) -> str:
    """Return a sum; one that is small is not shown as nothing.

    >>> money(1234.5, "USD"), money(0.000123, "USD"), money(0, "USD")
    ('1,234.50 USD', '0.00012 USD', '0.00 USD')
    """
    small = 0 < amount < 0.1
    return f"{amount:.2g} {currency}" if small else f"{amount:,.2f} {currency}"


def duration(seconds: float) -> str:
    """Return how long something takes, to two units.

    >>> duration(0.4), duration(75), duration(3 * 3600 + 300), duration(30 * 3600)
    ('0.4 s', '1 min 15 s', '3 h 5 min', '1 d 6 h')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for unit, name, below, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // below
            return f"{whole // unit} {name}{f' {rest} {smaller}' if rest else ''}"
    return f"{whole} s"


def span(low: str, high: str) -> str:
    """Return a range, or one amount where both ends read alike.

    >>> span("3 s", "5 s"), span("3 s", "3 s")
    ('3 s to 5 s', '3 s')
    """
    return low if low == high else f"{low} to {high}"
