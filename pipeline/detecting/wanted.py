"""What a run that lets a model look for distortions is asked for, and what it says at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from db.selections import Selection
from pipeline.calling.asking import Model
from pipeline.calling.made import Made
from pipeline.calling.talk import Output
from pipeline.calling.work import Limits

Of = Literal["responses", "questions"]
STAGE = "detect"
METHOD = "model"
PROMPT = "distortions-zh"
FINDING_TOKENS = 1_000  # five distortions, each with the words that show it and a reason, in JSON


@dataclass(frozen=True)
class Looking:
    """Who is to look at which texts, how, and for how much.

    `of` says at what: None is at the items of the `study` if one is named, else at answers. Of
    answers it is those of one `system`, or of all. `output` says how findings are asked for: by a
    JSON schema, as text, or as the server can.
    """

    detector: str
    model: Model
    prompt: str = PROMPT
    of: Of | None = None
    system: str | None = None
    study: str | None = None
    selection: Selection = field(default_factory=Selection)
    output: Output = "auto"
    finding_tokens: int = FINDING_TOKENS
    limits: Limits = field(default_factory=Limits)
    batch: bool = False


@dataclass(frozen=True)
class Looked(Made):
    """What became of the texts: `read` were asked for, of which `known` had a finding before.

    `present`, `cannot_tell` and `labels` count the findings in all of these, known ones too.
    `failed` texts have none. `quotes_dropped` did not stand in the text.
    """

    detector: str
    model: str
    prompt: str
    output: Output
    of: Of
    read: int
    known: int
    planned: int
    present: int
    cannot_tell: int
    labels: Mapping[str, int]
    added: int = 0
    failed: int = 0
    quotes_dropped: int = 0
