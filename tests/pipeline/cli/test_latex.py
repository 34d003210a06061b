"""A table for LaTeX: every character prints as it is."""

from pipeline.cli import latex


def test_what_latex_reads_as_a_command_prints_as_it_is() -> None:
    assert latex.escaped("a_b & 5 % of $x$ #1 {c}") == r"a\_b \& 5 \% of \$x\$ \#1 \{c\}"
    assert latex.escaped("\\input{x}~^") == (
        r"\textbackslash{}input\{x\}\textasciitilde{}\textasciicircum{}"
    )
    assert latex.escaped("[0]\nand 过度概括") == "{[}0{]} and 过度概括"


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
