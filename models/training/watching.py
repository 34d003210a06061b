"""Watch a training run: log each step, say when a checkpoint is due, stop where it must."""

import math
import time
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from models.errors import ModelError
from models.training.job import Ears, Job, Logged, Progress

if TYPE_CHECKING:
    from transformers import TrainerCallback

SAVE_SECONDS = 600.0


class Watch:
    """What is known of a run that goes on; `began` is the step from which it started."""

    def __init__(self, job: Job, ears: Ears) -> None:
        self.job, self.ears = job, ears
        plan = job.plan
        self.steps, self.steps_per_epoch = plan.steps, plan.steps_per_epoch
        self.precision = job.place.precision
        self.tokens = [0, *accumulate(cost.tokens for cost in plan.costs)]
        self.places = [0, *accumulate(cost.places for cost in plan.costs)]
        self.began = 0
        self.ended = 0
        self.started_at = self.saved_at = self.stepped_at = time.monotonic()
        self.last: dict[str, float] = {}

    @property
    def seconds(self) -> float:
        return self.stepped_at - self.started_at

    def start(self, step: int) -> None:
        self.began = self.ended = step
        self.started_at = self.saved_at = self.stepped_at = time.monotonic()

    def step(self, step: int) -> None:
        self.ended, self.stepped_at = step, time.monotonic()

    def due(self, step: int) -> bool:
        """Return whether a checkpoint is to be written after this step."""
        if step == self.steps or step % self.steps_per_epoch == 0:
            return True
        if self.job.save_steps is not None:
            return step % self.job.save_steps == 0
        return time.monotonic() - self.saved_at >= SAVE_SECONDS

    def saved(self) -> None:
        self.saved_at = time.monotonic()

    def log(self, step: int, told: dict[str, float]) -> None:
        """Pass on what the Trainer logs of a step; raise ModelError where there is no loss."""
        if "loss" in told:
            self.last = told
            if not math.isfinite(told["loss"]):
                raise ModelError(_no_loss(f"loss of step {step} is {told['loss']}"))
            # In fp16 a step whose gradients overflow is left out, and the next ones are scaled.
            if not math.isfinite(told.get("grad_norm", 0.0)) and self.precision != "fp16":
                raise ModelError(_no_loss(f"gradient of step {step} is not finite"))
        if "loss" not in told and "eval_loss" not in told:
            return
        self._pass_on(step, told.get("eval_loss"))

    def _pass_on(self, step: int, loss_eval: float | None) -> None:
        norm = self.last.get("grad_norm")
        self.ears.logged(
            Logged(
                step=step,
                epoch=step / self.steps_per_epoch,
                loss=self.last["loss"],
                learning_rate=self.last["learning_rate"],
                grad_norm=norm if norm is not None and math.isfinite(norm) else None,
                tokens=self.tokens[step],
                seconds=self.seconds,
                loss_eval=loss_eval,
            )
        )
        self.ears.progress(self._progress(step))

    def tokens_per_second(self) -> float | None:
        """Return the tokens, none of them filling, that this run learned from in a second."""
        if self.seconds <= 0 or self.ended == self.began:
            return None
        return (self.tokens[self.ended] - self.tokens[self.began]) / self.seconds

    def _progress(self, step: int) -> Progress:
        done, left = (
            self.places[step] - self.places[self.began],
            self.places[-1] - self.places[step],
        )
        return Progress(
            step=step,
            steps=self.steps,
            loss=self.last["loss"],
            learning_rate=self.last["learning_rate"],
            tokens_per_second=self.tokens_per_second() or 0.0,
            seconds_left=self.seconds * left / done if done else 0.0,
        )


def as_callback(watch: Watch) -> "TrainerCallback":
    """Return the watch as the Trainer calls it, with one mind for all processes."""
    from transformers import TrainerCallback

    class Watching(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - as the Trainer calls it
            watch.start(state.global_step)

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            step = state.global_step
            watch.step(step)
            stop, due = _agreed([watch.ears.stop(), watch.due(step)], device=args.device)
            control.should_save = stop or due
            control.should_training_stop = stop or step >= watch.steps
            ends_epoch = step % watch.steps_per_epoch == 0
            control.should_evaluate = watch.job.eval_rows is not None and ends_epoch

        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            watch.saved()

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            watch.log(state.global_step, kwargs.get("logs") or {})

    return Watching()


def _agreed(wishes: list[bool], *, device: Any) -> list[bool]:
    """Return what any of the processes wishes."""
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return wishes
    wished = torch.tensor([int(wish) for wish in wishes], device=device)
    distributed.all_reduce(wished, op=distributed.ReduceOp.MAX)
    return [bool(wish) for wish in wished.tolist()]


def _no_loss(what: str) -> str:
    return (
        f"the {what}, so nothing more can be learned; give a lower --learning-rate, or --precision"
        " bf16 or fp32 instead of fp16; the last checkpoint is from before"
    )
