"""What two runs store at the same time is stored once, and neither falls over it."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from db import label_sets, prompts
from db.engine import Store


def a_prompt(session: Session) -> int:
    return prompts.find_or_add(session, name="p", language="zh", text="t", content_hash="h")


def a_label_set(session: Session) -> int:
    labels = [{"id": "mind_reading"}]
    return label_sets.find_or_add(
        session, name="codebook", version="1", labels=labels, content_hash="h"
    ).id


@pytest.mark.parametrize("add", [a_prompt, a_label_set])
def test_two_that_add_the_same_at_once_get_the_same(
    store: Store, add: Callable[[Session], int]
) -> None:
    got: list[int] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with store.writing() as session:
            got.append(add(session))

    other = threading.Thread(target=second)
    with store.writing() as session:
        got.append(add(session))
        other.start()
        begun.wait()
        other.join(0.1)  # by then it waits for this transaction
    other.join()
    assert len(got) == 2
    assert got[0] == got[1]
