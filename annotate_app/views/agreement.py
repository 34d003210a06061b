"""The page on how far raters agree: coefficients, pairs, each rater left out, repeats."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.statistics import About, Figures
from annotate_app.views import (
    agreement_coefficients,
    agreement_groups,
    agreement_labels,
    agreement_pairs,
    agreement_raters,
    figures_choice,
    figures_notes,
    figures_page,
)
from annotate_app.views.figures_page import Opened
from annotate_app.views.wording import plain

Found = Mapping[str, Any]


def render(deps: Deps) -> None:
    figures_page.render(deps, "agreement", _show)


def _show(deps: Deps, opened: Opened) -> Figures:
    found, about = opened.figures.found, opened.about
    st.caption(deps.t("agreement.about", level=100 * found["analysis"]["level"]))
    criteria = found["criteria"]
    if len(criteria) > 1:
        names = {each: _called(deps, about, each) for each in criteria}
        agreement_coefficients.overview(deps, names, criteria)
    criterion = figures_choice.criterion(deps, about, list(criteria))
    name, of = _called(deps, about, criterion), criteria[criterion]
    st.header(plain(name), anchor=False)
    counts = {key: f"{of[key]:,}" for key in ("items", "raters", "judgements", "missing")}
    st.caption(
        deps.t(f"agreement.counts_{about.kind}", with_two=f"{of['items_with_two']:,}", **counts)
    )
    if of["judgements"]:
        _criterion(deps, about, name, of)
    else:
        st.info(deps.t("figures.no_scores"))
    if "labels" in found:
        agreement_labels.render(deps, found["labels"])
    figures_notes.show(deps, _notes(deps, found, of))
    return opened.figures


def _called(deps: Deps, about: About, criterion: str) -> str:
    if about.kind == "distortion":
        return deps.t("agreement.presence")
    return about.names.called(criterion, deps.language)


def _criterion(deps: Deps, about: About, name: str, of: Found) -> None:
    _plan(deps, of["planning"])
    figures_notes.warnings(deps, of["warnings"])
    agreement_coefficients.render(deps, name, of)
    agreement_pairs.render(deps, name, of["pairs"])
    agreement_raters.scores(deps, about, name, of)
    agreement_raters.left_out(deps, name, of["leave_one_out"])
    agreement_raters.repeats(deps, name, of["repeats"])
    if of["groups"]:
        agreement_groups.render(deps, name, of["groups"])


def _plan(deps: Deps, found: Found | None) -> None:
    """Say what more items would bring."""
    if not found or found["more"] is None:
        return
    told = {"more": f"{found['more']:,}", "wished": f"{found['wished']:g}"}
    told["name"] = agreement_coefficients.called(deps, found)
    told["drawn"] = deps.t(f"agreement.drawn_{found['resampled']}")
    said = deps.t("agreement.plan" if found["more"] else "agreement.plan_done", **told)
    left = found["remaining"]
    if left:
        said += " " + deps.t("agreement.plan_left", n=f"{left:,}", at_end=f"{found['at_end']:.2f}")
    st.info(said)


def _notes(deps: Deps, found: Found, of: Found) -> Iterator[str]:
    how = found["analysis"]
    drawn = deps.t(f"agreement.drawn_{how['resampled']}")
    resamples = f"{how['resamples']:,}"
    yield deps.t("agreement.methods", drawn=drawn, resamples=resamples, seed=how["seed"])
    yield deps.t("agreement.chance")
    if found["kind"] == "rating":
        yield deps.t("agreement.ordinal")
        yield deps.t("agreement.icc")
    if any(found["left_out"].values()):
        yield deps.t("agreement.left_out_items", **found["left_out"])
    parts = ("coefficients", "category_kappas", "leave_one_out", "groups")
    shown = [of[part] for part in parts] + [agreement_pairs.shown(of["pairs"])]
    shown += [of["repeats"]] if of["repeats"]["n"] else []
    yield from figures_notes.dashes(deps, *shown, found.get("labels", {}).get("coefficients"))
