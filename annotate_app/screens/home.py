"""The app's first page."""

from annotate_app import state
from annotate_app.views import home

home.render(state.deps())
