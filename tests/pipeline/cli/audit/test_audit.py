"""`cbt audit` as a user runs it, on the paper's Tables 3 and 5."""

import json
import time

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main

TABLE_3 = ("--accuracy", "0.69", "--recall", "0.93", "--f1", "0.65")
TABLE_5 = ("1.732", "1.508", "1.408", "1.734", "1.644", "1.432")


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["audit", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_papers_table_3_is_one_of_53_tables_with_what_they_allow() -> None:
    code, out, _ = cbt("table3", *TABLE_3, "--n", "500", "--json")
    found = json.loads(out)
    assert (code, found["n"], found["count"], found["count_neither_end"]) == (0, 500, 53, 51)
    assert found["given"] == {"accuracy": "0.69", "recall": "0.93", "f1": "0.65"}
    cells = [[table[cell] for cell in ("tp", "fp", "fn", "tn")] for table in found["tables"]]
    assert [144, 144, 11, 201] in cells
    assert len({tuple(four) for four in cells}) == 53
    own = found["tables"][cells.index([144, 144, 11, 201])]
    assert (own["precision"], own["accuracy"], own["never_flag"]) == (0.5, 0.69, 0.69)
    assert own["kappa"] == pytest.approx(0.413856, abs=1e-6)
    assert found["ranges"]["precision"] == {"low": 139 / 282, "high": 148 / 292, "undefined": 0}
    assert set(found["ranges"]) >= {"specificity", "kappa", "prevalence", "never_flag"}


def test_a_person_reads_every_table_and_the_ranges() -> None:
    code, out, _ = cbt("table3", *TABLE_3, "--n", "500")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[:2] == [
        "53 2×2 tables give accuracy 0.69, recall 0.93, F1 0.65, 500 items, rounded half up",
        "(51 if neither end of a rounding interval counts, 53 if both do)",
    ]
    assert lines[3] == "TP FP FN TN accuracy precision recall specificity F1 kappa"
    assert "144 144 11 201 0.690 0.500 0.929 0.583 0.650 0.414" in lines
    assert "precision 0.493 0.507" in lines
    assert "accuracy of never flagging 0.678 0.702" in lines


def test_figures_without_a_table_are_a_finding() -> None:
    wrong = ("table3", "--accuracy", "0.99", "--recall", "0.93", "--f1", "0.15", "--n", "500")
    code, out, _ = cbt(*wrong)
    said = "no 2×2 table of 500 items gives accuracy 0.99, recall 0.93, F1 0.15, rounded half up"
    assert (code, out) == (0, f"{said}\n")
    code, out, _ = cbt(*wrong, "--json")
    found = json.loads(out)
    assert (code, found["count"], found["tables"]) == (0, 0, [])
    assert found["ranges"]["precision"]["low"] is None
    assert found["ranges"]["precision"]["code"] == "no_tables"


def test_what_only_another_rounding_gives_is_said() -> None:
    code, out, _ = cbt("table3", "--accuracy", "0.12", "--recall", "1", "--n", "8")
    assert code == 0
    assert "rounded in another way, 2 2×2 tables give so" in out


def test_a_figure_of_nothing_is_null_and_a_dash() -> None:
    code, out, _ = cbt("table3", "--accuracy", "0.5", "--recall", "0", "--n", "2", "--json")
    found = json.loads(out)
    assert (code, found["tables"][0]["precision"]) == (0, None)
    assert found["ranges"]["precision"]["code"] == "undefined"
    _, out, _ = cbt("table3", "--accuracy", "0.5", "--recall", "0", "--n", "2")
    assert out.startswith("1 2×2 table gives accuracy 0.5, recall 0, 2 items, rounded half up\n")
    assert '"-" stands where a table makes a figure nothing of nothing' in out


def test_five_thousand_items_take_seconds() -> None:
    began = time.process_time()
    code, out, _ = cbt("table3", *TABLE_3, "--n", "5000", "--json")
    assert code == 0
    assert json.loads(out)["count"] == 52_780
    assert time.process_time() - began < 20


def test_the_papers_table_5_has_a_sum_for_every_mean() -> None:
    code, out, _ = cbt("means", "--n", "500", *TABLE_5, "--json")
    found = json.loads(out)
    assert (code, found["n"], found["items"], found["consistent"]) == (0, 500, 1, 6)
    assert [mean["sums"] for mean in found["means"]] == [[866], [754], [704], [867], [822], [716]]
    code, out, _ = cbt("means", "--n", "100", "--items", "5", *TABLE_5, "1.733")
    assert code == 0
    assert out.splitlines()[0] == (
        "6 of 7 means can be those of 500 whole numbers, rounded half up"
    )
    assert out.splitlines()[-1] == "1.733  no      -"


def test_means_that_say_nothing_or_hang_on_a_half_say_so() -> None:
    _, out, _ = cbt("means", "--n", "2000", "1.73", "1.7325")
    assert "1.73    always  3,450 to 3,469" in out
    assert '"always": of so many numbers every mean with so few places has a sum' in out
    _, out, _ = cbt("means", "--n", "8", "--", "0.12", "-0.5")
    assert "0.12  no      only if halves are rounded down: 1" in out
    assert "-0.5  yes     -4" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("table3", "--accuracy", "69", "--f1", "0.6", "--n", "5"), "accuracy is 69, which is no"),
        (("table3", "--accuracy", "0.69", "--n", "5"), "give at least two figures"),
        (("table3", "--accuracy", "much", "--n", "5"), "'much' is not a figure"),
        (("table3", *TABLE_3, "--n", "0"), "0 items cannot be checked"),
        (("table3", *TABLE_3), "Missing option '--n'"),
        (("means", "1.5", "--n", "0"), "a mean of 0 numbers cannot be checked"),
        (("means", "1,5", "--n", "9"), "'1,5' is not a figure"),
        (("means", "--n", "9"), "Missing argument"),
    ],
)
def test_wrong_input_gets_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    code, out, err = cbt(*arguments)
    assert (code, out) == (2, "")
    assert said in err.splitlines()[-1]
