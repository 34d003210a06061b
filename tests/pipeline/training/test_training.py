"""A run learns, goes on after an interruption as if there was none, and ends in an adapter."""

import math
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from db.errors import ModelRejected
from models import adapters
from models.loading import device_and_dtype, load_model, load_tokenizer
from models.records import asked_hash
from models.training import checkpoints
from pipeline.training.preparing import prepare
from pipeline.training.training import plan, run
from pipeline.training.wanted import Trained, Training
from tests.training_runs import (
    FAST,
    adapter_of,
    asked,
    log_of,
    one_thread,
    short_records,
    trained,
    written,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny_qwen2: Path) -> tuple[Training, Trained]:
    """A run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    held_out = written(folder / "eval.json", short_records(24)[19:])
    wanted = asked(folder, tiny_qwen2, eval_data=held_out)
    return wanted, trained(wanted)


def test_a_run_learns_and_tells_what_it_was_made_of(whole: tuple[Training, Trained]) -> None:
    wanted, done = whole
    assert (done.steps, done.planned, done.resumed_from, done.stopped) == (10, 10, None, None)
    assert done.loss_last < done.loss_first - 0.3
    assert done.loss_eval is not None
    manifest = adapters.read_manifest(wanted.out)
    records = short_records(19)
    assert manifest.trained_on == tuple(asked_hash(record.input) for record in records)
    assert (manifest.data.rows, manifest.data.instruction) == (19, "请回答。")
    assert manifest.loss_eval == done.loss_eval
    assert {"torch", "peft", "cbt-annotate"} <= manifest.versions.keys()
    assert manifest.settings["learning_rate"] == FAST.learning_rate
    lines = log_of(wanted.out)
    assert [line["step"] for line in lines if "loss" in line] == [*range(1, 11)]
    assert [line["step"] for line in lines if "loss_eval" in line] == [5, 10]
    assert lines[-1]["tokens"] == done.tokens
    assert trained(wanted).known, "the same again does nothing"


def test_the_adapter_loads_on_its_base_and_gives_the_loss_it_had(
    whole: tuple[Training, Trained], tiny_qwen2: Path
) -> None:
    from peft import PeftModel

    wanted, done = whole
    place = device_and_dtype("fp32")
    base = load_model(tiny_qwen2, dtype=place.dtype, device=place.device)
    model: Any = PeftModel.from_pretrained(base, wanted.out).eval()
    template = prepare(wanted).template
    tokenizer = load_tokenizer(wanted.out)
    lost, count = 0.0, 0
    for record in short_records(24)[19:]:
        prompt = template.prompt_ids(
            tokenizer, instruction=record.instruction, passage=record.input
        )
        answer = template.answer_ids(tokenizer, record.output)
        ids = torch.tensor([[*prompt, *answer]])
        labels = torch.tensor([[*[-100] * len(prompt), *answer]])
        with torch.no_grad():
            lost += float(model(input_ids=ids, labels=labels).loss) * len(answer)
        count += len(answer)
    assert lost / count == pytest.approx(done.loss_eval, rel=1e-4)


class Stopped(Exception):
    pass


def broken_at(wanted: Training, step: int) -> None:
    """Run, and break off without a word when a step is told."""

    def tell(progress: Any) -> None:
        if progress.step == step:
            raise Stopped

    one_thread()
    with pytest.raises(Stopped):
        run(prepare(wanted), tell=tell)
    assert not adapters.is_finished(wanted.out)


def test_a_broken_run_goes_on_bit_by_bit_the_same_without_its_corrupt_checkpoint(
    whole: tuple[Training, Trained], tmp_path: Path
) -> None:
    wanted, done = whole
    again = replace(wanted, out=tmp_path / "out")
    broken_at(again, 8)
    newest = checkpoints.all_in(again.out / "checkpoints")[-1]
    assert newest.name == "checkpoint-6"
    (newest / "optimizer.pt").write_bytes(b"not a checkpoint any more")
    resumed = trained(again)
    assert resumed.resumed_from == 5, "the end of the first epoch"
    assert "checkpoint-6 was changed since it was written" in resumed.skipped[0]
    assert adapter_of(again.out) == adapter_of(wanted.out)
    assert log_of(again.out) == log_of(wanted.out)
    assert (resumed.tokens, resumed.loss_eval) == (done.tokens, done.loss_eval)


def test_a_full_disk_at_a_checkpoint_leaves_the_older_one_to_go_on_from(
    tiny_qwen2: Path, tmp_path: Path
) -> None:
    wanted = asked(tmp_path, tiny_qwen2)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up_at_third(progress: Any) -> None:
        if progress.step == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))

    one_thread()
    try:
        with pytest.raises(ModelRejected, match=r"checkpoint-4 could not be written: .*intact"):
            run(prepare(wanted), tell=fill_up_at_third)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    there = checkpoints.all_in(wanted.out / "checkpoints")
    assert [path.name for path in there] == ["checkpoint-2"]
    assert checkpoints.newest(wanted.out / "checkpoints", skipped=lambda _: None) == there[0]


def test_a_dry_run_tells_steps_and_tokens_and_writes_nothing(
    whole: tuple[Training, Trained], tmp_path: Path
) -> None:
    wanted, done = whole
    one_thread()
    found = plan(prepare(replace(wanted, out=tmp_path / "new")))
    assert (found.steps, found.steps_per_epoch, found.rows) == (10, 5, 19)
    assert found.tokens == done.tokens
    assert 0 <= found.padding < 0.3
    assert found.least_bytes < found.memory_bytes < found.free_bytes
    assert not (tmp_path / "new").exists()


@pytest.fixture
def spoiled(tiny_qwen2: Path, tmp_path: Path) -> Path:
    """A base model with a weight that is not a number."""
    folder = tmp_path / "spoiled"
    folder.mkdir()
    for path in tiny_qwen2.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"] = torch.full_like(weights["model.norm.weight"], math.nan)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(
    spoiled: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelRejected, match="the loss of step 1 is nan, so nothing more can be"):
        trained(asked(tmp_path, spoiled))
    assert not adapters.is_finished(tmp_path / "out")
