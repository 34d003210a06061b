"""Find answers that tell a rater which system wrote them."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import items, studies
from db.tables import Study
from pipeline.scan import names_a_system

SHORTEST_NAME = 3  # in ASCII letters; a shorter one would be found in any text


@dataclass(frozen=True)
class Leak:
    """An item whose answer holds the name of a system or of its maker, as `found` quotes it."""

    item: str
    question: str
    found: list[str]


def leaks(session: Session, study: Study) -> list[Leak]:
    """Return the study's answers that name a model, its maker or a system of this study."""
    names = [system.name for system in studies.systems(session, study_id=study.id).values()]
    found = []
    for shown in items.texts(session, study_id=study.id):
        words = names_a_system(shown.text) + names_within(shown.text, names)
        if words:
            found.append(Leak(shown.code, shown.question, list(dict.fromkeys(words))))
    return found


def names_within(text: str, names: list[str]) -> list[str]:
    """Return the names that stand in the text as words of their own, in any case.

    >>> names_within("I am Model-B, from lab B.", ["model-b", "lab", "labour", "B"])
    ['model-b', 'lab']
    """
    return [name for name in names if _within(text, name)]


def _within(text: str, name: str) -> bool:
    if name.isascii() and len(name) < SHORTEST_NAME:
        return False
    word = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
    return re.search(word, text, re.IGNORECASE) is not None
