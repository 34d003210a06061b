"""What the tags of a question say of danger, and who said it."""

from collections.abc import Sequence
from typing import Literal

from pipeline.danger.danger import DANGER, NO_DANGER, tells_of_danger

BY_RULES = "danger_by_rules"  # beside "danger", where nobody but the rules has said so
Origin = Literal["person", "rules"]


def origin(tags: Sequence[str]) -> Origin | None:
    """Return who tagged a question, for or against danger; a tag of its file is a person's."""
    if DANGER in tags and BY_RULES in tags:
        return "rules"
    return "person" if DANGER in tags or NO_DANGER in tags else None


def by_rules(*, text: str, description: str | None, tags: Sequence[str]) -> list[str]:
    """Return the tags that a question has by these rules, where no person has tagged it.

    What earlier rules found and these do not is taken back.
    """
    if tags and origin(tags) == "person":
        return list(tags)
    others = [tag for tag in tags if tag not in (DANGER, BY_RULES)]
    return [*others, DANGER, BY_RULES] if tells_of_danger(text, description) else others


def by_person(tags: Sequence[str], *, danger: bool) -> list[str]:
    """Return the tags of a question of which a person says whether it is one in danger."""
    others = [tag for tag in tags if tag not in (DANGER, NO_DANGER, BY_RULES)]
    return [*others, DANGER if danger else NO_DANGER]
