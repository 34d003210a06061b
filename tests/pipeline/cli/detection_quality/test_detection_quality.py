"""`cbt detection-quality` as a user runs it; the paper's Table 3 from one file, in two commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from tests.pipeline.detected import decide, detect, plant_gold
from tests.pipeline.labels import give, make_label_study

KINDS = {("1", "1"): 144, ("0", "1"): 144, ("1", "0"): 11, ("0", "0"): 201}  # (gold, pred): items
INTERVAL = {"value", "low", "high", "level", "method"}


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ("detection-quality", *arguments))
    return done.exit_code, done.stdout, done.stderr


def of(store: Store) -> str:
    return f"--database={store.engine.url.render_as_string(hide_password=False)}"


def as_json(*arguments: str) -> dict[str, Any]:
    code, out, _ = cbt(*arguments, "--json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def table_3(tmp_path: Path) -> str:
    """The options that name a store with the paper's 500 samples, imported as a user."""
    rows = [pair for pair, n in KINDS.items() for _ in range(n)]
    lines = [f"{number},问题 {number},{gold},{pred}" for number, (gold, pred) in enumerate(rows)]
    path = tmp_path / "gold.csv"
    path.write_text("\n".join(["id,text,gold,pred", *lines]), "utf-8")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    command = ("import", "gold", str(path), "--study", "paper", database, "--json")
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, json.loads(done.stdout)["added"]) == (0, 500)
    return database


def test_the_papers_table_3_and_the_precision_that_it_leaves_out(table_3: str) -> None:
    found = as_json("--study", "paper", table_3)
    binary = found["binary"]
    assert (found["n"], found["detector"], found["gold"]) == (500, "pred", "adjudicated")
    assert [binary[cell] for cell in ("tp", "fp", "fn", "tn")] == [144, 144, 11, 201]
    rounded = {name: round(binary[name]["value"], 2) for name in ("accuracy", "recall", "f1")}
    assert rounded == {"accuracy": 0.69, "recall": 0.93, "f1": 0.65}
    assert binary["precision"]["value"] == 0.5
    for name in ("accuracy", "precision", "recall", "specificity", "f1", "kappa", "mcc"):
        figure = binary[name]
        assert set(figure) == INTERVAL
        assert figure["low"] < figure["value"] < figure["high"]
    assert found["baselines"]["never_flag"]["accuracy"]["value"] == 0.69
    assert found["baselines"]["always_flag"]["recall"]["value"] == 1.0
    assert found["micro"]["f1"] == found["exact_match"]
    assert found["micro"]["f1"]["code"] == "no_labels"
    assert (found["labels"], found["absent_labels"]) == ([], [])
    assert found["ceiling"]["code"] == "no_labellers"
    assert found["mcnemar"] is None


def test_a_person_reads_table_3_first_and_then_the_whole_two_by_two(table_3: str) -> None:
    code, out, _ = cbt("--study", "paper", table_3)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "study paper: pred against adjudicated, 500 items"
    assert lines[2] == "Table 3 pred 95% interval never flag always flag"
    assert lines[3].startswith("accuracy 0.690 0.648 to 0.729 0.690 0.310")
    assert lines[7].startswith("F1 0.650 ")
    assert lines[11:15] == [
        "gold: yes gold: no total",
        "detector: yes 144 144 288",
        "detector: no 11 201 212",
        "total 155 345 500",
    ]
    assert "no human ceiling: fewer than two labellers have answered" in out
    assert "research only" in out
    assert "until" not in out


def test_latex_and_pictures_come_with_the_figures(table_3: str, tmp_path: Path) -> None:
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for picture in pictures:
        code, out, _ = cbt("--study", "paper", table_3, "--latex", "--picture", str(picture))
        assert code == 0
        assert r"Precision & 0.50 (0.44 to 0.56) & - & 0.31 \\" in out
        assert r"\toprule" in out
        assert "Wilson's for shares of items, else by the bootstrap over items" in out
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    found = as_json("--study", "paper", table_3, "--latex")
    assert found["latex"] == out.rstrip("\n")


def test_a_picture_of_an_unknown_kind_or_place_is_refused(table_3: str, tmp_path: Path) -> None:
    for name, why in (("a.gif", "end its name with"), ("none/a.svg", "there is no folder")):
        code, out, said = cbt("--study", "paper", table_3, "--picture", str(tmp_path / name))
        assert (code, out) == (1, "")
        assert why in said


@pytest.fixture
def labelled(store: Store) -> Store:
    """A blinded study of answers with two labellers, a lead's decision and two detectors."""
    make_label_study(store, questions=4, system="secret")
    for username, given in {"li": ["labeling"], "wang": ["mind_reading"]}.items():
        for place in (1, 2):
            give(store, "labels", username, place, "yes", ["labeling"])
        give(store, "labels", username, 3, "no")
        give(store, "labels", username, 4, "yes", given)
    decide(store, 4, "yes", ["mind_reading"])
    detect(store, "lexicon", {1: ["贴标签"], 2: [], 3: ["别的"], 4: ["读心术"]})
    detect(store, "import:secret", {1: ["labeling"], 2: ["labeling"], 3: [], 4: []})
    return store


