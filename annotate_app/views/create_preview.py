"""What a new study will give, before it is made."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import study_admin
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.study_admin import Preview
from annotate_app.views import refusal
from annotate_app.views.wording import whose
from db.errors import KnownError


def render(deps: Deps, person: SignedIn, found: Preview) -> None:
    st.text(deps.t("create.gives", questions=found.questions, frame=found.frame))
    about = whose(found.plan.kind, found.systems)
    size = {"systems": found.systems, "items": found.items, "repeats": found.repeats}
    st.text(deps.t(f"create.gives_{about}", **size))
    if found.raters:
        st.text(deps.t("create.gives_raters", raters=found.raters, each=found.each))
        hours = f"{found.hours:.1f}"
        st.text(deps.t("create.gives_hours", hours=hours, seconds=found.seconds))
    else:
        st.warning(deps.t("study.note.no_raters"))
    if found.usual:
        st.warning(deps.t("study.note.fewer", usual=found.usual, n=found.frame))
    for code in ("unanswered", "same_text"):
        n = getattr(found, code)
        if n:
            st.warning(deps.t(f"study.note.{code}", n=n))
    st.caption(deps.t("create.seed_is", seed=found.plan.seed))
    if not st.button(deps.t("create.make"), key="make", type="primary"):
        return
    try:
        study_admin.make(deps.store, by=person, plan=found.plan)
    except KnownError as error:
        refusal.show(deps, error)
        return
    st.switch_page("screens/study.py", query_params={"name": found.plan.name or ""})
