"""Read LaTeX as far as a test needs: what is open, what would be read as a command."""

import re

COMMANDS = {
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textasciigrave": "`",
}
MATHS = {
    "-": "−",
    r"\times": "×",
    r"\pm": "±",
    r"\le": "≤",
    r"\ge": "≥",
    r"\ne": "≠",
    r"\approx": "≈",
    r"\to": "→",
    **{rf"\{name}": mark for name, mark in zip(
        ("alpha", "kappa", "pi", "rho", "sigma", "tau", "chi"), "ακπρστχ", strict=True)},
}  # fmt: skip
TOKEN = re.compile(
    r"\\begin\{(?P<begun>\w+)\}|\\end\{(?P<ended>\w+)\}|\\[A-Za-z]+\*?|\\.|%[^\n]*|(?P<mark>.)",
    re.DOTALL,
)
TABLES = {"tabular", "longtable"}
LEFT_OUT = (
    r"\\(input|includegraphics|label|hyperref|definecolor|color)(\[[^\]]*\])?(\{[^{}]*\})+",
    r"\$(\\[a-z]+|-)\$",
    r"@\{\}|>\{\\raggedright\\arraybackslash\}|p\{[\d.]+\\linewidth\}",
)


def body_of(text: str) -> str:
    """What stands between the beginning and the end of the document."""
    return text.split("\\begin{document}", 1)[1].rsplit("\\end{document}", 1)[0]


def problems(text: str) -> list[str]:
    """What LaTeX would stumble over: open groups, and characters that mean something to it."""
    found: list[str] = []
    open_: list[str] = []
    for pattern in LEFT_OUT:
        text = re.sub(pattern, "", text)
    for token in TOKEN.finditer(text):
        begun, ended, mark = token["begun"], token["ended"], token["mark"]
        if begun or mark == "{":
            open_.append(begun or "{")
        elif ended or mark == "}":
            last = open_.pop() if open_ else "nothing"
            if last != (ended or "{"):
                found.append(f"{ended or mark} ends where {last} is open")
        elif mark == "&" and not TABLES & set(open_):
            found.append("& outside of a table")
        elif mark and mark in "$#_^~":
            found.append(f"{mark} before {text[token.end() : token.end() + 20]!r}")
    return found + [f"{each} stays open" for each in open_]


def read(text: str) -> str:
    """The characters that LaTeX would print of an escaped text."""
    text = re.sub(r"\$(\\[a-z]+|-)\$", lambda found: MATHS[found[1]], text)
    text = text.replace(r"\textsuperscript{2}", "²")
    text = re.sub(r"\\(text[a-z]+)\{\}", lambda found: f"\\{{{COMMANDS[found[1]]}\\}}", text)
    text = re.sub(r"\\\{(.)\\\}", lambda found: f"\x00{ord(found[1])}\x00", text)
    text = re.sub(r"\\([&%$#_{}])", lambda found: f"\x00{ord(found[1])}\x00", text)
    text = re.sub(r"[{}]", "", text)
    return re.sub("\x00(\\d+)\x00", lambda found: chr(int(found[1])), text)
