"""Keep what took long to work out until what it rests on has changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """The newest answer to each of the last `most` questions; an outdated one is let go."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Hashable, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, question: Hashable, state: Hashable, work_out: Callable[[], T]) -> T:
        """Return the answer that holds in this state, worked out unless it is kept."""
        with self._lock:
            kept = self._kept.get(question)
            if kept and kept[0] == state:
                self._kept.move_to_end(question)
                return kept[1]
        found = work_out()  # others may ask meanwhile, and wait for nothing
        with self._lock:
            self._kept[question] = (state, found)
            self._kept.move_to_end(question)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
