import asyncio
import socket
import subprocess
import sys

import pytest
from streamlit import config

from annotate_app import server
from annotate_app.server import CannotListen

SPEED = {"runner.postScriptGC": False, "server.fileWatcherType": "none"}
QUIET = {"browser.gatherUsageStats": False, "client.showErrorDetails": "none"}


def test_streamlit_still_knows_every_setting_that_the_app_gives_it() -> None:
    known = config.get_config_options().keys()
    assert server.options().keys() <= known


def test_the_settings_that_speed_and_privacy_rest_on_are_given() -> None:
    options = server.options()
    assert {key: options[key] for key in SPEED | QUIET} == SPEED | QUIET


def test_the_apps_settings_count_more_than_the_users_own(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text("[runner]\npostScriptGC = true\n")
    check = (
        "from streamlit import config; from annotate_app import server; server.configure();"
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


def test_the_apps_process_starts_without_the_heavy_packages() -> None:
    heavy = ("pandas", "torch", "transformers", "openai", "scipy", "pyarrow", "altair")
    check = (
        "import sys, annotate_app.__main__, annotate_app.state, annotate_app.views.home,"
        " annotate_app.views.frame, annotate_app.views.sign_in;"
        f"loaded = [name for name in {heavy} if name in sys.modules];"
        "sys.exit(', '.join(loaded) if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
