"""An imported study of five raters with planted habits, for tests of what is said of raters."""

import csv
from pathlib import Path

import numpy as np

from db.engine import Store
from pipeline.importing import ratings as importing
from pipeline.importing.ratings import RatingsImport

CRITERIA = ("relevance", "structure", "helpfulness")
QUESTIONS, SYSTEMS = 50, 2
SEVERE, DRIFTING, PLAIN, ALIKE, MOSTLY_TWO = "P-SEVERE", "P-DRIFT", "P-PLAIN", "P-ALIKE", "P-TWO"
RATERS = (SEVERE, DRIFTING, PLAIN, ALIKE, MOSTLY_TWO)
SECONDS = 30


def rows(*, order: bool = True, seconds: bool = True) -> list[dict[str, object]]:
    """Tidy ratings: whose habit is what their names say; `order` adds positions and times."""
    rng = np.random.default_rng(20240324)
    height = rng.normal(0, 1, (QUESTIONS * SYSTEMS, len(CRITERIA)))
    found: list[dict[str, object]] = []
    for rater in RATERS:
        for position, unit in enumerate(rng.permutation(QUESTIONS * SYSTEMS).tolist(), start=1):
            general = rng.normal(0, 3 if rater == ALIKE else 0)
            for place, criterion in enumerate(CRITERIA):
                latent = height[unit, place] + general + rng.normal(0, 0.6)
                latent += {SEVERE: -1.2, MOSTLY_TWO: 4}.get(rater, 0)
                latent += 3 * (position / 100 - 0.5) if rater == DRIFTING else 0
                row: dict[str, object] = {
                    "item": unit // SYSTEMS,
                    "system": f"system {unit % SYSTEMS}",
                    "rater": rater,
                    "rater_group": "student" if rater == PLAIN else "therapist",
                    "criterion": criterion,
                    "value": int(latent > -0.7) + int(latent > 0.7),
                }
                if order:
                    row["position"] = position
                    day = 1 + position // 20
                    row["submitted_at"] = f"2026-05-{day:02d}T10:{position % 20:02d}:00Z"
                if seconds:
                    row["seconds"] = SECONDS
                found.append(row)
    return found


def imported(store: Store, folder: Path, rows: list[dict[str, object]]) -> None:
    """Import the rows as the study "planted"."""
    path = folder / "ratings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    importing.run(store, RatingsImport(path=path, study="planted"))
