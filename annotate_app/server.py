"""Serve Streamlit's app under uvicorn, with the settings that its speed rests on."""

import socket
import tomllib
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config

from annotate_app import provider
from annotate_app.routes import adjudication, assets, desk, page, session
from annotate_app.routes.doorway import Doorway
from annotate_app.settings import Settings
from annotate_app.views import failure
from db.errors import KnownError

HERE = Path(__file__).parent
LARGEST_MESSAGE_BYTES = 1_000_000
SECONDS_TO_END = 3
SECONDS_TO_KEEP = 75  # a rater reads for a while before the next save, by the same connection


class CannotListen(KnownError):
    code = "cannot_listen"


def serve(settings: Settings) -> None:
    """Listen and serve until a signal ends it. Raises CannotListen for an address in use."""
    listening = listen(settings.host, settings.port)
    configure(settings)
    provider.check(settings.base_path)
    app = st.App(
        HERE / "entry.py",
        routes=own_routes(settings.base_path),
        middleware=[Middleware(Doorway, settings.allowed_hosts)],
        on_script_error=failure.render,
    )
    served = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.proxies),
        timeout_keep_alive=SECONDS_TO_KEEP,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    uvicorn.Server(served).run(sockets=[listening])


def configure(settings: Settings) -> None:
    """Give Streamlit the app's own settings, whatever the user's config.toml says."""
    given = options() | {"server.baseUrlPath": settings.base_path}
    config.get_config_options(force_reparse=True, options_from_flags=given)


def own_routes(base_path: str) -> list[Route]:
    """Return the routes that are not Streamlit's, each under the base path, as Streamlit's are."""
    own = [*assets.routes, *session.routes, *desk.routes, *adjudication.routes, *page.routes]
    return [Route(base_path + route.path, route.endpoint, methods=route.methods) for route in own]


def options() -> dict[str, Any]:
    """Return the settings of streamlit.toml under Streamlit's dotted names."""
    flat: dict[str, Any] = {}
    tables = [("", tomllib.loads((HERE / "streamlit.toml").read_text("utf-8")))]
    while tables:
        prefix, table = tables.pop()
        for key, value in table.items():
            if isinstance(value, dict):
                tables.append((f"{prefix}{key}.", value))
            else:
                flat[f"{prefix}{key}"] = value
    return flat


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that waits at this address and sends what it has at once.

    Streamlit's own server leaves TCP_NODELAY off, and each click then waits 40 ms for an
    acknowledgement; asyncio sets it only on sockets whose protocol is named.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.bind(address)
    except OSError as error:
        raise CannotListen(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port"
        ) from error
    made.listen(socket.SOMAXCONN)
    return made
