"""A rater's own page: the own ratings in one study, never anybody else's, and no verdict."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import own_ratings
from annotate_app.services.own_ratings import NotYours, OwnRatings
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import mine_figures, refusal
from annotate_app.views.wording import plain
from db.errors import KnownError


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    with st.container(key="mine"):
        st.page_link("screens/home.py", label=deps.t("mine.back"))
        st.title(deps.t("mine.title"), anchor=False)
        found = _found(deps, person)
        if found:
            _page(deps, found)


def _found(deps: Deps, person: SignedIn) -> OwnRatings | None:
    # Only the study is taken from the address: whose ratings they are, the sign-in says.
    study = st.query_params.get("name", "")
    with st.spinner(deps.t("figures.working")):
        try:
            return own_ratings.of(deps.store, person=person, study=study)
        except NotYours:
            st.warning(deps.t("mine.not_yours"))
        except KnownError as error:
            refusal.show(deps, error)
    return None


def _page(deps: Deps, own: OwnRatings) -> None:
    st.header(plain(own.study), anchor=False)
    st.progress(
        own.answered / own.assigned,
        text=deps.t("rate.progress", done=own.answered, total=own.assigned),
    )
    if own.kind == "distortion":
        st.info(deps.t("mine.labels"))
    elif own.found is None:
        st.info(deps.t("mine.nothing_yet"))
    else:
        criteria = own.found["criteria"].items()
        named = {own.names.called(one, deps.language): of for one, of in criteria}
        st.info(deps.t("mine.yours_alone"))
        mine_figures.pace(deps, own.found["seconds"])
        mine_figures.scale(deps, named)
        if not own.open:
            mine_figures.again(deps, named)
            mine_figures.others(deps, named)
        st.caption(deps.t("mine.while_open" if own.open else "mine.at_the_end"))
