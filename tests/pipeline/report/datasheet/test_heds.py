"""The file that the web form of HEDS 3.0 loads."""

from pipeline.report.datasheet import questions
from pipeline.report.datasheet.heds import form

CRITERIA = {"relevance": "Relevance", "structure": "CBT structure"}
ELICITATION = "heds-criteria-criterion-response_elicitation"


def test_answers_stand_where_the_form_keeps_them() -> None:
    sheet = questions.filled(
        "pilot",
        "rating",
        CRITERIA,
        told={
            ("raters", ""): "5",
            ("scale_size", "relevance"): "3",
            ("scale_size", "structure"): "3",
            ("elicitation", "relevance"): "Direct",
        },
        said={("raters", ""): "one left", ("recruitment", ""): "by a poster"},
    )
    found = form(sheet)
    assert found["heds-sample_evaluators_design-evaluators-number_of_evaluators"] == {
        "data": {"": "5"},  # the form takes a whole number only
        "control": {},
        "number": "3.2.1",
    }
    recruited = found["heds-sample_evaluators_design-evaluators-recruitment_method"]
    assert recruited["data"] == {"": "by a poster"}
    size = found[f"{ELICITATION}-size_of_scale"]
    assert size["data"] == {"Relevance": "3", "CBT structure": "3"}
    direct = found[f"{ELICITATION}-form_of_response-2"]  # "2. Direct quality estimation"
    assert direct["data"] == {"Relevance": True}
    assert found["heds-criteria-criterion"]["control"] == {
        "Relevance": True,
        "CBT structure": False,
    }


def test_a_blank_is_left_to_the_form_and_a_study_without_criteria_lists_none() -> None:
    sheet = questions.filled("labels", "distortion", {}, told={("raters", ""): "2"}, said={})
    assert list(form(sheet)) == ["heds-sample_evaluators_design-evaluators-number_of_evaluators"]
