"""One random encoder of each kind, made once."""

from pathlib import Path

import pytest
import torch

from tests.models.encoders import tiny


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.bert(tmp_path_factory.mktemp("encoders") / "bert-base-chinese")


@pytest.fixture(scope="session")
def bleurt_20(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.bleurt(tmp_path_factory.mktemp("encoders") / "BLEURT-20", like_20=True)


@pytest.fixture(scope="session")
def bleurt_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.bleurt(tmp_path_factory.mktemp("encoders") / "bleurt-base", like_20=False)
