"""A rater's page on the own ratings."""

from annotate_app import state
from annotate_app.views import mine

mine.render(state.deps())
