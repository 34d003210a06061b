"""How a study's figures are worked out: as its analysis plan says, else as is usual."""

from typing import Any

from db.tables import Study
from pipeline.stats.resampling.intervals import Resampling

LEVEL, RESAMPLES = 0.95, 10_000


def plan_of_import() -> dict[str, Any]:
    """Return the plan of a study that was done elsewhere."""
    return {"level": LEVEL, "seed": 0, "resamples": RESAMPLES}


def level(study: Study) -> float:
    found: float = study.analysis.get("level", LEVEL)
    return found


def resampling(study: Study) -> Resampling:
    return Resampling(
        level=level(study),
        resamples=study.analysis.get("resamples", RESAMPLES),
        seed=study.analysis.get("seed", study.seed),
    )
