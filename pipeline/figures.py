"""Draw figures with their intervals, as SVG, PNG or PDF: twice the same gives the same bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.errors import NotWritten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = (".svg", ".png", ".pdf")
INK, FAINT = "#222222", "#767676"
# Okabe and Ito's colours, which stay apart for every common kind of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS, REFERENCES = "oDs^vP*", "x+"
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "SimHei",
    "WenQuanYi Micro Hei",
)
INCHES_TO_LEGEND = 0.36
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "cbt",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Point:
    """One figure with its interval; None where it cannot be told. `note` stands beside it."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Series:
    """Points of one kind, drawn alike and named in the legend; a `reference` is drawn faintly."""

    name: str
    points: tuple[Point, ...]
    reference: bool = False


@dataclass(frozen=True)
class Panel:
    """Rows of points, one row a name; the series that have a point of that name share its row.

    The axis reaches over `span`, and further where a figure does. A line is drawn at `mark`.
    """

    title: str
    axis: str
    series: tuple[Series, ...]
    span: tuple[float, float] = (0.0, 1.0)
    mark: float | None = None


def check_ending(path: Path) -> None:
    """Raise NotWritten for a file whose ending is of no picture."""
    if path.suffix.lower() not in ENDINGS:
        raise NotWritten(
            f"{path} does not say which kind of picture it is; end its name with"
            f" {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        )


def draw_points(path: Path, title: str, panels: Sequence[Panel]) -> None:
    """Draw dots with whiskers, a panel beside the other; what cannot be told has no dot."""
    panels = [panel for panel in panels if _names(panel)]
    rows = max((len(_names(panel)) for panel in panels), default=1)
    with drawing(path, title, columns=len(panels), rows=rows) as axes:
        for ax, panel in zip(axes, panels, strict=True):
            points_on(ax, panel)


def draw_bars(path: Path, title: str, panels: Sequence[Panel]) -> None:
    """Draw a bar for each point, its note at the end; the series stand below each other."""
    panels = [panel for panel in panels if _names(panel)]
    most = max((len(_names(p)) * max(1, len(p.series) * 0.6) for p in panels), default=1)
    with drawing(path, title, columns=len(panels), rows=round(most)) as axes:
        for ax, panel in zip(axes, panels, strict=True):
            _draw_bars(ax, panel)


@contextmanager
def drawing(
    path: Path, title: str, *, columns: int, rows: int | Sequence[int]
) -> Iterator[list["Axes"]]:
    """Give the axes of a picture to draw on, side by side, and write the picture at the end.

    `rows` is how many rows of figures the largest has room for; of several such numbers, the axes
    stand in as many lines below each other.
    """
    from matplotlib import rc_context  # noqa: PLC0415 - only who draws waits for it
    from matplotlib.figure import Figure  # noqa: PLC0415

    heights = [0.7 + 0.3 * max(each, 4) for each in ([rows] if isinstance(rows, int) else rows)]
    with rc_context({**STYLE, "font.family": fonts()}):
        size = (0.8 + 4.6 * max(columns, 1), 1.0 + sum(heights))
        figure = Figure(figsize=size, layout="constrained")
        made: list[Axes] = []
        if columns:
            grid = figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights)
            made = list(grid.ravel())
        figure.suptitle(drawable(title), x=0.01, ha="left", fontsize=11)
        yield made
        _save(figure, path)


def _save(figure: "Figure", path: Path) -> None:
    kind = path.suffix.lower()[1:]
    # A date would make two pictures of the same figures differ.
    undated: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    figure.savefig(path, format=kind, dpi=200, metadata=undated.get(kind))


def fonts() -> list[str]:
    """Return the fonts that pictures are drawn with: one for Latin, one for Chinese if there."""
    return ["DejaVu Sans", *_chinese_fonts()]


def _chinese_fonts() -> list[str]:
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    there = set(fontManager.get_font_names())
    return [name for name in CHINESE_FONTS if name in there][:1]


def drawable(text: str) -> str:
    """Return a text as it is drawn, with "?" for what no font here has."""
    return _plain("".join(mark if _can_draw(mark) else "?" for mark in text))


def name_or_place(text: str, place: int) -> str:
    """Return a name as it is drawn, or its number in the printed table where no font has it."""
    return _plain(text) if _can_draw(text) else f"no. {place + 1}"


def _plain(text: str) -> str:
    return text.replace("$", r"\$")  # else what stands between two is taken for a formula


