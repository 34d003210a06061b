import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit import config
from websockets.exceptions import InvalidStatus

from annotate_app import server
from annotate_app.server import CannotListen
from annotate_app.services import sign_in
from annotate_app.services.sign_in import COOKIE
from annotate_app.settings import Settings
from db import schema
from db.engine import connect
from tests.annotate_app.conftest import PASSWORD, Caller, Made, make_study
from tests.annotate_app.served import Served, run, served

RUNS = 20
HEAVY = {"altair", "matplotlib", "numpy", "pandas", "pyarrow", "scipy", "torch", "transformers"}
IN_FORCE = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "runner.postScriptGC": False,
    "server.disconnectedSessionTTL": 30,
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.baseUrlPath": "/ann/rating",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """The app under a base path, and the cookie of a rater who is signed in."""
    store = connect(f"sqlite:///{tmp_path_factory.mktemp('served') / 'store.sqlite'}")
    schema.upgrade(store.engine)
    person_id = make_study(store).people["lin"]
    token = sign_in.begin(store, person_id=person_id)
    with served(str(store.engine.url), ["--base-path", "ann/rating/"]) as running:
        yield running, f"{COOKIE}={token}"
    store.engine.dispose()


def test_streamlit_still_knows_every_setting_that_the_app_gives_it() -> None:
    known = config.get_config_options().keys()
    assert server.options().keys() | IN_FORCE.keys() <= known


def test_every_setting_is_in_force_in_the_process_that_serves(app: tuple[Served, str]) -> None:
    options = app[0].look()["options"]
    wanted = server.options() | IN_FORCE
    assert {key: options[key] for key in wanted} == wanted


def test_no_run_of_a_page_ends_with_a_full_collection(app: tuple[Served, str]) -> None:
    running, cookie = app
    with running.open_page("/ann/rating", Cookie=cookie) as page:
        run(page)
        before = running.look()["collections"]
        for _ in range(RUNS):
            run(page)
        assert running.look()["collections"] - before < RUNS / 2


def test_a_page_is_told_to_send_no_usage_statistics(app: tuple[Served, str]) -> None:
    with app[0].open_page("/ann/rating") as page:
        (new,) = [m.new_session for m in run(page) if m.WhichOneof("type") == "new_session"]
    assert new.config.gather_usage_stats is False


def test_no_page_of_a_rater_loads_a_heavy_package(app: tuple[Served, str]) -> None:
    running, cookie = app
    for headers in ({}, {"Cookie": cookie}):
        with running.open_page("/ann/rating", **headers) as page:
            run(page)
    assert HEAVY & set(running.look()["modules"]) == set()


def test_everything_is_under_the_base_path_and_nothing_beside_it(app: tuple[Served, str]) -> None:
    running, _ = app
    paths = ("/", "/_stcore/health", "/api/sign-in", "/static/media/none", "/studies")
    assert [running.status(f"/ann/rating{path}") for path in paths] == [200, 200, 405, 200, 200]
    assert {running.status(path) for path in paths} == {404}
    with pytest.raises(InvalidStatus):
        running.open_page()


def test_a_page_elsewhere_cannot_open_the_websocket(app: tuple[Served, str]) -> None:
    running, cookie = app
    for origin in ("http://localhost:3000", "https://evil.example", "null"):
        with pytest.raises(InvalidStatus, match="403"):
            running.open_page("/ann/rating", Cookie=cookie, Origin=origin)


def test_a_name_that_is_made_to_point_here_is_refused(app: tuple[Served, str]) -> None:
    assert app[0].status("/ann/rating/", Host="evil.example") == 421


@pytest.mark.parametrize(("options", "believed"), [([], True), (["--proxy", "192.0.2.1"], False)])
def test_only_a_proxy_that_is_trusted_is_believed_that_the_page_came_by_https(
    made_sqlite: Made, options: list[str], *, believed: bool
) -> None:
    credentials = json.dumps({"username": "lin", "password": PASSWORD}).encode()
    with served(str(made_sqlite.store.engine.url), options) as running:
        headers = {"content-type": "application/json", "origin": f"http://{running.host}"}
        answer = Caller(running.port).ask(
            "POST", "/api/sign-in", credentials, {**headers, "x-forwarded-proto": "https"}
        )
    assert answer.status == 200
    assert bool(answer.cookie["secure"]) is believed


def test_the_apps_settings_count_more_than_the_users_own(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text("[runner]\npostScriptGC = true\n")
    check = (
        "from streamlit import config; from annotate_app import server, settings;"
        "server.configure(settings.Settings('127.0.0.1', 8501));"
        "assert config.get_option('runner.postScriptGC') is False"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=folder, check=False)
    assert done.returncode == 0


def test_what_is_sent_leaves_at_once() -> None:
    async def accepted() -> int:
        listening = server.listen("127.0.0.1", 0)
        seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            seen.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(connected, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await seen
            writer.close()
        return found

    assert asyncio.run(accepted()) == 1


def test_an_address_in_use_is_one_sentence() -> None:
    with server.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match="choose another --port"):
            server.listen("127.0.0.1", port)


def test_no_route_of_ours_stands_twice_or_hides_streamlits_own() -> None:
    paths: list[Any] = [route.path for route in server.own_routes("")]
    assert len(set(paths)) == len(paths)
    assert not [path for path in paths if path.startswith(("/_stcore", "/static", "/media"))]
    assert Settings("127.0.0.1", 8501).proxies == ("127.0.0.1", "::1")
