"""A table for LaTeX as a command prints it."""

from pipeline.cli import latex


def test_a_table_has_rules_and_its_columns_end_rows() -> None:
    lines = list(
        latex.table(["system", "n"], [["a_b", "1"], [], ["c", "2"]], caption="C", label="tab:x")
    )
    assert r"  \begin{tabular}{lr}" in lines
    start = lines.index(r"    \toprule")
    assert lines[start : start + 7] == [
        r"    \toprule",
        r"    system & n \\",
        r"    \midrule",
        r"    a\_b & 1 \\",
        r"    \midrule",
        r"    c & 2 \\",
        r"    \bottomrule",
    ]
