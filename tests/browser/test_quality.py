"""The page on how good a detector is, in a real browser: its tables, its picture and its files."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from db.engine import Store
from pipeline import app_process
from tests.browser import stores
from tests.browser.shared import Take, sign_in
from tests.pipeline.detected import decide, detect
from tests.pipeline.labels import close, give, make_label_study

AXE = Axe()
GRAVE = {"serious", "critical"}
FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .every((e) => e.scrollWidth <= e.clientWidth)"""
DRAWN = "(image) => image.complete && image.naturalWidth > 400"
IDS = ("all_or_nothing", "overgeneralization", "mind_reading", "catastrophizing")


@dataclass
class Served:
    url: str
    store: Store
    hosts: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = stores.make(tmp_path_factory.mktemp("quality") / "quality.sqlite")
    stores.add_people(store, lin="rater", mei="rater", zhao="lead", guo="researcher")
    label(store)
    port = stores.free_port()
    url = store.engine.url.render_as_string(hide_password=False)
    with app_process.running(database=url, host="127.0.0.1", port=port):
        yield Served(app_process.address("127.0.0.1", port), store)
    store.engine.dispose()


def label(store: Store) -> None:
    """A closed study of 24 questions, adjudicated, which one detector searched."""
    make_label_study(store, questions=24, labellers=("lin", "mei"))
    found: dict[int, list[str]] = {}
    for place in range(1, 25):
        truth = [IDS[place % 4]] if place % 3 else []
        other = [IDS[place % 2]] if place % 5 == 0 else truth
        give(store, "labels", "lin", place, "yes" if truth else "no", truth)
        give(store, "labels", "mei", place, "yes" if other else "no", other)
        if set(truth) != set(other):
            decide(store, place, "yes" if truth else "no", truth)
        found[place] = [IDS[(place + place // 7) % 4]] if place % 4 else []
    found[1] = ["思维反刍", *found[1]]
    detect(store, "lexicon", found)
    close(store)


@pytest.fixture
def open_page(take: Take, served: Served) -> Callable[..., Page]:
    def open_(path: str, username: str, **options: object) -> Page:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = take(served.url, **wanted)
        sign_in(context, served.url, served.store, username)
        page = context.new_page()
        page.on("request", lambda request: served.hosts.add(request.url.partition("?")[0]))
        page.goto(f"{served.url}/{path}")
        return page

    return open_


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_figures_fit_can_be_read_by_everybody_and_come_from_here_alone(
    open_page: Callable[..., Page], served: Served, scheme: str, width: int
) -> None:
    page = open_page(
        "study?name=labels",
        "guo",
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    page.get_by_role("link", name="识别方法的质量").click()
    page.get_by_role("button", name="计算", exact=True).click()
    figures = page.get_by_role("table", name="是否有认知歪曲")
    expect(figures.get_by_role("row").filter(has_text="准确率")).to_be_visible(timeout=180_000)
    picture = page.get_by_role("img", name=re.compile("lexicon 的各项指标"))
    expect(picture).to_be_visible()
    assert picture.evaluate(DRAWN)
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
    assert page.evaluate(FITS)
    violations = AXE.run(page).response["violations"]
    assert [one["help"] for one in violations if one["impact"] in GRAVE] == []
    outside = {url for url in served.hosts if not url.startswith((served.url, "data:", "blob:"))}
    assert outside == set()


def test_the_choice_stays_over_a_reload_and_the_figures_can_be_taken_along(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("quality?name=labels&detector=lexicon&system=&gold=union", "guo", locale="en")
    expect(page.get_by_text("lexicon against union of the labellers")).to_be_visible(
        timeout=180_000
    )
    page.reload()
    expect(page.get_by_text("lexicon against union of the labellers")).to_be_visible(
        timeout=180_000
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    found = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert (found["detector"], found["gold"], found["n"]) == ("lexicon", "union", 24)
    page.get_by_text("Table for LaTeX").click()
    expect(page.get_by_text(r"\toprule")).to_be_visible()
