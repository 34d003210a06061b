"""Rate the same items in one program after the other, some rounds long, and compare the medians."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from benchmarks.item_times import (
    WARM_UPS,
    Program,
    Way,
    browser,
    measure,
    p95,
    scores,
)

ITEMS_IN_ALL = 500
PATIENCE_SECONDS = 30
Ready = Callable[..., AbstractContextManager[Program]]
Figures = dict[str, float]
MEASURES = ("in_page", "in_page_whole", "wall", "whole", "answered", "acknowledged")


def main(programs: Sequence[Ready], about: str | None) -> None:
    run(programs, parser(about).parse_args())


def parser(about: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--items", type=int, default=60, help="items of each way and round")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--pause", type=float, default=0, help="seconds before each item")
    made.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "cbt-peers"))
    return made


def run(programs: Sequence[Ready], given: argparse.Namespace) -> None:
    """Measure these programs in turn; the first is the one that the others are set against."""
    results: dict[str, list[Figures]] = {}
    given.folder.mkdir(exist_ok=True)
    with browser() as opened:
        for turn in range(given.rounds):
            print(f"round {turn + 1}, load {os.getloadavg()[0]:.1f}", flush=True)
            for ready in programs:
                name, figures = _one(ready, opened, given)
                results.setdefault(name, []).append(figures)
                _tell(name, figures)
    _compare(results)


def _one(ready: Ready, opened: Browser, given: argparse.Namespace) -> tuple[str, Figures]:
    with ready(opened, given.folder, items=ITEMS_IN_ALL) as program:
        figures = dict(program.facts)
        for way in program.ways:
            figures |= _figures(program, way, given)
        figures["RSS at end MB"] = program.server.megabytes()
        asked = {urlsplit(url).netloc for url in program.requests if url.startswith("http")}
        assert asked == {f"127.0.0.1:{program.server.port}"}, asked
        return program.name, figures


def _figures(program: Program, way: Way, given: argparse.Namespace) -> Figures:
    before, asked = len(program.stored()), len(program.requests)
    times = measure(program, way, items=given.items, first=before, pause=given.pause)
    judged = given.items + WARM_UPS
    figures = {f"{way.name} requests per item": (len(program.requests) - asked) / judged}
    figures[f"{way.name} saves dropped"] = times.dropped
    _check(program, before + judged)
    for name, taken in program.acknowledged().items():
        setattr(times, name, taken[WARM_UPS:])
    for name in MEASURES:
        values = getattr(times, name)
        if not values:
            continue
        figures[f"{way.name} {name} ms"] = median(values)
        figures[f"{way.name} {name} p95 ms"] = p95(values)
    return figures


def _check(program: Program, judged: int) -> None:
    """Wait until all is stored, which may be after the next item was shown."""
    until = time.monotonic() + PATIENCE_SECONDS
    while len(program.stored()) < judged and time.monotonic() < until:
        time.sleep(0.05)
    expected = sorted(scores(number) for number in range(judged))
    assert sorted(program.stored()) == expected, f"{program.name} has not stored what was given"


def _tell(name: str, figures: Figures) -> None:
    print(name)
    for what, value in figures.items():
        print(f"  {what:<34} {value:9.2f}", flush=True)


def _compare(results: dict[str, list[Figures]]) -> None:
    """Print each figure's median and spread over the rounds, and its ratio to the first program."""
    base = next(iter(results.values()))
    for name, turns in results.items():
        print(f"\n{name}, median of {len(turns)} rounds (lowest to highest)")
        for what in turns[0]:
            values = [turn[what] for turn in turns]
            line = f"  {what:<34} {median(values):9.2f} ({min(values):.2f} to {max(values):.2f})"
            if turns is not base and base[0].get(what):
                ratios = [turn[what] / ours[what] for turn, ours in zip(turns, base, strict=True)]
                line += f"   {median(ratios):6.2f} times ({min(ratios):.2f} to {max(ratios):.2f})"
            print(line)
