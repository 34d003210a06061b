"""The paragraph that is pasted into a paper: what was done, exactly."""

from importlib.metadata import version
from pathlib import Path

from db.engine import Store
from pipeline.report.sections import methods
from tests.pipeline.report.studies import imported_study, label_study, rating_study, told


def test_both_languages_say_design_methods_seeds_and_versions(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=6)
    context, _, _ = told(sqlite_store, "pilot")
    english, chinese = methods.english(context), methods.chinese(context)
    for said in (
        "3 raters (student 2, therapist 1) scored 12 answers of 2 systems to 6 questions",
        "Relevance, CBT structure, Helpfulness",
        "blind to the system",
        "500 resamples, seed 20240324, level 0.95",
        "sign-flip, exact, two-sided",
        "adjusted by Holm's method over the 3 comparisons of the frozen family",
        "Krippendorff's alpha (nominal, ordinal, interval)",
        "Only for agreement of raters with themselves: 1 hidden repeat.",
        f"cbt-annotate {version('cbt-annotate')}",
    ):
        assert said in english, said
    for said in (
        "3 名评分者为 2 个系统对 6 个问题的 12 份回答评分，评分项为：切题、CBT 结构、帮助程度。",
        "500 次，种子 20240324，置信水平 0.95",
        "在预先固定的 3 个比较中校正",
        "1 个隐藏的重复条目",
        f"numpy {version('numpy')}",
    ):
        assert said in chinese, said


def test_an_imported_study_claims_nothing_of_a_design(sqlite_store: Store, tmp_path: Path) -> None:
    imported_study(sqlite_store, tmp_path, items=6)
    context, _, _ = told(sqlite_store, "paper")
    english = methods.english(context)
    assert "The judgements were collected elsewhere and imported." in english
    assert "blind" not in english
    assert "comparisons of the imported criteria" in english
    assert "frozen" not in english
    assert "预先" not in methods.chinese(context)
    assert "在别处完成后导入" in methods.chinese(context)


def test_a_study_of_labels_tells_of_detectors_and_not_of_means(sqlite_store: Store) -> None:
    label_study(sqlite_store)
    context, document, _ = told(sqlite_store, "labels")
    english = methods.english(context)
    assert "Cognitive distortions were labelled in 8 answers of 1 system to 8 questions" in english
    assert "Detectors were compared with the settled labels item by item" in english
    assert "Means" not in english
    references = "\n".join(str(item) for item in document.blocks[-1].items)  # type: ignore[union-attr]
    assert "Matthews" in references
    assert "Passonneau" in references
    assert "Holm" not in references
    assert "Shrout" not in references
