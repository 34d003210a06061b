"""A report such as a study's, made by hand: every kind of block, with texts that bite."""

import random
from functools import cache

from pipeline.report.document import drawings
from pipeline.report.document.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Coloured,
    Column,
    Document,
    Dot,
    Dots,
    Group,
    Heading,
    Listing,
    Matrix,
    Note,
    Paragraph,
    Passage,
    Picture,
    Piece,
    Quote,
    Ref,
    Source,
    Table,
    Terms,
)
from pipeline.report.document.drawings import Drawn

HOSTILE = (
    "<script>alert(1)</script> & </title> \"'",
    "100 % of $x_i$ #1 {a}~^\\input{/etc/passwd} [0]",
    "=HYPERLINK(\"http://example.org\") | `rm -rf` *b* _c_ ![x](y)",
    "过度概括，“从不” 👩\u200d🏫 🌱 --json",
)  # fmt: skip
SYSTEMS = ("Alpaca-Chinese-7B", "Baichuan-7B", "系统 丙", "S4 & <b>_x_</b>")
CRITERIA = ("relevance", "CBT structure", "helpfulness")
ANSWER = (
    ("validation", "听到你这样说，我很心疼。连续三天睡不着，换成谁都会很难受。"),
    ("", "\n\n"),
    ("thought", "你提到“我什么都做不好”，这可能是一种“全或无”的想法。"),
    ("challenge", "有没有一次，事情没有你担心的那么糟？\n如果是朋友这样想，你会对他说什么？"),
    ("strategy", "今晚可以试试：把担心写下来，给每一条留十分钟。"),
    ("encouragement", "这是第一步。如果还是很难，可以联系专业的咨询师。"),
)


def source(id_: str, value: float | None, **more: object) -> Source:
    return Source(
        id=id_,
        about=f"what {id_} tells",
        value=value,
        command="cbt results --study paper --json",
        at="/criteria/relevance/systems/0/mean",
        rows={"criterion": "relevance", "system": ("S1", "S2")},
        **({"n": 500, "method": "t, questions as clusters", "level": 0.95} | more),  # type: ignore[arg-type]
    )


def document(*, systems: tuple[str, ...] = SYSTEMS) -> Document:
    """A document with each kind of block; the same each time."""
    means, sources = table_5(systems)
    blocks: tuple[Block, ...] = (
        Heading("overview", "Overview"),
        Paragraph(("Five raters scored ", Piece("500", id="n.scores"), " answers; see ", Ref("t5"),
                   " and ", Ref("pictures.means"), ". ", Piece("Bold", look="strong"), " words.")),
        Note("The study is open: these figures are preliminary.", warning=True),
        Note(("Systems appear by code until ", Piece("cbt study unblind", look="code"), ".")),
        Heading("results", "Systems & scores"),
        means,
        dots("pictures.means", systems),
        bars("pictures.shares", systems),
        Heading("agreement", "Agreement", level=3),
        wide_table(),
        matrix("pictures.kappa"),
        Heading("case", "A case study"),
        Quote(HOSTILE[3] + "\n\n第二段。\n" + HOSTILE[0], by="question 7"),
        Coloured("case.answer", "An answer in five parts",
                 tuple(Passage(text, part) for part, text in ANSWER), ("By the parser.",)),
        Heading("hostile", HOSTILE[0]),
        *(Paragraph(text) for text in HOSTILE),
        Listing(HOSTILE),
        Listing(("first", ("second ", Piece(HOSTILE[1], look="code")))),
        Terms((("Ethics body", ""), (HOSTILE[0], HOSTILE[1]))),
    )  # fmt: skip
    return Document(
        title="Study 研究 “paper”: 5 % & more",
        subtitle="4 systems, 100 questions, 5 raters",
        notice="For research only: the answers are by models, not by professionals.",
        blocks=blocks,
        sources=(source("n.scores", 500, level=None, method=""), *sources),
    )


@cache
def drawn() -> dict[str, Drawn]:
    """The document's pictures, drawn once for all formats."""
    return {b.id: drawings.draw(b) for b in document().blocks if isinstance(b, Picture)}


