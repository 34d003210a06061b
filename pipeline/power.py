"""Plan a rating study: how many items and raters find a difference, or narrow an interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from pipeline import rated
from pipeline.analysis import LEVEL
from pipeline.rated import Criterion, RatedStudy
from pipeline.stats.planning import power as powers
from pipeline.stats.planning.components import Fitted, fitted
from pipeline.stats.planning.power import Simulating, minimal_detectable
from pipeline.stats.planning.simulation import Design, Deviations, Population
from pipeline.stats.planning.widths import Figure, half_width
from pipeline.stats.resampling.intervals import Estimate

# What a study on a scale from 0 to 2 may look like; docs/planning.md says what they imply.
ASSUMED_SHARES = (0.1, 0.35, 0.55)
ASSUMED = Deviations(item=0.6, item_system=0.8, rater=0.5)
ITEMS, RATERS, RATERS_OF_ALPHA = (50, 100, 200, 400), (1, 2, 3, 5), (2, 3, 4, 5)
POWER, SIMULATIONS, SEED = 0.8, 2_000, 0

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class ToFind:
    """To find a difference of two systems' mean scores with a certain power."""

    difference: float
    power: float

    def figure(self, population: Population, design: Design, how: Simulating, _: int) -> Estimate:
        return powers.power(population, design, self.difference, how)

    def reached(self, figure: Estimate) -> bool:
        return figure.value is not None and figure.value >= self.power

    def needed(self, items: int, figure: Estimate, how: Simulating) -> int | None:
        return powers.items_needed(items, figure, self.power, how)


@dataclass(frozen=True)
class ToNarrow:
    """To bring an interval of a mean, a difference or alpha to ± a half width."""

    half_width: float
    of: Figure

    def figure(
        self, population: Population, design: Design, how: Simulating, systems: int
    ) -> Estimate:
        return half_width(population, design, self.of, how, systems=systems)

    def reached(self, figure: Estimate) -> bool:
        return figure.value is not None and figure.value <= self.half_width

    def needed(self, items: int, figure: Estimate, _: Simulating) -> int | None:
        if figure.value is None:
            return None
        return int(np.ceil(items * (figure.value / self.half_width) ** 2))


@dataclass(frozen=True)
class ToKnow:
    """To know which difference each design finds with a certain power."""

    power: float

    def figure(self, population: Population, design: Design, how: Simulating, _: int) -> Estimate:
        return minimal_detectable(population, design, self.power, how)

    def reached(self, _: Estimate) -> bool:
        return False

    def needed(self, _items: int, _figure: Estimate, _how: Simulating) -> int | None:
        return None


Goal = ToFind | ToNarrow | ToKnow


@dataclass(frozen=True)
class FromStudy:
    """The study whose scores on a criterion tell what varies; its primary one if none is named."""

    study: str
    criterion: str | None = None


@dataclass(frozen=True)
class PowerOf:
    """What to plan: every number of items with every number of raters; None is what is usual.

    `source` says what scores are drawn from. Of a study, its own design, systems, level, seed and
    family of tests are what is usual.
    """

    goal: Goal
    source: Population | FromStudy
    items: tuple[int, ...] | None = None
    raters: tuple[int, ...] | None = None
    systems: int | None = None
    level: float | None = None
    comparisons: int | None = None
    simulations: int = SIMULATIONS
    seed: int | None = None


@dataclass(frozen=True)
class Cell:
    """A design, how many judgements it takes, and what it reaches."""

    design: Design
    judgements: int
    figure: Estimate
    reached: bool


@dataclass(frozen=True)
class Larger:
    """About how many items reach the goal, with so many raters, where no simulated design does."""

    items: int
    raters: int
    judgements: int


@dataclass(frozen=True)
class StudyFitted:
    """What a study's scores on a criterion look drawn from, and the study's own design."""

    study: str
    criterion: str
    status: str
    fitted: Fitted
    design: Design


@dataclass(frozen=True)
class Planned:
    """What each design reaches; `smallest` takes the fewest judgements of those that reach it.

    `study` is None where the variances are assumed.
    """

    goal: Goal
    how: Simulating
    systems: int
    population: Population
    study: StudyFitted | None
    cells: tuple[Cell, ...]
    smallest: Cell | None
    larger: Larger | None


@dataclass(frozen=True)
class _Usual:
    """What is taken where nothing else is asked for."""

    items: tuple[int, ...] = ITEMS
    raters: tuple[int, ...] = RATERS
    systems: int = 2
    level: float = LEVEL
    criteria: int = 1
    seed: int = SEED


