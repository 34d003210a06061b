"""Score systems' answers by automatic metrics, keep the scores, and compare the systems."""

from collections.abc import Sequence
from dataclasses import replace

from db.engine import Store
from db.tables import Question
from models.errors import ModelError
from pipeline.metrics import jury
from pipeline.metrics.known import KNOWN
from pipeline.metrics.metric import Metric, Options
from pipeline.metrics.registry import MAKERS, made
from pipeline.metrics.tokens import language_of
from pipeline.model_errors import in_plain_words
from pipeline.scoring import answers, figures
from pipeline.scoring.answers import Answer, Chosen
from pipeline.scoring.computing import Computing, Tell
from pipeline.scoring.found import Found, OfJury
from pipeline.scoring.wanted import Scoring
from pipeline.stats.resampling.intervals import Undefined


def run(store: Store, config: Scoring, *, tell: Tell = lambda _: None) -> Found:
    """Score what is not scored yet, and return each system's values and their differences.

    Stores scores batch by batch, so an interrupted run goes on where it was. Raises NotKnown and
    NotAllowed as `answers.chosen` does. What Jury would tell is never stored.
    """
    with store.reading() as session:
        chosen = answers.chosen(session, config)
    language = config.language or language_of(chosen.references)
    options = replace(config.options, language=language)
    metrics = {name: _ready(name, options) for name in config.metrics or every()}
    computed = Computing(store, config, chosen, tell).all(metrics)
    found = figures.found(computed, chosen.answers, config.plan)
    return Found(
        n=chosen.common(),
        reference=config.reference,
        language=language,
        other_language=sum(language_of([text]) != language for text in chosen.texts),
        systems=chosen.systems,
        metrics=tuple(found),
        tests=sum(each.p is not None for metric in found for each in metric.differences),
        plan=config.plan,
        jury=tuple(_jury(store, chosen)) if config.jury else (),
    )


def every() -> tuple[str, ...]:
    """Return the names of all metrics, in the order of tables."""
    return tuple(name for name in KNOWN if name in MAKERS)


def _ready(name: str, options: Options) -> Metric | Undefined:
    try:
        return made(name, options)
    except ModelError as error:
        return Undefined("not_available", error.message)


def _jury(store: Store, chosen: Chosen) -> Sequence[OfJury]:
    with in_plain_words():
        return [_of_jury(store, name, each) for name, each in chosen.answers.items()]


def _of_jury(store: Store, name: str, all_answers: Sequence[Answer]) -> OfJury:
    held = [each for each in all_answers if each.reference_id is not None]
    texts, references = [each.text.text for each in held], [each.reference for each in held]
    with store.reading() as session:
        first = session.get_one(Question, held[0].question_id).external_id
    return OfJury(
        system=name,
        n=len(held),
        bleu=jury.bleu(texts, references),
        meteor=jury.meteor_mean(texts, references),
        chrf=jury.chrf(texts, references),
        first=first,
    )
