"""Only a checkpoint that is whole is gone on from."""

from pathlib import Path

from models.training import checkpoints


def made(folder: Path, step: int) -> Path:
    checkpoint = folder / f"checkpoint-{step}"
    checkpoint.mkdir()
    (checkpoint / "weights").write_text(f"weights of {step}")
    checkpoints.seal(checkpoint)
    return checkpoint


def test_the_newest_whole_one_is_found_and_each_broken_one_named(tmp_path: Path) -> None:
    whole, changed, lacking, half = (made(tmp_path, step) for step in (9, 10, 11, 100))
    (changed / "weights").write_text("other")
    (lacking / "weights").unlink()
    (half / checkpoints.SEAL).unlink()
    (tmp_path / "checkpoint-other").mkdir()
    said: list[str] = []
    assert checkpoints.newest(tmp_path, skipped=said.append) == whole
    assert said == [
        "checkpoint-100 was not written to its end, and is left aside",
        "checkpoint-11 was not written to its end, and is left aside",
        "checkpoint-10 was changed since it was written (weights), and is left aside",
    ]
    assert checkpoints.newest(tmp_path / "none", skipped=said.append) is None


def test_the_last_two_whole_ones_are_kept(tmp_path: Path) -> None:
    for step in (2, 4, 30):
        made(tmp_path, step)
    (made(tmp_path, 6) / checkpoints.SEAL).unlink()
    checkpoints.drop_old(tmp_path)
    assert [path.name for path in checkpoints.all_in(tmp_path)] == ["checkpoint-4", "checkpoint-30"]