def run(store: Store | None, config: PowerOf, *, tell: Tell = lambda _done, _of: None) -> Planned:
    """Return the plan; `tell` hears how many designs are simulated, of how many.

    Raises NotKnown for a study or criterion that there is not, NotAllowed for what cannot be
    planned: a difference beyond the scale, or a study that does not tell what varies.
    """
    alpha = isinstance(config.goal, ToNarrow) and config.goal.of == "alpha"
    usual = _Usual(raters=RATERS_OF_ALPHA if alpha else RATERS)
    if isinstance(config.source, Population):
        return _planned(config, config.source, None, usual, tell)
    if store is None:
        raise ValueError("to fit a study's variances, its store is needed")
    study = rated.read(store, study=config.source.study)
    found = _of_study(study, _criterion(study, config.source.criterion))
    own = isinstance(config.goal, ToKnow)
    usual = _Usual(
        items=(found.design.items,) if own else usual.items,
        raters=(found.design.raters,) if own else usual.raters,
        systems=found.fitted.systems,
        level=study.plan.level,
        criteria=len(study.analysis.get("family", ())) or 1,
        seed=study.plan.seed,
    )
    return _planned(config, found.fitted.population, found, usual, tell)


def _of_study(study: RatedStudy, criterion: Criterion) -> StudyFitted:
    """Return the population that a study's scores on a criterion look drawn from.

    Raises NotAllowed where they do not tell it.
    """
    ratings = study.ratings(criterion)
    try:
        found = fitted(ratings, study.unit_question, study.unit_system)
    except ValueError as error:
        raise NotAllowed(
            f"what varies in the scores of {study.name} on {criterion.id} cannot be told: {error};"
            " plan with assumed deviations, without --study"
        ) from error
    each = ratings.given.sum(axis=0)
    raters = max(1, round(float(each[each > 0].mean())))
    return StudyFitted(
        study.name, criterion.id, study.status, found, Design(found.questions, raters)
    )


def _criterion(study: RatedStudy, name: str | None) -> Criterion:
    wanted = name or study.analysis.get("primary", study.criteria[0].id)
    for criterion in study.criteria:
        if criterion.id == wanted:
            return criterion
    known = ", ".join(criterion.id for criterion in study.criteria)
    raise NotKnown(f"{wanted} is no criterion of the study {study.name}; it has {known}")


def _check_systems(found: StudyFitted) -> None:
    if found.fitted.systems < 2:
        raise NotAllowed(
            f"the study {found.study} has scores of one system on {found.criterion}, which do not"
            " tell how a difference of two varies; plan with assumed deviations, without --study"
        )


def _planned(
    config: PowerOf, population: Population, study: StudyFitted | None, usual: _Usual, tell: Tell
) -> Planned:
    goal, systems = config.goal, config.systems or usual.systems
    between = not (isinstance(goal, ToNarrow) and goal.of != "difference")
    if study and between:
        _check_systems(study)
    systems = max(systems, 2) if between else systems
    how = Simulating(
        level=config.level or usual.level,
        simulations=config.simulations,
        seed=usual.seed if config.seed is None else config.seed,
        comparisons=config.comparisons or usual.criteria * max(1, systems * (systems - 1) // 2),
    )
    designs = list(product(config.items or usual.items, config.raters or usual.raters))
    cells = []
    for done, (items, raters) in enumerate(designs):
        tell(done, len(designs))
        try:
            design = Design(items, raters)
            figure = goal.figure(population, design, how, systems)
        except ValueError as error:
            raise NotAllowed(f"this cannot be planned: {error}") from error
        cells.append(Cell(design, items * raters * systems, figure, goal.reached(figure)))
    tell(len(designs), len(designs))
    reached = [cell for cell in cells if cell.reached]
    smallest = min(reached, key=lambda cell: (cell.judgements, cell.design.items), default=None)
    larger = None if smallest else _larger(cells, goal, how, systems)
    return Planned(goal, how, systems, population, study, tuple(cells), smallest, larger)


def _larger(cells: Sequence[Cell], goal: Goal, how: Simulating, systems: int) -> Larger | None:
    """Return the design to which the largest ones point; smaller ones tell it less well."""
    most = max(cell.design.items for cell in cells)
    found = []
    for cell in cells:
        if cell.design.items < most:
            continue
        items = goal.needed(cell.design.items, cell.figure, how)
        if items is not None:
            judgements = items * cell.design.raters * systems
            found.append(Larger(items, cell.design.raters, judgements))
    return min(found, key=lambda each: each.judgements, default=None)
