"""Numbers and names of tables, pictures and files."""

import doctest

from hypothesis import given, strategies

from pipeline.report.document import naming
from tests.pipeline.report.document import sample


def test_the_examples_hold() -> None:
    assert doctest.testmod(naming).failed == 0


def test_tables_and_pictures_are_numbered_apart_in_the_order_of_the_document() -> None:
    named = naming.labels(sample.document())
    assert {id_: named[id_] for id_ in ("t5", "kappa", "pictures.means", "case.answer")} == {
        "t5": "Table 1",
        "kappa": "Table 2",
        "pictures.means": "Figure 1",
        "case.answer": "Figure 4",
    }
    assert named["results"] == "Systems & scores"


@given(strategies.lists(strategies.text(), unique=True))
def test_every_id_has_a_file_name_of_its_own_on_every_system(ids: list[str]) -> None:
    names = naming.distinct(ids)
    assert list(names) == ids
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for name in names.values():
        assert name
        assert not set(name) & set('/\\:*?"<>| \n\0')
        assert not name.startswith(".")


@given(strategies.text(strategies.characters()))
def test_what_can_be_printed_has_no_character_that_xml_forbids(text: str) -> None:
    shown = naming.printable(text)
    assert len(shown) == len(text)
    allowed = all(
        mark in "\t\n" or " " <= mark <= "\ud7ff" or "\ue000" <= mark <= "\ufffd" or mark > "\uffff"
        for mark in shown
    )
    assert allowed
