"""The page on how each rater scores, which is for researchers alone."""

from collections.abc import Callable
from typing import Any

import pytest

from db import people
from db.engine import Store
from tests.annotate_app.figures_tab import charts, headers, notes, open_page, table, tables
from tests.annotate_app.rated_study import SECONDS, STUDY
from tests.pipeline.imported import import_scores
from tests.pipeline.planted_raters import ALIKE, DRIFTING, MOSTLY_TWO, SEVERE, imported, rows

OpenApp = Callable[[], Any]


def raters(tab: Any, name: str = STUDY, **asked: str) -> Any:
    return open_page(tab, "raters", name, **asked)


def test_severity_pace_and_agreement_are_described(open_rated: OpenApp, rated: Store) -> None:
    tab = raters(open_rated().sign_in("guo"))
    assert "否则大家的评分会相互靠拢" in tab.words
    with rated.reading() as session:
        named = {who: people.get(session, username=who).pseudonym for who in ("lin", "mei", "bo")}
    severity = {row[0]: row[3] for row in table(tab, "本人减他人")[1:]}
    assert severity[named["bo"]].startswith("−")
    assert not severity[named["mei"]].startswith("−")
    pace = {row[0]: row[2] for row in table(tab, "每条用时（秒）")[1:]}
    assert pace == {named[who]: f"{seconds:.0f}" for who, seconds in SECONDS.items()}
    again = table(tab, "切题：各位评分者与他人、与自己的一致性")
    assert again[0][-2:] == ["评过两次", "与前次相同"]
    assert "研究过程中的变化" in headers(tab)
    assert "每个区间只管自己" in notes(tab)


def test_what_is_worth_a_look_is_said_in_the_readers_language(
    open_rated: OpenApp, rated: Store, tmp_path: Any
) -> None:
    imported(rated, tmp_path, rows())
    tab = raters(open_rated().sign_in("guo").language("en"), "planted")
    seen = {(row[0], row[2]) for row in table(tab, "Worth a second look")[1:]}
    for rater, said in (
        (SEVERE, "Scores clearly apart from the others on the same answers."),
        (DRIFTING, "Has moved, relative to the others, in the course of the study."),
        (ALIKE, "Scores on different criteria go together more than the others' do."),
        (MOSTLY_TWO, "Gives one score to nearly all answers, clearly more often than the others"
         " do."),
    ):  # fmt: skip
        assert (rater, said) in seen
    (moves,) = [points for alt, points in charts(tab).items() if "course of the study" in alt]
    drifting = {point["at"]: point["value"] for point in moves if point["name"] == DRIFTING}
    assert drifting["first"] < drifting["middle"] < drifting["last"]
    assert "Per day" in str(tables(tab))
    assert "Suggested scores" in tab.words


def test_one_rater_without_order_or_seconds_is_told_what_would_be_enough(
    open_rated: OpenApp, rated: Store, tmp_path: Any
) -> None:
    scores = [(f"q{n}", "A", "r1", "", "depth", str(n % 3)) for n in range(6)]
    import_scores(rated, tmp_path, scores, study="one")
    tab = raters(open_rated().sign_in("guo").language("en"), "one")
    assert "There is one rater only. Severity, drift and agreement need a second one" in tab.words
    assert "How long answers took is not known." in tab.words
    assert "no other rater scored the same answers; one more would be enough" in notes(tab)
    assert "It cannot be told here, as" in notes(tab)
    assert charts(tab) == {}


def test_single_raters_are_nothing_for_a_lead(open_rated: OpenApp, rated: Store) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        raters(open_rated().sign_in("zhao"))
