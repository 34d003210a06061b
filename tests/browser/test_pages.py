"""The researcher's pages as a researcher uses them, from a new study to its file."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedInVain
from sqlalchemy import select

from db import studies
from db.engine import Store
from db.tables import Assignment, Judgement, Response
from pipeline.study.studyfile import SHIPPED
from tests.browser import stores
from tests.browser.rater import PASSWORD, signed_out
from tests.browser.shared import App, Take, sign_in

AXE = Axe()
GRAVE = {"serious", "critical"}
WIDTHS = (1280, 390)
PREPARED = 120_000  # milliseconds: files are made by a process that gives way to every other
NAME = "<img src=x onerror=alert(1)> *试评*"
FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .every((e) => e.scrollWidth <= e.clientWidth)"""


@dataclass
class Served:
    url: str
    store: Store
    process: int


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "pages.sqlite"
    store = stores.make(path)
    stores.add_people(store, lin="rater", mei="rater", guo="researcher", zhao="lead")
    stores.add_answers(store, 3)
    store.engine.dispose()
    return path


@pytest.fixture
def served(app: App, prepared: Path) -> Iterator[Served]:
    with app.on(prepared) as store:
        yield Served(app.url, store, app.process)


@pytest.fixture
def open_page(take: Take, served: Served) -> Callable[..., Page]:
    """Open a page of the app in a browser of its own, signed in as someone."""

    def open_(path: str, username: str, **options: Any) -> Page:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = take(served.url, **wanted)
        sign_in(context, served.url, served.store, username)
        page = context.new_page()
        page.goto(f"{served.url}/{path}")
        return page

    return open_


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def choose(page: Page, label: str, *options: str) -> None:
    """Choose from a list, which may miss a key that comes as soon as it is there."""
    box = page.get_by_role("combobox", name=label)
    expect(box).to_be_visible()
    for _ in range(10):
        box.press("ArrowDown")
        with suppress(WaitedInVain):
            page.get_by_role("option").first.wait_for(timeout=1_000)
            break
    for option in options:
        page.get_by_role("option", name=option).click()


def looked_at(page: Page) -> list[str]:
    """What is wrong with a page as it is, on a wide screen and on a phone."""
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        violations = AXE.run(page).response["violations"]
        found += [one["help"] for one in violations if one["impact"] in GRAVE]
        found += [] if page.evaluate(FITS) else [f"wider than {width}"]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found


