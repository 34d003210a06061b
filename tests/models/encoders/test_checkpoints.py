"""A metric's encoder is found here or not at all, and told in one sentence where it is broken."""

from pathlib import Path

import pytest

from models.encoders import bertscore, checkpoints
from models.errors import ModelError
from tests.models.encoders import tiny


def copied(source: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in source.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_a_name_that_is_not_here_is_told_at_once_with_what_to_do() -> None:
    with pytest.raises(ModelError) as told:
        checkpoints.find("nobody/no-such-bert", what="BERTScore")
    assert told.value.message.startswith(
        "nobody/no-such-bert is neither a folder nor in the local cache of models"
    )
    assert "hf download nobody/no-such-bert" in told.value.message


def test_a_folder_without_a_model_or_without_weights_is_told(bert: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no model: it has no config.json"):
        bertscore.load(str(tmp_path))
    folder = copied(bert, tmp_path / "copy")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"there are no weights in .*copy"):
        bertscore.load(str(folder), layer=2)


def test_broken_weights_are_told_in_one_sentence(bert: Path, tmp_path: Path) -> None:
    folder = copied(bert, tmp_path / "copy")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=r"the model in .*copy cannot be read") as told:
        bertscore.load(str(folder), layer=2)
    assert "\n" not in told.value.message


def test_a_model_that_brings_its_own_code_is_not_run(bert: Path, tmp_path: Path) -> None:
    folder = copied(bert, tmp_path / "copy")
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')\n")
    tiny.write_config(folder, model_type="own", auto_map={"AutoConfig": "own.Config"})
    with pytest.raises(ModelError, match="cannot be read"):
        bertscore.load(str(folder), layer=2)
    assert not ran.exists()


def test_weights_of_another_shape_of_model_are_not_filled_up_by_chance(
    bert: Path, tmp_path: Path
) -> None:
    folder = copied(bert, tmp_path / "copy")
    size = len((folder / "vocab.txt").read_text("utf-8").split("\n"))
    tiny.write_config(folder, model_type="bert", vocab_size=size, num_hidden_layers=5)
    with pytest.raises(ModelError, match=r"lack 32 of the model's, such as encoder.layer.3"):
        bertscore.load(str(folder), layer=4)


def test_the_hash_tells_weights_apart_and_knows_the_same_again(bert: Path, tmp_path: Path) -> None:
    known = checkpoints.Checkpoint(bert, "a").weights_hash()
    assert checkpoints.Checkpoint(copied(bert, tmp_path / "same"), "b").weights_hash() == known
    other = tiny.bert(tmp_path / "other", seed=5)
    assert checkpoints.Checkpoint(other, "a").weights_hash() != known


def test_the_hash_sees_weights_that_changed_in_the_middle_of_a_file_alone(
    bert: Path, tmp_path: Path
) -> None:
    folder = copied(bert, tmp_path / "merged")
    (file,) = checkpoints.Checkpoint(folder, "a").weight_files()
    content = bytearray(file.read_bytes() + bytes(2**23))
    file.write_bytes(content)
    known = checkpoints.Checkpoint(folder, "a").weights_hash()
    middle = slice(2**22, 2**22 + 2**17)
    content[middle] = b"\x01" * 2**17
    file.write_bytes(content)
    assert checkpoints.Checkpoint(folder, "a").weights_hash() != known


def test_another_vocabulary_or_way_to_read_it_is_another_signature(
    bert: Path, tmp_path: Path
) -> None:
    known = checkpoints.Checkpoint(bert, "a").tokens_hash()
    folder = copied(bert, tmp_path / "cased")
    assert checkpoints.Checkpoint(folder, "a").tokens_hash() == known
    tiny.write_config(folder, model_type="bert", num_hidden_layers=3)
    assert checkpoints.Checkpoint(folder, "a").tokens_hash() == known
    words = folder / "vocab.txt"
    words.write_text(words.read_text("utf-8").replace("的", "地"), "utf-8")
    assert checkpoints.Checkpoint(folder, "a").tokens_hash() != known
    assert f"|tokens:{known}|" in bertscore.load(str(bert), layer=1).signature
