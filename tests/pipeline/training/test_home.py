"""One folder holds one run, and its log goes on as if never interrupted."""

from pathlib import Path

import pytest

from db.errors import NotAllowed, NotWritten
from models.training.job import Logged
from pipeline.training import home
from pipeline.training.home import Log

WANTED = {"data": "a" * 64, "learning_rate": 5e-5, "targets": ["q_proj"], "limit": None}


def line(step: int, *, loss_eval: float | None = None) -> Logged:
    return Logged(step, step / 4, 6.0 - step, 1e-3, 0.5, 100 * step, float(step), loss_eval)


def test_each_other_setting_is_named_and_a_strange_folder_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with home.held(out, WANTED):
        home.check(out, WANTED)
        with (
            pytest.raises(NotAllowed, match=r"another run of training in .* is going on"),
            home.held(out, WANTED),
        ):
            pass
    other = {**WANTED, "data": "b" * 64, "learning_rate": 1e-3, "targets": ["q_proj", "v_proj"]}
    said = (
        "data aaaaaaaaaaaa → bbbbbbbbbbbb; learning rate 5e-05 → 0.001;"
        " targets q_proj → q_proj,v_proj; name another --out"
    )
    with pytest.raises(NotAllowed, match=said):
        home.check(out, other)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("mine")
    for place, why in (
        (tmp_path / "notes", "is not empty and holds no training"),
        (tmp_path / "notes" / "diary.txt", "is a file"),
        (tmp_path / "none" / "out", "there is no folder"),
    ):
        with pytest.raises(NotWritten, match=why):
            home.check(place, WANTED)


def test_a_log_forgets_what_came_after_the_checkpoint_and_half_a_line(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.back_to(0)
    for step in (1, 2, 3):
        log.add(line(step))
    log.add(line(3, loss_eval=1.5))
    with log.path.open("a") as file:
        file.write('{"step": 4, "lo')
    again = Log(tmp_path)
    again.back_to(2)
    again.add(line(3))
    again.add(line(4, loss_eval=1.25))
    found = Log(tmp_path)
    assert found.losses == [5.0, 4.0, 3.0]
    assert [each["step"] for each in found.lines] == [1, 2, 3, 4]
    assert [each["seconds"] for each in found.lines] == [1.0, 2.0, 5.0, 6.0], "the clock goes on"
    assert (found.loss_eval, found.last["tokens"]) == (1.25, 400)
