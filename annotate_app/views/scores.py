"""The scores of one item, with its flags and comment."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import rating
from annotate_app.services.rating import FLAGS, LONGEST_COMMENT, Desk, Previous, RaterItem
from annotate_app.services.sign_in import SignedIn
from annotate_app.state import Panel
from annotate_app.views import scale
from annotate_app.views.wording import problem
from db.errors import KnownError
from db.judgements import NewJudgement

NOTHING = Previous(revision=0, values={}, comment="", flags=())


def render(deps: Deps, desk: Desk, item: RaterItem, person: SignedIn) -> None:
    tab = state.tab()
    before = item.previous or NOTHING
    panel = state.panel(item.code, revision=before.revision)
    if item.previous:
        st.info(deps.t("scores.earlier"))
    with st.form(panel.key("scores"), border=False):
        for criterion in desk.criteria:
            key = panel.key(f"score.{criterion.id}")
            scale.render(deps, criterion, key, before.values.get(criterion.id))
        with st.container(key="flags"):
            for flag in FLAGS:
                st.checkbox(
                    deps.t(f"scores.{flag}"),
                    value=flag in before.flags,
                    key=panel.key(f"flag.{flag}"),
                )
        st.text_area(
            deps.t("scores.comment"),
            value=before.comment,
            key=panel.key("comment"),
            max_chars=LONGEST_COMMENT,
            height=80,
        )
        if tab.problem:
            st.error(problem(deps, tab.problem, desk.criteria))
        st.form_submit_button(
            deps.t("scores.save_again") if item.previous else deps.t("scores.save"),
            key=panel.key("save"),
            type="primary",
            width="stretch",
            on_click=_save,
            args=(deps, person, panel, tuple(c.id for c in desk.criteria)),
        )
    _way_back(deps, item)


def _save(deps: Deps, person: SignedIn, panel: Panel, criteria: tuple[str, ...]) -> None:
    tab = state.tab()
    flags = {flag: None for flag in FLAGS if state.chosen(panel.key(f"flag.{flag}"))}
    values = {name: state.chosen(panel.key(f"score.{name}")) for name in criteria}
    given = NewJudgement(
        values=dict.fromkeys(criteria) if "cannot_judge" in flags else values,
        token=panel.token,
        comment=state.chosen(panel.key("comment")),
        flags=flags,
        seconds=panel.seconds,
    )
    try:
        saved = rating.save(
            deps.store, person_id=person.person_id, item_code=panel.item_code, given=given
        )
    except KnownError as error:
        tab.problem = error
        return
    tab.go_to(None)
    tab.saved = saved


def _way_back(deps: Deps, item: RaterItem) -> None:
    with st.container(key="way_back", horizontal=True):
        if item.position > 1:
            st.button(
                deps.t("scores.back"),
                key="back",
                type="tertiary",
                on_click=state.tab().go_to,
                args=(item.position - 1,),
            )
        if item.previous:
            st.button(
                deps.t("scores.to_next"),
                key="to_next",
                type="tertiary",
                on_click=state.tab().go_to,
                args=(None,),
            )
