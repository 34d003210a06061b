"""`cbt agreement` as a user runs it: the contract, both kinds of studies, both kinds of stores."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.adjudication import AdjudicationOf
from pipeline.adjudication import run as adjudicated
from pipeline.cli.main import main
from tests.pipeline.imported import import_scores, rows_of
from tests.pipeline.labels import give, make_label_study
from tests.pipeline.stats.oracles import O6_UNITS

INTERVAL = {"value", "low", "high", "level", "method"}
UNITS = [f"{unit:.<5}" for unit in O6_UNITS.split()]  # Gwet's raw5obser (ORACLES.md, O6)
NAMES = {
    ("percent_agreement", "identity"),
    ("krippendorff_alpha", "nominal"),
    ("krippendorff_alpha", "ordinal"),
    ("krippendorff_alpha", "interval"),
    ("gwet_ac1", "identity"),
    ("gwet_ac2", "quadratic"),
    ("fleiss_kappa", "identity"),
    ("conger_kappa", "identity"),
    ("icc_1", "interval"),
    ("icc_a_1", "interval"),
    ("icc_a_k", "interval"),
    ("icc_c_1", "interval"),
    ("icc_c_k", "interval"),
}


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ("agreement", *arguments))
    return done.exit_code, done.stdout, done.stderr


def of(store: Store) -> str:
    return f"--database={store.engine.url.render_as_string(hide_password=False)}"


def as_json(*arguments: str) -> dict[str, Any]:
    code, out, _ = cbt(*arguments, "--json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


def is_figure(found: dict[str, Any]) -> bool:
    """Say whether an object is the contract's interval, or says why there is none."""
    if found["value"] is None:
        return bool(found["code"] and found["reason"])
    told = set(found) >= INTERVAL
    return told and (found["low"] is not None or bool(found["code"] and found["reason"]))


def test_the_contract_holds_on_both_kinds_of_stores(store: Store, tmp_path: Path) -> None:
    import_scores(store, tmp_path, rows_of(UNITS), highest=3)
    found = as_json("--study", "outside", of(store))
    assert found["study"] == "outside"
    relevance = found["criteria"]["relevance"]
    counts = [relevance[key] for key in ("items", "raters", "judgements", "missing")]
    assert counts == [15, 5, 58, 0]
    by_name = {(each["name"], each["metric"]): each for each in relevance["coefficients"]}
    assert set(by_name) >= NAMES
    assert all(is_figure(each) and each["n"] >= 0 for each in by_name.values())
    assert by_name["krippendorff_alpha", "ordinal"]["value"] == pytest.approx(0.768685, abs=5e-7)
    assert by_name["gwet_ac2", "quadratic"]["value"] == pytest.approx(0.83043, abs=5e-6)
    # R irrCAC's standard errors of AC2, quadratic, and AC1 (O6).
    assert by_name["gwet_ac2", "quadratic"]["standard_error"] == pytest.approx(0.05825, abs=5e-6)
    assert by_name["gwet_ac1", "identity"]["standard_error"] == pytest.approx(0.12197, abs=5e-6)
    assert "raters held fixed" in by_name["gwet_ac2", "quadratic"]["method"]
    assert by_name["icc_1", "interval"]["code"] == "no_complete_items"
    for pair in relevance["pairs"]:
        for name in ("kappa", "kappa_linear", "kappa_quadratic"):
            assert isinstance(pair[name], float) or is_figure(pair[name])
            assert is_figure(pair["intervals"][name])
    assert len(relevance["pairs"]) == 10


def test_what_more_is_told_has_its_place(sqlite_store: Store, tmp_path: Path) -> None:
    groups = ("student",) * 3 + ("therapist",) * 2
    import_scores(sqlite_store, tmp_path, rows_of(UNITS, groups=groups), highest=3)
    found = as_json("--study", "outside", of(sqlite_store), "--against", "therapist")
    relevance = found["criteria"]["relevance"]
    categories = relevance["categories"]
    assert categories["levels"] == ["0", "1", "2", "3"]
    assert sum(categories["share"].values()) == pytest.approx(1)
    assert [each["n"] for each in categories["raters"]] == [13, 14, 15, 8, 8]
    assert len(relevance["leave_one_out"]) == 10
    assert all(is_figure(each) for each in relevance["leave_one_out"])
    assert relevance["repeats"]["percent_agreement"]["code"] == "no_repeats"
    assert [each["group"] for each in relevance["groups"]["within"]] == ["student", "therapist"]
    assert is_figure(relevance["groups"]["between"][0]["kappa_weighted"])
    assert relevance["planning"] is None
    assert {"few_items", "complete_cases"} <= {each["code"] for each in relevance["warnings"]}
    assert [each["category"] for each in relevance["category_kappas"]] == ["0", "1", "2", "3"]
    against = found["against"]
    assert (against["kind"], against["same_items"]) == ("group", True)
    assert {each["a"] for each in against["differences"]} == {"student"}


