"""Draw a report's pictures, each in the three formats that its documents need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pipeline.figures import COLOURS, FAINT, INK, STYLE, drawable, fonts, name_or_place
from pipeline.report.document.blocks import Bar, Bars, Dot, Dots, Matrix, Picture
from pipeline.report.document.naming import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GRID, BAND, PAPER = "#dddddd", "#f6f5f2", "#ffffff"
ON_COLOUR, ON_DARK = "#000000", "#fffffe"  # text on a coloured ground, whatever the page's colours
LOW, MIDDLE, HIGH = (0xE2, 0x97, 0x5D), (0xE0, 0xDC, 0xD3), (0x6A, 0xA9, 0xD6)
NEGATIVE, NONE, POSITIVE = (0xC7, 0x57, 0x12), (0xF7, 0xF7, 0xF5), (0x0B, 0x55, 0x8E)
LUMINANCE, HALF_LIGHT = (0.2126, 0.7152, 0.0722), 0.179
WIDTH = 6.9  # inches: what a page of A4 or Letter has room for
ROW, ABOVE, BELOW, BETWEEN, EDGE, RIGHT = 0.22, 0.3, 0.46, 0.32, 0.06, 0.2
LEGEND = 0.2
CELL, SMALL_CELL, NUMBERED_UP_TO = 0.4, 0.3, 16
WIDEST_NAME, NARROWEST = 1.7, 2.6  # inches: of a name, of a picture
DOTS_PER_INCH = 200
SMALLER: dict[Any, Any] = {
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titlecolor": INK,
    "text.color": INK,
}

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Drawn:
    """A picture as SVG (for a page), PDF (for LaTeX) and PNG (for Word); its width in inches."""

    svg: bytes
    pdf: bytes
    png: bytes
    width: float


@dataclass(frozen=True)
class _Place:
    """Where a panel stands, in inches from the left and from the top."""

    left: float
    top: float
    width: float
    height: float


def draw(picture: Picture) -> Drawn:
    """Return the picture in each format: of equal pictures, equal bytes."""
    from matplotlib import rc_context  # noqa: PLC0415 - only who draws waits for it

    with rc_context({**STYLE, **SMALLER, "font.family": fonts()}):
        figure = _figure(picture)
        return Drawn(
            svg=_saved(figure, "svg", Date=None),
            pdf=_saved(figure, "pdf", CreationDate=None),
            png=_saved(figure, "png"),
            width=float(figure.get_figwidth()),
        )


def _saved(figure: "Figure", kind: str, **metadata: Any) -> bytes:
    file = BytesIO()
    # A date would make two pictures of the same figures differ.
    figure.savefig(file, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
    return file.getvalue()


def _figure(picture: Picture) -> "Figure":
    panels = picture.panels
    if isinstance(panels[0], Matrix):
        return _matrices([panel for panel in panels if isinstance(panel, Matrix)])
    return _rows_of([panel for panel in panels if isinstance(panel, Dots | Bars)])


def _rows_of(panels: Sequence[Dots | Bars]) -> "Figure":
    """Draw panels of rows; those with the same names share them, and stand in one line."""
    names = [_names(panel) for panel in panels]
    shared = len(set(names)) == 1
    columns = min(len(panels), 4 if shared else 2)
    label = max(_width(name) for each in names for name in each or ("",)) + EDGE
    note = max(_width(note) for panel in panels for note in _notes(panel) or ("",))
    beside = BETWEEN + note + (0 if shared else label)
    room = (WIDTH - EDGE - label - beside * (columns - 1) - note - RIGHT) / columns
    heights = [ROW * max(len(each), 1) for each in names]
    around = (LEGEND if isinstance(panels[0], Bars) else 0.0, BELOW)
    places, total = _laid_out(heights, columns, room, EDGE + label, beside, around)
    figure, axes_at = _canvas(WIDTH, total)
    for number, (panel, place) in enumerate(zip(panels, places, strict=True)):
        named = not shared or number % columns == 0
        ax = axes_at(place)
        _draw_rows(ax, panel, names[number], named=named)
        ax.set_title(_fitted(drawable(one_line(panel.title)), room + note, bold=True), pad=5)
    if isinstance(panels[0], Bars):
        _legend(figure, panels[0], total)
    return figure


def _laid_out(
    heights: Sequence[float],
    columns: int,
    width: float,
    left: float,
    between: float,
    around: tuple[float, float],
) -> tuple[list[_Place], float]:
    """Return the panels' places, line by line, and how high all of them are.

    `around` is the room above all of them, and below each.
    """
    places: list[_Place] = []
    top, below = around
    for start in range(0, len(heights), columns):
        line = heights[start : start + columns]
        top += ABOVE
        places += [
            _Place(left + column * (width + between), top, width, height)
            for column, height in enumerate(line)
        ]
        top += max(line) + below
    return places, top


def _canvas(width: float, height: float) -> tuple["Figure", Callable[[_Place], "Axes"]]:
    """Return a figure of that size, and the call that makes axes at a place on it."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(width, height), facecolor=PAPER)

    def axes_at(place: _Place) -> "Axes":
        bottom = height - place.top - place.height
        return figure.add_axes(
            (place.left / width, bottom / height, place.width / width, place.height / height)
        )

    return figure, axes_at


