"""What a reader must know of a detector's figures: what counts, what does not, and how."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services import quality
from annotate_app.views.wording import plain


def render(deps: Deps, found: Mapping[str, Any]) -> None:
    st.markdown("\n".join(f"- {note}" for note in _notes(deps, found)))


def _notes(deps: Deps, found: Mapping[str, Any]) -> Iterator[str]:
    t = deps.t
    yield t("quality.settled", what=_told(deps, "settled", found["settled"]))
    yield t("quality.found_in", what=_told(deps, "place", found["found_in"]))
    if found["left_out"]:
        yield t("quality.left_out", what=_told(deps, "left_out", found["left_out"]))
    if found["left_out"].get("undecided"):
        yield t("quality.flattered")
    plan = found["analysis"]
    yield t("quality.methods", resamples=f"{plan['resamples']:,}", seed=plan["seed"])
    if found["labels"]:
        yield t("quality.convention")
        if found["absent_labels"]:
            yield t("quality.absent", names=_labels(deps, found["absent_labels"]))
    else:
        yield t("quality.no_labels")
    yield from _names(deps, found)
    if "between" not in found["ceiling"]:
        yield t("quality.no_ceiling")
    if found["status"] == "open":
        yield t("quality.preliminary")
    if found["coded"]:
        yield t("quality.by_code")
    yield t("quality.research_only")


def _told(deps: Deps, kind: str, counts: Mapping[str, int]) -> str:
    told = [deps.t(f"quality.{kind}_{key}", n=f"{n:,}") for key, n in counts.items()]
    return deps.t("quality.and").join(told)


def _names(deps: Deps, found: Mapping[str, Any]) -> Iterator[str]:
    for who in ("gold", "detector"):
        names = found["unknown_names"][who]
        if names:
            yield deps.t(f"quality.unknown_{who}", names=_counted(names))
    if found["outside_names"]:
        names = ", ".join(map(plain, found["outside_names"]))
        yield deps.t("quality.outside", names=names)
    if found["changed_labels"]:
        yield deps.t("quality.changed", names=_labels(deps, list(found["changed_labels"])))


def _counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} ({n:,})" for name, n in names.items())


def _labels(deps: Deps, labels: list[str]) -> str:
    return ", ".join(plain(quality.label_name(label, deps.language)) for label in labels)
