from typing import Any

from annotate_app.services import study_texts
from annotate_app.services.study_texts import Label
from db import label_sets
from tests.annotate_app.conftest import Made

OLD = {
    "id": "old",
    "name": {"zh": "旧名", "en": "Old name"},
    "aliases": {"zh": ["别名"], "en": []},
    "definition": {"zh": "定义", "en": "Definition"},
    "boundary": {"zh": "界限", "en": "Boundary"},
    "examples": {"zh": ["例一", ""], "en": ["One", "Two"]},
    "near_miss": {"zh": "不算", "en": "Not one"},
}


def labels_of(made: Made, *labels: dict[str, Any]) -> dict[Any, tuple[Label, ...]]:
    with made.store.writing() as session:
        kept = label_sets.find_or_add(
            session, name="n", version="v", labels=labels, content_hash="h"
        )
        return study_texts.labels(session, kept.id)


def test_labels_come_in_both_languages_as_the_store_keeps_them(made_sqlite: Made) -> None:
    found = labels_of(made_sqlite, OLD)
    assert found["zh"] == (Label("old", "旧名", "定义", "界限", ("例一",), "不算"),)
    assert found["en"] == (
        Label("old", "Old name", "Definition", "Boundary", ("One", "Two"), "Not one"),
    )


def test_a_label_from_outside_has_nothing_but_its_name(made_sqlite: Made) -> None:
    found = labels_of(made_sqlite, {"id": "思维反刍"})
    assert found["zh"] == found["en"] == (Label("思维反刍", "思维反刍", "", "", (), ""),)


def test_a_study_without_labels_has_none(made_sqlite: Made) -> None:
    with made_sqlite.store.reading() as session:
        assert study_texts.labels(session, None) == {"zh": (), "en": ()}
