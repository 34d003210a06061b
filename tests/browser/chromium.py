"""Start the browser that this machine has."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)
FLAGS = ["--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]


@contextmanager
def running() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = _launched(play)
        yield found
        found.close()


def _launched(play: Playwright) -> Browser:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    for path in [*filter(None, map(shutil.which, NAMES)), None]:
        try:
            return play.chromium.launch(executable_path=path, args=flags)
        except Error:  # a snap's stub is on the PATH, but starts no browser
            continue
    pytest.fail("these tests need a browser; install one: sudo apt-get install chromium")
