import socket
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit.web.server.starlette.starlette_routes import create_host_config_routes
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from annotate_app.routes.doorway import Doorway
from db.engine import Store


async def inside(_request: Any) -> PlainTextResponse:
    return PlainTextResponse("inside")


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("inside")
    await websocket.close()


@pytest.fixture
def caller(sqlite_store: Store, serve: Callable[..., Any]) -> Any:
    routes = [Route("/", inside), WebSocketRoute("/talk", talk)]
    door = Middleware(Doorway, ("Study.example.org", "2.example.org."))
    return serve(sqlite_store, [Mount("/", Starlette(routes=routes, middleware=[door]))])


@pytest.mark.parametrize(
    "host",
    [
        "study.example.org",
        "STUDY.example.org:8443",
        "study.example.org.",
        "2.example.org",
        "localhost:8501",
        "127.0.0.1",
        "192.0.2.7:8501",
        "[::1]:8501",
        socket.gethostname(),
    ],
)
def test_the_app_answers_to_its_names_and_to_addresses_in_digits(caller: Any, host: str) -> None:
    assert caller.ask("GET", "/", headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "study.example.org.evil.example",
        "evilstudy.example.org",
        "127.0.0.1.evil.example",
        "evil.example:80@study.example.org",
        "study.example.org@evil.example",
        "study.example.org/x",
        "[::1",
        "",
    ],
)
def test_any_other_name_is_refused_in_a_sentence_that_says_what_to_do(
    caller: Any, host: str
) -> None:
    answer = caller.ask("GET", "/", headers={"host": host})
    assert answer.status == 421
    assert b"--allowed-host" in answer.raw
    assert answer.headers["content-type"].startswith("text/plain")


def talk_to(caller: Any, name: str, origin: str) -> str | bytes:
    """Open the websocket under a name that points at this machine."""
    there = socket.create_connection(("127.0.0.1", caller.port))
    headers = {"Origin": origin}
    with connect(f"ws://{name}:{caller.port}/talk", sock=there, additional_headers=headers) as page:
        return page.recv()


@pytest.mark.parametrize("origin", ["https://study.example.org", "http://Study.example.org"])
def test_a_page_of_the_app_may_open_a_websocket(caller: Any, origin: str) -> None:
    assert talk_to(caller, "study.example.org", f"{origin}:{caller.port}") == "inside"


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("study.example.org", "https://evil.example"),
        ("study.example.org", "http://study.example.org:1"),
        ("study.example.org", "http://study.example.org"),
        ("127.0.0.1", "http://localhost"),
        ("study.example.org", "null"),
        ("evil.example", "http://evil.example:{port}"),
    ],
)
def test_a_page_of_another_place_may_not(caller: Any, name: str, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        talk_to(caller, name, origin.format(port=caller.port))


@pytest.mark.parametrize("headers", [{}, {"host": "evil.example"}])
def test_every_answer_says_what_a_browser_may_do_with_it(
    caller: Any, headers: dict[str, str]
) -> None:
    told = caller.ask("GET", "/", headers=headers).headers
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in told["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert not [value for value in policy.values() if "http" in value or "*" in value]


def test_streamlit_is_told_to_show_no_dialog_over_the_desk_while_the_server_is_away(
    caller: Any,
) -> None:
    told = caller.get("/_stcore/host-config")
    assert (told.status, told.body["blockErrorDialogs"]) == (200, True)
    assert told.headers["content-security-policy"]
    assert caller.get("/studies/_stcore/host-config").status == 404


def test_but_for_its_dialogs_streamlits_page_is_told_what_streamlit_tells_it(
    caller: Any, sqlite_store: Store, serve: Callable[..., Any]
) -> None:
    streamlits = serve(sqlite_store, create_host_config_routes(None))
    usual = streamlits.get("/_stcore/host-config").body
    told = caller.get("/_stcore/host-config").body
    assert told == {**usual, "allowedOrigins": [], "blockErrorDialogs": True}
