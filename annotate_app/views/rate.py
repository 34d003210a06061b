"""The rating page: one item and its scores, or where to begin, or the end."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import rating, studies
from annotate_app.services.rating import Desk, RaterItem
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import OpenStudy
from annotate_app.views import item, scores, top
from annotate_app.views.wording import clock, problem
from db.errors import KnownError


def render(deps: Deps, person: SignedIn) -> None:
    tab = state.tab()
    mine = studies.open_studies(deps.store, person_id=person.person_id)
    if tab.study is None and len(mine) == 1 and not tab.pausing:
        tab.study = mine[0].name
    if tab.study is None:
        return _choose(deps, mine)
    try:
        desk = rating.desk(
            deps.store,
            person_id=person.person_id,
            study=tab.study,
            language=deps.language,
            position=tab.position,
        )
    except KnownError as error:
        return _cannot_go_on(deps, error)
    _progress(deps, desk)
    top.render(desk.item.code if desk.item else "")
    if desk.item is None:
        return _finished(deps, desk)
    if desk.item.hard and desk.item.code not in tab.ready_for:
        return _announce(deps, desk.item)
    reading, scoring = st.columns([3, 2], gap="large")
    with reading:
        item.render(deps, desk.item)
    with scoring, st.container(key="scoring"):
        scores.render(deps, desk, desk.item, person)
    return None


def _choose(deps: Deps, mine: list[OpenStudy]) -> None:
    paused = state.tab().pausing and bool(mine)
    with st.container(key="narrow"):
        st.title(deps.t("rate.paused") if paused else deps.t("rate.your_studies"), anchor=False)
        if not mine:
            st.info(deps.t("rate.none"))
        for study in mine:
            with st.container(border=True):
                st.text(study.name)
                st.progress(
                    study.answered / study.assigned,
                    text=deps.t("rate.progress", done=study.answered, total=study.assigned),
                )
                st.button(
                    deps.t("rate.go_on"),
                    key=f"go_on.{study.name}",
                    type="primary",
                    on_click=state.tab().go_on,
                    args=(study.name,),
                )


def _cannot_go_on(deps: Deps, error: KnownError) -> None:
    with st.container(key="narrow"):
        st.warning(problem(deps, error))
        st.button(deps.t("rate.to_studies"), key="to_studies", on_click=state.tab().pause)


def _progress(deps: Deps, desk: Desk) -> None:
    tab = state.tab()
    with st.container(key="progress", horizontal=True, vertical_alignment="center"):
        text = deps.t("rate.progress", done=desk.answered, total=desk.total)
        if desk.item:
            text = deps.t("rate.position", position=desk.item.position, total=desk.total)
        st.progress(desk.answered / desk.total, text=text)
        if tab.saved:
            st.caption(deps.t("rate.saved", at=clock(tab.saved.at)), width="content")
        st.button(deps.t("rate.pause"), key="pause", on_click=state.tab().pause)
    with st.expander(deps.t("rate.guidelines"), key="guidelines"):
        st.text(desk.guidelines)


def _announce(deps: Deps, hard: RaterItem) -> None:
    with st.container(key="narrow"):
        st.info(deps.t("rate.hard"))
        st.button(
            deps.t("rate.show_hard"),
            key="show_hard",
            type="primary",
            on_click=state.tab().ready_for.add,
            args=(hard.code,),
        )


def _finished(deps: Deps, desk: Desk) -> None:
    with st.container(key="narrow"):
        st.title(deps.t("rate.done", total=desk.total), anchor=False)
        st.text(deps.t("rate.thanks", study=desk.study))
        st.button(
            deps.t("rate.last"),
            key="last",
            type="tertiary",
            on_click=state.tab().go_to,
            args=(desk.total,),
        )
