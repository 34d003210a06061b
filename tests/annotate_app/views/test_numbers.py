"""Figures as a page shows them: rounded, with a dash for what cannot be told."""

from annotate_app.views import numbers


def test_a_figure_is_rounded_with_its_interval_and_a_real_minus() -> None:
    figure = {"value": -0.12345, "low": -0.5, "high": 0.00001}
    assert numbers.with_interval(figure) == "−0.123 [−0.500, 0.000]"
    assert numbers.with_interval(figure, digits=1) == "−0.1 [−0.5, 0.0]"
    assert numbers.rounded(-0.0001, 2) == "0.00"


def test_what_cannot_be_told_is_a_dash_and_an_interval_may_be_missing_alone() -> None:
    assert numbers.with_interval({"value": None, "code": "x", "reason": "y"}) == "–"
    assert numbers.with_interval({"value": 1.0, "low": None, "high": None}) == "1.000"
    assert (numbers.rounded(None), numbers.percent(None), numbers.p_value(None)) == ("–", "–", "–")


def test_no_p_is_shown_as_zero() -> None:
    assert [numbers.p_value(p) for p in (0.04321, 0.00001, 1.0)] == ["0.0432", "< 0.0001", "1.0000"]
    assert [numbers.p_said(p) for p in (0.04321, 0.00001)] == ["p = 0.0432", "p < 0.0001"]


def test_each_reason_is_collected_once_wherever_it_stands() -> None:
    found = [{"a": {"value": None, "code": "x", "reason": "one"}}, {"code": "x", "reason": "two"}]
    assert numbers.reasons([found, {"b": {"code": "y", "reason": "three"}}]) == {
        "x": "one",
        "y": "three",
    }
