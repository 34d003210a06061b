"""One criterion: its scale, with nothing chosen yet, and what each value means."""

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.rating import Criterion, Level
from annotate_app.views.wording import plain


def render(deps: Deps, criterion: Criterion, key: str, chosen: int | None) -> None:
    labels = {level.value: plain(_shown(level)) for level in criterion.levels}
    with st.container(key=f"criterion.{criterion.id}"):
        st.segmented_control(
            plain(criterion.name),
            list(labels),
            default=chosen,
            required=True,
            format_func=labels.__getitem__,
            key=key,
            width="stretch",
        )
        with st.expander(deps.t("scores.meaning"), type="compact"):
            st.text(criterion.question)
            for level in criterion.levels:
                st.text(_meaning(deps, level))


def _meaning(deps: Deps, level: Level) -> str:
    meaning = deps.t("scores.level", level=_shown(level), anchor=level.anchor)
    if not level.example:
        return meaning
    return meaning + "\n" + deps.t("scores.example", example=level.example)


def _shown(level: Level) -> str:
    return f"{level.value} {level.label}".strip()
