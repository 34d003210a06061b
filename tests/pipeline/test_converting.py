"""A converted model's folder is there whole, with the hash of each file, or not at all."""

import hashlib
import json
from pathlib import Path

import pytest

from db.errors import AlreadyKnown, ModelRejected, NotAllowed, NotWritten
from models.backbones import BACKBONES, resolve
from models.conversion.convert import Progress
from pipeline.converting import Conversion, run
from tests.models.conversion.checkpoints import BAICHUAN, baichuan_folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    baichuan_folder(tmp_path / "old")
    return tmp_path / "old"


def ignored(_progress: Progress) -> None:
    """Tell nobody."""


def test_the_manifest_names_each_file_and_what_was_converted(source: Path, tmp_path: Path) -> None:
    done = run(Conversion(str(source), tmp_path / "new"), tell=ignored)
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text())
    assert (manifest["kind"], manifest["family"]) == ("cbt model", "baichuan")
    assert manifest["parameters"] == done.written.parameters > 50_000
    for file in manifest["files"]:
        content = (tmp_path / "new" / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
    there = {path.name for path in (tmp_path / "new").iterdir()}
    assert there == {"manifest.json", *(file["name"] for file in manifest["files"])}
    assert done.size == sum(path.stat().st_size for path in (tmp_path / "new").iterdir())


def test_a_folder_that_is_said_to_be_a_model_of_the_list_is_asked_as_that_one(
    source: Path, tmp_path: Path
) -> None:
    run(Conversion(str(source), tmp_path / "new", known_as="cbt-llm"), tell=ignored)
    found = resolve(str(tmp_path / "new"))
    assert (found.name, found.family, found.path) == ("cbt-llm", "llama", tmp_path / "new")
    assert found.instruction == BACKBONES["cbt-llm"].instruction != ""
    assert not found.needs_conversion
    with pytest.raises(ModelRejected, match="qwen-7b is a model of the family qwen"):
        run(Conversion(str(source), tmp_path / "other", known_as="qwen-7b"), tell=ignored)


class Stopped(Exception):
    """What ends a conversion in its midst."""


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Stopped])
def test_nothing_is_left_of_a_conversion_that_was_ended(
    source: Path, tmp_path: Path, ending: type[BaseException]
) -> None:
    def end(_progress: Progress) -> None:
        raise ending

    with pytest.raises(ending):
        run(Conversion(str(source), tmp_path / "new"), tell=end)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_checkpoint_that_breaks_midway_leaves_an_older_folder_as_it_was(
    source: Path, tmp_path: Path
) -> None:
    wanted = Conversion(str(source), tmp_path / "new", replace=True)
    run(wanted, tell=ignored)
    before = (tmp_path / "new" / "model.safetensors").read_bytes()
    part = source / "pytorch_model-00002-of-00002.bin"
    part.write_bytes(part.read_bytes()[:500])
    with pytest.raises(ModelRejected, match=r"00002-of-00002\.bin"):
        run(wanted, tell=ignored)
    assert (tmp_path / "new" / "model.safetensors").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_a_folder_that_is_there_stays_unless_it_is_to_be_replaced(
    source: Path, tmp_path: Path
) -> None:
    run(Conversion(str(source), tmp_path / "new"), tell=ignored)
    with pytest.raises(AlreadyKnown, match="is there already and is not empty"):
        run(Conversion(str(source), tmp_path / "new"), tell=ignored)
    run(Conversion(str(source), tmp_path / "new", "baichuan2", replace=True), tell=ignored)
    assert json.loads((tmp_path / "new" / "manifest.json").read_text())["family"] == "baichuan2"
    (tmp_path / "new" / "notes.txt").write_text("mine")
    with pytest.raises(NotAllowed, match=r"notes\.txt"):
        run(Conversion(str(source), tmp_path / "new", replace=True), tell=ignored)


def test_a_disk_without_room_is_told_before_anything_is_written(
    source: Path, tmp_path: Path
) -> None:
    with pytest.raises(
        NotWritten, match=r"needs about 64\.\d MiB, and the disk of .* has 1\.0 MiB free"
    ):
        run(Conversion(str(source), tmp_path / "new"), tell=ignored, free=lambda _place: 2**20)
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_converted_is_told_as_a_known_error(source: Path, tmp_path: Path) -> None:
    (source / "config.json").write_text(json.dumps({**BAICHUAN, "hidden_size": 5120}))
    with pytest.raises(ModelRejected, match="13B"):
        run(Conversion(str(source), tmp_path / "new"), tell=ignored)
