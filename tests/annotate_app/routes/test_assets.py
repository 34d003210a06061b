from collections.abc import Callable
from typing import Any

import pytest

from annotate_app import assets
from annotate_app.routes.assets import routes
from db.engine import Store


@pytest.fixture
def caller(sqlite_store: Store, serve: Callable[..., Any]) -> Any:
    return serve(sqlite_store, routes)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("browser/browser.js", "text/javascript; charset=utf-8"),
        ("fonts/fonts.css", "text/css; charset=utf-8"),
        ("fonts/noto-sans-sc-119.woff2", "font/woff2"),
    ],
)
def test_a_file_is_sent_as_it_is_and_kept_by_the_browser(caller: Any, name: str, kind: str) -> None:
    answer = caller.get(f"/assets/{assets.version()}/{name}")
    assert answer.status == 200
    assert answer.raw == assets.files()[name].read_bytes()
    assert answer.headers["content-type"] == kind
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    ["browser/browser.py", "fonts/README.md", "../server.py", "..%2fserver.py", "fonts", ""],
)
def test_nothing_else_of_the_program_is_sent(caller: Any, name: str) -> None:
    answer = caller.get(f"/assets/{assets.version()}/{name}")
    assert (answer.status, answer.raw) == (404, b"")


def test_another_versions_name_never_gives_this_versions_file(caller: Any) -> None:
    answer = caller.get("/assets/0123456789abcdef/browser/browser.js")
    assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
