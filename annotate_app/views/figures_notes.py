"""Why some figures of a page cannot be told, and of which one should be wary."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.services.statistics import MOST_PAIRS
from annotate_app.views import numbers
from annotate_app.views.wording import plain

WHY = {"at_zero", "few_items", "few_positions", "few_questions", "few_raters", "no_complete_items"}
WHY |= {"no_family", "no_items", "no_maximum", "no_order", "no_others", "no_pairs", "no_positions"}
WHY |= {"no_ratings", "no_repeats", "no_scores", "no_seconds", "no_spread", "no_times"}
WHY |= {"no_variance", "not_linked", "one_criterion", "one_day", "one_item", "one_place"}
WHY |= {"one_question", "one_rater", "one_score_a_question", "one_score_a_unit", "one_system"}
WHY |= {"one_system_a_question", "one_value", "only_highest", "only_lowest", "outside_family"}
WHY |= {"alone", "many_pairs", "many_raters", "same_order", "several_answers"}
WHY |= {"undefined_in_resamples"}
WARY = {"few_items", "narrow_intervals", "one_level"}
GOOD_TO_KNOW = {"complete_cases", "one_score", "undefined_in_resamples"}


def show(deps: Deps, notes: Iterable[str]) -> None:
    """Show how the figures are to be read."""
    st.header(deps.t("figures.notes"), anchor=False)
    st.markdown("\n".join(f"- {note}" for note in notes))


def dashes(deps: Deps, *found: Any) -> Iterator[str]:
    """Yield what each kind of dash among figures that are shown stands for."""
    for code, reason in numbers.reasons(list(found)).items():
        yield deps.t("figures.dash", why=why(deps, code, reason))


def why(deps: Deps, code: str, reason: str) -> str:
    """Return why a figure cannot be told; the command's own words where there are none of ours."""
    return deps.t(f"figures.why_{code}") if code in WHY else plain(reason)


def too_many(deps: Deps, pairs: Sequence[Any]) -> bool:
    """Return whether there are more pairs than a page can show, and say so."""
    if len(pairs) <= MOST_PAIRS:
        return False
    st.caption(deps.t("figures.many_pairs"))
    return True


def warnings(deps: Deps, found: Sequence[Mapping[str, Any]]) -> None:
    """Warn of what makes figures say less than they seem to."""
    grave = [_wary(deps, each) for each in found if each["code"] not in GOOD_TO_KNOW]
    if grave:
        st.warning("  \n".join(grave))
    others = [_wary(deps, each) for each in found if each["code"] in GOOD_TO_KNOW]
    if others:
        st.caption("  \n".join(others))


def _wary(deps: Deps, warning: Mapping[str, Any]) -> str:
    code, message = warning["code"], warning["message"]
    return deps.t(f"figures.wary_{code}") if code in WARY | GOOD_TO_KNOW else plain(message)
