"""Tell what is wrong with a model as every command tells its known errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.errors import ModelRejected
from models.errors import ModelError


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn a ModelError into the known error of the same sentence."""
    try:
        yield
    except ModelError as error:
        raise ModelRejected(error.message) from error
