"""The rater's pages: the studies that wait, and the desk of the one that is being rated."""

import streamlit as st

from annotate_app import state
from annotate_app.components.desk import desk
from annotate_app.deps import Deps
from annotate_app.services import studies
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import RaterStudy


def render(deps: Deps, person: SignedIn) -> None:
    tab = state.tab()
    mine = studies.of_rater(deps.store, person_id=person.person_id)
    open_ones = [study for study in mine if study.open]
    if tab.study is None and not tab.at_home and len(open_ones) == 1:
        tab.study = open_ones[0].name
    if tab.study in {study.name for study in open_ones}:
        return desk.render(deps, study=tab.study, go_home=tab.go_home)
    return _home(deps, mine)


def _home(deps: Deps, mine: list[RaterStudy]) -> None:
    with st.container(key="narrow"):
        st.title(deps.t("rate.your_studies"), anchor=False)
        if not mine:
            st.info(deps.t("rate.none"))
        for study in mine:
            _study(deps, study)


def _study(deps: Deps, study: RaterStudy) -> None:
    kind = study.kind
    with st.container(border=True):
        st.text(study.name)
        st.text(deps.t(f"rate.{kind}.kind"))
        st.progress(
            study.answered / study.assigned,
            text=deps.t("rate.progress", done=study.answered, total=study.assigned),
        )
        if not study.open:
            st.text(deps.t(f"rate.{kind}.closed"))
            _own(deps, study)
            return
        if study.next:
            st.text(deps.t("rate.next", position=study.next))
        st.button(
            _button(deps, study),
            key=f"rate.{study.name}",
            type="primary",
            on_click=state.tab().rate,
            args=(study.name,),
        )
        _own(deps, study)


def _own(deps: Deps, study: RaterStudy) -> None:
    query = {"name": study.name}
    st.page_link("screens/mine.py", label=deps.t("mine.open"), query_params=query)


def _button(deps: Deps, study: RaterStudy) -> str:
    if study.answered == study.assigned:
        return deps.t("rate.look_back")
    kind = study.kind
    if study.answered:
        return deps.t(f"rate.{kind}.go_on")
    return deps.t(f"rate.{kind}.begin")
