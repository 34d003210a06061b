"""Draw how the loss fell over the steps of a training run."""

from pathlib import Path

from pipeline.figures import COLOURS, drawing
from pipeline.training.home import Log

PICTURE = "loss.png"
SMOOTH = 0.05  # the share of all steps that the thick line is a mean over


def draw(out: Path) -> None:
    """Draw the loss by the log; nothing where no step was logged."""
    log = Log(out)
    steps = [line["step"] for line in log.lines if "loss" in line]
    if not steps:
        return
    held = [(line["step"], line["loss_eval"]) for line in log.lines if "loss_eval" in line]
    with drawing(out / PICTURE, f"Loss of {out.resolve().name}", columns=1, rows=11) as (ax,):
        ax.plot(steps, log.losses, color=COLOURS[0], alpha=0.35, linewidth=0.8, label="each step")
        mean = _means(log.losses)
        ax.plot(steps, mean, color=COLOURS[0], linewidth=1.8, label="mean of the last steps")
        if held:
            places, losses = zip(*held, strict=True)
            ax.plot(places, losses, "s", color=COLOURS[1], markersize=5, label="rows held out")
        ax.set_xlabel("step")
        ax.set_ylabel("loss a token of the answer")
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.grid(color="#dddddd", linewidth=0.6)
        ax.set_axisbelow(True)
        ax.legend(fontsize=8)


def _means(losses: list[float]) -> list[float]:
    width = max(1, round(SMOOTH * len(losses)))
    windows = (losses[max(0, end - width) : end] for end in range(1, len(losses) + 1))
    return [sum(window) / len(window) for window in windows]
