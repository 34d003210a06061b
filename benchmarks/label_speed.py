"""Label in the app's own desk, beside the rating desk in the same rounds: by clicks and by keys.

    python -m benchmarks.label_speed [--items 60] [--rounds 3] [--pause 0.3] [--typed 500]

`cbt study create --kind distortion` made the study, of a system's answers for two labellers. An
item gets presence and two of the sixteen distortions, in four keys with Enter; blinding, drafts and
the outbox are on. "keys with evidence" selects words of the answer before each of the two keys; the
selecting, which a person does by hand, counts in "whole" only. What the other words mean is said in
desk_speed.py.
"""

from collections.abc import Sequence

from playwright.sync_api import Page
from sqlalchemy import select

from benchmarks import rounds
from benchmarks.desk_program import DESK, Desk, enter, save
from benchmarks.desk_speed import RATING_DESK
from benchmarks.item_times import Way, browser
from db.engine import Store
from db.tables import Assignment, Judgement
from pipeline.codebook.distortions import shipped

KEYS = "1234567890qwerty"
SELECT = """(text, [from, to]) => {
  const node = document.createTreeWalker(text, NodeFilter.SHOW_TEXT).nextNode();
  getSelection().setBaseAndExtent(node, from, node, to);
}"""


def two_labels(values: Sequence[int]) -> tuple[int, int]:
    """Return the places of two distortions that stand for three scores, and for no others."""
    first, second, third = values
    return first, 3 + 3 * second + third


def _stored(store: Store) -> list[tuple[int, ...]]:
    """Return the scores that each judgement's labels stand for, in the labeller's order."""
    ids = shipped().ids
    query = select(Judgement.labels).join(Assignment).order_by(Assignment.position, Judgement.id)
    with store.reading() as session:
        found = [[ids.index(label["label"]) for label in row] for row in session.scalars(query)]
    return [(first, *divmod(second - 3, 3)) for first, second in found]


def _click(page: Page, values: Sequence[int]) -> None:
    page.locator(f"{DESK} [role=radio]").first.click()
    for place in two_labels(values):
        page.locator(f"{DESK} .pick").nth(place).click()


def _press(page: Page, values: Sequence[int]) -> None:
    page.keyboard.press("1")
    for place in two_labels(values):
        page.keyboard.press(KEYS[place])


def _mark(page: Page, values: Sequence[int]) -> None:
    for turn, place in enumerate(two_labels(values)):
        page.locator(f"{DESK} .answer .text").evaluate(SELECT, [0, 4 - turn])
        page.keyboard.press(KEYS[place])


WAYS = (
    Way("clicks", _click, save),
    Way("keys", _press, enter),
    Way("keys with evidence", _mark, enter),
)
LABELLING_DESK = Desk("labelling desk", "distortion", WAYS, _stored)


def main() -> None:
    parser = rounds.parser(__doc__)
    parser.add_argument("--typed", type=int, default=500, help="items to type without waiting")
    given = parser.parse_args()
    with browser() as opened:
        LABELLING_DESK.type_without_waiting(opened, given.typed)
    rounds.run([LABELLING_DESK.ready, RATING_DESK.ready], given)


if __name__ == "__main__":
    main()
