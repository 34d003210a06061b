from pathlib import Path

import pytest

from db.engine import Store
from db.errors import FileRejected, NotKnown
from db.tables import System
from pipeline.prompts.library import SHIPPED, find, from_file, listed, stored

OWN = (SHIPPED / "cbt-zh.toml").read_text("utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace("称对方为“你”", "始终称对方为“你”"), "utf-8")
    return path


def test_a_name_means_the_stores_newest_version_and_a_hash_any_of_them(
    store: Store, own: Path
) -> None:
    shipped, changed = find(None, "cbt-zh"), from_file(own)
    with store.writing() as session:
        assert find(session, "cbt-zh") == shipped
        first = stored(session, shipped)
        second = stored(session, changed)
        assert stored(session, shipped) == first != second
    with store.reading() as session:
        assert find(session, "cbt-zh") == changed
        assert find(session, f"cbt-zh@{shipped.version}") == shipped
        assert find(session, f"cbt-zh@{changed.content_hash}") == changed
        with pytest.raises(NotKnown, match="no version 123 of the prompt cbt-zh; there are"):
            find(session, "cbt-zh@123")


def test_an_unknown_prompt_is_refused_with_what_there_is(sqlite_store: Store, own: Path) -> None:
    own.write_text(OWN.replace('"cbt-zh"', '"ours"'), "utf-8")
    with sqlite_store.writing() as session:
        stored(session, from_file(own))
        with pytest.raises(NotKnown, match=r"no prompt cbt; there are act-en, .*ours, plain-en"):
            find(session, "cbt")


def test_the_list_says_where_versions_are_and_who_was_asked_with_them(
    store: Store, own: Path
) -> None:
    with store.writing() as session:
        old = stored(session, find(None, "cbt-zh"))
        stored(session, from_file(own))
        session.add(System(name="gpt", kind="api", prompt_id=old))
    with store.reading() as session:
        found = [each for each in listed(session) if each.prompt.name == "cbt-zh"]
    assert [(e.current, e.shipped, e.stored, e.systems) for e in found] == [
        (True, False, True, ()),
        (False, True, True, ("gpt",)),
    ]
    alone = [each for each in listed(None) if each.prompt.name == "cbt-zh"]
    assert [(e.current, e.shipped, e.stored) for e in alone] == [(True, True, False)]


def test_a_file_that_cannot_be_read_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match=r"none.toml cannot be read: No such file"):
        from_file(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_bytes("名".encode("gb18030"))
    with pytest.raises(FileRejected, match=r"bad.toml is not text in UTF-8"):
        from_file(bad)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(OWN, "utf-8-sig")
    assert from_file(path) == find(None, "cbt-zh")
