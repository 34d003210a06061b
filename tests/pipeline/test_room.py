"""What a disk has room for, and what it has not."""

from pathlib import Path

import pytest

from db.errors import NotWritten
from pipeline.room import check_room


def test_what_does_not_fit_on_a_disk_is_refused_with_both_figures(tmp_path: Path) -> None:
    check_room(tmp_path, what="a training", needed=1)
    with pytest.raises(NotWritten, match=r"a training needs about 9.* GiB, and the disk of .* has"):
        check_room(tmp_path, what="a training", needed=10**18)
