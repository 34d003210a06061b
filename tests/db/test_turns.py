"""One run of a name at a time, also across processes, also after a kill."""

import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from db.engine import Store, connect
from db.errors import NotAllowed, StoreError
from db.turns import one_at_a_time

HOLD = """
import sys
from db.engine import connect
from db.turns import one_at_a_time
with one_at_a_time(connect(sys.argv[1]), "gpt"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holding(url: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_of_a_name_is_refused_until_the_first_is_dead(
    store: Store, store_url: str
) -> None:
    first = holding(store_url)
    with pytest.raises(NotAllowed) as refused, one_at_a_time(store, "gpt"):
        pass
    assert refused.value.message.startswith("another run of gpt is going on (process ")
    assert f"process {first.pid}" in refused.value.message
    with one_at_a_time(store, "another name"):
        pass
    first.send_signal(signal.SIGKILL)
    first.communicate()
    for _ in range(50):
        try:
            with one_at_a_time(store, "gpt"):
                break
        except NotAllowed:
            threading.Event().wait(0.02)  # PostgreSQL takes a moment to see the death
    else:
        pytest.fail("the turn of a dead run was not free")


def refusals_elsewhere(store: Store) -> list[str]:
    """Return how another thread is refused the turn, if it is."""
    refused: list[str] = []

    def other() -> None:
        try:
            with one_at_a_time(store, "gpt"):
                pass
        except NotAllowed as error:
            refused.append(error.message)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    return refused


def test_a_thread_may_ask_again_for_the_turn_that_it_has_and_another_may_not(store: Store) -> None:
    with one_at_a_time(store, "gpt"):
        with one_at_a_time(store, "gpt"):
            pass
        (refused,) = refusals_elsewhere(store)
    assert f"process {os.getpid()}" in refused
    with one_at_a_time(store, "gpt"):
        pass


def test_a_store_that_is_reached_by_a_link_is_the_same_one(
    sqlite_store: Store, tmp_path: Path
) -> None:
    link = tmp_path / "elsewhere" / "link.sqlite"
    link.parent.mkdir()
    link.symlink_to(sqlite_store.name)
    by_link = connect(f"sqlite:///{link}")
    with (
        one_at_a_time(sqlite_store, "gpt"),
        pytest.raises(NotAllowed, match="another run of gpt"),
        one_at_a_time(by_link, "gpt"),
    ):
        pass


def test_nothing_is_left_beside_the_store_after_a_turn(sqlite_store: Store) -> None:
    folder = Path(sqlite_store.name).parent
    with one_at_a_time(sqlite_store, "gpt"):
        assert list(folder.glob("*.lock"))
    assert not list(folder.glob("*.lock"))


def test_a_disk_without_room_for_who_has_the_turn_keeps_others_out_all_the_same(
    sqlite_store: Store,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with one_at_a_time(sqlite_store, "gpt"):
            (refused,) = refusals_elsewhere(sqlite_store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.startswith("another run of gpt is going on (it has just begun)")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    gone = connect(f"sqlite:///{tmp_path / 'no such folder' / 'store.sqlite'}")
    with pytest.raises(StoreError, match="keeps runs apart"), one_at_a_time(gone, "gpt"):
        pass
