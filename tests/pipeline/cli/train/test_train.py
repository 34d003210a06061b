"""`cbt train`, as a person and a script see it, in processes that are stopped and killed."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from safetensors.torch import load_file

from pipeline.cli.main import main
from tests.training_runs import (
    BIN,
    OPTIONS,
    adapter_of,
    log_of,
    one_thread,
    short_records,
    started,
    written,
)

PATIENCE = 120.0


def cbt(folder: Path, backbone: Path, *more: str) -> Result:
    one_thread()
    command = ["train", "--data", str(folder / "data.json"), "--backbone", str(backbone)]
    command += ["--template=default", "--out", str(folder / "out"), *OPTIONS, *more]
    return CliRunner().invoke(main, command)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "data.json", short_records(19))
    return tmp_path


def until(process: Any, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.01)


def logged(out: Path, step: int) -> Callable[[], bool]:
    return lambda: (
        (out / "log.jsonl").exists()
        and f'"step": {step},' in (out / "log.jsonl").read_text("utf-8")
    )


def test_interrupted_then_killed_it_goes_on_bit_by_bit_as_if_nothing_had_happened(
    folder: Path, tiny_qwen2: Path
) -> None:
    whole, out = folder / "out", folder / "again"
    done = cbt(folder, tiny_qwen2, "--json")
    assert done.exit_code == 0, done.stderr
    killed = started(folder, tiny_qwen2, "--out", str(out), "--save-steps=2")
    until(killed, logged(out, 3))
    killed.kill()
    killed.communicate(timeout=PATIENCE)
    assert not (out / "cbt_manifest.json").exists()
    interrupting = threading.Thread(target=interrupt_after, args=(logged(out, 7),))
    interrupting.start()
    stopped = cbt(folder, tiny_qwen2, "--out", str(out))
    interrupting.join()
    assert stopped.exit_code == 130
    assert "interrupted; go on with: cbt train --data" in stopped.stderr
    assert "went on from step " in stopped.stdout
    last = cbt(folder, tiny_qwen2, "--out", str(out), "--json")
    assert json.loads(last.stdout)["resumed_from"] >= 7
    assert adapter_of(out) == adapter_of(whole)
    assert log_of(out) == log_of(whole)
    assert (out / "loss.png").stat().st_size > 10_000


def interrupt_after(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready() and time.monotonic() < end:
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGINT)


def test_two_processes_learn_what_one_does_and_one_of_them_talks(
    folder: Path, tiny_qwen2: Path
) -> None:
    one = cbt(folder, tiny_qwen2, "--lora-dropout=0", "--json")
    launcher = [str(BIN / "torchrun"), "--standalone", "--nproc-per-node=2", "--no-python"]
    out = folder / "two"
    more = ("--lora-dropout=0", "--out", str(out), "--json")
    process = started(folder, tiny_qwen2, *more, launcher=launcher)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, stderr
    told = json.loads(stdout)
    assert told["loss_last"] == pytest.approx(json.loads(one.stdout)["loss_last"], rel=1e-5)
    for mine, theirs in zip(log_of(out), log_of(folder / "out"), strict=True):
        assert mine == pytest.approx(theirs, rel=1e-3)
    ours, others = (load_file(each / "adapter_model.safetensors") for each in (out, folder / "out"))
    for name, weight in ours.items():
        assert float((weight - others[name]).abs().max()) < 1e-3, name
    manifest = json.loads((out / "cbt_manifest.json").read_text("utf-8"))
    assert manifest["settings"]["processes"] == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--max-tokens=5000"], "reads 4,096 tokens at most; give --max-tokens 4096"),
        (["--max-tokens=20"], "no answer is left: all 19 rows have more than 20 tokens"),
        (["--template=llama3"], "needs <|start_header_id|> as one token"),
        (["--template=tokenizer"], "the tokenizer has no chat template of its own"),
        (["--lora-targets=W_pack"], "no layer of tiny-qwen2 is called W_pack"),
        (["--quantize=4bit"], "a model in 4 bits needs an NVIDIA GPU"),
        (["--precision=fp16"], "a CPU does not compute in fp16"),
        (["--backbone=nosuch"], "there is no base model 'nosuch'"),
        (["--backbone=nobody/nosuch"], "is neither a folder nor in the local cache"),
        (["--data=none.json"], "none.json cannot be read: No such file"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_writes_nothing(
    folder: Path, tiny_qwen2: Path, more: list[str], said: str
) -> None:
    found = cbt(folder, tiny_qwen2, *more)
    assert found.exit_code == 1
    assert said in found.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("--learning-rate=nan", "nan is no number"),
        ("--learning-rate=inf", "inf is not in the range"),
        ("--lora-dropout=nan", "nan is no number"),
        ("--seed=4294967296", "4294967296 is not in the range"),
        ("--epochs=100000000", "100000000 is not in the range"),
    ],
)
def test_a_number_that_no_training_can_have_is_refused_at_once(
    folder: Path, wrong: str, said: str
) -> None:
    found = cbt(folder, folder, wrong)
    assert found.exit_code == 2
    assert said in found.stderr


def test_a_dry_run_says_steps_memory_and_how_far_its_guess_of_the_time_goes(
    folder: Path, tiny_qwen2: Path
) -> None:
    said = cbt(folder, tiny_qwen2, "--dry-run", "--max-tokens=70").stdout
    assert "steps, 4 an epoch" in said
    assert "left out: too_long (" in said
    assert "nothing was trained here, but a matrix product reached" in said
    told = json.loads(cbt(folder, tiny_qwen2, "--dry-run", "--json").stdout)
    assert (told["dry_run"], told["steps"], told["rows"]) == (True, 10, 19)


def test_more_processes_than_batches_of_a_step_are_refused(
    folder: Path, tiny_qwen2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "4")
    found = cbt(folder, tiny_qwen2)
    assert "an accumulation of 2 cannot be shared by 4 processes" in found.stderr
    monkeypatch.setenv("RANK", "1")
    assert cbt(folder, tiny_qwen2).stderr == "", "one process says it for all"
