"""`cbt results` as a user runs it; the paper's Table 5 from its sums, in two commands."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main

CRITERIA = ("relevance", "structure", "helpfulness")
SUMS = {"Alpaca-Chinese-7B": (866, 754, 704), "Baichuan-7B": (867, 822, 716)}
METHOD = "bootstrap BCa, 10000 resamples of questions, raters held fixed, seed 0"
TABLE_5 = {"Alpaca-Chinese-7B": (1.732, 1.508, 1.408), "Baichuan-7B": (1.734, 1.644, 1.432)}


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.stdout, done.stderr


def scores(total: int, *, seed: int) -> list[int]:
    """500 scores from 0 to 2 with a given sum."""
    points = random.Random(seed).sample(range(1000), k=total)  # noqa: S311
    counted = [0] * 500
    for point in points:
        counted[point // 2] += 1
    return counted


@pytest.fixture
def table_5(tmp_path: Path) -> str:
    """The options that name a store with 5 raters × 100 items × 2 systems, imported as a user."""
    path = tmp_path / "ratings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "system", "rater", "criterion", "value"])
        for system, sums in SUMS.items():
            for criterion, total in zip(CRITERIA, sums, strict=True):
                for number, score in enumerate(scores(total, seed=total)):
                    row = [number // 5, system, f"rater {number % 5}", criterion, score]
                    writer.writerow(row)
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    code, out, _ = cbt("import", "ratings", str(path), "--study", "paper", database, "--json")
    assert (code, json.loads(out)["added"]) == (0, 3000)
    return database


def test_the_papers_sums_give_its_table_5_to_the_last_digit(table_5: str) -> None:
    code, out, _ = cbt("results", "--study", "paper", table_5, "--json")
    assert code == 0
    criteria = json.loads(out)["criteria"]
    for place, criterion in enumerate(CRITERIA):
        for system in criteria[criterion]["systems"]:
            assert system["mean"] == system["value"] == TABLE_5[system["system"]][place]
            assert (system["n"], system["items"], system["missing"]) == (500, 100, 0)
            assert sum(system["share"].values()) == pytest.approx(1)
            assert set(system["share"]) == {"0", "1", "2"}
            assert system["low"] < system["mean"] < system["high"]
            assert (system["level"], system["method"]) == (0.95, METHOD)


def test_a_person_reads_table_5_with_n_interval_shares_and_the_method(table_5: str) -> None:
    code, out, _ = cbt("results", "--study", "paper", table_5)
    lines = out.splitlines()
    assert code == 0
    assert lines[2:5] == [
        "mean               relevance  structure  helpfulness",
        "Alpaca-Chinese-7B      1.732      1.508        1.408",
        "Baichuan-7B            1.734      1.644        1.432",
    ]
    heading = "relevance n mean 95% interval share 0 share 1 share 2 missing rank P(best)"
    assert " ".join(lines[6].split()) == heading
    heading = "relevance: pairs mean difference 95% interval p p (Holm) net questions"
    assert " ".join(lines[10].split()) == heading
    assert lines[11].split()[:4] == ["Alpaca-Chinese-7B", "−", "Baichuan-7B", "-0.002"]
    assert f"intervals ({METHOD}) say how figures would vary over other questions" in out
    assert "here they equal the differences of the means above" in out
    assert (
        "p is two-sided (sign-flip, exact, question by question); p (Holm) is adjusted for the 3"
        " tests of the family (relevance, structure, helpfulness; primary: relevance)"
    ) in out
    assert "the study was imported, so its family is all that the file has" in out
    assert "research only" in out
    assert "until" not in out


def test_codes_stand_for_systems_until_unblinding_and_the_output_says_so(
    live_study: Store,
) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    code, out, _ = cbt("results", "--study", "live", "--group", "student", f"--database={url}")
    assert code == 0
    assert "secret" not in out
    assert "until 'cbt study unblind', systems are shown by code" in out
    assert "left out: 1 judgement of repeats, 1 of calibration items" in out


def test_an_interval_that_cannot_be_told_is_null_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,好懂\n1,系统甲,r,2\n1,系统甲,s,1\n1,B,r,\n1,B,s,\n")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "small", database)
    _, out, _ = cbt("results", "--study", "small", database, "--json")
    one, none = json.loads(out)["criteria"]["好懂"]["systems"]
    assert (one["value"], one["low"], one["high"], one["code"]) == (1.5, None, None, "one_question")
    assert (none["value"], none["mean"], none["n"], none["code"]) == (None, None, 0, "no_scores")
    assert none["missing"] == 2
    _, out, _ = cbt("results", "--study", "small", database)
    assert out.splitlines()[2:5] == ["mean     好懂", "系统甲  1.500", "B           -"]
    assert '"-" stands where one question does not tell how questions differ' in out
    assert '"-" stands where no question has scores of both' in out


@pytest.mark.parametrize(
    ("study", "group", "code"),
    [("other", None, "not_known"), ("paper", "nurse", "not_known")],
)
def test_what_is_not_there_is_said_in_one_sentence(
    table_5: str, study: str, group: str | None, code: str
) -> None:
    options = ["--group", group] if group else []
    status, out, _ = cbt("results", "--study", study, *options, table_5, "--json")
    error: dict[str, Any] = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    status, out, said = cbt("results", "--study", study, *options, table_5)
    assert (status, out, said) == (1, "", f"cbt: {error['message']}\n")


def test_what_was_assigned_is_told_where_not_all_of_it_has_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rel\n1,A,r,2\n1,A,s,\n2,A,r,1\n")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "small", database)
    _, out, _ = cbt("results", "--study", "small", database)
    assert out.startswith("study small: raters 1 of 2 assigned, questions 2, items 2\n")
    _, out, _ = cbt("results", "--study", "small", database, "--json")
    found = json.loads(out)
    assert (found["raters"], found["assigned"]["raters"], found["items"]) == (1, 2, 2)


def test_a_criterion_that_nobody_scored_is_one_sentence_and_no_table(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("item,system,rater,relevance,structure\na,x,r,1,\na,y,r,2,\n", "utf-8")
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    assert cbt("import", "ratings", str(path), "--study", "half", database)[0] == 0
    out = cbt("results", "--study", "half", database)[1]
    assert "structure: nobody has given a score, 2 missing\n" in out
    assert "relevance: pairs" in out
    assert "structure: pairs" not in out


def test_figures_that_say_little_say_so(live_study: Store) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    code, out, _ = cbt("results", "--study", "live", "--database", url)
    assert code == 0
    assert "the study is still open: these figures are preliminary" in out
    assert '"-" stands where 3 questions are too few for a 90% interval, 5 would be enough' in out
    assert "fewer than 3 raters, so descriptive only: student (1), therapist (1)" in out
    assert "-0.000" not in out
    _, out, _ = cbt("results", "--study", "live", "--group", "student", "--database", url)
    assert "one rater only: these are the views of one person" in out
    assert "p of the group student alone is exploratory" in out


def test_the_contract_has_differences_ranks_and_the_family(table_5: str) -> None:
    _, out, _ = cbt("results", "--study", "paper", table_5, "--json")
    found = json.loads(out)
    assert found["family"] == {
        "criteria": list(CRITERIA),
        "primary": "relevance",
        "tests": 3,
        "frozen": False,
        "method": "Holm",
    }
    for place, criterion in enumerate(CRITERIA):
        of = found["criteria"][criterion]
        (difference,) = of["differences"]
        first, other = (each["system"] for each in of["systems"])
        assert (difference["a"], difference["b"]) == (first, other)
        expected = (SUMS[first][place] - SUMS[other][place]) / 500
        assert difference["value"] == pytest.approx(expected, abs=1e-15)
        assert difference["low"] < difference["value"] < difference["high"]
        assert (difference["test"], difference["method"]) == ("sign-flip, exact", METHOD)
        assert difference["balanced"]
        assert difference["even"]
        assert difference["n_pairs"] == sum(difference[k] for k in ("wins", "losses", "ties"))
        assert 0 < difference["p"] <= difference["p_holm"] <= 1
        assert sum(each["p_best"] for each in of["ranks"]) == pytest.approx(1)
        assert {each["system"] for each in of["ranks"]} == {first, other}
    again = cbt("results", "--study", "paper", table_5, "--json")[1]
    assert again == out


def test_means_and_differences_are_drawn_and_printed_for_latex(
    table_5: str, tmp_path: Path
) -> None:
    picture = tmp_path / "table5.svg"
    code, out, _ = cbt("results", "--study", "paper", table_5, "--latex", f"--picture={picture}")
    assert code == 0
    assert r"Alpaca-Chinese-7B & 1.732 (1." in out
    assert out.count(r"\begin{tabular}") == 2
    assert r"structure: Alpaca-Chinese-7B minus Baichuan-7B & -0.136 (-0." in out
    drawn = picture.read_bytes()
    assert b"Differences" in drawn
    cbt("results", "--study", "paper", table_5, f"--picture={picture}")
    assert picture.read_bytes() == drawn
    code, _, said = cbt("results", "--study", "paper", table_5, "--picture=a.txt")
    assert (code, "does not say which kind of picture it is" in said) == (1, True)


def test_groups_and_the_model_are_told_where_they_are_asked_for(tmp_path: Path) -> None:
    dice = random.Random(3)  # noqa: S311
    lines = [
        f"{item},{system},{group}{rater},{group},{dice.choice('0122' if system == 'A' else '0012')}"
        for item in range(20)
        for system in "AB"
        for group, raters in (("student", 3), ("therapist", 1))
        for rater in range(raters)
    ]
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rater_group,rel\n" + "\n".join(lines))
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "two", database)
    code, out, _ = cbt("results", "--study", "two", database, "--model", "--json")
    assert code == 0
    found = json.loads(out)
    assert [(g["group"], g["raters"], g["descriptive_only"]) for g in found["groups"]] == [
        ("student", 3, False),
        ("therapist", 1, True),
    ]
    apart = found["group_differences"]["rel"][0]
    assert (apart["a"], apart["b"], apart["code"]) == ("student", "therapist", "few_raters")
    model = found["criteria"]["rel"]["model"]
    assert [each["system"] for each in model["systems"]] == ["A", "B"]
    assert [each["rater"] for each in model["raters"]][3] == "therapist0"
    assert model["differences"][0]["low"] < model["differences"][0]["value"]
    assert 0 <= model["system_test"]["p"] <= 1
    _, out, _ = cbt("results", "--study", "two", database, "--model")
    assert "student − therapist" in out
    assert "all systems alike" in out
    assert "groups of raters are described and not tested" in out


def test_a_dash_of_the_model_and_systems_without_a_common_question_are_explained(
    tmp_path: Path,
) -> None:
    dice = random.Random(3)  # noqa: S311
    lines = [f"{n},{'AB'[n % 2]},r{r},{2 if n % 2 else dice.choice('012')}"
             for n in range(24) for r in range(2)]  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rel\n" + "\n".join(lines))
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "apart", database)
    _, out, _ = cbt("results", "--study", "apart", database, "--model")
    assert '"-" stands where all scores are the highest, so the effect has no bound' in out
    assert '"-" stands where the effects of all others have no bound' in out
    assert '"-" stands where no question has scores of both' in out
    assert "equal the differences" not in out


def test_one_system_alone_is_described_and_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rel\n" + "".join(f"{n},A,r,{n % 3}\n" for n in range(9)))
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "alone", database)
    code, out, _ = cbt("results", "--study", "alone", database)
    assert code == 0
    assert "there is one system only, so there are no differences and no ranks" in out
    assert "with 9 questions the intervals are somewhat too narrow; 30 or more would do" in out
    assert "P(best)" not in out
    _, out, _ = cbt("results", "--study", "alone", database, "--latex")
    assert out.count(r"\begin{tabular}") == 1


def test_a_design_with_gaps_says_where_differences_are_not_those_of_the_means(
    tmp_path: Path,
) -> None:
    dice = random.Random(4)  # noqa: S311
    lines = [f"{n},{s},r{r},{dice.choice('0122')}" for n in range(12) for s in "AB"
             for r in range(3) if (n + r) % 4 or s == "A"]  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_text("item_id,system,rater,rel\n" + "\n".join(lines))
    database = f"--database=sqlite:///{tmp_path / 'store.sqlite'}"
    cbt("import", "ratings", str(path), "--study", "gaps", database)
    _, out, _ = cbt("results", "--study", "gaps", database)
    assert "they do not equal the differences of the means above for A − B on rel" in out
    assert "p is approximate for 1 of 1 pair: some questions have more scores of one system" in out
    _, out, _ = cbt("results", "--study", "gaps", database, "--json")
    (difference,) = json.loads(out)["criteria"]["rel"]["differences"]
    assert not difference["balanced"]
    assert difference["difference_of_means"] != pytest.approx(difference["value"], abs=1e-6)
    assert difference["test"] == "sign-flip, exact"
    assert not difference["even"]
