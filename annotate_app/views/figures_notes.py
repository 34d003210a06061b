"""Why some figures of a page cannot be told, and of which one should be wary."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from annotate_app.deps import Deps
from annotate_app.views import numbers
from annotate_app.views.wording import plain

WHY = {"few_raters", "no_pairs", "no_repeats", "no_scores", "no_spread", "no_variance", "one_item"}
WHY |= {"one_question", "one_rater", "one_system", "one_value", "undefined_in_resamples"}
WARY = {"complete_cases", "narrow_interval", "one_category"}


def reasons(deps: Deps, found: Any) -> None:
    """Say for each kind of dash on the page what it stands for."""
    for code, reason in numbers.reasons(found).items():
        if code in WHY:
            st.markdown(deps.t("figures.dash", why=deps.t(f"figures.why_{code}")))
        else:
            st.markdown(deps.t("figures.dash", why=plain(reason)))


def warnings(deps: Deps, found: Sequence[Mapping[str, Any]]) -> None:
    for each in found:
        code = each["code"]
        if code in WARY:
            st.warning(deps.t(f"figures.wary_{code}"))
        else:
            st.warning(plain(each["message"]))
