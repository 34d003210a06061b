"""The errors that a user can mend, each told in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class BadRow:
    """One row that a file's reader refused: `row` counts from 1, the header is row 1."""

    row: int
    code: str
    why: str


class KnownError(Exception):
    """A known error: the command ends with exit code 1, and nothing was changed.

    KnownError
    ├── StoreError: StoreMissing, StoreOutdated, StoreNewer, StoreBusy, StoreFull, NotAStore
    ├── FileRejected: a file to import, or a study file, holds something wrong (with its rows)
    ├── NotKnown: a study, system, rater, source or split that the store does not hold
    ├── AlreadyKnown: a name that is taken
    ├── NotWritten: a file that this command was to write
    ├── NotCalled: a language model that cannot be called so: its address, key, name, or the extra
    ├── ModelRejected: a model, tokenizer or adapter that cannot be loaded, or does not fit
    └── NotAllowed: the action does not fit the state (a closed study, a second opening)
    """

    code = "error"

    def __init__(self, message: str, rows: Sequence[BadRow] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.rows = list(rows)


class StoreError(KnownError):
    code = "store"


class StoreMissing(StoreError):
    code = "store_missing"


class StoreOutdated(StoreError):
    code = "store_outdated"


class StoreNewer(StoreError):
    code = "store_newer"


class StoreBusy(StoreError):
    code = "store_busy"


class StoreFull(StoreError):
    code = "store_full"


class NotAStore(StoreError):
    code = "not_a_store"


class FileRejected(KnownError):
    code = "file_rejected"


class NotKnown(KnownError):
    code = "not_known"


class AlreadyKnown(KnownError):
    code = "already_known"


class NotAllowed(KnownError):
    code = "not_allowed"


class NotWritten(KnownError):
    code = "not_written"


class NotCalled(KnownError):
    code = "not_called"


class ModelRejected(KnownError):
    code = "model"
