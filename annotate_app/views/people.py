"""Who rates, leads and researches: a researcher adds, invites and disables people."""

from collections.abc import Sequence

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import people
from annotate_app.services.people import Member
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import invitation, new_person, refusal, table
from annotate_app.views.wording import day_and_time, plain
from db.errors import KnownError


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    with st.container(key="wide"):
        st.title(deps.t("people.title"), anchor=False)
        try:
            found = people.members(deps.store, by=person)
        except KnownError as error:
            refusal.show(deps, error)
            return
        listed = st.container()
        new_person.render(deps, person)
        st.header(deps.t("people.links_title"), anchor=False)
        invitation.ask(
            deps, person, {one.username: one.pending for one in found if not one.disabled}
        )
        _look_after(deps, person, found)
        with listed:  # written last, for it shows who was added just now
            _list(deps, people.members(deps.store, by=person))


def _list(deps: Deps, found: Sequence[Member]) -> None:
    columns = ("username", "pseudonym", "roles", "group", "last")
    table.show(
        deps.t("people.title"),
        [deps.t(f"people.column_{name}") for name in columns],
        [_row(deps, member) for member in found],
    )


def _row(deps: Deps, member: Member) -> list[table.Cell]:
    last = day_and_time(member.last_at) if member.last_at else deps.t("people.never")
    if member.disabled:
        last = deps.t("people.disabled")
    elif member.pending:
        last = deps.t("people.pending")
    roles = deps.t("word.and").join(deps.t(f"people.role_{role}") for role in member.roles)
    return [
        member.username,
        member.pseudonym,
        roles,
        member.group or deps.t("study.nothing"),
        last,
    ]


def _look_after(deps: Deps, person: SignedIn, found: Sequence[Member]) -> None:
    st.header(deps.t("people.look_after"), anchor=False)
    disabled = {one.username: one.disabled for one in found if one.username != person.username}
    name = st.selectbox(
        deps.t("people.whom"),
        list(disabled),
        index=None,
        placeholder=deps.t("people.choose"),
        key="people.whom",
    )
    if name is None:
        return
    able = disabled[name]
    with st.container(horizontal=True):
        out = st.button(deps.t("people.sign_out"), key=f"out.{name}")
        switch = st.button(deps.t("people.enable" if able else "people.disable"), key=f"do.{name}")
    try:
        if out:
            people.sign_out_everywhere(deps.store, by=person, username=name)
            st.success(deps.t("people.signed_out", name=plain(name)))
        if switch:
            people.switch(deps.store, by=person, username=name, able=able)
    except KnownError as error:
        refusal.show(deps, error)
        return
    if switch:
        st.rerun()
