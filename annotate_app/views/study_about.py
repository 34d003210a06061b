"""What a study is: its size, seed and times, and what to know of how it was drawn."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import design_notes
from annotate_app.services.studies import Progress
from annotate_app.views.wording import day_and_time, plain, whose


def render(deps: Deps, found: Progress) -> None:
    _about(deps, found)
    _notes(deps, found)


def _about(deps: Deps, found: Progress) -> None:
    about = whose(found.kind, found.systems)
    size = {"items": found.counts.items, "repeats": found.counts.repeats}
    known = [deps.t(f"study.size_{about}", systems=found.systems, **size)]
    if found.labels:
        kept = {"name": plain(found.labels.name), "version": plain(found.labels.version)}
        known.append(deps.t("study.labels", **kept))
    if not found.imported:
        known.append(deps.t("study.seed", seed=found.seed))
    if found.opened_at:
        known.append(deps.t("study.opened_at", at=day_and_time(found.opened_at)))
    if found.closed_at:
        known.append(deps.t("study.closed_at", at=day_and_time(found.closed_at)))
    st.caption(" · ".join(known))


def _notes(deps: Deps, found: Progress) -> None:
    notes = [deps.t(f"study.note.{note.code}", **note.values) for note in design_notes.of(found)]
    # A draft can still be drawn otherwise; later these are only good to know.
    if notes:
        (st.warning if found.status == "draft" else st.caption)("  \n".join(notes))
