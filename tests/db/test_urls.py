from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import urls
from db.engine import connect
from db.errors import StoreError
from db.settings import database_url


@given(st.text(st.characters(exclude_characters="\x00"), min_size=1))
def test_the_url_of_any_file_leads_to_this_file(name: str) -> None:
    path = Path("/data") / name
    assert connect(urls.of_file(path)).name == str(path)


def test_a_data_folder_may_have_any_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "100%3F sure? 心"
    monkeypatch.delenv("CBT_DATABASE_URL", raising=False)
    monkeypatch.setenv("CBT_DATA", str(folder))
    assert connect(database_url()).name == str(folder / "store.sqlite")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://li:geheim@host/cbt",
        "mysql://host/cbt?password=geheim",
        "mysql://li:ge?heim@host/cbt",
        "postgresql://li:ge@heim@host:port/cbt",
        "postgresql://li:geheim/cbt",
        "li:geheim@host/cbt",
    ],
)
def test_a_password_in_a_wrong_url_is_not_shown(url: str) -> None:
    with pytest.raises(StoreError) as told:
        urls.read(url)
    assert "heim" not in told.value.message


@pytest.mark.parametrize(
    "url", ["postgresql://li:geheim@host/cbt", "postgres://li@host/cbt?password=geheim"]
)
def test_a_password_is_never_part_of_the_stores_name(url: str) -> None:
    name = connect(url).name
    assert name.startswith("postgresql://li")
    assert "geheim" not in name
