"""The requests of a job, as its file and the journal have them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from db.attempts import Held
from db.batch_jobs import RowOut
from pipeline.calling.asking import Request
from pipeline.calling.batch.asks import Ask
from pipeline.calling.batch.lines import Row, request_of, row_in


class Sheet:
    """Finds the request of a row; `asks` has those that were made in this process before.

    Without a file, as where the server has thrown it away, requests come without their messages:
    what a reply says can be read, and what it should have said cannot be asked.
    """

    def __init__(
        self,
        rows: Sequence[RowOut],
        file: IO[bytes] | None,
        *,
        asks: Mapping[int, Ask],
        held: Mapping[int, Held],
    ) -> None:
        self.has_messages = file is not None
        self._rows, self._file, self._asks, self._held = rows, file, asks, held
        self._places: dict[int, tuple[Row, int]] = {}
        self._texts: dict[str, str] = {}
        if file is not None:
            self._read(file)

    def _read(self, file: IO[bytes]) -> None:
        file.seek(0)
        place = 0
        for line in file:
            row = row_in(line)
            if row is not None:
                self._places[row.number] = row, place
            place += len(line)

    def stored(self, row: Row | None) -> RowOut | None:
        """Return the journal's row, if this job has asked for that."""
        if row is None or row.number >= len(self._rows):
            return None
        found = self._rows[row.number]
        about = (found.question_id, found.response_id)
        return found if about == (row.question_id, row.response_id) else None

    def open_rows(self) -> Iterator[tuple[int, RowOut, Row | None]]:
        """Yield the rows of which the journal does not know the end, as the file has them."""
        for number, found in enumerate(self._rows):
            if found.is_open:
                place = self._places.get(number)
                yield number, found, place and place[0]

    def ask(self, row: Row) -> Ask:
        """Return a row's request, with what was there before it."""
        before = self._asks.get(row.number)
        if before is not None:
            return before
        held = [self._held[id_] for id_ in row.held if id_ in self._held]
        return Ask(
            self._request(row),
            held=row.held,
            tokens_in=sum(reply.tokens_in for reply in held),
            tokens_out=sum(reply.tokens_out for reply in held),
            model=held[-1].model if held else None,
            step=1 + len(row.held),
        )

    def _request(self, row: Row) -> Request:
        place = self._places.get(row.number)
        if self._file is None or place is None:
            return request_of(row)
        self._file.seek(place[1])
        return request_of(row, self._file.readline(), texts=self._texts)