def test_everything_about_labels_ceiling_and_two_detectors_is_there(labelled: Store) -> None:
    options = ("--study", "labels", "--detector", "lexicon", "--against", "import:S1", of(labelled))
    found = as_json(*options)
    by_name = {each["label"]: each for each in found["labels"]}
    assert (by_name["labeling"]["support"], by_name["labeling"]["found"]) == (2, 1)
    assert by_name["mind_reading"]["f1"]["value"] == 1.0
    assert by_name["mind_reading"]["definition"] == "same"
    assert found["unknown_names"] == {"gold": {}, "detector": {"别的": 1}}
    assert "catastrophizing" in found["absent_labels"]
    assert "zero_division" in found["convention"]
    ceiling = found["ceiling"]
    assert (ceiling["between"]["items"], ceiling["between"]["accuracy"]["value"]) == (4, 1.0)
    assert ceiling["between"]["labels_f1"]["value"] == pytest.approx(2 * 2 / (4 + 2))
    assert [each["n"] for each in ceiling["pairs"]] == [4]
    assert len(ceiling["against_gold"]) == 2
    test = found["mcnemar"]
    assert (test["a"], test["b"], test["n"], test["only_a"], test["only_b"]) == (
        "lexicon", "import:S1", 4, 1, 2,
    )  # fmt: skip
    _, out, _ = cbt(*options)
    assert "labellers against adjudicated flatter the labellers" in out
    assert "takes chance from all answers together (Fleiss' kappa; Scott's pi" in out
    assert "the ceiling is a yardstick and no bound" in out
    assert "F1, kappa, MCC and averages a bootstrap over items" in out
    assert "names of the detector that are not known, and count for presence only: 别的 (1)" in out
    compared = found["compared"]
    assert (compared["of_a"]["tp"], compared["of_b"]["fn"]) == (2, 1)
    assert compared["differences"]["accuracy"]["value"] == 2 / 4 - 3 / 4
    assert compared["differences"]["recall"]["value"] == 2 / 3 - 2 / 3
    assert compared["differences"]["specificity"]["value"] == -1
    assert compared["differences"]["labels_f1"]["value"] == pytest.approx(4 / 5 - 4 / 5)
    assert [each["only_b"] for each in compared["tests"].values()] == [2, 1, 1]
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert next(line for line in lines if line.startswith("on the same 4 items lexicon import:S1"))
    row = next(line for line in lines if line.startswith("accuracy 0.500 0.750 -0.250"))
    assert row.endswith("1 2 1.0000")
    assert "two detectors: differences by a bootstrap over items" in out


def test_nothing_names_a_studys_system_until_unblinding(labelled: Store, tmp_path: Path) -> None:
    picture = tmp_path / "a.svg"
    options = ("--study", "labels", "--detector", "import:S1", of(labelled))
    for more in ((), ("--json",), ("--latex",), ("--picture", str(picture))):
        code, out, said = cbt(*options, *more)
        assert code == 0
        assert "secret" not in out + said
    assert "secret" not in picture.read_text("utf-8")
    code, out, said = cbt("--study", "labels", of(labelled))
    assert (code, out) == (1, "")
    assert "labels: import:S1 (4 items), lexicon (4 items); name one" in said
    _, out, _ = cbt(*options)
    assert "until 'cbt study unblind', systems are shown by code" in out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--study", "other"), "not_known"),
        (("--study", "outside", "--gold", "P-NONE"), "not_known"),
        (("--study", "outside", "--crosswalk", "none"), "not_known"),
        (("--study", "outside", "--gold", "union"), "not_allowed"),
    ],
)
def test_what_cannot_be_scored_is_said_in_one_sentence(
    sqlite_store: Store, options: tuple[str, ...], code: str
) -> None:
    plant_gold(sqlite_store, ["yes", "no"], {"pred": ["yes", "no"]})
    status, out, _ = cbt(*options, of(sqlite_store), "--json")
    error = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    status, out, said = cbt(*options, of(sqlite_store))
    assert (status, out, said) == (1, "", f"cbt: {error['message']}\n")


def test_raw_names_in_a_latex_table_print_as_they_are(sqlite_store: Store) -> None:
    plant_gold(sqlite_store, ["yes", "no"], {"pred_1 & 50%": ["yes", "no"]}, name="a_b")
    code, out, _ = cbt("--study", "a_b", "--latex", of(sqlite_store))
    assert code == 0
    assert r"pred\_1 \& 50\% & never" in out
