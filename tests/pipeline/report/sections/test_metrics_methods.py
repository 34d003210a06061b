"""The methods paragraph names the automatic metrics, their reference, tests and correlations."""

from db.engine import Store
from pipeline.report.sections import metrics_methods
from tests.pipeline.report.sections.test_metrics import add_bleu, add_reference, add_scores, section
from tests.pipeline.report.studies import rating_study


def test_both_languages_say_metrics_reference_tests_and_correlations(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=8)
    add_reference(sqlite_store)
    add_bleu(sqlite_store)
    add_scores(sqlite_store, metric="length", signature="length", value=float)
    context, _ = section(sqlite_store)
    english = " ".join(metrics_methods.english(context))
    assert "scored by 2 automatic metrics (BLEU; Length in characters), those" in english
    assert "against the answers of chatgpt." in english
    assert "adjusted by Holm's method over 2 tests of their own" in english
    assert "within systems and over all answers" in english
    chinese = "".join(metrics_methods.chinese(context))
    assert (
        "以 2 项自动指标评分（BLEU；Length in characters），需要参考的以 chatgpt 的回答为参考"
        in chinese
    )
    assert "在 2 个检验中按 Holm 法校正" in chinese
    assert {"metric bleu", "correlation"} <= metrics_methods.used(context)


def test_nothing_is_said_before_unblinding_or_without_scores(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    add_bleu(sqlite_store)
    context, _ = section(sqlite_store)
    assert list(metrics_methods.english(context)) == []
    assert list(metrics_methods.chinese(context)) == []
    assert metrics_methods.used(context) == set()
