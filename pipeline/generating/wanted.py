"""What a run that generates answers is asked for, and what it says when it has ended."""

from dataclasses import dataclass, field

from db.selections import Selection
from pipeline.calling.asking import Model
from pipeline.calling.made import Made
from pipeline.calling.talk import Output
from pipeline.calling.work import Limits

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
class Generated(Made):
    """What became of the questions; `skipped` answers were there before.

    `output` is how the system's answers are asked for, once that is known.
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
