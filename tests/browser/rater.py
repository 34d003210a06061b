"""A rater at the desk, as the tests move one: signs in, scores by keys, looks at what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedInVain

PASSWORD = "a password for tests"
BUSY = ("loading", "away")


def enter(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in with the form that is on the page."""
    page.get_by_label(re.compile("用户名|Username")).fill(username)
    box = page.get_by_label(re.compile("^(密码|Password)$"))
    box.fill(password)
    box.press("Enter")
    expect(signed_out(page)).to_be_hidden()


def signed_out(page: Page) -> Locator:
    """The button of the sign-in form."""
    return page.get_by_role("button", name=re.compile("^(登录|Sign in)$"))


@dataclass
class Rater:
    """Someone with the desk open in a page."""

    page: Page

    @property
    def desk(self) -> Locator:
        return self.page.locator("[data-desk]")

    @property
    def state(self) -> str:
        return self.desk.get_attribute("data-state") or ""

    @property
    def item(self) -> str:
        return self.desk.get_attribute("data-item") or ""

    @property
    def status(self) -> Locator:
        return self.desk.locator(".status")

    @property
    def told_saved(self) -> int:
        """How many items the desk says are saved."""
        return int(self.desk.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)

    @property
    def scores(self) -> list[str | None]:
        """The checked value of each scale, None where none is."""
        found: list[str | None] = self.desk.evaluate(
            """root => [...root.querySelectorAll('[role=radiogroup]')].map((group) =>
              group.querySelector('[aria-checked=true] .value')?.textContent ?? null)"""
        )
        return found

    def settled(self, *, after: str = "", seconds: float = 15) -> str:
        """Wait for another item than `after`, or for a state without one; return the state."""
        other = f':not([data-item="{after}"])' if after else ""
        calm = "".join(f':not([data-state="{state}"])' for state in BUSY)
        found = self.page.locator(f"[data-desk]{calm}{other}")
        try:
            found.wait_for(state="attached", timeout=seconds * 1_000)
        except WaitedInVain as error:
            shown = self.page.locator("body").aria_snapshot()
            raise AssertionError(f"the desk did not settle after {after!r}:\n{shown}") from error
        return self.state

    def begin(self) -> str:
        """Show the item, if it is announced only; return its code, "" at the end of the study."""
        if self.settled() == "announce":
            self.page.keyboard.press("Enter")
            self.page.locator('[data-desk][data-state="rating"]').wait_for(state="attached")
        return self.item

    def give(self, scores: Sequence[int], *, save: bool = True) -> None:
        """Type scores, and Enter."""
        for score in scores:
            self.page.keyboard.press(str(score))
        if save:
            self.page.keyboard.press("Enter")

    def rate(self, scores: Sequence[int]) -> str:
        """Rate the item that is shown, wait for the next one, and return the code of the first."""
        code = self.begin()
        self.give(scores)
        self.settled(after=code)
        return code

    def all_arrived(self, total: int, *, seconds: float = 30) -> None:
        """Wait until the desk says that so many items are saved."""
        bar = self.page.locator(f'[data-desk] [role=progressbar][aria-valuenow="{total}"]')
        bar.wait_for(state="attached", timeout=seconds * 1_000)
