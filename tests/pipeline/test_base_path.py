import pytest

from pipeline import base_path
from pipeline.base_path import BasePathUnfit


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("/", ""),
        ("ann", "/ann"),
        ("/ann", "/ann"),
        (" /ann/ ", "/ann"),
        ("a/b", "/a/b"),
        ("~lab/Study_1.2-x", "/~lab/Study_1.2-x"),
    ],
)
def test_a_base_path_may_be_written_with_or_without_its_slashes(given: str, used: str) -> None:
    assert base_path.normal(given) == used


@pytest.mark.parametrize(
    "given",
    [
        "a//b",
        "..",
        "a/../b",
        ".a",
        "a b",
        "a?b",
        "a#b",
        "评分",
        "a%20b",
        "https://x",
        "static",
        "media/x",
    ],
)
def test_what_cannot_stand_in_an_address_is_one_sentence(given: str) -> None:
    with pytest.raises(BasePathUnfit, match="cannot be a base path; write one of letters"):
        base_path.normal(given)
