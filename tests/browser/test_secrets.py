"""No password and no token of a sign-in passes Streamlit, or is in what the app says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import shared
from tests.browser.conftest import Served
from tests.browser.test_sign_in import COOKIE, enter, link, sign_out


@pytest.fixture
def served(capfd: pytest.CaptureFixture[str], study_file: Path, tmp_path: Path) -> Iterator[Served]:
    """An app of this test alone, whose words are among those that are captured."""
    with shared.app_at(tmp_path / "app.sqlite") as app, app.on(study_file) as store:
        yield Served(app.url, store)


def test_no_password_and_no_token_passes_streamlit_or_a_log(
    capfd: pytest.CaptureFixture[str], open_page: Callable[..., Page], served: Any
) -> None:
    address = link(served, "therapist")
    page = open_page()
    passed: list[bytes] = []

    def record(payload: str | bytes) -> None:
        passed.append(payload if isinstance(payload, bytes) else payload.encode())

    page.on("websocket", lambda opened: opened.on("framesent", record))
    page.on("websocket", lambda opened: opened.on("framereceived", record))
    page.on("request", lambda asked: record(asked.url))
    page.goto(address)
    page.get_by_label(re.compile("^新密码")).fill("chosen-secret")
    page.get_by_label("再输入一次新密码").fill("chosen-secret")
    page.get_by_label("再输入一次新密码").press("Enter")
    expect(sign_out(page)).to_be_visible()
    (cookie,) = (c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    record(page.content())
    sign_out(page).click()
    enter(page, "wrong-secret", "therapist")
    expect(page.get_by_text("用户名或密码不对")).to_be_visible()
    logged = "".join(capfd.readouterr())
    assert len(passed) > 10
    for secret in ("chosen-secret", "wrong-secret", address.split("#")[1], cookie):
        assert not [frame for frame in passed if secret.encode() in frame]
        assert secret not in logged
