"""`cbt report` as a user runs it: one folder, whole, the same twice, blinded until unblinding."""

import hashlib
import json
import random
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner

from db.engine import Store
from pipeline.cli.main import main
from tests.pipeline.report.document.shown import Shown


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The option that names a store with the study "paper": 3 systems × 12 items × 3 raters."""
    path = tmp_path_factory.mktemp("report") / "ratings.csv"
    draw = random.Random(3)  # noqa: S311
    rows = ["item,system,rater,criterion,value"]
    for item in range(12):
        for system in ("系统甲", "B & <b>", "=C"):
            rows += [
                f"{item},{system},r{rater},{criterion},{draw.choice('0122')}"
                for rater in range(3)
                for criterion in ("relevance", "好懂")
            ]
    path.write_text("\n".join(rows), "utf-8")
    database = f"--database=sqlite:///{path.with_name('store.sqlite')}"
    code, _, said = cbt("import", "ratings", str(path), "--study", "paper", database)
    assert code == 0, said
    return database


@pytest.fixture(scope="module")
def done(imported: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A report's folder, and what its writing printed and said meanwhile."""
    out = tmp_path_factory.mktemp("written") / "report"
    code, printed, said = cbt("report", "--study", "paper", "--out", str(out), imported)
    assert code == 0, said
    return out, printed, said


@pytest.fixture(scope="module")
def written(done: tuple[Path, str, str]) -> Path:
    return done[0]


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_holds_every_format_and_lists_itself(written: Path) -> None:
    found = hashes(written)
    assert {
        *("report.html", "report.docx", "report.tex", "report.md", "report.json", "figures.csv"),
        *("ratings.csv", "datasheet.json", "datasheet.md", "datasheet.tex", "manifest.json"),
        *("tables/t5.csv", "tables/t5.tex", "pictures/means.svg", "pictures/means.pdf"),
    } <= found.keys()
    manifest = json.loads((written / "manifest.json").read_text("utf-8"))
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        name: hash_ for name, hash_ in found.items() if name != "manifest.json"
    }
    assert (manifest["study"], manifest["seed"]) == ("paper", 0)
    assert manifest["command"] == "cbt report --study paper --out DIR"


def test_replaced_and_elsewhere_it_is_the_same_bytes_and_names_no_place(
    imported: str, written: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    shutil.copytree(written, out)
    (out / "report.html").unlink()
    options = ("--study", "paper", "--out", str(out), "--replace", "--json", imported)
    code, printed, _ = cbt("report", *options)
    assert code == 0
    assert hashes(out) == hashes(written)
    paths = json.loads(printed)["written"]
    assert {Path(path).relative_to(out).as_posix() for path in paths} == hashes(out).keys()
    for name in ("report.html", "report.md", "report.tex", "report.json", "manifest.json"):
        assert str(written.parent) not in (written / name).read_text("utf-8")


def test_a_person_reads_what_is_in_the_folder_and_what_to_open_first(
    done: tuple[Path, str, str],
) -> None:
    _, printed, said = done
    lines = printed.splitlines()
    assert lines[0].startswith("wrote ")
    assert lines[1].split(maxsplit=1) == [
        "report.html",
        "the whole report as one page for a browser; open this first",
    ]
    assert lines[-1].startswith("for research only")
    assert "drawing the pictures" in said


def test_every_format_tells_the_same_figures_of_every_system(written: Path) -> None:
    table = json.loads((written / "report.json").read_text("utf-8"))
    means = {
        id_: figure["value"]
        for id_, figure in table["figures"].items()
        if id_.startswith("t5.") and id_.endswith(".mean")
    }
    assert len(means) == 3 * 2
    page = Shown((written / "report.html").read_text("utf-8"))
    word = docx.Document(str(written / "report.docx"))
    cells = {cell.text for each in word.tables for row in each.rows for cell in row.cells}
    for system in ("系统甲", "B & <b>", "=C"):
        assert system in page.all("main")[0].text
        assert system in cells
    assert "research" in page.all("p", class_="notice")[0].text
    for value in means.values():
        assert f"{value:.3f}" in page.text


def test_systems_have_codes_until_unblinding_on_either_kind_of_store(
    live_study: Store, tmp_path: Path
) -> None:
    url = live_study.engine.url.render_as_string(hide_password=False)
    out = tmp_path / "live"
    code, printed, said = cbt("report", "--study", "live", "--out", str(out), f"--database={url}")
    assert code == 0, said
    assert "until 'cbt study unblind', systems are shown by code" in printed
    assert "the study is still open: these figures are preliminary" in printed
    for path in out.rglob("*"):
        if path.is_file():
            assert b"secret-" not in path.read_bytes()
    word = docx.Document(str(out / "report.docx"))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert not any("secret" in text for text in texts)


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--study", "other", "--out", "new"], "not_known", "no study other"),
        (
            ["--study", "paper", "--out", "full"],
            "already_known",
            "is there already and is not empty",
        ),
        (["--study", "paper", "--out", "full", "--replace"], "not_allowed", "no report's manifest"),
        (["--study", "paper", "--out", "none/new"], "not_written", "there is no folder"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_and_nothing_is_left(
    imported: str, tmp_path: Path, options: list[str], code: str, says: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    before = hashes(tmp_path)
    at = options.index("--out") + 1
    given = [*options[:at], str(tmp_path / options[at]), *options[at + 1 :]]
    status, printed, _ = cbt("report", *given, imported, "--json")
    error: dict[str, Any] = json.loads(printed)["error"]
    assert (status, error["code"]) == (1, code)
    assert says in error["message"]
    assert hashes(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_an_interrupt_leaves_nothing(
    imported: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.cli.report import report

    def interrupt(message: str) -> None:
        if message == "working out agreement":
            raise KeyboardInterrupt

    monkeypatch.setattr(report, "say", interrupt)
    code, _, _ = cbt("report", "--study", "paper", "--out", str(tmp_path / "new"), imported)
    assert code == 130
    assert list(tmp_path.iterdir()) == []
