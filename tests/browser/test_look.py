"""The pages fit the screens that people have; a picture of each is kept beside the test's store."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pipeline.demo.commands import PASSWORD
from tests.browser.rater import Rater, enter

OpenPage = Callable[..., Page]
SMALLEST_TOUCH = 44
WIDTHS = (1280, 390)
LOOKS = [("zh-CN", "light"), ("en-GB", "dark")]


def settled(page: Page) -> None:
    page.locator('[data-test-script-state="notRunning"]').wait_for()
    page.evaluate("document.fonts.ready")


def fits(page: Page) -> bool:
    script = "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
    fitting: bool = page.evaluate(f"{script}.every(e => e.scrollWidth <= e.clientWidth)")
    return fitting


def pictured(page: Page, path: Path) -> bool:
    """Keep a picture at each width; say whether the page fits them all."""
    settled(page)
    fitting = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=path.with_name(f"{path.name}-{width}.png"))
        fitting.append(fits(page))
    return all(fitting)


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_the_raters_pages_fit_the_screen(
    open_page: OpenPage, served: Any, tmp_path: Path, locale: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme, locale=locale)
    expect(page.get_by_text("12356")).to_be_visible()
    assert pictured(page, tmp_path / "sign-in")
    enter(page, "therapist", PASSWORD)
    rater = Rater(page)
    if rater.settled() == "announce":
        assert pictured(page, tmp_path / "announced")
    rater.begin()
    assert pictured(page, tmp_path / "rating")
    scores = rater.desk.get_by_role("radio")
    expect(scores).to_have_count(9)
    save = rater.desk.get_by_role(
        "button", name=re.compile("保存，看下一条|Save and show the next")
    )
    boxes = [control.bounding_box() for control in [save, *scores.all()]]
    assert all(box and box["height"] >= SMALLEST_TOUCH for box in boxes)
    assert served.complaints == []


def test_the_researchers_page_fits_the_screen(
    open_page: OpenPage, served: Any, tmp_path: Path
) -> None:
    page = open_page("researcher")
    expect(page.get_by_role("heading", name="研究进度")).to_be_visible()
    expect(page.get_by_text("已完成 0 / 6")).to_have_count(1)
    assert pictured(page, tmp_path / "studies")
    assert served.complaints == []


def test_a_page_that_is_reloaded_keeps_the_sign_in(open_page: OpenPage, served: Any) -> None:
    page = open_page()
    enter(page, "researcher", PASSWORD)
    for _ in range(2):
        page.goto(f"{served.url}/studies")
        expect(page.get_by_text("已完成 0 / 6")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert served.complaints == []
