"""A text for LaTeX: every character prints as it is."""

from pipeline import latex


def test_what_latex_reads_as_a_command_prints_as_it_is() -> None:
    assert latex.escaped("a_b & 5 % of $x$ #1 {c}") == r"a\_b \& 5 \% of \$x\$ \#1 \{c\}"
    assert latex.escaped("\\input{x}~^") == (
        r"\textbackslash{}input\{x\}\textasciitilde{}\textasciicircum{}"
    )
    assert latex.escaped("[0]\nand 过度概括") == "{[}0{]} and 过度概括"
    assert latex.escaped("---, `a` ''b''") == (
        r"-{}-{}-, \textasciigrave{}a\textasciigrave{} '{}'b'{}'"
    )


def test_what_latex_cannot_read_is_left_out() -> None:
    assert latex.escaped("a\x00b\x1b[2J\x7f\ud800 c") == "ab{[}2J c"
