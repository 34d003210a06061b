"""What one browser tab remembers between its runs, and what its browser sends along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from annotate_app import deps as process
from annotate_app import provider
from annotate_app.deps import Deps
from annotate_app.i18n.translator import LANGUAGES, Language, language_of
from annotate_app.services import organisation, sign_in
from annotate_app.services.organisation import NotExpected
from annotate_app.services.sign_in import COOKIE, SignedIn

LANGUAGE_COOKIE = "cbt_language"


@dataclass
class Tab:
    """One browser tab: whose it is, in which language, and which study is open in it."""

    language: Language
    study: str | None
    person: SignedIn | None = None
    ended: bool = False
    arrived: bool = False
    ticket: str = ""
    unknown: bool = False
    at_home: bool = False
    leaving: int = 0
    everywhere: bool = False

    def rate(self, study: str) -> None:
        """Open the desk on a study."""
        self.study, self.at_home = study, False
        st.query_params["study"] = study

    def go_home(self) -> None:
        """Show the rater's studies instead of the desk."""
        self.study, self.at_home = None, True
        st.query_params.pop("study", None)

    def leave(self, *, everywhere: bool) -> None:
        """Ask the browser, which alone can send its cookie away, to sign out."""
        self.leaving, self.everywhere = self.leaving + 1, everywhere


def tab() -> Tab:
    """Return this browser tab's state, new at its first run."""
    if "tab" not in st.session_state:
        st.session_state["tab"] = Tab(_language(), st.query_params.get("study"))
    found: Tab = st.session_state["tab"]
    return found


def recognise() -> None:
    """Find out anew who is here: a sign-in may have ended elsewhere since the last run."""
    here = tab()
    token = _cookies().get(COOKIE)
    found = sign_in.who(deps().store, token=token) if token else None
    here.ended = bool(token) and found is None
    here.person = found
    if found is None and not here.arrived:
        here.arrived = True
        _arrive(here)


def deps() -> Deps:
    """Return what the pages need, in this tab's language."""
    return process.make(tab().language)


def chosen(key: str) -> Any:
    """Return what a widget holds, for a callback."""
    return st.session_state.get(key)


def _arrive(here: Tab) -> None:
    """Get a ticket for whom Streamlit's own login has just brought back from the provider."""
    identity = st.user.to_dict()
    if not (provider.offered() and organisation.is_new(identity)):
        return
    browser = organisation.browser_of(_cookies())
    try:
        here.ticket = organisation.ticket(
            deps().store, identity=identity, claim=provider.claim(), browser=browser
        )
    except NotExpected:
        here.unknown = True


def _language() -> Language:
    remembered = _cookies().get(LANGUAGE_COOKIE)
    return next((known for known in LANGUAGES if known == remembered), None) or language_of(
        st.context.locale
    )


def _cookies() -> Mapping[str, str]:
    """Return the browser's cookies; a test without a browser puts its own into the session."""
    given: Mapping[str, str] = st.session_state.get("cookies", st.context.cookies)
    return given
