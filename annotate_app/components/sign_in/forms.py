"""The forms for a password: their own requests carry it, never Streamlit's."""

from annotate_app.components import module
from annotate_app.deps import Deps

STYLE = "sign_in/form.css"
SECTIONS = ("sign_in", "accept", "problem")


def sign_in(deps: Deps, *, ticket: str) -> None:
    """Show the form; with a ticket, the browser signs in by that first."""
    module.place(deps, "sign_in/sign_in.js", style=STYLE, sections=SECTIONS, ticket=ticket)


def accept(deps: Deps) -> None:
    module.place(deps, "sign_in/accept.js", style=STYLE, sections=SECTIONS)
