"""Ask each stage once for what it finds of a study, for all sections of the report."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import detections, ratings, studies, study_facts, votes
from db.detections import ItemDetection
from db.engine import Store
from db.metric_scores import StoredScore, Text
from db.ratings import Answer
from db.study_facts import MetricValues, StudyFacts
from db.tables import Item, Study
from db.votes import LabelledItem
from pipeline import analysis, describe, labelled, power, raters, results
from pipeline.agreement import measuring
from pipeline.cli.agreement import objects as agreement_objects
from pipeline.cli.describe import describe as cli_describe
from pipeline.cli.detection_quality import detection_quality as cli_quality
from pipeline.cli.power import texts as power_texts
from pipeline.cli.raters import objects as raters_objects
from pipeline.cli.results import results as cli_results
from pipeline.detection_quality import scoring
from pipeline.metrics import of_study
from pipeline.raters import RatersOf
from pipeline.report.sources import Finding, Scored, asked
from pipeline.scoring import figures, leaks
from pipeline.scoring.answers import Answer as Scorable
from pipeline.scoring.computing import Computed
from pipeline.scoring.found import MetricFound

Tell = Callable[[str], None]

NO_TEXT = Text("", None)  # scores are stored, so no text is read again

WAITS = (
    "what answers are like would tell which code is which system, so it is told after"
    " 'cbt study unblind'"
)


@dataclass(frozen=True)
class Detected:
    """A detector that has looked at the items of a study of distortions, None for none."""

    study: str
    detector: str | None


@dataclass(frozen=True)
class Known:
    """What the store holds of a study, read once; `answers` of ratings, `items` of labels.

    `found` is what each detector found for the items of a study of distortions. `in_train` tells by
    system and split on how many questions with automatic scores a model may have been trained.
    """

    facts: StudyFacts
    answers: tuple[Answer, ...]
    items: tuple[LabelledItem, ...]
    metrics: dict[str, MetricValues]
    in_train: dict[str, dict[str, int]]
    detected: tuple[Detected, ...]
    found: dict[str, dict[int, ItemDetection]]

    @property
    def study(self) -> Study:
        return self.facts.study

    @property
    def unblinded(self) -> bool:
        return self.study.unblinded_at is not None

    @property
    def rows(self) -> int:
        """How many judgements leave the store with a report."""
        given = sum(answer.revision is not None for answer in self.answers)
        return given + sum(len(item.votes) for item in self.items)

    @property
    def raters(self) -> list[str]:
        """The pseudonyms of who gave something, sorted."""
        named = {answer.rater.pseudonym for answer in self.answers if answer.values}
        named |= {vote.rater.pseudonym for item in self.items for vote in item.votes}
        return sorted(named)

    @property
    def scored(self) -> Counter[Scored]:
        """How many scores each rater gave to each system on each criterion, without repeats."""
        found: Counter[Scored] = Counter()
        for answer in self.answers:
            item = answer.item
            if not (item.is_repeat or item.is_calibration):
                for criterion, value in answer.values.items():
                    if value is not None:
                        found[criterion, item.system.shown, answer.rater.pseudonym] += 1
        return found


@dataclass(frozen=True)
class Metrics:
    """What automatic metrics say: how they were asked, of each system, and beside people's scores.

    `found` has the values and differences of each of `scores`.
    """

    scores: tuple[of_study.Scores, ...]
    found: tuple[MetricFound, ...]
    with_people: tuple[of_study.WithPeople, ...]


@dataclass(frozen=True)
class Findings:
    """What every stage found; of a study of distortions nothing is asked that needs scores.

    `quality` has one finding for each detector, `power` one for each criterion.
    """

    described: Finding
    quality: tuple[tuple[Detected, Finding], ...]
    results: Finding
    agreement: Finding
    raters: Finding
    model: Finding
    power: dict[str, Finding]
    metrics: Metrics


def known(store: Store, name: str) -> Known:
    """Read a study. Raises NotKnown, and NotAllowed for one without judgements."""
    with store.reading() as session:
        study = studies.get(session, name=name)
        rating = study.kind == "rating"
        items = () if rating else tuple(votes.of_study(session, study=study))
        metrics = study_facts.metric_values(session, study)
        found = Known(
            facts=study_facts.of_study(session, study),
            answers=tuple(ratings.answers(session, study=study)) if rating else (),
            items=items,
            metrics=metrics,
            in_train=_in_train(session, study, metrics),
            detected=tuple(_detected(session, study)),
            found={} if rating else _found(session, study),
        )
        session.expunge_all()
    if not rating and not any(item.gold for item in items):
        labelled.read(store, study=name)  # says what is missing
    return found


def _in_train(
    session: Session, study: Study, metrics: Mapping[str, MetricValues]
) -> dict[str, dict[str, int]]:
    """Return, by code and split, how many scored questions a model may have been trained on."""
    systems = studies.systems(session, study_id=study.id)
    return {
        code: leaks.trained_on(
            session, system=systems[code], questions={each.question_id for each in of.values}
        )
        for code, of in metrics.items()
    }


def _detected(session: Session, study: Study) -> Iterator[Detected]:
    """Yield the detectors of the study, or of those of distortions about the same questions."""
    for other in [study] if study.kind == "distortion" else _alike(session, study):
        found = list(_found(session, other))
        yield from (Detected(other.name, detector) for detector in found)
        if not found:
            yield Detected(other.name, None)


def _found(session: Session, study: Study) -> dict[str, dict[int, ItemDetection]]:
    shown = detections.names_in(session, study=study)
    found = detections.in_study(session, study_id=study.id)
    return {shown.get(name, name): of_items for name, of_items in sorted(found.items())}


def _alike(session: Session, study: Study) -> Sequence[Study]:
    mine = select(Item.question_id).where(Item.study_id == study.id)
    theirs = select(Item.study_id).where(Item.question_id.in_(mine))
    query = select(Study).where(Study.kind == "distortion", Study.id.in_(theirs))
    return session.scalars(query.where(Study.status != "draft").order_by(Study.id)).all()


def gather(store: Store, of: Known, *, tell: Tell) -> Findings:
    """Ask every stage. Raises NotAllowed for a rating study without judgements."""
    name = of.study.name
    rating = of.study.kind == "rating"
    tell("working out scores and comparisons")
    found = _results(store, name) if rating else Finding()
    tell("working out agreement")
    agreement = asked(["agreement", "--study", name], lambda: _agreement(store, name))
    tell("working out automatic metrics")
    metrics = metrics_of(of)
    tell("working out the rest")
    return Findings(
        described=_described(store, of),
        quality=tuple((each, _quality(store, each)) for each in of.detected),
        results=found,
        agreement=agreement,
        raters=_raters(store, of),
        model=_model(store, of) if rating else Finding(),
        power={criterion["id"]: _power(store, name, criterion["id"])
               for criterion in of.study.criteria} if rating else {},
        metrics=metrics,
    )  # fmt: skip


def metrics_of(of: Known) -> Metrics:
    """Work out what is told of automatic metrics; before unblinding that is nothing."""
    scores = of_study.scores(of.metrics) if of.unblinded else []
    plan = analysis.resampling(of.study)
    shown = {system.code: system.shown for system in of.facts.systems if system.code in of.metrics}
    answers = {
        name: [
            Scorable(each.question_id, each.unit, NO_TEXT, None, "")
            for each in of.metrics[code].values
        ]
        for code, name in shown.items()
    }
    computed = [
        Computed(
            each.way.metric,
            each.way.signature,
            scores={of.unit: StoredScore(of.value, of.statistics) for of in each.values},
        )
        for each in scores
    ]
    criteria = [criterion["id"] for criterion in of.study.criteria]
    rated = of.answers if of.study.kind == "rating" else ()
    return Metrics(
        scores=tuple(scores),
        found=tuple(figures.found(computed, answers, plan)),
        with_people=tuple(of_study.with_people(scores, rated, criteria, plan)) if rated else (),
    )


def _results(store: Store, name: str) -> Finding:
    command = shlex.join(["cbt", "results", "--study", name, "--json"])
    found = results.run(store, results.ResultsOf(name))  # without it there is nothing to report
    return Finding(command, cli_results.as_object(found))


def _agreement(store: Store, name: str) -> dict[str, Any]:
    return agreement_objects.as_object(measuring.run(store, measuring.AgreementOf(name)))


def _raters(store: Store, of: Known) -> Finding:
    name = of.study.name
    if of.study.kind != "rating":
        return Finding(why="labels have no points; agreement tells how labellers differ")
    return asked(["raters", "--study", name], lambda: _rater_object(store, RatersOf(name)))


def _model(store: Store, of: Known) -> Finding:
    """Fit the mixed model of the primary criterion: that of every one would take too long."""
    name = of.study.name
    primary = of.study.analysis.get("primary", of.study.criteria[0]["id"])
    words = ["raters", "--study", name, "--criterion", primary, "--model"]
    config = RatersOf(name, criterion=primary, model=True)
    return asked(words, lambda: _rater_object(store, config))


def _rater_object(store: Store, config: RatersOf) -> dict[str, Any]:
    return raters_objects.as_object(raters.run(store, config))


def _power(store: Store, name: str, criterion: str) -> Finding:
    words = ["power", "--study", name, "--criterion", criterion, "--detectable"]
    goal = power.ToKnow(power.POWER)
    config = power.PowerOf(goal=goal, source=power.FromStudy(name, criterion))
    return asked(words, lambda: power_texts.as_object(power.run(store, config)))


def _described(store: Store, of: Known) -> Finding:
    names = tuple(system.shown for system in of.facts.systems)
    words = ["describe", *(word for name in names for word in ("--system", name))]
    if not names:
        return Finding(why="the study is about questions, not about systems' answers")
    if not of.unblinded:
        return Finding(why=WAITS)
    config = describe.DescribeOf(systems=names)
    return asked(words, lambda: cli_describe.described_object(describe.run(store, config)))


def _quality(store: Store, of: Detected) -> Finding:
    words = ["detection-quality", "--study", of.study]
    if of.detector is None:
        # The command would name systems whose answers were searched, even before unblinding.
        return Finding(
            why=f"no detector has looked at the items of the study {of.study} themselves;"
            " 'cbt detection-quality' can take a system's answers to their questions instead"
        )
    words += ["--detector", of.detector]
    config = scoring.QualityOf(of.study, of.detector)
    return asked(words, lambda: cli_quality.quality_object(scoring.run(store, config)))
