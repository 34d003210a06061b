"""One study: how far each rater is, live, and for researchers what can be done with it."""

import streamlit as st

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.services import studies
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import Progress
from annotate_app.views import (
    refusal,
    study_about,
    study_export,
    study_labels,
    study_raters,
    study_steps,
    table,
)
from annotate_app.views.studies import badge, progress
from annotate_app.views.table import Bar
from annotate_app.views.wording import day_and_time, plain
from db.columns import StudyStatus
from db.errors import KnownError, NotKnown
from db.studies import RaterProgress

SECONDS_BETWEEN_LOOKS = 5


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    name = st.query_params.get("name", "")
    with st.container(key="wide"):
        st.page_link("screens/studies.py", label=deps.t("study.all"))
        try:
            found = studies.progress(deps.store, reader=person, name=name)
        except NotKnown:
            st.title(deps.t("study.title"), anchor=False)
            st.warning(deps.t("study.unknown", name=plain(name)))
            return
        except KnownError as error:
            refusal.show(deps, error)
            return
        _study(deps, person, found)


def _study(deps: Deps, person: SignedIn, found: Progress) -> None:
    with st.container(key="heading", horizontal=True, vertical_alignment="center"):
        st.title(plain(found.name), anchor=False, width="content")
        badge(deps, found.status)
    study_about.render(deps, found)
    if person.researches:
        study_steps.render(deps, person, found)
    if found.raters:
        st.header(deps.t("study.progress"), anchor=False)
        # Only an open study moves, so only its page looks again.
        every = SECONDS_BETWEEN_LOOKS if found.status == "open" else None
        st.fragment(_progress, run_every=every)(deps, person, found.name, found.status)
    if person.researches and not found.imported:
        study_raters.render(deps, person, found)
    if found.status == "draft":
        return
    st.header(deps.t("study.results"), anchor=False)
    if found.own:
        st.info(deps.t("study.own"))
        return
    _figures(deps, person, found)


def _figures(deps: Deps, person: SignedIn, found: Progress) -> None:
    """Lead to the pages on what was found, and give what they rest on as files."""
    pages = ["agreement"] if found.kind == "distortion" else ["results", "agreement"]
    if person.researches and found.kind == "rating":
        pages.append("raters")
    for page in pages:
        st.page_link(
            f"screens/{page}.py", label=deps.t(f"{page}.open"), query_params={"name": found.name}
        )
    if found.kind == "distortion":
        study_labels.render(deps, person, found)
    elif person.researches:
        label = deps.t("compare.open")
        st.page_link("screens/compare.py", label=label, query_params={"study": found.name})
        study_export.render(deps, person, found)


def _progress(deps: Deps, person: SignedIn, name: str, status: StudyStatus) -> None:
    try:
        found = studies.progress(deps.store, reader=person, name=name)
    except KnownError:
        st.rerun()  # the whole page finds out who is here and says why
    if found.status != status:
        st.rerun()
    progress(deps, found.counts.answered, found.counts.assigned)
    table.show(
        deps.t("study.raters_table"),
        [deps.t(f"study.column_{name}") for name in ("rater", "group", "done", "last", "seconds")],
        [_row(deps, rater) for rater in found.raters],
    )
    if found.status == "open":
        st.caption(deps.t("study.live", seconds=SECONDS_BETWEEN_LOOKS))


def _row(deps: Deps, rater: RaterProgress) -> list[table.Cell]:
    done = deps.t("study.done_of", done=rater.answered, total=rater.assigned)
    return [
        rater.pseudonym,
        rater.group or deps.t("study.nothing"),
        Bar(rater.answered, rater.assigned, done),
        day_and_time(rater.last_at) if rater.last_at else deps.t("study.not_begun"),
        deps.t("study.nothing") if rater.seconds is None else f"{rater.seconds:.0f}",
    ]
