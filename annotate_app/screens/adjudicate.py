"""The page of a lead's cases."""

from annotate_app import state
from annotate_app.views import adjudicate

adjudicate.render(state.deps())
