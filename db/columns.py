"""The column types that the tables share."""

from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

SystemKind = Literal["people", "api", "local", "outside"]
ResponseStatus = Literal["kept", "set_aside", "refused"]
StudyKind = Literal["rating", "distortion"]
KINDS: tuple[StudyKind, ...] = get_args(StudyKind)
StudyOrigin = Literal["local", "imported"]
StudyStatus = Literal["draft", "open", "closed"]
AttemptStep = Literal["first", "longer", "repair"]
AttemptState = Literal["open", "held", "answered", "failed", "lost"]
BatchState = Literal["made", "submitted", "collected", "failed"]
Presence = Literal["yes", "no", "cannot_tell"]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)
