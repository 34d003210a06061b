"""Rate in the app's own desk: by clicks, by keys, and with keys that wait for nothing.

    python -m benchmarks.desk_speed [--items 60] [--rounds 3] [--pause 0.3]
                                    [--beside label_studio,potato]

`cbt app` serves a study that `cbt study create` made; the rater signs in by the form, blinding,
drafts and the outbox are on. "answered" is from the act that saves to the moment in which the
browser has the server's answer, by its own resource timing; "acknowledged" to that in which the
desk has read it, and the outbox no longer holds the judgement: Chromium lets a script read an
answer only when no key press and no frame is waiting. With --beside the peers are rated in the same
rounds, with --pause there is a pause before each item, as with people.
"""

from collections.abc import Sequence
from importlib import import_module

from playwright.sync_api import Page
from sqlalchemy import select

from benchmarks import rounds
from benchmarks.desk_program import DESK, Desk, enter, save
from benchmarks.item_times import Way, browser
from db.engine import Store
from db.tables import Assignment, Judgement

PEERS = ("label_studio", "potato")


def _stored(store: Store) -> list[tuple[int, ...]]:
    """Return the scores of each judgement, in the rater's order."""
    query = select(Judgement.values).join(Assignment).order_by(Assignment.position, Judgement.id)
    with store.reading() as session:
        return [tuple(values.values()) for values in session.scalars(query)]


def _click(page: Page, values: Sequence[int]) -> None:
    for place, value in enumerate(values):
        scale = page.locator(f"{DESK} [role=radiogroup]").nth(place)
        scale.locator("[role=radio]").nth(value).click()


def _press(page: Page, values: Sequence[int]) -> None:
    for value in values:
        page.keyboard.press(str(value))


WAYS = (Way("clicks", _click, save), Way("keys", _press, enter))
RATING_DESK = Desk("cbt-annotate", "rating", WAYS, _stored)


def main() -> None:
    parser = rounds.parser(__doc__)
    parser.add_argument("--beside", default="", help=f"peers, of {', '.join(PEERS)}")
    parser.add_argument("--typed", type=int, default=500, help="items to type without waiting")
    given = parser.parse_args()
    peers = [
        import_module(f"benchmarks.peers.{name}") for name in filter(None, given.beside.split(","))
    ]
    with browser() as opened:
        RATING_DESK.type_without_waiting(opened, given.typed)
    rounds.run([RATING_DESK.ready, *(peer.ready for peer in peers)], given)


if __name__ == "__main__":
    main()
