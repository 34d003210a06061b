"""Write a file of records with what stands beside it: all of them or none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.exporting.new_files import written_whole


@contextmanager
def written_with(
    path: Path, beside: Sequence[Path], *, replace: bool
) -> Iterator[Callable[[bytes, Mapping[Path, bytes]], None]]:
    """Yield the call that puts a file and those beside it in their places, by their contents.

    The small ones beside it may replace what is there. Checks the places first, as `written_whole`
    does and with its errors. If one cannot be put, those beside it are as they were.
    """
    with ExitStack() as stack:
        small = {each: stack.enter_context(written_whole(each, replace=True)) for each in beside}
        place, finish = stack.enter_context(written_whole(path, replace=replace))

        def put(content: bytes, others: Mapping[Path, bytes]) -> None:
            place.write_bytes(content)
            for each, text in others.items():
                small[each][0].write_bytes(text)
            with as_they_were(list(others)):
                for each in others:
                    small[each][1]()
                finish()

        yield put


@contextmanager
def as_they_were(paths: Sequence[Path]) -> Iterator[None]:
    """Put small files back, or away, where what is done with them fails or is interrupted."""
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        raise
