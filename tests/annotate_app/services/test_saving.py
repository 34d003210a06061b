import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from annotate_app.services.judging import Asked, ChangedElsewhere, Saved
from annotate_app.services.rating import NotYours
from annotate_app.services.saving import Saver
from annotate_app.services.scoring import OffScale
from db.engine import Store, connect
from db.errors import StoreBusy
from tests.annotate_app.asking import FULL, asked, stored

Outcome = Saved | BaseException


def together(savers: Saver | Sequence[Saver], given: Sequence[Asked]) -> list[Outcome]:
    """Send judgements at the same time, in turn to each saver."""
    several = [savers] if isinstance(savers, Saver) else savers

    async def send() -> list[Outcome]:
        sent = (several[n % len(several)].save(each) for n, each in enumerate(given))
        return await asyncio.gather(*sent, return_exceptions=True)

    return asyncio.run(send())


@pytest.fixture
def commits() -> Callable[[Store], list[object]]:
    """Count the transactions that a store commits from now on."""

    def counted(store: Store) -> list[object]:
        ended: list[object] = []
        event.listen(store.engine, "commit", ended.append)
        return ended

    return counted


def test_what_arrives_together_is_committed_together_and_answered_one_by_one(
    made: Any, commits: Callable[[Store], list[object]]
) -> None:
    lin = [asked(made, item=code, token=f"t{n}") for n, code in enumerate(made.codes["lin"])]
    wu = [asked(made, "wu", item=code, token=f"t{n}") for n, code in enumerate(made.codes["wu"])]
    ended = commits(made.store)
    outcomes = together(Saver(made.store), lin + wu)
    assert all(isinstance(outcome, Saved) for outcome in outcomes)
    assert Counter(row.token for row in stored(made.store)) == {f"t{n}": 2 for n in range(6)}
    assert len(ended) < len(outcomes), "some shared a transaction"


def test_a_refused_one_does_not_take_its_neighbours_along(made: Any) -> None:
    first, second, third = made.codes["lin"][:3]
    outcomes = together(
        Saver(made.store),
        [
            asked(made, item=first),
            asked(made, item=second, values={**FULL, "relevance": 9}),
            asked(made, item="no-such-item"),
            asked(made, item=third),
        ],
    )
    kinds = [Saved, OffScale, NotYours, Saved]
    assert [type(outcome) for outcome in outcomes] == kinds
    assert len(stored(made.store)) == 2


def test_one_that_fails_without_a_known_reason_does_not_either(made: Any) -> None:
    first, second, third = made.codes["lin"][:3]
    unforeseen = asked(made, item=second, comment=object())  # no route ever lets this in
    outcomes = together(
        Saver(made.store), [asked(made, item=first), unforeseen, asked(made, item=third)]
    )
    assert isinstance(outcomes[1], AttributeError)
    assert [type(outcomes[n]) for n in (0, 2)] == [Saved, Saved]
    assert len(stored(made.store)) == 2


def test_racing_saves_of_one_token_are_one_judgement(made: Any) -> None:
    savers = [Saver(connect(url_of(made.store))) for _ in range(4)]
    given = asked(made)
    outcomes = together(savers, [given] * 12)
    assert [type(outcome) for outcome in outcomes] == [Saved] * 12
    assert sum(not outcome.known for outcome in outcomes if isinstance(outcome, Saved)) == 1
    assert len(stored(made.store)) == 1


def test_of_racing_judgements_on_the_same_base_one_is_kept_and_the_others_hear_of_it(
    made: Any,
) -> None:
    savers = [Saver(connect(url_of(made.store))) for _ in range(4)]
    outcomes = together(savers, [asked(made, token=f"t{n}") for n in range(8)])
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {Saved: 1, ChangedElsewhere: 7}
    (row,) = stored(made.store)
    assert row.revision == 1


def test_whoever_waits_too_long_hears_so_and_the_same_token_again_tells_what_became_of_it(
    made: Any,
) -> None:
    given = asked(made)
    hasty, patient = Saver(made.store, longest_wait=0.2), Saver(made.store)
    other = connect(url_of(made.store))
    lock = "UPDATE study SET seed = seed"
    with other.writing() as session:
        session.execute(text(lock))
        (outcome,) = together(hasty, [given])
        assert isinstance(outcome, StoreBusy)
    (again,) = together(patient, [given])
    assert isinstance(again, Saved)
    assert len(stored(made.store)) == 1


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)
