"""What the store tells the datasheet, of studies of each kind."""

from sqlalchemy import select

from db.engine import Store
from db.tables import Prompt, System
from pipeline.report.datasheet.questions import Datasheet
from tests.pipeline.report.conftest import Told
from tests.pipeline.report.studies import rating_study, told


def answers(sheet: Datasheet, criterion: str = "") -> dict[str, str]:
    return {
        entry.field.id: entry.told
        for entry in sheet.entries
        if entry.told and entry.criterion == criterion
    }


def test_a_study_done_here_fills_sample_raters_procedure_and_criteria(pilot: Told) -> None:
    found = answers(pilot.sheet)
    assert found["outputs"] == "12"
    assert found["selection"] == "All 12 questions of the frame (source report)."
    assert found["raters"] == "3"
    assert found["rater_groups"] == "student: 2, therapist: 1"
    assert found["exclusions"].startswith("Left out: hidden repeats (2 items)")
    assert found["flags"] == "harmful: 1 judgement"
    assert found["missing"].startswith("78 of 78 assignments answered; Relevance: 0 of 72")
    assert found["pace"].startswith("Median 2")
    assert found["seeds"] == "sample, assignments and orders 11; resampling 20240324."
    assert "Hidden: which system wrote an answer" in found["blinding"]
    assert "ratings.csv" in found["raw_file"]
    assert "cbt power --study pilot --criterion helpfulness" in found["power_code"]
    each = answers(pilot.sheet, "helpfulness")
    assert each["criterion_name"] == "帮助程度\n\nHelpfulness"
    assert (each["scale_size"], each["scale_values"]) == ("3", "0, 1, 2")
    assert "从心理咨询的角度看" in each["verbatim_question"]
    assert "From a counselling point of view" in each["verbatim_question"]
    assert "2 High: It suits the person's situation" in each["definition"]
    assert "zephyr − boreas" in each["differences"] or "boreas − zephyr" in each["differences"]
    assert "sign-flip, exact" in each["tests"]
    assert "Krippendorff's alpha, ordinal" in each["agreement_score"]
    assert "percent agreement" in each["repeat_score"]
    assert found["order_effect"].startswith("Change in points for each 100 places in the order: ")


def test_an_imported_study_leaves_what_only_its_authors_know_blank(paper: Told) -> None:
    found = answers(paper.sheet)
    unknown = {"selection", "medium", "blinding", "order", "independence", "flags", "order_effect"}
    assert not unknown & set(found)
    assert found["analysis_plan"].endswith("(no plan of its own; that of every imported study).")
    assert answers(paper.sheet, "relevance")["repeat_score"] == "IntraAA not assessed"


def test_prompts_and_settings_are_told_only_after_unblinding(sqlite_store: Store) -> None:
    rating_study(sqlite_store, questions=4, unblinded=False)
    with sqlite_store.writing() as session:
        prompt = Prompt(name="cbt", language="zh", text="你是一位治疗师。", content_hash="ab12")
        session.add(prompt)
        session.flush()
        for system in session.scalars(select(System)):
            system.prompt_id, system.configuration = prompt.id, {"temperature": 0.7}
    _, _, sheet = told(sqlite_store, "pilot")
    assert "你是一位治疗师" not in repr(sheet)
    assert answers(sheet)["prompts"] == "The prompts are told after 'cbt study unblind'."
    from pipeline.study import lifecycle

    lifecycle.unblind_study(sqlite_store, name="pilot")
    _, _, sheet = told(sqlite_store, "pilot")
    assert "cbt (SHA-256 ab12)\n你是一位治疗师。" in answers(sheet)["prompts"]
    assert "zephyr: temperature 0.7" in answers(sheet)["system_details"]


def test_a_study_of_labels_answers_the_items_on_ground_truth_and_detection(labels: Told) -> None:
    found = answers(labels.sheet)
    assert "order_effect" not in found
    assert found["two_by_two"] == "lexicon: TP 2, FP 2, FN 2, TN 2"
    assert "accuracy 0.500" in found["accuracy"]
    assert "labeling" in found["scheme"]
    assert found["indeterminate"] == "lexicon: left out nothing"
    assert (
        "A lead decides items that differ in presence, labels, cannot_tell"
        in (found["adjudication"])
    )
    assert "Krippendorff's alpha, nominal 1.000" in found["agreement_before"]
    assert "criterion_name" not in found
