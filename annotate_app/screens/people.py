"""The page about people."""

from annotate_app import state
from annotate_app.views import people

people.render(state.deps())
