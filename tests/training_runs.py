"""Small training runs on the tiny models: files to learn from, and how a run is asked for."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.records import Record
from models.training.recipe import Recipe
from pipeline.settings import environment
from pipeline.training.preparing import Prepared, prepare
from pipeline.training.training import run
from pipeline.training.wanted import Trained, Training
from tests.tiny_models import demo_records

FAST = Recipe(epochs=2, learning_rate=1e-2, batch=2, accumulation=2)
OPTIONS = ["--epochs=2", "--learning-rate=1e-2", "--batch=2", "--accumulation=2"]
BIN = Path(sys.executable).parent


def one_thread() -> None:
    """Keep torch to one thread: two that wait for each other on a busy machine take minutes."""
    import torch

    torch.set_num_threads(1)


def short_records(n: int) -> list[Record]:
    """Return records of some twenty to sixty tokens, each of another length."""
    return [
        Record("请回答。", record.input[: 10 + 3 * (number % 7)], record.output[: 12 + number])
        for number, record in enumerate(demo_records(n))
    ]


def written(path: Path, records: Sequence[Record]) -> Path:
    rows = [{"instruction": r.instruction, "input": r.input, "output": r.output} for r in records]
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


def asked(folder: Path, backbone: Path, **changes: Any) -> Training:
    """Return what asks for a run of ten steps on the file data.json of a folder."""
    data = folder / "data.json"
    if not data.exists():
        written(data, short_records(19))
    wanted = Training(data, str(backbone), folder / "out", FAST, template="default", save_steps=2)
    return replace(wanted, **changes)


def trained(wanted: Training) -> Trained:
    one_thread()
    return run(prepare(wanted), tell=lambda _: None)


def prepared(wanted: Training) -> Prepared:
    one_thread()
    return prepare(wanted)


def started(folder: Path, backbone: Path, *more: str, launcher: Sequence[str] = ()) -> Any:
    """Start `cbt train` on that file as a process of its own, or as several."""
    command = [*launcher, str(BIN / "cbt"), "train", "--data", str(folder / "data.json")]
    command += ["--backbone", str(backbone), "--template=default", *OPTIONS, *more]
    return subprocess.Popen(
        command,
        env=environment(OMP_NUM_THREADS="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def log_of(out: Path) -> list[dict[str, Any]]:
    """Return the log's lines without what the clock says."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text("utf-8").splitlines()]
    return [{key: line[key] for key in line if key != "seconds"} for line in lines]


def adapter_of(out: Path) -> bytes:
    return (out / "adapter_model.safetensors").read_bytes()
