"""The page on a question with several answers beside each other."""

from annotate_app import state
from annotate_app.views import compare

compare.render(state.deps())
