"""Rate in Potato, as it is installed and started by default.

python -m benchmarks.peers.potato [--items 60] [--rounds 3] [--folder DIR]
"""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks import rounds
from benchmarks.item_times import Program, Way, new_page
from benchmarks.peers.environment import installed
from benchmarks.processes import free_port, served
from benchmarks.texts import texts

NAME = "rater"
PASSWORD = "a-long-password"  # noqa: S105
CRITERIA = {"relevance": "切题", "structure": "CBT 结构", "helpfulness": "帮助程度"}
KEYS = ("123", "qwe", "asd")  # what Potato gives to the first, second and third scheme
HOLDER = "document.querySelector('#text-content')"


@contextmanager
def ready(browser: Browser, folder: Path, *, items: int) -> Iterator[Program]:
    environment = installed(folder, "potato-annotation")
    port = free_port()
    with tempfile.TemporaryDirectory() as made:
        data = Path(made)
        _task(data, items)
        command: list[str | Path] = [
            environment.bin / "potato",
            "start",
            "task.yaml",
            "-p",
            str(port),
        ]
        start = partial(served, command, port=port, page="/", folder=data, HOME=made)
        with start() as server:
            first_start = server.seconds
        with start() as server:
            facts = {"first start s": first_start, "start s": server.seconds}
            facts["installed MB"] = environment.megabytes
            facts["RSS at start MB"] = server.megabytes()
            requests: list[str] = []
            page = new_page(browser, requests, holder=HOLDER)
            _register(page, server.url)
            began = time.perf_counter()
            page.goto(f"{server.url}/annotate")
            page.get_by_text("〔1〕").wait_for()
            facts["first item s"] = time.perf_counter() - began

            def stored() -> list[tuple[int, ...]]:
                return _judged(data / "output" / NAME / "user_state.json")

            name = f"Potato {environment.version}"
            yield Program(name, server, page, WAYS, stored, facts, requests)
            page.context.close()


def _task(data: Path, items: int) -> None:
    """Write a task with these items; a YAML file may be JSON."""
    rows = [
        {
            "id": str(text.number),
            "text": f"<b>{text.question}</b><p>{text.description}</p><p>{text.answer}</p>",
        }
        for text in texts(items)
    ]
    data.joinpath("items.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    task = {
        "annotation_task_name": "Speed",
        "task_dir": ".",
        "output_annotation_dir": "output/",
        "data_files": ["items.json"],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "require_fully_annotated": True,
        "annotation_schemes": [
            {
                "annotation_type": "radio",
                "name": name,
                "description": title,
                "labels": ["0", "1", "2"],
                "sequential_key_binding": True,
            }
            for name, title in CRITERIA.items()
        ],
    }
    data.joinpath("task.yaml").write_text(json.dumps(task, ensure_ascii=False), "utf-8")


def _register(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("#register-tab").click()
    page.fill("#register-email", NAME)
    page.fill("#register-pass", PASSWORD)
    page.locator("#register-pass").press("Enter")
    page.get_by_text("〔1〕").wait_for()


def _judged(path: Path) -> list[tuple[int, ...]]:
    """Return the scores of every item that has all three."""
    if not path.exists():
        return []
    items = json.loads(path.read_text("utf-8"))["instance_id_to_label_to_value"]
    given = [{label["schema"]: int(value) for label, value in item} for item in items.values()]
    return [tuple(item[name] for name in CRITERIA) for item in given if len(item) == len(CRITERIA)]


def _click(page: Page, values: Sequence[int]) -> None:
    for name, value in zip(CRITERIA, values, strict=True):
        page.locator(f"input[type=radio][schema={name}]").nth(value).click()


def _press(page: Page, values: Sequence[int]) -> None:
    # Keys pressed while it loads are dropped, some without a word: the script waits for it.
    page.wait_for_function("typeof isLoading !== 'undefined' && !isLoading")
    for keys, value in zip(KEYS, values, strict=True):
        page.keyboard.press(keys[value])


WAYS = (
    Way("clicks", _click, lambda page: page.locator("#next-btn").click()),
    Way("keys", _press, lambda page: page.keyboard.press("ArrowRight")),
)


if __name__ == "__main__":
    rounds.main([ready], __doc__)