def _can_draw(text: str) -> bool:
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    there = [get_font(findfont(name)) for name in fonts()]
    return all(any(font.get_char_index(ord(mark)) for font in there) for mark in text)


def _names(panel: Panel) -> list[str]:
    return list(dict.fromkeys(point.name for each in panel.series for point in each.points))


def _rows(ax: "Axes", panel: Panel) -> dict[str, int]:
    """Name the rows, the first on top, and return where each stands."""
    names = _names(panel)
    ax.set_yticks(range(len(names)), [name_or_place(name, row) for row, name in enumerate(names)])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_title(drawable(panel.title))
    ax.set_xlabel(panel.axis)
    ax.tick_params(length=0, axis="y")
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    for row in range(1, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color="#f6f5f2", linewidth=0, zorder=-1)
    return {name: row for row, name in enumerate(names)}


def points_on(ax: "Axes", panel: Panel) -> None:
    """Draw dots with whiskers on axes of `drawing`."""
    rows = _rows(ax, panel)
    told = [end for each in panel.series for p in each.points for end in (p.value, p.low, p.high)]
    ends = [*panel.span, *(end for end in told if end is not None)]
    room = 0.02 * (panel.span[1] - panel.span[0])
    ax.set_xlim(min(ends) - room, max(ends) + room)
    if panel.mark is not None:
        ax.axvline(panel.mark, color=FAINT, linewidth=0.8, zorder=0)
    for name, row in rows.items():
        _draw_row(ax, panel, name, row)
    for number, each in enumerate(panel.series):
        colour, marker = _look(panel, number)
        ax.plot([], [], marker, color=colour, label=name_or_place(each.name, number))
    for point in (point for each in panel.series for point in each.points if point.note):
        ax.annotate(point.note, (1.02, rows[point.name]), xytext=(4, 0), color=FAINT,
                    xycoords=("axes fraction", "data"), textcoords="offset points",
                    va="center", fontsize=8)  # fmt: skip
    if len(panel.series) > 1:
        _legend(ax)


def _draw_row(ax: "Axes", panel: Panel, name: str, row: int) -> None:
    """Draw a row's points, those with an interval below each other."""
    there = [
        (number, point)
        for number, each in enumerate(panel.series)
        for point in each.points
        if point.name == name and point.value is not None
    ]
    for place, (number, point) in enumerate(there):
        height = row + (place - (len(there) - 1) / 2) * 0.22
        colour, marker = _look(panel, number)
        if point.low is not None and point.high is not None:
            ax.hlines(height, point.low, point.high, color=colour, linewidth=1.6)
        ax.plot([point.value or 0.0], [height], marker, color=colour, markersize=5.5)


def _look(panel: Panel, number: int) -> tuple[str, str]:
    """Return the colour and the marker of a series: a reference takes none from the others."""
    alike = [
        each for each in panel.series[:number] if each.reference is panel.series[number].reference
    ]
    if panel.series[number].reference:
        return FAINT, REFERENCES[len(alike) % len(REFERENCES)]
    return _colour(len(alike)), MARKERS[len(alike) % len(MARKERS)]


def _draw_bars(ax: "Axes", panel: Panel) -> None:
    rows = _rows(ax, panel)
    many = len(panel.series)
    height = 0.8 / max(many, 1)
    for number, each in enumerate(panel.series):
        shift = (number - (many - 1) / 2) * height
        points = [point for point in each.points if point.value is not None]
        places = [rows[point.name] + shift for point in points]
        values = [point.value or 0.0 for point in points]
        ax.barh(places, values, height * 0.9, color=_colour(number),
                hatch="//" * (number // len(COLOURS)), edgecolor="white",
                label=name_or_place(each.name, number))  # fmt: skip
        for point, place, value in zip(points, places, values, strict=True):
            ax.annotate(point.note, (value, place), xytext=(3, 0), textcoords="offset points",
                        va="center", fontsize=8 if many < 3 else 6, color=INK)  # fmt: skip
    ax.margins(x=0.15)
    ax.set_xlim(left=0)
    if many > 1:
        _legend(ax)


def _legend(ax: "Axes") -> None:
    """Put the legend below the axis, as far from it in a low picture as in a high one."""
    from matplotlib.transforms import ScaledTranslation  # noqa: PLC0415

    figure = ax.get_figure()
    if figure is None:
        return
    below = ax.transAxes + ScaledTranslation(0, -INCHES_TO_LEGEND, figure.dpi_scale_trans)
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, ncols=2, fontsize=8)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
