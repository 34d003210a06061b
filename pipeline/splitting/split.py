"""Split questions into train and test so that neither a question nor its text is in both."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import frames, runs, splits
from db.engine import Store
from db.errors import AlreadyKnown, NotAllowed, NotKnown
from db.frames import Framed
from db.splits import TEST, TRAIN, VALIDATION, StoredSplit
from pipeline import same_texts
from pipeline.same_texts import Asked
from pipeline.splitting import drawing, strata
from pipeline.splitting.drawing import Text
from pipeline.splitting.wanted import SameTexts, SplitDone, Splitting, Stratum

SAID = {
    "test": "--test",
    "validation": "--validation",
    "seed": "--seed",
    "source": "--source",
    "system": "--system",
    "stratify": "--stratify",
    "detector": "--detector",
}


@dataclass(frozen=True)
class _Frame:
    """The questions to draw from, each with its stratum; `texts` has the places of each text's."""

    questions: Sequence[Framed]
    strata: Sequence[tuple[str, ...]]
    texts: Sequence[Sequence[int]]


def run(store: Store, config: Splitting) -> SplitDone:
    """Draw the split and store it, or find it drawn.

    What is drawn depends on the seed and the questions' keys and texts, and so is the same in
    every store that holds them. Raises NotKnown for a source, system or detector that is not
    there, AlreadyKnown for a name whose split was drawn otherwise, NotAllowed where there are too
    few questions for the shares.
    """
    with store.writing(in_turn=True) as session:
        detector = strata.detector(session, config)
        settings = config.settings(detector)
        there = next((each for each in splits.stored(session) if each.name == config.name), None)
        if there is not None:
            _check_same(there, settings)
        frame = _frame(session, config, detector)
        before = splits.places(session, name=config.name)
        if there is None:
            places, between = _drawn(frame, config), 0
        elif config.extend:
            places, between = _extended(frame, before)
        else:
            places, between = {}, 0
        done = _done(config, frame, before, places, between)
        if places:
            run_ = runs.start(session, stage=splits.STAGE, configuration=settings)
            splits.add(session, name=config.name, seed=config.seed, run_id=run_.id, subsets=places)
            runs.end(run_, counts=_counts(done))
        return done


def listed(store: Store) -> list[StoredSplit]:
    with store.reading() as session:
        return splits.stored(session)


def _check_same(there: StoredSplit, settings: Mapping[str, object]) -> None:
    if there.settings is None:
        raise AlreadyKnown(
            f"there is a split {there.name} that 'cbt split' has not drawn; take another name"
        )
    for key, option in SAID.items():
        was, now = there.settings.get(key), settings[key]
        if was != now:
            raise AlreadyKnown(
                f"the split {there.name} was drawn with {_said(option, was)}, not"
                f" {_said(option, now)}; a split is never drawn anew: give this one another name"
            )


def _said(option: str, value: object) -> str:
    if value in (None, [], 0.0) and option != SAID["seed"]:
        return f"no {option}"
    return f"{option} {', '.join(map(str, value)) if isinstance(value, list) else value}"


def _frame(session: Session, config: Splitting, detector: str | None) -> _Frame:
    questions = frames.questions(session, source=config.source, split=None, subset=None)
    if config.system is not None:
        (system,) = frames.systems(session, names=[config.system])
        answered = splits.answered(session, system_id=system.id)
        questions = [each for each in questions if each.id in answered]
    if not questions:
        raise NotKnown(_none(config))
    told = splits.told(session)
    return _Frame(
        questions=questions,
        strata=strata.of_questions(
            session, questions, told, traits=config.traits, detector=detector
        ),
        texts=same_texts.grouped(
            [Asked(told[each.id].text, told[each.id].description) for each in questions]
        ),
    )


def _none(config: Splitting) -> str:
    if config.system is not None:
        return f"{config.system} has no kept answer to any of these questions; there is no split"
    return "the store holds no questions yet; run 'cbt import questions FILE' first"


def _drawn(frame: _Frame, config: Splitting) -> dict[int, str]:
    sizes = _sizes(config, len(frame.questions))
    texts = [Text(len(of), frame.strata[of[0]]) for of in frame.texts]
    subsets = drawing.draw(texts, sizes=sizes, rest=TRAIN, seed=config.seed)
    places = {
        frame.questions[place].id: subset
        for of, subset in zip(frame.texts, subsets, strict=True)
        for place in of
    }
    for subset in (*sizes, TRAIN):
        if subset not in places.values():
            raise NotAllowed(
                f"too few different texts ({len(frame.texts):,} of {len(frame.questions):,}"
                f" questions) for these subsets: {subset} would be empty; import more questions"
            )
    return places


def _sizes(config: Splitting, questions: int) -> dict[str, int]:
    shares = {TEST: config.test, VALIDATION: config.validation}
    sizes = {name: drawing.size(share, questions) for name, share in shares.items() if share}
    for name, size in sizes.items():
        if not size:
            raise NotAllowed(
                f"a share of {shares[name]} of {questions:,} questions is none for {name}; import"
                " more questions, or give a larger share"
            )
    if sum(sizes.values()) >= questions:
        raise NotAllowed(f"of {questions:,} questions none is left to train on; give less to test")
    return sizes


def _extended(frame: _Frame, before: Mapping[int, str]) -> tuple[dict[int, str], int]:
    """Return the places of new questions, and how many can have none.

    A text that is in the split already stays where it is; others are for training, so that what
    is tested on is the same for every model. What has the texts of two subsets may be in neither.
    """
    places: dict[int, str] = {}
    between = 0
    for of in frame.texts:
        ids = [frame.questions[place].id for place in of]
        new = [id_ for id_ in ids if id_ not in before]
        there = {before[id_] for id_ in ids if id_ in before}
        if len(there) > 1:
            between += len(new)
        else:
            places |= dict.fromkeys(new, *(there or {TRAIN}))
    return places, between


def _done(
    config: Splitting,
    frame: _Frame,
    before: Mapping[int, str],
    places: Mapping[int, str],
    between: int,
) -> SplitDone:
    after = {**before, **places}
    subsets = Counter(after.values())
    shared = [len(of) for of in frame.texts if len(of) > 1]
    return SplitDone(
        name=config.name,
        seed=config.seed,
        subsets={name: subsets[name] for name in (TRAIN, VALIDATION, TEST) if subsets[name]},
        added=len(places),
        known=len(before),
        new=sum(each.id not in after for each in frame.questions),
        between=between,
        same_texts=SameTexts(texts=len(shared), questions=sum(shared)),
        traits=config.traits,
        strata=_strata(frame, after) if config.traits else (),
    )


def _strata(frame: _Frame, subsets: Mapping[int, str]) -> list[Stratum]:
    counts: dict[tuple[str, ...], Counter[str]] = {}
    for question, stratum in zip(frame.questions, frame.strata, strict=True):
        if question.id in subsets:
            counts.setdefault(stratum, Counter())[subsets[question.id]] += 1
    largest_first = sorted(counts, key=lambda stratum: (-counts[stratum].total(), stratum))
    return [Stratum(stratum, dict(counts[stratum])) for stratum in largest_first]


def _counts(done: SplitDone) -> dict[str, object]:
    return {"added": done.added, "same_texts": vars(done.same_texts), **done.subsets}
