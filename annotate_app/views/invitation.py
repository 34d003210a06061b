"""Links by which people choose a password, shown once, to be copied and sent."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import people
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import refusal
from annotate_app.views.wording import day_and_time
from db.errors import KnownError


def ask(deps: Deps, person: SignedIn, pending: Mapping[str, bool]) -> None:
    """Let a researcher make links for these people; `pending` are those without a password."""
    with st.form("invite"):
        chosen = st.multiselect(
            deps.t("people.invite_whom"),
            list(pending),
            default=[username for username, without in pending.items() if without],
            placeholder=deps.t("people.choose"),
            select_all=False,
            key="invite.whom",
        )
        st.caption(deps.t("people.invite_means"))
        pressed = st.form_submit_button(deps.t("people.invite"))
    if pressed and chosen:
        give(deps, person, chosen)


def give(deps: Deps, person: SignedIn, usernames: list[str]) -> None:
    """Make a new link for each, and show them, this once."""
    lines: list[str] = []
    until: datetime | None = None
    try:
        for username in usernames:
            made = people.invite(deps.store, by=person, username=username)
            lines.append(f"{username}  {_base(deps)}/accept#{made.token}")
            until = made.expires_at
    except KnownError as error:
        refusal.show(deps, error)
    if until:
        st.success(deps.t("people.links", until=day_and_time(until)))
        st.code("\n".join(lines), language=None, wrap_lines=True)


def _base(deps: Deps) -> str:
    """Return the address of the app as this browser reaches it."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{deps.base_path}"
