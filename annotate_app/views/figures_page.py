"""What the pages on a study's figures share: who may see them, how one waits, and their files."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import statistics
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.statistics import About, Figures, What
from annotate_app.views import figures_choice, refusal, study_link
from annotate_app.views.wording import plain
from db.errors import KnownError, NotKnown


@dataclass(frozen=True)
class Opened:
    """A study's figures as they were asked for, and who looks at them."""

    by: SignedIn
    about: About
    group: str | None
    figures: Figures


Show = Callable[[Deps, Opened], Figures]  # it returns those that may be taken along


def render(deps: Deps, what: What, show: Show) -> None:
    """Show the page on a study's results, agreement or raters; `show` its figures."""
    person = state.tab().person
    if person is None:
        return
    study = st.query_params.get("name", "")
    with st.container(key="wide"):
        study_link.show(deps, study)
        st.title(deps.t(f"{what}.title"), anchor=False)
        try:
            about = statistics.about(deps.store, by=person, study=study, what=what)
        except NotKnown:
            st.warning(deps.t("study.unknown", name=plain(study)))
            return
        except KnownError as error:
            refusal.show(deps, error)
            return
        _state(deps, about)
        _figures(deps, person, about, what, show)


def _state(deps: Deps, about: About) -> None:
    """Say what holds of all figures on the page."""
    st.info(deps.t("figures.research_only"))
    if about.open:
        st.caption(deps.t("figures.preliminary"))
    if not about.unblinded and about.kind == "rating":
        st.caption(deps.t("figures.by_code"))


def _figures(deps: Deps, person: SignedIn, about: About, what: What, show: Show) -> None:
    group = figures_choice.group(deps, about) if what != "raters" else None
    with st.spinner(deps.t("figures.working")):
        try:
            found = statistics.work_out(
                deps.store, by=person, study=about.study, what=what, group=group
            )
        except KnownError as error:
            refusal.show(deps, error)
            return
    _files(deps, show(deps, Opened(person, about, group, found)), what)


def _files(deps: Deps, figures: Figures, what: What) -> None:
    st.header(deps.t("figures.files"), anchor=False)
    with st.container(key="figure_files", horizontal=True):
        for name, content in figures.files.items():
            ending = name.rpartition(".")[2]
            st.download_button(
                deps.t("figures.download", ending=ending.upper()),
                content,
                file_name=name,
                on_click="ignore",
                key=f"{what}.download.{ending}",
            )
    latex = figures.found.get("latex")
    if latex:
        with st.expander(deps.t("figures.latex")):
            st.code(latex, language=None, wrap_lines=True)