def _names(panel: Dots | Bars) -> tuple[str, ...]:
    rows: Sequence[Dot | Bar] = panel.dots if isinstance(panel, Dots) else panel.bars
    return tuple(_short(row.name, place) for place, row in enumerate(rows))


def _short(name: str, place: int) -> str:
    return _fitted(name_or_place(one_line(name), place), WIDEST_NAME)


def _fitted(text: str, width: float, *, bold: bool = False) -> str:
    """Return a text that can be drawn, cut where it is wider than so many inches."""
    if _width(text, bold=bold) <= width:
        return text
    while text and _width(f"{text}…", bold=bold) > width:
        text = text[:-1].rstrip("\\")
    return f"{text}…"


def _notes(panel: Dots | Bars) -> list[str]:
    if isinstance(panel, Bars):
        alike = len({bar.n for bar in panel.bars}) == 1  # then it is told below, once
        return [] if alike else [f"n = {bar.n:,}" for bar in panel.bars]
    return [_fitted(drawable(one_line(dot.note)), WIDEST_NAME) for dot in panel.dots]


def _width(text: str, *, bold: bool = False) -> float:
    """Return how many inches a text takes at the size of names, or of titles."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.textpath import TextToPath  # noqa: PLC0415

    if not text:
        return 0.0
    look = FontProperties(family=fonts(), size=8.5 if bold else 8, weight="bold" if bold else 400)
    found = TextToPath().get_text_width_height_descent(text, look, ismath=False)
    return float(found[0]) / 72 + 0.05


def _draw_rows(ax: "Axes", panel: Dots | Bars, names: Sequence[str], *, named: bool) -> None:
    ax.set_yticks(range(len(names)), names if named else [""] * len(names))
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    ax.tick_params(length=0, axis="y")
    ax.tick_params(color=FAINT, axis="x", length=2.5)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.set_axisbelow(True)
    beside = ax.get_yaxis_transform()
    for row, note in enumerate(_notes(panel)):
        ax.text(1.02, row, note, transform=beside, va="center", color=FAINT)
    if isinstance(panel, Dots):
        _draw_dots(ax, panel)
    else:
        _draw_bars(ax, panel)


def _draw_dots(ax: "Axes", panel: Dots) -> None:
    ax.set_xlabel(drawable(one_line(panel.axis)))
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    steps = 2 if panel.limits == (-1.0, 1.0) else 4  # more would run into one another
    ax.locator_params(axis="x", nbins=steps, min_n_ticks=3)
    for row in range(1, len(panel.dots), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0, zorder=-1)
    if panel.at is not None:
        ax.axvline(panel.at, color=FAINT, linewidth=1, linestyle=(0, (3, 2)))
    told = [(row, dot) for row, dot in enumerate(panel.dots) if dot.value is not None]
    known = [(row, d.low, d.high) for row, d in told if d.low is not None and d.high is not None]
    if known:
        ax.hlines(*zip(*known, strict=True), color=COLOURS[0], linewidth=1.6)
    ax.plot([d.value or 0.0 for _, d in told], [row for row, _ in told], "o", color=COLOURS[0],
            markersize=4.5)  # fmt: skip
    ax.set_xlim(*(panel.limits or _limits(panel)))


def _limits(panel: Dots) -> tuple[float, float]:
    """Return the ends of an axis that holds all dots and whiskers, with a little room."""
    told = [x for dot in panel.dots for x in (dot.value, dot.low, dot.high) if x is not None]
    told += [] if panel.at is None else [panel.at]
    low, high = (min(told), max(told)) if told else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _draw_bars(ax: "Axes", panel: Bars) -> None:
    colours = level_colours(len(panel.levels))
    width = ax.get_position().width * WIDTH
    rows = [row for row, bar in enumerate(panel.bars) if bar.shares]
    left = [0.0] * len(rows)
    for level, colour in enumerate(colours):
        shares = [panel.bars[row].shares[level] for row in rows]
        ax.barh(rows, shares, 0.78, left=left, color=colour, edgecolor=PAPER, linewidth=0.8)
        for row, share, start in zip(rows, shares, left, strict=True):
            if share * width > 0.26:
                ax.text(start + share / 2, row, f"{share:.0%}", ha="center", va="center",
                        fontsize=7, color=ON_COLOUR)  # fmt: skip
        left = [start + share for start, share in zip(left, shares, strict=True)]
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
    if panel.bars and not _notes(panel):
        each = " each" if len(panel.bars) > 1 else ""
        ax.set_xlabel(f"n = {panel.bars[0].n:,}{each}")


def _legend(figure: "Figure", panel: Bars, height: float) -> None:
    """Name the levels above all panels, from the lowest to the highest."""
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles = [
        Patch(color=colour, label=name_or_place(one_line(level), place))
        for place, (level, colour) in enumerate(
            zip(panel.levels, level_colours(len(panel.levels)), strict=True)
        )
    ]
    figure.legend(handles=handles, loc="upper left", ncols=len(handles), borderaxespad=0.2,
                  bbox_to_anchor=(0, 1 - 0.04 / height), handlelength=1, handleheight=1,
                  columnspacing=1.4)  # fmt: skip


def level_colours(many: int) -> list[str]:
    """Return a colour a level, from orange over grey to blue: apart for every kind of sight."""
    steps = [place / (many - 1) if many > 1 else 1.0 for place in range(many)]
    return [_blend(2 * step - 1, LOW, MIDDLE, HIGH) for step in steps]


def _blend(value: float, low: RGB, middle: RGB, high: RGB) -> str:
    """Return the colour of a value from -1 to 1."""
    end, share = (high, value) if value >= 0 else (low, -value)
    mixed = (round(m + min(share, 1) * (e - m)) for m, e in zip(middle, end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _matrices(panels: Sequence[Matrix]) -> "Figure":
    names = [
        tuple(_short(name, place) for place, name in enumerate(panel.names)) for panel in panels
    ]
    label = max((_width(name) for each in names for name in each), default=0.0) + EDGE
    most = max((len(each) for each in names), default=1)
    cell = min(CELL if most <= 8 else SMALL_CELL, (WIDTH - label - 2 * EDGE) / max(most, 1))
    side = cell * max(most, 1)
    columns = max(1, min(len(panels), int((WIDTH - EDGE + BETWEEN) // (label + side + BETWEEN))))
    # The names below a square stand upright, and need as much room as those beside it.
    around = (0.0, label + 0.1)
    places, total = _laid_out(
        [side] * len(panels), columns, side, EDGE + label, BETWEEN + label, around
    )
    width = max(NARROWEST, EDGE + columns * (label + side + BETWEEN))
    figure, axes_at = _canvas(width, total)
    for panel, each, place in zip(panels, names, places, strict=True):
        square = cell * max(len(each), 1)
        ax = axes_at(_Place(place.left, place.top, square, square))
        _draw_matrix(ax, panel, each)
        room = max(side, NARROWEST - label - 2 * EDGE) if len(panels) == 1 else side
        ax.set_title(_fitted(drawable(one_line(panel.title)), room, bold=True), pad=5)
    return figure


def _draw_matrix(ax: "Axes", panel: Matrix, names: Sequence[str]) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    ax.set_xticks(range(len(names)), names, rotation=90)
    ax.set_yticks(range(len(names)), names)
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for row, values in enumerate(panel.values):
        for column, value in enumerate(values):
            if value is not None:
                ground, _ = matrix_colours(_scaled(value, panel.limits))
                ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=ground,
                                       edgecolor=PAPER, linewidth=0.8))  # fmt: skip
            if len(names) <= NUMBERED_UP_TO and (value is not None or row != column):
                _write(ax, (column, row), value, panel.limits)


def matrix_colours(value: float) -> tuple[str, str]:
    """Return the ground of a value from -1 to 1, and the colour of the number on it."""
    ground = _blend(value, NEGATIVE, NONE, POSITIVE)
    parts = (int(ground[place : place + 2], 16) / 255 for place in (1, 3, 5))
    light = sum(share * part**2.2 for share, part in zip(LUMINANCE, parts, strict=True))
    return ground, ON_COLOUR if light > HALF_LIGHT else ON_DARK


def _scaled(value: float, limits: tuple[float, float]) -> float:
    return value / limits[1] if value >= 0 else -value / limits[0]


def _write(
    ax: "Axes", place: tuple[int, int], value: float | None, limits: tuple[float, float]
) -> None:
    if value is None:
        ax.text(*place, "–", ha="center", va="center", color=INK)
        return
    _, colour = matrix_colours(_scaled(value, limits))
    number = f"{value:z.2f}".replace("-", "\N{MINUS SIGN}")
    ax.text(*place, number, ha="center", va="center", color=colour, fontsize=7)
