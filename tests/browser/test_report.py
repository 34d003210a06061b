"""A report's page, opened from the disk: everyone can use it, and it needs no network."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from pipeline.report.document import data_files, html
from tests.pipeline.report.document import sample

RUN = "async (rules) => (await axe.run({ runOnly: rules })).violations.map(v => [v.id, v.help])"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 320)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = sample.document()
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(
        html.render(document, pictures=sample.drawn(), files=data_files.tables(document))
    )
    return path


@pytest.fixture
def open_report(browser: Browser, path: Path) -> Iterator[Any]:
    contexts = []

    def open_(**options: Any) -> Page:
        # axe is put into the page, whose own policy allows no script at all.
        context = browser.new_context(bypass_csp=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_on_the_page(open_report: Any, scheme: str, width: int) -> None:
    page = open_report(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator("details.sources").evaluate_all("all => all.forEach(one => { one.open = true })")
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(RUN, RULES) == []


def test_the_page_fits_every_screen_and_asks_nothing_of_the_network(
    browser: Browser, path: Path, tmp_path: Path
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda line: complaints.append(line.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(path.as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=tmp_path / f"report-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert asked == [path.as_uri()]
    assert complaints == []


def test_a_figure_leads_to_its_source_in_the_list_below_its_table(open_report: Any) -> None:
    page = open_report()
    source = page.locator("tr[id='s-t5.relevance.Baichuan-7B.mean']")
    expect(source).not_to_be_visible()
    page.get_by_title("t5.relevance.Baichuan-7B.mean").click()
    expect(source).to_be_visible()
    expect(source).to_be_in_viewport()
    assert re.search(r"#s-t5\.relevance\.Baichuan-7B\.mean$", page.url)


def test_the_keyboard_skips_to_the_report_and_reaches_every_source(open_report: Any) -> None:
    page = open_report()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the report")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    summary = page.get_by_text("Where these 13 figures come from")
    for _ in range(12):
        page.keyboard.press("Tab")
        if summary.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("undefined: nobody scored it")).to_be_visible()


def test_on_paper_the_page_has_its_tables_but_no_links_to_press(open_report: Any) -> None:
    page = open_report(color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).not_to_be_visible()
    expect(page.get_by_text("t5.csv")).not_to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
