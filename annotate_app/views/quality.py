"""How good a detector is against a study's labels: what to compare, and then the figures."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import quality
from annotate_app.services.quality import Choices, Source
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import quality_figures, refusal, study_link
from annotate_app.views.wording import plain
from db.errors import KnownError, NotKnown
from pipeline.ground_truth import RULES


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    study = st.query_params.get("name", "")
    with st.container(key="wide"):
        study_link.show(deps, study)
        st.title(deps.t("quality.title"), anchor=False)
        try:
            choices = quality.choices(deps.store, by=person, study=study)
        except NotKnown:
            st.warning(deps.t("study.unknown", name=plain(study)))
            return
        except KnownError as error:
            refusal.show(deps, error)
            return
        if not choices.sources:
            st.info(deps.t("quality.no_detector"))
            return
        _choose(deps, choices)
        _figures(deps, person, study, choices)


def _choose(deps: Deps, choices: Choices) -> None:
    """Ask what to compare, and keep it in the address, so that a reload shows the same."""
    source, gold = _chosen(choices)
    sources, golds = list(choices.sources), list(choices.golds)
    with st.form("quality", enter_to_submit=False):
        detector = st.selectbox(
            deps.t("quality.detector"),
            sources,
            index=sources.index(source) if source else 0,
            format_func=lambda each: _named(deps, each),
            key="quality.detector",
        )
        against = st.selectbox(
            deps.t("quality.gold"),
            golds,
            index=golds.index(gold),
            format_func=lambda each: _gold_named(deps, each),
            key="quality.gold",
        )
        pressed = st.form_submit_button(deps.t("quality.score"), type="primary")
    if pressed:
        st.query_params.update(detector=detector.detector, system=detector.system, gold=against)


def _chosen(choices: Choices) -> tuple[Source | None, str]:
    """Return what the address asks for, as far as there is such a thing."""
    asked = (st.query_params.get("detector"), st.query_params.get("system", ""))
    found = [each for each in choices.sources if (each.detector, each.system) == asked]
    gold = st.query_params.get("gold", "")
    return next(iter(found), None), gold if gold in choices.golds else choices.golds[0]


def _named(deps: Deps, source: Source) -> str:
    values = {"detector": source.detector, "items": source.items}
    if source.system:
        return deps.t("quality.source_system", system=source.system, **values)
    return deps.t("quality.source", **values)


def _gold_named(deps: Deps, gold: str) -> str:
    """Return what the labels are called that count as the truth."""
    if gold in RULES:
        return deps.t(f"quality.gold_{gold}")
    return deps.t("quality.gold_labeller", labeller=gold)


def _figures(deps: Deps, person: SignedIn, study: str, choices: Choices) -> None:
    source, gold = _chosen(choices)
    if source is None:
        return
    with st.spinner(deps.t("quality.scoring")):
        try:
            scored = quality.score(deps.store, by=person, study=study, source=source, gold=gold)
        except KnownError as error:
            refusal.show(deps, error)
            return
    quality_figures.render(deps, scored, gold=plain(_gold_named(deps, gold)))
