"""The page on how far a study's raters agree."""

from annotate_app import state
from annotate_app.views import agreement

agreement.render(state.deps())
