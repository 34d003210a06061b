"""What the pages on a study's figures share: who may see them, how one waits, and their files."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import statistics
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.statistics import About, Figures, What
from annotate_app.views import refusal
from annotate_app.views.wording import plain
from db.errors import KnownError, NotKnown

Show = Callable[[Deps, About, Figures], None]


def render(deps: Deps, what: What, show: Show) -> None:
    """Show the page on a study's results, agreement or raters; `show` its figures."""
    person = state.tab().person
    if person is None:
        return
    study = st.query_params.get("name", "")
    with st.container(key="wide"):
        st.page_link(
            "screens/study.py",
            label=deps.t("figures.back", study=plain(study)),
            query_params={"name": study},
        )
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
        _figures(deps, person, about, what, partial(show, deps, about))


def _state(deps: Deps, about: About) -> None:
    """Say what holds of all figures on the page."""
    st.info(deps.t("figures.research_only"))
    if about.open:
        st.caption(deps.t("figures.preliminary"))
    if not about.unblinded and about.kind == "rating":
        st.caption(deps.t("figures.by_code"))


def _figures(
    deps: Deps, person: SignedIn, about: About, what: What, show: Callable[[Figures], None]
) -> None:
    group = _group(deps, about) if what != "raters" else None
    options = [f"--group={group}"] if group else []
    with st.spinner(deps.t("figures.working")):
        try:
            found = statistics.work_out(
                deps.store, by=person, study=about.study, what=what, options=options
            )
        except KnownError as error:
            refusal.show(deps, error)
            return
    show(found)
    _files(deps, found, what)


def _group(deps: Deps, about: About) -> str | None:
    """Ask whose ratings count, and keep it in the address, so that a reload shows the same."""
    if about.kind != "rating" or len(about.groups) < 2:
        return None
    asked = st.query_params.get("group")
    choices = [None, *about.groups]
    chosen: str | None = st.selectbox(
        deps.t("figures.group"),
        choices,
        index=choices.index(asked) if asked in choices else 0,
        format_func=lambda group: group or deps.t("figures.all_raters"),
        key="figures.group",
    )
    if chosen:
        st.query_params["group"] = chosen
    else:
        st.query_params.pop("group", None)
    return chosen


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
