"""The page on how far raters agree: scores and labels, pairs, repeats, and whom it is told."""

from collections.abc import Callable
from typing import Any

import pytest

from annotate_app.i18n.translator import translator
from annotate_app.views import agreement_coefficients
from db.engine import Store
from pipeline.cli.agreement.names import NAMES
from tests.annotate_app.figures_tab import charts, headers, notes, open_page, table, tables
from tests.annotate_app.rated_study import STUDY, scores
from tests.pipeline.imported import import_scores
from tests.pipeline.labels import give, make_label_study

OpenApp = Callable[[], Any]


def agreement(tab: Any, name: str = STUDY, **asked: str) -> Any:
    return open_page(tab, "agreement", name, **asked)


def test_coefficients_pairs_and_repeats_stand_with_their_intervals(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = agreement(open_rated().sign_in("zhao"))
    overview = table(tab, "各个标准的一致性")
    assert overview[0][2:] == [
        "一致百分比，相同与否",
        "Krippendorff α，有序",
        "Gwet AC2，二次权重",
    ]
    assert [row[0] for row in overview[1:]] == ["切题", "CBT 结构", "帮助程度"]
    coefficients = {row[0]: row[1] for row in table(tab, "切题：各个系数及区间")[1:]}
    assert coefficients["Krippendorff α，有序"] == overview[1][3]
    assert "[" in coefficients["ICC(A,1)，绝对一致，单个评分者"]
    assert len(coefficients) > 15
    assert "3 位评分者 · 24 个条目，其中 24 个有两个以上评分" in tab.words
    assert "区间只是粗略的" in tab.words
    assert "再有大约" in tab.words
    square = charts(tab)["切题：每两位评分者的 κ"]
    assert len(square) == 6
    assert len(table(tab, "切题：每两位评分者的 κ")) == 4
    twice = sum(each.is_repeat and each.criterion == "relevance" for each in scores(rated))
    assert table(tab, "切题：评分者与自己的一致性")[-1][:2] == ["全部评分者", str(twice)]
    assert "评分者的组别" in headers(tab)
    assert "Gwet 系数受的影响较小" in notes(tab)


def test_a_group_of_one_is_told_that_a_second_rater_is_enough(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = agreement(open_rated().sign_in("guo").language("en"), group="therapist")
    assert "Only one rater has given answers here" in tab.words
    assert tables(tab) == []


def test_labellers_agree_on_presence_and_on_sets(open_app: OpenApp, made_sqlite: Any) -> None:
    store: Store = made_sqlite.store
    make_label_study(store, questions=6, labellers=("li", "wang", "zhang"))
    for place in range(1, 7):
        for username in ("li", "wang", "zhang"):
            there = place % 2 == 0 or (place == 1 and username == "li")
            labels = ["mind_reading" if place < 5 else "labeling"] if there else []
            give(store, "labels", username, place, "yes" if there else "no", labels)
    tab = agreement(open_app().sign_in("guo").language("en"), "labels")
    assert headers(tab)[:2] == ["Is there a distortion?", "Sets of distortions"]
    assert (
        "Labellers: 3 · items: 6, with two answers or more: 6 · answers: 18, missing: 0"
        in tab.words
    )
    used = table(tab, "Is there a distortion?: how often each rater gave each answer; the table"
                 " below says the same.")  # fmt: skip
    assert used[0][3:] == ["Present", "None present", "Cannot tell"]
    each = {row[0]: row[1] for row in table(tab, "Each distortion")[1:]}
    assert each == {"Mind reading": "7", "Labeling": "3"}
    assert "Given by nobody: " in tab.words
    assert [row[0] for row in table(tab, "Sets of distortions")[1:]][1:] == [
        "Krippendorff's alpha, MASI",
        "Krippendorff's alpha, Jaccard",
    ]
    (square,) = [rows for alt, rows in charts(tab).items() if "kappa of every two" in alt]
    # Li and another answer 5 of 6 alike, and by chance would half of them: (5/6 - 1/2) / (1/2).
    assert {cell["shown"] for cell in square} == {"0.67", "1.00"}
    assert "no order" not in notes(tab)


def test_a_criterion_on_which_all_scores_are_the_same_says_what_that_means(
    open_rated: OpenApp, rated: Store, tmp_path: Any
) -> None:
    rows = [
        (f"q{question}", "A", f"r{rater}", "", "depth", "1")
        for question in range(4)
        for rater in range(2)
    ]
    import_scores(rated, tmp_path, rows, study="alike")
    tab = agreement(open_rated().sign_in("guo").language("en"), "alike")
    assert "Only one value was given" in tab.words
    values = {row[0]: row[1] for row in table(tab, "depth: every coefficient with its interval")}
    assert values["Percent agreement, equal or not"].startswith("1.000")
    assert values["Krippendorff's alpha, ordinal"] == "–"
    assert "everybody gave the same throughout" in notes(tab)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_coefficient_that_the_command_gives_has_a_name(language: Any) -> None:
    words = translator(language).words
    assert {f"agreement.{name}" for name in NAMES} <= words.keys()
    assert NAMES.keys() <= agreement_coefficients.NAMED
    metrics = {f"agreement.metric_{name}" for name in agreement_coefficients.METRICS}
    assert metrics <= words.keys()


def test_more_pairs_than_one_can_read_are_left_to_the_files(
    open_rated: OpenApp, rated: Store, tmp_path: Any
) -> None:
    rows = [
        (f"q{question}", "A", f"r{rater:02}", "", "depth", str((question + rater) % 3))
        for question in range(3)
        for rater in range(31)
    ]
    import_scores(rated, tmp_path, rows, study="crowd")
    tab = agreement(open_rated().sign_in("guo").language("en"), "crowd")
    assert "There are more pairs than one can read on a page; the files have them all." in tab.words
    assert not [alt for alt in charts(tab) if "kappa of every two" in alt]
    assert len(table(tab, "depth: agreement without each rater")) > 31
