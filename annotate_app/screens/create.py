"""The page that makes a study."""

from annotate_app import state
from annotate_app.views import create_study

create_study.render(state.deps())
