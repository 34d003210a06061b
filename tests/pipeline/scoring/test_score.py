"""Scores are computed once, kept, and made into each system's values and differences."""

from itertools import pairwise

import numpy as np
import pytest
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest
from sqlalchemy import func, select, update

from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.selections import Selection
from db.tables import MetricScore, Question, Response, Run, Split, System
from pipeline.metrics.registry import made
from pipeline.scoring.found import Found, MetricFound
from pipeline.scoring.score import run
from pipeline.scoring.wanted import Progress, Scoring
from pipeline.stats.resampling.intervals import Resampling
from tests.pipeline.metrics.drawn_texts import aggregate
from tests.pipeline.scoring.answered import CLOSE, FAR, REFERENCES, fill

PLAN = Resampling(level=0.95, resamples=300, seed=1)
OVERLAP = ("bleu", "chrf", "meteor-char", "rouge-l")


def scoring(*systems: str, metrics: tuple[str, ...] = OVERLAP, **more: object) -> Scoring:
    wanted = {"reference": "psyqa", "plan": PLAN} | more
    return Scoring(systems=systems, metrics=metrics, **wanted)  # type: ignore[arg-type]


def metric(found: Found, name: str) -> MetricFound:
    return next(each for each in found.metrics if each.name == name)


def stored(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(MetricScore)) or 0


def test_each_answers_score_is_stored_with_what_gives_the_score_of_all(store: Store) -> None:
    fill(store, {"psyqa": REFERENCES, "close": CLOSE})
    found = run(store, scoring("close"))
    assert (found.n, found.language, stored(store)) == (8, "zh", 8 * len(OVERLAP))
    with store.reading() as session:
        rows = list(session.scalars(select(MetricScore).where(MetricScore.metric == "bleu")))
        counts = session.scalars(select(Run.counts).where(Run.stage == "score")).one()
    theirs = sacrebleu.corpus_bleu(CLOSE, [REFERENCES], tokenize="zh").score
    assert aggregate("bleu", [row.value for row in rows], [row.statistics for row in rows]) == (
        theirs
    )
    bleu = metric(found, "bleu")
    assert bleu.values[0].estimate.value == theirs
    assert {row.signature for row in rows} == {bleu.signature}
    assert all(row.reference_id for row in rows)
    assert counts == {"added": dict.fromkeys(OVERLAP, 8)}


def test_what_is_known_is_not_computed_again(store: Store) -> None:
    fill(store, {"psyqa": REFERENCES, "close": CLOSE[:6]})
    first = run(store, scoring("close"))
    again = run(store, scoring("close"))
    assert [each.values for each in again.metrics] == [each.values for each in first.metrics]
    assert [(each.added, each.known) for each in again.metrics] == [(0, 6)] * len(OVERLAP)
    fill(store, {"far": FAR})
    told: list[Progress] = []
    both = run(store, scoring("close", "far"), tell=told.append)
    assert [(each.added, each.known) for each in both.metrics] == [(8, 6)] * len(OVERLAP)
    assert told[-1] == Progress("rouge-l", 32, 32)


def test_an_interrupted_run_keeps_what_it_has_and_goes_on(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE})

    def tell(progress: Progress) -> None:
        if progress.done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(sqlite_store, scoring("close"), tell=tell)
    assert stored(sqlite_store) == 8
    found = run(sqlite_store, scoring("close"))
    assert [(each.added, each.known) for each in found.metrics] == [(0, 8), (8, 0), (8, 0), (8, 0)]


def test_scores_against_another_reference_are_other_scores(store: Store) -> None:
    fill(store, {"psyqa": REFERENCES, "other": CLOSE[::-1], "far": FAR})
    run(store, scoring("far", metrics=("chrf",)))
    found = run(store, scoring("far", metrics=("chrf",), reference="other"))
    assert metric(found, "chrf").added == 8
    assert metric(found, "chrf").values[0].estimate.value == (
        sacrebleu.corpus_chrf(FAR, [CLOSE[::-1]]).score
    )


def test_an_answer_without_a_reference_is_counted_and_never_0(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": [*REFERENCES[:6], None, " \u2003"], "close": CLOSE})
    found = run(sqlite_store, scoring("close", metrics=("chrf", "length")))
    (system,) = found.systems
    assert (system.answers, system.n, system.left_out.without_reference) == (8, 7, 1)
    value = metric(found, "chrf").values[0]
    assert (value.n, value.unscored) == (6, {"only blanks": 1})
    assert value.estimate.value == sacrebleu.corpus_chrf(CLOSE[:6], [REFERENCES[:6]]).score
    assert metric(found, "length").values[0].n == 8


def test_only_the_first_kept_answer_to_a_question_counts(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE})
    with sqlite_store.writing() as session:
        ids = list(session.scalars(select(Response.id).order_by(Response.id)))[8:]
        session.execute(
            update(Response)
            .where(Response.id == ids[0])
            .values(status="set_aside", reason="cut_off: ends in the middle")
        )
        row = session.get_one(Response, ids[1])
        session.add(
            Response(question_id=row.question_id, system_id=row.system_id, sample=1, text="好")
        )
    found = run(sqlite_store, scoring("close", metrics=("length",)))
    left = found.systems[0].left_out
    assert (left.set_aside, left.reasons, left.other_samples) == (1, {"cut_off": 1}, 1)
    lengths = [len(text) for text in CLOSE[1:]]
    assert metric(found, "length").values[0].estimate.value == np.mean(lengths)


