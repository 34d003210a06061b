"""Check the scores that a rater gives to an item."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotate_app.services.answers import NotUnderstood
from db.errors import NotAllowed
from db.judgements import NewJudgement


class ScoresMissing(NotAllowed):
    """Some criteria have no score; `criteria` holds their ids, in the study's order."""

    code = "scores_missing"

    def __init__(self, criteria: list[str]) -> None:
        super().__init__(f"a score is missing for {', '.join(criteria)}; give it, then save")
        self.criteria = criteria


class ScoresAndCannotJudge(NotAllowed):
    code = "scores_and_cannot_judge"


class OffScale(NotAllowed):
    code = "off_scale"


def check(criteria: Sequence[Any], given: NewJudgement) -> None:
    """Raise one of the errors above unless each criterion has a score of its own scale, or none.

    All are without one, and only then, where the rater cannot judge.
    """
    if given.labels:
        raise NotUnderstood("a rating study has scores, no labels")
    scales = {c["id"]: {level["value"] for level in c["levels"]} for c in criteria}
    if not given.values.keys() <= scales.keys():
        raise OffScale("there is a score for a criterion that this study does not have")
    scored = {name: value for name, value in given.values.items() if value is not None}
    for name, value in scored.items():
        if type(value) is not int or value not in scales[name]:
            raise OffScale(f"the score of {name} is not on its scale")
    if "cannot_judge" in given.flags:
        _check_none(given, scales, scored)
    elif missing := [name for name in scales if name not in scored]:
        raise ScoresMissing(missing)


def _check_none(
    given: NewJudgement, scales: Mapping[str, Any], scored: Mapping[str, int | None]
) -> None:
    if scored:
        raise ScoresAndCannotJudge("give scores, or say that you cannot judge, not both")
    if given.values.keys() != scales.keys():
        raise NotUnderstood("an item that cannot be judged has no value for every criterion")
