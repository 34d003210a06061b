"""The page on what a study found of its systems."""

from annotate_app import state
from annotate_app.views import results

results.render(state.deps())
