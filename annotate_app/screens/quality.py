"""The page on how good a detector is."""

from annotate_app import state
from annotate_app.views import quality

quality.render(state.deps())
