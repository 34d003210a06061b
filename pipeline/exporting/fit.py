"""Tell which answers may leave the store as data for others."""

from db.dataset_rows import AnsweredQuestion
from pipeline import scan

# Why an answer stays behind, in the order in which it is looked at.
WHY = {
    "set_aside": "set aside",
    "refused": "refused by the model",
    "no_text": "without text",
    "in_danger": "to people who may be in acute danger",
    "personal_data": "with something that could identify a person",
}


def why_not(answer: AnsweredQuestion, *, danger: bool, with_danger: bool) -> str | None:
    """Return why an answer stays behind, None where it may leave.

    `danger` says whether the question is by or about somebody in danger.
    """
    if answer.status != "kept":
        return answer.status
    if not (answer.answer or "").strip():
        return "no_text"
    if danger and not with_danger:
        return "in_danger"
    texts = (answer.question, answer.description, answer.answer)
    said = "\n".join(text for text in texts if text)
    return "personal_data" if scan.identifies_a_person(said) else None
