"""Set answers aside, keep those that were, and list what there is."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db import events, response_status
from db.columns import ResponseStatus
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.frames import BLANKS
from db.response_status import Answer, Change, InStudy
from db.selections import Selection, code_of

EVENTS: dict[ResponseStatus, str] = {"kept": "responses_kept", "set_aside": "responses_set_aside"}
NAMED = 3  # names in an error's sentence


@dataclass(frozen=True)
class Listing:
    """Which answers to list: of systems, of statuses, with a code of their reasons, to which."""

    systems: tuple[str, ...] = ()
    statuses: tuple[ResponseStatus, ...] = ()
    code: str | None = None
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True)
class Listed:
    """The answers, at most as many as were asked for; the counts are of all.

    `reasons` counts the codes of the reasons of each status but kept.
    """

    answers: Sequence[Answer]
    counts: Mapping[ResponseStatus, int]
    reasons: Mapping[ResponseStatus, Mapping[str, int]]


@dataclass(frozen=True)
class Setting:
    """Which answers of a system get another status, and why; `sample` counts from 0."""

    system: str
    questions: tuple[str, ...]
    status: ResponseStatus
    reason: str | None = None
    source: str | None = None
    sample: int = 0


@dataclass(frozen=True)
class Set:
    """How many answers were changed, and which studies that go on show some of them.

    `known` had that status and reason before.
    """

    changed: int
    known: int
    studies: Sequence[InStudy]


def listed(store: Store, config: Listing) -> Listed:
    """Return the answers. Raises NotKnown for a system, source, split or subset not there."""
    wanted = Selection(config.selection.source, config.selection.split, config.selection.subset)
    with store.reading() as session:
        every = response_status.answers(session, systems=config.systems, selection=wanted)
    found = [
        each
        for each in every
        if (not config.statuses or each.status in config.statuses)
        and config.code in (None, code_of(each.reason))
    ]
    reasons: dict[ResponseStatus, Counter[str]] = defaultdict(Counter)
    for each in found:
        if each.status != "kept":
            reasons[each.status][code_of(each.reason)] += 1
    return Listed(
        answers=found[: config.selection.limit],
        counts=Counter(each.status for each in found),
        reasons={status: dict(codes.most_common()) for status, codes in reasons.items()},
    )


def run(store: Store, config: Setting) -> Set:
    """Change the status of answers and log it. What raters gave to them stays as it is.

    Raises NotKnown for a system or an answer that is not there, NotAllowed for a question that
    several sources have, and for an answer to keep that has no text; then nothing is changed.
    """
    with store.writing(in_turn=True) as session:
        selection = Selection(source=config.source)
        every = response_status.answers(session, systems=[config.system], selection=selection)
        chosen = _chosen(config, every)
        if config.status == "kept":
            _check_texts(chosen)
        wanted = Change(config.status, config.reason)
        new = [each for each in chosen if Change(each.status, each.reason) != wanted]
        response_status.change(session, {each.id: wanted for each in new})
        if new:
            events.record(session, kind=EVENTS[config.status], details=_details(config, new))
        studies = response_status.studies_with(session, [each.id for each in new])
    return Set(len(new), len(chosen) - len(new), studies)


def _chosen(config: Setting, every: Sequence[Answer]) -> list[Answer]:
    """Return the answers that are named, each once."""
    found: dict[str, list[Answer]] = {name: [] for name in config.questions}
    for answer in every:
        if answer.external_id in found and answer.sample == config.sample:
            found[answer.external_id].append(answer)
    missing = [name for name, some in found.items() if not some]
    if missing:
        which = f" with the sample {config.sample}" if config.sample else ""
        raise NotKnown(
            f"{config.system} has no answer{which} to {_some(missing)}; nothing was changed"
        )
    for name, some in found.items():
        if len(some) > 1:
            sources = ", ".join(answer.source for answer in some)
            raise NotAllowed(f"several sources have a question {name} ({sources}); add --source")
    return [answer for (answer,) in found.values()]


def _check_texts(answers: Sequence[Answer]) -> None:
    empty = [each.external_id for each in answers if not (each.text or "").strip(BLANKS)]
    if empty:
        raise NotAllowed(
            f"the answer to {_some(empty)} has no text, so it cannot be kept; nothing was changed"
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"the question{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}"


def _details(config: Setting, answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "system": config.system,
        "reason": config.reason,
        "responses": [
            {
                "response_id": each.id,
                "source": each.source,
                "question": each.external_id,
                "sample": each.sample,
                "status_before": each.status,
                "reason_before": each.reason,
            }
            for each in answers
        ],
    }