def test_a_study_is_made_opened_watched_exported_and_closed_on_its_pages(
    open_page: Callable[..., Page], served: Served
) -> None:
    with served.store.writing() as session:
        session.scalars(select(Response)).first().text = "我是 one 系统。"  # type: ignore[union-attr]
    page = open_page("create", "guo", color_scheme="dark")
    make(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert looked_at(page) == []
    open_it(page)
    watch(page, served.store)
    button(page, "准备文件").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^下载")).click(timeout=PREPARED)
    file = Path(download.value.path()).read_text("utf-8-sig")
    assert file.splitlines()[1].startswith(f"{NAME},")
    close_it(page)
    with served.store.reading() as session:
        study = studies.get(session, name=NAME)
        assert (study.status, study.seed, study.origin) == ("closed", 7, "local")


def make(page: Page) -> None:
    page.get_by_label("研究名称").fill(NAME)
    choose(page, "评谁的回答", "one", "two")
    page.keyboard.press("Escape")
    page.get_by_label("随机种子").fill("7")
    file = SHIPPED["rating"].read_bytes()
    page.locator("input[type=file]").set_input_files(
        {"name": "study.toml", "mimeType": "application/toml", "buffer": file}
    )
    expect(page.get_by_text("study.toml")).to_be_visible()
    button(page, "预览").click()
    preview = page.get_by_role("dialog")
    expect(preview).to_contain_text("2 个系统，共 6 条")
    expect(preview).to_contain_text("随机种子 7")
    assert looked_at(page) == []
    button(page, "建立草稿").click()


def open_it(page: Page) -> None:
    button(page, "开放研究…").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("有 1 条回答提到了模型")
    assert looked_at(page) == []
    button(page, "现在开放").click()
    expect(page.get_by_text("进行中")).to_be_visible()


def watch(page: Page, store: Store) -> None:
    """What a rater saves appears without a click."""
    expect(page.get_by_text("已完成 0 / 12")).to_be_visible()
    with store.writing() as session:
        first = session.scalars(select(Assignment.id)).first()
        session.add(Judgement(assignment_id=first, revision=1, values={}, token="t", seconds=31))
    expect(page.get_by_text("已完成 1 / 12")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("row").filter(has_text="1 / 6")).to_contain_text("31")


def close_it(page: Page) -> None:
    button(page, "结束研究…").click()
    expect(page.get_by_role("dialog")).to_contain_text("12 条任务中还有 11 条没有完成")
    assert looked_at(page) == []
    expect(button(page, "结束研究")).to_be_disabled()
    page.get_by_text("我知道研究结束后不能重新开放").click()
    button(page, "结束研究").click()
    expect(page.get_by_text("已结束")).to_be_visible()


def test_a_distortion_study_is_made_and_opened_on_its_pages(
    open_page: Callable[..., Page], served: Served
) -> None:
    page = open_page("create", "guo")
    page.get_by_text("标注认知歪曲", exact=True).click()
    expect(page.get_by_label("标注谁的文字")).to_be_visible()
    expect(page.get_by_placeholder("500 个，不足则全部")).to_be_visible()
    assert looked_at(page) == []
    page.get_by_label("研究名称").fill(NAME)
    button(page, "预览").click()
    preview = page.get_by_role("dialog")
    expect(preview).to_contain_text("标注求助者问题中的认知歪曲：共 3 条")
    expect(preview).to_contain_text("按每条 60 秒估算")
    assert looked_at(page) == []
    button(page, "建立草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert looked_at(page) == []
    button(page, "开放研究…").click()
    button(page, "现在开放").click()
    expect(page.get_by_text("进行中")).to_be_visible()
    expect(page.get_by_text("cbt detection-quality --study")).to_be_visible()
    assert looked_at(page) == []
    with served.store.reading() as session:
        study = studies.get(session, name=NAME)
        assert (study.status, study.kind, study.design["per_item"]) == ("open", "distortion", 2)


def test_a_link_that_is_copied_from_the_people_page_lets_its_person_in(
    open_page: Callable[..., Page], served: Served, browser: Browser
) -> None:
    page = open_page("people", "guo")
    page.get_by_label("用户名").fill("孙 *x*")
    button(page, "添加并生成链接").click()
    expect(page.get_by_role("alert")).to_contain_text("不能有空格")
    page.get_by_label("用户名").fill("孙*x*")
    button(page, "添加并生成链接").click()
    shown = page.locator("code", has_text="/accept#").inner_text()
    assert looked_at(page) == []
    username, link = shown.split()
    assert username == "孙*x*"
    assert link.startswith(f"{served.url}/accept#")
    theirs = browser.new_context(locale="zh-CN").new_page()
    theirs.goto(link)
    for box in ("新密码", "再输入一次新密码"):
        theirs.get_by_label(re.compile(f"^{box}")).fill(PASSWORD)
    button(theirs, "保存并登录").click()
    expect(button(theirs, "退出登录")).to_be_visible()
    theirs.context.close()


def test_someone_who_is_disabled_is_out_of_a_page_that_is_open(
    open_page: Callable[..., Page], served: Served
) -> None:
    stores.open_study(served.store, "live", ["lin"])
    lead = open_page("study?name=live", "zhao")
    expect(lead.get_by_text("已完成 0 / 9")).to_be_visible()
    page = open_page("people", "guo")
    choose(page, "人员", "zhao")
    button(page, "停用").click()
    expect(button(page, "重新启用")).to_be_visible()
    expect(signed_out(lead)).to_be_visible(timeout=15_000)


def test_a_rater_reaches_no_page_of_the_researchers_by_its_address(
    open_page: Callable[..., Page], served: Served
) -> None:
    stores.open_study(served.store, "live", ["lin"])
    page = open_page("people", "mei")
    for path in ("people", "create", "compare", "studies", "study?name=live"):
        page.goto(f"{served.url}/{path}")
        expect(page.locator("h1", has_text="您的任务")).to_be_attached()
        assert "live" not in page.locator("body").inner_text()


def test_the_pages_keep_data_frames_out_of_the_process_that_serves_raters(
    open_page: Callable[..., Page], served: Served
) -> None:
    stores.open_study(served.store, "live", ["lin"])
    page = open_page("studies", "guo")
    for path in ("people", "create", "compare", "study?name=live"):
        page.goto(f"{served.url}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    button(page, "准备文件").click()
    expect(page.get_by_role("button", name=re.compile("^下载"))).to_be_visible(timeout=PREPARED)
    loaded = Path(f"/proc/{served.process}/maps").read_text()
    assert not re.findall(r"/(pandas|pyarrow|scipy|numpy)/\S+", loaded)
