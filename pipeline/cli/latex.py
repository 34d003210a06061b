"""Print tables for LaTeX, as the package booktabs draws them."""

from collections.abc import Iterator, Sequence

from pipeline.latex import escaped


def table(
    heading: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, label: str
) -> Iterator[str]:
    """Yield a table's lines; the first column stands on the left. A row without cells is a rule."""
    yield r"% needs \usepackage{booktabs}, and for Chinese names XeLaTeX or LuaLaTeX with ctex"
    yield r"\begin{table}"
    yield r"  \centering"
    yield rf"  \caption{{{escaped(caption)}}}"
    yield rf"  \label{{{label}}}"
    yield rf"  \begin{{tabular}}{{l{'r' * (len(heading) - 1)}}}"
    yield r"    \toprule"
    yield _row(heading)
    yield r"    \midrule"
    for row in rows:
        yield _row(row) if row else r"    \midrule"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    yield r"\end{table}"


def _row(cells: Sequence[str]) -> str:
    return f"    {' & '.join(map(escaped, cells))} \\\\"
