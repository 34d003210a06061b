"""The page of one study."""

from annotate_app import state
from annotate_app.views import study

study.render(state.deps())
