"""Write many answers at once: a row that ends leaves the batch, and the next one joins it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import ModelError
from models.inference.batch import Batch
from models.inference.decoding import Decoding
from models.inference.rows import Answered, Asked, Listener, Pace, Row

LEAVE = 8  # one row of so many has ended: then they leave, and others join
CPU_MEMORY = ("not enough memory", "can't allocate memory")


@dataclass(frozen=True)
class Bounds:
    """How much is written at once: so many tokens, prompts and room together, in so many rows.

    `room` is how many tokens one answer may have.
    """

    tokens: int
    rows: int
    room: int


class Engine:
    """Answers prompts by one model, the longest first: where memory ends shows at once.

    What is short of memory is halved, and goes on: rows that leave are written anew later, and
    come out the same.
    """

    def __init__(
        self, model: Any, decoding: Decoding, *, stop_ids: Sequence[int], bounds: Bounds
    ) -> None:
        self._bounds, self._decoding = bounds, decoding
        self._batch = Batch(model, decoding, stop_ids=stop_ids, room=bounds.room)
        self._most = bounds.rows

    def answers(
        self, asked: Sequence[Asked], listener: Listener | None = None
    ) -> Iterator[list[Answered]]:
        """Yield the answers in the order in which they end, those of one step together.

        Raises ModelError where memory does not do for a single row.
        """
        told = listener or Listener()
        waiting = [self._row(place, each) for place, each in enumerate(asked)]
        waiting.sort(key=lambda row: len(row.prompt))  # taken from the end
        written, batch = 0, self._batch
        while (waiting or batch.going) and told.going():
            joining = self._joining(waiting)
            tried = joining + len(batch.going)
            try:
                if joining:
                    self._admit(waiting, joining)
                else:
                    self._step()
            except Exception as error:  # noqa: BLE001 - raised again but for a want of memory
                self._spare(error, tried, waiting, told)
                continue
            written += joining or tried
            told.step(Pace(len(batch.going), written, len(waiting)))
            if ended := [row for row in batch.rows if row.finish is not None and row.place >= 0]:
                yield [self._answered(row) for row in ended]

    def _row(self, place: int, asked: Asked) -> Row:
        return Row(place, asked.key, asked.prompt, self._decoding.chance(asked.key))

    def _answered(self, row: Row) -> Answered:
        found = Answered(row.place, tuple(row.tokens), row.finish or "length")
        row.place = -1  # told
        return found

    def _joining(self, waiting: Sequence[Row]) -> int:
        """Return how many of the waiting rows join now: not one by one, as each time copies."""
        if not waiting:
            return 0
        going = len(self._batch.going)
        longest = max(self._batch.longest, len(waiting[-1].prompt)) + self._bounds.room
        most = max(1, min(self._most, self._bounds.tokens // longest))
        free = min(len(waiting), most - going)
        return free if free >= max(1, min(going, len(waiting)) // LEAVE) else 0

    def _admit(self, waiting: list[Row], joining: int) -> None:
        new = [waiting.pop() for _ in range(joining)]
        try:
            self._batch.join(new)
        except BaseException:
            waiting.extend(reversed(new))
            raise

    def _step(self) -> None:
        batch = self._batch
        if len(batch.rows) - len(batch.going) > len(batch.rows) // LEAVE:
            batch.tidy()
        batch.step()

    def _spare(self, error: Exception, tried: int, waiting: list[Row], told: Listener) -> None:
        """Go on with half as many rows where memory was short; raise what is anything else."""
        if not _out_of_memory(error):
            raise error
        if tried <= 1:
            raise ModelError(
                "memory does not do for one answer at a time; give a smaller --answer-tokens,"
                " --precision bf16, --quantize 4bit, or a smaller model"
            ) from error
        self._most = max(1, tried // 2)
        for row in self._batch.release(self._most):
            waiting.append(Row(row.place, row.key, row.prompt, self._decoding.chance(row.key)))
        waiting.sort(key=lambda row: len(row.prompt))
        _free_memory()
        told.word(f"memory ran short with {tried} answers at a time; going on with {self._most}")


def _out_of_memory(error: Exception) -> bool:
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(each in str(error) for each in CPU_MEMORY)


def _free_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
