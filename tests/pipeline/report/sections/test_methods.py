"""The paragraph that is pasted into a paper: what was done, exactly."""

from importlib.metadata import version

from pipeline.report.sections import methods
from tests.pipeline.report.conftest import Told


def test_both_languages_say_design_methods_seeds_and_versions(pilot: Told) -> None:
    english, chinese = methods.english(pilot.context), methods.chinese(pilot.context)
    for said in (
        "3 raters (student 2, therapist 1) scored 24 answers of 2 systems to 12 questions",
        "Relevance, CBT structure, Helpfulness",
        "blind to the system",
        "200 resamples, seed 20240324, level 0.95",
        "sign-flip, exact, two-sided",
        "adjusted by Holm's method over the 3 comparisons of the frozen family",
        "Krippendorff's alpha (nominal, ordinal, interval)",
        "Only for agreement of raters with themselves: 2 hidden repeats.",
        f"cbt-annotate {version('cbt-annotate')}",
    ):
        assert said in english, said
    for said in (
        "3 名评分者为 2 个系统对 12 个问题的 24 份回答评分，评分项为：切题、CBT 结构、帮助程度。",
        "200 次，种子 20240324，置信水平 0.95",
        "在预先固定的 3 个比较中校正",
        "2 个隐藏的重复条目",
        f"numpy {version('numpy')}",
    ):
        assert said in chinese, said


def test_an_imported_study_claims_nothing_of_a_design(paper: Told) -> None:
    english = methods.english(paper.context)
    assert "The judgements were collected elsewhere and imported." in english
    assert "blind" not in english
    assert "comparisons of the imported criteria" in english
    assert "frozen" not in english
    assert "预先" not in methods.chinese(paper.context)
    assert "在别处完成后导入" in methods.chinese(paper.context)


def test_a_study_of_labels_tells_of_detectors_and_not_of_means(labels: Told) -> None:
    english = methods.english(labels.context)
    assert "Cognitive distortions were labelled in 8 answers of 1 system to 8 questions" in english
    assert "Detectors were compared with the settled labels item by item" in english
    assert "Means" not in english
    references = "\n".join(str(item) for item in labels.document.blocks[-1].items)  # type: ignore[union-attr]
    assert "Matthews" in references
    assert "Passonneau" in references
    assert "Holm" not in references
    assert "Shrout" not in references
