"""Turn a text into one that LaTeX prints as it is."""

from unicodedata import category

MEANT = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "]": "{]}",
    "`": r"\textasciigrave{}",
    "*": "{*}",  # else the end of a row above it takes it for its own
    # Not in the fonts that LaTeX starts with.
    "\N{MINUS SIGN}": "$-$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "±": r"$\pm$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "→": r"$\to$",
    "²": r"\textsuperscript{2}",
    "α": r"$\alpha$",
    "κ": r"$\kappa$",
    "π": r"$\pi$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "χ": r"$\chi$",
}
LIGATURES = {"--": "-{}-", "''": "'{}'", ",,": ",{},"}  # TeX joins these into other characters


def escaped(text: str) -> str:
    r"""Return a text that LaTeX prints as it is, on one line; control characters are left out.

    >>> print(escaped("all_or_nothing: 5 % & more, with --json"))
    all\_or\_nothing: 5 \% \& more, with -{}-json
    """
    shown = (MEANT.get(mark, mark) for mark in " ".join(text.split()) if _is_shown(mark))
    line = "".join(shown)
    for pair, apart in LIGATURES.items():
        while pair in line:
            line = line.replace(pair, apart)
    return line


def _is_shown(mark: str) -> bool:
    return category(mark) not in {"Cc", "Cs"}  # XeLaTeX stops at some of them
