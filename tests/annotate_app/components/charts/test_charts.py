"""Charts as a browser gets them: their rows, who can read them, and no heavy package."""

import json
import subprocess
import sys
from base64 import b64decode
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

HOSTILE = '</script><b>"x"</b> 系统'


def drawn(page: Any) -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """What is said of each chart, how it is drawn, and its rows."""
    found = []
    for chart in AppTest.from_function(page).run().get("vega_lite_chart"):
        spec = json.loads(chart.proto.spec)
        rows = json.loads(b64decode(spec["data"]["url"].partition("base64,")[2]))
        found.append((chart.proto.alt, spec, rows))
    return found


def test_intervals_keep_their_order_and_say_each_figure() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts
        from annotate_app.components.charts.charts import Dot

        dots = [Dot("b", 1.5, 1.0, 2.0, "1.5 [1, 2]"), Dot("a", 1.0, None, None, "1.0")]
        charts.intervals(dots, alt="means", axis="Mean", mark=0)

    ((alt, spec, rows),) = drawn(page)
    assert alt == "means"
    assert [row["name"] for row in rows] == ["b", "a"]
    assert rows[1]["low"] is None
    mark, whisker, dot = spec["layer"]
    assert mark["encoding"]["x"] == {"datum": 0}
    assert whisker["encoding"]["y"]["sort"] == ["b", "a"]
    assert [each["field"] for each in dot["encoding"]["tooltip"]] == ["name", "says"]


def test_a_long_name_stands_above_its_row_and_stays_text() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts
        from annotate_app.components.charts.charts import Dot
        from tests.annotate_app.components.charts.test_charts import HOSTILE

        charts.intervals([Dot(HOSTILE, 1.0, 0.5, 1.5, HOSTILE)], alt="a", axis="x")

    ((_, spec, rows),) = drawn(page)
    assert rows[0]["name"] == HOSTILE
    assert spec["layer"][-1]["encoding"]["text"] == {"field": "name"}
    assert spec["layer"][0]["encoding"]["y"]["axis"]["labels"] is False


def test_shares_are_stacked_in_the_order_of_the_scale_whatever_its_length() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts
        from annotate_app.components.charts.charts import Part

        parts = [
            Part(name, str(level), share, f"{level}: {share:.0%}")
            for name in ("A", "B")
            for level, share in enumerate((0.1, 0.2, 0.3, 0.4))
        ]
        charts.shares([*parts, Part("B", "9", None, "-")], alt="s", axis="x", legend="Score")

    ((_, spec, rows),) = drawn(page)
    assert [row["place"] for row in rows[:4]] == [0, 1, 2, 3]
    assert [row["shown"] for row in rows[:4]] == ["10%", "20%", "30%", "40%"]
    assert len(rows) == 8
    scale = spec["layer"][0]["encoding"]["fill"]["scale"]
    assert scale["domain"] == ["0", "1", "2", "3", "9"]
    assert len(set(scale["range"])) == 5


def test_a_square_colours_by_size_and_side() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts
        from annotate_app.components.charts.charts import Cell

        cells = [Cell("a", "b", 0.5, "0.50", "x", strong=True), Cell("b", "a", -0.5, "−0.50", "y")]
        charts.matrix(cells, names=["a", "b"], alt="pairs", largest=0.5)

    ((_, spec, rows),) = drawn(page)
    assert spec["encoding"]["x"]["sort"] == ["a", "b"]
    assert ["--chart-full" in row["colour"] for row in rows] == [True, False]
    assert [row["weight"] for row in rows] == [700, 400]


def test_moves_join_the_points_of_a_row_in_their_order() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts
        from annotate_app.components.charts.charts import Step

        steps = [Step("r", third, value, third) for value, third in enumerate(("first", "last"))]
        charts.moves(steps, alt="drift", axis="x", legend="Third")

    ((_, spec, rows),) = drawn(page)
    assert [(row["at"], row["place"]) for row in rows] == [("first", 0), ("last", 1)]
    assert spec["layer"][1]["encoding"]["order"] == {"field": "place"}


def test_without_figures_nothing_is_drawn() -> None:
    def page() -> None:
        from annotate_app.components.charts import charts

        charts.intervals([], alt="a", axis="x", mark=0)
        charts.shares([], alt="a", axis="x")
        charts.moves([], alt="a", axis="x", legend="x")
        charts.matrix([], names=["a"], alt="a", largest=1)

    assert drawn(page) == []


@pytest.mark.parametrize("package", ["pandas", "altair", "numpy"])
def test_to_draw_one_loads_no_heavy_package(package: str) -> None:
    page = (
        "import sys\n"
        "from annotate_app.components.charts import charts\n"
        "charts.intervals([charts.Dot('a', 1.0, 0.5, 1.5, 'x')], alt='a', axis='x')\n"
        f"assert {package!r} not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", page], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
