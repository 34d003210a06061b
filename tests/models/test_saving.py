"""A disk that takes no more is the same kind of error whichever library writes."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from models.loading import load_tokenizer
from models.saving import save_tokenizer, save_weights


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_weights_that_find_no_room_raise_an_error_of_the_disk(tmp_path: Path) -> None:
    with files_of_at_most(1_000), pytest.raises(OSError, match=r"large|error"):
        save_weights({"weight": torch.ones(10_000)}, tmp_path / "model.safetensors")


def test_a_tokenizer_that_finds_no_room_raises_an_error_of_the_disk(
    tmp_path: Path, tiny_llama: Path
) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    with files_of_at_most(1_000), pytest.raises(OSError, match="File too large"):
        save_tokenizer(tokenizer, tmp_path)
    save_tokenizer(tokenizer, tmp_path)
    assert load_tokenizer(tmp_path).encode("你好") == tokenizer.encode("你好")
