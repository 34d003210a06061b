"""What a run that infers answers is asked for, and what it says when it has ended."""

from dataclasses import dataclass, field
from pathlib import Path

from db.selections import Selection
from models.inference.decoding import Decoding
from models.inference.local import Wanted
from pipeline.calling.asking import Model
from pipeline.calling.made import Made
from pipeline.calling.work import Limits

STAGE = "infer"
ANSWER_TOKENS = 1_024  # twice the paper's 523 characters, at one token a character


@dataclass(frozen=True)
class Served:
    """A model that a server answers for; `adapter` is the folder that it was made from, if given.

    What that adapter was trained on is looked at as with a model that is loaded here.
    """

    model: Model
    adapter: Path | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Inferring:
    """Which model is to answer which questions, and how.

    `instruction` is None where the model's training says it. `with_danger` also asks for people in
    acute danger, `seen` also what the model was trained on.
    """

    system: str
    model: Wanted | Served
    instruction: str | None = None
    selection: Selection = field(default_factory=Selection)
    decoding: Decoding = field(default_factory=Decoding)
    answer_tokens: int = ANSWER_TOKENS
    batch_tokens: int | None = None
    with_danger: bool = False
    seen: bool = False


@dataclass(frozen=True, kw_only=True)
class Inferred(Made):
    """What became of the questions; `skipped` have an answer, `in_danger` were not asked."""

    system: str
    model: str
    planned: int
    skipped: int
    in_danger: int
    answered: int = 0
    set_aside: int = 0
    refused: int = 0
    failed: int = 0
