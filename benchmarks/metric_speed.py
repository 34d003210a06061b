"""Time automatic metrics with their intervals and tests, and METEOR against NLTK's.

    python benchmarks/metric_speed.py [--systems 4] [--pairs 2233] [--rounds 3]

Answers and references are put together from the demo's Chinese sentences, half of each answer's
sentences being its reference's. "score" is the stage as 'cbt score' runs it: it reads the store,
computes, stores each answer's score, draws 1,000 resamples and tests all pairs of systems. Where
jieba is installed, it is timed against rjieba, which cuts our words.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import rjieba
import sacrebleu
from nltk.translate.meteor_score import single_meteor_score
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

import pipeline
from db import schema
from db.engine import Store, connect
from db.tables import Question, Response, System
from pipeline.metrics.meteor import meteor
from pipeline.metrics.tokens import characters
from pipeline.scoring.score import run
from pipeline.scoring.wanted import Scoring

DEMO = Path(pipeline.__path__[0]) / "demo"
CHARACTERS = 513
RESAMPLES = 1_000


class NoWordNet:
    """What NLTK finds of Chinese words: nothing."""

    def synsets(self, _word: str) -> list[object]:
        return []


class NoStemmer:
    def stem(self, word: str) -> str:
        return word


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--systems", type=int, default=4)
    parser.add_argument("--pairs", type=int, default=2_233)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    references, answers = made(given.pairs, given.systems)
    mean = sum(map(len, answers[0])) / given.pairs
    print(f"{given.systems} systems x {given.pairs:,} pairs, {mean:.0f} characters an answer")
    print(f"sacrebleu {version('sacrebleu')}, nltk {version('nltk')}, rjieba {version('rjieba')}")
    scored(references, answers)
    peers(references, answers)
    meteors(references, answers[0], given.rounds)
    cutters(references, given.rounds)


def made(pairs: int, systems: int) -> tuple[list[str], list[list[str]]]:
    chance = random.Random(7)  # noqa: S311
    sentences = sorted(
        {
            sentence
            for path in DEMO.glob("responses-*.jsonl")
            for line in path.read_text("utf-8").splitlines()
            for sentence in re.findall("[^。！？\n]+[。！？]", json.loads(line)["response"])
            if re.match("[\u4e00-\u9fff]", sentence)
        }
    )
    references = [chosen(chance, sentences, []) for _ in range(pairs)]
    answers = [[chosen(chance, sentences, each) for each in references] for _ in range(systems)]
    texts = ["".join(each) for each in references]
    return texts, [["".join(each) for each in of] for of in answers]


def chosen(chance: random.Random, sentences: Sequence[str], shared: Sequence[str]) -> list[str]:
    found = chance.sample(list(shared), k=len(shared) // 2)
    while sum(map(len, found)) < CHARACTERS - 15:
        found.insert(chance.randrange(len(found) + 1), chance.choice(sentences))
    return found


def scored(references: list[str], answers: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = connect(f"sqlite:///{folder}/store.sqlite")
        schema.upgrade(store.engine)
        names = filled(store, references, answers)
        for metrics, told in (
            (("bleu", "chrf"), "score: BLEU and chrF"),
            (("bleu", "chrf"), "score: the same again"),
            ((), "score: all that need no model"),
            ((), "score: all again"),
        ):
            began, used = time.perf_counter(), time.process_time()
            run(store, Scoring(names, "reference", metrics))
            took, cpu = time.perf_counter() - began, time.process_time() - used
            print(f"{told:<32} {took:6.1f} s  ({cpu:.1f} s of processor)")
        store.engine.dispose()


def filled(store: Store, references: list[str], answers: list[list[str]]) -> tuple[str, ...]:
    names = tuple(f"system-{place}" for place in range(len(answers)))
    with store.writing() as session:
        systems = [System(name=name, kind="outside") for name in ("reference", *names)]
        questions = [
            Question(source="made", external_id=str(place), text=f"第{place}问")
            for place in range(len(references))
        ]
        session.add_all([*systems, *questions])
        session.flush()
        for system, texts in zip(systems, [references, *answers], strict=True):
            session.add_all(
                Response(question_id=question.id, system_id=system.id, text=text)
                for question, text in zip(questions, texts, strict=True)
            )
    return names


def peers(references: list[str], answers: list[list[str]]) -> None:
    metrics = {"BLEU": BLEU(tokenize="zh", references=[references])}
    metrics["chrF2"] = CHRF(references=[references])
    named = [(f"system-{place}", texts) for place, texts in enumerate(answers)]
    began = time.perf_counter()
    PairedTest(named, metrics, references=None, test_type="bs", n_samples=RESAMPLES)()
    print(
        f"{'sacrebleu paired bootstrap':<32} {time.perf_counter() - began:6.1f} s  (to the first)"
    )
    assert sacrebleu.__version__ == version("sacrebleu")


def meteors(references: list[str], answers: list[str], rounds: int) -> None:
    for name, cut in (("characters", characters), ("words", rjieba.cut)):
        pairs = [(cut(a), cut(r)) for a, r in zip(answers, references, strict=True)]

        def ours(pairs: list[tuple[list[str], list[str]]] = pairs) -> list[float]:
            return [meteor(answer, reference) for answer, reference in pairs]

        def theirs(pairs: list[tuple[list[str], list[str]]] = pairs) -> list[float]:
            stubs = {"stemmer": NoStemmer(), "wordnet": NoWordNet()}
            return [single_meteor_score(reference, answer, **stubs) for answer, reference in pairs]

        assert ours() == theirs()
        compared(f"METEOR of {name}", ours, theirs, rounds)


def compared(
    name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> None:
    turns = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    ratios = sorted(other / own for own, other in turns)
    print(
        f"{name:<32} {median(own for own, _ in turns):6.3f} s, the other"
        f" {median(other for _, other in turns):6.3f} s: {median(ratios):.2f} times as long"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f}), equal values"
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def cutters(texts: list[str], rounds: int) -> None:
    if not find_spec("jieba"):
        return
    import jieba  # noqa: PLC0415  not among what the project needs

    jieba.setLogLevel(60)
    jieba.initialize()
    same = sum(rjieba.cut(text) == jieba.lcut(text) for text in texts)
    print(f"rjieba cuts {same:,} of {len(texts):,} texts as jieba {version('jieba')}")
    turns = [
        (
            seconds(lambda: [rjieba.cut(text) for text in texts]),
            seconds(lambda: [jieba.lcut(text) for text in texts]),
        )
        for _ in range(rounds)
    ]
    print(f"jieba takes {median(other / own for own, other in turns):.1f} times as long")


if __name__ == "__main__":
    main()
