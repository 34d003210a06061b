"""Leave alone what batch jobs are to answer."""

from collections.abc import Collection, Iterator

from pipeline.calling.asking import Request

About = tuple[int | None, int | None]  # a question, and the answer to it that is asked about


class Apart(Iterator[Request]):
    """Requests without those that are `out`: whoever asks them again buys them twice.

    `met` counts them.
    """

    def __init__(self, requests: Iterator[Request], out: Collection[About] = ()) -> None:
        self.out, self.met = out, 0
        self._requests = requests

    def __next__(self) -> Request:
        for request in self._requests:
            if (request.question_id, request.response_id) not in self.out:
                return request
            self.met += 1
        raise StopIteration
