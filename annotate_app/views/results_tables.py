"""What a study found of its systems, as tables and notes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.statistics import About
from annotate_app.views import figures_notes, table
from annotate_app.views.numbers import NOTHING, p_value, percent, rounded, with_interval
from annotate_app.views.wording import plain

Found = Mapping[str, Any]


def table_5(deps: Deps, about: About, found: Found) -> None:
    """Show the paper's table: a mean for each system and criterion."""
    criteria = found["criteria"]
    names = [about.called(criterion, deps.language) for criterion in criteria]
    systems = [each["system"] for each in next(iter(criteria.values()))["systems"]]
    rows = [
        [system, *(with_interval(of["systems"][row]) for of in criteria.values())]
        for row, system in enumerate(systems)
    ]
    table.show(deps.t("results.table_5"), [deps.t("results.system"), *names], rows)


def systems(deps: Deps, name: str, of: Found) -> None:
    """Show one criterion: how many scores, which, and the rank of each system."""
    levels = list(of["systems"][0]["share"])
    headings = [deps.t("results.system"), "n", deps.t("results.mean")]
    headings += [deps.t("results.share", score=level) for level in levels]
    headings += [deps.t(f"results.{column}") for column in ("missing", "rank", "p_best")]
    rows = [
        [
            each["system"],
            f"{each['n']:,}",
            with_interval(each),
            *(percent(each["share"][level]) for level in levels),
            f"{each['missing']:,}",
            *_rank(of["ranks"], each["system"]),
        ]
        for each in of["systems"]
    ]
    table.show(name, headings, rows)


def _rank(ranks: Sequence[Found], system: str) -> tuple[str, str]:
    for each in ranks:
        if each["system"] == system:
            best = each.get("p_best")
            return with_interval(each, digits=0), NOTHING if best is None else f"{best:.3f}"
    return NOTHING, NOTHING


def differences(deps: Deps, name: str, found: Sequence[Found]) -> None:
    columns = ("pair", "difference", "p", "p_holm", "wins", "net", "questions")
    rows = [
        [
            f"{each['a']} − {each['b']}",
            with_interval(each),
            p_value(each.get("p")),
            p_value(each.get("p_holm")),
            f"{each['wins']} : {each['losses']} : {each['ties']}",
            rounded(each.get("net"), digits=2),
            f"{each['n_pairs']:,}",
        ]
        for each in found
    ]
    caption = deps.t("results.alt_differences", criterion=name)
    table.show(caption, [deps.t(f"results.{column}") for column in columns], rows)


def groups(deps: Deps, about: About, found: Found) -> None:
    """Show each group's means beside the other's; a small group is only described."""
    if not found.get("groups"):
        return
    st.header(deps.t("results.groups"), anchor=False)
    st.caption(deps.t("results.groups_about"))
    for criterion in found["criteria"]:
        name = about.called(criterion, deps.language)
        st.subheader(plain(name), anchor=False)
        headings = [deps.t("results.system")]
        headings += [
            deps.t("results.group", group=group["group"], raters=group["raters"])
            for group in found["groups"]
        ]
        table.show(name, headings, _group_rows(found["groups"], criterion))


def _group_rows(found: Sequence[Found], criterion: str) -> Iterator[list[str]]:
    each = [
        {system["system"]: system for system in group["criteria"][criterion]["systems"]}
        for group in found
    ]
    for system in dict.fromkeys(name for group in each for name in group):
        yield [system, *(_with_n(group.get(system, {})) for group in each)]


def _with_n(figure: Found) -> str:
    told = with_interval(figure)
    return told if figure.get("value") is None else f"{told}, n = {figure['n']:,}"


def notes(deps: Deps, found: Found) -> None:
    """Say how the figures were come by, and why some are missing."""
    how = found["analysis"]
    st.markdown(deps.t("results.methods", resamples=f"{how['resamples']:,}", seed=how["seed"]))
    st.markdown(deps.t("results.tests"))
    family = found["family"]
    if family["tests"]:
        st.markdown(deps.t("results.family", tests=family["tests"]))
    st.markdown(deps.t("results.ranks"))
    figures_notes.reasons(deps, found)
