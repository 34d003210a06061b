"""The first page after signing in: the rating for a rater, the studies for others."""

from annotate_app import state
from annotate_app.deps import Deps
from annotate_app.views import rate, studies


def render(deps: Deps) -> None:
    person = state.tab().person
    if person and person.rates:
        rate.render(deps, person)
    else:
        studies.render(deps)