def test_a_pair_that_shares_no_item_says_so(sqlite_store: Store, tmp_path: Path) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(["22.", "1.1", "00.", "2.1"]))
    pairs = as_json("--study", "outside", of(sqlite_store))["criteria"]["relevance"]["pairs"]
    (apart,) = [pair for pair in pairs if pair["n"] == 0]
    for name in ("kappa", "kappa_linear", "kappa_quadratic", "prevalence_index", "pabak"):
        assert (apart[name]["value"], apart[name]["code"]) == (None, "no_pairs")


def test_a_person_reads_the_overview_first_and_then_each_criterion(
    sqlite_store: Store, tmp_path: Path
) -> None:
    rows = [*rows_of(UNITS), *rows_of(UNITS, criterion="structure")]
    import_scores(sqlite_store, tmp_path, rows, highest=3)
    code, out, _ = cbt("--study", "outside", of(sqlite_store))
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "study outside, closed: 5 raters, 15 items"
    assert lines[2] == "relevance structure"
    assert lines[4].startswith("Krippendorff's alpha (ordinal) 0.77 (")
    counts = "5 raters, 15 items with 3 to 5 scores each, 15 with two or more; 58 scores given"
    assert f"relevance: {counts}, 0 missing" in lines
    assert any(line.startswith("Krippendorff's alpha ordinal (ranks) 0.769") for line in lines)
    assert any(line.startswith("Gwet's AC2 quadratic weights 0.830") for line in lines)
    assert "Cohen's kappa, unweighted r0 r1 r2 r3 r4" in lines
    assert "Cohen's kappa, quadratic weights r0 r1 r2 r3 r4" in lines
    assert "raters with themselves: nobody scored both an item and its repeat" in out
    assert '"-" stands where only one item was rated by all 5 raters' in out
    assert "raters held fixed" in out
    assert "three things are called ordinal" in out
    assert "research only" in out
    assert "preliminary" not in out


def test_of_many_raters_a_person_reads_the_extremes(sqlite_store: Store, tmp_path: Path) -> None:
    # 21 raters agree but for the last, who turns the scale round: kappa is 1 - 24 / 12 with them.
    units = [f"{score}" * 20 + f"{2 - score}" for score in (0, 1, 2, 2, 0, 1, 0, 2)]
    import_scores(sqlite_store, tmp_path, rows_of(units))
    code, out, _ = cbt("--study", "outside", of(sqlite_store))
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert "Cohen's kappa of 210 pairs lowest median highest" in lines
    assert "quadratic weights -1.000 1.000 1.000" in lines
    (lowest,) = [line for line in lines if line.startswith("lowest (quadratic weights): ")]
    assert lowest.count("r20") == 5
    assert "210 pairs of raters are too many for intervals, 190 (20 raters)" in out
    assert "--group takes some" in out
    first = lines[next(n for n, line in enumerate(lines) if line.startswith("without ")) + 1]
    assert first.startswith("r20 Krippendorff's alpha (ordinal) 1.000")
    assert "… and 9 more raters (--json lists them all)" in lines


