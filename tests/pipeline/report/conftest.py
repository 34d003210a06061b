"""Reports that several tests read, each made once; a test that changes a study makes its own."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.engine import Store
from pipeline.report.context import Context
from pipeline.report.datasheet.questions import Datasheet
from pipeline.report.document.blocks import Document
from tests.conftest import connect
from tests.pipeline.report.studies import imported_study, label_study, rating_study, told


@dataclass(frozen=True)
class Told:
    """What a report of a study tells, and the store that the study is in."""

    store: Store
    context: Context
    document: Document
    sheet: Datasheet


@pytest.fixture(scope="session")
def shared_store(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Store]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("reports") / "store.sqlite")
    made = connect(f"sqlite:///{path}")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def pilot(shared_store: Store) -> Told:
    """A closed, unblinded study done here: 2 systems, 12 questions, 3 raters, 2 repeats."""
    return Told(shared_store, *told(shared_store, rating_study(shared_store)))


@pytest.fixture(scope="session")
def paper(shared_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """An imported study: the systems A and 系统 B, 8 items, 3 raters; nobody scored structure."""
    folder = tmp_path_factory.mktemp("paper")
    name = imported_study(shared_store, folder, items=8, silent=("structure",))
    return Told(shared_store, *told(shared_store, name))


@pytest.fixture(scope="session")
def labels(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Told]:
    """A closed study of labels of 8 answers of a system that is not named yet."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("labels") / "store.sqlite")
    made = connect(f"sqlite:///{path}")
    yield Told(made, *told(made, label_study(made)))
    made.engine.dispose()
