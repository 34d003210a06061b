"""Keep one training run in one folder: what it is, its log, and that no two go on at once."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from db.errors import NotAllowed, NotWritten
from db.turns import in_file
from models.adapters import is_finished
from models.training.checkpoints import write_whole
from models.training.job import Logged

RECIPE = "training.json"
LOG = "log.jsonl"
KIND = "cbt training"
SHORT = 12


def check(out: Path, identity: Mapping[str, Any]) -> None:
    """Raise a known error if the folder is no place for this run; nothing is written."""
    if out.is_file():
        raise NotWritten(f"{out} is a file; name a folder with --out")
    if not out.resolve().parent.is_dir():
        raise NotWritten(f"there is no folder {out.resolve().parent}; make it, or name another")
    if not out.is_dir() or not _visible(out):
        return
    known = _known(out)
    if known is None:
        raise NotWritten(f"{out} is not empty and holds no training; name another folder")
    differences = list(_differences(known, identity))
    if differences:
        raise NotAllowed(
            f"{out} holds a training with other settings: {'; '.join(differences)}; name another"
            " --out, or give the settings it was begun with"
        )


@contextmanager
def held(out: Path, identity: Mapping[str, Any]) -> Iterator[None]:
    """Hold the folder for this run, and put down what it is; raise NotAllowed if another does."""
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise NotWritten(f"{out} cannot be made: {error.strerror}") from error
    with in_file(out / ".lock", f"training in {out}"):
        check(out, identity)  # once more: another run may have begun here meanwhile
        if not is_finished(out):
            with writing(out):
                told = json.dumps({"kind": KIND, **identity}, ensure_ascii=False, indent=1)
                write_whole(out / RECIPE, f"{told}\n")
        yield


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Tell in one sentence that the folder cannot be written to."""
    try:
        yield
    except OSError as error:
        raise NotWritten(
            f"{error.filename or out} could not be written: {error.strerror}; the checkpoints"
            " are intact: make room, and run the same command again"
        ) from error


class Log:
    """The steps of a run, a line each; what came after the checkpoint it goes on from is gone."""

    def __init__(self, out: Path) -> None:
        self.out, self.path = out, out / LOG
        self.lines = list(_lines(self.path))
        self.seconds = 0.0

    def back_to(self, step: int) -> None:
        """Forget what a run that was killed had logged after its last checkpoint."""
        self.lines = [line for line in self.lines if line["step"] <= step]
        self.seconds = max((line["seconds"] for line in self.lines), default=0.0)
        with writing(self.out):
            write_whole(self.path, "".join(map(_line, self.lines)))

    def add(self, logged: Logged) -> None:
        seconds = round(self.seconds + logged.seconds, 3)
        told: dict[str, Any] = {"step": logged.step, "epoch": logged.epoch}
        if logged.loss_eval is not None:
            told |= {"loss_eval": logged.loss_eval}
        else:
            told |= {"loss": logged.loss, "learning_rate": logged.learning_rate}
            told |= {"grad_norm": logged.grad_norm}
        told |= {"tokens": logged.tokens, "seconds": seconds}
        self.lines.append(told)
        with writing(self.out), self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(_line(told))

    @property
    def losses(self) -> list[float]:
        return [line["loss"] for line in self.lines if "loss" in line]

    @property
    def loss_eval(self) -> float | None:
        return next(
            (line["loss_eval"] for line in reversed(self.lines) if "loss_eval" in line), None
        )

    @property
    def last(self) -> dict[str, Any]:
        return self.lines[-1] if self.lines else {"tokens": 0, "seconds": 0.0}


def _line(told: Mapping[str, Any]) -> str:
    return f"{json.dumps(told, allow_nan=False)}\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines that are whole; a run that was killed may have left half of one."""
    if not path.is_file():
        return
    for text in path.read_text("utf-8", "replace").splitlines():
        try:
            line = json.loads(text)
            yield {**line, "step": int(line["step"]), "seconds": float(line["seconds"])}
        except (ValueError, KeyError, TypeError):
            continue


def _visible(out: Path) -> list[Path]:
    return [path for path in out.iterdir() if not path.name.startswith(".")]


def _known(out: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((out / RECIPE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.pop("kind", None) == KIND else None


def _differences(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Name each setting that differs, as it was and as it is asked for."""
    for name in dict.fromkeys([*known, *wanted]):
        old, new = known.get(name), wanted.get(name)
        if old != new:
            yield f"{name.replace('_', ' ')} {_said(old)} → {_said(new)}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    text = "none" if value is None else str(value)
    return text if len(text) < 64 else text[:SHORT]
