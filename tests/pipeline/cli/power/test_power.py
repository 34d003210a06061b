"""`cbt power` as a user runs it: with assumed deviations, and with those of a study."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from pipeline.stats.planning.simulation import Design, Deviations, Population, draw

SPREAD = Deviations(item=0.6, item_system=0.8, rater=0.5, item_rater=0.3)
SCALE = Population((0, 1, 2), (0.15, 0.35, 0.5), SPREAD)
QUICK = ("--items=40,80", "--raters=1,3", "--simulations=400", "--seed=5")


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["power", *arguments])
    return done.exit_code, done.stdout, done.stderr


def planned(*arguments: str) -> dict[str, Any]:
    code, out, _ = cbt(*arguments, "--json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The options that name a store with the study "done": 120 questions, 2 systems, 5 raters."""
    folder = tmp_path_factory.mktemp("power")
    (scores,) = draw(SCALE, Design(120, 5), np.array([-0.1, 0.1]), simulations=1, seed=4)
    path = folder / "ratings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "system", "rater", "relevance"])
        for (system, rater, item), score in np.ndenumerate(scores[0]):
            writer.writerow([item, f"system {system}", f"rater {rater}", score])
    database = f"--database=sqlite:///{folder / 'store.sqlite'}"
    imported = ["import", "ratings", str(path), "--study", "done", database]
    assert CliRunner().invoke(main, imported).exit_code == 0
    return database


def test_a_person_reads_the_table_the_smallest_design_and_all_that_is_assumed() -> None:
    code, out, said = cbt("--difference=0.4", *QUICK)
    assert (code, said) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "power to find a difference of 0.4 in mean score"
    assert lines[2].split() == ["items", "1", "rater", "3", "raters"]
    assert [line.split()[0] for line in lines[3:5]] == ["40", "80"]
    assert "* reaches power 0.8; the smallest that does: 80 items × 2 systems × 1 rater" in out
    assert "= 160 judgements" in out
    assert "drawn from what is assumed, not measured; --study NAME takes it from a study" in out
    assert "item 0.6, item × system 0.8, rater 0.5, item × rater 0, residual 1" in out
    assert "scores given: 0: 10.0%, 1: 35.0%, 2: 55.0%\ntheir correlation: 0.34 of the same" in out
    assert "400 simulated studies, seed 5, exact sign-flip test over items at 0.05, raters" in out
    assert "research only" in out


def test_a_script_reads_each_designs_power_and_the_goal() -> None:
    found = planned("--difference=0.3", "--power=0.7", *QUICK)
    assert found["goal"] == {"wish": "difference", "difference": 0.3, "power": 0.7}
    assert (found["systems"], found["comparisons"], found["alpha"]) == (2, 1, 0.05)
    designs = found["designs"]
    assert [(d["items"], d["raters"]) for d in designs] == [(40, 1), (40, 3), (80, 1), (80, 3)]
    assert [d["judgements"] for d in designs] == [80, 240, 160, 480]
    assert all(d["power"]["low"] < d["power"]["value"] < d["power"]["high"] for d in designs)
    assert [d["reached"] for d in designs] == [d["power"]["value"] >= 0.7 for d in designs]
    assert designs[-1]["reached"]
    assert found["smallest"] in [
        {key: d[key] for key in ("items", "raters", "judgements")} for d in designs
    ]
    assert found["larger"] is None
    assert found["drawn_from"]["shares"] == {"0": 0.1, "1": 0.35, "2": 0.55}
    assert found == planned("--difference=0.3", "--power=0.7", *QUICK)
    assert found != planned("--difference=0.3", "--power=0.7", *QUICK[:3], "--seed=6")


def test_where_no_design_reaches_the_goal_it_says_about_which_would() -> None:
    found = planned("--difference=0.15", *QUICK)
    assert found["smallest"] is None
    larger = found["larger"]
    assert larger["items"] > 80
    assert larger["judgements"] == larger["items"] * larger["raters"] * 2
    _, out, _ = cbt("--difference=0.15", *QUICK)
    assert "none of these designs reaches power 0.8; about " in out
    assert out.split("none of these designs")[1].split("\n")[0].endswith("judgements would")
    _, out, _ = cbt("--difference=0.01", "--items=6", "--raters=1", "--simulations=100")
    assert "none of these designs reaches power 0.8, and none tells how far it is" in out


@pytest.mark.parametrize("of", ["mean", "difference", "alpha"])
def test_a_wished_width_is_that_of_an_interval_of_any_figure(of: str) -> None:
    found = planned("--width=0.2", f"--of={of}", "--items=50,200", "--raters=2,5")
    assert found["goal"] == {"wish": "width", "half_width": 0.2, "of": of}
    widths = [design["half_width"]["value"] for design in found["designs"]]
    assert widths[0] > widths[1] > widths[3]
    assert widths[0] == pytest.approx(2 * widths[2], rel=0.08)
    _, out, _ = cbt("--width=0.2", f"--of={of}", *QUICK[:1], "--raters=2,3")
    assert out.startswith("± of the 95% interval of a")
    assert "raters held fixed" in out


