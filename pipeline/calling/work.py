"""What a stage gives to have a model called for it, and what it gets told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

from db.columns import ResponseStatus
from pipeline.calling.asking import Model, Request
from pipeline.calling.prices import Price
from pipeline.calling.replies import Fault, Reply

Stopped = Literal["interrupted", "budget"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply that is to be stored: in which state, why, and `what` the stage made of it."""

    status: ResponseStatus
    what: Any
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """One more call is worth it; `otherwise` is kept if it fails.

    Without `otherwise` the request then fails as if it had been the first. Where there is no money
    for the call, the reply is held for a later run.
    """

    request: Request
    otherwise: Kept | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a stage is to store: the calls are in the journal already, in the same transaction.

    `tokens_in`, `tokens_out` and `cost` are of all calls made for it in this run.
    """

    request: Request
    kept: Kept
    run_id: int
    model: str | None
    tokens_in: int
    tokens_out: int
    cost: float | None


class Work(Protocol):
    """What a stage wants of a model. All but `keep` run in the event loop: they are quick.

    `requests` yields what is to be asked, in order, as it is needed; what a batch job is to answer
    may be among it, and is not asked again. `read` says what became of a reply, and `faulted` what
    a fault means that is not passing: None lets the request fail, or ends the run where the fault
    is fatal. `keep` stores what several replies became, in the journal's own transaction and
    thread: it only touches the session. A reply may be to a request of an earlier run.
    """

    planned: int

    @property
    def model(self) -> Model: ...
    def requests(self) -> Iterator[Request]: ...
    def read(self, request: Request, reply: Reply) -> Kept | Again: ...
    def faulted(self, request: Request, fault: Fault) -> Kept | Again | None: ...
    def keep(self, session: Session, settled: Sequence[Settled]) -> None: ...


@dataclass(frozen=True)
class RunOf:
    """The run that the calls are made in: `configuration` has all settings that were in force.

    `name` is the system or detector: no two runs of one name go on at the same time, and what
    earlier runs of it spent counts towards its limits.
    """

    stage: str
    name: str
    configuration: Mapping[str, Any]


@dataclass(frozen=True)
class Limits:
    """How much may be spent, on all runs of the name together, and how hard a server is asked.

    `max_cost` is in the price's currency and needs a price. `max_tokens` counts both ways. The
    last three are about batch jobs: whether to wait for them, how often to look, from the first
    time to the last, and how many requests one may have.
    """

    concurrency: int = 32
    timeout_seconds: float = 120.0
    tries: int = 6
    drain_seconds: float = 60.0
    max_cost: float | None = None
    max_tokens: int | None = None
    price: Price | None = None
    wait: bool = True
    look_seconds: tuple[float, float] = (5.0, 60.0)
    job_requests: int = 50_000


@dataclass(frozen=True)
class Called:
    """What became of the work; `failed` counts requests by the fault that was their last.

    `said` is what the server said with the last fault of each kind, `models` counts replies by who
    answered as the server tells it, and of `untold` replies it tells no tokens. `given_up` calls
    were begun and not waited for. What earlier runs of the name took is `earlier_…`. `left` were
    not asked, for the reason `stopped` tells. `cost` is None without a price. `out` are with the
    server, in batch jobs, and `notes` are sentences on what was odd with those.
    """

    run_id: int | None
    kept: int
    set_aside: int
    refused: int
    failed: Mapping[str, int]
    reasons: Mapping[str, int]
    left: int
    attempts: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    seconds: float
    stopped: Stopped | None = None
    out: int = 0
    notes: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)
    untold: int = 0
    given_up: int = 0
    earlier_tokens: int = 0
    earlier_cost: float | None = None


@dataclass
class Progress:
    """How far the calls are, for who watches them; `rate` is in replies a second.

    `at_server` tells what a server does with the batch jobs that it has, `trouble` what is wrong
    while nothing is answered or stored, and `ending` that no more calls begin, as was asked for.
    """

    planned: int
    done: int = 0
    failed: int = 0
    set_aside: int = 0
    refused: int = 0
    in_flight: int = 0
    tokens: int = 0
    cost: float | None = None
    rate: float = 0.0
    cooling_seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)
    at_server: str = ""
    trouble: str = ""
    ending: bool = False
