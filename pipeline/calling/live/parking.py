"""Where requests wait that have been asked before: for time to pass, for money, for room."""

from asyncio import Future, get_running_loop


class Parking:
    """Whoever waits here goes on when what is waited for has come, or when all ends."""

    def __init__(self) -> None:
        self._places: set[Future[bool]] = set()
        self._poor: set[Future[bool]] = set()

    def place(self) -> "Future[bool]":
        """Return what becomes true when somebody sets it, and false when all ends."""
        place: Future[bool] = get_running_loop().create_future()
        self._places.add(place)
        place.add_done_callback(self._places.discard)
        return place

    async def sleep(self, seconds: float) -> None:
        place = self.place()
        timer = get_running_loop().call_later(seconds, _go, place)
        try:
            await place
        finally:
            timer.cancel()

    async def for_money(self) -> None:
        """Wait until a call has given back some of what was reserved for it."""
        place = self.place()
        self._poor.add(place)
        try:
            await place
        finally:
            self._poor.discard(place)

    @property
    def someone_is_poor(self) -> bool:
        """Whether money that comes is for somebody here, before any new request."""
        return bool(self._poor)

    def money_came(self) -> None:
        for place in self._poor:
            _go(place)

    def clear(self) -> None:
        for place in tuple(self._places):
            if not place.done():
                place.set_result(False)


def _go(place: "Future[bool]") -> None:
    if not place.done():
        place.set_result(True)
