"""Find answers that tell a rater which system wrote them."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import items, studies
from db.tables import Study
from pipeline.scan import names_a_system

SHORTEST_NAME = 3  # in ASCII letters; a shorter one would be found in any text


A_SYSTEM = "a system of this study"


@dataclass(frozen=True)
class Leak:
    """An answer to a question that holds the name of a system or of its maker, as `found` tells."""

    question: str
    found: list[str]


def leaks(session: Session, study: Study) -> list[Leak]:
    """Return the study's answers that name a model, its maker or a system of this study.

    A leak tells neither which item it is nor the name of a system of this study, and the order of
    leaks follows from what they tell, so that they cannot be joined with an export to unblind it.
    """
    names = [system.name for system in studies.systems(session, study_id=study.id).values()]
    found = [
        Leak(shown.question, words)
        for shown in items.texts(session, study_id=study.id)
        if (words := told(shown.text, names))
    ]
    return sorted(found, key=lambda leak: (leak.question, leak.found))


def told(text: str, names: list[str]) -> list[str]:
    """Return the words by which a text tells its origin; none of them holds one of the names.

    >>> told("我是 model-b，由 OpenAI 训练。", ["Model-B", "Model-C"])
    ['OpenAI', 'a system of this study']
    """
    words = names_a_system(text)
    others = [word for word in words if not names_within(word, names)]
    own = len(others) < len(words) or names_within(text, names)
    return [*dict.fromkeys(others), *([A_SYSTEM] if own else [])]


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
