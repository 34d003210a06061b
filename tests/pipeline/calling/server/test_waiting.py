from datetime import UTC, datetime

import pytest

from pipeline.calling.server.waiting import retry_after

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1.0),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:09 GMT"}, 9.0),
        ({"retry-after": "Sat, 31 Jan 2026 13:00:09 +0100"}, 9.0),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:09"}, 9.0),
        ({"retry-after": "Sat, 31 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 99 Jan 99999 99:00:00 GMT"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_a_wait_is_read_in_each_way_that_servers_write_it(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, now=NOW) == seconds
