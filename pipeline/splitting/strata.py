"""Tell what counts of a question where a split is stratified."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db import splits
from db.errors import NotAllowed, NotKnown
from db.frames import Framed
from db.splits import Told
from pipeline.danger.danger import in_danger
from pipeline.splitting.wanted import Splitting, Trait

NOTHING = "-"
Find = Callable[[Framed, Told], str]


def of_questions(
    session: Session,
    questions: Sequence[Framed],
    told: Mapping[int, Told],
    *,
    traits: Sequence[Trait],
    detector: str | None,
) -> list[tuple[str, ...]]:
    """Return each question's stratum: one value a trait."""
    finders: dict[Trait, Find] = {
        "source": lambda question, _: question.source,
        "keyword": lambda _, said: _first(said.keywords),
        "danger": lambda _, said: _danger(said),
    }
    if detector is not None:
        finders["distortions"] = _rarest(splits.labels(session, detector=detector), questions)
    wanted = [finders[trait] for trait in traits]
    return [tuple(find(each, told[each.id]) for find in wanted) for each in questions]


def detector(session: Session, config: Splitting) -> str | None:
    """Return whose distortions count. Raises NotKnown or NotAllowed where that is not clear."""
    if "distortions" not in config.stratify:
        return None
    there = splits.detectors(session)
    if config.detector is not None:
        if config.detector not in there:
            names = ", ".join(there) or "none yet"
            raise NotKnown(f"there is no detector {config.detector}; there is {names}")
        return config.detector
    if not there:
        raise NotAllowed("no distortions are known yet; run 'cbt detect' first")
    if len(there) > 1:
        raise NotAllowed(f"several detectors have looked; add --detector: {', '.join(there)}")
    return there[0]


def _first(keywords: Sequence[Any]) -> str:
    return str(keywords[0]) if keywords else NOTHING


def _danger(said: Told) -> str:
    danger = in_danger(text=said.text or "", description=said.description, tags=said.tags)
    return "danger" if danger else NOTHING


def _rarest(found: Mapping[int, set[str]], questions: Sequence[Framed]) -> Find:
    """Return what finds a question's rarest label, so that rare ones are in each subset too."""
    counts = Counter(label for each in questions for label in found.get(each.id, ()))

    def find(question: Framed, _: Told) -> str:
        if question.id not in found:
            return "not looked at"
        labels = found[question.id]
        return min(labels, key=lambda label: (counts[label], label)) if labels else "none"

    return find