def test_which_difference_a_design_detects(tmp_path: Path) -> None:
    found = planned("--detectable", "--power=0.9", *QUICK)
    assert found["goal"] == {"wish": "detectable", "power": 0.9}
    sizes = [design["detectable"]["value"] for design in found["designs"]]
    assert sizes[0] > sizes[1] > sizes[3]
    assert {design["reached"] for design in found["designs"]} == {None}
    _, out, _ = cbt("--detectable", "--items=5,40", "--raters=2", "--simulations=100")
    assert '"-" stands where no difference of two means below 2, the most that the scale' in out
    assert "reaches" not in out


def test_more_systems_make_more_judgements_and_more_comparisons() -> None:
    found = planned("--difference=0.3", "--systems=4", *QUICK)
    assert (found["comparisons"], found["alpha"]) == (6, pytest.approx(0.05 / 6))
    assert [d["judgements"] for d in found["designs"]] == [160, 480, 320, 960]
    _, out, _ = cbt("--difference=0.3", "--systems=4", "--comparisons=18", *QUICK)
    assert (
        "each test rejects at 0.05 / 18, as if all 18 comparisons were the first in Holm's" in out
    )


def test_a_studys_scores_tell_what_varies(study: str) -> None:
    found = planned("--study=done", "--difference=0.2", "--items=100", "--raters=3", study)
    source = found["drawn_from"]
    assert (source["study"], source["criterion"]) == ("done", "relevance")
    assert (source["scores"], source["questions"], source["systems"]) == (1200, 120, 2)
    assert list(source["shares"].values()) == pytest.approx(SCALE.shares, abs=0.1)
    assert source["deviations"]["item_system"] == pytest.approx(0.8, abs=0.25)
    assert source["correlations"] == pytest.approx(source["observed_correlations"], abs=0.01)
    # The power of the population that the study was drawn from, within what one study tells.
    spread = [f"--{name.replace('_', '-')}-sd={sd}" for name, sd in vars(SPREAD).items()]
    true = planned("--difference=0.2", "--items=100", "--raters=3", "--shares=.15,.35,.5", *spread)
    told, held = (each["designs"][0]["power"]["value"] for each in (found, true))
    assert told == pytest.approx(held, abs=0.1)
    _, out, _ = cbt("--study=done", "--difference=0.2", *QUICK, study)
    assert "drawn from what varies in done on relevance (moments of the scores, cut from a" in out
    assert "1,200 scores of 5 raters on answers of 2 systems to 120 questions" in out