def test_intervals_and_p_agree_with_sacrebleus_own_within_chance(sqlite_store: Store) -> None:
    references = [a + b for a in REFERENCES for b in REFERENCES]
    close = [a + b for a in CLOSE for b in REFERENCES]
    closer = [a + b for a in CLOSE for b in CLOSE[:4]] + [a + b for a in FAR for b in CLOSE[:4]]
    fill(sqlite_store, {"psyqa": references, "a": close, "b": closer})
    plan = Resampling(level=0.95, resamples=2_000, seed=3)
    found = run(sqlite_store, scoring("a", "b", metrics=("bleu", "chrf"), plan=plan))
    ours = {"BLEU": metric(found, "bleu"), "chrF2": metric(found, "chrf")}
    metrics = {"BLEU": BLEU(tokenize="zh"), "chrF2": CHRF()}
    _, theirs = PairedTest(
        [("a", close), ("b", closer)], metrics, [references], n_samples=2_000, test_type="bs"
    )()
    for name, of in ours.items():
        for value, result in zip(of.values, theirs[name], strict=True):
            assert value.estimate.value == result.score
            low, high = value.estimate.low, value.estimate.high
            assert low is not None
            assert high is not None
            assert (high - low) / 2 == pytest.approx(result.ci, rel=0.15)
    _, exchanged = PairedTest(
        [("a", close), ("b", closer)], metrics, [references], n_samples=2_000, test_type="ar"
    )()
    for name, of in ours.items():
        assert of.differences[0].p == pytest.approx(exchanged[name][1].p_value, abs=0.03)


def test_pairs_are_tested_on_common_questions_and_adjusted_over_all_tests(
    sqlite_store: Store,
) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE[:7], "far": [None, *FAR[1:]]})
    found = run(sqlite_store, scoring("close", "far", metrics=("chrf", "length", "parts")))
    (difference,) = metric(found, "chrf").differences
    assert (found.n, difference.n_pairs, found.tests) == (6, 6, 3)
    a, b = (sacrebleu.corpus_chrf(texts[1:7], [REFERENCES[1:7]]).score for texts in (CLOSE, FAR))
    assert difference.estimate.value == a - b
    assert "approximate randomisation, 10000 trials, seed 1" in (difference.test or "")
    assert metric(found, "length").differences[0].test == "sign-flip, exact"
    tests = [each for of in found.metrics for each in of.differences]
    ordered = sorted(tests, key=lambda each: each.p or 0)
    assert ordered[0].p_holm == pytest.approx(min(1, 3 * (ordered[0].p or 0)))
    assert all((a.p_holm or 0) <= (b.p_holm or 0) for a, b in pairwise(ordered))


def test_a_pair_without_a_common_question_is_no_test_of_the_family(sqlite_store: Store) -> None:
    apart = {"early": [*CLOSE[:4], *[None] * 4], "late": [*[None] * 4, *FAR[4:]], "all": CLOSE}
    fill(sqlite_store, {"psyqa": REFERENCES, **apart})
    found = run(sqlite_store, scoring("early", "late", "all", metrics=("chrf",)))
    tests = {(each.a, each.b): each for each in metric(found, "chrf").differences}
    lone = tests["early", "late"]
    assert (lone.p, lone.p_holm, lone.estimate.code, found.tests) == (None, None, "no_pairs", 2)
    lower = min(each.p for each in tests.values() if each.p is not None)
    assert min(each.p_holm for each in tests.values() if each.p_holm is not None) == 2 * lower


def test_the_same_seed_gives_the_same_figures_and_few_questions_no_interval(
    sqlite_store: Store,
) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE, "far": FAR})
    first, again = (run(sqlite_store, scoring("close", "far")).metrics for _ in range(2))
    assert [each.differences for each in first] == [each.differences for each in again]
    limited = run(sqlite_store, scoring("close", selection=Selection(limit=3)))
    estimate = metric(limited, "bleu").values[0].estimate
    assert (limited.n, estimate.low, estimate.code) == (3, None, "few_questions")
    assert estimate.value == sacrebleu.corpus_bleu(CLOSE[:3], [REFERENCES[:3]], tokenize="zh").score


