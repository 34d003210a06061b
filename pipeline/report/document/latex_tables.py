"""Write a report's tables for LaTeX, each as a file of its own, as booktabs draws them."""

from collections.abc import Iterator, Sequence

from pipeline.latex import escaped
from pipeline.report.document.blocks import Cell, Column, Table
from pipeline.report.document.columns import heads, on_left, widths, wrapped
from pipeline.report.document.naming import example_id, one_line

NEEDS = r"% needs \usepackage{booktabs,longtable,array,graphicx}; for Chinese, XeLaTeX with xeCJK"
LONG = 36  # rows that a page has room for
LINE = 88  # characters that a line has room for
WORDS = 20  # characters: a column of longer words is wrapped, if room is short


def table(block: Table, *, label: str, file: str) -> str:
    """Return a table's lines; one that is longer than a page goes on over the next."""
    long = sum(1 for _ in block.rows()) > LONG
    return "\n".join(_long(block, label, file) if long else _short(block, label, file)) + "\n"


def _short(block: Table, label: str, file: str) -> Iterator[str]:
    layout, width = _layout(block)
    yield NEEDS
    yield "\\begin{table}[!htbp]\n\\centering\\small"
    yield rf"\caption{{{escaped(block.caption)}}}\label{{{label}}}"
    if width > LINE:
        yield r"\resizebox{\linewidth}{!}{%"
    yield rf"\begin{{tabular}}{{@{{}}{layout}@{{}}}}"
    yield r"\toprule"
    yield from _head(block.columns)
    yield r"\midrule"
    yield from _body(block)
    yield r"\bottomrule"
    yield r"\end{tabular}" + ("}" if width > LINE else "")
    yield r"\par\smallskip\begin{minipage}{\linewidth}\footnotesize\raggedright"
    yield from _notes(block, file)
    yield "\\end{minipage}\n\\end{table}"


def _long(block: Table, label: str, file: str) -> Iterator[str]:
    layout, width = _layout(block)
    size = r"\small" if width <= LINE else r"\scriptsize\setlength{\tabcolsep}{3pt}"
    many = len(block.columns)
    yield NEEDS
    yield rf"{{{size}"
    yield rf"\begin{{longtable}}{{@{{}}{layout}@{{}}}}"
    yield rf"\caption{{{escaped(block.caption)}}}\label{{{label}}}\\"
    yield r"\toprule"
    yield from _head(block.columns)
    yield "\\midrule\n\\endfirsthead\n\\toprule"
    yield from _head(block.columns)
    yield "\\midrule\n\\endhead"
    yield rf"\midrule\multicolumn{{{many}}}{{r@{{}}}}{{continued}}\\"
    yield "\\endfoot\n\\bottomrule\n\\endlastfoot"
    yield from _body(block)
    yield "\\end{longtable}}"
    yield r"{\footnotesize\raggedright"
    yield from _notes(block, file)
    yield "}"


def _head(columns: Sequence[Column]) -> Iterator[str]:
    cells, rules = [], ""
    for shared, places in heads(columns):
        if shared:
            cells.append(rf"\multicolumn{{{len(places)}}}{{c}}{{{escaped(shared)}}}")
            rules += rf"\cmidrule(lr){{{places.start + 1}-{places.stop}}}"
        else:
            cells += [""] * len(places)
    if cells:
        yield rf"{' & '.join(cells)} \\"
        yield rules
    yield rf"{' & '.join(escaped(column.heading) for column in columns)} \\"


def _body(block: Table) -> Iterator[str]:
    for place, group in enumerate(block.groups):
        if place:
            yield r"\addlinespace"
        if group.title:
            span = rf"\multicolumn{{{len(block.columns)}}}{{@{{}}l}}"
            yield rf"{span}{{\textit{{{escaped(group.title)}}}}} \\"
        yield from map(_row, group.rows)


def _row(cells: Sequence[Cell]) -> str:
    r"""Return a row; its figures' ids stand behind it, where LaTeX does not read them."""
    ids = " ".join(one_line(cell.id) for cell in cells if cell.id)
    return rf"{' & '.join(escaped(cell.text) for cell in cells)} \\" + (f" % {ids}" if ids else "")


def _notes(block: Table, file: str) -> Iterator[str]:
    for note in block.notes:
        yield rf"{escaped(note)}\par"
    example = example_id(block)
    ids = rf" with ids (\texttt{{{escaped(example)}}}, \ldots)" if example else ""
    yield rf"Unrounded{ids}: \texttt{{{escaped(file)}}}.\par"


def _layout(block: Table) -> tuple[str, int]:
    """Return the columns as LaTeX wants them, and how many characters a line then takes."""
    wanted = widths(block)
    given = wrapped(block, wanted, line=LINE, room=WORDS)
    letters = (
        _letter(column, at, given[at] if given[at] < wanted[at] else None)
        for at, column in enumerate(block.columns)
    )
    return "".join(letters), sum(given) + 2 * (len(given) - 1)


def _letter(column: Column, at: int, characters: int | None) -> str:
    if characters is not None:
        share = characters / (1.08 * LINE)  # words are narrower than figures
        return rf">{{\raggedright\arraybackslash}}p{{{share:.2f}\linewidth}}"
    return "l" if on_left(column, at) else "r"