def test_of_a_study_alone_it_tells_what_its_own_design_detects(study: str) -> None:
    found = planned("--study=done", "--detectable", study)
    (design,) = found["designs"]
    assert (design["items"], design["raters"], design["judgements"]) == (120, 5, 1200)
    assert 0.08 < design["detectable"]["value"] < 0.25


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_a_picture_and_a_table_for_latex(tmp_path: Path, ending: str) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in ("a", "b")]
    for path in paths:
        code, out, _ = cbt("--difference=0.3", *QUICK, "--latex", f"--picture={path}")
        assert code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert r"\caption{Power to find a difference of 0.3 in mean score, by items and raters" in out
    assert r"items & 1 rater & 3 raters \\" in out
    assert planned("--difference=0.3", *QUICK, "--latex")["latex"] == out.rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say one wish: --difference D, --width W, or --detectable"),
        (["--difference=1", "--width=1"], "say one wish"),
        (["--difference=1", "--of=alpha"], "--of says whose interval is meant"),
        (["--width=1", "--power=0.8"], "does not go with --width"),
        (["--difference=1", "--systems=1"], "two systems or more"),
        (["--difference=0"], "0.0 is not in the range x>0"),
        (["--width=1", "--items=0,5"], "'0,5' are not whole numbers from 1 to 10,000, like 2,3"),
        (["--width=1", "--raters=²"], "not whole numbers from 1 to 100"),
        (["--width=1", "--shares=0.5,0.6"], "which sum to 1"),
        (["--width=1", "--shares=nan,1"], "which sum to 1"),
        (["--width=1", "--shares=a"], "'a' are not shares, like 0.1,0.35,0.55"),
        (["--width=1", "--criterion=c"], "name it with --study"),
        (["--width=1", "--study=s", "--item-sd=1"], "not both"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], said: str) -> None:
    code, out, error = cbt(*arguments)
    assert (code, out) == (2, "")
    assert said in " ".join(error.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--difference=3"], "the means of two systems differ by less than 2 on this scale, not"),
        (["--width=0.1", "--of=alpha", "--raters=1"], "agreement needs two raters or more"),
        (["--width=0.1", "--shares=1,0"], "where all scores are the same, nothing can be planned"),
        (["--width=0.1", "--item-sd=1e300"], "from 0 to 1,000, but item is 1e+300"),
        (["--width=0.1", "--rater-sd=nan"], "from 0 to 1,000, but rater is nan"),
        (["--width=0.1", "--residual-sd=0"], "two ratings of an answer never differ"),
        (["--detectable", "--power=0.01"], "a power to plan with is from 0.5 to below 1, not 0.01"),
        (["--difference=1", "--picture=a.gif"], "end its name with .svg, .png or .pdf"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(arguments: list[str], said: str) -> None:
    code, out, error = cbt(*arguments)
    assert (code, out) == (1, "")
    assert error.startswith("cbt: ")
    assert error.count("\n") == 1
    assert said in error


def test_a_study_or_criterion_that_is_not_there_is_told(study: str) -> None:
    code, out, _ = cbt("--width=1", "--study=other", study, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "not_known")
    code, _, error = cbt("--width=1", "--study=done", "--criterion=tone", study)
    assert (code, error) == (
        1,
        "cbt: tone is no criterion of the study done; it has relevance\n",
    )


def of_file(folder: Path, text: str) -> str:
    path = folder / "small.csv"
    path.write_text(text)
    database = f"--database=sqlite:///{folder / 'store.sqlite'}"
    CliRunner().invoke(main, ["import", "ratings", str(path), "--study", "small", database])
    return database


def test_a_study_of_one_system_tells_no_difference_but_a_means_width(tmp_path: Path) -> None:
    rows = "".join(f"{n},A,{r},{(n * 7 + r) % 3}\n" for n in range(9) for r in range(2))
    database = of_file(tmp_path, "item_id,system,rater,tone\n" + rows)
    code, _, error = cbt("--study=small", "--difference=0.2", database)
    assert code == 1
    assert error == (
        "cbt: the study small has scores of one system on tone, which do not tell how a difference"
        " of two varies; plan with assumed deviations, without --study\n"
    )
    code, out, _ = cbt("--study=small", "--width=0.2", "--of=mean", database)
    assert code == 0
    assert "fewer than 30 questions tell roughly what varies" in out


def test_a_study_that_no_two_raters_share_does_not_tell_what_varies(tmp_path: Path) -> None:
    database = of_file(tmp_path, "item_id,system,rater,tone\n1,A,a,1\n2,A,a,2\n3,A,b,0\n4,B,b,1\n")
    code, _, error = cbt("--study=small", "--difference=0.2", database)
    assert code == 1
    assert error == (
        "cbt: what varies in the scores of small on tone cannot be told: no answer has two scores,"
        " so raters cannot be told from answers; plan with assumed deviations, without --study\n"
    )


def test_a_criterion_that_nobody_scored_is_not_called_one_with_equal_scores(tmp_path: Path) -> None:
    rows = "".join(f"{n},A,{r},1,\n" for n in range(4) for r in range(2))
    database = of_file(tmp_path, "item_id,system,rater,tone,depth\n" + rows)
    _, _, error = cbt("--study=small", "--criterion=depth", "--width=0.2", database)
    assert "on depth cannot be told: nobody has given a score; plan with" in error
    _, _, error = cbt("--study=small", "--criterion=tone", "--width=0.2", database)
    assert "on tone cannot be told: all scores are the same; plan with" in error


def test_an_open_study_is_read_from_either_kind_of_store(live_study: Store) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    options = ("--study=live", "--criterion=structure", "--width=0.4", "--of=mean", *QUICK)
    code, out, error = cbt(*options, f"--database={url}")
    assert code == 0, error
    assert "± of the 90% interval of a system's mean" in out
    assert "the study is still open: what varies in it is preliminary" in out
    assert "secret" not in out
    found = planned(*options, f"--database={url}")
    assert found["comparisons"] == 2  # one pair of systems on two criteria of the frozen family
    assert (found["systems"], found["drawn_from"]["status"]) == (2, "open")


def test_the_page_shows_what_the_command_prints() -> None:
    page = (Path(__file__).parents[4] / "docs" / "planning.md").read_text("utf-8")
    shown = [block.split("```")[0] for block in page.split("```console\n$ cbt power ")[1:]]
    run = [block.split("\n", 1) for block in shown if block.count("\n") > 1]
    assert len(run) == 2
    for arguments, printed in run:
        assert cbt(*arguments.split()) == (0, printed, "")
