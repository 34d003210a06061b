"""The lead's pages: the studies with cases to decide, and the desk of the one being decided."""

import streamlit as st

from annotate_app import state
from annotate_app.components.adjudication import adjudication
from annotate_app.deps import Deps
from annotate_app.services import adjudicating
from db.adjudications import LeadStudy


def render(deps: Deps) -> None:
    tab = state.tab()
    if tab.person is None:
        return
    mine = adjudicating.of_lead(deps.store, person_id=tab.person.person_id)
    waiting = [study.name for study in mine if study.decided < study.cases]
    if tab.study is None and not tab.at_home and len(waiting) == 1:
        tab.study = waiting[0]
    if tab.study in {study.name for study in mine}:
        adjudication.render(deps, study=tab.study, go_home=tab.go_home)
        return
    with st.container(key="narrow"):
        st.title(deps.t("adjudication.studies"), anchor=False)
        if not mine:
            st.info(deps.t("adjudication.none"))
        for study in mine:
            _study(deps, study)


def _study(deps: Deps, study: LeadStudy) -> None:
    done, total = study.decided, study.cases
    with st.container(border=True):
        st.text(study.name)
        st.progress(done / total, text=deps.t("adjudication.progress", done=done, total=total))
        step = "look_back" if done == total else "go_on" if done else "begin"
        st.button(
            deps.t(f"adjudication.{step}"),
            key=f"adjudicate.{study.name}",
            type="primary",
            on_click=state.tab().rate,
            args=(study.name,),
        )
