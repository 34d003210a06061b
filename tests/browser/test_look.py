"""The pages fit the screens that people have; a picture of each is kept beside the test's store."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]
SignIn = Callable[..., None]
SMALLEST_TOUCH = 44
WIDTHS = (1280, 390)
WORDS = {
    "zh-CN": {"scheme": "light", "save": "保存，看下一条", "ready": "我准备好了"},
    "en-GB": {"scheme": "dark", "save": "Save, show the next", "ready": "I am ready"},
}


def settled(page: Page) -> None:
    page.locator('[data-test-script-state="notRunning"]').wait_for()
    page.evaluate("document.fonts.ready")


def fits(page: Page) -> bool:
    script = "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
    fitting: bool = page.evaluate(f"{script}.every(e => e.scrollWidth <= e.clientWidth)")
    return fitting


def height(control: Locator) -> float:
    box = control.bounding_box()
    assert box is not None
    return box["height"]


def pictured(page: Page, path: Path) -> bool:
    """Keep a picture at each width; say whether the page fits them all."""
    settled(page)
    fitting = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=path.with_name(f"{path.name}-{width}.png"))
        fitting.append(fits(page))
    return all(fitting)


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_raters_pages_fit_the_screen(
    open_page: OpenPage, sign_in: SignIn, served: Any, tmp_path: Path, locale: str
) -> None:
    words = WORDS[locale]
    page = open_page(color_scheme=words["scheme"], locale=locale)
    expect(page.get_by_text("12356")).to_be_visible()
    assert pictured(page, tmp_path / "sign-in")
    sign_in(page)
    ready = page.get_by_role("button", name=words["ready"])
    save = page.get_by_role("button", name=words["save"])
    expect(ready.or_(save)).to_be_visible()
    if ready.is_visible():
        assert pictured(page, tmp_path / "announced")
        ready.click()
    expect(save).to_be_visible()
    assert pictured(page, tmp_path / "rating")
    segments = page.locator(".st-key-scoring").get_by_role("radio")
    expect(segments).to_have_count(9)
    assert all(height(segment) >= SMALLEST_TOUCH for segment in segments.all())
    assert height(save) >= SMALLEST_TOUCH
    assert served.complaints == []


def test_the_researchers_page_fits_the_screen(
    open_page: OpenPage, sign_in: SignIn, served: Any, tmp_path: Path
) -> None:
    page = open_page()
    sign_in(page, "researcher")
    expect(page.get_by_role("heading", name="研究进度")).to_be_visible()
    expect(page.get_by_text("已完成 0 / 6")).to_have_count(2)
    assert pictured(page, tmp_path / "studies")
    assert served.complaints == []


def test_a_page_that_is_reloaded_asks_for_the_sign_in(
    open_page: OpenPage, sign_in: SignIn, served: Any
) -> None:
    page = open_page()
    page.goto(f"{served.url}/studies")
    expect(page.get_by_text("仅供科研使用")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    sign_in(page)  # a rater, to whom that page is not open
    expect(page.get_by_text("第 1 条，共 6 条")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
