"""Time what a whole PsyQA takes: import, lexicon and `cbt describe` of 22,327 questions.

    python -m benchmarks.psyqa_size [--questions 22327] [--people 2] [--keep FOLDER]

The questions (22 and 169 characters) have two answers of people each, as PsyQA has them; a model
answers each in 523 characters, with a list of distortions in the proportions of the paper's
Table 2. All texts are clauses of the demo's, in any order. Every figure is that of a whole
command, from the start of its process to its end: the seconds that a person waits, the seconds of
processor that it takes, and its peak memory.
"""

import argparse
import json
import os
import random
import tempfile
from multiprocessing import Process
from pathlib import Path

from benchmarks.import_questions import clauses_of_the_demo, made_text
from benchmarks.report_speed import timed

SIZES = {"question": 22, "description": 169, "answer": 523}
# Table 2: of 22,327 answers, how many name each.
NAMED = {"all_or_nothing": 7115, "overgeneralization": 7782, "emotional_reasoning": 742,
         "catastrophizing": 349, "mind_reading": 345, "fortune_telling": 2094}  # fmt: skip
ALL = 22_327
SYSTEM = "GPT"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=ALL)
    parser.add_argument("--people", type=int, default=2, help="answers of people to a question")
    parser.add_argument("--keep", type=Path, help="make the store in this folder, and keep it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        # A process begins with the memory of the one that starts it, so this one stays small.
        writing = Process(target=_write, args=(folder, given.questions, given.people))
        writing.start()
        writing.join()
        _time_all(folder)


def _time_all(folder: Path) -> None:
    database = f"--database=sqlite:///{folder / 'store.sqlite'}"
    print(f"load {os.getloadavg()[0]:.1f}")
    for command in (
        ["import", "questions", str(folder / "psyqa.json")],
        ["import", "responses", str(folder / "answers.jsonl"), "--system", SYSTEM],
        ["describe"],
        ["describe", "--latex", "--picture", str(folder / "counts.svg")],
        ["detect", "--method", "lexicon", "--system", SYSTEM],
        ["detect", "--method", "lexicon", "--system", SYSTEM],
        ["detect", "--method", "lexicon"],
        ["describe"],
        ["describe", "--system", SYSTEM, "--detector", f"import:{SYSTEM}"],
    ):
        wall, processor, memory = timed(*command, database)
        named = " ".join(word if len(word) < 30 else Path(word).name for word in command)
        print(f"  cbt {named:<48} {wall:6.2f} s  {processor:6.2f} s  {memory:5.0f} MB", flush=True)


def _write(folder: Path, questions: int, people: int) -> None:
    chance = random.Random(7)  # noqa: S311
    clauses = sorted(set(clauses_of_the_demo()))
    asked = [
        {
            "question": made_text(SIZES["question"], clauses, chance),
            "description": made_text(SIZES["description"], clauses, chance),
            "keywords": "情绪,睡眠,人际",
            "answers": [
                {"answer_text": made_text(SIZES["answer"], clauses, chance), "has_label": False}
                for _ in range(people)
            ],
            "questionID": number,
        }
        for number in range(questions)
    ]
    (folder / "psyqa.json").write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
    with (folder / "answers.jsonl").open("w", encoding="utf-8") as file:
        for number in range(questions):
            named = [id_ for id_, n in NAMED.items() if chance.random() < n / ALL]
            answer = {
                "question_id": number,
                "response": made_text(SIZES["answer"], clauses, chance),
                "detections": named,
            }
            file.write(json.dumps(answer, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
