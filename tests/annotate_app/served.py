"""The app in a process of its own, with a look inside, and a browser's websocket without one."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

INSIDE = """
import gc, json, sys, threading
from annotate_app import __main__

collected = [0, 0, 0]

def count(phase, info):
    collected[info["generation"]] += phase == "stop"

def answer():
    from streamlit import config
    for _ in sys.stdin:
        options = {key: option.value for key, option in config.get_config_options().items()}
        told = {"options": options, "collections": collected[2], "modules": sorted(sys.modules)}
        print(json.dumps(told, default=str), flush=True)

gc.callbacks.append(count)
threading.Thread(target=answer, daemon=True).start()
sys.exit(__main__.main())
"""


@dataclass
class Served:
    """The app as it runs; `look` says what is so inside its process."""

    port: int
    process: "subprocess.Popen[str]"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def look(self) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def status(self, path: str, **headers: str) -> int:
        connection = HTTPConnection(self.host, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def open_page(self, base_path: str = "", **headers: str) -> ClientConnection:
        """Open the page's websocket as a browser does."""
        return connect(
            f"ws://{self.host}{base_path}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Origin": f"http://{self.host}", **headers},
            max_size=None,
        )


def run(page: ClientConnection, name: str = "", query: str = "") -> list[ForwardMsg]:
    """Let the script of the page of this name run once; return all that the browser gets."""
    message = BackMsg()
    message.rerun_script.page_name = name
    message.rerun_script.query_string = query
    page.send(message.SerializeToString())
    received: list[ForwardMsg] = []
    while not received or received[-1].WhichOneof("type") != "script_finished":
        received.append(ForwardMsg.FromString(bytes(page.recv(timeout=30, decode=False))))
    return received


@contextmanager
def served(url: str, options: Sequence[str] = ()) -> Iterator[Served]:
    """Serve a store in a process of its own, until the test ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["--port", str(port), "--database", url, *options]
    process = subprocess.Popen(
        [sys.executable, "-c", INSIDE, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 30
        while not _listens(port) and time.monotonic() < until:
            assert process.poll() is None, "the app has ended"
            time.sleep(0.02)
        yield Served(port, process)
    finally:
        process.terminate()
        process.communicate(timeout=15)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
