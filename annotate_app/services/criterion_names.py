"""What readers call a study's criteria."""

from collections.abc import Mapping
from dataclasses import dataclass

from annotate_app.i18n.translator import Language
from db.tables import Study


@dataclass(frozen=True)
class CriterionNames:
    """The names of criteria by language, as far as their study has them."""

    by_language: Mapping[str, Mapping[str, str]]

    def called(self, criterion: str, language: Language) -> str:
        """Return what a reader calls a criterion."""
        return self.by_language.get(criterion, {}).get(language) or criterion


def of_study(study: Study) -> CriterionNames:
    return CriterionNames({each["id"]: each.get("name") or {} for each in study.criteria})
