"""Say in the reader's language why something on a researcher's page was not done."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.study_admin import Unfit
from annotate_app.views.wording import plain
from db.errors import KnownError

SAID = {"already_known", "name_unfit", "no_overlap", "not_for_you", "not_yourself", "one_system"}
SAID |= {"cases_waiting", "nothing_yet", "one_rater", "own_study", "without_labels"}
SAID |= {"still_judges", "without_scores"}
SAID_EVERYWHERE = {"store_busy", "store_full"}


def show(deps: Deps, error: KnownError) -> None:
    st.error(text(deps, error))


def text(deps: Deps, error: KnownError) -> str:
    """Return one sentence; where there is none of ours, the pipeline's own one is quoted."""
    code = error.code
    if isinstance(error, Unfit):
        values = {name: plain(str(value)) for name, value in error.values.items()}
        return deps.t(f"study.refused.{code}", **values)
    if code in SAID:
        return deps.t(f"study.refused.{code}")
    if code in SAID_EVERYWHERE:
        return deps.t(f"problem.{code}")
    return deps.t("study.refused.other", why=plain(error.message))
