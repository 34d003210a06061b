"""Figures as files: one row a figure in a spreadsheet, and all of it as JSON."""

import csv
import io
import json

from annotate_app.services import figure_files

FOUND = {
    "study": "s",
    "criteria": {
        "=relevance": {
            "systems": [
                {"system": "S1", "value": 0.5, "low": 0.25, "high": 0.75, "level": 0.9, "n": 4},
                {"system": "S2", "value": None, "code": "no_scores", "reason": "nobody scored"},
            ],
            "coefficients": [{"name": "gwet_ac2", "metric": "quadratic", "value": 1.0}],
            "pairs": [{"a": "R1", "b": "R2", "intervals": {"kappa": {"value": 0.0, "low": -1}}}],
        }
    },
}


def test_a_spreadsheet_has_a_row_a_figure_named_by_where_it_stands() -> None:
    content = figure_files.as_csv(figure_files.figures_in(FOUND))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["figure"], row["of"], row["value"]) for row in rows] == [
        ("systems", "criteria =relevance S1", "0.5"),
        ("systems", "criteria =relevance S2", ""),
        ("coefficients gwet_ac2 quadratic", "criteria =relevance", "1.0"),
        ("kappa", "criteria =relevance pairs R1 R2 intervals", "0.0"),
    ]
    assert (rows[0]["low"], rows[0]["high"], rows[0]["level"]) == ("0.25", "0.75", "0.9")
    assert rows[1]["reason"] == "nobody scored"


def test_what_a_spreadsheet_would_run_is_defused() -> None:
    content = figure_files.as_csv(iter([("=1+1", "@SUM(A1)", {"value": 1})]))
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (row["figure"], row["of"]) == ("'=1+1", "'@SUM(A1)")


def test_json_keeps_everything_and_reads_as_text() -> None:
    content = figure_files.as_json({"名": [0.1, None]})
    assert "名" in content.decode()
    assert json.loads(content) == {"名": [0.1, None]}


def test_a_files_name_has_nothing_that_a_folder_would_mind() -> None:
    assert figure_files.named("a/b: 研究 *", "results") == "a_b_研究_results"
