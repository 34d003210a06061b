"""What a run that generates answers is asked for, and what it says when it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.selections import Selection
from pipeline.calling.asking import Model
from pipeline.calling.talk import Output
from pipeline.calling.work import Limits, Stopped

STAGE = "generate"
PROMPT = "cbt-zh"
ANSWER_TOKENS = 2_000  # 750 Chinese characters with JSON around them and the reasons beside them


@dataclass(frozen=True)
class Drawn:
    """So many questions, drawn at random from those that the other choices leave."""

    count: int
    seed: int = 0


@dataclass(frozen=True)
class Generating:
    """Who is to answer which questions, how, and for how much.

    `output` says how answers are asked for: by a JSON schema, as text, or as the server can.
    `samples` answers are given to each question. `batch` asks by the Batch API.
    """

    system: str
    model: Model
    prompt: str = PROMPT
    output: Output = "auto"
    selection: Selection = field(default_factory=Selection)
    drawn: Drawn | None = None
    samples: int = 1
    answer_tokens: int = ANSWER_TOKENS
    limits: Limits = field(default_factory=Limits)
    batch: bool = False


@dataclass(frozen=True)
class Generated:
    """What became of the questions; `skipped` answers were there before.

    `reasons` counts why answers were set aside, `failures` the faults that questions failed with,
    `left` what was not asked, for what `stopped` says. `out` are with the server in batch jobs,
    and `notes` say what was odd with those. `run` is None where there was nothing to
    do. `output` is how the system's answers are asked for, once that is known.
    """

    system: str
    model: str
    prompt: str
    output: Output
    planned: int
    skipped: int
    answered: int = 0
    set_aside: int = 0
    refused: int = 0
    failed: int = 0
    left: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    currency: str | None = None
    seconds: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    stopped: Stopped | None = None
    out: int = 0
    notes: tuple[str, ...] = ()
    run: int | None = None
