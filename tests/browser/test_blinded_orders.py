"""Neither a rater's order nor an item's code has anything to do with who answered."""

from collections import Counter
from dataclasses import dataclass
from itertools import product
from statistics import fmean, stdev
from typing import Any

import pytest
from scipy.stats import spearmanr
from sqlalchemy import select

from db.tables import Assignment, Item, Response
from pipeline.study import create
from pipeline.study.studyfile import Plan
from tests.browser import stores

STUDIES = 300


@dataclass(frozen=True)
class Drawn:
    """One assignment of one of many studies."""

    study: int
    rater: int
    position: int
    code: str
    question: int
    system: int


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Drawn]:
    """Three hundred studies of eight questions, three systems and two raters."""
    store = stores.make(tmp_path_factory.mktemp("drawn") / "many.sqlite")
    stores.add_people(store, lin="rater", wu="rater")
    stores.add_answers(store, 8)
    for seed in range(STUDIES):
        systems = ("one", "two", "three")
        create.run(store, Plan(name=f"s{seed}", systems=systems, raters=("lin", "wu"), seed=seed))
    query = (
        select(
            Assignment.study_id,
            Assignment.person_id,
            Assignment.position,
            Item.code,
            Item.question_id,
            Response.system_id,
        )
        .join(Item, Item.id == Assignment.item_id)
        .join(Response, Response.id == Item.response_id)
    )
    with store.reading() as session:
        found = [Drawn(*row) for row in session.execute(query)]
    store.engine.dispose()
    return found


def by_study(drawn: list[Drawn], rater: int) -> list[list[Drawn]]:
    studies: dict[int, list[Drawn]] = {}
    for one in drawn:
        if one.rater == rater:
            studies.setdefault(one.study, []).append(one)
    return [sorted(study, key=lambda one: one.code) for study in studies.values()]


def rank_correlations(studies: list[list[Drawn]], first: Any, second: Any) -> list[float]:
    return [
        float(spearmanr([first(one) for one in study], [second(one) for one in study]).statistic)
        for study in studies
    ]


def test_the_orders_of_two_raters_have_nothing_to_do_with_each_other(drawn: list[Drawn]) -> None:
    raters = sorted({one.rater for one in drawn})
    pairs = zip(*(by_study(drawn, rater) for rater in raters), strict=True)
    found = [
        float(spearmanr([a.position for a in one], [b.position for b in other]).statistic)
        for one, other in pairs
    ]
    assert len(found) == STUDIES
    spread = (24 - 1) ** -0.5  # of the rank correlation of two independent orders of 24 items
    assert abs(fmean(found)) < 4 * spread / STUDIES**0.5
    assert 0.8 * spread < stdev(found) < 1.2 * spread


def test_neither_the_place_nor_the_code_of_an_item_tells_its_system(drawn: list[Drawn]) -> None:
    studies = by_study(drawn, drawn[0].rater)
    rank = {code: n for n, code in enumerate(sorted({one.code for one in drawn}))}
    shown = (lambda one: one.position, lambda one: rank[one.code])
    hidden = (lambda one: one.system, lambda one: one.question)
    for one, other in product(shown, hidden):
        found = rank_correlations(studies, one, other)
        assert abs(fmean(found)) < 5 * stdev(found) / STUDIES**0.5
    for system in {one.system for one in drawn}:
        places = [one.position for one in drawn if one.system == system]
        assert fmean(places) == pytest.approx(12.5, abs=0.3)


def test_every_letter_of_a_code_is_drawn_evenly(drawn: list[Drawn]) -> None:
    codes = {one.code for one in drawn}
    assert len(codes) == STUDIES * 24
    letters = set("".join(codes))
    expected = len(codes) / len(letters)
    for place in range(len(next(iter(codes)))):
        counted = Counter(code[place] for code in codes)
        assert all(abs(n - expected) < 6 * expected**0.5 for n in counted.values())
        assert counted.keys() == letters
