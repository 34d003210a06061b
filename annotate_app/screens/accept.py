"""The page file of an invite link."""

from annotate_app import state
from annotate_app.views import accept

accept.render(state.deps())
