"""What becomes of a distortion study's labels: where they are settled, written and measured."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.sign_in import SignedIn
from annotate_app.services.studies import Progress
from annotate_app.views import command


def render(deps: Deps, person: SignedIn, study: Progress) -> None:
    """Show a researcher the commands for what no page does; a lead decides without the votes."""
    if study.status == "open":
        st.caption(deps.t("study.adjudicated_later"))
    if person.researches or study.status == "closed":
        st.page_link(
            "screens/quality.py", label=deps.t("quality.open"), query_params={"name": study.name}
        )
    if not person.researches:
        return
    if study.status == "closed":
        command.show(deps.t("study.adjudicate"), "cbt study adjudicate", study.name)
        command.show(deps.t("study.adjudication"), "cbt study adjudication", study.name)
    command.show(deps.t("study.gold"), "cbt export gold --out gold.csv --study", study.name)
    command.show(deps.t("study.quality"), "cbt detection-quality --study", study.name)
