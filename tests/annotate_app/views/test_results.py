"""The page on what was found of the systems: figures, choices, the model, unusual studies."""

from collections.abc import Callable, Iterator
from statistics import mean
from typing import Any

import pytest

from db import people, studies
from db.engine import Store
from tests.annotate_app import rated_study
from tests.annotate_app.figures_tab import charts, headers, notes, open_page, table, tables
from tests.annotate_app.rated_study import STUDY
from tests.pipeline.imported import import_scores

OpenApp = Callable[[], Any]
HOSTILE = "**GPT** <b>4</b> 🌿 [a](http://x.y)"
MANY = [f"system {n:02}" for n in range(7)]


@pytest.fixture(scope="module")
def outside(rated: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same store with imported studies of unusual shapes."""
    folder = tmp_path_factory.mktemp("outside")

    def rows(systems: list[str], raters: int, criterion: str, value: str = "") -> Iterator[Any]:
        for question in range(6):
            for place, system in enumerate(systems):
                for rater in range(raters):
                    score = value or str((question * 7 + place * place + rater) % 3)
                    yield f"q{question}", system, f"r{rater}", "", criterion, score

    import_scores(rated, folder, rows([HOSTILE, "plain"], 2, "$x$ *depth*"), study="hostile")
    import_scores(rated, folder, rows(["only"], 1, "depth", "1"), study="alone")
    import_scores(rated, folder, rows(MANY, 2, "depth"), study="many")
    of_two = [*rows(["a", "b"], 2, "depth"), *rows(["a", "b"], 2, "breadth", "?")]
    empty = [(*row[:-1], "" if row[-1] == "?" else row[-1]) for row in of_two]
    import_scores(rated, folder, empty, study="half empty")
    return rated


def results(tab: Any, name: str = STUDY, **asked: str) -> Any:
    return open_page(tab, "results", name, **asked)


def test_a_researcher_reads_means_differences_and_how_to_read_them(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = results(open_rated().sign_in("guo"))
    assert "研究仍在进行" in tab.words
    assert "揭盲之前，系统以代号显示" in tab.words
    assert "只有 12 个问题，区间会略微偏窄" in tab.words
    assert headers(tab)[:2] == ["平均分", "切题"]
    first, *systems = table(tab, "平均分")
    assert first == ["系统", "切题", "CBT 结构", "帮助程度"]
    with rated.reading() as session:
        codes = studies.systems(session, study_id=studies.get(session, name=STUDY).id)
    given = {
        code: [
            score.value
            for score in rated_study.scores(rated)
            if (score.system, score.criterion) == (system.name, "relevance") and not score.is_repeat
        ]
        for code, system in codes.items()
    }
    for code, figure, *_ in systems:
        assert figure.startswith(f"{mean(given[code]):.3f} [")
    (pair,) = table(tab, "切题：每两个系统之差及区间")[1:]
    assert pair[0] == "S1 − S2"
    told = notes(tab)
    assert "精确符号翻转检验" in told
    assert "按分析方案列出的 3 个比较做了校正" in told
    assert "反复查看 p" in told
    assert "不足三人" in told
    means = charts(tab)["切题：各系统的平均分及区间；下面的表格内容相同。"]
    assert [row["name"] for row in means] == ["S1", "S2"]
    assert means[0]["value"] == pytest.approx(mean(given["S1"]))
    assert [each.proto.label for each in tab.at.get("download_button")] == ["下载 CSV", "下载 JSON"]
    assert r"\toprule" in tab.at.code[-1].value


def test_the_same_in_english(open_rated: OpenApp, rated: Store) -> None:
    tab = results(open_rated().sign_in("zhao").language("en"))
    assert "Raters: 3 · questions: 12 · answers: 24 · 95 % intervals in brackets" in tab.words
    assert table(tab, "Mean scores")[0] == ["System", "Relevance", "CBT structure", "Helpfulness"]
    assert table(tab, "Relevance: each group's mean for every system")[0] == [
        "System",
        "student (2)",
        "therapist (1)",
    ]
    assert "a figure would rest on fewer than three raters" in notes(tab)


def test_a_criterion_and_a_group_are_chosen_and_stay_in_the_address(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = results(open_rated().sign_in("guo"))
    everybody = table(tab, "平均分")
    tab.at.button_group(key="figures.criterion").select("structure").run()
    tab.at.selectbox(key="figures.group").select("student").run()
    assert not tab.at.exception
    asked = {key: tab.at.query_params[key] for key in ("criterion", "group")}
    assert asked == {"criterion": "structure", "group": "student"}
    again = results(open_rated().sign_in("guo"), criterion="structure", group="student")
    for shown in (tab, again):
        assert "CBT 结构" in headers(shown)
        assert "CBT 结构：各系统的评分、平均分和名次" in str(tables(shown))
        assert table(shown, "平均分") != everybody
    assert "只看某一组时，p 是探索性的" in notes(again)


def test_the_model_is_fitted_when_a_researcher_asks_for_it(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = results(open_rated().sign_in("guo").language("en"))
    assert not [alt for alt in charts(tab) if "mixed model" in alt]
    tab.click("Fit the mixed model (takes some seconds)")
    effects = table(tab, "Relevance: effect of each system in the mixed model")
    assert effects[0] == ["System", "Log odds", "Odds ratio"]
    assert [row[0] for row in effects[1:]] == ["S1", "S2"]
    severity = charts(tab)["Relevance: severity of each rater in the mixed model"]
    with rated.reading() as session:
        bo = people.get(session, username="bo").pseudonym
    assert min(severity, key=lambda row: row["value"])["name"] == bo  # the planted severe one
    assert "Wald intervals" in tab.words
    assert "Are all raters alike? Likelihood-ratio test, 2 degrees of freedom: p" in tab.words
    assert tab.at.query_params["model"] == "yes"


def test_a_lead_gets_no_model_which_tells_of_single_raters(
    open_rated: OpenApp, rated: Store
) -> None:
    tab = results(open_rated().sign_in("zhao"), model="yes")
    assert "混合模型" not in headers(tab)
    assert "系统之间的差异" in headers(tab)


def test_a_model_that_cannot_be_fitted_says_why(open_rated: OpenApp, outside: Store) -> None:
    tab = results(open_rated().sign_in("guo"), "alone", model="yes")
    assert "模型无法拟合：大家给出的全都相同" in tab.words


def test_one_system_and_one_rater_are_described_and_not_compared(
    open_rated: OpenApp, outside: Store
) -> None:
    tab = results(open_rated().sign_in("guo").language("en"), "alone")
    assert "One rater only: these are the views of one person." in tab.words
    assert "There is one system only, so there are no differences" in notes(tab)
    assert "Differences between systems" not in headers(tab)
    assert "a figure is the same in all resamples" in notes(tab)


def test_names_with_markup_are_shown_as_they_are(open_rated: OpenApp, outside: Store) -> None:
    tab = results(open_rated().sign_in("guo"), "hostile")
    (body,) = [each for each in tables(tab) if "<caption>平均分</caption>" in each]
    assert "**GPT** &lt;b&gt;4&lt;/b&gt; 🌿 [a](http://x.y)" in body
    assert r"\$x\$ \*depth\*" in headers(tab)
    names = {row["name"] for rows in charts(tab).values() for row in rows}
    assert HOSTILE in names
    assert "揭盲之前" not in tab.words
    assert "分析方案没有列出需要一起校正的检验" in notes(tab)


def test_many_systems_are_a_square_and_their_table_is_folded(
    open_rated: OpenApp, outside: Store
) -> None:
    tab = results(open_rated().sign_in("guo").language("en"), "many")
    square = charts(tab)["depth: the difference of every two systems with its interval"]
    assert len(square) == 2 * 21
    seen = {(row["name"], row["of"]): row["value"] for row in square}
    assert all(value == -seen[column, row] for (row, column), value in seen.items())
    (folded,) = [each for each in tab.at.get("expander") if "table of 21" in each.label]
    assert len(table(tab, "depth: the difference of every two systems with its interval")) == 22
    assert not folded.proto.expanded


def test_a_criterion_without_scores_is_said_to_be_so_and_draws_nothing(
    open_rated: OpenApp, outside: Store
) -> None:
    tab = results(open_rated().sign_in("guo").language("en"), "half empty", criterion="breadth")
    assert "Nobody has given a score here yet" in tab.words
    assert charts(tab) == {}
    assert "stands where nobody gave a score" in notes(tab)
    assert "breadth" in headers(tab)


@pytest.mark.parametrize(
    ("name", "said"),
    [("none", "没有名为“none”的研究"), ("", "没有名为“”的研究")],
)
def test_a_study_that_is_not_there_is_said(
    open_rated: OpenApp, rated: Store, name: str, said: str
) -> None:
    assert said in results(open_rated().sign_in("guo"), name).words


def test_before_the_first_answer_the_page_says_what_it_waits_for(open_app: OpenApp) -> None:
    tab = results(open_app().sign_in("guo"), "pilot")
    assert "这项研究还没有人作答" in tab.words
    assert tables(tab) == []
