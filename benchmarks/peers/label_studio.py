"""Rate in Label Studio, as it is installed and started by default, with its analytics off.

python -m benchmarks.peers.label_studio [--items 60] [--rounds 3] [--folder DIR]
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks import rounds
from benchmarks.item_times import Program, Way, new_page
from benchmarks.peers.environment import installed
from benchmarks.processes import free_port, served
from benchmarks.texts import texts

EMAIL = "rater@example.org"
PASSWORD = "a-long-password"  # noqa: S105
SIGN_IN = "/user/login/"
QUIET = {
    "COLLECT_ANALYTICS": "false",
    "FRONTEND_SENTRY_DSN": "",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
}
CRITERIA = {"relevance": "切题", "structure": "CBT 结构", "helpfulness": "帮助程度"}
KEYS = ("123", "qwe", "asd")
HOLDER = "[...document.querySelectorAll('.lsf-richtext')].at(-1)"


@contextmanager
def ready(browser: Browser, folder: Path, *, items: int) -> Iterator[Program]:
    environment = installed(folder, "label-studio")
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        command: list[str | Path] = [environment.bin / "label-studio", "start", "--no-browser"]
        command += ["--data-dir", data, "-p", str(port)]
        command += ["--username", EMAIL, "--password", PASSWORD]
        start = partial(
            served, command, port=port, page=SIGN_IN, folder=Path(data), HOME=data, **QUIET
        )
        with start() as server:
            first_start = server.seconds
        with start() as server:
            facts = {"first start s": first_start, "start s": server.seconds}
            facts["installed MB"] = environment.megabytes
            facts["RSS at start MB"] = server.megabytes()
            requests: list[str] = []
            page = new_page(browser, requests, holder=HOLDER)
            _sign_in(page, server.url)
            project = _project(page, server.url, items)
            began = time.perf_counter()
            page.goto(f"{server.url}/projects/{project}/data?labeling=1")
            page.get_by_text("〔1〕").wait_for()
            facts["first item s"] = time.perf_counter() - began

            def stored() -> list[tuple[int, ...]]:
                kind = "exportType=JSON"
                answer = page.request.get(f"{server.url}/api/projects/{project}/export?{kind}")
                return [_scores(task) for task in answer.json()]

            name = f"Label Studio {environment.version}"
            yield Program(name, server, page, WAYS, stored, facts, requests)
            page.context.close()


def _sign_in(page: Page, url: str) -> None:
    page.goto(url + SIGN_IN)
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda where: SIGN_IN not in where)


def _project(page: Page, url: str, items: int) -> int:
    """Make a project with these items, and return its number."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": url}
    config = '<View><Header value="$question"/><Text name="description" value="$description"/>'
    config += '<Text name="answer" value="$answer"/>'
    for (name, title), keys in zip(CRITERIA.items(), KEYS, strict=True):
        config += f'<Header value="{title}"/><Choices name="{name}" toName="answer"'
        config += ' choice="single" showInline="true" required="true">'
        config += "".join(
            f'<Choice value="{value}" hotkey="{key}"/>' for value, key in enumerate(keys)
        )
        config += "</Choices>"
    made = page.request.post(
        f"{url}/api/projects",
        data={"title": "Speed", "label_config": config + "</View>"},
        headers=headers,
    )
    assert made.ok, made.text()
    number = int(made.json()["id"])
    tasks = [vars(text) for text in texts(items)]
    sent = page.request.post(f"{url}/api/projects/{number}/import", data=tasks, headers=headers)
    assert sent.ok, sent.text()
    return number


def _scores(task: dict[str, Any]) -> tuple[int, ...]:
    (annotation,) = task["annotations"]
    given = {part["from_name"]: part["value"]["choices"] for part in annotation["result"]}
    return tuple(int(given[name][0]) for name in CRITERIA)


def _click(page: Page, values: Sequence[int]) -> None:
    for place, value in enumerate(values):
        page.locator(".lsf-choices").nth(place).locator("label").nth(value).click()


def _press(page: Page, values: Sequence[int]) -> None:
    for keys, value in zip(KEYS, values, strict=True):
        page.keyboard.press(keys[value])


WAYS = (
    Way("clicks", _click, lambda page: page.locator("button[name=submit]").click()),
    Way("keys", _press, lambda page: page.keyboard.press("Control+Enter")),
)


if __name__ == "__main__":
    rounds.main([ready], __doc__)
