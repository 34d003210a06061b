"""Add someone who rates, leads or researches, and give the link by which they come in."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import people
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import invitation, refusal
from db.errors import KnownError
from db.people import LONGEST_NAME, ROLES


def render(deps: Deps, person: SignedIn) -> None:
    st.header(deps.t("people.add_title"), anchor=False)
    with st.form("add_person", enter_to_submit=False):
        username = st.text_input(
            deps.t("people.column_username"), max_chars=LONGEST_NAME, key="new.username"
        )
        roles = st.multiselect(
            deps.t("people.column_roles"),
            ROLES,
            default=ROLES[:1],
            format_func=lambda role: deps.t(f"people.role_{role}"),
            placeholder=deps.t("people.choose"),
            select_all=False,
            key="new.roles",
        )
        group = st.text_input(deps.t("people.group"), max_chars=LONGEST_NAME, key="new.group")
        pressed = st.form_submit_button(deps.t("people.add"), type="primary")
    if not pressed:
        return
    if not (username.strip() and roles):
        st.error(deps.t("people.missing"))
        return
    try:
        added = people.add(
            deps.store, by=person, username=username, roles=roles, group=group.strip()
        )
    except KnownError as error:
        refusal.show(deps, error)
        return
    invitation.give(deps, person, [added])