def test_a_criterion_without_scores_is_one_sentence_and_no_table(
    sqlite_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "scores.csv"
    rows = "".join(f"{n},A,{r},{(n + r) % 3},\n" for n in range(4) for r in range(2))
    path.write_text(f"item_id,system,rater,tone,depth\n{rows}", "utf-8")
    words = ("import", "ratings", str(path), "--study", "half", of(sqlite_store))
    assert CliRunner().invoke(main, words).exit_code == 0
    _, out, _ = cbt("--study=half", of(sqlite_store))
    told = out[out.index("\ndepth: ") :].strip().splitlines()
    assert told[0] == "depth: nobody has given a score, 8 missing; there is nothing to compare"
    assert told[1] == ""
    assert not [line for line in told if line.startswith("Krippendorff's")]


def test_a_running_study_says_so_and_what_would_narrow_its_intervals(live_study: Store) -> None:
    code, out, _ = cbt("--study", "live", of(live_study))
    assert code == 0
    assert "secret" not in out
    assert "the study is still open: these figures are preliminary" in out
    assert "Krippendorff's alpha (ordinal) " in out
    assert "more doubly rated items" in out or "cannot be told" in out
    assert "left out: 2 judgements of repeats (which tell of raters with themselves), 2 of" in out
    planning = as_json("--study", "live", of(live_study))["criteria"]["relevance"]["planning"]
    assert (planning["name"], planning["metric"]) == ("krippendorff_alpha", "ordinal")
    assert planning["text"] in out


def test_latex_and_pictures_come_with_the_figures(sqlite_store: Store, tmp_path: Path) -> None:
    import_scores(sqlite_store, tmp_path, rows_of(UNITS, criterion="a_b"), highest=3)
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for picture in pictures:
        code, out, _ = cbt(
            "--study", "outside", of(sqlite_store), "--latex", "--picture", str(picture)
        )
        assert code == 0
        assert r"\toprule" in out
        assert r"a\_b \\" in out
        assert "Gwet's AC2, quadratic weights & 0.83 (" in out
        assert "ICC" not in out  # nothing to tell: one complete item
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    found = as_json("--study", "outside", of(sqlite_store), "--latex")
    assert found["latex"] == out.rstrip("\n")
    code, _, said = cbt("--study", "outside", of(sqlite_store), "--picture", "a.gif")
    assert (code, "end its name with" in said) == (1, True)


@pytest.fixture
def labelled(store: Store) -> Store:
    """Two labellers of five questions; on one they differ in presence, on one in labels."""
    make_label_study(store, questions=5, system="secret")
    votes = {
        "li": ["yes", "yes", "no", "no", "cannot_tell"],
        "wang": ["yes", "yes", "no", "yes", "no"],
    }
    labels = {"li": ["labeling"], "wang": ["mind_reading"]}
    for username, given in votes.items():
        for place, presence in enumerate(given, start=1):
            own = ["labeling"] if place == 1 else labels[username]
            give(store, "labels", username, place, presence, own if presence == "yes" else [])  # type: ignore[arg-type]
    return store


def test_labellers_of_distortions_agree_in_presence_and_in_sets(labelled: Store) -> None:
    found = as_json("--study", "labels", of(labelled))
    presence = found["criteria"]["presence"]
    assert (found["kind"], presence["items"], presence["judgements"]) == ("distortion", 5, 10)
    by_name = {(each["name"], each["metric"]): each for each in presence["coefficients"]}
    assert by_name["percent_agreement", "identity"]["value"] == 3 / 5
    assert ("krippendorff_alpha", "ordinal") not in by_name
    assert presence["categories"]["levels"] == ["yes", "no", "cannot tell"]
    assert presence["categories"]["mean"] is None
    (pair,) = presence["pairs"]
    assert pair["kappa_linear"]["code"] == "no_order"
    # Sets of the four items that both can tell: {a} {a}, {a} {b}, {} {}, {} {b}.
    sets = {(each["name"], each["metric"]): each for each in found["labels"]["coefficients"]}
    assert sets["percent_agreement", "equal sets"]["value"] == 2 / 4
    # 3 {a}, 2 {b}, 3 {}: 21 * 2 of 56 ordered pairs differ, 2 * 2 of 8 within items.
    masi = 1 - (4 / 8) / (42 / 56)
    assert sets["krippendorff_alpha", "masi"]["value"] == pytest.approx(masi)
    assert sets["krippendorff_alpha", "jaccard"]["value"] == pytest.approx(masi)
    of_label = {each["label"]: each for each in found["labels"]["labels"]}
    assert (of_label["labeling"]["votes"], of_label["labeling"]["n"]) == (3, 4)
    _, out, _ = cbt("--study", "labels", of(labelled), "--latex")
    assert "Sets of labels: Krippendorff's alpha, MASI & 0.33" in out
    _, out, _ = cbt("--study", "labels", of(labelled))
    assert "presence: 2 raters, 5 items with 2 answers each" in out
    assert "for MASI and Jaccard two empty sets are 0 apart" in out
    assert "secret" not in out


def test_leads_read_the_same_figures_of_the_same_votes(labelled: Store) -> None:
    found = as_json("--study", "labels", of(labelled))
    before = adjudicated(labelled, AdjudicationOf("labels")).before
    presence = found["criteria"]["presence"]
    by_name = {(each["name"], each["metric"]): each for each in presence["coefficients"]}
    same = {
        "percent_agreement": by_name["percent_agreement", "identity"],
        "alpha_nominal": by_name["krippendorff_alpha", "nominal"],
        "cohen_kappa": presence["pairs"][0]["intervals"]["kappa"],
    }
    for name, figure in same.items():
        estimate = before.presence[name]
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
            (figure["value"], figure["low"], figure["high"]), abs=1e-12
        )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--study", "other"), "not_known"),
        (("--study", "labels", "--criterion", "tone"), "not_known"),
        (("--study", "labels", "--group", "nurse"), "not_known"),
        (("--study", "labels", "--weights", "linear"), "not_allowed"),
        (("--study", "labels", "--against", "tone"), "not_known"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(
    sqlite_store: Store, options: tuple[str, ...], code: str
) -> None:
    make_label_study(sqlite_store, questions=1)
    for username in ("li", "wang"):
        give(sqlite_store, "labels", username, 1, "yes")
    status, out, _ = cbt(*options, of(sqlite_store), "--json")
    error = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    status, out, said = cbt(*options, of(sqlite_store))
    assert (status, out, said) == (1, "", f"cbt: {error['message']}\n")


def test_weights_that_there_are_not_are_wrong_usage() -> None:
    status, _, said = cbt("--study", "x", "--weights", "cubic")
    assert status == 2
    assert "quadratic" in said
