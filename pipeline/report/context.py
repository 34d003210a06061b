"""What every section of a report is written from."""

import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.codebook.distortions import shipped
from pipeline.report.document.blocks import Piece, Text
from pipeline.report.findings import Findings, Known
from pipeline.report.sources import Sources

NOTICE = (
    "For research only. The answers are by models, not by professionals, and do not replace"
    " counselling or treatment. The questions are from people in distress."
)


@dataclass(frozen=True)
class Context:
    """What the store holds and the stages found; the figures told so far, and what is lacking."""

    known: Known
    findings: Findings
    sources: Sources
    lacking: list[Text] = field(default_factory=list)

    @cached_property
    def codes(self) -> dict[str, str]:
        """The code of each system under the name that is shown."""
        return {system.shown: system.code for system in self.known.facts.systems}

    def code(self, shown: str) -> str:
        """Return a system's code, by which its figures are named before and after unblinding."""
        return self.codes.get(shown, shown)

    @cached_property
    def criteria(self) -> dict[str, dict[str, Any]]:
        """The study's criteria by their ids, as they were frozen."""
        return {criterion["id"]: criterion for criterion in self.known.study.criteria}

    def name(self, criterion: str) -> str:
        """Return what a criterion is called in front of raters, in English where it has that."""
        return self._name(criterion, "en") or criterion

    def name_zh(self, criterion: str) -> str:
        """Return what a criterion is called in Chinese, where it has a name in it."""
        return self._name(criterion, "zh") or self.name(criterion)

    def _name(self, criterion: str, language: str) -> str:
        names = self.criteria.get(criterion, {}).get("name") or {}
        return (names.get(language) or "").strip()

    @cached_property
    def labels(self) -> dict[str, str]:
        """What the study's labels are called in English, or those of the codebook."""
        of_study = self.known.facts.label_set
        entries = of_study.labels if of_study else [each.as_json() for each in shipped().labels]
        named = ((str(each["id"]), (each.get("name") or {}).get("en")) for each in entries)
        return {id_: name for id_, name in named if name}

    def scale(self, criterion: str) -> tuple[float, float]:
        """Return the lowest and the highest value of a criterion's scale."""
        levels = [level["value"] for level in self.criteria[criterion]["levels"]]
        return float(levels[0]), float(levels[-1])

    @property
    def primary(self) -> str:
        """The criterion that the study's conclusion rests on, else the first one."""
        return str(self.known.study.analysis.get("primary", next(iter(self.criteria), "")))

    @property
    def command(self) -> str:
        """The command that writes this report again."""
        return shlex.join(["cbt", "report", "--study", self.known.study.name, "--out", "DIR"])

    def lacks(self, what: str, why: str, command: str = "") -> None:
        """Remember what is not in the report, why, and the command that makes it."""
        makes = (" ", Piece(command, look="code"), " makes it.") if command else ()
        self.lacking.append((f"{what}: {why.rstrip('.')}.", *makes))
