"""The mixed model in a report: the primary criterion's, as the command gives it."""

from pathlib import Path

from db.engine import Store
from pipeline.report.document.blocks import Heading
from tests.pipeline.report.conftest import Told
from tests.pipeline.report.studies import imported_study, tables, told


def test_the_primary_criterion_has_effects_of_systems_and_raters_with_tests(pilot: Told) -> None:
    table = tables(pilot.document)["mixed-model"]
    systems, raters, deviations = table.groups
    effects = [float(str(row[1].values[0])) for row in systems.rows[:-1]]
    assert abs(sum(effects)) < 1e-6  # they sum to 0
    assert len(raters.rows) == 3 + 1
    assert [row[0].text for row in deviations.rows] == [
        "questions",
        "answers beside their questions",
    ]
    p = pilot.context.sources.told["model.helpfulness.systems.p"]
    assert p.command.endswith("--criterion helpfulness --model --json")
    assert p.at == "/criteria/helpfulness/model/system_test/p"
    assert p.n == 72
    assert "cumulative logit model" in table.notes[0]


def test_one_system_has_no_effects_and_labels_no_model(
    sqlite_store: Store, tmp_path: Path, labels: Told
) -> None:
    imported_study(sqlite_store, tmp_path, systems=("A",), items=12)
    _, document, _ = told(sqlite_store, "paper")
    found = tables(document)
    assert "mixed-model" not in found or found["mixed-model"].groups[0].rows
    headings = [block.id for block in labels.document.blocks if isinstance(block, Heading)]
    assert "model" not in headings
