"""Why a figure is missing is said in the reader's language, for every code of the commands."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate_app.i18n.translator import LANGUAGES, translator
from annotate_app.views import figures_notes
from pipeline.agreement import cautions

ROOT = Path(cautions.__file__).parent.parent
# What those pages never show: detectors, planning, metrics, what a rater is told in other words.
ELSEWHERE = {
    *("nothing_found", "no_positives", "no_negatives", "neither_has_any", "one_answer"),
    *("no_contrast", "no_labels", "beyond_scale", "undefined_in_simulations", "no_interval"),
    *("few_others", "study_open", "undefined_for_one"),
    *("no_answers", "no_reference", "not_available"),
}


def codes(called: str, *paths: Path) -> set[str]:
    """The first argument of every call of this name that is a text."""
    return {code for path in paths for code in _codes(called, path)}


def _codes(called: str, path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if node.func.id == called and isinstance(first, ast.Constant):
                yield str(first.value)


def test_every_code_of_the_commands_has_a_sentence() -> None:
    given = codes("Undefined", *ROOT.rglob("*.py"))
    given |= {"no_spread", "undefined_in_resamples", "no_seconds"}  # set beside a figure
    assert "no_pairs" in given
    assert given - ELSEWHERE == figures_notes.WHY


def test_every_warning_has_a_sentence() -> None:
    given = codes("Caution", ROOT / "agreement" / "cautions.py")
    assert given == figures_notes.WARY | figures_notes.GOOD_TO_KNOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_there_in_each_language(language: str) -> None:
    words = translator(language).words  # type: ignore[arg-type]
    assert {f"figures.why_{code}" for code in figures_notes.WHY} <= words.keys()
    wary = figures_notes.WARY | figures_notes.GOOD_TO_KNOW
    assert {f"figures.wary_{code}" for code in wary} <= words.keys()
