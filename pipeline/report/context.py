"""What every section of a report is written from."""

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.report.blocks import Note
from pipeline.report.datasheet_facts import name_of
from pipeline.report.findings import Findings, Known
from pipeline.report.sources import Sources


@dataclass(frozen=True)
class Context:
    """What the store holds and the stages found, and the figures told so far."""

    known: Known
    findings: Findings
    sources: Sources

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
        """Return what a criterion is called in front of raters."""
        return name_of(self.criteria[criterion]) if criterion in self.criteria else criterion

    def name_zh(self, criterion: str) -> str:
        """Return what a criterion is called in Chinese, where it has a name in it."""
        return (self.criteria[criterion].get("name") or {}).get("zh") or self.name(criterion)

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

    @staticmethod
    def lacking(what: str, why: str, command: str = "") -> Note:
        """Return the line that stands where something would be, with the command that makes it."""
        makes = f" '{command}' makes it." if command else ""
        return Note(f"{what}: not in this report, as {why.rstrip('.')}.{makes}")
