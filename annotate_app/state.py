"""What one browser tab remembers between its runs."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from annotate_app import deps as process
from annotate_app.deps import Deps
from annotate_app.i18n.translator import Language, language_of
from annotate_app.services.rating import Saved
from annotate_app.services.sign_in import SignedIn
from db.errors import KnownError


@dataclass(frozen=True)
class Panel:
    """One item as it was put before the rater: what is saved from it carries its token."""

    item_code: str
    revision: int
    token: str
    shown_at: float

    def key(self, name: str) -> str:
        """Return a widget's key, which no other item and no later revision shares."""
        return f"{name}.{self.item_code}.{self.revision}"

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.shown_at, 1)


@dataclass
class Tab:
    """One browser tab: who is signed in, where they are, and what to tell them next."""

    language: Language
    person: SignedIn | None = None
    study: str | None = None
    position: int | None = None
    pausing: bool = False
    panel: Panel | None = None
    ready_for: set[str] = field(default_factory=set)
    saved: Saved | None = None
    problem: KnownError | None = None
    signed_out: bool = False

    def go_on(self, study: str) -> None:
        """Show the next open item of a study."""
        self.study, self.pausing = study, False
        self.go_to(None)

    def go_to(self, position: int | None) -> None:
        """Show the item at a position of the rater's order, or with None the next open one."""
        self.position, self.problem, self.saved = position, None, None

    def pause(self) -> None:
        """Show the rater's studies instead of an item."""
        self.study, self.pausing = None, True
        self.go_to(None)


def tab() -> Tab:
    """Return this browser tab's state, new at its first run."""
    if "tab" not in st.session_state:
        st.session_state["tab"] = Tab(language=language_of(st.context.locale))
    found: Tab = st.session_state["tab"]
    return found


def deps() -> Deps:
    """Return what the pages need, in this tab's language."""
    return process.make(tab().language)


def chosen(key: str) -> Any:
    """Return what a widget holds, for a callback."""
    return st.session_state.get(key)


def panel(item_code: str, *, revision: int) -> Panel:
    """Return the panel of an item at a revision: one token, however often the page runs again."""
    here = tab()
    shown = here.panel
    if shown is None or (shown.item_code, shown.revision) != (item_code, revision):
        shown = Panel(item_code, revision, secrets.token_urlsafe(16), time.monotonic())
        here.panel = shown
    return shown


def sign_out() -> None:
    """Forget the person, and all that they saw."""
    st.session_state["tab"] = Tab(language=tab().language, signed_out=True)
