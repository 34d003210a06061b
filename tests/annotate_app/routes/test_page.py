import re
from collections.abc import Callable
from typing import Any

import pytest

from annotate_app import assets
from annotate_app.i18n.translator import translator
from annotate_app.routes.page import html, routes
from db.engine import Store


@pytest.fixture
def caller(sqlite_store: Store, serve: Callable[..., Any]) -> Any:
    return serve(sqlite_store, routes)


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "zh"),
        ({"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh"),
        ({"accept-language": "en-GB,en;q=0.9"}, "en"),
        ({"accept-language": "en-GB", "cookie": "cbt_language=zh"}, "zh"),
        ({"accept-language": "zh-CN", "cookie": "cbt_language=en"}, "en"),
        ({"accept-language": "en", "cookie": 'cbt_language="><script>'}, "en"),
    ],
)
def test_the_page_is_in_the_readers_language_before_any_script_runs(
    caller: Any, headers: dict[str, str], language: Any
) -> None:
    answer = caller.ask("GET", "/", headers=headers)
    text = answer.raw.decode()
    tag = {"zh": '<html lang="zh-CN"', "en": '<html lang="en"'}[language]
    assert text.count(tag) == 1
    assert f"<title>{translator(language)('app.name')}</title>" in text
    assert translator(language)("app.needs_script") in text
    assert "Streamlit</title>" not in text


def test_a_browser_asks_for_the_page_anew_and_does_not_translate_it(caller: Any) -> None:
    answer = caller.get("/studies")
    assert answer.headers["cache-control"] == "no-cache"
    assert b'translate="no"' in answer.raw


def test_the_page_holds_no_inline_script_and_names_no_other_place() -> None:
    text = html("zh", "")
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    asked = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert asked
    assert not [place for place in asked if not place.startswith(("/static/", "/assets/", "data:"))]


def test_all_that_the_page_asks_for_is_under_the_base_path() -> None:
    text = html("en", "/ann")
    asked = [place for place in re.findall(r'(?:src|href)="([^"]+)"', text) if place[0] == "/"]
    assert f"/ann/assets/{assets.version()}/fonts/fonts.css" in asked
    assert {place.split("/")[1] for place in asked} == {"ann"}


@pytest.mark.parametrize("path", ["/favicon.png", "/a/b", "/_stcore/health", "/static/x.js"])
def test_a_file_is_not_taken_for_a_page(caller: Any, path: str) -> None:
    assert caller.get(path).status == 404