def table_5(systems: tuple[str, ...]) -> tuple[Table, list[Source]]:
    draw = random.Random(5)  # noqa: S311
    columns = [Column("system", text=True)]
    for criterion in CRITERIA:
        columns += [Column("mean", (f"{criterion} mean",), over=criterion),
                    Column("95% interval", (f"{criterion} low", f"{criterion} high"),
                           over=criterion)]  # fmt: skip
    rows, sources = [], []
    for system in systems:
        cells = [Cell(system)]
        for criterion in CRITERIA:
            mean, id_ = draw.uniform(1.2, 1.8), f"t5.{criterion}.{system}.mean"
            low, high = mean - 0.07, mean + 0.07
            sources.append(source(id_, mean, low=low, high=high))
            cells.append(Cell(f"{mean:.3f}", (mean,), id_))
            cells.append(Cell(f"{low:.3f} to {high:.3f}", (low, high)))
        rows.append(tuple(cells))
    undefined = f"t5.{CRITERIA[0]}.none.mean"
    sources.append(source(undefined, None, level=None, code="no_scores", reason="nobody scored it"))
    empty = (
        Cell("none"),
        Cell("undefined", (None,), undefined),
        *(Cell("–", ()) for _ in range(5)),
    )
    groups = (Group(tuple(rows), title="of 100 questions"), Group((empty,), title="without scores"))
    notes = ("n = 500 scores a cell; t, questions as clusters.", "– stands where nobody scored.")
    return Table("t5", "Human scores, 0 to 2", tuple(columns), groups, notes), sources


def wide_table() -> Table:
    headings = (
        "pair",
        "what it says of them",
        "n",
        "kappa",
        "linear",
        "quadratic",
        "bias",
        "PABAK",
    )
    columns = tuple(Column(each, text=place < 2) for place, each in enumerate(headings))
    words = "A sentence that is too long for a column of numbers and so must be wrapped, 也有中文。"
    rows = tuple(
        (Cell(f"P-{row:04d} × P-{row + 1:04d}"), Cell(words if row % 9 == 0 else "fair"),
         *(Cell(f"{value / 10:.2f}", (value / 10,)) for value in range(6)))
        for row in range(45)
    )  # fmt: skip
    return Table("kappa", "Agreement of every two raters", columns, (Group(rows),))


def dots(id_: str, systems: tuple[str, ...]) -> Picture:
    draw = random.Random(6)  # noqa: S311
    panels = tuple(
        Dots(criterion, "mean", tuple(_dot(name, draw) for name in systems))
        for criterion in CRITERIA
    )
    return Picture(id_, "Means with their intervals", "Dots with whiskers: all overlap.", panels)


def _dot(name: str, draw: random.Random) -> Dot:
    mean = draw.uniform(1.2, 1.8)
    return Dot(name, mean, mean - 0.1, mean + 0.08)


def severity(id_: str) -> Picture:
    dots = tuple(
        Dot(f"P-{n:04d}", n / 5 - 0.4, n / 5 - 0.7, n / 5 - 0.2, f"n = {n}") for n in range(5)
    )
    panels = (
        Dots("relevance", "severity (logits)", dots, at=0),
        Dots("other", "severity", dots[:3]),
    )
    return Picture(id_, "Severity", "Rater 4 is the most severe.", panels, ("Right is severe.",))


def bars(id_: str, systems: tuple[str, ...]) -> Picture:
    draw = random.Random(7)  # noqa: S311
    panels = tuple(
        Bars(criterion, ("0", "1", "2"), tuple(_bar(name, draw) for name in systems))
        for criterion in CRITERIA
    )
    return Picture(id_, "How the scores share out", "Stacked bars: most scores are 2.", panels)


def _bar(name: str, draw: random.Random) -> Bar:
    low = draw.uniform(0.02, 0.2)
    middle = draw.uniform(0.2, 0.4)
    return Bar(name, (low, middle, 1 - low - middle), 500)


def matrix(id_: str, raters: int = 5) -> Picture:
    names = tuple(f"P-{number:04d}" for number in range(raters))
    values = tuple(
        tuple(None if a == b else round(0.9 - 0.22 * abs(a - b), 2) for b in range(raters))
        for a in range(raters)
    )
    panels = tuple(Matrix(criterion, names, values) for criterion in CRITERIA)
    return Picture(id_, "Agreement of every two raters", "Neighbours agree most.", panels)
