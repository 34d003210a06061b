"""The studies page."""

from annotate_app import state
from annotate_app.views import studies

studies.render(state.deps())
