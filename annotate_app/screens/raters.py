"""The page on how a study's raters score."""

from annotate_app import state
from annotate_app.views import raters

raters.render(state.deps())
