"""The page on a question with several answers beside each other."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from annotate_app import state
from annotate_app.components.compared import compared
from annotate_app.deps import Deps
from annotate_app.services import comparing
from annotate_app.services.comparing import MOST, Asked, Compared
from annotate_app.services.sign_in import SignedIn
from annotate_app.views import compare_choice, refusal
from annotate_app.views.wording import plain
from db.errors import KnownError, NotKnown


def render(deps: Deps) -> None:
    person = state.tab().person
    if person is None:
        return
    with st.container(key="compare"):
        st.title(deps.t("compare.title"), anchor=False)
        try:
            studies = comparing.study_names(deps.store, by=person)
        except KnownError as error:
            refusal.show(deps, error)
            return
        st.info(deps.t("figures.research_only"))
        compare_choice.among(deps, studies)
        try:
            _page(deps, person, compare_choice.asked())
        except KnownError as error:
            refusal.show(deps, error)


def _page(deps: Deps, person: SignedIn, asked: Asked) -> None:
    try:
        found = comparing.look(deps.store, by=person, asked=asked)
    except NotKnown:  # an address that somebody kept, of another store
        st.warning(deps.t("compare.unknown"))
        return
    if found is None:
        none = "compare.no_match" if asked.search or asked.study else "compare.empty"
        st.info(deps.t(none))
        return
    compare_choice.walk(deps, found, lambda: comparing.draw(deps.store, by=person, asked=asked))
    _question(deps, person, asked, found)


def _question(deps: Deps, person: SignedIn, asked: Asked, found: Compared) -> None:
    place = st.container()  # filled once it is known whether the text is wanted
    wanted: Compared | None = found
    if found.shown.question.withheld and _ready(deps, found):
        wanted = comparing.look(
            deps.store, by=person, asked=replace(asked, key=found.key, danger=True)
        )
    if wanted is None:
        return
    with place:
        compared.question(deps, wanted.shown.question)
    if not wanted.shown.question.withheld:
        _answers(deps, wanted, asked)


def _ready(deps: Deps, found: Compared) -> bool:
    key = f"compare.ready.{found.shown.question.id}"
    return st.checkbox(deps.t("desk.show_hard"), key=key)


def _answers(deps: Deps, found: Compared, asked: Asked) -> None:
    compare_choice.systems(deps, found, asked)
    shown = found.shown
    for line in _lines(deps, found):
        st.caption(line)
    if shown.answers:
        compared.answers(deps, shown, lambda one: found.names.called(one, deps.language))
    else:
        st.info(deps.t("compare.no_answers"))


def _lines(deps: Deps, found: Compared) -> Sequence[str]:
    """Return what must be known of the answers."""
    shown = found.shown
    lines = []
    if shown.blinded:
        lines.append(deps.t("compare.by_code"))
    elif shown.answers and not any(each.scores for each in shown.answers):
        lines.append(deps.t("compare.no_scores"))
    if shown.study and shown.study.status == "open":
        lines.append(deps.t("figures.preliminary"))
    if shown.others:
        others = deps.t("word.and").join(map(plain, shown.others))
        lines.append(deps.t("compare.others", systems=others, most=MOST))
    if shown.silent:
        silent = deps.t("word.and").join(map(plain, shown.silent))
        lines.append(deps.t("compare.silent", systems=silent))
    return lines