def test_a_metric_that_cannot_run_says_why_and_the_others_run(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE})
    found = run(sqlite_store, scoring("close", metrics=("bertscore", "rouge-l"), reference="psyqa"))
    why = metric(found, "bertscore").why
    assert why is not None
    assert (why.code, metric(found, "bertscore").values) == ("not_available", ())
    assert metric(found, "rouge-l").values[0].n == 8
    alone = run(sqlite_store, scoring("close", metrics=("rouge-l", "distinct-1"), reference=None))
    why = metric(alone, "rouge-l").why
    assert why is not None
    assert why.code == "no_reference"
    assert metric(alone, "distinct-1").values[0].n == 8


def test_a_share_has_an_interval_where_every_answer_is_alike(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "far": FAR})
    found = metric(run(sqlite_store, scoring("far", metrics=("five-parts",))), "five-parts")
    estimate = found.values[0].estimate
    assert (estimate.value, estimate.low, estimate.method) == (0.0, 0.0, "Wilson score")
    assert estimate.high == pytest.approx(0.3244, abs=1e-4)


def test_parts_that_came_with_an_answer_count_before_what_a_parser_finds(
    sqlite_store: Store,
) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "far": FAR})
    spans = [{"part": "strategy", "start": 0, "end": 2}, {"part": "thought", "start": 2, "end": 4}]
    with sqlite_store.writing() as session:
        system = session.scalars(select(System.id).where(System.name == "far")).one()
        session.execute(update(Response).where(Response.system_id == system).values(parts=spans))
    found = metric(run(sqlite_store, scoring("far", metrics=("parts",))), "parts")
    assert found.values[0].estimate.value == 2.0


def test_a_fine_tuned_models_train_questions_are_told(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "people": CLOSE})
    fill(sqlite_store, {"ours": CLOSE}, kind="local", configuration={"adapter": "sha"})
    with sqlite_store.writing() as session:
        for place, question in enumerate(session.scalars(select(Question))):
            subset = "test" if place < 5 else "train"
            session.add(Split(name="paper", question_id=question.id, subset=subset, seed=1))
    found = run(sqlite_store, scoring("ours", "people", metrics=("length",)))
    assert [dict(each.trained_on) for each in found.systems] == [{"paper": 3}, {}]
    tested = Selection(split="paper", subset="test")
    clean = run(sqlite_store, scoring("ours", metrics=("length",), selection=tested))
    assert (clean.n, dict(clean.systems[0].trained_on)) == (5, {})


def test_english_texts_are_cut_as_english(sqlite_store: Store) -> None:
    references = [f"It is hard to sleep when you worry, and number {n} helps." for n in range(8)]
    answers = [text.replace("hard", "not easy") for text in references]
    fill(sqlite_store, {"psyqa": references, "close": answers})
    found = run(sqlite_store, scoring("close", metrics=("bleu", "rouge-l")))
    assert found.language == "en"
    assert metric(found, "bleu").values[0].estimate.value == (
        sacrebleu.corpus_bleu(answers, [references]).score
    )
    assert "tok:words" in (metric(found, "rouge-l").signature or "")
    asked = run(sqlite_store, scoring("close", metrics=("bleu",), language="zh"))
    assert (metric(asked, "bleu").signature, asked.other_language) == (
        made("bleu", Scoring(("x",)).options).signature,
        16,
    )


def test_answers_in_another_language_than_their_references_are_counted(
    sqlite_store: Store,
) -> None:
    answers = [*CLOSE[:6], "I am sorry to hear that.", "Try to write it down."]
    fill(sqlite_store, {"psyqa": REFERENCES, "close": answers})
    found = run(sqlite_store, scoring("close", metrics=("length",)))
    assert (found.language, found.other_language) == ("zh", 2)


def test_what_jury_tells_stands_beside_and_is_not_stored(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES, "close": CLOSE})
    found = run(sqlite_store, scoring("close", metrics=("chrf",), jury=True))
    (jury,) = found.jury
    assert (jury.n, jury.first, jury.bleu) == (8, "q0", 0.0)
    best = max(sacrebleu.sentence_chrf(CLOSE[0], [each]).score for each in REFERENCES)
    assert jury.chrf == pytest.approx(best / 100)
    assert stored(sqlite_store) == 8


def test_bad_wishes_are_told_before_anything_is_stored(sqlite_store: Store) -> None:
    fill(sqlite_store, {"psyqa": REFERENCES[:4], "late": [None] * 4 + FAR[4:], "mute": []})
    for systems, reference, error, words in (
        (("psyqa",), "psyqa", NotAllowed, "cannot be its own reference"),
        (("nobody",), "psyqa", NotKnown, "there is no system nobody"),
        (("mute",), "psyqa", NotKnown, "mute has no kept answer"),
        (("late",), "psyqa", NotKnown, "psyqa has no kept answer to any question that late"),
        (("late",), "nobody", NotKnown, "there is no system nobody"),
    ):
        with pytest.raises(error, match=words):
            run(sqlite_store, scoring(*systems, reference=reference))
    assert stored(sqlite_store) == 0
