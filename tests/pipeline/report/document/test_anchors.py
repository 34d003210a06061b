"""The places of a page that links lead to."""

import doctest
import re

from hypothesis import given, strategies

from pipeline.report.document import anchors
from pipeline.report.document.anchors import Anchors


def test_the_examples_hold() -> None:
    assert doctest.testmod(anchors).failed == 0


@given(strategies.lists(strategies.text(), unique=True))
def test_each_id_has_a_place_of_its_own_that_a_link_can_name(ids: list[str]) -> None:
    places = Anchors("s-", ids)
    found = [places[id_] for id_ in ids]
    assert len(set(found)) == len(ids)
    assert all(re.fullmatch(r"s-[\w.-]*", place) for place in found)
    assert all(id_ in places for id_ in ids)
